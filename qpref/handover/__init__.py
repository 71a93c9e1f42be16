"""A project handed over: one archive, plain or encrypted, and the same project out of it."""
