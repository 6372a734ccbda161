"""Claims and forecasts held against the record; calibration and scores."""
