"""How the register sees the subjects of cases on a day: what they receive, and who comes first."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.records import PRIORITY, CaseFinding, CaseRecord
from relieftool.eligibility.evaluation import evaluate_register
from relieftool.eligibility.findings import Finding, UncomparedReason
from relieftool.eligibility.gaps import find_household_findings
from relieftool.eligibility.priority import is_priority_household
from relieftool.pack.models import Pack

SubjectKey = tuple[str, str | None, str]
GIVEN_STATUSES = "receiving"
_NEEDING_CASE = ("unclaimed", "underpaid", PRIORITY)  # statuses for which a case is opened


@dataclass(frozen=True)
class SubjectStatus:
    """One case's subject: the status of its finding, and whether the household comes first.

    None is unknown: nobody asked, or the register cannot say. `paid_until` is the last day paid;
    `uncompared` says why nobody knows whether what they receive is enough.
    """

    status: str | None = None
    is_priority: bool | None = None
    paid_until: str | None = None
    uncompared: UncomparedReason | None = None

    @property
    def is_case_needed(self) -> bool:
        """Return whether the finding calls for a case."""
        return self.status in _NEEDING_CASE

    def is_enough_for(self, record: CaseRecord) -> bool:
        """Return whether what is received may end a case: what may be less than is due does not.

        On a list without amounts somebody is seen to receive it, but not to receive more.
        """
        if self.uncompared == "paid-unknown":
            return record.found != "underpaid"
        return self.uncompared is None


@dataclass(frozen=True)
class SubjectStatuses:
    """The findings of a day by household, member and programme; who comes first by household."""

    findings: Mapping[SubjectKey, Finding]
    priority: Mapping[str, bool | None]

    def of(self, record: CaseRecord) -> SubjectStatus:
        """Return how the register sees a case."""
        is_priority = self.priority.get(record.household_no)
        if record.programme == PRIORITY:
            return SubjectStatus(PRIORITY if is_priority else None, is_priority)
        finding = self.findings.get(record.key)
        if finding is None:
            return SubjectStatus(None, is_priority)
        return SubjectStatus(finding.status, is_priority, finding.paid_until, finding.uncompared)


def list_findings_needing_case(findings: Iterable[Finding]) -> list[CaseFinding]:
    """Choose the findings that call for a case, with what a case keeps of each."""
    return [
        CaseFinding(
            finding.household_no,
            finding.member_no,
            finding.programme,
            finding.status,
            finding.paid_until,
        )
        for finding in findings
        if finding.status in _NEEDING_CASE
    ]


def find_subject_statuses(
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    households: Collection[str] | None = None,
) -> SubjectStatuses:
    """Check households once, for all their cases; without `households` every one that has a case.

    What findings rest on is left out: how a case stands does not need it.
    """
    wanted = households
    if wanted is None:  # by the numbers of now, whatever a case was opened under
        wanted = {case.household_no for case in list_cases(db)}
    evaluation = evaluate_register(db, pack, as_of)
    chosen = [one for one in evaluation.households if one.household_no in wanted]
    findings = {
        (finding.household_no, finding.member_no, finding.programme): finding
        for household in chosen
        for finding in find_household_findings(evaluation, household, with_grounds=False)
    }
    return SubjectStatuses(
        findings, {one.household_no: is_priority_household(evaluation, one) for one in chosen}
    )
