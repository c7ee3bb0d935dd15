"""The register's SQLite file: opening, transactions, hash chains, source rows, decisions."""
