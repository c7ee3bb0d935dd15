"""Tools for whoever writes a pack: examples, mutants, comparison of two packs, review."""
