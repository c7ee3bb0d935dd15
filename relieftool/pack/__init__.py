"""Rule packs: the models of their TOML files, loading and checks, and values set by an office."""
