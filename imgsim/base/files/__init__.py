"""Files: TOML with the location of every error, Parquet, folders that are complete or not there."""
