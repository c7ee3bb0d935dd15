"""What an import keeps of a file: each table with its mapping, and its rows word for word."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from relieftool.errors import Problem
from relieftool.values.text import Cell


@dataclass(frozen=True)
class SourceRow:
    """One row of a sheet: its number from 1, its role, and its cells.

    `continues` is the number of the row whose household this one belongs to, None if its own.
    `replaces` is the id of the kept row that this one corrects, None for a new row.
    """

    number: int
    role: str
    continues: int | None
    cells: Sequence[Cell]
    replaces: int | None = None


@dataclass(frozen=True)
class SourceTable:
    """One table of a file with its mapping; `columns` are records of position, target and so on.

    `community` and `covers` (a day or month) are what the table is about, `is_complete` whether
    everybody who receives the programme is on it; None if that is not known. `rows_of` is the id of
    a kept table whose rows this one shares under another mapping; it has no rows of its own then.
    """

    sheet: str
    title: str
    first_header_row: int
    last_header_row: int
    kind: str
    programme: str | None = None
    community: str | None = None
    covers: str | None = None
    is_complete: bool | None = None
    columns: list[dict[str, object]] = field(default_factory=list)
    rows: Sequence[SourceRow] = ()
    problems: list[Problem] = field(default_factory=list)
    rows_of: int | None = None
