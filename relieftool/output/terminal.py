"""Output on a terminal: tables drawn by Rich, pages of text, charts, and progress bars.

Without a terminal, tables are tab-separated lines, and there is no progress bar.
"""

import math
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from relieftool.messages import ProgressCallback, _, no_progress
from relieftool.output.files import print_table
from relieftool.output.result import Chart, Column, PlainTable
from relieftool.output.result_cells import (
    format_cell,
)
from relieftool.output.streams import print_lines
from relieftool.values.screen_text import escape_invisible, measure_width

_SENTENCE_WIDTH = 40
_OTHERS_WIDTH = 108
_UNBOUNDED = 100_000
_NARROW = 16


def show_table(table: PlainTable, console: Console | None = None) -> None:
    """Show one table on `console`; if that is None, on standard output.

    Rich would cut a piped table to 80 columns, so it is not used for standard output that is piped.
    """
    if console is None and not sys.stdout.isatty():
        print_table(table)
    else:
        _draw(table, console or make_console(sys.stdout))


def show_text(lines: Sequence[str], console: Console | None = None) -> None:
    """Show lines of text; on a terminal a long line continues at its own indentation."""
    if console is None and not sys.stdout.isatty():
        print_lines(lines)
        return
    drawn_on = console or make_console(sys.stdout)
    for line in lines:
        words = line.lstrip(" ")
        drawn_on.print(Padding(Text(escape_invisible(words)), (0, 0, 0, len(line) - len(words))))


def make_console(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Console:
    """Return a console for a stream, without colours if NO_COLOR is set or TERM is "dumb"."""
    is_plain = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
    return Console(
        file=stream,
        color_system=None if is_plain else "auto",
        highlight=False,
        markup=False,
        emoji=False,
        safe_box=True,
    )


def _box(console: Console, environ: Mapping[str, str] = os.environ) -> box.Box:
    """Return the lines of a table: ASCII if the console lacks ─ or draws it two columns wide."""
    is_old_windows = os.name == "nt" and "WT_SESSION" not in environ
    is_plain = not console.encoding.startswith("utf") or environ.get("TERM") == "dumb"
    return box.ASCII if is_old_windows or is_plain else box.SIMPLE_HEAD


def _draw(table: PlainTable, console: Console) -> None:
    for line in (table.heading, *table.warnings):
        console.print(Text(escape_invisible(line)))
    if table.is_empty:
        return
    drawn = (
        table if table.most_drawn is None else replace(table, rows=table.rows[: table.most_drawn])
    )
    console.print(_table(drawn, console))
    if left_out := len(table.rows) - len(drawn.rows):
        words = _("{count} more are in the file of --out, or with --format csv.")
        console.print(Text(words.format(count=left_out)))
    for line in table.footer:
        console.print(Text(escape_invisible(line)))


def _table(table: PlainTable, console: Console) -> Table:
    """Return the Rich table with the columns that a terminal shows."""
    drawn = Table(box=_box(console), header_style="bold")
    shown = [place for place, column in enumerate(table.columns) if _is_shown(table, place, column)]
    for column in (table.columns[place] for place in shown):
        drawn.add_column(
            Text(escape_invisible(column.label)),
            justify=column.justify,
            overflow="fold",
            no_wrap=column.is_whole,
        )
    for row in table.rows:
        drawn.add_row(*(Text(format_cell(row[place])) for place in shown))
    _narrow_sentences(drawn, [table.columns[place].is_wide for place in shown], console)
    return drawn


def _narrow_sentences(table: Table, is_wide: Sequence[bool], console: Console) -> None:
    """Narrow the columns of sentences if the table is wider than the screen.

    They keep a fair width if the screen has room for it. Rich cuts off the last column if a
    `min_width` does not fit, but plans around a `width`.
    """
    unbounded = console.options.update(width=_UNBOUNDED)
    excess = Measurement.get(console, unbounded, table).maximum - console.width
    for column, is_sentence in zip(table.columns, is_wide, strict=True):
        if excess > 0 and is_sentence:
            natural = max(
                measure_width(line) for cell in column.cells for line in str(cell).split("\n")
            )
            fair = max(0, min(_SENTENCE_WIDTH, console.width - _OTHERS_WIDTH))
            width = max(natural - excess, min(natural, fair))
            column.width = width if width >= _NARROW else None


def _is_shown(table: PlainTable, place: int, column: Column[Any]) -> bool:
    """Whether a terminal shows a column: not if it is for files, or minor with equal cells."""
    values = {row[place] for row in table.rows}
    if column.is_for_files:
        return False
    return not (column.is_minor and len(table.rows) > 1 and len(values) == 1)


@contextmanager
def show_progress(stream: TextIO, words: str, *, seconds: float = 0) -> Iterator[ProgressCallback]:
    """Yield a function to report progress: the step, how much of it is done, and its total.

    Each step starts a bar of its own, with its speed per second and the time left. It is shown once
    the work has taken some seconds. If the stream is not a terminal, the function does nothing.
    """
    if not stream.isatty():
        yield no_progress
        return
    bar = _make_bar(stream)
    task = bar.add_task(words, total=None, rate="")
    current, begun = words, time.monotonic()

    def report(step: str, done: int, total: int) -> None:
        nonlocal current
        if step != current:
            bar.reset(task, description=escape_invisible(step))
            current = step
        bar.update(task, completed=done, total=total or None)
        if speed := bar.tasks[0].speed:
            bar.update(task, rate=_("{count}/s").format(count=f"{speed:,.0f}"))
        if not bar.live.is_started and time.monotonic() >= begun + seconds:
            bar.start()

    try:
        yield report
    finally:
        bar.stop()


def _make_bar(stream: TextIO) -> Any:
    """Return a progress bar that vanishes at the end."""
    from rich.progress import (  # noqa: PLC0415 start-up time
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
        console=make_console(stream),
        transient=True,
    )


_HEIGHT, _WIDEST, _NO_SCREEN = 18, 100, 80


_TICKS = 5  # an axis gets about this many marks


def draw_chart(chart: Chart) -> list[str]:
    """Return a chart as lines of text that fit the screen; if it has no points, `chart.nothing`."""
    if not chart.points:
        return [chart.nothing]
    import plotext  # type: ignore[import-untyped] # noqa: PLC0415 few commands draw

    width = (
        shutil.get_terminal_size((_NO_SCREEN, 24)).columns if sys.stdout.isatty() else _NO_SCREEN
    )
    figure = plotext.figure
    figure.clear()
    figure.plot_size(min(width, _WIDEST), _HEIGHT)
    for series in chart.series:
        along, heights = ([point[axis] for point in series.points] for axis in (0, 1))
        figure.draw(figure.signal(along, heights, marker="*"))
    for axis, values in zip("xy", zip(*chart.points, strict=True), strict=True):
        places = find_round_ticks(min(values), max(values))
        figure.ruler(axis).ticks(places, [f"{place:,}" for place in places])
    figure.title(chart.title)
    figure.label(chart.along)
    drawn = plotext.uncolorize(str(figure.build()))
    return [line.rstrip() for line in drawn.split("\n")]


def find_round_ticks(low: float, high: float) -> list[int]:
    """Return round whole numbers from `low` to `high` to mark on an axis, at least one.

    >>> find_round_ticks(0, 4000), find_round_ticks(2898.75, 4100), find_round_ticks(3, 3)
    ([0, 1000, 2000, 3000, 4000], [3000, 3500, 4000], [3])
    """
    widest = max(1, math.ceil((high - low) / _TICKS))
    size = 10 ** (len(str(widest)) - 1)
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= widest)
    first = math.ceil(low / step) * step
    return list(range(first, math.floor(high) + 1, step)) or [round(low)]
