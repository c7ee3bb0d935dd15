"""Standard output for data, standard error for messages, so that what is piped is data only."""

import sys
from collections.abc import Iterable

from relieftool.values.screen_text import escape_invisible


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
