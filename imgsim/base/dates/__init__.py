"""Calendar dates and whole days."""
