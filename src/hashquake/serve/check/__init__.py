"""A checked text as a document, for a terminal, and as a fact sheet."""
