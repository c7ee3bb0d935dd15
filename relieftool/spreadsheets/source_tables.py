"""The tables and rows of a file as an import stores them: each row word for word."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from relieftool.errors import Problem
from relieftool.values.text import Cell

Role = Literal["first", "continuation", "total", "note"]


class SourceRow(NamedTuple):
    """One row of a sheet: its number from 1, its role, and its cells.

    If the row continues a household, `continues` is the number of that household's first row;
    otherwise it is None. `replaces` is the id of the stored row that this row corrects; None for a
    new row.
    """

    number: int
    role: Role
    continues: int | None
    cells: Sequence[Cell]
    replaces: int | None = None


# Meanings of columns of which a list that only names people has none.
OF_HOMES = frozenset({"household_no", "relation", "is_head", "stated_size"})


@dataclass(frozen=True)
class SourceTable:
    """One table of a file; `columns` has a record of each column: position, heading, meaning.

    `community` and `covers` are the community and the day or month that the table is about.
    `is_complete` is whether everybody who receives the programme is on it. Each of these is None
    if it is not known. `rows_of` is the id of a stored table whose rows are read again with these
    columns; `rows` is empty then. `hidden_rows` are the numbers of the rows of people that are
    hidden on the sheet, `struck_rows` those of rows that are struck through.
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
    hidden_rows: Sequence[int] = ()
    struck_rows: Sequence[int] = ()
