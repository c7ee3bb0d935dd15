"""The answers of `relief what-if`: before and after side by side, and a sweep as plot and table."""

from collections.abc import Iterable
from dataclasses import asdict

from relieftool.eligibility.findings import format_status
from relieftool.eligibility.scenario import UnreadSupposition
from relieftool.eligibility.what_if import (
    Benefit,
    LivingMeans,
    StatusTurn,
    Sweep,
    SweepPoint,
    WhatIf,
)
from relieftool.messages import _
from relieftool.output.gaps import build_document_head
from relieftool.output.result import (
    Chart,
    RecordTable,
    Result,
    ResultColumn,
    Series,
    ShownCell,
    Unit,
    by_place,
)
from relieftool.output.result_cells import (
    HiddenValue,
    MaskedName,
    MaskedValue,
    ResultCell,
    build_sentence,
    convert_to_yuan,
    format_cell,
    format_yuan,
    measure_width,
)
from relieftool.output.wording import format_fact, format_missing_parameters, format_programme
from relieftool.pack.models import Pack


def build_what_if_result(found: WhatIf) -> Result:
    """Return before and after for people and programs."""
    answer = {
        **build_document_head("what-if", found.as_of.isoformat(), found.pack, found.unvalued),
        "household_no": found.household_no,
        "community": found.community,
        "before": _living_document(found.before),
        "after": _living_document(found.after),
        "benefits": [
            {**asdict(benefit), "member": MaskedName(benefit.member)} for benefit in found.benefits
        ],
        "overruled": [asdict(one) for one in found.overruled],
    }
    columns = by_place(
        ResultColumn("programme", _("Programme")),
        ResultColumn("member", _("Member")),
        ResultColumn("before", _("Status before")),
        ResultColumn("after", _("Status after")),
        ResultColumn("yuan_before", _("Yuan a month before"), "right"),
        ResultColumn("yuan_after", _("Yuan a month after"), "right"),
    )
    rows = [*(_benefit_row(found.pack, benefit) for benefit in found.benefits), *_sums(found)]
    title = _("{household} as it is and as it would be, as of {day}").format(
        household=found.household_no, day=found.as_of.isoformat()
    )
    is_open = any(None in (one.before_fen, one.after_fen) for one in found.benefits)
    footer = [_("An amount that is not known counts for nothing in the sums.")] if is_open else []
    return Result(answer, (RecordTable(title, columns, rows, footer, _first(found)),))


def _benefit_row(pack: Pack, benefit: Benefit) -> list[ShownCell]:
    return [
        format_programme(pack, benefit.programme),
        _member_cell(benefit),
        "" if benefit.before is None else format_status(benefit.before),
        "" if benefit.after is None else format_status(benefit.after),
        "" if benefit.before is None else convert_to_yuan(benefit.before_fen),
        "" if benefit.after is None else convert_to_yuan(benefit.after_fen),
    ]


def _first(found: WhatIf | Sweep) -> list[str]:
    """Return what must be known before the figures are read."""
    missing = format_missing_parameters(found.pack, found.as_of, found.unvalued)
    return [*missing, *format_unread_suppositions(found.pack, found.overruled)]


def format_unread_suppositions(pack: Pack, overruled: Iterable[UnreadSupposition]) -> list[str]:
    """Say which supposed facts change little, and which to suppose instead."""
    return [
        _(
            "The rules read {others}, which is known here, before {fact}."
            " Suppose that instead, for example: --set {name}=+1000."
        ).format(
            fact=_supposed_word(pack, one),
            others=_(", ").join(format_fact(pack, name) for name in one.by),
            name=_placed(pack, one.by[0], one.place),
        )
        for one in overruled
    ]


def _supposed_word(pack: Pack, one: UnreadSupposition) -> str:
    """Name a supposed fact, and whose it is where it is a member's."""
    word = format_fact(pack, one.fact)
    if one.place is None:
        return word
    return _("{fact} of member {place}").format(fact=word, place=one.place)


def _placed(pack: Pack, name: str, place: int | None) -> str:
    """Write a fact as --set takes it: a member's with his number."""
    is_of_member = name in pack.facts and pack.facts[name].owner == "member"
    return f"{place or 1}.{name}" if is_of_member else name


def _member_cell(benefit: Benefit) -> ShownCell:
    if benefit.place is None:
        return ""
    if not benefit.member:
        return _("{place} (joins)").format(place=benefit.place)
    return build_sentence("{place} {name}", place=benefit.place, name=MaskedName(benefit.member))


def _sums(found: WhatIf) -> list[list[ShownCell]]:
    """Return the sums below the benefits: benefits, income, and both."""
    before, after = found.before, found.after
    named = (
        (_("benefits, together"), *(convert_to_yuan(one.benefits_fen) for one in (before, after))),
        (
            _("of these, still to be claimed"),
            *(convert_to_yuan(one.claimable_fen) for one in (before, after)),
        ),
        (_("income"), *(_income(one, one.income_fen) for one in (before, after))),
        (_("to live on"), *(_income(one, one.total_fen) for one in (before, after))),
    )
    return [[label, "", "", "", one, other] for label, one, other in named]


def _income(living: LivingMeans, fen: int | None) -> ShownCell:
    """Return the income, or what it is part of, marked where it would tell a private fact."""
    return HiddenValue(convert_to_yuan(fen)) if living.is_private else convert_to_yuan(fen)


def _living_document(living: LivingMeans) -> dict[str, object]:
    """Return the sums; the income, and what it is part of, is null where it is hidden."""

    def income(fen: int | None) -> object:
        return HiddenValue(fen, instead=None) if living.is_private else fen

    return {
        "income_fen": income(living.income_fen),
        "benefits_fen": living.benefits_fen,
        "claimable_fen": living.claimable_fen,
        "total_fen": income(living.total_fen),
        "is_hidden": HiddenValue(value=False, instead=True) if living.is_private else False,
    }


def build_sweep_result(found: Sweep) -> Result:
    """Return a sweep: the points as data, the turns as a table, and what there is as a chart."""
    named = _swept(found)
    answer = {
        **build_document_head("what-if", found.as_of.isoformat(), found.pack, found.unvalued),
        "household_no": found.household_no,
        "community": found.community,
        "sweep": named,
        "points": [
            {"value": point.value, **_living_document(point.living)} for point in found.points
        ],
        "turns": [asdict(turn) for turn in found.turns],
        "overruled": [asdict(one) for one in found.overruled],
    }
    turns = _turn_table(found, named)
    return Result(answer, (turns, _point_table(found, named)), _page(turns), [_chart(found)])


def _swept(found: Sweep) -> str:
    """Return the fact that is swept as --sweep takes it."""
    setting = found.setting
    return f"{setting.place}.{setting.fact}" if setting.place else setting.fact


def _is_money(found: Sweep) -> bool:
    return found.pack.facts[found.setting.fact].type == "money"


def _point_table(found: Sweep, named: str) -> RecordTable[SweepPoint]:
    """Return what there is to live on at each value."""
    label = str(found.pack.facts[found.setting.fact].labels)
    unit: Unit = "fen" if _is_money(found) else "plain"
    return RecordTable(
        _("Sweep of {fact}").format(fact=named),
        (
            ResultColumn("value", label, "right", unit=unit),
            ResultColumn(
                "income",
                _("income"),
                "right",
                words=lambda point: _income(point.living, point.living.income_fen),
            ),
            ResultColumn(
                "benefits",
                _("benefits, together"),
                "right",
                unit="fen",
                value=lambda point: point.living.benefits_fen,
            ),
            ResultColumn(
                "total",
                _("to live on"),
                "right",
                words=lambda point: _income(point.living, point.living.total_fen),
            ),
        ),
        found.points,
    )


def _turn_table(found: Sweep, named: str) -> RecordTable[StatusTurn]:
    """Return the values at which a status changes, and what comes or goes a month."""
    unit: Unit = "fen" if _is_money(found) else "plain"
    columns: tuple[ResultColumn[StatusTurn], ...] = (
        ResultColumn("from", _("From"), "right", unit=unit, value=lambda turn: turn.value),
        ResultColumn(
            "programme",
            _("Programme"),
            words=lambda turn: format_programme(found.pack, turn.programme),
        ),
        ResultColumn("place", _("Member number"), "right", is_optional=True),
        ResultColumn("before", _("Status before"), words=lambda turn: format_status(turn.before)),
        ResultColumn("after", _("Status after"), words=lambda turn: format_status(turn.after)),
        ResultColumn("change", _("Yuan a month"), "right", unit="fen", json_key="change_fen"),
    )
    title = _("Where benefits change along {fact}, in steps of {step}").format(
        fact=named, step=_step(found)
    )
    return RecordTable(title, columns, found.turns, warnings=_first(found))


def _step(found: Sweep) -> ResultCell:
    """Return the width of a step."""
    first, second = (point.value for point in found.points[:2])
    return format_yuan(second - first) if _is_money(found) else second - first


def _chart(found: Sweep) -> Chart | MaskedValue:
    """Return what there is to live on over the fact, or say why there is no chart."""
    scale = 100 if _is_money(found) else 1
    points = [
        (point.value / scale, point.living.total_fen / 100)
        for point in found.points
        if point.living.total_fen is not None
    ]
    title = _("to live on a month, in yuan")
    label = str(found.pack.facts[found.setting.fact].labels)
    chart = Chart(title, [Series(title, points)], label, _("yuan"), _("The income is not known."))
    if not any(point.living.is_private for point in found.points):
        return chart
    hidden = _("The income rests on a private fact: no plot without --reveal --reason TEXT.")
    return HiddenValue(chart, instead=hidden)


def _page(turns: RecordTable[StatusTurn]) -> list[str]:
    """Return the table of turns as lines of a screen, to stand below the chart."""
    shown = turns.grid(is_revealed=False)
    rows = [[column.label for column in shown.columns]]
    rows += [[format_cell(cell) for cell in row] for row in shown.rows]
    return [shown.title, *_aligned(rows)]


def _aligned(rows: list[list[str]]) -> list[str]:
    """Write rows in columns; a Chinese character takes two places."""
    widths = [max(map(measure_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - measure_width(cell))
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
