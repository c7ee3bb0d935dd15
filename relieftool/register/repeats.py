"""The same person, benefit and month on several rows: told, and never added up by a guess.

Of two rosters one counts. Rows of one roster add up only where it says what each of them is for.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog
from relieftool.register.sheet_receipts import Receipt
from relieftool.values.text import plain_text

_DISAGREE = Message(
    "another roster of the same days pays this person another amount; the amount counts as unknown"
)
_ADDED = Message(
    "this person stands on this roster more than once for the same days, for different things; the"
    " amounts were added up"
)
_NOT_ADDED = Message(
    "this person stands on this roster more than once for the same days, and nothing says what each"
    " row is for; the amount counts as unknown. Delete the row that is one too many, or write under"
    " 备注 what each is for"
)
_KINDS = ("programme", "covers", "paid_state", "remark")
_OF_A_KIND = re.compile(r"日期|时间|时段|月|季|[批届][次别]?|类|种|项目|用途|事由|原因|说明")


def drop_duplicate_payments(
    receipts: Iterable[Receipt], lines: Mapping[int, Line], findings: ProblemLog
) -> list[Receipt]:
    """Leave one roster to speak of a person, benefit and month; amounts that differ are unknown.

    `lines` are the rows of all rosters by their numbers.
    """
    kept: list[Receipt] = []
    groups: dict[tuple[object, ...], dict[tuple[object, ...], list[Receipt]]] = defaultdict(dict)
    for one in receipts:
        if one.origin != "roster" or one.says != "yes":
            kept.append(one)
            continue
        table = lines[one.row_id].table
        about = (one.household_no, one.member_no, one.programme, one.covers_from, one.covers_until)
        place = (table.file_name, table.sheet, table.import_id, id(table))
        groups[about].setdefault(place, []).append(one)
    for tables in groups.values():
        kept += _drop_repeated_rows(tables, lines, findings)
    return kept


def _drop_repeated_rows(
    tables: Mapping[tuple[object, ...], list[Receipt]],
    lines: Mapping[int, Line],
    findings: ProblemLog,
) -> list[Receipt]:
    """Keep the first roster's rows; where others differ, tell them and leave the amount unknown."""
    first, *others = (
        _told_apart(tables[place], lines, findings) for place in sorted(tables, key=str)
    )
    if all(_sum(rows) == _sum(first) for rows in others):
        return first
    for rows in others:
        findings.add(lines[rows[0].row_id], "roster-amounts-disagree", _DISAGREE, "amount")
    return [replace(one, amount_fen=None) for one in first]


def _told_apart(
    rows: list[Receipt], lines: Mapping[int, Line], findings: ProblemLog
) -> list[Receipt]:
    """Tell several rows of one roster; amounts are unknown where nothing tells the rows apart.

    Once-only aid is paid as often as there is cause.
    """
    paying = [one for one in rows if one.amount_fen != 0]
    if len(paying) <= 1:
        return rows
    kinds = {_kind(lines[one.row_id]) for one in paying}
    is_clear = len(kinds) == len(paying)
    if not is_clear or rows[0].amount_period != "once":
        message = _ADDED if is_clear else _NOT_ADDED
        findings.add(lines[paying[-1].row_id], "roster-person-repeated", message, "amount")
    return rows if is_clear else [replace(one, amount_fen=None) for one in rows]


def _kind(line: Line) -> tuple[str, ...]:
    """Give what a row says of what it is for, under known headings and others that may tell it."""
    told = (one for one in line.table.unread if _OF_A_KIND.search(one.header))
    places = (one.position for one in told if one.position < len(line.cells))
    cells = (*map(line.shared_cell, _KINDS), *(line.cells[place] for place in places))
    return tuple(plain_text(cell) for cell in cells)


def _sum(rows: Iterable[Receipt]) -> int | None:
    """Add up amounts; one unknown leaves the sum unknown."""
    amounts = [one.amount_fen for one in rows]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
