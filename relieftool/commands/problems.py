"""`relief problems`: the rows not used, or used with a doubt; `relief answer` settles a doubt."""

from pathlib import Path

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay, Session
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.intake.corrections import find_doubtful_tables, load_row_keys
from relieftool.output.imports import build_problems_result, write_corrections
from relieftool.output.show import report_written
from relieftool.register.origins import name_people
from relieftool.store.imports import RecordedProblem, list_problems

_TO_CORRECT = ".xlsx"


def problems(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    file: str | None = None,
    code: str | None = None,
    showing: options.RevealOptions,
) -> None:
    """List the rows not used, or used with a doubt: file, sheet, row, column and what to do.

    With --out FILE.xlsx the rows themselves are written as they came in, what is wrong beside each:
    correct them and import that file. Masked cells that are left alone stay as they are.

    Example: relief problems

    Args:
        file (NAME): Only of files of this name; * stands for any.
        code: Only of this kind, as --format json names it.
    """
    with where.open() as opened:
        found = list_problems(
            opened.db, file=file, code=code, community=opened.community(community)
        )
        if showing.out is not None and showing.out.suffix.lower() == _TO_CORRECT:
            opened.log_reveal(showing)
            _write_rows(opened, found, showing.out, is_revealed=showing.reveal)
        else:
            opened.show(build_problems_result(name_people(opened.db, found)), showing)
    raise typer.Exit(EXIT_LOOK if found else EXIT_DONE)


def _write_rows(
    opened: Session, found: list[RecordedProblem], out: Path, *, is_revealed: bool
) -> None:
    """Write the doubtful rows to a workbook to correct."""
    tables = find_doubtful_tables(opened.db, found)
    write_corrections(tables, load_row_keys(opened.db), opened.pack, out, is_revealed=is_revealed)
    report_written(out)
