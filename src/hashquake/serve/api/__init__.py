"""The API over HTTP: the documents of the commands, for programs; the one room that is async."""
