"""What a report consists of: sentences, sections of figures, and the lists that figures lead to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relieftool.output.result import RecordTable


@dataclass(frozen=True)
class Lead:
    """The rows that a figure counts: those of a list that bear all of the marks."""

    listing: str
    marks: tuple[str, ...]


FindLead = Callable[[Any], Lead | None]


@dataclass(frozen=True)
class FigureTable:
    """A table of figures; `leads` finds by a column's key where the figure of a record leads.

    `drawn` are the keys of the columns that a chart shows by row; a last row of totals is not
    drawn if it `has_total`.
    """

    table: RecordTable[Any]
    leads: Mapping[str, FindLead] = field(default_factory=dict)
    drawn: tuple[str, ...] = ()
    has_total: bool = False


@dataclass(frozen=True)
class ReportSection:
    """A part of the report: sentences, and then tables of figures."""

    title: str
    figures: Sequence[FigureTable]
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class ReportList:
    """A list that figures lead to; `find_marks` and `find_reasons` are asked of each record."""

    key: str
    table: RecordTable[Any]
    find_marks: Callable[[Any], Iterable[str]]
    find_reasons: Callable[[Any], Sequence[str]]


@dataclass(frozen=True)
class Report:
    """A whole report: sentences below its title, sections, lists, and sentences at its foot."""

    title: str
    head: Sequence[str]
    sections: Sequence[ReportSection]
    lists: Sequence[ReportList]
    foot: Sequence[str]
