"""The problems of tables and files, and the division of a table into sections by community.

The error for a file without known headings does not repeat headings that may be a person's data.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from relieftool.errors import Problem, ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.columns import ColumnMeaning, list_people_rows
from relieftool.spreadsheets.rows import has_person, is_sample, list_notes
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.spreadsheets.table_kinds import FormKind
from relieftool.spreadsheets.tables import Table
from relieftool.spreadsheets.titles import Section
from relieftool.values.cells import ValueProblem, parse_money
from relieftool.values.communities import normalise_community
from relieftool.values.id_numbers import read_id_number
from relieftool.values.payments import names_money, read_paid_months
from relieftool.values.remarks import GONE, read_claims
from relieftool.values.text import (
    Cell,
    format_runs,
    is_empty_cell,
    match_any,
    squeeze_heading,
)
from relieftool.values.vocabulary import is_ditto, list_words, match_words

# A long number or a house number, which no heading has.
_OF_A_PERSON = re.compile(r"\d{5,}|\d+\s*[号栋幢室组单弄]")
_OF_HOUSEHOLDS_MONEY = re.compile(match_words("around_tables")["own_money"])
_OF_MONEY = re.compile(f"{match_words('around_tables')['money']}|月(?!数|标准)")
_OF_BENEFITS = re.compile(
    rf"{match_any(list_words('amounts')['of_benefits'])}|^(?:20\d\d年)?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月份?$"
)
_NO_AMOUNTS = tuple(list_words("amounts")["no_amounts"])
_MOST_FEN = 10**9
_HASH_LENGTH, _MOST_RUNS = 24, 5
_ROWS_LOOKED_AT = 1000
_COMMUNITY_DIFFERS = "community-differs"
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


def find_area_problems(
    table: Table, columns: Sequence[ColumnMeaning], stated: str | None
) -> Iterator[Problem]:
    """Return the problems of a table that names different communities.

    The title is compared with the sheet's name. The rows, the title and the sections are compared
    with `stated`, the community from import.toml or the command line (None: not stated); only the
    first name that differs is reported.
    """
    named, on_sheet = table.community, table.sheet_community
    if named and on_sheet and normalise_community(named) != normalise_community(on_sheet):
        message = format_titled_difference(on_sheet, named)
        yield Problem(_COMMUNITY_DIFFERS, message, table.sheet)
    if stated is None:
        return
    plain = normalise_community(stated)
    sections = ((section.row, section.community) for section in table.sections)
    for row, name in chain(_list_row_communities(table, columns), [(None, named)], sections):
        if name and normalise_community(name) != plain:
            message = format_stated_difference(name, stated)
            yield Problem(_COMMUNITY_DIFFERS, message, table.sheet, row)
            return


def _list_row_communities(
    table: Table, columns: Sequence[ColumnMeaning]
) -> Iterator[tuple[int | None, str]]:
    """Return the number of each row with a filled cell in a community column, and that cell."""
    for place in (column.position for column in columns if column.target == "community"):
        for row in table.rows:
            cell = row.cells[place]
            is_named = not (is_empty_cell(cell) or is_ditto(cell))
            if row.role in {"first", "continuation"} and is_named:
                yield row.number, str(cell)


def format_stated_difference(used: str, stated: str) -> Message:
    """Return the message that a file names another community than the stated community."""
    return Message(
        "the file names the community {used}, but `area` or --area says {stated}; {used} is used."
        " Correct the one that is wrong",
        {"used": used, "stated": stated},
    )


def format_titled_difference(sheet: str, titled: str) -> Message:
    """Return the message that a sheet's name and the title on it name different communities."""
    return Message(
        "the sheet's name says the community is {sheet}, its title {titled}; {titled} is used."
        " Correct the one that is wrong",
        {"sheet": sheet, "titled": titled},
    )


def split_by_sections(table: SourceTable, sections: Sequence[Section]) -> Iterator[SourceTable]:
    """Split a table at the rows that name the community of the rows below them.

    Rows above the first section form a table of their own only if there are people among them;
    otherwise they belong to that section. The problems stay with the first table.
    """
    starts = [0, *_find_section_starts(table.rows, {section.row for section in sections})]
    names = [table.community, *(section.community for section in sections)]
    if len(starts) > 1 and not any(map(_is_of_people, table.rows[: starts[1]])):
        del starts[1], names[0]
    ends = [*starts[1:], len(table.rows)]
    for place, (start, end, name) in enumerate(zip(starts, ends, names, strict=True)):
        rows = _start_section(table.rows[start:end]) if len(starts) > 1 else table.rows
        problems = [] if place else table.problems
        yield replace(table, rows=rows, community=name, problems=problems)


def _find_section_starts(rows: Iterable[SourceRow], sections: set[int]) -> list[int]:
    """Return the positions, from 0, of the rows that begin a section."""
    return [start for start, row in enumerate(rows) if row.number in sections] if sections else []


def _is_of_people(row: SourceRow) -> bool:
    return row.role in {"first", "continuation"}


def _start_section(rows: Sequence[SourceRow]) -> Sequence[SourceRow]:
    """Return the rows of a section; a row that continued a row above the section is a first row."""
    first = rows[0].number if rows else 0
    return [
        row._replace(role="first", continues=None)
        if row.continues is not None and row.continues < first
        else row
        for row in rows
    ]


def find_table_problems(
    table: Table, columns: Sequence[ColumnMeaning], *, is_dated: bool = False
) -> list[Problem]:
    """Return the problems of a table: what may be data but is not used, and an unknown month.

    `is_dated`: the day or month of the table is stated in import.toml or on the command line.
    """
    problems = [_build_months_problem(table)] if table.names_unclear_months and not is_dated else []
    problems += [
        _build_column_problem(table, column)
        for column in columns
        if column.target is None and column.near  # the others resemble no known heading
    ]
    problems += [_build_person_problem(table, row) for row in table.above if has_person(row.cells)]
    problems += [problem for row in list_notes(table.rows) for problem in _read_note(table, row)]
    problems += [_build_damaged_problem(table, *cell) for cell in table.damaged]
    problems += [_build_assumed_problem(table, column) for column in columns if column.is_assumed]
    return problems + find_number_problems(table, columns)


def find_payment_problems(
    table: Table, columns: Sequence[ColumnMeaning], covers: str | None
) -> list[Problem]:
    """Return the problems of a roster's columns that have amounts and are not used.

    Those of the months of `covers` are used, although they have no name of their own.
    """
    return [
        Problem(
            "column-unknown",
            Message(
                "the column '{header}' has amounts and is not used; if they were paid, import it"
                " again with --map {header}=发放金额",
                {"header": column.header},
            ),
            table.sheet,
            table.last_header_row,
            column.header,
        )
        for column in columns
        if column.target is None and not column.near and _OF_MONEY.search(column.header)
        if not _OF_HOUSEHOLDS_MONEY.search(column.header)
        if read_paid_months(column.header, covers) is None
        if any(_is_amount(row, column.position) for row in table.rows)
    ]


def find_dropped_amounts(
    table: Table, columns: Sequence[ColumnMeaning], left_out: Collection[str]
) -> Iterator[Problem]:
    """Yield the problem of each column of payments in a list that is no roster.

    `left_out` are the headings of the columns that the user leaves out. Amounts in a list that
    names the benefits of each row are of these.
    """
    received = {column.target or "": column.header for column in columns}
    benefits = [target for target in received if target.startswith("receipt.")]
    is_named = not received.keys().isdisjoint(("receives", "programme")) or (
        len(benefits) == 1 and not names_money(received[benefits[0]])
    )
    for column in columns:
        is_paid = (column.target == "amount" and not is_named) or (
            column.target is None
            and _OF_BENEFITS.search(column.header)
            and not column.header.endswith(_NO_AMOUNTS)
        )
        if not is_paid or squeeze_heading(column.header) in left_out:
            continue
        if any(_is_amount(row, column.position) for row in table.rows):
            mapped = "" if column.target else f" --map {column.header}=发放金额"
            params = {"header": column.header, "mapped": mapped}
            place = table.sheet, table.last_header_row, column.header
            message = Message(_OF_NO_BENEFIT.template, params)
            yield Problem("amounts-of-no-benefit", message, *place)


_OF_NO_BENEFIT = Message(
    "it is not known of which benefit the amounts under '{header}' are, so they are not used;"
    " import it again with --roster and the benefit's name{mapped}, or with --map {header}=- if it"
    " is none that relief knows"
)


def _is_amount(row: SourceRow, position: int) -> bool:
    """Whether a row about somebody has an amount in this column."""
    cell = row.cells[position] if row.role != "note" and position < len(row.cells) else None
    try:
        return not is_empty_cell(cell) and 0 < parse_money(cell) < _MOST_FEN
    except ValueProblem:
        return False


def find_number_problems(table: Table, columns: Sequence[ColumnMeaning]) -> list[Problem]:
    """Return the problems of columns that have ID numbers and are not used."""
    within = {column.position: column for column in _find_people_in_texts(table, columns)}
    unused = [
        column
        for column in find_unused_numbers(table, columns)
        if not (column.near or column.position in within)
    ]
    problems = [_build_numbers_problem(table, column) for column in unused if column.header]
    if any(not column.header for column in unused):
        problems.append(_build_unheaded_problem(table))
    for column in within.values():
        message = Message(_IN_TEXTS.template, {"header": column.header})
        at = table.sheet, table.last_header_row, column.header
        problems.append(Problem("people-in-text", message, *at, is_unused=True))
    return problems


_IN_TEXTS = Message(
    "the texts in the column '{header}' have ID numbers of other people, who are not used, so that"
    " their households count without them; write each person in a row of their own"
)
_LONG_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def _find_people_in_texts(
    table: Table, columns: Sequence[ColumnMeaning]
) -> Iterator[ColumnMeaning]:
    """Yield the columns that are not used and name people with their ID numbers within texts."""
    for column in columns:
        if column.target in _USED_FOR_NO_NUMBER and column.header:
            for cells in islice(list_people_rows(table), _ROWS_LOOKED_AT):
                text = cells[column.position]
                found = _LONG_NUMBER.findall(text) if isinstance(text, str) else []
                if len(str(text)) > len(found) * _LENGTH and any(
                    read_id_number(each).number for each in found
                ):
                    yield column
                    break


_LENGTH = 18  # of an ID number
_USED_FOR_NO_NUMBER = frozenset({None, "serial", "remark"})


def find_unused_numbers(table: Table, columns: Sequence[ColumnMeaning]) -> Iterator[ColumnMeaning]:
    """Return the columns that are not used although most of their cells are right ID numbers.

    Without a heading, one number is enough. Numbers that a used column repeats do not count. A
    serial number and a remark are used for no number.
    """
    used = [
        column.position for column in columns if column.target in ("id_number", "head_id_number")
    ]
    rows = list(islice(list_people_rows(table), _ROWS_LOOKED_AT))
    for column in columns:
        filled = [cells for cells in rows if not is_empty_cell(cells[column.position])]
        if column.target in _USED_FOR_NO_NUMBER and filled:
            found = [cells for cells in filled if _has_new_number(cells, column.position, used)]
            if len(found) * 2 > len(filled) or (found and not column.header):
                yield column


def _has_new_number(cells: Sequence[Cell], position: int, used: Iterable[int]) -> bool:
    """Whether a cell is a right ID number that no used column of its row has."""
    number = read_id_number(cells[position]).number
    return number is not None and number not in {
        read_id_number(cells[place]).number for place in used
    }


def _build_damaged_problem(table: Table, row: int, position: int) -> Problem:
    message = Message(
        "this cell has a character that cannot be read, shown as �; correct it and import it again"
    )
    return Problem("cell-damaged", message, table.sheet, row, table.headers[position])


def _build_assumed_problem(table: Table, column: ColumnMeaning) -> Problem:
    target = str(column.target)
    message = Message(
        "only the cells of the column '{header}' show what it is; it was read as {name}. If it is"
        " somebody else's, import it again with --map {header}=-",
        {
            "header": column.header,
            "name": (*list_words("headings").get(target, ()), *column.near)[0],
        },
    )
    return Problem("column-assumed", message, table.sheet, table.last_header_row, column.header)


def _build_numbers_problem(table: Table, column: ColumnMeaning) -> Problem:
    message = Message(
        "the column '{header}' has ID numbers and is not used; if they are of the people in the"
        " rows, import it again with --map {header}=身份证号",
        {"header": column.header},
    )
    return Problem(
        "column-of-numbers",
        message,
        table.sheet,
        table.last_header_row,
        column.header,
        is_unused=True,
    )


def _build_months_problem(table: Table) -> Problem:
    message = Message(
        "the title or the file's name names months that are not in a row, so the month of this"
        " table is not known; import it again with --month YYYY-MM, or with `date` in import.toml"
    )
    return Problem("covers-several-months", message, table.sheet, table.first_header_row)


def _build_column_problem(table: Table, column: ColumnMeaning) -> Problem:
    message = Message(
        "the column '{header}' is not used; if it is {near}, import it again with"
        " --map {header}=…, or map it in import.toml",
        {"header": column.header, "near": " / ".join(column.near)},
    )
    return Problem("column-unknown", message, table.sheet, table.last_header_row, column.header)


def _build_person_problem(table: Table, row: SourceRow) -> Problem:
    message = Message(
        "this row has an ID number but is above the headings; it is kept and not used. Move it"
        " below them"
    )
    return Problem("row-above-headings", message, table.sheet, row.number, is_unused=True)


def _read_note(table: Table, row: SourceRow) -> Iterator[Problem]:
    """Yield the problem of a row that is neither a person's nor a sample, but says something."""
    if any(map(is_sample, row.cells)):
        return
    if has_person(row.cells):
        yield Problem("row-of-answers", _ANSWERS, table.sheet, row.number, is_unused=True)
    elif any(claim.fact == GONE for cell in row.cells for claim in read_claims(cell)):
        yield Problem("note-says-gone", _NOTE, table.sheet, row.number)


_ANSWERS = Message(
    "this row has headings with answers beside them, as a form has, and somebody's ID number; it is"
    " kept and not used. Write each person in a row of the list, or each household in a form of"
    " its own"
)
_NOTE = Message(
    "this note says that somebody died or left, and it belongs to no row; it is kept and not used."
    " Find the person and enter it with `relief event`"
)


def _build_unheaded_problem(table: Table) -> Problem:
    message = Message(
        "there are ID numbers in a column without a heading, and these people are not used; give"
        " the columns of names and numbers the headings 成员一姓名, 成员一身份证号 and so on"
    )
    return Problem("column-unheaded", message, table.sheet, table.last_header_row, is_unused=True)


def has_no_rows(tables: Iterable[SourceTable]) -> bool:
    """Whether there are only notes below the headings of a file's tables, or no rows at all."""
    return all(row.role == "note" for table in tables for row in table.rows)


def build_no_rows_problem(sheet: str) -> Problem:
    """Return the problem that a file has headings but nothing below them."""
    message = Message(
        "there is nothing below the headings of this file; import the one that has the list"
    )
    return Problem("list-empty", message, sheet)


def build_hidden_sheet_problem(sheet: str) -> Problem:
    """Return the problem that a hidden sheet, which seems to be a list, was not read."""
    message = Message(
        "this sheet is hidden, so it was not read; if it counts, show it in WPS and save, or import"
        " the file again with --sheet {sheet}",
        {"sheet": sheet},
    )
    return Problem("sheet-hidden", message, sheet, is_unused=True)


def find_hidden_parts(
    tables: Iterable[tuple[Table, Sequence[ColumnMeaning]]], sha256: str
) -> Iterator[Problem]:
    """Return the one question about the hidden rows and the hidden used columns of a file.

    `sha256` is of the file: the answer is about no other file.
    """
    rows: list[str] = []
    columns: list[str] = []
    sheets: dict[str, None] = {}
    for table, meanings in tables:
        used = {column.position for column in meanings if column.target is not None}
        hidden = [table.headers[place] for place in table.hidden_columns if place in used]
        if table.hidden_rows or hidden:
            sheets[table.sheet] = None
        rows += (
            [f"{table.sheet} {format_runs(table.hidden_rows, _MOST_RUNS)}"]
            if table.hidden_rows
            else []
        )
        columns += [f"{table.sheet} {', '.join(hidden)}"] if hidden else []
    if sheets:
        words = {"rows": "; ".join(rows), "columns": "; ".join(columns)}
        words = {name: text for name, text in words.items() if text}
        message = Message(_HIDDEN[bool(rows), bool(columns)], words)
        subject = f"hidden:{sha256[:_HASH_LENGTH]}"
        yield Problem("parts-hidden", message, next(iter(sheets)), subject=subject)


def find_struck_rows(table: Table, columns: Sequence[ColumnMeaning]) -> Iterator[int]:
    """Return the numbers of the rows of people who are struck through: by name, number or amount.

    Offices strike out who has left, and keep the row.
    """
    for row in table.rows if table.struck else ():
        struck = table.struck.get(row.number, frozenset())
        named = {column.position for column in columns if column.target in _STRUCK_OUT}
        filled = {place for place, cell in enumerate(row.cells) if not is_empty_cell(cell)}
        if _is_of_people(row) and filled & struck and (filled & struck & named or filled <= struck):
            yield row.number


_STRUCK_OUT = frozenset({"name", "head_name", "id_number", "amount"})
_HIDDEN_ROWS = Message(
    "rows that are hidden were read ({rows}); decide whether they belong to the list. Until then no"
    " roster of this file counts as complete. If they do not, delete them and import the file again"
    " with --replace"
)
_HIDDEN_COLUMNS = Message(
    "columns that are hidden were read ({columns}); decide whether they belong to the list. If they"
    " do not, import it again with --map COLUMN=-"
)
_HIDDEN_BOTH = Message(
    "rows ({rows}) and columns ({columns}) that are hidden were read; decide whether they belong to"
    " the list. Until then no roster of this file counts as complete. If they do not, delete them"
    " and import the file again with --replace"
)
# by whether there are hidden rows, and hidden columns
_HIDDEN = {
    (True, False): _HIDDEN_ROWS.template,
    (False, True): _HIDDEN_COLUMNS.template,
    (True, True): _HIDDEN_BOTH.template,
}


def build_unusable_error(  # noqa: PLR0913 all that was found in the file
    path: Path,
    forms: Collection[FormKind],
    columns: Sequence[ColumnMeaning],
    hidden: Sequence[str],
    *,
    has_rows: bool,
    is_openings: bool,
) -> ReliefError:
    """Return the error for a file that cannot be used: it is empty, or has no usable table.

    `columns` are the columns of the tables found in it, `hidden` the hidden sheets that seem to
    have a list. `is_openings`: import.toml declares it to be a list of job openings.
    """
    if hidden:
        problem = _("its list is on a sheet that is hidden: {sheets}")
        remedy = _("Show the sheet in WPS and save, or import the file with --sheet {sheet}.")
        sheets = ", ".join(hidden)
        return ReliefError(path.name, problem.format(sheets=sheets), remedy.format(sheet=hidden[0]))
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
        remedy = str(FORM_WORDS["form" if "form" in forms else "questionnaire"])
        return ReliefError(path.name, _("this file is not a list"), remedy)
    if not columns:
        return ReliefError(
            path.name,
            _("no table was found in this file"),
            _("A table needs a row of headings such as 姓名, 身份证号, 社区 above its rows."),
        )
    return _build_heading_error(path, [column for column in columns if column.header])


def _build_heading_error(path: Path, columns: Sequence[ColumnMeaning]) -> ReliefError:
    """Return the error for a file without any known heading."""
    if any(_OF_A_PERSON.search(column.header) for column in columns):
        # The "headings" are most likely the first person's data, which no message may repeat.
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
        else _("The headings must at least name the person (姓名) and the ID number (身份证号).")
    )
    return ReliefError(path.name, problem, remedy)
