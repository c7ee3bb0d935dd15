"""Which cases go to which department, with what that department needs to know of each."""

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
    """A case for a department: whom it is about, by name and number, and what was found."""

    record: CaseRecord
    department: str
    finding: Finding | None
    head: str | None
    member: str | None
    id_number: str | None

    def marked(self, record: CaseRecord) -> "Referral":
        """Return the referral with its case as it stands once sent."""
        return replace(self, record=record)


@dataclass(frozen=True)
class Referrals:
    """The referrals in the order of departments and cases, and the cases left out.

    Left out are those whose finding is no longer there: following them up comes first.
    """

    chosen: list[Referral]
    left_out: list[str]

    @property
    def departments(self) -> dict[str, list[Referral]]:
        """Return the referrals by department."""
        names = dict.fromkeys(one.department for one in self.chosen)
        return {name: [one for one in self.chosen if one.department == name] for name in names}


def find_referrals(
    db: Database,
    pack: Pack,
    standings: SubjectStatuses,
    records: Iterable[CaseRecord],
    departments: Sequence[str] = (),
) -> Referrals:
    """Choose among cases those that wait for a referral and whose finding still stands.

    Raises:
        ReliefError: no programme of the pack is granted by a department of that name.
    """
    wanted = {name for stated in departments for name in _matching(pack, stated)}
    waiting = [
        (record, _department(pack, record.programme))
        for record in records
        if record.state in _WAITING
    ]
    asked = [
        (one, department)
        for one, department in waiting
        if department is not None and (not departments or department in wanted)
    ]
    standing = [(one, name) for one, name in asked if standings.of(one).is_case_needed]
    left_out = [one.case for one, _name in asked if not standings.of(one).is_case_needed]
    return Referrals(_with_people(db, standings, standing), left_out)


def build_stated_referrals(
    db: Database, pack: Pack, standings: SubjectStatuses, case_nos: Sequence[str]
) -> Referrals:
    """Take the cases that were named, whatever their finding is now.

    Raises:
        ReliefError: there is no such case, or no department grants what it is about.
    """
    records = [find_case(db, number) for number in dict.fromkeys(case_nos)]
    asked = []
    for record in records:
        department = _department(pack, record.programme)
        if department is None:
            raise ReliefError(
                record.case,
                _("no department grants what this case is about"),
                _("Plan help for it: `relief assign` and `relief measure`."),
            )
        asked.append((record, department))
    return Referrals(_with_people(db, standings, asked), [])


def _department(pack: Pack, programme: str) -> str | None:
    found = pack.programmes.get(programme)
    return found.department.zh if found else None


def _matching(pack: Pack, stated: str) -> set[str]:
    """Return the departments a name means, in either language, whole or in part."""
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


def _with_people(
    db: Database, standings: SubjectStatuses, asked: Iterable[tuple[CaseRecord, str]]
) -> list[Referral]:
    """Add name and ID number of whom each case is about."""
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
                standings.findings.get(record.key),
                head.get("name"),
                member.get("name"),
                (member or head).get("id_number"),
            )
        )
    return sorted(referrals, key=lambda one: one.department)


_PEOPLE = "SELECT member_no, name, id_number FROM members"
