"""The report as one web page that loads nothing and runs nothing.

A figure is a link to its list: a rule of the style sheet leaves of the list what the figure counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relieftool.documents.charts import COLOURS, BarSeries, draw_bars
from relieftool.documents.report_parts import FigureTable, Lead, Report, ReportList
from relieftool.messages import _, current_language
from relieftool.output.result import Column, PlainTable
from relieftool.output.result_cells import ResultCell, format_cell
from relieftool.values.screen_text import escape_invisible

_TEMPLATE = Path(__file__).with_name("report.html")
_LANGUAGES = {"zh": "zh-CN", "en": "en"}


def format_report_page(report: Report) -> str:
    """Return the report as HTML; private values are masked."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 start-up time

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, finalize=_escape
    )
    page = environment.from_string(_TEMPLATE.read_text("utf-8"))
    writer = _PageWriter()
    sections = [
        {
            "title": section.title,
            "lines": section.lines,
            "figures": [writer.write_figures(figures) for figures in section.figures],
        }
        for section in report.sections
    ]
    lists = [writer.write_list(listed) for listed in report.lists]
    return page.render(
        language=_LANGUAGES[current_language()],
        report=report,
        sections=sections,
        lists=lists,
        filters=list(writer.filters.values()),
        colours=COLOURS,
        words={
            "contents": _("Contents"),
            "follow": _("What a figure counts is in the lists: follow the figure."),
            "all": _("Show all"),
            "reason": _("Reason"),
            "see": _("Why"),
        },
    )


def _escape(value: object) -> object:
    """Escape invisible characters; text that is markup already is left as it is."""
    return escape_invisible(value) if type(value) is str else value


@dataclass(frozen=True)
class _Filter:
    """What a link leaves of a list: the rows of some classes, and what it says above them."""

    id: str
    selector: str
    words: str


@dataclass(frozen=True)
class _PageWriter:
    """Writes tables for the template, and keeps which filters and classes links have asked for."""

    filters: dict[Lead, _Filter] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)

    def write_figures(self, figures: FigureTable) -> Mapping[str, Any]:
        """Return a table of figures, each with the filter that it leads to."""
        shown = figures.table.shown(is_revealed=False)
        rows = [
            [
                self._write_figure(figures, column, record, cell, str(row[0]))
                for column, cell in zip(shown.columns, row, strict=True)
            ]
            for record, row in zip(figures.table.records, shown.rows, strict=True)
        ]
        return {
            "title": shown.title,
            "columns": _write_heads(shown.columns),
            "rows": rows,
            "footer": shown.footer,
            "chart": _draw(figures, shown),
            "chart_name": _("Chart: {title}").format(title=shown.title),
        }

    def _write_figure(
        self, figures: FigureTable, column: Column[Any], record: Any, cell: ResultCell, place: str
    ) -> Mapping[str, Any]:
        find_lead = figures.leads.get(column.key)
        lead = find_lead(record) if find_lead and cell not in (0, "", None) else None
        return {
            "text": format_cell(cell),
            "css": _find_css(column),
            "filter": self._add_filter(lead, f"{place} · {column.label}") if lead else "",
        }

    def _add_filter(self, lead: Lead, words: str) -> str:
        """Return the id of the filter for a lead; its list itself if it leads to all of it."""
        if not lead.marks:
            return lead.listing
        selector = "".join(f".{self._name_class(mark)}" for mark in lead.marks)
        known = self.filters.setdefault(lead, _Filter(f"f{len(self.filters)}", selector, words))
        return known.id

    def _name_class(self, mark: str) -> str:
        return self.classes.setdefault(mark, f"m{len(self.classes)}")

    def write_list(self, listed: ReportList) -> Mapping[str, Any]:
        """Return a list whose rows have the classes that filters ask for."""
        shown = listed.table.shown(is_revealed=False)
        columns = _list_kept(shown)
        rows = [
            {
                "cells": [
                    {"text": format_cell(row[place]), "css": _find_css(shown.columns[place])}
                    for place in columns
                ],
                "css": " ".join(
                    self.classes[mark] for mark in listed.find_marks(record) if mark in self.classes
                ),
                "reasons": listed.find_reasons(record),
            }
            for record, row in zip(listed.table.records, shown.rows, strict=True)
        ]
        return {
            "key": listed.key,
            "title": shown.title,
            "heading": _("List: {title}").format(title=shown.title),
            "columns": _write_heads([shown.columns[place] for place in columns]),
            "rows": rows,
            "filters": [each for lead, each in self.filters.items() if lead.listing == listed.key],
        }


def _list_kept(shown: PlainTable) -> list[int]:
    """Return the places of the columns in which any row says something."""
    return [
        place
        for place in range(len(shown.columns))
        if any(row[place] not in ("", None) for row in shown.rows)
    ]


def _write_heads(columns: Sequence[Column[Any]]) -> list[Mapping[str, str]]:
    return [{"label": column.label, "css": _find_css(column)} for column in columns]


def _find_css(column: Column[Any]) -> str:
    if column.justify == "right":
        return "number"
    return "word" if column.is_whole else "text" if column.is_wide else ""


def _draw(figures: FigureTable, shown: PlainTable) -> str:
    """Return the chart of a table, '' if it has none: without its totals, and rows of nothing."""
    if not figures.drawn:
        return ""
    rows = shown.rows[:-1] if figures.has_total else shown.rows
    keys = [column.key for column in shown.columns]
    places = [keys.index(key) for key in figures.drawn]
    rows = [row for row in rows if any(row[place] for place in places)]
    labels = [format_cell(row[0]) for row in rows]
    series = [
        BarSeries(shown.columns[place].label, [*_read_numbers(rows, place)]) for place in places
    ]
    return draw_bars(shown.title, labels, series) if rows else ""


def _read_numbers(rows: Sequence[Sequence[ResultCell]], place: int) -> Iterator[float]:
    for row in rows:
        cell = row[place]
        yield 0 if cell is None or isinstance(cell, str) else float(cell)
