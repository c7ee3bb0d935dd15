"""Work at people's homes: visits, spot checks, helpers and measures.

Entries are only added, and chained like those of the ledger. Nothing here prints.
"""
