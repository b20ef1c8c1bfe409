"""A base and dated changes."""
