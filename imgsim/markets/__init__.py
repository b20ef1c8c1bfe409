"""How scarce places are allocated, on arrays that know nothing of the simulation, and the dates of the rounds."""
