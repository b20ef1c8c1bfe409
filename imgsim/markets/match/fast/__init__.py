"""The Match by the million: each file equals a function of `reference`, and is many times faster."""
