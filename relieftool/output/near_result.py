"""The lines households stand near, as a table and as JSON."""

from collections.abc import Callable

from relieftool.gaps import Finding, Gaps
from relieftool.messages import _
from relieftool.near import Near
from relieftool.output.cells import Cell, yuan
from relieftool.output.result import Column, Grid
from relieftool.output.words_of_findings import programme_word, status_word
from relieftool.pack.models import Pack


def near_grid(gaps: Gaps, name: Callable[[str | None], str | None]) -> Grid:
    """Give the findings whose household stands near a line, one row for each line."""
    columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community"), is_minor=True),
        Column("head", _("Head")),
        Column("member", _("Member")),
        Column("programme", _("Programme")),
        Column("status", _("Status"), is_whole=True),
        Column("criterion", _("Condition"), is_wide=True),
        Column("side", _("Side")),
        Column("value", _("Value"), "right"),
        Column("line", _("Line"), "right"),
        Column("distance", _("Away"), "right"),
        Column("percent", _("Percent"), "right"),
    )
    rows = [
        [
            one.household_no,
            one.community,
            name(one.head),
            "" if one.member_no is None else name(one.member),
            programme_word(gaps.pack, one.programme),
            status_word(one.status),
            *_near_cells(gaps.pack, one, near),
        ]
        for one in gaps.findings
        for near in one.near
    ]
    title = _("Near a line as of {day}").format(day=gaps.as_of.isoformat())
    return Grid(title, columns, rows)


def _near_cells(pack: Pack, finding: Finding, near: Near) -> list[Cell]:
    """Give the criterion, the side the household is on, both sides and how far away the line is."""
    criteria = pack.programmes[finding.programme].criteria
    says = next(str(one.says) for one in criteria if one.id == near.criterion)
    side = _("met, just") if near.holds else _("not met, just")
    numbers = (near.value, near.line, near.distance)
    shown: list[Cell] = [yuan(round(one)) if near.unit == "fen" else str(one) for one in numbers]
    return [says, side, *shown, f"{float(near.share * 100):.1f}%"]


def near_document(near: Near) -> dict[str, object]:
    """Give one near line with plain numbers: fen, or a count."""
    numbers = {"value": near.value, "line": near.line, "distance": near.distance}
    return {
        "criterion": near.criterion,
        "holds": near.holds,
        "unit": near.unit,
        **{key: round(number) for key, number in numbers.items()},
        "percent": round(float(near.share * 100), 2),
    }
