"""The bundled real record and the catalog of events, with sources and licences."""
