"""Parameter draws and sensitivity."""
