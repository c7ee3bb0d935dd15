"""The gap check: every household and member against every programme in force.

The rows of the compiled statement are turned into findings and figures.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.claim_values import (
    find_uncompared_reason,
    is_comparable,
    set_claim_values,
    set_questions,
    sum_per_month,
)
from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    Member,
    evaluate_register,
    find_amount_due,
    read_number,
    read_truth,
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
from relieftool.rules.compiled_rules import UnitRow
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.minimal_questions import MinimalQuestions
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name


@dataclass(frozen=True)
class GapTotals:
    """The figures of one community, or of all together; amounts in fen.

    `unclaimed_amount_unknown` is the number of claims whose yearly gain is unknown.
    """

    households: int
    members: int
    unclaimed_households: int
    undetermined_households: int
    review_households: int
    unclaimed_fen_per_month: int
    unclaimed_amount_unknown: int


@dataclass(frozen=True)
class Gaps:
    """The result of the gap check: figures in all and per community, and the sorted findings.

    `is_near`: only findings near a line were asked for. `unvalued` are parameters in use without a
    value on the day; `uniform` are criteria with the same result for everybody.
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
    """Check all households, or those of `community`, and list the findings with one of `statuses`.

    With `near`, a share of a line such as 1/10, only findings are listed that could turn if a line
    within that share were crossed. The figures do not depend on `statuses` or `near`.
    """
    evaluation = evaluate_register(db, pack, as_of)
    asked_statuses = set(statuses)
    households = [
        household
        for household in evaluation.households
        if community is None or household.community == community
    ]
    findings = _find_sorted(evaluation, households, near, asked_statuses)
    listed = tuple(
        finding
        for finding in findings
        if finding.status in asked_statuses and (near is None or finding.near)
    )
    return Gaps(
        as_of,
        pack,
        _count_totals(households, findings),
        _count_by_community(households, findings),
        listed,
        is_near=near is not None,
        unvalued=list_missing_parameters(evaluation.statement),
        uniform=find_constant_criteria(evaluation),
    )


def _find_sorted(
    evaluation: Evaluation,
    households: list[Household],
    near: Fraction | None,
    statuses: Collection[Status],
) -> list[Finding]:
    """Return the findings of some households, sorted by community, household and member."""
    findings = [
        finding
        for household in households
        for finding in find_household_findings(evaluation, household, near, statuses=statuses)
    ]
    return sorted(
        findings,
        key=lambda finding: (finding.community, finding.household_no, finding.member_no or ""),
    )


def _count_by_community(
    households: list[Household], findings: list[Finding]
) -> dict[str, GapTotals]:
    """Return the figures of each community, by name."""
    return {
        name: _count_totals(
            [household for household in households if household.community == name],
            [finding for finding in findings if finding.community == name],
        )
        for name in sorted({household.community for household in households})
    }


def _count_totals(households: list[Household], findings: list[Finding]) -> GapTotals:
    """Count households, members and findings, and add up what unclaimed benefits would bring."""
    by_status: dict[Status, set[str]] = {status: set() for status in Status}
    for finding in findings:
        by_status[finding.status].add(finding.household_no)
    unclaimed = [finding for finding in findings if finding.status == Status.UNCLAIMED]
    return GapTotals(
        households=len(households),
        members=sum(len(household.members) for household in households),
        unclaimed_households=len(by_status[Status.UNCLAIMED]),
        undetermined_households=len(by_status[Status.UNDETERMINED]),
        review_households=len(by_status[Status.REVIEW]),
        unclaimed_fen_per_month=sum_per_month(claim.gain_fen_per_year for claim in unclaimed),
        unclaimed_amount_unknown=sum(map(_is_gain_unknown, unclaimed)),
    )


def _is_gain_unknown(claim: Finding) -> bool:
    """Whether it is unknown what a claim adds per year.

    Programmes without money and known amounts paid once add nothing, so their gain is known.
    """
    is_once = claim.amount_period == "once" and claim.amount_fen is not None
    return claim.amount_period is not None and not is_once and claim.gain_fen_per_year is None


def count_presumed(findings: Iterable[Finding]) -> Counter[str]:
    """Count the findings that rest on each presumed fact."""
    return Counter(name for finding in findings for name in finding.presumed)


def count_assumed(findings: Iterable[Finding]) -> Counter[str]:
    """Count the findings that rest on each assumed parameter."""
    return Counter(name for finding in findings for name in finding.assumed)


def find_household_findings(
    evaluation: Evaluation,
    household: Household,
    near: Fraction | None = None,
    *,
    with_grounds: bool = True,
    statuses: Collection[Status] = LISTED_STATUSES,
) -> list[Finding]:
    """Return the findings of a household and its members, for every programme in force.

    With `near`, a share of a line, each finding lists the lines within that share whose crossing
    could turn it. Grounds take longest to find: the findings lack them and the near lines if
    `with_grounds` is False, and those with none of the statuses lack them too.
    """
    findings: list[Finding] = []
    for name, rules in evaluation.statement.rules.items():
        if name not in evaluation.statement.in_force:
            continue
        if rules.programme.unit == "household":
            findings.append(_decide_finding(evaluation, household, None, rules))
        else:
            findings += [
                _decide_finding(evaluation, household, member, rules)
                for member in household.members
            ]
    findings = set_claim_values(findings)
    if not with_grounds:
        return findings
    evaluator = household.evaluator(evaluation.statement)
    basis = FindingBasis(evaluator)
    questions = MinimalQuestions(evaluator, evaluation.question_memo)
    findings = [
        _add_grounds(household, finding, basis) if finding.status in statuses else finding
        for finding in set_questions(questions, household, findings)
    ]
    if near is None:
        return findings
    return _add_near_lines(household, findings, questions.evaluator, near)


def _add_near_lines(
    household: Household, findings: list[Finding], evaluator: Evaluator, margin: Fraction
) -> list[Finding]:
    """Return the findings with the lines within a margin whose crossing could turn them."""
    rows = {member.member_no: member.row for member in household.members}
    return [
        replace(
            finding,
            near=find_near_lines(
                evaluator,
                evaluator.statement.rules[finding.programme],
                rows.get(finding.member_no or ""),
                dict(finding.criteria),
                margin,
            ),
        )
        for finding in findings
    ]


def _decide_finding(
    evaluation: Evaluation, household: Household, member: Member | None, rules: ProgrammeRules
) -> Finding:
    """Return the finding of a programme for a household or member, without its grounds."""
    programme = rules.programme
    row = member.row if member else household.row
    amount = find_amount_due(rules, row)
    is_received = read_truth(row, ColumnKind.RECEIVES, programme.id)
    conflicts = _find_conflicts(evaluation, household, row, rules) if is_received else []
    status = decide_status(programme, row, amount, has_conflict=bool(conflicts))
    if status == Status.UNDERPAID and not is_comparable(evaluation.statement, programme.id, row):
        status = Status.RECEIVING
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
        read_number(row, ColumnKind.PAID, programme.id) if is_received else None,
        _read_criteria(rules, row),
        str(programme.department),
        conflicts_with=tuple(conflicts),
        paid_until=_find_paid_until(row, programme.id) if is_received else None,
    )
    if status == Status.RECEIVING:
        reason = find_uncompared_reason(evaluation.statement, programme.id, row, amount)
        finding = replace(finding, uncompared=reason)
    if status in (Status.REVIEW, Status.INELIGIBLE):  # nothing is due
        finding = replace(finding, amount_fen=None)
    # every criterion holds, but another programme takes its place, or the event is not recorded
    is_displaced = status == Status.INELIGIBLE and all(truth for _id, truth in finding.criteria)
    if status not in LISTED_STATUSES and not is_displaced:
        return finding
    others = tuple(_find_alternatives(evaluation, household, row, rules, is_sure=is_displaced))
    return replace(finding, alternative_to=others)


def _read_criteria(rules: ProgrammeRules, row: UnitRow) -> tuple[tuple[str, bool | None], ...]:
    """Return each criterion of a programme, and whether it holds in a row (None: unknown)."""
    return tuple(
        (key, read_truth(row, ColumnKind.CRITERION, rules.programme.id, key))
        for key in rules.criteria
    )


def _find_paid_until(row: UnitRow, programme: str) -> str | None:
    """Return the last day that the payments of a programme cover; None without a date."""
    until = row[format_column_name(ColumnKind.PAID_UNTIL, programme)]
    return None if until is None else str(until)


def _add_grounds(household: Household, finding: Finding, basis: FindingBasis) -> Finding:
    """Return a finding with its grounds.

    A finding that calls for no action is returned unchanged.
    """
    name, status = finding.programme, finding.status
    if status not in LISTED_STATUSES:
        return finding
    members = [each.row for each in household.members if each.member_no == finding.member_no]
    member = members[0] if members else None
    assumed, presumed = basis.rests_on(name, member)
    if status == Status.UNDETERMINED:
        finding = replace(finding, missing=tuple(basis.missing(name, member)))
    return replace(
        finding,
        assumed=tuple(assumed),
        presumed=tuple(presumed),
        unlocked_by=tuple(basis.claims(name, member)) if status == Status.UNLOCKED else (),
        undated=tuple(_list_undated(household, member or household.row, name)),
    )


def _find_rows(
    evaluation: Evaluation, household: Household, row: UnitRow, programme: str
) -> list[UnitRow]:
    """Return the rows that have the columns of another programme, for the unit of `row`.

    For a household's row and a programme for members, these are the rows of all members.
    """
    if evaluation.statement.rules[programme].programme.unit == "household":
        return [household.row]
    return [row] if "member_no" in row else [member.row for member in household.members]


def _find_conflicts(
    evaluation: Evaluation, household: Household, row: UnitRow, rules: ProgrammeRules
) -> list[str]:
    """Return the received programmes that exclude this programme or that it excludes."""
    name = rules.programme.id
    excluded = [
        exclusion.programme
        for exclusion in rules.programme.excludes
        if read_truth(row, ColumnKind.BARRED_BY, name, exclusion.programme)
    ]
    excluding = [
        other
        for other in _list_excluding(evaluation, name)
        for other_row in _find_rows(evaluation, household, row, other)
        if read_truth(other_row, ColumnKind.RECEIVES, other)
        and read_truth(other_row, ColumnKind.BARRED_BY, other, name)
    ]
    return list(dict.fromkeys([*excluded, *excluding]))


def _list_excluding(evaluation: Evaluation, name: str) -> list[str]:
    """Return the programmes whose own rules exclude the programme `name`."""
    return [
        other.programme.id
        for other in evaluation.statement.rules.values()
        if name in {exclusion.programme for exclusion in other.programme.excludes}
    ]


def _find_alternatives(
    evaluation: Evaluation,
    household: Household,
    row: UnitRow,
    rules: ProgrammeRules,
    *,
    is_sure: bool,
) -> list[str]:
    """Return the exclusive programmes that are received, or that the unit may be eligible for.

    With `is_sure`, only the programmes that bar this programme or take its place.
    """
    name = rules.programme.id
    excluded = [exclusion.programme for exclusion in rules.programme.excludes]
    rivals = dict.fromkeys([*excluded, *_list_excluding(evaluation, name)])
    if is_sure:
        return [rival for rival in rivals if _is_displaced_by(rival, row, rules)]
    return [
        rival
        for rival in rivals
        if any(
            read_truth(rival_row, ColumnKind.ELIGIBLE, rival) is not False
            or read_truth(rival_row, ColumnKind.RECEIVES, rival)
            for rival_row in _find_rows(evaluation, household, row, rival)
        )
    ]


def _is_displaced_by(other: str, row: UnitRow, rules: ProgrammeRules) -> bool:
    """Whether programme `other` bars the programme of `rules`, or takes its place."""
    columns = (
        format_column_name(kind, rules.programme.id, other)
        for kind in (ColumnKind.BARRED_BY, ColumnKind.GIVES_WAY_TO)
    )
    return any(row.get(name) == 1 for name in columns)


def _list_undated(household: Household, row: UnitRow, programme: str) -> list[str]:
    """Return "facts" if the household's facts have no date, and "receipt" if a receipt has none."""
    facts = ["facts"] if household.row["dated_on"] is None else []
    receipt = ["receipt"] if read_number(row, ColumnKind.UNDATED, programme) else []
    return [*facts, *receipt]
