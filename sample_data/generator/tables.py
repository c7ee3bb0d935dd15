"""Layouts of household tables: headers of one to three rows, and rows in five arrangements."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from sample_data.generator.cells import Cell, Words, household_cell, member_cell, own_incomes
from sample_data.generator.damage import written
from sample_data.generator.files import Sheet
from sample_data.generator.households import Household

_MEMBER_KEYS = frozenset(
    (
        *("name", "id", "relation", "sex", "age", "employment", "own_income", "supporter"),
        *("ill", "kind", "grade", "stage", "insured", "medical_aid"),
        *("medical", "medical_total", "medical_settled", "medical_second"),
        *("schooling", "rehabilitation", "self_care", "stated_income", "father", "mother"),
        *("registered", "idle_months", "insured_months", "unwillingly", "union", "pension"),
        "basic_pension",
    )
)


@dataclass(frozen=True)
class Column:
    """A column: what stands in it, its heading, and the headings above that one."""

    key: str
    heading: str
    above: tuple[str, ...] = ()

    @property
    def is_member(self) -> bool:
        """Return whether it is about a member, not the household."""
        return self.key in _MEMBER_KEYS


@dataclass
class Office:
    """How one file is written: the words, the chances of damage, text or workbook."""

    words: Words
    rng: random.Random
    is_text: bool = False

    def cells(
        self, columns: Iterable[Column], one: Household, place: int, serial: Cell = None
    ) -> list[Cell]:
        """Return the cells of a row about one member (by place) and the household."""
        return [self._cell(column.key, one, place, serial) for column in columns]

    def _cell(self, key: str, one: Household, place: int, serial: Cell) -> Cell:
        if place >= one.size:
            return None
        person = one.members[place]
        special = {"serial": serial, "head_id": one.head.id_number}
        if key in special:
            return special[key]
        if key == "id":
            return written(person, self.rng, is_text=self.is_text)
        if key == "own_income":
            return own_incomes(one)[place]
        if key in _MEMBER_KEYS:
            return member_cell(key, person, self.words)
        return household_cell(key, one, self.words)


def add_header(sheet: Sheet, columns: list[Column]) -> None:
    """Add a header with as many rows as its deepest column has headings, merged as offices do."""
    depth = 1 + max(len(column.above) for column in columns)
    top = len(sheet.rows)
    levels = [[*column.above, column.heading] for column in columns]
    for level in range(depth):
        row: list[Cell] = []
        for column, headings in enumerate(levels):
            is_repeat = (
                column
                and level < len(headings) - 1
                and headings[: level + 1] == (levels[column - 1][: level + 1])
            )
            row.append(None if is_repeat or level >= len(headings) else headings[level])
        sheet.rows.append(row)
    for column, headings in enumerate(levels):
        if len(headings) < depth:
            sheet.merged.append((top + len(headings) - 1, column, top + depth - 1, column))
    sheet.merged += _across(levels, top)


def _across(levels: list[list[str]], top: int) -> Iterable[tuple[int, int, int, int]]:
    for level in range(max(len(headings) for headings in levels) - 1):
        paths = [tuple(h[: level + 1]) if level < len(h) - 1 else () for h in levels]
        for path, group in groupby(range(len(levels)), key=paths.__getitem__):
            places = list(group)
            if path and len(places) > 1:
                yield top + level, places[0], top + level, places[-1]


Arrange = Callable[[Sheet, Office, list[Column], list[Household]], None]


def merged_down(
    sheet: Sheet, office: Office, columns: list[Column], households: list[Household]
) -> None:
    """Return each member a row; the household's cells are merged over them."""
    for serial, one in enumerate(households, start=1):
        top = len(sheet.rows)
        _member_rows(sheet, office, columns, one, serial)
        if one.size > 1:
            own = [place for place, column in enumerate(columns) if not column.is_member]
            sheet.merged += [(top, place, top + one.size - 1, place) for place in own]


def continued(
    sheet: Sheet, office: Office, columns: list[Column], households: list[Household]
) -> None:
    """Return each member a row; the household's cells stand in the first and are blank below."""
    for serial, one in enumerate(households, start=1):
        _member_rows(sheet, office, columns, one, serial)


def _member_rows(
    sheet: Sheet, office: Office, columns: list[Column], one: Household, serial: int
) -> None:
    for place in range(one.size):
        cells = office.cells(columns, one, place, serial)
        pairs = zip(columns, cells, strict=True)
        sheet.rows.append([c if column.is_member or place == 0 else None for column, c in pairs])


def repeated(
    sheet: Sheet, office: Office, columns: list[Column], households: list[Household]
) -> None:
    """Return each member a row with all of the household's cells in it; every row is numbered."""
    serial = 0
    for one in households:
        for place in range(one.size):
            serial += 1
            sheet.rows.append(office.cells(columns, one, place, serial))


def one_row_each(
    sheet: Sheet, office: Office, columns: list[Column], households: list[Household]
) -> None:
    """Return each household one row."""
    for serial, one in enumerate(households, start=1):
        sheet.rows.append(office.cells(columns, one, 0, serial))


def wide_columns(own: list[Column], members: list[Column], places: tuple[str, ...]) -> list[Column]:
    """Return a household's columns, then those of each member under 成员一, 成员二, …."""
    return [
        *own,
        *(Column(one.key, one.heading, (place, *one.above)) for place in places for one in members),
    ]


def members_across(places: int) -> Arrange:
    """Return an arrangement of one row per household with its members side by side."""

    def arrange(
        sheet: Sheet, office: Office, columns: list[Column], households: list[Household]
    ) -> None:
        own = [column for column in columns if not column.is_member]
        each = [column for column in columns if column.is_member]
        width = len(each) // places
        for serial, one in enumerate(households, start=1):
            row = office.cells(own, one, 0, serial)
            for place in range(places):
                row += office.cells(each[place * width : (place + 1) * width], one, place)
            sheet.rows.append(row)

    return arrange
