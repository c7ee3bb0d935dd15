"""What an import does: choose files, map columns, keep rows, correct them, map again, undo."""
