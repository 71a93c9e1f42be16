"""Hand a project over: save it as one archive, plain or encrypted, and restore it."""
