"""The eligibility-gap check: every household and member against every programme in force."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.claim_values import (
    QuestionValue,
    find_question_value,
    find_uncompared_reason,
    is_comparable,
    set_claim_values,
    set_net_question_values,
    sum_per_month,
)
from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    Member,
    UnitRow,
    evaluate_register,
    find_amount_due,
)
from relieftool.eligibility.finding_basis import FindingBasis
from relieftool.eligibility.findings import LISTED_STATUSES, Finding, Status, decide_status
from relieftool.eligibility.near_lines import find_near_lines
from relieftool.eligibility.rule_warnings import (
    ConstantCriterion,
    find_constant_criteria,
    list_missing_parameters,
)
from relieftool.pack.models import Pack
from relieftool.rules.bounds import Bounds
from relieftool.rules.minimal_questions import MinimalQuestions
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name


@dataclass(frozen=True)
class GapTotals:
    """The figures of a community, or of all."""

    households: int
    members: int
    unclaimed_households: int
    undetermined_households: int
    review_households: int
    unclaimed_fen_per_month: int
    unclaimed_amount_unknown: int


@dataclass(frozen=True)
class Gaps:
    """The outcome of the check: figures, figures per community, findings in order.

    `is_near` says that findings near a line were asked for.
    """

    as_of: dt.date
    pack: Pack
    totals: GapTotals
    communities: dict[str, GapTotals]
    findings: tuple[Finding, ...]
    is_near: bool = False
    unvalued: tuple[str, ...] = ()
    uniform: tuple[ConstantCriterion, ...] = ()


def find_gaps(  # noqa: PLR0913 what to check, and what to list of it
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    community: str | None = None,
    statuses: Iterable[Status] = LISTED_STATUSES,
    near: Fraction | None = None,
) -> Gaps:
    """Check all households, or one community's, and list the findings with one of the statuses.

    With `near`, a part of the line, only those are listed that stand so near one. The figures
    count every finding, listed or not.
    """
    evaluation = evaluate_register(db, pack, as_of)
    wanted = set(statuses)
    households = [
        one for one in evaluation.households if community is None or one.community == community
    ]
    findings = [
        finding
        for household in households
        for finding in find_household_findings(evaluation, household, near)
    ]
    findings.sort(key=lambda one: (one.community, one.household_no, one.member_no or ""))
    listed = [one for one in findings if one.status in wanted and (near is None or one.near)]
    return Gaps(
        as_of,
        pack,
        count_totals(households, findings),
        _by_community(households, findings),
        tuple(listed),
        is_near=near is not None,
        unvalued=list_missing_parameters(evaluation.statement),
        uniform=find_constant_criteria(evaluation),
    )


def _by_community(households: list[Household], findings: list[Finding]) -> dict[str, GapTotals]:
    """Count for each community."""
    return {
        name: count_totals(
            [household for household in households if household.community == name],
            [finding for finding in findings if finding.community == name],
        )
        for name in sorted({one.community for one in households})
    }


def find_household_findings(
    evaluation: Evaluation,
    household: Household,
    near: Fraction | None = None,
    *,
    with_grounds: bool = True,
) -> list[Finding]:
    """Return every programme in force for a household and its members, whatever the status.

    With `near`, a part of the line, each finding names the lines it stands so near. What each rests
    on is left out without grounds.
    """
    findings: list[Finding] = []
    for name, rules in evaluation.statement.rules.items():
        if name not in evaluation.statement.in_force:
            continue
        if rules.programme.unit == "household":
            findings.append(_finding(evaluation, household, None, rules))
        else:
            findings += [
                _finding(evaluation, household, member, rules) for member in household.members
            ]
    weighed = set_claim_values(findings)
    if not with_grounds:
        return weighed
    cheapest = MinimalQuestions(household.bounds(evaluation.statement))
    grounded = set_net_question_values(
        _grounded(evaluation, household, one, cheapest) for one in weighed
    )
    return grounded if near is None else _with_near(household, grounded, cheapest.bounds, near)


def _with_near(
    household: Household, findings: list[Finding], bounds: Bounds, margin: Fraction
) -> list[Finding]:
    """Name with each finding the lines within a margin."""
    rows = {member.member_no: member.row for member in household.members}
    return [
        replace(
            finding,
            near=find_near_lines(
                bounds,
                bounds.statement.rules[finding.programme],
                rows.get(finding.member_no or ""),
                dict(finding.criteria),
                margin,
            ),
        )
        for finding in findings
    ]


def count_totals(households: list[Household], findings: list[Finding]) -> GapTotals:
    """Count households and members, and what the findings come to."""
    by_status: dict[str, set[str]] = {status: set() for status in LISTED_STATUSES}
    for finding in findings:
        by_status.setdefault(finding.status, set()).add(finding.household_no)
    unclaimed = [one for one in findings if one.status == "unclaimed"]
    return GapTotals(
        households=len(households),
        members=sum(len(household.members) for household in households),
        unclaimed_households=len(by_status["unclaimed"]),
        undetermined_households=len(by_status["undetermined"]),
        review_households=len(by_status["review"]),
        unclaimed_fen_per_month=sum_per_month(one.gain_fen_per_year for one in unclaimed),
        unclaimed_amount_unknown=sum(map(_is_gain_unknown, unclaimed)),
    )


def _is_gain_unknown(claim: Finding) -> bool:
    """Return whether it is unknown what a claim adds; one without a sum of money adds none."""
    is_once = claim.amount_period == "once" and claim.amount_fen is not None
    return claim.amount_period is not None and not is_once and claim.gain_fen_per_year is None


def count_presumed(findings: Iterable[Finding]) -> Counter[str]:
    """Count for each presumed fact the findings that rest on it."""
    return Counter(name for finding in findings for name in finding.presumed)


def count_assumed(findings: Iterable[Finding]) -> Counter[str]:
    """Count for each assumed parameter the findings that rest on it."""
    return Counter(name for finding in findings for name in finding.assumed)


def _finding(
    evaluation: Evaluation, household: Household, member: Member | None, rules: ProgrammeRules
) -> Finding:
    """Decide one programme for one household or member."""
    programme = rules.programme
    row = member.row if member else household.row
    amount = find_amount_due(rules, row)
    is_received = row[format_column_name(ColumnKind.RECEIVES, programme.id)] == 1
    conflicts = _conflicting(evaluation, household, row, rules) if is_received else []
    status = decide_status(programme, row, amount, has_conflict=bool(conflicts))
    if status == "underpaid" and not is_comparable(evaluation.statement, programme.id, row):
        status = "receiving"
    paid = row[format_column_name(ColumnKind.PAID, programme.id)] if is_received else None
    finding = Finding(
        household.household_no,
        household.community,
        household.head,
        member.member_no if member else None,
        member.name if member else None,
        programme.id,
        status,
        amount,
        programme.period,
        paid if isinstance(paid, int) else None,
        _criteria(rules, row),
        str(programme.department),
        conflicts_with=tuple(conflicts),
        paid_until=_paid_until(row, programme.id) if is_received else None,
    )
    if status == "receiving":
        why = find_uncompared_reason(evaluation.statement, programme.id, row, amount)
        finding = replace(finding, uncompared=why)
    if status in ("review", "ineligible"):  # nothing is due where a condition does not hold
        finding = replace(finding, amount_fen=None)
    is_displaced = status == "ineligible" and all(truth for _id, truth in finding.criteria)
    if status in ("ineligible", "receiving") and not is_displaced:
        return finding
    others = tuple(_alternatives(evaluation, household, row, rules, is_sure=is_displaced))
    return replace(finding, alternative_to=others)


def _criteria(rules: ProgrammeRules, row: UnitRow) -> tuple[tuple[str, bool | None], ...]:
    """Return each criterion of a programme with whether it holds in a row."""
    return tuple(
        (key, _truth(row[format_column_name(ColumnKind.CRITERION, rules.programme.id, key)]))
        for key in rules.criteria
    )


def _paid_until(row: UnitRow, programme: str) -> str | None:
    """Return the last day that what is received covers; None without a date."""
    until = row[format_column_name(ColumnKind.PAID_UNTIL, programme)]
    return None if until is None else str(until)


def _stakes(household: Household, finding: Finding, cheapest: MinimalQuestions) -> QuestionValue:
    """Say what to ask to decide an open finding, and what is at stake."""
    members = [member for member in household.members if member.member_no == finding.member_no]
    rules = cheapest.bounds.statement.rules[finding.programme]
    return find_question_value(cheapest, household, members[0] if members else None, rules)


def _grounded(
    evaluation: Evaluation, household: Household, finding: Finding, cheapest: MinimalQuestions
) -> Finding:
    """Say what a finding rests on, where it calls for something."""
    name, status = finding.programme, finding.status
    if status in ("ineligible", "receiving"):
        return finding
    rows = [member.row for member in household.members if member.member_no == finding.member_no]
    grounds = FindingBasis(evaluation.statement, household, *rows)
    assumed, presumed = grounds.rests_on(name)
    if status == "undetermined":
        finding = replace(finding, **vars(_stakes(household, finding, cheapest)))
    return replace(
        finding,
        missing=tuple(grounds.missing(name)) if status == "undetermined" else (),
        assumed=tuple(assumed),
        presumed=tuple(presumed),
        unlocked_by=tuple(grounds.claims(name)) if status == "unlocked" else (),
        undated=tuple(_undated(household, rows[0] if rows else household.row, name)),
    )


def _truth(value: int | str | None) -> bool | None:
    """Turn 1, 0 and NULL into True, False and None."""
    return None if value is None else value == 1


def _rows(evaluation: Evaluation, household: Household, row: UnitRow, name: str) -> list[UnitRow]:
    """Return the rows that speak of a programme as seen from one row."""
    if evaluation.statement.rules[name].programme.unit == "household":
        return [household.row]
    return [row] if "member_no" in row else [member.row for member in household.members]


def _conflicting(
    evaluation: Evaluation, household: Household, row: UnitRow, rules: ProgrammeRules
) -> list[str]:
    """Name the programmes received beside this one that exclude it, or that it excludes."""
    name = rules.programme.id
    excluded = [
        exclusion.programme
        for exclusion in rules.programme.excludes
        if row[format_column_name(ColumnKind.BARRED_BY, name, exclusion.programme)] == 1
    ]
    excluding = [
        other
        for other in _excluding(evaluation, name)
        for one in _rows(evaluation, household, row, other)
        if one[format_column_name(ColumnKind.RECEIVES, other)] == 1
        and one[format_column_name(ColumnKind.BARRED_BY, other, name)] == 1
    ]
    return list(dict.fromkeys([*excluded, *excluding]))


def _excluding(evaluation: Evaluation, name: str) -> list[str]:
    """Name the programmes in force that cannot be drawn beside this one."""
    return [
        other.programme.id
        for other in evaluation.statement.rules.values()
        if name in {exclusion.programme for exclusion in other.programme.excludes}
    ]


def _alternatives(
    evaluation: Evaluation,
    household: Household,
    row: UnitRow,
    rules: ProgrammeRules,
    *,
    is_sure: bool,
) -> list[str]:
    """Name exclusive programmes that are, could or might be had; if sure, what takes the place."""
    name = rules.programme.id
    excluded = [exclusion.programme for exclusion in rules.programme.excludes]
    rivals = dict.fromkeys([*excluded, *_excluding(evaluation, name)])
    if is_sure:
        return [rival for rival in rivals if _is_displaced_by(rival, row, rules)]
    return [
        other
        for other in rivals
        if any(
            one[format_column_name(ColumnKind.ELIGIBLE, other)] in (1, None)
            or one[format_column_name(ColumnKind.RECEIVES, other)] == 1
            for one in _rows(evaluation, household, row, other)
        )
    ]


def _is_displaced_by(other: str, row: UnitRow, rules: ProgrammeRules) -> bool:
    """Return whether an exclusive programme bars one, or is to be had instead."""
    columns = (
        format_column_name(kind, rules.programme.id, other)
        for kind in (ColumnKind.BARRED_BY, ColumnKind.GIVES_WAY_TO)
    )
    return any(row.get(name) == 1 for name in columns)


def _undated(household: Household, row: UnitRow, programme: str) -> list[str]:
    """Name what the finding rests on that carries no date."""
    undated = ["facts"] if household.row["dated_on"] is None else []
    return (
        [*undated, "receipt"] if row[format_column_name(ColumnKind.UNDATED, programme)] else undated
    )
