"""What a command hands to the output room: tables for people, one document for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from relieftool.output.cells import Cell


class OutputFormat(StrEnum):
    """How a result is written to standard output."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Column:
    """One column: its name for programs, its heading for people, and the side it leans to.

    A column of sentences is `is_wide`: others give way to it where the screen is narrow. A number
    people type again is `is_whole`: never broken over two lines. A column `is_minor` is left out
    on a screen where it says the same on every row, one `is_for_files` on every screen.
    """

    key: str
    label: str
    justify: Literal["left", "right"] = "left"
    is_wide: bool = False
    is_whole: bool = False
    is_minor: bool = False
    is_for_files: bool = False


@dataclass(frozen=True)
class Grid:
    """One table with what is said above and below it; every row has a cell for each column.

    `warnings` stand between title and table: what must be known before anything is read. Without
    rows, `nothing` is said in place of title and table, where there is such a sentence. In a
    workbook, one `is_for_print` is set out for landscape A4, with its title on every page.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    footer: Sequence[str] = ()
    warnings: Sequence[str] = ()
    nothing: str = ""
    is_for_print: bool = False

    @property
    def is_said(self) -> bool:
        """Say whether a sentence stands in place of the table."""
        return bool(self.nothing) and not self.rows

    @property
    def heading(self) -> str:
        """Give the title, or what is said in place of it."""
        return self.nothing if self.is_said else self.title


@dataclass(frozen=True)
class Result:
    """The answer of one command: the JSON document, and the same as tables in reading order.

    The last table is the list itself, the one that CSV carries; those before it are summaries.
    Where there is `text`, a screen shows that instead of the tables.
    """

    document: Mapping[str, object]
    grids: Sequence[Grid]
    text: Sequence[str] = ()

    @property
    def warnings(self) -> list[str]:
        """Give what must be known before anything is read."""
        return [line for grid in self.grids for line in grid.warnings]

    @property
    def listing(self) -> Grid:
        """Give the table that CSV carries."""
        return self.grids[-1]
