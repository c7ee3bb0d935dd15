"""Standard output for data, standard error for messages, so that what is piped is data only."""

import sys
from collections.abc import Iterable

from relieftool.output.result import PlainTable
from relieftool.output.result_cells import escape_invisible, format_cell, format_plain


def print_data(line: str) -> None:
    """Write a line of data; its invisible characters must already be escaped."""
    sys.stdout.write(line + "\n")


def print_message(sentence: str) -> None:
    """Write a message to standard error, after all data so far; its line breaks are kept."""
    sys.stdout.flush()
    sys.stderr.write("\n".join(escape_invisible(line) for line in sentence.split("\n")) + "\n")


def print_lines(lines: Iterable[str]) -> None:
    """Write lines of text as data."""
    for line in lines:
        print_data(escape_invisible(line))


def print_table(table: PlainTable) -> None:
    """Print a table for a program to read: its cells uncut, what is said about it on stderr."""
    for line in (table.heading, *table.warnings):
        print_message(line)
    if table.is_empty:
        return
    print_data("\t".join(escape_invisible(column.label) for column in table.columns))
    for row in table.rows:
        print_data(
            "\t".join(format_cell(None) if cell is None else format_plain(cell) for cell in row)
        )
    for line in table.footer:
        print_message(line)
