"""Random numbers by address: the generator, the addresses, the inverse distribution functions."""
