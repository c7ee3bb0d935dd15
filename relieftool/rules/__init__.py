"""Turns the expressions of a pack into syntax trees, and the trees into one SQL statement."""
