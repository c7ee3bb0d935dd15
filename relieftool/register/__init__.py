"""Builds the register from source rows: households, members, facts and receipts.

Except for the numbers of members, the order in which the files were imported does not matter.
"""
