"""Pages of the documentation that are made by running the program, so that they cannot be wrong."""
