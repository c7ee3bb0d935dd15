"""The answers of `relief what-if`: before and after side by side, and a sweep as plot and table."""

import math
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict

from relieftool.messages import _
from relieftool.output.cells import Cell, format_cell, yuan
from relieftool.output.clean import cell_width
from relieftool.output.gap_result import head_of, shown_name
from relieftool.output.pack_head import unvalued_lines
from relieftool.output.result import Column, Grid, Result
from relieftool.output.words_of_findings import fact_word, programme_word, status_word
from relieftool.overruled import Overruled
from relieftool.pack.models import Pack
from relieftool.what_if import Benefit, Living, Sweep, WhatIf

_PLOT_HEIGHT, _WIDEST_PLOT, _NO_SCREEN = 18, 100, 80
_TICKS = 5  # marks along an axis, about


def what_if_result(found: WhatIf, *, is_revealed: bool) -> Result:
    """Give before and after for people and programs."""
    name = shown_name(is_revealed=is_revealed)
    document = {
        **head_of("what-if", found.as_of.isoformat(), found.pack, found.unvalued),
        "household_no": found.household_no,
        "community": found.community,
        "before": _living_document(found.before),
        "after": _living_document(found.after),
        "benefits": [{**asdict(one), "member": name(one.member)} for one in found.benefits],
        "overruled": [asdict(one) for one in found.overruled],
    }
    columns = (
        Column("programme", _("Programme")),
        Column("member", _("Member")),
        Column("before", _("Status before")),
        Column("after", _("Status after")),
        Column("yuan_before", _("Yuan a month before"), "right"),
        Column("yuan_after", _("Yuan a month after"), "right"),
    )
    rows = [
        [
            programme_word(found.pack, one.programme),
            _member_cell(one, name(one.member)),
            "" if one.before is None else status_word(one.before),
            "" if one.after is None else status_word(one.after),
            "" if one.before is None else yuan(one.before_fen),
            "" if one.after is None else yuan(one.after_fen),
        ]
        for one in found.benefits
    ]
    title = _("{household} as it is and as it would be, as of {day}").format(
        household=found.household_no, day=found.as_of.isoformat()
    )
    is_open = any(None in (one.before_fen, one.after_fen) for one in found.benefits)
    footer = [_("An amount that is not known counts for nothing in the sums.")] if is_open else []
    return Result(document, (Grid(title, columns, [*rows, *_sums(found)], footer, _first(found)),))


def _first(found: WhatIf | Sweep) -> list[str]:
    """Give what must be known before the figures are read."""
    missing = unvalued_lines(found.pack, found.as_of, found.unvalued)
    return [*missing, *overruled_lines(found.pack, found.overruled)]


def overruled_lines(pack: Pack, overruled: Iterable[Overruled]) -> list[str]:
    """Say which supposed facts change little, and which to suppose instead."""
    return [
        _(
            "The rules read {others}, which is known here, before {fact}."
            " Suppose that instead, for example: --set {name}=+1000."
        ).format(
            fact=fact_word(pack, one.fact),
            others=_(", ").join(fact_word(pack, name) for name in one.by),
            name=one.by[0],
        )
        for one in overruled
    ]


def _member_cell(one: Benefit, name: str | None) -> str:
    if one.place is None:
        return ""
    return f"{one.place} {name}" if name else _("{place} (joins)").format(place=one.place)


def _sums(found: WhatIf) -> list[list[Cell]]:
    """Give the sums below the benefits: benefits, income, and both."""
    before, after = found.before, found.after
    named = (
        (_("benefits, together"), before.benefits_fen, after.benefits_fen),
        (_("income"), before.income_fen, after.income_fen),
        (_("to live on"), before.total_fen, after.total_fen),
    )
    return [[label, "", "", "", yuan(one), yuan(other)] for label, one, other in named]


def _living_document(living: Living) -> dict[str, int | None]:
    return {
        "income_fen": living.income_fen,
        "benefits_fen": living.benefits_fen,
        "total_fen": living.total_fen,
    }


def sweep_result(found: Sweep) -> Result:
    """Give a sweep: the points as data, the turns as a table, and for a screen a plot."""
    fact = found.pack.facts[found.setting.fact]
    is_money = fact.type == "money"
    named = f"{found.setting.place}.{fact.id}" if found.setting.place else fact.id
    document = {
        **head_of("what-if", found.as_of.isoformat(), found.pack, found.unvalued),
        "household_no": found.household_no,
        "community": found.community,
        "sweep": named,
        "points": [{"value": one.value, **_living_document(one.living)} for one in found.points],
        "turns": [asdict(one) for one in found.turns],
        "overruled": [asdict(one) for one in found.overruled],
    }
    turns = _turn_grid(found, named, is_money=is_money)
    points = Grid(
        _("Sweep of {fact}").format(fact=named),
        tuple(
            Column(key, label, "right")
            for key, label in (
                ("value", str(fact.labels)),
                ("income", _("income")),
                ("benefits", _("benefits, together")),
                ("total", _("to live on")),
            )
        ),
        [
            [
                yuan(one.value) if is_money else one.value,
                yuan(one.living.income_fen),
                yuan(one.living.benefits_fen),
                yuan(one.living.total_fen),
            ]
            for one in found.points
        ],
    )
    return Result(
        document, (turns, points), _page(found, turns, str(fact.labels), is_money=is_money)
    )


def _turn_grid(found: Sweep, named: str, *, is_money: bool) -> Grid:
    """Give the values at which a status changes, and what comes or goes a month."""
    rows = [
        [
            yuan(one.value) if is_money else one.value,
            programme_word(found.pack, one.programme),
            "" if one.place is None else one.place,
            status_word(one.before),
            status_word(one.after),
            yuan(one.change_fen),
        ]
        for one in found.turns
    ]
    columns = (
        Column("from", _("From"), "right"),
        Column("programme", _("Programme")),
        Column("place", _("Member number"), "right"),
        Column("before", _("Status before")),
        Column("after", _("Status after")),
        Column("change", _("Yuan a month"), "right"),
    )
    title = _("Where benefits change along {fact}").format(fact=named)
    return Grid(title, columns, rows, warnings=_first(found))


def _page(found: Sweep, turns: Grid, label: str, *, is_money: bool) -> list[str]:
    """Give the plot with the table of turns below it, as lines of a screen."""
    known = [one for one in found.points if one.living.total_fen is not None]
    lines = _plot(found, label, is_money=is_money) if known else [_("The income is not known.")]
    rows = [[column.label for column in turns.columns]]
    rows += [[format_cell(cell) for cell in row] for row in turns.rows]
    return [*turns.warnings, *lines, "", turns.title, *_aligned(rows)]


def _aligned(rows: list[list[str]]) -> list[str]:
    """Write rows in columns; a Chinese character takes two places."""
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - cell_width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _plot(found: Sweep, label: str, *, is_money: bool) -> list[str]:
    """Draw income and benefits together over the fact, in signs any console can show."""
    import plotext  # type: ignore[import-untyped] # noqa: PLC0415 only a sweep draws

    scale = 100 if is_money else 1
    known = [one for one in found.points if one.living.total_fen is not None]
    width = (
        shutil.get_terminal_size((_NO_SCREEN, 24)).columns if sys.stdout.isatty() else _NO_SCREEN
    )
    figure = plotext.figure
    figure.clear()
    figure.plot_size(min(width, _WIDEST_PLOT), _PLOT_HEIGHT)
    values = [one.value / scale for one in known]
    totals = [(one.living.total_fen or 0) / 100 for one in known]
    figure.draw(figure.signal(values, totals, marker="*"))
    for axis, along in (("x", values), ("y", totals)):
        places = round_ticks(min(along), max(along))
        figure.ruler(axis).ticks(places, [f"{place:,}" for place in places])
    figure.title(_("to live on a month, in yuan"))
    figure.label(label)
    drawn = plotext.uncolorize(str(figure.build()))
    return [line.rstrip() for line in drawn.split("\n")]


def round_ticks(low: float, high: float) -> list[int]:
    """Give whole, round places along an axis, both ends of the range included where they are round.

    >>> round_ticks(0, 4000), round_ticks(2898.75, 4100), round_ticks(3, 3)
    ([0, 1000, 2000, 3000, 4000], [3000, 3500, 4000], [3])
    """
    widest = max(1, math.ceil((high - low) / _TICKS))
    size = 10 ** (len(str(widest)) - 1)
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= widest)
    first = math.ceil(low / step) * step
    return list(range(first, math.floor(high) + 1, step)) or [round(low)]
