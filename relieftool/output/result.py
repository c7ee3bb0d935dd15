"""The result of a command: tables of records, and one document for JSON.

A `Column` defines once what is shown of a record: in tables, CSV, workbooks and pages, and in JSON.
Titles, cells and documents may contain private values that are only marked; `shown` turns a result
into the plain tables and texts that are written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, Literal, TypeVar

from relieftool.messages import _
from relieftool.output.result_cells import (
    HiddenValue,
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
ShownCell = ResultCell | MaskedValue
Unit = Literal["plain", "fen", "name", "id_number", "private"]
CardPart = Literal["labelled", "title", "lead", "text"]


class OutputFormat(StrEnum):
    """The formats of a result on standard output."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Column(Generic[Record]):
    """One column of a table: the value of a record, for programs (JSON) and for people.

    The value is the record's attribute or key named `json_key`, or `key` if that is empty. If
    `value` is a name (dots lead into parts), it is used instead; if `value` is a function, its
    result is the value. Whatever is looked up in None is None. `unit` is the kind of value.

    JSON has the value under `json_key`, or `key` if that is empty. People see the value (fen as
    yuan), or what `format` returns for the value, or what `words` returns for the whole record.
    None means that the value is unknown; if the column `is_optional`, None means that there is
    nothing to show, and the cell stays empty. A column can be `only` in tables, `only` in JSON, or
    `only` on a screen, where it stands in for columns that are `is_for_files`. If `is_hidden`
    returns true for a record, its value is private: until it is revealed, people see a sign instead
    and programs get null.

    On a narrow terminal, columns that are `is_wide` (sentences) are wrapped first; columns that are
    `is_whole` (numbers that people type again) are not wrapped. A terminal leaves out a column that
    `is_for_files`, and one that `is_minor` if all of several rows have the same value. In a printed
    workbook, `choices` are the answers to choose from.
    """

    key: str
    label: str = ""
    format: Callable[[Any], ShownCell] | None = None
    justify: Literal["left", "right"] = "left"
    is_wide: bool = False
    is_whole: bool = False
    is_minor: bool = False
    is_for_files: bool = False
    card: CardPart = "labelled"
    choices: tuple[str, ...] = ()
    value: Callable[[Record], Any] | str = ""
    words: Callable[[Record], ShownCell] | None = None
    unit: Unit = "plain"
    is_optional: bool = False
    is_hidden: Callable[[Record], bool] | None = None
    json_key: str = ""
    only: Literal["table", "json", "screen"] | None = None

    @staticmethod
    def number(key: str, label: str, **more: Any) -> "Column[Any]":
        """Return a column of numbers, aligned to the right."""
        return Column(key, label, justify="right", **more)

    @staticmethod
    def money(key: str, label: str, json_key: str = "", **more: Any) -> "Column[Any]":
        """Return a column of amounts: yuan in tables, fen in JSON under `…_fen`."""
        json_key = json_key or f"{key}_fen"
        return Column(key, label, justify="right", unit="fen", json_key=json_key, **more)

    @staticmethod
    def name(key: str, label: str, **more: Any) -> "Column[Any]":
        """Return a column of people's names, which are masked."""
        return Column(key, label, unit="name", **more)

    @staticmethod
    def optional(key: str, label: str, **more: Any) -> "Column[Any]":
        """Return a column whose cell is empty if the value is None."""
        return Column(key, label, is_optional=True, **more)

    @staticmethod
    def json(*keys: str) -> "tuple[Column[Any], ...]":
        """Return columns for JSON only, each with the record's attribute or key of that name."""
        return tuple(Column(key, only="json") for key in keys)

    @staticmethod
    def by_place(*columns: "Column[Any]") -> "Columns":
        """Return columns for rows that are tuples of cells; each shows the cell at its position."""
        places = enumerate(columns)
        return tuple(replace(column, words=itemgetter(place)) for place, column in places)

    @staticmethod
    def of_part(part: Callable[[Any], Any], *columns: "Column[Any]") -> "Columns":
        """Return columns of a part of a record; `part` returns the part."""
        return tuple(column.of(part) for column in columns)

    def cell(self, record: Record) -> ShownCell:
        """Return the cell of a record for people, private values marked."""
        cell = self._cell(record)
        return HiddenValue(cell) if self.is_hidden and self.is_hidden(record) else cell

    def datum(self, record: Record) -> object:
        """Return the value of a record for JSON, private values marked."""
        datum = _marked(self.find_value(record), self.unit)
        is_hidden = self.is_hidden is not None and self.is_hidden(record)
        return HiddenValue(datum, instead=None) if is_hidden else datum

    def of(self, part: Callable[[Any], Record]) -> "Column[Any]":
        """Return this column for larger records, of which `part` returns the present record."""

        def of_part(function: Callable[[Record], Any] | None) -> Any:
            return None if function is None else lambda whole: function(part(whole))

        words, is_hidden = of_part(self.words), of_part(self.is_hidden)
        return replace(self, value=of_part(self.find_value), words=words, is_hidden=is_hidden)

    def _cell(self, record: Record) -> ShownCell:
        if self.words is not None:
            return self.words(record)
        value = self.find_value(record)
        if value is None and self.is_optional:
            return ""
        if self.format is not None:
            return self.format(value)
        cell: ShownCell = (
            convert_to_yuan(value) if self.unit == "fen" else _marked(value, self.unit)
        )
        return cell

    def find_value(self, record: Record) -> Any:
        """Return the value of a record in this column, as it is kept."""
        if callable(self.value):
            return self.value(record)
        found: Any = record
        for name in (self.value or self.json_key or self.key).split("."):
            if found is not None:
                found = found[name] if isinstance(found, Mapping) else getattr(found, name)
        return found


Columns = tuple[Column[Any], ...]


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


def build_document(columns: Sequence[Column[Record]], record: Record) -> dict[str, object]:
    """Return one record as a JSON object, private values marked."""
    return {
        column.json_key or column.key: column.datum(record)
        for column in columns
        if column.only in (None, "json")
    }


def build_documents(
    columns: Sequence[Column[Record]], records: Sequence[Record]
) -> list[dict[str, object]]:
    """Return records as JSON objects, private values marked."""
    return [build_document(columns, record) for record in records]


@dataclass(frozen=True)
class PlainTable:
    """A table as it is written: private values are masked or revealed; see `RecordTable`.

    A terminal draws the rows `drawn` (None: all), and below them says with `left_out` what is not
    drawn. A screen that is too short draws the first of the rows `weightiest`; without any, all.
    """

    title: str
    columns: Sequence[Column[Any]]
    rows: Sequence[Sequence[ResultCell]]
    footer: Sequence[str] = ()
    warnings: Sequence[str] = ()
    nothing: str = ""
    drawn: Sequence[Sequence[ResultCell]] | None = None
    left_out: str = ""
    weightiest: Sequence[Sequence[ResultCell]] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the sentence `nothing` is shown in place of the table."""
        return bool(self.nothing) and not self.rows

    @property
    def heading(self) -> str:
        """Return the title, or the sentence that is shown in place of the table."""
        return self.nothing if self.is_empty else self.title


@dataclass(frozen=True)
class RecordTable(Generic[Record]):
    """Records with their columns, and the lines above and below.

    `warnings` must be known before the figures are read; they come between title and table. If
    there are no records, the sentence `nothing`, unless it is empty, replaces title and table. A
    terminal draws only records that `is_drawn`; the sentence `left_out` then says with {count} how
    many more there are and where. A screen that is too short draws as many as fit, in the order of
    `weigh`; all of a table that `is_whole`.
    """

    title: MaskableText
    columns: Sequence[Column[Record]]
    records: Sequence[Record]
    footer: Sequence[MaskableText] = ()
    warnings: Sequence[MaskableText] = ()
    nothing: MaskableText = ""
    is_drawn: Callable[[Record], bool] | None = None
    left_out: str = ""
    weigh: Callable[[Record], Any] = lambda _record: 0
    is_whole: bool = False

    def documents(self) -> list[dict[str, object]]:
        """Return the records as JSON objects, private values marked."""
        return build_documents(self.columns, self.records)

    def list_values(self, key: str) -> list[str]:
        """Return the values of a column for all records; none if the table has no such column."""
        return [
            str(value)
            for column in self.columns
            if key in (column.key, column.json_key)
            for record in self.records
            if (value := column.find_value(record)) is not None
        ]

    def result(self, command: str, key: str, **more: object) -> "Result":
        """Return a result that consists of this table; JSON has the records under `key`."""
        head = {"relief_result": 1, "command": command, **more}
        return Result({**head, key: self.documents()}, (self,))

    def list_file_columns(self) -> list[Column[Record]]:
        """Return the columns that files have."""
        return [column for column in self.columns if column.only in (None, "table")]

    def stream_rows(self, *, is_revealed: bool) -> Iterator[Sequence[ResultCell]]:
        """Yield the rows that files have, private values masked unless revealed."""
        columns = self.list_file_columns()
        for record in self.records:
            cells = [column.cell(record) for column in columns]
            yield reveal_or_mask(cells, is_revealed=is_revealed)

    def shown(self, *, is_revealed: bool, is_screen: bool = False) -> PlainTable:
        """Return the table as plain cells, private values masked unless revealed.

        Only `is_screen` has the columns for screens.
        """
        columns = self.list_file_columns()
        if is_screen:
            columns = [column for column in self.columns if column.only != "json"]
        rows = [[column.cell(record) for column in columns] for record in self.records]
        parts = (self.title, self.nothing, rows, list(self.footer), list(self.warnings))
        title, nothing, cells, *notes = reveal_or_mask(parts, is_revealed=is_revealed)
        footer, warnings = ([line for line in lines if line is not None] for lines in notes)
        pairs = [
            (record, row)
            for record, row in zip(self.records, cells, strict=True)
            if self.is_drawn is None or self.is_drawn(record)
        ]
        drawn = [row for _record, row in pairs]
        weighed = sorted(pairs, key=lambda pair: self.weigh(pair[0]))
        count = len(cells) - len(drawn)
        left_out = self.left_out or _(
            "{count} more are in the file of --out, or with --format csv."
        )
        return PlainTable(
            *(title, columns, cells, footer, warnings, nothing),
            drawn=drawn if count else None,
            left_out=left_out.format(count=count) if count else "",
            weightiest=() if self.is_whole else [row for _record, row in weighed],
        )


@dataclass(frozen=True)
class Series:
    """One line of a chart; its points (x, y) are in order from left to right."""

    label: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """A chart as plain data; a terminal draws it, a file has the tables instead.

    `along` labels the horizontal axis and `unit` the vertical axis. If there are no points, the
    sentence `nothing` is shown.
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
    """The result of a command: a document for JSON, and tables for people in reading order.

    If `describe` is set, it makes the document when that is asked for, told if it is revealed: long
    lists are then iterators, each record of which is made when it is written.

    The last table is the list itself, which CSV contains; the tables before it are summaries. A
    screen shows `on_screen` instead, if there are any, and only `text` if there is any. Charts come
    first. The sentences of `lead` are the answer in short: they are said before all else.
    """

    document: Mapping[str, object]
    tables: Sequence[RecordTable[Any]]
    text: Sequence[MaskableText] = ()
    charts: Sequence[Chart | MaskedValue] = ()
    on_screen: Sequence[RecordTable[Any]] = ()
    lead: Sequence[str] = ()
    describe: Callable[[bool], Mapping[str, object]] | None = None

    def shown(self, *, is_revealed: bool = False) -> "ShownResult":
        """Return the result as it is written, private values masked unless revealed."""
        return ShownResult(self, is_revealed)


@dataclass(frozen=True)
class ShownResult:
    """A result as it is written, private values masked or revealed; each part when it is needed."""

    result: Result
    is_revealed: bool

    @property
    def document(self) -> Mapping[str, object]:
        """Return the document for JSON, which is read once."""
        if self.result.describe is not None:
            return self.result.describe(self.is_revealed)
        shown: Mapping[str, object] = self._shown(self.result.document)
        return shown

    @cached_property
    def tables(self) -> list[PlainTable]:
        """Return the tables that files contain."""
        return [table.shown(is_revealed=self.is_revealed) for table in self.result.tables]

    @cached_property
    def on_screen(self) -> list[PlainTable]:
        """Return the tables that a screen shows."""
        tables = self.result.on_screen or self.result.tables
        return [table.shown(is_revealed=self.is_revealed, is_screen=True) for table in tables]

    @cached_property
    def text(self) -> list[str]:
        """Return the page of text that a screen shows in place of the tables, if there is any."""
        shown: list[str] = self._shown(list(self.result.text))
        return shown

    @cached_property
    def charts(self) -> list[Chart | str]:
        """Return the charts; a hidden one is a sentence."""
        shown: list[Chart | str] = self._shown(list(self.result.charts))
        return shown

    @property
    def warnings(self) -> list[str]:
        """Return the warnings of all tables, which must be known before anything is read."""
        lines = [line for table in self.result.tables for line in table.warnings]
        return [line for line in self._shown(lines) if line is not None]

    def _shown(self, value: object) -> Any:
        return reveal_or_mask(value, is_revealed=self.is_revealed)
