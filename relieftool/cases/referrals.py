"""Finds the cases to refer to departments, with the people that each case is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.cases.case_list import find_case
from relieftool.cases.case_status import SubjectStatuses
from relieftool.cases.records import CaseRecord, CaseState
from relieftool.eligibility.findings import Finding
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack

_WAITING = (CaseState.FOUND, CaseState.REOPENED)


@dataclass(frozen=True)
class Referral:
    """A case to refer to a department.

    `finding` is None if there is no finding now. `head` and `member` are names; `member` is None if
    the case is about the household. `id_number` is the member's if the case is about a member,
    otherwise the head's.
    """

    record: CaseRecord
    department: str
    finding: Finding | None
    head: str | None
    member: str | None
    id_number: str | None

    def marked(self, record: CaseRecord) -> "Referral":
        """Return the referral with `record`, its case after the referral was recorded."""
        return replace(self, record=record)


@dataclass(frozen=True)
class Referrals:
    """Referrals in the order of departments, and the numbers of the cases left out.

    A case is left out if its finding no longer needs a case: it must be followed up first.
    """

    chosen: list[Referral]
    left_out: list[str]

    @property
    def departments(self) -> dict[str, list[Referral]]:
        """The referrals by the name of their department."""
        grouped: dict[str, list[Referral]] = {}
        for referral in self.chosen:
            grouped.setdefault(referral.department, []).append(referral)
        return grouped


def find_referrals(
    db: Database,
    pack: Pack,
    statuses: SubjectStatuses,
    records: Iterable[CaseRecord],
    departments: Sequence[str] = (),
) -> Referrals:
    """Return the referrals of the cases that wait to be referred, and the cases left out.

    If `departments` is not empty, only cases for departments whose name contains one of these texts
    are returned.

    Raises:
        ReliefError: A text in `departments` is not part of any department's name.
    """
    wanted = {name for stated in departments for name in _find_departments(pack, stated)}
    chosen: list[tuple[CaseRecord, str]] = []
    left_out: list[str] = []
    for record in records:
        department = _find_department(pack, record.programme)
        if record.state not in _WAITING or department is None:
            continue
        if departments and department not in wanted:
            continue
        if statuses.of(record).is_case_needed:
            chosen.append((record, department))
        else:
            left_out.append(record.case)
    return Referrals(_add_people(db, statuses, chosen), left_out)


def build_stated_referrals(
    db: Database, pack: Pack, statuses: SubjectStatuses, case_nos: Sequence[str]
) -> Referrals:
    """Return referrals of the cases with these numbers, even if their finding no longer exists.

    Raises:
        ReliefError: There is no such case, or no department decides on its programme.
    """
    records = [find_case(db, number) for number in dict.fromkeys(case_nos)]
    asked = []
    for record in records:
        department = _find_department(pack, record.programme)
        if department is None:
            raise ReliefError(
                record.case,
                _("no department grants what this case is about"),
                _("Plan help for it: `relief assign` and `relief measure`."),
            )
        asked.append((record, department))
    return Referrals(_add_people(db, statuses, asked), [])


def _find_department(pack: Pack, programme: str) -> str | None:
    found = pack.programmes.get(programme)
    return found.department.zh if found else None


def _find_departments(pack: Pack, stated: str) -> set[str]:
    """Return the Chinese names of the departments whose name, in either language, has a text in it.

    Raise ReliefError if there is no such department.
    """
    known = {
        programme.department.zh: programme.department for programme in pack.programmes.values()
    }
    found = {
        name
        for name, words in known.items()
        if stated.strip() and stated.strip().casefold() in f"{words.zh} {words.en}".casefold()
    }
    if not found:
        raise ReliefError(
            stated,
            _("no programme is granted by a department of this name"),
            _("The departments are: {names}.").format(names=_("; ").join(sorted(known))),
        )
    return found


def _add_people(
    db: Database, statuses: SubjectStatuses, asked: Iterable[tuple[CaseRecord, str]]
) -> list[Referral]:
    """Return referrals with names and ID numbers of people, in the order of departments."""
    people = {row["member_no"]: row for row in db.query(_PEOPLE)}
    heads = dict(db.execute("SELECT household_no, head_member_no FROM households").fetchall())
    referrals = []
    for record, department in asked:
        head = people.get(heads.get(record.household_no), {})
        member = people.get(record.member_no, {}) if record.member_no else {}
        referrals.append(
            Referral(
                record,
                department,
                statuses.findings.get(record.key),
                head.get("name"),
                member.get("name"),
                (member or head).get("id_number"),
            )
        )
    return sorted(referrals, key=lambda referral: referral.department)


_PEOPLE = "SELECT member_no, name, id_number FROM members"
