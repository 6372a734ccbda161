"""The nouns, units, errors and statistics that every other room is built on."""
