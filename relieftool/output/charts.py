"""Charts on a terminal, drawn with characters that any console can show."""

import math
import shutil
import sys

from relieftool.output.result import Chart

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
