"""Writes a command's result: to the screen, as data to standard output, or into a file."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from relieftool.messages import _
from relieftool.output.files import format_csv, format_json, print_table, write_shown
from relieftool.output.result import Chart, OutputFormat, PlainTable, Result, ShownResult
from relieftool.output.streams import print_data, print_lines, print_message


def show_result(
    result: Result, form: OutputFormat, out: Path | None = None, *, is_revealed: bool = False
) -> None:
    """Write a result to the file `out`; if it is None, to standard output in the format `form`.

    Private values are masked unless revealed. The ending of a file decides its format. With a file
    or CSV, warnings go to standard error.
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
    """Print the name of a file that was written."""
    print_message(_("Written: {file}").format(file=out))


def _show_tables(result: ShownResult) -> None:
    """Show the charts and the page of text; the tables only if there is no such page."""
    show_text, show_table = _choose_output()
    if page := page_lines(result):
        show_text(page)
    if result.text:
        return
    for number, table in enumerate(result.on_screen):
        if number and not table.is_empty:
            print_data("")
        show_table(table)


def _choose_output() -> tuple[Callable[[Sequence[str]], None], Callable[[PlainTable], None]]:
    """Return what shows a page of text and what shows a table: drawn on a terminal only."""
    if not sys.stdout.isatty():
        return print_lines, print_table
    from relieftool.output.terminal import show_table, show_text  # noqa: PLC0415 start-up time

    return show_text, show_table


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
