"""The residency Match, step by step."""
