"""Compilation: decorators, tuples by reference, prefetching."""
