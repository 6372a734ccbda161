"""The record: blocks and readings kept for good, in SQLite or PostgreSQL."""
