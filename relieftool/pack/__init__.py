"""The law as data: models of a pack's TOML files, loading, checks, values set by an office."""
