"""The one way a result leaves a command: to the screen, to a program, or into a file."""

import sys
from pathlib import Path

from relieftool.messages import _
from relieftool.output.document import json_text
from relieftool.output.files import csv_text, write_result
from relieftool.output.result import OutputFormat, Result
from relieftool.output.tables import show_grid, show_text
from relieftool.output.words import give, say


def show_result(result: Result, form: OutputFormat, out: Path | None = None) -> None:
    """Write a result to the file if there is one, otherwise to standard output in the form asked.

    A file follows its own ending, whatever the form. What must be known first is told beside a file
    and beside CSV, which has no place for it.
    """
    if out is not None or form is OutputFormat.CSV:
        for line in result.warnings:
            say(line)
    if out is not None:
        write_result(result, out)
        tell_written(out)
        return
    match form:
        case OutputFormat.JSON:
            give(json_text(result.document))
        case OutputFormat.CSV:
            sys.stdout.write(csv_text(result.listing, has_labels=False))
        case OutputFormat.TABLE:
            _show_tables(result)


def tell_written(out: Path) -> None:
    """Say where a file is."""
    say(_("Written: {file}").format(file=out))


def _show_tables(result: Result) -> None:
    if result.text:
        show_text(result.text)
        return
    for number, grid in enumerate(result.grids):
        if number and not grid.is_said:
            give("")
        show_grid(grid)
