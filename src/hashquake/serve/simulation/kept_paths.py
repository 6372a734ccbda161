"""How many paths of a simulation are kept for its document."""

KEPT_PATHS = 5_000
"""What the command and the API keep: with equal seeds their documents are the same."""
