"""What outages are shown as: tables, pages with their pictures, scores."""
