"""Reforms as files."""
