"""The forward model: what blocks do when hash rate does this or that."""
