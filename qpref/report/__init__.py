"""Executed notebooks to what is sent: one self-contained HTML page and its figures as CSV."""
