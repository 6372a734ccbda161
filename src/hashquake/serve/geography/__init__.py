"""Maps of mining and megawatts as people and programs read them."""
