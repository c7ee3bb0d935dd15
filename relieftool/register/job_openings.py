"""Reads job openings from the live source rows; they are stored nowhere else.

A requirement that a list does not state is unknown, not absent.
"""

from sqlite_utils import Database

from relieftool.register.lines import Line
from relieftool.register.live_rows import read_lines
from relieftool.spreadsheets.job_lists import OPENING_TARGET, JobOpening, read_job_opening


def list_job_openings(db: Database) -> list[JobOpening]:
    """Return the openings of all live imports, sorted by file, sheet and row."""
    return [
        opening
        for table, lines in read_lines(db)
        if table.kind == "openings"
        for line in lines
        if (opening := _read_opening(line)) is not None
    ]


def _read_opening(line: Line) -> JobOpening | None:
    """Return the opening of a row; None if the row names no post."""
    cells = {
        target.removeprefix(OPENING_TARGET): line.shared_cell(target)
        for target, _place in line.table.columns
    }
    pay = line.table.columns.get((f"{OPENING_TARGET}pay", None))
    name = f"{line.table.file_name} / {line.table.sheet} / {line.number}"
    return read_job_opening(name, cells, pay.scale if pay else None)[0]
