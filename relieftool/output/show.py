"""Writes a command's result: to the screen, as data to standard output, or into a file."""

import sys
from collections.abc import Iterable
from pathlib import Path

from relieftool.messages import _
from relieftool.output.files import print_table, stream_json, write_csv, write_shown
from relieftool.output.result import Chart, OutputFormat, Result, ShownResult
from relieftool.output.streams import print_data, print_lines, print_message


def show_result(
    result: Result,
    form: OutputFormat,
    out: Path | None = None,
    *,
    is_revealed: bool = False,
    is_paged: bool = True,
) -> None:
    """Write a result to the file `out`; if it is None, to standard output in the format `form`.

    Private values are masked unless revealed. The ending of a file decides its format. With a file
    or CSV, warnings go to standard error. On a terminal, tables that are longer than the screen are
    shown by a pager if the result `is_paged`.
    """
    shown = result.shown(is_revealed=is_revealed)
    if out is None and form is OutputFormat.TABLE and sys.stdout.isatty():
        _show_screen(shown, is_paged=is_paged)
        return
    for line in result.lead:
        print_message(line)
    if out is not None or form is OutputFormat.CSV:
        for line in shown.warnings:
            print_message(line)
    if out is not None:
        write_shown(shown, out)
        report_written(out)
        return
    match form:
        case OutputFormat.JSON:
            for line in stream_json(shown.document):
                print_data(line)
        case OutputFormat.CSV:
            write_csv(shown, sys.stdout, has_labels=False)
        case OutputFormat.TABLE:
            _print_tables(shown)


def report_written(out: Path) -> None:
    """Print the name of a file that was written."""
    print_message(_("Written: {file}").format(file=out))


def _show_screen(result: ShownResult, *, is_paged: bool) -> None:
    """Show on a terminal what leads, the charts and the page of text; tables if there is none."""
    from relieftool.output.terminal import (  # noqa: PLC0415 start-up time
        open_page,
        shorten_tables,
        show_table,
        show_text,
    )

    with open_page(is_paged=is_paged) as console:
        show_text([*result.result.lead, *page_lines(result)], console)
        tables = [] if result.text else result.on_screen
        for number, table in enumerate(shorten_tables(tables, console) if is_paged else tables):
            if number and not table.is_empty:
                show_text([""], console)
            show_table(table, console)


def _print_tables(result: ShownResult) -> None:
    """Print the charts and the page of text; the tables only if there is no such page."""
    print_lines(page_lines(result))
    for number, table in enumerate([] if result.text else result.on_screen):
        if number and not table.is_empty:
            print_data("")
        print_table(table)


def page_lines(result: ShownResult) -> list[str]:
    """Return the charts and the page of text as lines; if there are both, warnings come first."""
    if not result.charts:
        return list(result.text)
    warnings = result.warnings if result.text else []  # tables show their own warnings
    return [*warnings, *_draw_charts(result.charts), "", *result.text]


def _draw_charts(charts: Iterable[Chart | str]) -> list[str]:
    """Return the charts as lines of text; a hidden chart is one sentence."""
    from relieftool.output.terminal import draw_chart  # noqa: PLC0415 start-up time

    return [
        line
        for chart in charts
        for line in ([chart] if isinstance(chart, str) else draw_chart(chart))
    ]
