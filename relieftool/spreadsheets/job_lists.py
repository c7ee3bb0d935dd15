"""Lists of job openings among an office's tables: known by their headings, kept row for row."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.spreadsheets.column_names import read_heading
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.rows import TableRow
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.spreadsheets.tables import Table, find_tables
from relieftool.values.cells import ValueProblem, is_error, parse_integer, parse_money, parse_yes_no
from relieftool.values.text import Cell, drop_spaces, is_blank, plain_text
from relieftool.values.words import list_cell_words, list_words

_HEADINGS = list_words("headings_of_openings")
_NAMES = {name: key for key, names in _HEADINGS.items() for name in names}
_ROWS_LOOKED_AT = 20
_ENOUGH = 2


def find_opening_tables(sheet: Sheet, *, is_declared: bool = False) -> list[SourceTable]:
    """Return the lists of openings of a sheet; none where it is another kind of sheet.

    A list names posts, and the employer, the pay or the vacancies beside them; a declared one needs
    the posts alone.
    """
    if not is_declared and not _may_have(sheet):
        return []
    tables = [table for table in find_tables(sheet, _is_known) if _is_list(table, is_declared)]
    return [_source(one) for one in tables]


def _key(heading: str) -> str | None:
    found = read_heading(heading)
    return _NAMES.get(found.name) or _NAMES.get(found.bare)


def _is_known(heading: str) -> bool:
    return _key(heading) is not None


def _may_have(sheet: Sheet) -> bool:
    """Say cheaply whether some first row has headings only a list of openings has."""
    rows = sheet.rows[:_ROWS_LOOKED_AT]
    keys = [
        {_NAMES.get(read_heading(plain_text(cell)).bare) for cell in row if cell} for row in rows
    ]
    return any("post" in found and len(found - {None}) > _ENOUGH for found in keys)


def _is_list(table: Table, is_declared: bool) -> bool:  # noqa: FBT001 said of the file
    keys = {_key(heading) for heading in table.headers}
    beside = keys & {"employer", "pay", "vacancies"}
    bare = {read_heading(heading).bare for heading in table.headers}
    has_people = "姓名" in bare or any("身份证" in heading for heading in bare)
    return "post" in keys and (is_declared or (len(beside) >= _ENOUGH and not has_people))


def _columns(table: Table) -> list[dict[str, object]]:
    """Return the records of the columns; of two that mean the same the first counts."""
    taken: set[str] = set()
    columns: list[dict[str, object]] = []
    for position, heading in enumerate(table.headers):
        key = _key(heading)
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


def _source(table: Table) -> SourceTable:
    columns = _columns(table)
    return SourceTable(
        sheet=table.sheet,
        title=table.title,
        first_header_row=table.first_header_row,
        last_header_row=table.last_header_row,
        kind="households",
        programme=None,
        community=None,
        covers=None,
        is_complete=None,
        columns=columns,
        rows=[
            SourceRow(row.number, row.role, row.continues, list(row.cells)) for row in table.rows
        ],
        problems=list(_problems(table, columns)),
    )


def _problems(table: Table, columns: Sequence[dict[str, object]]) -> Iterable[Problem]:
    """Tell what of each row cannot be read."""
    named = {
        str(column["target"]).removeprefix(OPENING_TARGET): column
        for column in columns
        if column["target"]
    }
    above: TableRow | None = None
    for row in table.rows:
        if row.role not in ("first", "continuation"):
            continue
        above = row if row.role == "first" else above
        cells = {}
        for name, one in named.items():
            place = int(str(one["position"]))
            own = row.cells[place] if place < len(row.cells) else None
            shared = above.cells[place] if above and place < len(above.cells) else None
            cells[name] = shared if own is None else own
        scale = named.get("pay", {}).get("scale")
        opening, told = read_job_opening("", cells, None if scale is None else str(scale))
        for name, message in told:
            heading = str(named[name]["header"]) if name in named else ""
            code = "opening-unreadable"
            yield Problem(
                code, message, table.sheet, row.number, heading, is_unused=opening is None
            )


OPENING_TARGET = "opening."


_NUMBER = r"\d+(?:\.\d+)?"


_RANGE = re.compile(rf"({_NUMBER})\s*[-~至到—–]\s*({_NUMBER}).*", re.ASCII)


_AT_MOST = re.compile(r"(?:不超过|小于)?(\d{2})(?:周?岁)?(?:以下|及以下|以内|\(含\)以下)", re.ASCII)


_AT_LEAST = re.compile(r"(?:年满|满)?(\d{2})(?:周?岁)?(?:以上|及以上|\(含\)以上)", re.ASCII)


_AGES = re.compile(r"(\d{2})(?:周?岁)?[-~至到—–](\d{2})(?:周?岁)?", re.ASCII)


_PAY_UNIT = re.compile(r"元?(?:[/每]?(?:月|人月))?$")


_WHOLE, _PARTLY = ("完全", "全劳动力", "健全"), ("部分", "半劳动力", "弱劳动力")


NumberRange = tuple[int | None, int | None]


Value = TypeVar("Value")


@dataclass(frozen=True)
class JobOpening:
    """A post that is open; None in a demand: the list does not say, `any_…`: it says anybody.

    `ages` are inclusive, None at an end: no limit there; `disabilities` are the kinds accepted,
    `accepts_disabled` says whether any is. Pay is fen a month; `place` where the work is done.
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


def read_job_opening(
    name: str, cells: Mapping[str, Cell], scale: str | None
) -> tuple[JobOpening | None, list[tuple[str, Message]]]:
    """Read a row; return with the opening what could not be read, by the column it stands in."""
    reader = _OpeningReader(cells)
    post = reader.text("post")
    if post is None:
        return None, [("post", NO_POST)]
    if scale and "year" in scale.split("/"):
        reader.told.append(("pay", _YEARLY))
        pay: NumberRange | None = None
    else:
        pay = reader.read("pay", lambda cell: _pay(cell, scale))
    accepts, kinds = reader.read("disability", _disability) or (None, None)
    opening = JobOpening(
        opening=name,
        employer=reader.text("employer"),
        post=post,
        pay_from_fen=pay[0] if pay else None,
        pay_until_fen=pay[1] if pay else None,
        place=reader.text("place"),
        ages=reader.read("age", _ages),
        sex=reader.read("sex", _sex),
        capacity=reader.read("capacity", _capacity),
        accepts_disabled=accepts,
        disabilities=kinds,
        skills=reader.text("skills"),
        is_home_work=reader.read("home", lambda cell: parse_yes_no(cell) == 1),
        vacancies=reader.read("vacancies", parse_integer),
    )
    return opening, reader.told


class _OpeningReader:
    """Reads the cells of a row; what cannot be read is told and unknown."""

    def __init__(self, cells: Mapping[str, Cell]) -> None:
        self._cells = cells
        self.told: list[tuple[str, Message]] = []

    def text(self, name: str) -> str | None:
        """Return a text; None where there is none."""
        cell = self._cells.get(name)
        return None if is_blank(cell) or is_error(cell) else plain_text(cell)

    def read(self, name: str, parse: Callable[[Cell], Value]) -> Value | None:
        """Read a cell; None where it is blank or cannot be read."""
        cell = self._cells.get(name)
        if is_blank(cell):
            return None
        try:
            return parse(cell)
        except ValueProblem as problem:
            self.told.append((name, problem.message))
            return None


def _pay(cell: Cell, scale: str | None) -> NumberRange:
    """Read pay as the least and the most a month; what is to be agreed upon is unknown."""
    text = plain_text(cell).replace(",", "")
    if text in list_cell_words("negotiable"):
        return None, None
    if isinstance(cell, (int, float)):
        return parse_money(cell, scale), parse_money(cell, scale)
    found = _RANGE.fullmatch(text)
    ends = found.groups() if found else (_PAY_UNIT.sub("", text),) * 2
    if found and not re.fullmatch(rf"{_NUMBER}.{_NUMBER}元?(?:/月|每月)?", re.sub(r"\s", "", text)):
        raise ValueProblem(_PAY)
    low, high = (parse_money(end, scale) for end in ends)
    return low, high


def _ages(cell: Cell) -> NumberRange:
    """Read an age demanded.

    >>> _ages("18-45岁"), _ages("50周岁以下"), _ages("不限")
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
    raise ValueProblem(_AGE)


def _sex(cell: Cell) -> str:
    """Read the sex demanded: male, female or any."""
    text = plain_text(cell)
    if text in list_cell_words("anybody"):
        return "any"
    for word, sex in (("男", "male"), ("女", "female")):
        if text in (word, f"{word}性"):
            return sex
    raise ValueProblem(_SEX)


def _capacity(cell: Cell) -> str:
    """Read the capacity demanded: whole, partly (enough) or any."""
    text = plain_text(cell)
    if text in list_cell_words("anybody"):
        return "any"
    if any(text.startswith(word) for word in _PARTLY):
        return "partly"
    if any(text.startswith(word) for word in _WHOLE):
        return "whole"
    raise ValueProblem(_CAPACITY)


def _disability(cell: Cell) -> tuple[bool, str | None]:
    """Read whether disabled people are accepted, and the kinds where these are named."""
    text = plain_text(cell)
    if text in list_cell_words("anybody") or text.startswith(("接受", "可接受")):
        return True, None
    if text in {"不接受", "不可", "不招"}:
        return False, None
    try:
        return parse_yes_no(cell) == 1, None
    except ValueProblem:
        if any(kind in text for kind in _DISABILITIES):
            return True, text
        raise ValueProblem(_DISABILITY) from None


_DISABILITIES = ("视力", "听力", "言语", "肢体", "智力", "精神")


NO_POST = Message("this row names no post; write it under 岗位")


_YEARLY = Message("pay is stated by the year; state it by the month")


_PAY = Message("this is no pay a month like 1800 or 1800-2500; write it so, or 面议")


_AGE = Message("this is no age like 18-45, 50岁以下 or 不限; write it so")


_SEX = Message("this is none of 男, 女, 不限; write one of them")


_CAPACITY = Message("this is none of 完全劳动能力, 部分劳动能力, 不限; write one of them")


_DISABILITY = Message("this is neither 是, 否 nor kinds of disability such as 肢体; write so")
