"""What a simulation is shown as: text, JSON, pictures, a page."""
