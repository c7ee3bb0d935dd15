"""Turns the expressions of a pack into syntax trees, and these into one SQL statement."""
