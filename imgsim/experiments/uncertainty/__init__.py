"""Parameter uncertainty of a comparison: draws of parameters, screening, Sobol indices, value of information."""
