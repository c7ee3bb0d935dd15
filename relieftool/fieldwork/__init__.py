"""Fieldwork: visits, needs, spot checks, helpers and measures.

Entries are only added, and are chained by hashes like those of cases. Nothing here prints.
"""
