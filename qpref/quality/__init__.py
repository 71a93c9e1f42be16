"""Rules of the survey, the label and the committee, applied to tables: pure functions.

They read the reference data as typed objects and call `statistics` for what is computed; no disk,
no clock, no unseeded draw.
"""
