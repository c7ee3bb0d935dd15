"""Workbooks that people fill in: never written over once they hold an answer, unless told to."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from relieftool.cases.decision_columns import DECISION_HEADINGS
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.clean import escape_invisible
from relieftool.spreadsheets.filled_form import has_answers
from relieftool.spreadsheets.sheets import Sheet, read_sheets
from relieftool.values.text import is_blank, plain_text

Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Write over a workbook that holds answers already.")
]
IsUnfilled = Callable[[Sequence[Sheet]], bool]


def check_unfilled(path: Path, is_unfilled: IsUnfilled, *, is_overwriting: bool) -> None:
    """Refuse to write over a workbook unless it is one of ours that nobody filled in yet."""
    if is_overwriting or not path.is_file() or _is_unfilled(path, is_unfilled):
        return
    raise ReliefError(
        escape_invisible(path.name),
        _("holds answers already, or is not the workbook that would take its place"),
        _("Nothing was written. Give --out another name; --overwrite writes over it."),
    )


def _is_unfilled(path: Path, is_unfilled: IsUnfilled) -> bool:
    try:
        sheets = read_sheets(path)
    except ReliefError:
        return False  # what cannot be read may hold anything
    return bool(sheets) and is_unfilled(sheets)


def are_blank_forms(sheets: Sequence[Sheet]) -> bool:
    """Say whether all sheets are forms of ours without any answer."""
    return not any(has_answers(sheet) for sheet in sheets)


def is_undecided_list(sheets: Sequence[Sheet]) -> bool:
    """Say whether the first sheet is a list of cases on which nothing was decided yet."""
    rows = sheets[0].rows
    headings = [plain_text(cell) for cell in rows[0]] if rows else []
    places = [place for place, one in enumerate(headings) if one in DECISION_HEADINGS["decision"]]
    if len(places) != 1:
        return False
    return all(is_blank(cell) for row in rows[1:] for cell in row[places[0] :])
