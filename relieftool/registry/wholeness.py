"""Whether nobody is missing from a roster: declared, or shown by a total of all that agrees."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from relieftool.messages import Message
from relieftool.registry.communities import normal_community
from relieftool.registry.doubled import read_cell
from relieftool.registry.lines import Findings, Line, SheetTable
from relieftool.registry.receiving import Period
from relieftool.values import ValueProblem, is_blank, is_error, parse_money, word

# A total of one page, of one household, or of all pages so far: more may follow.
_SUBTOTAL = re.compile(r"本[页頁户戶批组組次]|小计|累计|第.{1,4}[页批组]|承前|[转过接]下?[页次]")
_NUMBER = r"[一二三四五六七八九十百\d]+"
_PART = re.compile(rf"第{_NUMBER}[批页次]|部分|补录|补发|增补|追加|(?<!手)续表|\(续|[上中下]册")
_ONLY_PAGE = re.compile(rf"第{_NUMBER}页[,/]?共[一1]页")
_MOST_LABELS = 3


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
    proof = _proof(table, lines, findings)
    is_complete = table.is_complete
    if is_complete is None:
        may_be = bool(proof and area and table.covers and table.is_payment_list)
        is_complete = may_be and proof == "all" and not is_called_part(table)
        if may_be and not is_complete:
            _tell_part(lines, findings)
    nameless = [one for one in lines if one.role != "total" and not _is_somebody(one)]
    if is_complete:
        for line in nameless:
            findings.add(line, "roster-row-nobody", _ANYBODY)
    return Roster(next(iter(lines), None), periods, area, is_complete and not nameless)


def is_called_part(table: SheetTable) -> bool:
    """Say whether title, sheet or file call a roster one of several parts of the whole."""
    called = word(f"{table.title} {table.sheet} {table.file_name}")
    return _PART.search(_ONLY_PAGE.sub("", "".join(called.split()))) is not None


def _tell_part(lines: Iterable[Line], findings: Findings) -> None:
    """Tell a roster that adds up, and may be a part of a longer one."""
    first = next(iter(lines), None)
    if first is not None:
        findings.add(first, "roster-is-part", _MAY_BE_PART)


_MAY_BE_PART = Message(
    "this roster is called a part, or only totals of pages stand on it, so it says nothing of those"
    " it does not list; if nobody is missing, import it with --complete"
)
_ANYBODY = Message(
    "this row has neither a name nor a readable ID number, so the roster cannot say who is missing;"
    " fill one in"
)


def _is_somebody(line: Line) -> bool:
    """Say whether a row has a name or an ID number that can be read."""
    names = (line.cell(target) for target in ("name", "head_name"))
    return any(not is_blank(cell) and not is_error(cell) for cell in names) or any(
        line.id_number(target).number for target in ("id_number", "head_id_number")
    )


def _proof(
    table: SheetTable, lines: Iterable[Line], findings: Findings
) -> Literal["all", "pages"] | None:
    """Say what the totals of a programme's roster add up: all rows, or page by page; tell neither.

    Only the last total that is none of a page can be that of all rows.
    """
    target = "amount" if ("amount", None) in table.columns else f"receipt.{table.programme}"
    totals = [one for one in lines if one.role == "total" and _money(one, target) is not None]
    rows = (one for one in lines if one.role != "total" and not is_blank(one.cell(target)))
    read = [_money(line, target) for line in rows]
    if not totals or None in read:
        return None
    paid = sum(amount for amount in read if amount is not None)
    stated = [_money(one, target) or 0 for one in totals]
    whole = [_money(one, target) for one in totals if not _is_subtotal(one)]
    is_whole = bool(whole) and whole[-1] == paid
    if not is_whole and paid not in (stated[-1], sum(stated)):
        findings.add(totals[-1], "total-differs", _DIFFERS, target)
        return None
    if not read or table.programme is None:
        return None
    return "all" if is_whole else "pages"


_DIFFERS = Message("the total is not the sum of the rows; a row may be missing")


def _is_subtotal(line: Line) -> bool:
    """Say whether a total is one of a page, of a household, or of all pages so far."""
    labels = ["".join(word(cell).split()) for cell in line.cells if not is_blank(cell)]
    return any(_SUBTOTAL.search(label) for label in labels[:_MOST_LABELS])


def _money(line: Line, target: str) -> int | None:
    """Read the paid amount of a line for adding up; None where there is none."""
    if is_blank(line.cell(target)):
        return None
    try:
        return read_cell(line.cell(target), line.table.columns[target, None].scale, parse_money)
    except ValueProblem:
        return None
