"""The lines households stand near, as a table and as JSON."""

from collections.abc import Callable

from relieftool.findings import Finding
from relieftool.gaps import Gaps
from relieftool.messages import _
from relieftool.near import Near
from relieftool.output.cells import Cell, yuan
from relieftool.output.masking import HIDDEN
from relieftool.output.result import Column, Grid
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack
from relieftool.statuses import status_word


def near_grid(gaps: Gaps, name: Callable[[str | None], str | None], *, is_revealed: bool) -> Grid:
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
            *_near_cells(gaps.pack, one, near, is_revealed=is_revealed),
        ]
        for one in gaps.findings
        for near in one.near
    ]
    title = _("Near a line as of {day}").format(day=gaps.as_of.isoformat())
    return Grid(title, columns, rows)


def _near_cells(pack: Pack, finding: Finding, near: Near, *, is_revealed: bool) -> list[Cell]:
    """Give the criterion, the side the household is on, both sides and how far away the line is."""
    criteria = pack.programmes[finding.programme].criteria
    says = next(str(one.says) for one in criteria if one.id == near.criterion)
    side = _("met, just") if near.holds else _("not met, just")
    numbers = (near.value, near.line, near.distance)
    shown: list[Cell] = [yuan(round(one)) if near.unit == "fen" else str(one) for one in numbers]
    share = f"{float(near.share * 100):.1f}%"
    hidden = _hidden(near, is_revealed=is_revealed)
    both = zip([*shown, share], hidden, strict=True)
    return [says, side, *(HIDDEN if is_hidden else cell for cell, is_hidden in both)]


def _hidden(near: Near, *, is_revealed: bool) -> tuple[bool, bool, bool, bool]:
    """Say which of value, line, distance and percent would tell a private fact."""
    value, line = (is_it and not is_revealed for is_it in (near.is_private, near.is_line_private))
    return value, line, value or line, value or line


def near_document(near: Near, *, is_revealed: bool) -> dict[str, object]:
    """Give one near line with plain numbers, fen or a count; null where a fact is private."""
    numbers = (round(near.value), round(near.line), round(near.distance))
    share = round(float(near.share * 100), 2)
    hidden = _hidden(near, is_revealed=is_revealed)
    shown = [None if is_it else one for one, is_it in zip((*numbers, share), hidden, strict=True)]
    keys = ("value", "line", "distance", "percent")
    start = {"criterion": near.criterion, "holds": near.holds, "unit": near.unit}
    return start | dict(zip(keys, shown, strict=True))
