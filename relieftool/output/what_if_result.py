"""The answers of `relief what-if`: before and after side by side, and a sweep as plot and table."""

import math
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict

from relieftool.messages import _
from relieftool.output.cells import Cell, format_cell, format_yuan, yuan
from relieftool.output.clean import cell_width
from relieftool.output.gap_result import head_of, shown_name
from relieftool.output.masking import HIDDEN
from relieftool.output.pack_head import unvalued_lines
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.output.words_of_findings import fact_word, programme_word, status_word
from relieftool.overruled import Overruled
from relieftool.pack.models import Pack
from relieftool.sweeping import Sweep
from relieftool.what_if import Benefit, Living, WhatIf

_PLOT_HEIGHT, _WIDEST_PLOT, _NO_SCREEN = 18, 100, 80
_TICKS = 5  # marks along an axis, about


def what_if_result(found: WhatIf, *, is_revealed: bool) -> Result:
    """Give before and after for people and programs."""
    name = shown_name(is_revealed=is_revealed)
    document = {
        **head_of("what-if", found.as_of.isoformat(), found.pack, found.unvalued),
        "household_no": found.household_no,
        "community": found.community,
        "before": _living_document(found.before, is_revealed=is_revealed),
        "after": _living_document(found.after, is_revealed=is_revealed),
        "benefits": [{**asdict(one), "member": name(one.member)} for one in found.benefits],
        "overruled": [asdict(one) for one in found.overruled],
    }
    columns: Columns = (
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
    sums = _sums(found, is_revealed=is_revealed)
    return Result(document, (Grid(title, columns, [*rows, *sums], footer, _first(found)),))


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
            fact=_supposed_word(pack, one),
            others=_(", ").join(fact_word(pack, name) for name in one.by),
            name=_placed(pack, one.by[0], one.place),
        )
        for one in overruled
    ]


def _supposed_word(pack: Pack, one: Overruled) -> str:
    """Name a supposed fact, and whose it is where it is a member's."""
    word = fact_word(pack, one.fact)
    if one.place is None:
        return word
    return _("{fact} of member {place}").format(fact=word, place=one.place)


def _placed(pack: Pack, name: str, place: int | None) -> str:
    """Write a fact as --set takes it: a member's with his number."""
    is_of_member = name in pack.facts and pack.facts[name].owner == "member"
    return f"{place or 1}.{name}" if is_of_member else name


def _member_cell(one: Benefit, name: str | None) -> str:
    if one.place is None:
        return ""
    return f"{one.place} {name}" if name else _("{place} (joins)").format(place=one.place)


def _sums(found: WhatIf, *, is_revealed: bool) -> list[list[Cell]]:
    """Give the sums below the benefits: benefits, income, and both."""
    before, after = found.before, found.after
    named = (
        (_("benefits, together"), *(yuan(one.benefits_fen) for one in (before, after))),
        (_("of these, still to be claimed"), *(yuan(one.claimable_fen) for one in (before, after))),
        (_("income"), *(_income(one, one.income_fen, is_revealed) for one in (before, after))),
        (_("to live on"), *(_income(one, one.total_fen, is_revealed) for one in (before, after))),
    )
    return [[label, "", "", "", one, other] for label, one, other in named]


def _income(living: Living, fen: int | None, is_revealed: bool) -> Cell:  # noqa: FBT001 as asked
    """Write the income, or what it is part of, unless it would tell a private fact."""
    return yuan(fen) if is_revealed or not living.is_private else HIDDEN


def _living_document(living: Living, *, is_revealed: bool) -> dict[str, int | bool | None]:
    """Give the sums; the income, and what it is part of, is null where it is private."""
    is_hidden = living.is_private and not is_revealed
    return {
        "income_fen": None if is_hidden else living.income_fen,
        "benefits_fen": living.benefits_fen,
        "claimable_fen": living.claimable_fen,
        "total_fen": None if is_hidden else living.total_fen,
        "is_hidden": is_hidden,
    }


def sweep_result(found: Sweep, *, is_revealed: bool) -> Result:
    """Give a sweep: the points as data, the turns as a table, and for a screen a plot."""
    fact = found.pack.facts[found.setting.fact]
    is_money = fact.type == "money"
    named = f"{found.setting.place}.{fact.id}" if found.setting.place else fact.id
    document = {
        **head_of("what-if", found.as_of.isoformat(), found.pack, found.unvalued),
        "household_no": found.household_no,
        "community": found.community,
        "sweep": named,
        "points": [
            {"value": one.value, **_living_document(one.living, is_revealed=is_revealed)}
            for one in found.points
        ],
        "turns": [asdict(one) for one in found.turns],
        "overruled": [asdict(one) for one in found.overruled],
    }
    turns = _turn_grid(found, named, is_money=is_money)
    points = _point_grid(found, named, is_revealed=is_revealed)
    return Result(document, (turns, points), _page(found, turns, is_revealed=is_revealed))


def _point_grid(found: Sweep, named: str, *, is_revealed: bool) -> Grid:
    """Give what there is to live on at each value."""
    fact = found.pack.facts[found.setting.fact]
    columns: Columns = (
        Column("value", str(fact.labels), "right"),
        Column("income", _("income"), "right"),
        Column("benefits", _("benefits, together"), "right"),
        Column("total", _("to live on"), "right"),
    )
    rows: list[list[Cell]] = [
        [
            yuan(one.value) if fact.type == "money" else one.value,
            _income(one.living, one.living.income_fen, is_revealed),
            yuan(one.living.benefits_fen),
            _income(one.living, one.living.total_fen, is_revealed),
        ]
        for one in found.points
    ]
    return Grid(_("Sweep of {fact}").format(fact=named), columns, rows)


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
    columns: Columns = (
        Column("from", _("From"), "right"),
        Column("programme", _("Programme")),
        Column("place", _("Member number"), "right"),
        Column("before", _("Status before")),
        Column("after", _("Status after")),
        Column("change", _("Yuan a month"), "right"),
    )
    title = _("Where benefits change along {fact}, in steps of {step}").format(
        fact=named, step=_step(found, is_money=is_money)
    )
    return Grid(title, columns, rows, warnings=_first(found))


def _step(found: Sweep, *, is_money: bool) -> Cell:
    """Write the width of a step."""
    first, second = (one.value for one in found.points[:2])
    return format_yuan(second - first) if is_money else second - first


def _page(found: Sweep, turns: Grid, *, is_revealed: bool) -> list[str]:
    """Give the plot with the table of turns below it, as lines of a screen."""
    fact = found.pack.facts[found.setting.fact]
    known = [one for one in found.points if one.living.total_fen is not None]
    if any(one.living.is_private for one in found.points) and not is_revealed:
        lines = [_("The income rests on a private fact: no plot without --reveal --reason TEXT.")]
    elif known:
        lines = _plot(found, str(fact.labels), is_money=fact.type == "money")
    else:
        lines = [_("The income is not known.")]
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
