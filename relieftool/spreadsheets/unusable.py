"""Why a file gave nothing to import: it is empty, has no table, or no column that is known."""

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.problems import Problem
from relieftool.spreadsheets.columns import ColumnMeaning
from relieftool.spreadsheets.questionnaires import FormKind
from relieftool.store.imports import SourceTable

# What a heading never has: a long number, or a house number.
_OF_A_PERSON = re.compile(r"\d{5,}|\d+\s*[号栋幢室组单弄]")
FORM_WORDS = {
    "form": Message(
        "this sheet is the form of one household, and relief reads lists; enter it in a list with"
        " a row for each person"
    ),
    "questionnaire": Message(
        "this sheet is a questionnaire, and relief reads lists; enter its answers in a list with a"
        " row for each person"
    ),
}


def has_no_rows(tables: Iterable[SourceTable]) -> bool:
    """Say whether a file has headings, and below them neither people nor a total."""
    return all(row.role == "note" for table in tables for row in table.rows)


def build_no_rows_problem(sheet: str) -> Problem:
    """Tell a file that has headings and nothing below them."""
    message = Message(
        "there is nothing below the headings of this file; import the one that has the list"
    )
    return Problem("list-empty", message, sheet)


def build_unusable_error(
    path: Path,
    forms: Collection[FormKind],
    columns: Sequence[ColumnMeaning],
    *,
    has_rows: bool,
    is_openings: bool,
) -> ReliefError:
    """Say why a file gave nothing: it is empty, has no table, or no column that is known."""
    if not has_rows:
        return ReliefError(
            path.name, _("every sheet of this file is empty"), _("Name the file that has the list.")
        )
    if is_openings:
        return ReliefError(
            path.name,
            _("no list of openings was found in this file"),
            _("It needs a row of headings such as 用人单位, 岗位, 月工资, 社区, 招聘人数."),
        )
    if forms and not columns:
        message = FORM_WORDS["form" if "form" in forms else "questionnaire"]
        return ReliefError(path.name, _("this file is no list"), str(message))
    if not columns:
        return ReliefError(
            path.name,
            _("no table was found in this file"),
            _("A table needs a row of headings such as 姓名, 身份证号, 社区 above its rows."),
        )
    return _no_known_heading(path, [one for one in columns if one.header])


def _no_known_heading(path: Path, columns: Sequence[ColumnMeaning]) -> ReliefError:
    """Say which headings a file has, none of them known."""
    if any(_OF_A_PERSON.search(column.header) for column in columns):
        # most likely people, whose data no message may repeat
        return ReliefError(
            path.name,
            _("this table has no row of headings"),
            _("Put headings such as 姓名, 身份证号, 社区 above its rows."),
        )
    headers = ", ".join(column.header for column in columns)
    near = sorted({name for column in columns for name in column.near})
    problem = _("no heading of this table is known; it has: {headers}").format(headers=headers)
    remedy = (
        _("The nearest known ones are: {names}. Map them in import.toml, or rename them.").format(
            names=", ".join(near)
        )
        if near
        else _("Name at least the person (姓名) and the ID number (身份证号) in the headings.")
    )
    return ReliefError(path.name, problem, remedy)
