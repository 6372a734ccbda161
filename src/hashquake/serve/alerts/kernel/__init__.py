"""The rules of alerts as pure functions: of changes and a clock, without a disk or a network."""
