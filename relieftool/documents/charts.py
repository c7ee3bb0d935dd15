"""Bar charts as SVG whose texts are texts: no script, no style and no address in it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relieftool.values.screen_text import measure_width

_WIDTH = 720  # of the drawing; a page scales it
_BAR, _GAP, _LETTER = 18, 14, 7.5  # heights, and the width of a narrow letter, in the same unit
_LIBRARY_LETTER = 8.4  # what the library takes every letter for, also one twice as wide
_LEGEND = 30
# Both stand out from white and from each other, also in grey.
COLOURS = ("1f5fa8", "d98a3d")


@dataclass(frozen=True)
class BarSeries:
    """The lengths of one kind of bars, one for each label of the chart."""

    label: str
    values: Sequence[float]


def draw_bars(title: str, labels: Sequence[str], series: Sequence[BarSeries]) -> str:
    """Return a chart of horizontal bars as an SVG element, the first label at the top."""
    import pygal  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time
    from pygal.style import Style  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time

    # It adds a finder for plugins of its own, in a form that Python warns of at every later import.
    sys.meta_path[:] = [each for each in sys.meta_path if type(each).__module__ != pygal.__name__]
    height = len(labels) * (_BAR * len(series) + _GAP) + _LEGEND * (len(series) > 1) + _GAP
    widest = max(map(measure_width, labels), default=0) * _LETTER
    reckoned = max(map(len, labels), default=0) * _LIBRARY_LETTER
    chart = pygal.HorizontalBar(
        # By default a script is fetched from the library's own host.
        js=[],
        css=[],
        no_prefix=True,
        disable_xml_declaration=True,
        width=_WIDTH,
        height=height,
        margin=4,
        margin_right=40,
        spacing=4,
        print_values=True,
        print_values_position="top",
        show_x_labels=False,
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        truncate_label=-1,
        truncate_legend=-1,
        margin_left=max(4.0, widest - reckoned + 4),
        style=Style(colors=[f"#{colour}" for colour in COLOURS], label_font_size=14),
    )
    chart.x_labels = list(reversed(labels))
    for each in series:
        chart.add(each.label, list(reversed(each.values)))
    chart.add_xml_filter(_strip)
    drawn: str = chart.render(is_unicode=True)
    _start, _tag, inner = drawn.partition(">")
    name = title.replace("&", "&amp;").replace('"', "&quot;")
    head = f'<svg role="img" aria-label="{name}" viewBox="0 0 {_WIDTH} {height}">'
    return head + inner


def _strip(root: Any) -> Any:
    """Take out of a drawing what is no part of it: script, style, comments, and tooltips."""
    for element in list(root.iter()):
        parent = element.getparent()
        if parent is not None and not _is_drawn(element):
            parent.remove(element)
    return root


def _is_drawn(element: Any) -> bool:
    is_comment = not isinstance(element.tag, str)
    is_tooltip = not is_comment and element.get("class") == "plot tooltip-overlay"
    return not (is_comment or is_tooltip or element.tag in _NOT_DRAWN)


_NOT_DRAWN = ("defs", "desc", "script", "style", "title")
