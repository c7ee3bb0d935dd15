"""The rule pack: models of its TOML files, loading, strict checks. Knows nothing of SQL."""
