"""The same person, benefit and month on two rosters: counted once, told where they disagree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from relieftool.messages import Message
from relieftool.registry.lines import Findings, Line
from relieftool.registry.receiving import Receipt

_DISAGREE = Message(
    "another roster of the same days pays this person another amount; the amount counts as unknown"
)


def without_repeats(
    receipts: Iterable[Receipt], lines: Mapping[int, Line], findings: Findings
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
        kept += _spoken_once(tables, lines, findings)
    return kept


def _spoken_once(
    tables: Mapping[tuple[object, ...], list[Receipt]],
    lines: Mapping[int, Line],
    findings: Findings,
) -> list[Receipt]:
    """Keep the first roster's rows; where others differ, tell them and leave the amount unknown."""
    first, *others = (tables[place] for place in sorted(tables, key=str))
    if all(_sum(rows) == _sum(first) for rows in others):
        return first
    for rows in others:
        findings.add(lines[rows[0].row_id], "roster-amounts-disagree", _DISAGREE, "amount")
    return [replace(one, amount_fen=None) for one in first]


def _sum(rows: Iterable[Receipt]) -> int | None:
    """Add up amounts; one unknown leaves the sum unknown."""
    amounts = [one.amount_fen for one in rows]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
