"""Standard output for data, standard error for messages, so that what is piped is data only."""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from relieftool.values.screen_text import escape_invisible, wrap_text


def print_data(line: str) -> None:
    """Write a line of data; its invisible characters must already be escaped."""
    sys.stdout.write(line + "\n")


def print_message(sentence: str) -> None:
    """Write a message to standard error, after all data so far; its line breaks are kept.

    On a terminal a long line is broken between its words, and no command in backticks is.
    """
    sys.stdout.flush()
    lines = [escape_invisible(line) for line in sentence.split("\n")]
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        lines = [part for line in lines for part in wrap_text(line, width)]
    sys.stderr.write("\n".join(lines) + "\n")


def print_lines(lines: Iterable[str]) -> None:
    """Write lines of text as data."""
    for line in lines:
        print_data(escape_invisible(line))


@dataclass(frozen=True)
class Conversation:
    """Asks on one stream, as on a terminal, and reads the answers from another."""

    asked: TextIO
    answered: TextIO

    def tell(self, line: str) -> None:
        """Print a line."""
        self.asked.write(escape_invisible(line) + "\n")

    def read(self, prompt: str) -> str | None:
        """Return the line that answers a prompt; None if the input has ended."""
        self.asked.write(prompt)
        self.asked.flush()
        line = self.answered.readline()
        return line.strip() if line else None
