"""Tools without any medicine: errors, progress, dates, files, random numbers by address, compilation."""
