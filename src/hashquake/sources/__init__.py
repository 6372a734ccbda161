"""What comes in: nodes, files and services, one plugin a file."""
