"""What an import does: choose files, map columns, keep rows, correct, map again, undo."""
