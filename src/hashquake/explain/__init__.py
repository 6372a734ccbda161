"""From quakes, outages and readings to what happened and why."""
