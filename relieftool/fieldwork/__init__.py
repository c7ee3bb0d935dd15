"""Fieldwork: visits, needs, spot checks, helpers and measures.

Entries are only added, never changed, and chained by hashes like those of cases. Nothing here
prints.
"""
