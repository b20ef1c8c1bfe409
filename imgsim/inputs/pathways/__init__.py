"""The pathway through a country as data."""
