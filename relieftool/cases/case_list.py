"""Opens cases for findings, and lists cases in their current state.

The row of a case in the database never changes: its state is computed from its entries, in order.
"""

import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from relieftool.cases.records import CaseFinding, CaseRecord, CaseState, OpenedCases
from relieftool.cases.steps import CASE_STEPS, FINDING_STEPS, check_not_ahead
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import CASE_ENTRIES, list_entries, record_entry

_Row = Mapping[str, Any]
# The fields of a decision, which a referral clears; the fields that only a closing sets; and all
# fields that a reopening clears. The entries keep what is cleared.
_HEARING = ("heard_on", "told_on")
_DECIDED = ("decision", "decided_on", "decided_fen", *_HEARING, "reason", "evidence_sha256")
_CLOSED = ("closed_on", "outcome", "verified", "by", "checked_by")
_REOPENED = (*_CLOSED, "referred_on", "department", "proxy", *_DECIDED)


def open_cases(
    db: Database,
    findings: Iterable[CaseFinding],
    opened_on: dt.date,
    by: str | None = None,
    *,
    is_rehearsal: bool = False,
) -> OpenedCases:
    """Open a case for each finding whose household, member and programme never had a case.

    A closed case is not reopened. With `is_rehearsal`, nothing is written.

    Raises:
        ReliefError: `opened_on` is in the future.
    """
    check_not_ahead("--as-of", opened_on)
    wanted = {finding.key: finding for finding in findings}
    opened: list[str] = []
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        known = {tuple(row) for row in db.execute(_EXISTING_SUBJECTS)}
        missing = [
            wanted[key]
            for key in sorted(wanted, key=lambda key: tuple(map(str, key)))
            if key not in known
        ]
        first = _next_number(db, opened_on.year)
        for number, finding in enumerate(missing, start=first):
            case_no = f"C{opened_on.year}-{number:04}"
            _add_case(db, case_no, finding, opened_on, by)
            opened.append(case_no)
    return OpenedCases(opened, len(wanted) - len(opened))


# If the number of a household or member changed, its earlier cases have the former number; a case
# about a member is of the household that they live in now.
_NOW = """
    LEFT JOIN former_numbers AS now ON now.former_no = cases.household_no
    LEFT JOIN former_numbers AS member ON member.former_no = cases.member_no
    LEFT JOIN members AS person ON person.member_no = ifnull(member.number, cases.member_no)
"""
_HOUSEHOLD_NOW = "coalesce(person.household_no, now.number, cases.household_no)"
_EXISTING_SUBJECTS = f"""
    SELECT {_HOUSEHOLD_NOW}, ifnull(member.number, cases.member_no), cases.programme
    FROM cases {_NOW}
"""


def _next_number(db: Database, year: int) -> int:
    last = "SELECT MAX(CAST(SUBSTR(case_no, 7) AS INTEGER)) FROM cases WHERE case_no LIKE ?"
    (number,) = db.execute(last, [f"C{year}-%"]).fetchone()
    return (number or 0) + 1


def _add_case(
    db: Database, case_no: str, finding: CaseFinding, opened_on: dt.date, by: str | None
) -> None:
    day = opened_on.isoformat()
    case = {
        "case_no": case_no,
        "household_no": finding.household_no,
        "member_no": finding.member_no,
        "programme": finding.programme,
        "found_status": finding.status,
        "opened_on": day,
    }
    db.execute(
        f"INSERT INTO cases ({', '.join(case)}) VALUES ({', '.join('?' * len(case))})",
        list(case.values()),
    )
    record_entry(
        db,
        CASE_ENTRIES,
        case=case,
        needs=CASE_STEPS["opened"].needs,
        case_no=case_no,
        entry_type="opened",
        entered_on=day,
        by=by,
        note=finding.status,
        paid_until=finding.paid_until,
    )


def list_cases(
    db: Database,
    community: str | None = None,
    state: str | None = None,
    case_no: str | None = None,
) -> list[CaseRecord]:
    """Return cases in the order of their numbers.

    Each argument that is not None limits them: to a community (by its name), to a state, or to a
    case number.

    Raises:
        ReliefError: A case has no entry.
    """
    entries = _group_entries(db, case_no)
    rows = db.query(_CASES, {"community": community, "case_no": case_no})
    records = [[*_replay(row, entries[row["case_no"]])][-1][1] for row in rows]
    return [record for record in records if state is None or record.state == state]


# A household that has ended is of the community that its number or its lists had, if that is one.
_COMMUNITY = """
    ifnull(communities.name, (
        SELECT CASE WHEN min(was.name) = max(was.name) THEN min(was.name) END
        FROM household_labels AS label
        LEFT JOIN household_keys AS own ON own.household_id = label.household_id
        JOIN communities AS was ON was.name = label.community
            OR own.key LIKE 'number:' || was.name || '|%'
        WHERE label.label = cases.household_no AND NOT EXISTS (
            SELECT 1 FROM life_events AS event
            WHERE event.household_no = cases.household_no AND event_type = 'to_community')))
"""
_CASES = f"""
    SELECT cases.*, {_HOUSEHOLD_NOW} AS household_now,
        ifnull(member.number, cases.member_no) AS member_now, {_COMMUNITY} AS community
    FROM cases {_NOW}
    LEFT JOIN households ON households.household_no = {_HOUSEHOLD_NOW}
    LEFT JOIN communities ON communities.community_id = households.community_id
    WHERE (:community IS NULL OR {_COMMUNITY} = :community)
    AND (:case_no IS NULL OR cases.case_no = :case_no)
    ORDER BY SUBSTR(cases.case_no, 1, 6), CAST(SUBSTR(cases.case_no, 7) AS INTEGER), cases.case_no
"""


def replay_case(db: Database, case_no: str) -> list[tuple[_Row, CaseRecord]]:
    """Return the entries of a case, the oldest first, each with the case as that entry left it.

    Raises:
        ReliefError: There is no such case, or it has no entry.
    """
    number = find_case(db, case_no).case
    (row,) = db.query(_CASES, {"community": None, "case_no": number})
    return list(_replay(row, list_entries(db, CASE_ENTRIES, case_no=number)))


def replay_cases(
    db: Database, records: Iterable[CaseRecord]
) -> Iterator[tuple[CaseRecord, list[_Row]]]:
    """Return each case with its entries, the oldest first."""
    entries = _group_entries(db, None)
    for record in records:
        yield record, entries[record.case]


def _group_entries(db: Database, case_no: str | None) -> dict[str, list[_Row]]:
    """Return entries by case number, the oldest first; of all cases if `case_no` is None."""
    entries: dict[str, list[_Row]] = defaultdict(list)
    for entry in list_entries(db, CASE_ENTRIES, case_no=case_no):
        entries[entry["case_no"]].append(entry)
    return entries


def _replay(row: _Row, entries: Sequence[_Row]) -> Iterator[tuple[_Row, CaseRecord]]:
    """Return each entry with the case as that entry leaves it.

    Raises:
        ReliefError: The case has no entry, so the ledger is damaged.
    """
    if not entries:
        raise ReliefError(
            str(row["case_no"]),
            _("no entry of the ledger opened this case"),
            _("`relief verify` says what is wrong with the ledger."),
        )
    record = CaseRecord(
        case=row["case_no"],
        household_no=row["household_now"],
        member_no=row["member_now"],
        community=row["community"],
        programme=row["programme"],
        state=CaseState.FOUND,
        opened_on=row["opened_on"],
    )
    for entry in entries:
        record = _apply_entry(record, entry)
        yield entry, record


def _apply_entry(record: CaseRecord, entry: _Row) -> CaseRecord:
    """Return a case as an entry leaves it; an entry of an unknown type changes nothing."""
    step = CASE_STEPS.get(entry["entry_type"])
    if step is None:
        return record
    changes = _find_changes(record, entry)
    state = step.leads_to or record.state
    return replace(record, **changes, state=state, last_on=entry["entered_on"])


def _find_changes(record: CaseRecord, entry: _Row) -> dict[str, Any]:
    """Return the new values of the fields that an entry changes in its case.

    `state` and `last_on` are not among them.
    """
    day = entry["entered_on"]
    why = {"reason": entry["note"], "evidence_sha256": entry["evidence_sha256"]}
    match entry["entry_type"]:
        case "referred":
            # After a reminder, the time limit still runs from the first referral.
            is_reminder = record.state == CaseState.REFERRED
            referred_on = record.referred_on if is_reminder else day
            proxy = entry["proxy"] or (record.proxy if is_reminder else None)
            asked = {"referred_on": referred_on, "department": entry["department"], "proxy": proxy}
            return asked | dict.fromkeys(_DECIDED)
        case "decided":
            amount, hearing = entry["amount_fen"], {name: entry[name] for name in _HEARING}
            decided = {"decision": entry["outcome"], "decided_on": day, "decided_fen": amount}
            return decided | hearing | why
        case "closed":
            return {
                "closed_on": day,
                "outcome": entry["outcome"],
                "verified": None if entry["is_verified"] is None else entry["is_verified"] == 1,
                "by": entry["by"],
                "checked_by": entry["checked_by"],
                **why,
            }
        case "verified":
            return {"verified": True}
        case "checked":
            return {"checked_by": entry["by"]}
    changes: dict[str, Any] = {}
    if CASE_STEPS[entry["entry_type"]].leads_to == CaseState.REOPENED:
        # An entry without a name was written by the program: its note is a status, not a reason.
        changes |= dict.fromkeys(_REOPENED) | (why if entry["by"] else {}) | {"reopened_on": day}
    if entry["entry_type"] in FINDING_STEPS:
        changes |= {"found": entry["note"], "found_on": day, "paid_until": entry["paid_until"]}
    return changes


def find_case(db: Database, case_no: str) -> CaseRecord:
    """Return the case with this number; lower-case letters and spaces around it are accepted.

    Raises:
        ReliefError: There is no such case. The message suggests the nearest numbers, if any.
    """
    case_no = case_no.strip().upper()
    if found := list_cases(db, case_no=case_no):
        return found[0]
    numbers = [str(number) for (number,) in db.execute("SELECT case_no FROM cases ORDER BY 1")]
    near = difflib.get_close_matches(case_no, numbers, n=3)
    raise ReliefError(case_no, _("there is no such case"), _advise_unknown_case(numbers, near))


def _advise_unknown_case(numbers: list[str], near: list[str]) -> str:
    if not numbers:
        return _("No case is open yet: `relief gaps --open-cases` opens one for each finding.")
    if near:
        return _("Did you mean {near}? `relief cases` lists them all.").format(near=", ".join(near))
    return _("`relief cases` lists them all.")
