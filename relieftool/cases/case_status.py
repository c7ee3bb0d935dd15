"""Finds the status of the findings that cases are about, and whether households have priority."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.records import PRIORITY, CaseFinding, CaseRecord, SubjectKey
from relieftool.eligibility.findings import Finding, Status, UncomparedReason
from relieftool.eligibility.kept_findings import open_findings
from relieftool.pack.models import Pack
from relieftool.store.entries import build_record

_NEEDING_CASE = ("unclaimed", "underpaid", PRIORITY)  # statuses for which a case is opened


@dataclass(frozen=True)
class SubjectStatus:
    """The status of a case's finding, and whether its household has priority.

    `status` is None if there is no finding; `is_priority` is None if it is not known. `paid_until`
    is the last day paid for. `uncompared` is the reason why it is not known whether the amount
    received is enough; None if there is no such reason. `is_under_review`: the case was opened to
    review what is received, and it is still to be reviewed.
    """

    status: str | None = None
    is_priority: bool | None = None
    paid_until: str | None = None
    uncompared: UncomparedReason | None = None
    is_under_review: bool = False

    @property
    def is_case_needed(self) -> bool:
        """Whether a case is opened for a finding with this status, or stays open for a review."""
        return self.status in _NEEDING_CASE or self.is_under_review

    def is_enough_for(self, record: CaseRecord) -> bool:
        """Whether enough is known about the amount for a receipt to end a case.

        If the amount paid is not known, the receipt still counts, unless the case was last found as
        underpaid: it does not show that more is paid than before. Whether a known amount is too
        small is not checked here.
        """
        if self.uncompared == "paid-unknown":
            return record.found != "underpaid"
        return self.uncompared is None


@dataclass(frozen=True)
class SubjectStatuses:
    """The findings on a day by subject, and whether each household (by number) has priority.

    `ineligible` are the subjects known to be ineligible, which have no finding.
    """

    findings: Mapping[SubjectKey, Finding]
    priority: Mapping[str, bool | None]
    ineligible: Collection[SubjectKey] = ()

    def of(self, record: CaseRecord) -> SubjectStatus:
        """Return the status of the subject of a case."""
        is_priority = self.priority.get(record.household_no)
        if record.programme == PRIORITY:
            return SubjectStatus(PRIORITY if is_priority else None, is_priority)
        finding = self.findings.get(record.key)
        if finding is None:
            is_ineligible = record.key in self.ineligible
            return SubjectStatus(Status.INELIGIBLE if is_ineligible else None, is_priority)
        is_under_review = finding.status == record.found == Status.REVIEW
        return SubjectStatus(
            *(finding.status, is_priority, finding.paid_until, finding.uncompared, is_under_review)
        )


def list_findings_needing_case(
    findings: Iterable[Finding], *, with_reviews: bool = False
) -> list[CaseFinding]:
    """Return the findings for which a case is opened, with the data that a case records.

    A review gets one only where it is asked for, `with_reviews`: it accuses nobody by itself.
    """
    return [
        build_record(CaseFinding, vars(finding))
        for finding in findings
        if finding.status in _NEEDING_CASE or (with_reviews and finding.status == Status.REVIEW)
    ]


def find_subject_statuses(
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    households: Collection[str] | None = None,
) -> SubjectStatuses:
    """Return the findings of households on the day `as_of`, and whether each has priority.

    `households` are household numbers; None means all households with a case. Only these are
    evaluated if they are not kept.
    """
    wanted = households
    if wanted is None:  # by current numbers, whichever number a case was opened under
        wanted = {case.household_no for case in list_cases(db)}
    with open_findings(db, pack, as_of, wanted) as kept:
        findings = {
            (finding.household_no, finding.member_no, finding.programme): finding
            for finding in kept.list_findings()
        }
        priority = {
            finding.household_no: is_priority for finding, is_priority in kept.list_priorities()
        }
        subjects = set(_list_subjects(db, pack, as_of, priority))
    return SubjectStatuses(findings, priority, subjects - findings.keys())


def _list_subjects(
    db: Database, pack: Pack, as_of: dt.date, households: Iterable[str]
) -> Iterator[SubjectKey]:
    """Yield each programme in force for some households and for each of their members."""
    units = defaultdict(list)
    for name, programme in pack.programmes.items():
        if programme.is_in_force(as_of):
            units[programme.unit].append(name)
    for household in households:
        yield from ((household, None, name) for name in units["household"])
        members = db.execute("SELECT member_no FROM members WHERE household_no = ?", [household])
        for (member,) in members.fetchall():
            yield from ((household, member, name) for name in units["member"])
