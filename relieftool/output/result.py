"""What a command hands to the output room: views of records, and one document for programs.

A `ResultColumn` says once what a record has there: for the table, for CSV, workbook and page, and for
JSON. Tables, documents and texts may hold private values that are only marked as such; `shown`
turns a result into the plain grids and texts that writers take.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter
from typing import Any, Generic, Literal, TypeVar

from relieftool.output.result_cells import (
    MaskableText,
    MaskedIdNumber,
    MaskedName,
    MaskedValue,
    ResultCell,
    convert_to_yuan,
    hide_value,
    reveal_or_mask,
)

Record = TypeVar("Record")
Whole = TypeVar("Whole")
ShownCell = ResultCell | MaskedValue
Unit = Literal["plain", "fen", "name", "id_number", "private"]


class OutputFormat(StrEnum):
    """How a result is written to standard output."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class ResultColumn(Generic[Record]):
    """One column of a view: what a record has there, for programs and for people.

    The value is the record's attribute or key of that name, or what `value` returns; its `unit`
    says what it is. People read the value, fen as yuan, or what `words` returns instead. Programs
    read the value under `json_key`, or under `key` where there is none. A column is `only` in
    tables, or `only` in JSON, where the two differ. Where None means that there is nothing to
    say, not that nobody knows, the cell `is_optional` and stays empty.

    A column of sentences is `is_wide`: others give way to it where the screen is narrow. A number
    people type again is `is_whole`: never broken over two lines. A column `is_minor` is left out
    on a screen where it says the same on every row, one `is_for_files` on every screen. In a
    printed workbook, an answer is one of its `choices`.
    """

    key: str
    label: str = ""
    justify: Literal["left", "right"] = "left"
    is_wide: bool = False
    is_whole: bool = False
    is_minor: bool = False
    is_for_files: bool = False
    choices: tuple[str, ...] = ()
    value: Callable[[Record], Any] | None = None
    words: Callable[[Record], ShownCell] | None = None
    unit: Unit = "plain"
    is_optional: bool = False
    json_key: str = ""
    only: Literal["table", "json"] | None = None

    def cell(self, record: Record) -> ShownCell:
        """Return what people read of a record, private values marked."""
        if self.words is not None:
            return self.words(record)
        value = self._value(record)
        if value is None and self.is_optional:
            return ""
        cell: ShownCell = (
            convert_to_yuan(value) if self.unit == "fen" else _marked(value, self.unit)
        )
        return cell

    def datum(self, record: Record) -> object:
        """Return what programs read of a record, private values marked."""
        return _marked(self._value(record), self.unit)

    def of(self, part: Callable[[Whole], Record]) -> "ResultColumn[Whole]":
        """Return the same column for a record that has this one as a part."""
        words = self.words
        return replace(  # type: ignore[return-value] # both functions now take the whole
            self,
            value=lambda whole: self._value(part(whole)),  # type: ignore[arg-type]
            words=None if words is None else lambda whole: words(part(whole)),  # type: ignore[arg-type]
        )

    def _value(self, record: Record) -> Any:
        if self.value is not None:
            return self.value(record)
        name = self.json_key or self.key
        return record[name] if isinstance(record, Mapping) else getattr(record, name)


Columns = tuple[ResultColumn[Any], ...]


def by_place(*columns: ResultColumn[Any]) -> Columns:
    """Return columns for rows of cells that are no records: each shows the cell in its place."""
    return tuple(replace(column, words=itemgetter(place)) for place, column in enumerate(columns))


def _marked(value: Any, unit: Unit) -> Any:
    match unit:
        case "name":
            return MaskedName(value)
        case "id_number":
            return MaskedIdNumber(value)
        case "private":
            return hide_value(value)
        case "plain" | "fen":
            return value


def list_json_columns(*keys: str) -> tuple[ResultColumn[Any], ...]:
    """Return columns that only JSON has, each the record's attribute of that name."""
    return tuple(ResultColumn(key, only="json") for key in keys)


def build_document(columns: Sequence[ResultColumn[Record]], record: Record) -> dict[str, object]:
    """Return one record as JSON, private values marked."""
    return {
        column.json_key or column.key: column.datum(record)
        for column in columns
        if column.only != "table"
    }


def build_documents(
    columns: Sequence[ResultColumn[Record]], records: Sequence[Record]
) -> list[dict[str, object]]:
    """Return records as JSON, private values marked."""
    return [build_document(columns, record) for record in records]


@dataclass(frozen=True)
class PlainTable:
    """One table with what is said above and below it; every row has a cell for each column.

    `warnings` stand between title and table: what must be known before anything is read. Without
    rows, `nothing` is said in place of title and table, where there is such a sentence. In a
    workbook, one `is_for_print` is set out for landscape A4, with its title on every page.
    """

    title: str
    columns: Sequence[ResultColumn[Any]]
    rows: Sequence[Sequence[ResultCell]]
    footer: Sequence[str] = ()
    warnings: Sequence[str] = ()
    nothing: str = ""
    is_for_print: bool = False

    @property
    def is_said(self) -> bool:
        """Whether a sentence stands in place of the table."""
        return bool(self.nothing) and not self.rows

    @property
    def heading(self) -> str:
        """Return the title, or what is said in place of it."""
        return self.nothing if self.is_said else self.title


@dataclass(frozen=True)
class RecordTable(Generic[Record]):
    """Records under their columns, with what is said above and below, as in a `PlainTable`."""

    title: MaskableText
    columns: Sequence[ResultColumn[Record]]
    records: Sequence[Record]
    footer: Sequence[MaskableText] = ()
    warnings: Sequence[MaskableText] = ()
    nothing: MaskableText = ""
    is_for_print: bool = False

    def documents(self) -> list[dict[str, object]]:
        """Return the records as JSON, private values marked."""
        return build_documents(self.columns, self.records)

    def grid(self, *, is_revealed: bool) -> PlainTable:
        """Return the table as plain cells, private values masked unless revealed."""
        columns = [column for column in self.columns if column.only != "json"]
        said = (self.title, self.nothing, list(self.footer), list(self.warnings))
        title, nothing, *notes = reveal_or_mask(said, is_revealed=is_revealed)
        footer, warnings = ([line for line in lines if line is not None] for lines in notes)
        return PlainTable(
            title,
            columns,
            [
                [reveal_or_mask(column.cell(record), is_revealed=is_revealed) for column in columns]
                for record in self.records
            ],
            footer,
            warnings,
            nothing,
            self.is_for_print,
        )


@dataclass(frozen=True)
class Series:
    """One line of a chart: points from left to right, each its place along the axis and height."""

    label: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """A picture as plain data; whoever can draw does, and others show the tables beside it.

    `along` names what the horizontal axis counts, `unit` what the vertical one does. Without a
    point, `nothing` is said in its place.
    """

    title: str
    series: Sequence[Series]
    along: str
    unit: str
    nothing: str
    kind: Literal["line"] = "line"

    @property
    def points(self) -> list[tuple[float, float]]:
        """Return the points of all series."""
        return [point for series in self.series for point in series.points]


@dataclass(frozen=True)
class Result:
    """The answer of one command: the JSON document, and the same as tables in reading order.

    The last table is the list itself, the one that CSV carries; those before it are summaries.
    Where there is `text`, a screen shows that instead of the tables, below the charts.
    """

    document: Mapping[str, object]
    grids: Sequence[PlainTable | RecordTable[Any]]
    text: Sequence[MaskableText] = ()
    charts: Sequence[Chart | MaskedValue] = ()

    def shown(self, *, is_revealed: bool = False) -> "ShownResult":
        """Return what writers take, private values masked unless revealed."""
        return ShownResult(
            reveal_or_mask(self.document, is_revealed=is_revealed),
            [
                grid if isinstance(grid, PlainTable) else grid.grid(is_revealed=is_revealed)
                for grid in self.grids
            ],
            reveal_or_mask(list(self.text), is_revealed=is_revealed),
            reveal_or_mask(list(self.charts), is_revealed=is_revealed),
        )


@dataclass(frozen=True)
class ShownResult:
    """A result as it is written: nothing in it is marked any more."""

    document: Mapping[str, object]
    grids: Sequence[PlainTable]
    text: Sequence[str] = ()
    charts: Sequence[Chart | str] = ()

    @property
    def warnings(self) -> list[str]:
        """Return what must be known before anything is read."""
        return [line for grid in self.grids for line in grid.warnings]

    @property
    def listing(self) -> PlainTable:
        """Return the table that CSV carries."""
        return self.grids[-1]
