"""The one way a result leaves a command: to the screen, to a program, or into a file."""

import sys
from collections.abc import Iterable
from pathlib import Path

from relieftool.messages import _
from relieftool.output.charts import draw_chart
from relieftool.output.files import format_csv, format_json, write_shown
from relieftool.output.result import Chart, OutputFormat, Result, ShownResult
from relieftool.output.terminal import print_data, print_message, show_table, show_text


def show_result(
    result: Result, form: OutputFormat, out: Path | None = None, *, is_revealed: bool = False
) -> None:
    """Write a result to the file if there is one, otherwise to standard output in the form asked.

    Private values are masked unless revealed. A file follows its own ending, whatever the form.
    Warnings go to standard error beside a file and beside CSV, which have no place for them.
    """
    shown = result.shown(is_revealed=is_revealed)
    if out is not None or form is OutputFormat.CSV:
        for line in shown.warnings:
            print_message(line)
    if out is not None:
        write_shown(shown, out)
        report_written(out)
        return
    match form:
        case OutputFormat.JSON:
            print_data(format_json(shown.document))
        case OutputFormat.CSV:
            sys.stdout.write(format_csv(shown.listing, has_labels=False))
        case OutputFormat.TABLE:
            _show_tables(shown)


def report_written(out: Path) -> None:
    """Say where a file is."""
    print_message(_("Written: {file}").format(file=out))


def _show_tables(result: ShownResult) -> None:
    """Show the charts, then the page of text; the tables where there is no such page."""
    if page := page_lines(result):
        show_text(page)
    if result.text:
        return
    for number, table in enumerate(result.tables):
        if number and not table.is_empty:
            print_data("")
        show_table(table)


def page_lines(result: ShownResult) -> list[str]:
    """Return what stands before the tables on a screen: charts, then the page of text, if any."""
    if not result.charts:
        return list(result.text)
    warnings = result.warnings if result.text else []  # the tables bring their own
    return [*warnings, *_drawn(result.charts), "", *result.text]


def _drawn(charts: Iterable[Chart | str]) -> list[str]:
    """Return the lines of the charts; a hidden chart is a sentence."""
    return [
        line
        for chart in charts
        for line in ([chart] if isinstance(chart, str) else draw_chart(chart))
    ]
