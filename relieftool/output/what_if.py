"""What-if answers: before and after side by side; a sweep as a chart and tables."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

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
from relieftool.output.result import (
    Chart,
    Column,
    RecordTable,
    Result,
    Series,
    ShownCell,
    Unit,
    build_document,
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
)
from relieftool.output.wording import (
    build_document_head,
    format_fact,
    format_missing_parameters,
    format_programme,
    programme_column,
)
from relieftool.pack.models import Pack
from relieftool.values.screen_text import measure_width


def build_what_if_result(found: WhatIf) -> Result:
    """Return the household's benefits and income before and after the suppositions."""
    answer = {
        **_head(found),
        "before": _living_document(found.before),
        "after": _living_document(found.after),
        "benefits": [
            {**asdict(benefit), "member": MaskedName(benefit.member)} for benefit in found.benefits
        ],
        "overruled": _unread_documents(found),
        "advice": list_advice(found),
    }
    columns = Column.by_place(
        Column("programme", _("Programme")),
        Column("member", _("Member")),
        Column("before", _("Status before")),
        Column("after", _("Status after")),
        Column.number("yuan_before", _("Yuan a month before")),
        Column.number("yuan_after", _("Yuan a month after")),
    )
    rows = [*(_benefit_row(found.pack, benefit) for benefit in found.benefits), *_sums(found)]
    title = _("{household} as it is and as it would be, as of {day}").format(
        household=found.household_no, day=found.as_of
    )
    is_open = any(None in (benefit.before_fen, benefit.after_fen) for benefit in found.benefits)
    footer = [_("An amount that is not known counts for nothing in the sums.")] if is_open else []
    footer += list_advice(found)
    return Result(answer, (RecordTable(title, columns, rows, footer, _warnings(found)),))


def list_advice(found: WhatIf) -> list[str]:
    """Return what the pack advises where work ends a benefit, each sentence once."""
    advice = (
        str(text)
        for name in found.list_ended_by_work()
        for text in found.pack.programmes[name].advice_if_work_ends_it
    )
    return list(dict.fromkeys(advice))


def _head(found: WhatIf | Sweep) -> dict[str, object]:
    return {
        **build_document_head("what-if", found.as_of, found.pack, found.unvalued),
        "household_no": found.household_no,
        "community": found.community,
    }


def _unread_documents(found: WhatIf | Sweep) -> list[dict[str, object]]:
    return [asdict(supposition) for supposition in found.overruled]


def _benefit_row(pack: Pack, benefit: Benefit) -> list[ShownCell]:
    return [
        format_programme(pack, benefit.programme),
        _member_cell(benefit),
        "" if benefit.before is None else format_status(benefit.before),
        "" if benefit.after is None else format_status(benefit.after),
        "" if benefit.before is None else convert_to_yuan(benefit.before_fen),
        "" if benefit.after is None else convert_to_yuan(benefit.after_fen),
    ]


def _warnings(found: WhatIf | Sweep) -> list[str]:
    """Return the notes on parameters without a value and on supposed facts that are not read."""
    missing = format_missing_parameters(found.pack, found.as_of, found.unvalued)
    return [*missing, *format_unread_suppositions(found.pack, found.overruled)]


def format_unread_suppositions(pack: Pack, overruled: Iterable[UnreadSupposition]) -> list[str]:
    """Return a line for each supposed fact that the rules do not read: what to suppose instead."""
    sentence = _(
        "The rules read {others}, which is known here, before {fact}."
        " Suppose that instead, for example: --set {name}=+1000."
    )
    return [
        sentence.format(
            fact=_supposed_word(pack, supposition),
            others=_(", ").join(format_fact(pack, name) for name in supposition.by),
            name=_set_name(pack, supposition.by[0], supposition.place),
        )
        for supposition in overruled
    ]


def _supposed_word(pack: Pack, supposition: UnreadSupposition) -> str:
    """Return the name of a supposed fact, with the member's number if it is a member's fact."""
    word = format_fact(pack, supposition.fact)
    if supposition.place is None:
        return word
    return _("{fact} of member {place}").format(fact=word, place=supposition.place)


def _set_name(pack: Pack, name: str, place: int | None) -> str:
    """Return a fact as --set takes it: a member's fact has the member's number (or 1) in front."""
    is_of_member = name in pack.facts and pack.facts[name].owner == "member"
    return f"{place or 1}.{name}" if is_of_member else name


def _member_cell(benefit: Benefit) -> ShownCell:
    if benefit.place is None:
        return ""
    if not benefit.member:
        return _("{place} (joins)").format(place=benefit.place)
    return build_sentence("{place} {name}", place=benefit.place, name=MaskedName(benefit.member))


def _sums(found: WhatIf) -> list[list[ShownCell]]:
    """Return the rows of sums: benefits, those still to be claimed, income, and the total."""
    return [
        [column.label, "", "", "", column.cell(found.before), column.cell(found.after)]
        for column in _sum_columns()
    ]


def _sum_columns() -> tuple[Column[LivingMeans], ...]:
    return (
        Column.money("benefits", _("benefits, together")),
        Column.money("claimable", _("of these, still to be claimed")),
        _income_column("income", _("income")),
        _income_column("total", _("to live on")),
    )


def _income_column(key: str, label: str) -> Column[LivingMeans]:
    """Return the column of the income or a sum with it; hidden if it reveals a private fact."""
    return Column.money(key, label, is_hidden=lambda means: means.is_private)


def _living_document(means: LivingMeans) -> dict[str, object]:
    """Return the sums for JSON; the income, and a sum with it, is null if hidden."""
    is_hidden = HiddenValue(value=False, instead=True) if means.is_private else False
    return {**build_document(_sum_columns(), means), "is_hidden": is_hidden}


def build_sweep_result(found: Sweep) -> Result:
    """Return a sweep: its points, the values at which a status changes, and a chart."""
    fact = _swept_fact(found)
    answer = {
        **_head(found),
        "sweep": fact,
        "points": [
            {"value": point.value, **_living_document(point.living)} for point in found.points
        ],
        "turns": [asdict(turn) for turn in found.turns],
        "overruled": _unread_documents(found),
    }
    turns = _turn_table(found, fact)
    return Result(answer, (turns, _point_table(found, fact)), _page(turns), [_chart(found)])


def _swept_fact(found: Sweep) -> str:
    """Return the swept fact as --sweep takes it."""
    setting = found.setting
    return f"{setting.place}.{setting.fact}" if setting.place else setting.fact


def _is_money(found: Sweep) -> bool:
    return found.pack.facts[found.setting.fact].type == "money"


def _value_column(found: Sweep, key: str, label: str) -> Column[Any]:
    """Return the column of the swept fact's value."""
    unit: Unit = "fen" if _is_money(found) else "plain"
    return Column.number(key, label, unit=unit, json_key="value")


def _point_table(found: Sweep, fact: str) -> RecordTable[SweepPoint]:
    """Return the table of income and benefits at each value."""
    columns = (
        _value_column(found, "value", str(found.pack.facts[found.setting.fact].labels)),
        *Column.of_part(
            lambda point: point.living,
            _income_column("income", _("income")),
            Column.money("benefits", _("benefits, together")),
            _income_column("total", _("to live on")),
        ),
    )
    return RecordTable(_("Sweep of {fact}").format(fact=fact), columns, found.points)


def _turn_table(found: Sweep, fact: str) -> RecordTable[StatusTurn]:
    """Return the table of the values at which a status changes, and by how much a month."""
    columns: tuple[Column[StatusTurn], ...] = (
        _value_column(found, "from", _("From")),
        programme_column(found.pack),
        Column.number("place", _("Member number"), is_optional=True),
        Column("before", _("Status before"), format_status),
        Column("after", _("Status after"), format_status),
        Column.money("change", _("Yuan a month")),
    )
    title = _("Where benefits change along {fact}, in steps of {step}").format(
        fact=fact, step=_step(found)
    )
    return RecordTable(title, columns, found.turns, warnings=_warnings(found))


def _step(found: Sweep) -> ResultCell:
    """Return the distance between two values; for money it is a text in yuan."""
    first, second = (point.value for point in found.points[:2])
    return format_yuan(second - first) if _is_money(found) else second - first


def _chart(found: Sweep) -> Chart | MaskedValue:
    """Return the chart of income plus benefits; hidden if it would reveal a private fact."""
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
    """Return the table of status changes as lines of text, shown below the chart."""
    shown = turns.shown(is_revealed=False)
    rows = [[column.label for column in shown.columns]]
    rows += [[format_cell(cell) for cell in row] for row in shown.rows]
    return [shown.title, *_aligned(rows)]


def _aligned(rows: list[list[str]]) -> list[str]:
    """Return rows as lines with aligned columns; a Chinese character is two columns wide."""
    widths = [max(map(measure_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - measure_width(cell))
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
