"""The same careers, compiled."""
