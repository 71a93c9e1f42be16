"""Statistics: pure functions, frames in, frames out; no disk, no clock, no unseeded draw."""
