"""What we believe: quakes, outages and their causes, their status, revisions and documents."""
