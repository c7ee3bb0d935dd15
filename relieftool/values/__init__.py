"""Reads amounts, dates, units, ID numbers and choices from the text of cells. Pure functions."""
