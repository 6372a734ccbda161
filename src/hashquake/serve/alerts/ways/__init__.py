"""The ways that alerts are delivered by, one file each."""
