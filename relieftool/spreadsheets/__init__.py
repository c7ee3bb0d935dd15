"""Reads spreadsheets: files into sheets, sheets into tables, and headings into meanings.

The cells are kept as they are in the file.
"""
