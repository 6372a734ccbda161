"""An outage drawn as a seismogram, and the page around it."""
