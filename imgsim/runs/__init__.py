"""Replications on all cores, checkpoints, the results folder."""
