"""Claims and forecasts compared with the record; calibration and scores."""
