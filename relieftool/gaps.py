"""The eligibility-gap check: every household and member against every programme in force."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.evaluate import Evaluation, Household, Member, Row, amount_due, evaluate
from relieftool.grounds import Grounds
from relieftool.pack.models import Pack, Period
from relieftool.rules import syntax
from relieftool.rules.programmes import Rules
from relieftool.rules.sql import column_name
from relieftool.rules.syntax import Node
from relieftool.statuses import LISTED, Status, decide_status
from relieftool.uniform import Uniform, find_uniform
from relieftool.unvalued import unvalued

TIMES_A_YEAR: dict[Period | None, int] = {"month": 12, "year": 1}


@dataclass(frozen=True)
class Finding:
    """One programme for one household or member: the status and what it rests on.

    Amounts are fen per `amount_period`; None is unknown. Truths are True, False or None.
    """

    household_no: str
    community: str
    head: str | None
    member_no: str | None
    member: str | None
    programme: str
    status: Status
    amount_fen: int | None
    amount_period: Period | None
    paid_fen: int | None
    criteria: tuple[tuple[str, bool | None], ...]
    department: str
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
    unlocked_by: tuple[str, ...] = ()
    alternative_to: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()

    @property
    def fen_per_year(self) -> int | None:
        """Give what is due in a year; None where unknown or paid only once."""
        times = TIMES_A_YEAR.get(self.amount_period)
        return None if self.amount_fen is None or times is None else self.amount_fen * times


@dataclass(frozen=True)
class Totals:
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
    """The outcome of the check: figures, figures per community, findings in order."""

    as_of: dt.date
    pack: Pack
    totals: Totals
    communities: dict[str, Totals]
    findings: tuple[Finding, ...]
    unvalued: tuple[str, ...] = ()
    uniform: tuple[Uniform, ...] = ()


def find_gaps(
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    community: str | None = None,
    statuses: Iterable[Status] = LISTED,
) -> Gaps:
    """Check all households, or one community's, and list the findings with one of the statuses."""
    evaluation = evaluate(db, pack, as_of)
    wanted = set(statuses)
    households = [
        one for one in evaluation.households if community is None or one.community == community
    ]
    findings = [
        finding
        for household in households
        for finding in household_findings(evaluation, household)
        if finding.status in wanted
    ]
    findings.sort(key=lambda one: (one.community, one.household_no, one.member_no or ""))
    names = sorted({one.community for one in households})
    return Gaps(
        as_of,
        pack,
        count_totals(households, findings),
        {
            name: count_totals(
                [one for one in households if one.community == name],
                [one for one in findings if one.community == name],
            )
            for name in names
        },
        tuple(findings),
        unvalued(evaluation.statement),
        find_uniform(evaluation),
    )


def household_findings(evaluation: Evaluation, household: Household) -> list[Finding]:
    """Give every programme in force for a household and its members, whatever the status."""
    findings = []
    for name, rules in evaluation.statement.rules.items():
        if name not in evaluation.statement.in_force:
            continue
        if rules.programme.unit == "household":
            findings.append(_finding(evaluation, household, None, rules))
        else:
            findings += [_finding(evaluation, household, one, rules) for one in household.members]
    return findings


def count_totals(households: list[Household], findings: list[Finding]) -> Totals:
    """Count households and members, and what the findings come to."""
    by_status: dict[str, set[str]] = {status: set() for status in LISTED}
    for finding in findings:
        by_status.setdefault(finding.status, set()).add(finding.household_no)
    unclaimed = [one for one in findings if one.status == "unclaimed"]
    return Totals(
        households=len(households),
        members=sum(len(one.members) for one in households),
        unclaimed_households=len(by_status["unclaimed"]),
        undetermined_households=len(by_status["undetermined"]),
        review_households=len(by_status["review"]),
        unclaimed_fen_per_month=monthly(one.fen_per_year for one in unclaimed),
        unclaimed_amount_unknown=sum(
            one.amount_fen is None and one.amount_period is not None for one in unclaimed
        ),
    )


def presumed_in(findings: Iterable[Finding]) -> Counter[str]:
    """Count for each presumed fact the findings that rest on it."""
    return Counter(name for finding in findings for name in finding.presumed)


def monthly(fen_per_year: Iterable[int | None]) -> int:
    """Add up amounts of a year, leaving out unknown ones, and give a month's share in whole fen.

    >>> monthly([50000, 50000, None])
    8333
    """
    return (2 * sum(one for one in fen_per_year if one is not None) + 12) // 24


def assumed_in(findings: Iterable[Finding]) -> Counter[str]:
    """Count for each assumed parameter the findings that rest on it."""
    return Counter(name for finding in findings for name in finding.assumed)


def _finding(
    evaluation: Evaluation, household: Household, member: Member | None, rules: Rules
) -> Finding:
    """Decide one programme for one household or member."""
    statement, programme = evaluation.statement, rules.programme
    row = member.row if member else household.row
    amount = amount_due(rules, row)
    status = decide_status(
        programme, row, amount, has_conflict=_has_conflict(evaluation, household, row, rules)
    )
    is_received = row[column_name("r", programme.id)] == 1
    paid = row[column_name("paid", programme.id)] if is_received else None
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
        tuple((key, _truth(row[column_name("c", programme.id, key)])) for key in rules.criteria),
        str(programme.department),
    )
    if status == "review":  # nothing is due where a condition does not hold
        finding = replace(finding, amount_fen=None)
    if status in ("ineligible", "receiving"):
        return finding
    grounds = Grounds(statement, household, member.row if member else {})
    return replace(
        finding,
        missing=tuple(grounds.missing(programme.id)) if status == "undetermined" else (),
        assumed=tuple(grounds.assumed(programme.id)),
        presumed=tuple(grounds.presumed(programme.id)),
        unlocked_by=tuple(_keys(household, row, rules)) if status == "unlocked" else (),
        alternative_to=tuple(_alternatives(evaluation, household, row, rules)),
        undated=tuple(_undated(household, row, programme.id)),
    )


def _truth(value: int | str | None) -> bool | None:
    """Turn 1, 0 and NULL into True, False and None."""
    return None if value is None else value == 1


def _rows(evaluation: Evaluation, household: Household, row: Row, name: str) -> list[Row]:
    """Give the rows that speak of a programme as seen from one row."""
    if evaluation.statement.rules[name].programme.unit == "household":
        return [household.row]
    return [row] if "member_no" in row else [one.row for one in household.members]


def _has_conflict(evaluation: Evaluation, household: Household, row: Row, rules: Rules) -> bool:
    """Say whether two programmes that exclude each other are both received."""
    name = rules.programme.id
    excluded = [exclusion.programme for exclusion in rules.programme.excludes]
    if any(row[column_name("x", name, other)] == 1 for other in excluded):
        return True
    return any(
        one[column_name("r", other)] == 1 and one[column_name("x", other, name)] == 1
        for other in _excluding(evaluation, name)
        for one in _rows(evaluation, household, row, other)
    )


def _excluding(evaluation: Evaluation, name: str) -> list[str]:
    """Name the programmes in force that cannot be drawn beside this one."""
    return [
        other.programme.id
        for other in evaluation.statement.rules.values()
        if name in {exclusion.programme for exclusion in other.programme.excludes}
    ]


def _keys(household: Household, row: Row, rules: Rules) -> list[str]:
    """Name what must be claimed first for an unlocked programme."""
    name = rules.programme.id
    claimed = []
    for key, tree in rules.criteria.items():
        if row[column_name("c", name, key)] == 1:
            continue
        for node, is_inside in _claims_in(tree):
            rows = [household.row] if node.owner == "household" else [row]
            if node.owner == "member" and is_inside:
                rows = [one.row for one in household.members]
            if any(one[column_name("u", node.programme)] == 1 for one in rows):
                claimed.append(node.programme)
    return list(dict.fromkeys(claimed))


def _claims_in(
    node: Node, *, is_inside: bool = False, is_positive: bool = True
) -> Iterator[tuple[syntax.Receives, bool]]:
    """Give the receipts a claim could make true, and whether they are asked over all members."""
    match node:
        case syntax.Receives() if is_positive:
            yield node, is_inside
        case syntax.Not(of=of):
            yield from _claims_in(of, is_inside=is_inside, is_positive=not is_positive)
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            for part in parts:
                yield from _claims_in(part, is_inside=is_inside, is_positive=is_positive)
        case syntax.OverMembers(question="any" | "all", of=of):
            yield from _claims_in(of, is_inside=True, is_positive=is_positive)


def _alternatives(
    evaluation: Evaluation, household: Household, row: Row, rules: Rules
) -> list[str]:
    """Name exclusive programmes that are, could or might be had instead."""
    name = rules.programme.id
    excluded = [exclusion.programme for exclusion in rules.programme.excludes]
    excluding = _excluding(evaluation, name)
    return [
        other
        for other in dict.fromkeys([*excluded, *excluding])
        if any(
            one[column_name("e", other)] != 0 or one[column_name("r", other)] == 1
            for one in _rows(evaluation, household, row, other)
        )
    ]


def _undated(household: Household, row: Row, programme: str) -> list[str]:
    """Name what the finding rests on that carries no date."""
    undated = ["facts"] if household.row["dated_on"] is None else []
    return [*undated, "receipt"] if row[column_name("und", programme)] else undated
