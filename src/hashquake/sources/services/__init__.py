"""Instruments asked over HTTP: connectivity and prices."""
