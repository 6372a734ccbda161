"""A user's own tables: prices, readings, maps."""
