"""Expressions of the pack: text -> syntax tree -> SQL, and the one statement they make together."""
