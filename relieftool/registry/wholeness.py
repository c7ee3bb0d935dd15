"""Whether nobody is missing from a roster: declared, or shown by a total that agrees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from relieftool.idnumbers import read_id_number
from relieftool.messages import Message
from relieftool.registry.communities import normal_community
from relieftool.registry.lines import Findings, Line, SheetTable
from relieftool.registry.receiving import Period
from relieftool.values import ValueProblem, is_blank, is_error, parse_money


@dataclass(frozen=True)
class Roster:
    """A roster's declaration: what it pays, where and when, and whether nobody is missing.

    `first` is its first row, None where it has none.
    """

    first: Line | None
    periods: Mapping[str, list[Period]]
    area: str | None
    is_complete: bool


def declare_roster(
    table: SheetTable,
    lines: Iterable[Line],
    periods: Mapping[str, list[Period]],
    findings: Findings,
) -> Roster:
    """Say what a roster speaks of; one not declared speaks for itself where its total agrees.

    `lines` can be gone through several times. A row that nobody can be known by may be anybody, so
    a roster with one is not complete.
    """
    area = normal_community(table.community) if table.community else None
    agrees = _total_agrees(table, lines, findings)
    is_complete = table.is_complete
    if is_complete is None:
        is_complete = bool(agrees and area and table.covers and table.is_payment_list)
    nameless = [one for one in lines if one.role != "total" and not _is_somebody(one)]
    if is_complete:
        for line in nameless:
            findings.add(line, "roster-row-nobody", _ANYBODY)
    return Roster(next(iter(lines), None), periods, area, is_complete and not nameless)


_ANYBODY = Message(
    "this row has neither a name nor a readable ID number, so the roster cannot say who is missing;"
    " fill one in"
)


def _is_somebody(line: Line) -> bool:
    """Say whether a row has a name or an ID number that can be read."""
    names = (line.cell(target) for target in ("name", "head_name"))
    numbers = (line.cell(target) for target in ("id_number", "head_id_number"))
    return any(not is_blank(cell) and not is_error(cell) for cell in names) or any(
        read_id_number(cell).number for cell in numbers
    )


def _total_agrees(table: SheetTable, lines: Iterable[Line], findings: Findings) -> bool:
    """Say whether a programme's roster ends in the sum of its rows; tell it if it does not."""
    target = "amount" if ("amount", None) in table.columns else f"receipt.{table.programme}"
    totals = [one for one in lines if one.role == "total"]
    stated = [sum_ for sum_ in (_money(one, target) for one in totals) if sum_ is not None]
    rows = (one for one in lines if one.role != "total" and not is_blank(one.cell(target)))
    read = [_money(line, target) for line in rows]
    if not stated or None in read:
        return False
    paid = [amount for amount in read if amount is not None]
    # one grand total at the end, or one total a page
    agrees = sum(paid) in (stated[-1], sum(stated))
    if not agrees:
        message = Message("the total is not the sum of the rows; a row may be missing")
        findings.add(totals[-1], "total-differs", message, target)
    return agrees and bool(paid) and table.programme is not None


def _money(line: Line, target: str) -> int | None:
    """Read the paid amount of a line for adding up; None where there is none."""
    if is_blank(line.cell(target)):
        return None
    try:
        return parse_money(line.cell(target), line.table.columns[target, None].scale)
    except ValueProblem:
        return None
