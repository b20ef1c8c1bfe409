"""Allocation mechanisms: functions on arrays that know nothing of simulation, and the rounds that use them."""
