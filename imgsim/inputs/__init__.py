"""Everything that is read, checked and combined before a run."""
