"""Tools for the authors of packs: examples, mutants, comparison of two packs, review."""
