"""Watching the present: sources that run for months, one writer, what each source is doing."""
