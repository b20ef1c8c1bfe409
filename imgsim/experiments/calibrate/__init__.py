"""Fitting the unknown parameters of a country to published figures, so that anyone can do it again."""
