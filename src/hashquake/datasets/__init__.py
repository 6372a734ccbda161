"""The bundled real record and the catalog of events, with sources and licences."""

BUNDLED = "bundled"
"""The name by which the bundled record is opened."""
