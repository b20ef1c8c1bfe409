"""Scenarios: a country as it stands, or another scenario, with dated changes and settings of the run."""
