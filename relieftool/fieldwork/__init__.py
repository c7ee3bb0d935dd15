"""Work at people's homes: visits, spot checks, helpers and what they do; entries are only added.

Stands beside the ledger and chains its entries the same way; gives records, prints nothing.
"""
