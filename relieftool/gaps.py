"""The eligibility-gap check: every household and member against every programme in force."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.evaluate import Evaluation, Household, Member, Row, evaluate
from relieftool.grounds import Grounds
from relieftool.pack.models import Pack, Period
from relieftool.rules import syntax
from relieftool.rules.programmes import Rules
from relieftool.rules.sql import column_name
from relieftool.statuses import LISTED, Status, decide_status

_MONTHS: dict[Period | None, int] = {"month": 1, "year": 12}


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
    def fen_per_month(self) -> int | None:
        """Give what is due per month; None where unknown or paid only once."""
        months = _MONTHS.get(self.amount_period)
        return None if self.amount_fen is None or months is None else self.amount_fen // months


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
        unclaimed_fen_per_month=sum(one.fen_per_month or 0 for one in unclaimed),
        unclaimed_amount_unknown=sum(one.amount_fen is None for one in unclaimed),
    )


def assumed_in(findings: Iterable[Finding]) -> Counter[str]:
    """Count for each assumed parameter the findings that rest on it."""
    return Counter(name for finding in findings for name in finding.assumed)


def _finding(
    evaluation: Evaluation, household: Household, member: Member | None, rules: Rules
) -> Finding:
    """Decide one programme for one household or member."""
    statement, programme = evaluation.statement, rules.programme
    row = member.row if member else household.row
    amount = _amount(rules, row)
    status = decide_status(
        programme, row, amount, has_conflict=_has_conflict(evaluation, household, row, rules)
    )
    paid = row[column_name("paid", programme.id)]
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


def _amount(rules: Rules, row: Row) -> int | None:
    """Give what is due: the first amount whose condition holds; unknown without one."""
    for place, (when, _value) in enumerate(rules.amounts, start=1):
        name = rules.programme.id
        if when is None or row[column_name("when", name, place)] == 1:
            amount = row[column_name("amt", name, place)]
            return amount if isinstance(amount, int) else None
    return None


def _rows(evaluation: Evaluation, household: Household, row: Row, name: str) -> list[Row]:
    """Give the rows that speak of a programme as seen from one row."""
    if evaluation.statement.rules[name].programme.unit == "household":
        return [household.row]
    return [row] if "member_no" in row else [one.row for one in household.members]


def _has_conflict(evaluation: Evaluation, household: Household, row: Row, rules: Rules) -> bool:
    """Say whether two programmes that exclude each other are both received."""
    name = rules.programme.id
    if row[column_name("b", name)] == 1:
        return True
    excluding = [
        other.programme.id
        for other in evaluation.statement.rules.values()
        if name in {exclusion.programme for exclusion in other.programme.excludes}
    ]
    return any(
        one[column_name("r", other)] == 1 and one[column_name("b", other)] == 1
        for other in excluding
        for one in _rows(evaluation, household, row, other)
    )


def _keys(household: Household, row: Row, rules: Rules) -> list[str]:
    """Name what must be claimed first for an unlocked programme."""
    asked = [
        node
        for tree in rules.criteria.values()
        for node in syntax.walk(tree)
        if isinstance(node, syntax.Receives)
    ]
    claimed = []
    for node in asked:
        rows = [household.row] if node.owner == "household" else [row]
        if node.owner == "member" and "member_no" not in row:
            rows = [one.row for one in household.members]
        if any(one[column_name("u", node.programme)] == 1 for one in rows):
            claimed.append(node.programme)
    return list(dict.fromkeys(claimed))


def _alternatives(
    evaluation: Evaluation, household: Household, row: Row, rules: Rules
) -> list[str]:
    """Name exclusive programmes that could be had instead, or might be."""
    name = rules.programme.id
    excluded = [exclusion.programme for exclusion in rules.programme.excludes]
    excluding = [
        other.programme.id
        for other in evaluation.statement.rules.values()
        if name in {exclusion.programme for exclusion in other.programme.excludes}
    ]
    return [
        other
        for other in [*excluded, *excluding]
        if any(
            one[column_name("e", other)] != 0 and one[column_name("r", other)] != 1
            for one in _rows(evaluation, household, row, other)
        )
    ]


def _undated(household: Household, row: Row, programme: str) -> list[str]:
    """Name what the finding rests on that carries no date."""
    undated = ["facts"] if household.row["dated_on"] is None else []
    return [*undated, "receipt"] if row[column_name("und", programme)] else undated
