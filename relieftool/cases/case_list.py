"""Cases: one for each finding that calls for one, opened once, listed as their entries leave them.

A case's own row is never changed: where it stands is what its entries, told in order, come to.
"""

import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from relieftool.cases.records import CaseFinding, CaseRecord, CaseState, OpenedCases
from relieftool.cases.steps import ENTRY_KINDS, FINDING_ENTRY_KINDS, check_not_ahead
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import CASE_ENTRIES, list_entries, record_entry

_Row = Mapping[str, Any]
# What a reopening leaves behind: it stays in the entries, and the case begins anew.
_REOPENED: dict[str, Any] = dict.fromkeys(
    (
        *("closed_on", "outcome", "verified", "by", "checked_by"),
        *("referred_on", "department", "decision", "decided_on", "decided_fen"),
        *("reason", "evidence_sha256"),
    )
)
_DECIDED = ("decision", "decided_on", "decided_fen", "reason", "evidence_sha256")


def open_cases(
    db: Database,
    findings: Iterable[CaseFinding],
    opened_on: dt.date,
    by: str | None = None,
    *,
    is_rehearsal: bool = False,
) -> OpenedCases:
    """Open a case for each finding whose household, member and programme never had one.

    A closed case is not opened again.

    Raises:
        ReliefError: The day has not come yet.
    """
    check_not_ahead("--as-of", opened_on)
    wanted = {_key(one): one for one in findings}
    opened: list[str] = []
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        known = {tuple(row) for row in db.execute(_KNOWN)}
        found = sorted(wanted.items(), key=lambda one: tuple(map(str, one[0])))
        missing = [finding for key, finding in found if key not in known]
        first = _next_number(db, opened_on.year)
        for number, finding in enumerate(missing, start=first):
            case_no = f"C{opened_on.year}-{number:04}"
            _open(db, case_no, finding, opened_on, by)
            opened.append(case_no)
    return OpenedCases(opened, len(wanted) - len(opened))


# A household or member whose number has changed since has its case under the old one.
_KNOWN = """
    SELECT ifnull(household.number, cases.household_no), ifnull(member.number, cases.member_no),
        cases.programme
    FROM cases
    LEFT JOIN former_numbers AS household ON household.former_no = cases.household_no
    LEFT JOIN former_numbers AS member ON member.former_no = cases.member_no
"""


def _key(finding: CaseFinding) -> tuple[str, str | None, str]:
    return finding.household_no, finding.member_no, finding.programme


def _next_number(db: Database, year: int) -> int:
    last = "SELECT MAX(CAST(SUBSTR(case_no, 7) AS INTEGER)) FROM cases WHERE case_no LIKE ?"
    (number,) = db.execute(last, [f"C{year}-%"]).fetchone()
    return (number or 0) + 1


def _open(
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
        """
        INSERT INTO cases (case_no, household_no, member_no, programme, found_status, opened_on)
        VALUES (:case_no, :household_no, :member_no, :programme, :found_status, :opened_on)
        """,
        case,
    )
    record_entry(
        db,
        CASE_ENTRIES,
        case=case,
        needs=ENTRY_KINDS["opened"].needs,
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
    """List the cases in the order of their numbers: all, one community's, in one state, or one."""
    entries = _entries(db, case_no)
    rows = db.query(_CASES, {"community": community, "case_no": case_no})
    records = [_record(row, entries[row["case_no"]]) for row in rows]
    return [record for record in records if state is None or record.state == state]


_CASES = """
    SELECT cases.*, ifnull(now.number, cases.household_no) AS household_now,
        ifnull(member.number, cases.member_no) AS member_now, communities.name AS community
    FROM cases
    LEFT JOIN former_numbers AS now ON now.former_no = cases.household_no
    LEFT JOIN former_numbers AS member ON member.former_no = cases.member_no
    LEFT JOIN households ON households.household_no = ifnull(now.number, cases.household_no)
    LEFT JOIN communities ON communities.community_id = households.community_id
    WHERE (:community IS NULL OR communities.name = :community)
    AND (:case_no IS NULL OR cases.case_no = :case_no)
    ORDER BY SUBSTR(cases.case_no, 1, 6), CAST(SUBSTR(cases.case_no, 7) AS INTEGER), cases.case_no
"""


def _record(row: _Row, entries: Sequence[_Row]) -> CaseRecord:
    """Tell the entries of a case in their order; what they come to is how it stands."""
    *_before, (_entry, record) = _replay(row, entries)
    return record


def replay_case(db: Database, case_no: str) -> list[tuple[_Row, CaseRecord]]:
    """Return each entry of a case in its order, with the case as that entry left it.

    Raises:
        ReliefError: There is no such case.
    """
    number = find_case(db, case_no).case
    (row,) = db.query(_CASES, {"community": None, "case_no": number})
    return list(_replay(row, list_entries(db, CASE_ENTRIES, case_no=number)))


def replay_cases(
    db: Database, records: Iterable[CaseRecord]
) -> Iterator[tuple[CaseRecord, list[_Row]]]:
    """Return each of some cases with its entries in their order."""
    entries = _entries(db, None)
    for record in records:
        yield record, entries[record.case]


def _entries(db: Database, case_no: str | None) -> dict[str, list[_Row]]:
    """Return the entries of one case, or of every case, by its number."""
    entries: dict[str, list[_Row]] = defaultdict(list)
    for entry in list_entries(db, CASE_ENTRIES, case_no=case_no):
        entries[entry["case_no"]].append(entry)
    return entries


def _replay(row: _Row, entries: Sequence[_Row]) -> Iterator[tuple[_Row, CaseRecord]]:
    """Return the case as each of its entries leaves it."""
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
        due_on=None,
        closed_on=None,
        outcome=None,
        verified=None,
        by=None,
    )
    for entry in entries:
        record = _after(record, entry)
        yield entry, record


def _after(record: CaseRecord, entry: _Row) -> CaseRecord:
    """Return a case as an entry leaves it; a kind that nobody knows leaves it as it was."""
    step = ENTRY_KINDS.get(entry["entry_type"])
    if step is None:
        return record
    changed = _changed(record, entry)
    state = step.leads_to or record.state
    return replace(record, **changed, state=state, last_on=entry["entered_on"])


def _changed(record: CaseRecord, entry: _Row) -> dict[str, Any]:
    """Return what an entry says anew of its case."""
    day = entry["entered_on"]
    why = {"reason": entry["note"], "evidence_sha256": entry["evidence_sha256"]}
    match entry["entry_type"]:
        case "referred":
            is_reminder = record.state == CaseState.REFERRED  # the time limit runs on
            asked = record.referred_on if is_reminder else day
            undecided = dict.fromkeys(_DECIDED)
            return {"referred_on": asked, "department": entry["department"], **undecided}
        case "decided":
            amount = entry["amount_fen"]
            return {"decision": entry["outcome"], "decided_on": day, "decided_fen": amount} | why
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
    return _begun(entry, why if entry["by"] else {})


def _begun(entry: _Row, why: dict[str, Any]) -> dict[str, Any]:
    """Return what an entry begins: a finding with its day and what was paid then, a case anew.

    `why` is the reason somebody stated; what the program saw is no reason of anybody.
    """
    step, day = entry["entry_type"], entry["entered_on"]
    changed: dict[str, Any] = {}
    if ENTRY_KINDS[step].leads_to == CaseState.REOPENED:
        changed |= _REOPENED | why | {"reopened_on": day}
    if step in FINDING_ENTRY_KINDS:
        changed |= {"found": entry["note"], "found_on": day, "paid_until": entry["paid_until"]}
    return changed


def find_case(db: Database, case_no: str) -> CaseRecord:
    """Return a case by its number, in large or small letters.

    Raises:
        ReliefError: There is none; those with the nearest numbers are named.
    """
    case_no = case_no.strip().upper()
    found = list_cases(db, case_no=case_no)
    if found:
        return found[0]
    numbers = [str(number) for (number,) in db.execute("SELECT case_no FROM cases ORDER BY 1")]
    near = difflib.get_close_matches(case_no, numbers, n=3)
    raise ReliefError(case_no, _("there is no such case"), _remedy(numbers, near))


def _remedy(numbers: list[str], near: list[str]) -> str:
    if not numbers:
        return _("No case is open yet: `relief gaps --open-cases` opens one for each finding.")
    if near:
        return _("Did you mean {near}? `relief cases` lists them all.").format(near=", ".join(near))
    return _("`relief cases` lists them all.")
