"""From blocks or readings to picks, quakes and outages."""
