"""Builds the register from source rows: households, members, facts and receipts.

The same rows make the same register, in whatever order the files were imported.
"""
