"""From a finished replication to tidy tables; the same code whichever engine simulated the careers."""
