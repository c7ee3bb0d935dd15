"""The register's SQLite file: opening, transactions, chains, source rows as read, decisions."""
