"""The engines: walkers of the same road by the same rules."""
