"""Turn executed notebooks into one self-contained HTML page and its figures as CSV."""
