"""Scenarios that come with the program: one file each, with one ``CARD`` and one ``build()``."""
