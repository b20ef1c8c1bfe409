"""What knows no medicine: errors, dates, files, chance by address, compilation."""
