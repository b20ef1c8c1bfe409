"""Calibration: fit the unknown parameters of a country to published figures, and validate the result."""
