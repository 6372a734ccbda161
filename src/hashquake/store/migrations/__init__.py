"""How the tables of the record came to be, step by step, run when a record is opened."""
