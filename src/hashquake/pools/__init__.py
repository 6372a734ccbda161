"""Who mined a block: the registry of pools and the rules of identification."""
