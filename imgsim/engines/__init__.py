"""The engines: two simulators of the same pathway by the same rules, equal bit for bit."""
