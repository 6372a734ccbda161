"""A made-up country as four instruments see it: networks, rhythm, noise, outages, truth."""
