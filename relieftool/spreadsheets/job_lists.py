"""Finds lists of job openings by their headings, and reads each row as an opening.

The rows are stored word for word like those of any table; each cell that cannot be read is reported
as a problem.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.spreadsheets.tables import Table, find_tables
from relieftool.values.cells import ValueProblem, is_error, parse_integer, parse_money, parse_yes_no
from relieftool.values.headings import read_heading
from relieftool.values.text import Cell, drop_spaces, is_blank, plain_text
from relieftool.values.vocabulary import list_cell_words, list_words

OPENING_TARGET = "opening."
_NAMES = {name: key for key, names in list_words("headings_of_openings").items() for name in names}
_ROWS_LOOKED_AT = 20
_ENOUGH = 2

_NUMBER = r"\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*[-~至到—–]\s*({_NUMBER}).*", re.ASCII)
_MONTHLY_RANGE = re.compile(rf"{_NUMBER}.{_NUMBER}元?(?:/月|每月)?")
_AT_MOST = re.compile(r"(?:不超过|小于)?(\d{2})(?:周?岁)?(?:以下|及以下|以内|\(含\)以下)", re.ASCII)
_AT_LEAST = re.compile(r"(?:年满|满)?(\d{2})(?:周?岁)?(?:以上|及以上|\(含\)以上)", re.ASCII)
_AGES = re.compile(r"(\d{2})(?:周?岁)?[-~至到—–](\d{2})(?:周?岁)?", re.ASCII)
_PAY_UNIT = re.compile(r"元?(?:[/每]?(?:月|人月))?$")
_WORDS = list_words("openings")

_NO_POST = Message("this row has no post; write it under 岗位")
_YEARLY = Message("the pay is stated per year; state it per month")
_NO_PAY = Message("this is not a monthly pay such as 1800 or 1800-2500; write one, or 面议")
_NO_AGE = Message("this is not an age such as 18-45, 50岁以下 or 不限; write one of these")
_NO_SEX = Message("this is not 男, 女 or 不限; write one of them")
_NO_CAPACITY = Message("this is not 完全劳动能力, 部分劳动能力 or 不限; write one of them")
_NO_DISABILITY = Message(
    "this is not 是, 否 or kinds of disability such as 肢体; write one of them"
)

NumberRange = tuple[int | None, int | None]
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class JobOpening:
    """A job opening. A field is None if the list does not state it.

    `opening` is its identifier. `pay_from_fen` and `pay_until_fen` are fen per month; `place` is
    where the work is done. `ages` are the youngest and the oldest age, inclusive; None in the pair
    means no limit. `sex` and `capacity` may be "any". `accepts_disabled` is whether disabled people
    are accepted; `disabilities` are the kinds of disability that the list names.
    """

    opening: str
    employer: str | None
    post: str
    pay_from_fen: int | None
    pay_until_fen: int | None
    place: str | None
    ages: NumberRange | None
    sex: str | None
    capacity: str | None
    accepts_disabled: bool | None
    disabilities: str | None
    skills: str | None
    is_home_work: bool | None
    vacancies: int | None


def find_opening_tables(sheet: Sheet, *, is_declared: bool = False) -> list[SourceTable]:
    """Return the lists of openings on a sheet; an empty list if it has none.

    A list has a column of posts, at least two of the columns employer, pay and vacancies, and no
    column of people's names or ID numbers. If import.toml declares it a list of openings
    (`is_declared`), the column of posts is enough.
    """
    if not is_declared and not _may_have_openings(sheet):
        return []
    tables = [table for table in find_tables(sheet, _is_known) if _is_list(table, is_declared)]
    return [_build_source_table(table) for table in tables]


def _find_key(heading: str) -> str | None:
    """Return the field of an opening that a heading means; None if the heading is not known."""
    found = read_heading(heading)
    return _NAMES.get(found.name) or _NAMES.get(found.bare)


def _is_known(heading: str) -> bool:
    return _find_key(heading) is not None


def _may_have_openings(sheet: Sheet) -> bool:
    """Whether one of the first rows looks like the header of a list of openings.

    This is a quick check, so that other sheets are not searched for tables twice.
    """
    rows = sheet.rows[:_ROWS_LOOKED_AT]
    keys = [
        {_NAMES.get(read_heading(plain_text(cell)).bare) for cell in row if cell} for row in rows
    ]
    return any("post" in found and len(found - {None}) > _ENOUGH for found in keys)


def _is_list(table: Table, is_declared: bool) -> bool:  # noqa: FBT001 as declared for the file
    keys = {_find_key(heading) for heading in table.headers}
    beside = keys & {"employer", "pay", "vacancies"}
    bare = {read_heading(heading).bare for heading in table.headers}
    # A list of people may have a post and an employer too, namely where each person works.
    has_people = "姓名" in bare or any("身份证" in heading for heading in bare)
    return "post" in keys and (is_declared or (len(beside) >= _ENOUGH and not has_people))


def _build_columns(table: Table) -> list[dict[str, object]]:
    """Return the records of the columns; only the first column of the same meaning is used."""
    taken: set[str] = set()
    columns: list[dict[str, object]] = []
    for position, heading in enumerate(table.headers):
        key = _find_key(heading)
        target = f"{OPENING_TARGET}{key}" if key and key not in taken else None
        taken |= {key} if key else set()
        columns.append(
            {
                "position": position,
                "header": heading,
                "target": target,
                "place": None,
                "scale": read_heading(heading).scale,
                "sheet_column": table.sheet_columns[position],
            }
        )
    return columns


def _build_source_table(table: Table) -> SourceTable:
    columns = _build_columns(table)
    return SourceTable(
        sheet=table.sheet,
        title=table.title,
        first_header_row=table.first_header_row,
        last_header_row=table.last_header_row,
        kind="households",
        columns=columns,
        rows=table.rows,
        problems=list(_find_problems(table, columns)),
    )


def _find_problems(table: Table, columns: Sequence[dict[str, object]]) -> Iterator[Problem]:
    """Return a problem for each cell that cannot be read, and for each row without a post.

    An empty cell of a continuation has the value of the row that it continues, as if merged.
    """
    named = {
        str(column["target"]).removeprefix(OPENING_TARGET): column
        for column in columns
        if column["target"]
    }
    above: SourceRow | None = None
    for row in table.rows:
        if row.role not in ("first", "continuation"):
            continue
        above = row if row.role == "first" else above
        cells = {}
        for name, column in named.items():
            place = int(str(column["position"]))
            own = row.cells[place] if place < len(row.cells) else None
            shared = above.cells[place] if above and place < len(above.cells) else None
            cells[name] = shared if own is None else own
        scale = named.get("pay", {}).get("scale")
        opening, unread = read_job_opening("", cells, None if scale is None else str(scale))
        is_unused = opening is None
        for name, message in unread:
            heading = str(named[name]["header"]) if name in named else ""
            code = "opening-unreadable"
            yield Problem(code, message, table.sheet, row.number, heading, is_unused=is_unused)


def read_job_opening(
    name: str, cells: Mapping[str, Cell], scale: str | None
) -> tuple[JobOpening | None, list[tuple[str, Message]]]:
    """Return the opening in a row, and the fields that could not be read, each with a message.

    `name` becomes the opening's identifier, `cells` are the cells by field, and `scale` is the unit
    in the heading of the pay. The opening is None if the row has no post.
    """
    reader = _OpeningReader(cells)
    post = reader.read_text("post")
    if post is None:
        return None, [("post", _NO_POST)]
    if scale and "year" in scale.split("/"):
        reader.unread.append(("pay", _YEARLY))
        pay: NumberRange | None = None
    else:
        pay = reader.read_value("pay", lambda cell: _parse_pay(cell, scale))
    accepts, kinds = reader.read_value("disability", _parse_disability) or (None, None)
    opening = JobOpening(
        opening=name,
        employer=reader.read_text("employer"),
        post=post,
        pay_from_fen=pay[0] if pay else None,
        pay_until_fen=pay[1] if pay else None,
        place=reader.read_text("place"),
        ages=reader.read_value("age", _parse_ages),
        sex=reader.read_value("sex", _parse_sex),
        capacity=reader.read_value("capacity", _parse_capacity),
        accepts_disabled=accepts,
        disabilities=kinds,
        skills=reader.read_text("skills"),
        is_home_work=reader.read_value("home", lambda cell: parse_yes_no(cell) == 1),
        vacancies=reader.read_value("vacancies", parse_integer),
    )
    return opening, reader.unread


class _OpeningReader:
    """Reads the cells of a row; `unread` are the fields that cannot be read, with a message."""

    def __init__(self, cells: Mapping[str, Cell]) -> None:
        self._cells = cells
        self.unread: list[tuple[str, Message]] = []

    def read_text(self, name: str) -> str | None:
        """Return the text of a field's cell; None if the cell is blank or an error."""
        cell = self._cells.get(name)
        return None if is_blank(cell) or is_error(cell) else plain_text(cell)

    def read_value(self, name: str, parse: Callable[[Cell], _Value]) -> _Value | None:
        """Return the value of a field's cell; None if the cell is blank or cannot be read."""
        cell = self._cells.get(name)
        if is_blank(cell):
            return None
        try:
            return parse(cell)
        except ValueProblem as problem:
            self.unread.append((name, problem.message))
            return None


def _parse_pay(cell: Cell, scale: str | None) -> NumberRange:
    """Return the lowest and the highest pay in fen per month; (None, None) if it is negotiable."""
    text = plain_text(cell).replace(",", "")
    if text in list_cell_words("negotiable"):
        return None, None
    if isinstance(cell, (int, float)):
        return parse_money(cell, scale), parse_money(cell, scale)
    found = _RANGE.fullmatch(text)
    ends = found.groups() if found else (_PAY_UNIT.sub("", text),) * 2
    # Pay per day or hour is not converted: the number of days or hours in a month is not known.
    if found and not _MONTHLY_RANGE.fullmatch(drop_spaces(text)):
        raise ValueProblem(_NO_PAY)
    low, high = (parse_money(end, scale) for end in ends)
    return low, high


def _parse_ages(cell: Cell) -> NumberRange:
    """Return the youngest and the oldest age accepted, inclusive; None in place of a missing limit.

    >>> _parse_ages("18-45岁"), _parse_ages("50周岁以下"), _parse_ages("不限")
    ((18, 45), (None, 50), (None, None))
    """
    text = drop_spaces(plain_text(cell))
    if text in list_cell_words("anybody"):
        return None, None
    if found := _AGES.fullmatch(text):
        return int(found[1]), int(found[2])
    if found := _AT_MOST.fullmatch(text):
        return None, int(found[1])
    if found := _AT_LEAST.fullmatch(text):
        return int(found[1]), None
    raise ValueProblem(_NO_AGE)


def _parse_sex(cell: Cell) -> str:
    """Return the sex required: male, female or any."""
    text = plain_text(cell)
    if text in list_cell_words("anybody"):
        return "any"
    for word, sex in (("男", "male"), ("女", "female")):
        if text in (word, f"{word}性"):
            return sex
    raise ValueProblem(_NO_SEX)


def _parse_capacity(cell: Cell) -> str:
    """Return the capacity for work required: whole, partly or any."""
    text = plain_text(cell)
    if text in list_cell_words("anybody"):
        return "any"
    if text.startswith(tuple(_WORDS["partly"])):
        return "partly"
    if text.startswith(tuple(_WORDS["whole"])):
        return "whole"
    raise ValueProblem(_NO_CAPACITY)


def _parse_disability(cell: Cell) -> tuple[bool, str | None]:
    """Return whether disabled people are accepted, and the text if it names kinds of disability."""
    text = plain_text(cell)
    if text in list_cell_words("anybody") or text.startswith(tuple(_WORDS["takes"])):
        return True, None
    if text in _WORDS["refuses"]:
        return False, None
    try:
        return parse_yes_no(cell) == 1, None
    except ValueProblem:
        if any(kind in text for kind in _WORDS["disabilities"]):
            return True, text
        raise ValueProblem(_NO_DISABILITY) from None
