"""The one SQLite file: opening, transactions, chains, source rows word for word, decisions."""
