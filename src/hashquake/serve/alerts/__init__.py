"""Alerts: rules over the changes feed, an outbox, and the ways to people and programs."""
