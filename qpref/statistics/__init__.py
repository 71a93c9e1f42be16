"""Statistics: pure functions of numbers and tables, checked against R.

They know no site, label or committee, and read no reference data: what these mean is in `quality`.
No disk, no clock, no unseeded draw.
"""
