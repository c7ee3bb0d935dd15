"""The register's file: source rows that never change, and the register projected from them."""
