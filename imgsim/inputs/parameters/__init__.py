"""Dated, sourced numbers."""
