"""The visit list: which households to ask first, and what, so that open findings are decided."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from relieftool.eligibility.findings import Finding
from relieftool.rules.minimal_questions import RECEIPT


@dataclass(frozen=True)
class PlannedVisit:
    """A household with open findings: what to ask, and the fen a month that hang on it.

    `at_stake_fen_per_month` is None where no open finding has a known amount; `is_more` says that
    there is another one without.
    """

    household_no: str
    community: str
    head: str | None
    ask: tuple[str, ...]
    programmes: tuple[str, ...]
    at_stake_fen_per_month: int | None
    is_more: bool


def plan_visits(findings: Iterable[Finding]) -> list[PlannedVisit]:
    """Return one visit for each household with undetermined findings, the most at stake first.

    Unknown stakes come last, then the fewest questions, then the number.
    """
    undetermined = (finding for finding in findings if finding.status == "undetermined")
    ordered = sorted(undetermined, key=lambda one: one.household_no)
    visits = [
        _visit(list(group)) for _number, group in groupby(ordered, lambda one: one.household_no)
    ]
    return sorted(
        visits,
        key=lambda one: (
            one.at_stake_fen_per_month is None,
            -(one.at_stake_fen_per_month or 0),
            len(one.ask),
            one.household_no,
        ),
    )


def _visit(findings: list[Finding]) -> PlannedVisit:
    """Gather what is open in one household."""
    first = findings[0]
    at_stake = [finding for finding in findings if finding.at_stake_fen_per_month is not None]
    return PlannedVisit(
        first.household_no,
        first.community,
        first.head,
        tuple(dict.fromkeys(name for one in findings for name in one.cheapest or one.missing)),
        tuple(dict.fromkeys(one.programme for one in findings)),
        _best(at_stake) if at_stake else None,
        any(
            one.amount_period in ("month", "year") and one.at_stake_fen_per_month is None
            for one in findings
        ),
    )


def _best(findings: list[Finding]) -> int:
    """Add up what is at stake; of programmes that exclude each other the better counts."""
    counted: list[Finding] = []
    for finding in sorted(findings, key=lambda each: -(each.at_stake_fen_per_month or 0)):
        excluded = {*finding.alternative_to}
        is_barred = any(
            other.programme in excluded or finding.programme in other.alternative_to
            for other in counted
            if other.member_no in (None, finding.member_no) or finding.member_no is None
        )
        if not is_barred:
            counted.append(finding)
    return sum(one.at_stake_fen_per_month or 0 for one in counted)


def count_decided_by_rosters(findings: Iterable[Finding]) -> Counter[str]:
    """Count, for each programme, the findings that only its roster is wanting for."""
    wanting: Counter[str] = Counter()
    for finding in findings:
        if len(finding.missing) == 1 and finding.missing[0].startswith(RECEIPT):
            wanting[finding.missing[0].removeprefix(RECEIPT)] += 1
    return wanting
