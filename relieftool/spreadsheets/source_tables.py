"""A table of a sheet with its mapping, and its rows word for word: what an import keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from relieftool.errors import Problem
from relieftool.values.text import Cell


@dataclass(frozen=True)
class SourceRow:
    """One row of a sheet: its number from 1, its role, the row whose household it continues.

    `replaces` is the kept row that this one corrects, None for a row of its own.
    """

    number: int
    role: str
    continues: int | None
    cells: Sequence[Cell]
    replaces: int | None = None


@dataclass(frozen=True)
class SourceTable:
    """One table of a file with its mapping; `columns` are records of position, target and so on.

    `rows_of` is the kept table whose rows this one reads in its own way; it has none itself then.
    """

    sheet: str
    title: str
    first_header_row: int
    last_header_row: int
    kind: str
    programme: str | None
    community: str | None
    covers: str | None
    is_complete: bool | None
    columns: list[dict[str, object]]
    rows: Sequence[SourceRow]
    problems: list[Problem] = field(default_factory=list)
    rows_of: int | None = None
