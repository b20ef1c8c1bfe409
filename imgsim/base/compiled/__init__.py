"""Compilation: decorators, where compiled code is stored, tuples by reference, prefetching."""
