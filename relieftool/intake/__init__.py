"""Imports: choosing files, mapping columns, recording rows, corrections, mapping again, undo."""
