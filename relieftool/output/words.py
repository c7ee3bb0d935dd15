"""Data goes to standard output, words for people to standard error: what is piped on stays data."""

import sys

from relieftool.output.clean import escape_invisible


def print_data(line: str) -> None:
    """Write a line of data; it is already clean."""
    sys.stdout.write(line + "\n")


def print_message(sentence: str) -> None:
    """Tell the reader something, after all data written so far; line breaks are kept."""
    sys.stdout.flush()
    sys.stderr.write("\n".join(escape_invisible(line) for line in sentence.split("\n")) + "\n")
