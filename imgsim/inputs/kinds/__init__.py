"""Stage kinds: one file for each, with everything about it that is data."""
