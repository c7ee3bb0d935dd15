"""Output on a terminal: tables drawn by Rich, pages of text, charts, and progress bars.

Without a terminal, tables are tab-separated lines, and there is no progress bar.
"""

import math
import os
import shutil
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.pager import SystemPager
from rich.table import Table
from rich.text import Text

from relieftool.messages import ProgressCallback, _, no_progress
from relieftool.output.files import print_table
from relieftool.output.result import CardPart, Chart, Column, PlainTable
from relieftool.output.result_cells import ResultCell, format_cell
from relieftool.output.streams import print_lines
from relieftool.values.screen_text import (
    escape_invisible,
    measure_width,
    measure_words,
    wrap_text,
)

# The least widths of columns in a table: of their labels, texts and sentences. A word that is wider
# than the last is broken.
_LABEL_WIDTH = 8
_TEXT_WIDTH = 16
_SENTENCE_WIDTH = 28
_WORD_WIDTH = 30
_MOST_LINES = 6  # of a row of a table
_CARD_MARGIN = "  "
_FEWEST_ROWS = 2  # of a table on a screen that is too short for it
_LINES_AROUND = 5  # what leads, what is between tables, and the next prompt


def show_table(table: PlainTable, console: Console | None = None) -> None:
    """Show one table on `console`; if that is None, on standard output.

    Rich would cut a piped table to 80 columns, so it is not used for standard output that is piped.
    """
    if console is None and not sys.stdout.isatty():
        print_table(table)
    else:
        _draw(table, console or make_console(sys.stdout))


def shorten_tables(tables: Sequence[PlainTable], console: Console) -> list[PlainTable]:
    """Return the tables, with as many of their weightiest rows as fit the screen together.

    Each has room for as many as the others; what the short ones leave goes to the first.
    """
    most = [len(table.weightiest) for table in tables]

    def fits(counts: Sequence[int]) -> bool:
        return _count_lines(_keep_first(tables, counts), console) <= console.height

    def few(count: int) -> list[int]:
        return [min(each, count) for each in most]

    limit = min(max(most, default=0), console.height)
    counts = few(_find_most(_FEWEST_ROWS, limit, lambda count: fits(few(count))))
    for place, each in enumerate(few(console.height)):
        tried = partial(_with, counts, place)
        counts = tried(_find_most(counts[place], each, lambda count: fits(tried(count))))  # noqa: B023 used at once
    return _keep_first(tables, counts)


def _with(counts: Sequence[int], place: int, count: int) -> list[int]:
    """Return counts with another count at a place."""
    return [*counts[:place], count, *counts[place + 1 :]]


def _find_most(low: int, high: int, fits: Callable[[int], bool]) -> int:
    """Return the largest number up to `high` that fits; `low` if none above it does."""
    above = range(low + 1, high + 1)
    return low + bisect_left(above, 1, key=lambda count: 0 if fits(count) else 1)


def _keep_first(tables: Sequence[PlainTable], counts: Sequence[int]) -> list[PlainTable]:
    """Return tables of which a screen has the first weightiest rows; one says how to see all."""
    lines = [_("{count} more.")] * len(tables)
    short = [place for place, table in enumerate(tables) if counts[place] < len(table.weightiest)]
    for place in short[-1:]:
        lines[place] = _("{count} more: --no-pager shows all, --out FILE.xlsx writes them.")
    kept = list(tables)
    for place in short:
        table, count = tables[place], counts[place]
        more = lines[place].format(count=len(table.weightiest) - count)
        left_out = " ".join(filter(None, [table.left_out, more]))
        kept[place] = replace(table, drawn=table.weightiest[:count], left_out=left_out)
    return kept


def _count_lines(tables: Iterable[PlainTable], console: Console) -> int:
    """Return the lines of a screen with tables, with those around them."""
    with console.capture() as captured:
        for table in tables:
            _draw(table, console)
    return captured.get().count("\n") + _LINES_AROUND


def show_text(lines: Sequence[str], console: Console | None = None) -> None:
    """Show lines of text; on a terminal a long line continues at its own indentation."""
    if console is None and not sys.stdout.isatty():
        print_lines(lines)
        return
    drawn_on = console or make_console(sys.stdout)
    for line in lines:
        words = line.lstrip(" ")
        margin = line[: len(line) - len(words)]
        room = max(drawn_on.width - len(margin), drawn_on.width // 2)
        broken = wrap_text(escape_invisible(words), room)
        _print_whole(drawn_on, (margin + part for part in broken))


@contextmanager
def open_page(*, is_paged: bool, environ: Mapping[str, str] = os.environ) -> Iterator[Console]:
    """Yield a console on standard output; what is longer than the screen goes to a pager.

    The pager is PAGER, otherwise what the system has. There is none where nobody can press a key,
    none on a terminal that cannot move its cursor, and none on Windows: it would keep the answer in
    a temporary file.
    """
    console = make_console(sys.stdout)
    pager = environ.get("PAGER", "less").strip()
    is_mute = pager in ("", "cat") or os.name == "nt" or environ.get("TERM") == "dumb"
    if not is_paged or is_mute or not sys.stdin.isatty():
        yield console
        return
    with console.capture() as captured:
        yield console
    page = captured.get()
    if page.count("\n") < console.height:
        sys.stdout.write(page)
        return
    # Colours are shown, and the last page stays on the screen; a prompt can only have ASCII.
    os.environ.setdefault("LESS", "-RX -Ps[Space] >>  [q] <<$")
    SystemPager().show(page)


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
    """Draw a table, or cards if the screen is too narrow for it."""
    _print_whole(console, wrap_text(escape_invisible(table.heading), console.width), "bold")
    _print_lines(console, table.warnings)
    if table.is_empty:
        return
    rows = table.rows if table.drawn is None else table.drawn
    places = [place for place, column in enumerate(table.columns) if _is_shown(rows, place, column)]
    columns = [table.columns[place] for place in places]
    cells = [[format_cell(row[place]) for place in places] for row in rows]
    lines = _box(console)
    between = 3 * len(columns) + 1 if lines is box.ASCII else 2 * (len(columns) - 1)
    widths = _find_widths(columns, cells, console.width - between)
    if not cells:
        _print_whole(console, [_CARD_MARGIN + _("none")])
    elif not widths:
        _draw_cards(columns, cells, console, lines)
    else:
        console.print(_table(columns, cells, widths, lines))
    _print_lines(console, (*filter(None, [table.left_out]), *table.footer))


def _print_lines(console: Console, lines: Iterable[str]) -> None:
    """Print lines of text, each broken between its words."""
    for line in lines:
        _print_whole(console, wrap_text(escape_invisible(line), console.width))


def _print_whole(console: Console, lines: Iterable[str], style: str = "") -> None:
    """Print lines that fit the screen."""
    for line in lines:
        console.print(Text(line, style), soft_wrap=True)


def _find_widths(
    columns: Sequence[Column[Any]], cells: Sequence[Sequence[str]], room: int
) -> list[int]:
    """Return the widths of the columns that together fill the room at most; empty if none do.

    No column is narrower than its words, and no row so high that nobody reads along it.
    """
    texts = [[row[place] for row in cells] for place in range(len(columns))]
    wanted = [
        max(map(measure_width, (column.label, *column_texts)))
        for column, column_texts in zip(columns, texts, strict=True)
    ]
    widths = [
        min(most, _find_least_width(column, column_texts))
        for most, column, column_texts in zip(wanted, columns, texts, strict=True)
    ]
    left = room - sum(widths)
    if left < 0:
        return []
    # a label is not broken within a word while another column could be narrower
    labels = [measure_words(column.label) for column in columns]
    for enough in (list(map(min, wanted, labels)), wanted):
        short = sorted(
            range(len(columns)),
            key=lambda place: (columns[place].is_wide, enough[place] - widths[place]),
        )
        for place in short:
            added = min(left, max(0, enough[place] - widths[place]))
            widths[place] += added
            left -= added
    area = max(
        (most / width for most, width in zip(wanted, widths, strict=True) if width), default=1
    )
    return widths if area <= _MOST_LINES else []


def _find_least_width(column: Column[Any], texts: Sequence[str]) -> int:
    """Return the least width of a column: what is typed again or added up is not broken."""
    label = min(_LABEL_WIDTH, measure_width(column.label))
    if column.is_whole or column.justify == "right":
        return max(label, *map(measure_width, texts), 1)
    words = min(_WORD_WIDTH, max(map(measure_words, texts), default=0))
    return max(label, words, _SENTENCE_WIDTH if column.is_wide else _TEXT_WIDTH)


def _table(
    columns: Sequence[Column[Any]],
    cells: Sequence[Sequence[str]],
    widths: Sequence[int],
    lines: box.Box,
) -> Table:
    """Return the Rich table of texts that are broken to the widths of their columns."""
    is_plain = lines is box.ASCII
    drawn = Table(box=lines, header_style="bold", collapse_padding=not is_plain)
    drawn.show_edge = drawn.pad_edge = is_plain
    for column, width in zip(columns, widths, strict=True):
        label = "\n".join(wrap_text(escape_invisible(column.label), width))
        drawn.add_column(Text(label), justify=column.justify, width=width, no_wrap=True)
    for row in cells:
        broken = zip(row, widths, strict=True)
        drawn.add_row(*(Text("\n".join(wrap_text(text, width))) for text, width in broken))
    return drawn


def _draw_cards(
    columns: Sequence[Column[Any]],
    cells: Sequence[Sequence[str]],
    console: Console,
    lines: box.Box,
) -> None:
    """Draw a card for each title: a rule with the title, then the entries of its rows."""
    parts = _choose_parts(columns)
    rule = "─" if lines is not box.ASCII else "-"
    former: list[str] | None = None
    for row in cells:
        title = [
            f"{escape_invisible(column.label)} {text}" if column.justify == "right" else text
            for column, part, text in zip(columns, parts, row, strict=True)
            if part == "title" and text
        ]
        if title != former:
            *above, last = wrap_text("  ".join(title), console.width)
            _print_whole(console, above, "bold")
            rest = rule * (console.width - measure_width(last) - 1)
            console.print(Text(last, "bold").append(f" {rest}", "not bold"), soft_wrap=True)
            former = title
        _print_whole(console, _build_entry(columns, parts, row, console.width))


def _choose_parts(columns: Sequence[Column[Any]]) -> list[CardPart]:
    """Return the part of each column in a card; the first is the title if there is no other."""
    parts = [column.card for column in columns]
    return parts if "title" in parts else ["title", *parts[1:]]


def _build_entry(
    columns: Sequence[Column[Any]], parts: Sequence[CardPart], row: Sequence[str], width: int
) -> list[str]:
    """Return the lines of a row in a card: what leads, what is labelled, then texts."""
    leading, labelled, texts = [], [], []
    for column, part, text in zip(columns, parts, row, strict=True):
        words = _("{label}: {value}").format(label=escape_invisible(column.label), value=text)
        if not text or part == "title":
            continue
        if part == "lead":
            leading.append(text)
        elif part == "text" or column.is_wide:
            texts.append(text if part == "text" else words)
        else:
            labelled.append(words)
    inner = _CARD_MARGIN * (2 if leading else 1)
    return [
        *_flow(leading, width, _CARD_MARGIN),
        *_flow(labelled, width, inner),
        *(line for text in texts for line in _flow([text], width, inner)),
    ]


def _flow(items: Iterable[str], width: int, margin: str) -> list[str]:
    """Return items side by side on indented lines; an item is broken only if it fills a line."""
    room = max(1, width - len(margin))
    lines: list[str] = []
    for item in items:
        if lines and measure_width(f"{lines[-1]}  {item}") <= room:
            lines[-1] += f"  {item}"
        else:
            lines += wrap_text(item, room)
    return [margin + line for line in lines]


def _is_shown(rows: Sequence[Sequence[ResultCell]], place: int, column: Column[Any]) -> bool:
    """Whether a terminal shows a column: not if it is for files, or minor with equal cells."""
    if column.is_for_files:
        return False
    return not (column.is_minor and len(rows) > 1 and len({row[place] for row in rows}) == 1)


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
        bar.update(task, completed=done, total=max(done, total) if total else None)
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
