"""Cases and their history.

A case changes only by a new entry in the ledger, and the ledger's hash chain shows whether an entry
was altered later. Nothing here prints.
"""
