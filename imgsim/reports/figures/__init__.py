"""Figures of a run for people who decide about policy; each function gives matplotlib axes."""
