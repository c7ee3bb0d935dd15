"""Cases and their history.

A case changes only by a new entry in the ledger, whose hash chain shows later changes. Nothing here
prints.
"""
