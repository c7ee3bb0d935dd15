"""What the register shows of the subjects of cases on a day: their findings and priority."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.records import PRIORITY, CaseFinding, CaseRecord, SubjectKey
from relieftool.eligibility.evaluation import evaluate_register
from relieftool.eligibility.findings import Finding, UncomparedReason
from relieftool.eligibility.gaps import find_household_findings
from relieftool.eligibility.priority import is_priority_household
from relieftool.pack.models import Pack
from relieftool.store.entries import build_record

_NEEDING_CASE = ("unclaimed", "underpaid", PRIORITY)  # statuses for which a case is opened


@dataclass(frozen=True)
class SubjectStatus:
    """The subject of one case: the status of its finding, and whether the household has priority.

    None is unknown: it was not evaluated, or the register cannot tell. `paid_until` is the last
    day paid for; `uncompared` is why it is not known whether what they receive is enough.
    """

    status: str | None = None
    is_priority: bool | None = None
    paid_until: str | None = None
    uncompared: UncomparedReason | None = None

    @property
    def is_case_needed(self) -> bool:
        """Whether the finding needs a case."""
        return self.status in _NEEDING_CASE

    def is_enough_for(self, record: CaseRecord) -> bool:
        """Whether what is received may end a case: what may be less than is due may not.

        A list without amounts shows that somebody receives the benefit, not that they receive more
        than before.
        """
        if self.uncompared == "paid-unknown":
            return record.found != "underpaid"
        return self.uncompared is None


@dataclass(frozen=True)
class SubjectStatuses:
    """The findings of a day by subject, and whether each household has priority."""

    findings: Mapping[SubjectKey, Finding]
    priority: Mapping[str, bool | None]

    def of(self, record: CaseRecord) -> SubjectStatus:
        """Return what the register shows of the subject of a case."""
        is_priority = self.priority.get(record.household_no)
        if record.programme == PRIORITY:
            return SubjectStatus(PRIORITY if is_priority else None, is_priority)
        finding = self.findings.get(record.key)
        if finding is None:
            return SubjectStatus(None, is_priority)
        return SubjectStatus(finding.status, is_priority, finding.paid_until, finding.uncompared)


def list_findings_needing_case(findings: Iterable[Finding]) -> list[CaseFinding]:
    """Return the findings that need a case, with what a case records of each."""
    return [
        build_record(CaseFinding, vars(finding))
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
    """Evaluate the households that have a case, or those in `households`.

    The findings are without their grounds, which the state of a case does not need.
    """
    wanted = households
    if wanted is None:  # by current numbers, whichever number a case was opened under
        wanted = {case.household_no for case in list_cases(db)}
    evaluation = evaluate_register(db, pack, as_of)
    chosen = [household for household in evaluation.households if household.household_no in wanted]
    findings = {
        (finding.household_no, finding.member_no, finding.programme): finding
        for household in chosen
        for finding in find_household_findings(evaluation, household, with_grounds=False)
    }
    priority = {
        household.household_no: is_priority_household(evaluation, household) for household in chosen
    }
    return SubjectStatuses(findings, priority)
