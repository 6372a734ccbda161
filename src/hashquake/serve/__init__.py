"""What people and programs see: command line, reports, API, metrics."""
