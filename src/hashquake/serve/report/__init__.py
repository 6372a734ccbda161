"""The incident report: as a page, as a document for programs, and as lines for a terminal."""
