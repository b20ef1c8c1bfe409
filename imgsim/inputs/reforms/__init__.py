"""Reforms: files of dated changes that are laid over a scenario."""
