"""Cases: one for each finding that calls for one, opened once, listed as their entries leave them.

A case's own row is never changed: where it stands is what its last entry says.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.ledger.chain import ENTRIES, add_entry
from relieftool.ledger.records import STATE_AFTER, CaseFinding, CaseRecord, OpenedCases
from relieftool.messages import _
from relieftool.registry.store import write


class _RehearsedError(Exception):
    """Undoes what a rehearsal wrote; never leaves this module."""


@contextmanager
def writing(db: Database, *, is_rehearsal: bool) -> Iterator[None]:
    """Write in one transaction; a rehearsal does all the same, and then undoes it."""
    with suppress(_RehearsedError), write(db):
        yield
        if is_rehearsal:
            raise _RehearsedError


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
    """
    wanted = {_key(one): one for one in findings}
    opened: list[str] = []
    with writing(db, is_rehearsal=is_rehearsal):
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
    entry = {
        "case_no": case_no,
        "entry_type": "opened",
        "entered_on": day,
        "by": by,
        "note": finding.status,
    }
    add_entry(db, ENTRIES, entry, case)


def list_cases(
    db: Database,
    community: str | None = None,
    state: str | None = None,
    case_no: str | None = None,
) -> list[CaseRecord]:
    """List the cases in the order of their numbers: all, one community's, in one state, or one."""
    rows = db.query(_CASES, {"community": community, "case_no": case_no})
    records = [_record(row) for row in rows]
    return [one for one in records if state is None or one.state == state]


_STEPS = ", ".join(f"'{name}'" for name in STATE_AFTER)
_CASES = f"""
    SELECT cases.*, ifnull(now.number, cases.household_no) AS household_now,
        ifnull(member.number, cases.member_no) AS member_now, communities.name AS community,
        entry.entry_type, entry.entered_on, entry.outcome, entry.is_verified, entry."by"
    FROM cases
    LEFT JOIN case_entries entry ON entry.entry_id = (
        SELECT MAX(step.entry_id) FROM case_entries step
        WHERE step.case_no = cases.case_no AND step.entry_type IN ({_STEPS}))
    LEFT JOIN former_numbers AS now ON now.former_no = cases.household_no
    LEFT JOIN former_numbers AS member ON member.former_no = cases.member_no
    LEFT JOIN households ON households.household_no = ifnull(now.number, cases.household_no)
    LEFT JOIN communities ON communities.community_id = households.community_id
    WHERE (:community IS NULL OR communities.name = :community)
    AND (:case_no IS NULL OR cases.case_no = :case_no)
    ORDER BY SUBSTR(cases.case_no, 1, 6), CAST(SUBSTR(cases.case_no, 7) AS INTEGER), cases.case_no
"""


def _record(row: dict[str, str | int | None]) -> CaseRecord:
    if row["entry_type"] is None:
        raise ReliefError(
            str(row["case_no"]),
            _("no entry of the ledger opened this case"),
            _("`relief verify` says what is wrong with the ledger."),
        )
    is_closed = row["entry_type"] == "closed"
    verified = row["is_verified"]
    return CaseRecord(
        case=str(row["case_no"]),
        household_no=str(row["household_now"]),
        member_no=_text(row["member_now"]),
        community=_text(row["community"]),
        programme=str(row["programme"]),
        state=STATE_AFTER[str(row["entry_type"])],
        opened_on=str(row["opened_on"]),
        due_on=None,
        closed_on=_text(row["entered_on"]) if is_closed else None,
        outcome=_text(row["outcome"]) if is_closed else None,
        verified=None if verified is None else verified == 1,
        by=_text(row["by"]) if is_closed else None,
    )


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)
