"""How things are said: French numbers, dates and plurals, identifiers, escaped HTML."""
