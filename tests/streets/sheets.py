"""The files of an office about a street: lists of households and rosters, as tables of cells.

Headings and words are an office's own, and taken from nothing of the program's.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import openpyxl

from tests.streets.truth import CARE, ELDER, LIVING, PROGRAMMES, Home, Person

MONTH = "2024年12月"
LIST_TITLE = "莲湖街道困难家庭花名册（2024年12月31日）"
ROSTER_NAMES = {
    "dibao": "低保金发放表",
    "care": "护理补贴发放表",
    "living": "生活补贴发放表",
    "elder": "高龄补贴发放表",
}
AMOUNTS = {"care": CARE, "living": LIVING, "elder": ELDER}
LIST_HEAD = [
    *("社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭人口", "家庭月收入", "个人月收入"),
    *("家庭存款", "残疾等级"),
]
ROSTER_HEAD = ["序号", "社区", "姓名", "身份证号", "发放金额"]


@dataclass(eq=False)
class Line:
    """A row of a sheet: its cells by heading, and whom it is about."""

    cells: dict[str, Any]
    home: Home
    person: Person
    is_hidden: bool = False
    belongs: bool = True


@dataclass(eq=False)
class Sheet:
    """A file with one table; `programme` is None for a list of households.

    `notes` stand below the table. `complete` is what the office declares of a roster, if anything.
    """

    name: str
    title: str
    head: list[str]
    lines: list[Line]
    programme: str | None = None
    complete: bool | None = None
    is_whole: bool = True
    date: str | None = None
    notes: list[list[Any]] = field(default_factory=list)

    @property
    def is_csv(self) -> bool:
        """Whether it is kept as text."""
        return self.name.endswith(".csv")

    def rows(self) -> list[list[Any]]:
        """Return all rows: title, headings, lines, notes."""
        lines = [[line.cells.get(heading) for heading in self.head] for line in self.lines]
        return [[self.title], self.head, *lines, *self.notes]

    def shown(self) -> tuple[object, ...]:
        """Return all that the office says: the rows, what is hidden, and what is declared."""
        hidden = [line.is_hidden for line in self.lines]
        return self.name, self.rows(), hidden, self.complete, self.date

    def find(self, row: int) -> Line | None:
        """Return the line that stands in a row of the file."""
        return self.lines[row - 3] if 3 <= row < 3 + len(self.lines) else None

    def save(self, folder: Path) -> Path:
        """Write the file."""
        path = folder / self.name
        if self.is_csv:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows(self.rows())
            return path
        book = openpyxl.Workbook()
        page = book.active
        for row in self.rows():
            page.append(row)
        for place, line in enumerate(self.lines, start=3):
            page.row_dimensions[place].hidden = line.is_hidden
        book.save(path)
        return path


def list_line(home: Home, person: Person) -> Line:
    """Return the row of a person on the list of households."""
    cells = {
        "社区": home.place,
        "户编号": home.number,
        "姓名": person.name,
        "身份证号": person.number,
        "与户主关系": person.relation,
        "家庭人口": len(home.people),
        "家庭月收入": home.income,
        "个人月收入": person.income,
        "家庭存款": home.deposits,
        "残疾等级": person.grade,
    }
    return Line(cells, home, person)


def write_list(homes: Iterable[Home], name: str = "花名册.csv") -> Sheet:
    """Return the list of households, a row for each person."""
    lines = [list_line(home, person) for home in homes for person in home.people]
    return Sheet(name, LIST_TITLE, list(LIST_HEAD), lines)


def roster_line(home: Home, person: Person, yuan: int) -> Line:
    """Return the row of somebody who is paid."""
    cells = {
        "社区": home.place,
        "姓名": person.name,
        "身份证号": person.number,
        "发放金额": yuan,
    }
    return Line(cells, home, person)


def list_paid(homes: Iterable[Home], programme: str) -> list[Line]:
    """Return the rows of a roster: everybody who is paid."""
    if programme == "dibao":
        return [roster_line(home, home.head, home.dibao) for home in homes if home.dibao]
    return [
        roster_line(home, person, AMOUNTS[programme])
        for home in homes
        for person in home.people
        if programme in person.paid
    ]


def write_roster(homes: list[Home], programme: str, ending: str = "csv") -> Sheet:
    """Return the roster of a programme, declared complete."""
    title = f"莲湖街道{MONTH}{ROSTER_NAMES[programme]}"
    sheet = Sheet(
        *(f"{ROSTER_NAMES[programme]}.{ending}", title, list(ROSTER_HEAD)),
        list_paid(homes, programme),
        programme,
        complete=True,
        date="2024-12",
    )
    number_lines(sheet)
    return sheet


def number_lines(sheet: Sheet) -> None:
    """Number the rows of a roster anew."""
    for place, line in enumerate(sheet.lines, start=1):
        line.cells["序号"] = place


def write_office(homes: list[Home], random: Random) -> list[Sheet]:
    """Return the files of an office about a street: one list, and a roster of each programme."""
    kinds = [random.choice(["csv", "csv", "xlsx"]) for _file in range(len(PROGRAMMES) + 1)]
    rosters = [
        write_roster(homes, name, ending) for name, ending in zip(PROGRAMMES, kinds, strict=False)
    ]
    return [write_list(homes, f"花名册.{kinds[-1]}"), *rosters]


def declare(sheets: Iterable[Sheet]) -> str:
    """Return the import.toml of some files: what the office declares of its rosters."""
    parts = []
    for sheet in sheets:
        if sheet.programme:
            parts += ["[[file]]", f'path = "{sheet.name}"', f'programme = "{sheet.programme}"']
            parts += ['kind = "roster"', f'date = "{sheet.date}"'] if sheet.date else []
            parts += (
                [f"complete = {str(sheet.complete).lower()}"] if sheet.complete is not None else []
            )
    return "\n".join(parts) + "\n"
