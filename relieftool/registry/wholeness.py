"""Whether nobody is missing from a roster: declared, or shown by a total that agrees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

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
    whole: Sequence[Iterable[Line]] = (),
) -> Roster:
    """Say what a roster speaks of; one not declared speaks for itself where its total agrees.

    `lines` can be gone through several times. A row that nobody can be known by may be anybody, so
    a roster with one is not complete. `whole` are the rows of all sections of its sheet.
    """
    area = normal_community(table.community) if table.community else None
    agrees = _total_agrees(table, lines, whole, findings)
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


def whole_tables(
    listed: Iterable[tuple[SheetTable, Iterable[Line]]],
) -> dict[tuple[int, str, int], list[Iterable[Line]]]:
    """Give for each place on a sheet the rows of all sections under its headings."""
    whole: dict[tuple[int, str, int], list[Iterable[Line]]] = {}
    for table, lines in listed:
        whole.setdefault(table.place, []).append(lines)
    return whole


def _total_agrees(
    table: SheetTable,
    lines: Iterable[Line],
    whole: Sequence[Iterable[Line]],
    findings: Findings,
) -> bool:
    """Say whether a programme's roster ends in the sum of its rows; tell it if it does not.

    One section of several agrees with its own total, or all of them with the last one.
    """
    target = "amount" if ("amount", None) in table.columns else f"receipt.{table.programme}"
    stated, paid = _sums(lines, target)
    if paid is None or not (stated or len(whole) > 1):
        return False
    # one grand total at the end, or one total a page
    agrees = bool(stated) and sum(paid) in (stated[-1], sum(stated))
    if len(whole) > 1:
        others = [one for one in stated if one != sum(paid)]
        all_stated, all_paid = _sums(chain.from_iterable(whole), target)
        is_whole = bool(all_stated) and all_paid is not None and sum(all_paid) == all_stated[-1]
        agrees = is_whole if others or not stated else True
    if stated and not agrees:
        message = Message("the total is not the sum of the rows; a row may be missing")
        last = [one for one in lines if one.role == "total"][-1]
        findings.add(last, "total-differs", message, target)
    return agrees and bool(paid) and table.programme is not None


def _sums(lines: Iterable[Line], target: str) -> tuple[list[int], list[int] | None]:
    """Give the totals that are stated, and what the rows pay; None where any is unreadable."""
    stated: list[int] = []
    paid: list[int | None] = []
    for line in lines:
        amount = _money(line, target)
        if line.role != "total" and not is_blank(line.cell(target)):
            paid.append(amount)
        elif line.role == "total" and amount is not None:
            stated.append(amount)
    read = [one for one in paid if one is not None]
    return stated, read if len(read) == len(paid) else None


def _money(line: Line, target: str) -> int | None:
    """Read the paid amount of a line for adding up; None where there is none."""
    if is_blank(line.cell(target)):
        return None
    try:
        return parse_money(line.cell(target))
    except ValueProblem:
        return None
