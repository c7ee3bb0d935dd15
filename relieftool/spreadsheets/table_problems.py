"""Of which community the rows of a table are, and what is told where two are named.

What is told of a table as it is read: columns and rows that are kept and used for nothing.

Why a file gave nothing to import: it is empty, has no table, or no column that is known.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from relieftool.errors import Problem, ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.columns import ColumnMeaning, has_unheaded_people
from relieftool.spreadsheets.questionnaires import FormKind
from relieftool.spreadsheets.rows import TableRow, has_person
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.spreadsheets.tables import Table
from relieftool.spreadsheets.titles import Section
from relieftool.values.communities import normalise_community
from relieftool.values.text import is_empty_cell

_DIFFERS = "community-differs"


def find_area_problems(
    table: Table, columns: Sequence[ColumnMeaning], stated: str | None
) -> Iterator[Problem]:
    """Tell a title that names another community than the sheet, and either than is stated."""
    named, on_sheet = table.community, table.sheet_community
    if named and on_sheet and normalise_community(named) != normalise_community(on_sheet):
        yield Problem(_DIFFERS, format_titled_difference(on_sheet, named), table.sheet)
    if stated is None:
        return
    row, own = _first_other(table, columns, stated)
    if own is not None:
        yield Problem(_DIFFERS, format_stated_difference(own, stated), table.sheet, row)
        return
    sections = ((section.row, section.community) for section in table.sections)
    for place, named in ((None, table.community), *sections):
        if named and normalise_community(named) != normalise_community(stated):
            yield Problem(_DIFFERS, format_stated_difference(named, stated), table.sheet, place)
            return


def _first_other(
    table: Table, columns: Sequence[ColumnMeaning], stated: str
) -> tuple[int | None, str | None]:
    """Return the first row whose own column names another community than is stated, and which."""
    name = normalise_community(stated)
    for place in (column.position for column in columns if column.target == "community"):
        for row in table.rows:
            cell = row.cells[place] if row.role in {"first", "continuation"} else None
            if not is_empty_cell(cell) and normalise_community(str(cell)) != name:
                return row.number, str(cell)
    return None, None


def split_by_sections(table: SourceTable, sections: Sequence[Section]) -> Iterator[SourceTable]:
    """Part a table at the rows that name the community of those below; what is told comes once.

    The first section takes what stands above it where nobody does.
    """
    starts = [0, *_starts(table.rows, {one.row for one in sections})]
    names = [table.community, *(section.community for section in sections)]
    if len(starts) > 1 and not any(map(_is_data, table.rows[: starts[1]])):
        del starts[1], names[0]
    ends = [*starts[1:], len(table.rows)]
    for place, (start, end, name) in enumerate(zip(starts, ends, names, strict=True)):
        rows = _cut(table.rows[start:end]) if len(starts) > 1 else table.rows
        problems = [] if place else table.problems
        yield replace(table, rows=rows, community=name, problems=problems)


def _starts(rows: Iterable[SourceRow], sections: set[int]) -> list[int]:
    """Return the places of the rows that begin a section."""
    return [place for place, row in enumerate(rows) if row.number in sections] if sections else []


def _is_data(row: SourceRow) -> bool:
    return row.role in {"first", "continuation"}


def _cut(rows: Sequence[SourceRow]) -> Sequence[SourceRow]:
    """Return the rows of a section; one that continues a row before it begins a household."""
    first = rows[0].number if rows else 0
    return [
        replace(row, role="first", continues=None)
        if row.continues is not None and row.continues < first
        else row
        for row in rows
    ]


def find_table_problems(
    table: Table, columns: Sequence[ColumnMeaning], *, is_dated: bool = False
) -> list[Problem]:
    """List what of a table is not used although it looks as if it should be.

    `is_dated`: somebody says what day or month it speaks for.
    """
    problems = [_several_months(table)] if table.has_no_single_month and not is_dated else []
    problems += [_unknown_column(table, column) for column in columns if _is_worth_telling(column)]
    problems += [_person_above(table, row) for row in table.above if has_person(row.cells)]
    return [*problems, *([_unheaded_people(table)] if has_unheaded_people(table, columns) else [])]


def _several_months(table: Table) -> Problem:
    """Tell a table whose title names several months, so that it has none."""
    message = Message(
        "the title speaks of several months, so it is not known for which this holds; import it"
        " again with --month YYYY-MM, or with `date` in import.toml"
    )
    return Problem("covers-several-months", message, table.sheet, table.first_header_row)


def _is_worth_telling(column: ColumnMeaning) -> bool:
    """Whether an unknown column looks like a known one; others are kept without a word."""
    return column.target is None and bool(column.near)


def _unknown_column(table: Table, column: ColumnMeaning) -> Problem:
    """Tell a column that was not used although it looks like a known one."""
    return Problem(
        "column-unknown",
        Message(
            "the column '{header}' is not used; if it is {near}, import it again with"
            " --map {header}=…, or map it in import.toml",
            {"header": column.header, "near": " / ".join(column.near)},
        ),
        table.sheet,
        table.last_header_row,
        column.header,
    )


def _person_above(table: Table, row: TableRow) -> Problem:
    """Tell a row over the headings that speaks of a person."""
    message = Message(
        "this row holds an ID number and stands above the headings; it is kept and not used. Move"
        " it below them"
    )
    return Problem("row-above-headings", message, table.sheet, row.number, is_unused=True)


def _unheaded_people(table: Table) -> Problem:
    """Tell ID numbers that stand in a column of which nothing says whose they are."""
    message = Message(
        "ID numbers stand in a column without a heading, and nobody is made of them; head names"
        " and numbers 成员一姓名, 成员一身份证号 and so on"
    )
    return Problem("column-unheaded", message, table.sheet, table.last_header_row, is_unused=True)


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
    """Whether a file has headings, and below them neither people nor a total."""
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
    return _no_known_heading(path, [column for column in columns if column.header])


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


def format_stated_difference(used: str, stated: str) -> Message:
    """Say that a file and what is stated of it name different communities."""
    return Message(
        "the file names the community {used}, and {stated} was stated for it (`area`, --area);"
        " {used} is used. Correct the one that is wrong",
        {"used": used, "stated": stated},
    )


def format_titled_difference(sheet: str, titled: str) -> Message:
    """Say that a sheet's name and its title name different communities."""
    return Message(
        "the sheet's name says the community is {sheet}, its title {titled}; {titled} is used."
        " Correct the one that is wrong",
        {"sheet": sheet, "titled": titled},
    )
