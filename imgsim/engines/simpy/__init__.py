"""The defining engine: one SimPy process a graduate."""
