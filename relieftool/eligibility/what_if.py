"""Evaluates scenarios of a household: before and after a change, or over values of one fact.

The same rules are run over copies of the household; nothing is written to the register.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from sqlite_utils import Database

from relieftool.eligibility.evaluation import Evaluation, Household, evaluate_register
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Finding,
    Status,
    round_per_month,
    sum_per_month,
)
from relieftool.eligibility.household_findings import find_household_findings
from relieftool.eligibility.rule_warnings import list_missing_parameters
from relieftool.eligibility.scenario import (
    HouseholdCopy,
    SupposedFact,
    Suppositions,
    UnreadSupposition,
    add_supposed_fact,
    apply_suppositions,
    copy_household,
    end_receipts,
    open_scenario_register,
)
from relieftool.pack.models import Pack
from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node
from relieftool.values.stored_values import StoredValue, UnitRow

# Programme and member number (None: the household's); numbers are those of the original household.
_BenefitKey = tuple[str, StoredValue]
_FactOwner = tuple[str, int | None]  # a fact, and the place of its member (None: the household)
_BenefitResult = tuple[Status, int | None]  # status, and fen a year (None: unknown)


@dataclass(frozen=True)
class Benefit:
    """A programme for one household or member, before and after a change.

    Amounts are fen per month; None if unknown, 0 if paid once. `place` is that of the member;
    newcomers come after the others.
    """

    programme: str
    place: int | None
    member: str | None
    before: Status | None
    after: Status | None
    before_fen: int | None
    after_fen: int | None


@dataclass(frozen=True)
class LivingMeans:
    """The money a household has to live on, in fen per month: income and benefits.

    `benefits_fen` is what it receives or could claim, `claimable_fen` the part not yet claimed;
    unknown amounts are left out. `is_private`: the income rests on a fact that only a reveal may
    show.
    """

    income_fen: int | None
    benefits_fen: int
    claimable_fen: int
    is_private: bool = False

    @property
    def total_fen(self) -> int | None:
        """Income and benefits together; None if the income is unknown."""
        return None if self.income_fen is None else self.income_fen + self.benefits_fen


@dataclass(frozen=True)
class WhatIf:
    """A household before and after a change.

    Benefits that are ineligible on both sides are left out. `overruled` are suppositions that the
    rules do not read because they prefer a known fact; `unvalued` are parameters in use without a
    value on the day.
    """

    household_no: str
    community: str
    as_of: dt.date
    pack: Pack
    benefits: tuple[Benefit, ...]
    before: LivingMeans
    after: LivingMeans
    overruled: tuple[UnreadSupposition, ...] = ()
    unvalued: tuple[str, ...] = ()

    def list_ended_by_work(self) -> list[str]:
        """Return the programmes that are received, and no longer with more income than before."""
        incomes = self.before.income_fen, self.after.income_fen
        if None in incomes or (incomes[1] or 0) <= (incomes[0] or 0):
            return []
        ended = [
            benefit.programme
            for benefit in self.benefits
            if benefit.before in RECEIVED_STATUSES
            and benefit.before != benefit.after
            and benefit.after in (Status.REVIEW, Status.INELIGIBLE, None)
        ]
        return list(dict.fromkeys(ended))


@dataclass(frozen=True)
class _CopyOutcome:
    """The result of evaluating a copy: its household, its findings and the statement used."""

    copy: HouseholdCopy
    household: Household
    findings: list[Finding]
    statement: Statement

    def key(self, finding: Finding) -> _BenefitKey:
        """Return the programme and the member number (of the original household) of a finding."""
        place = _find_place(finding)
        number = None if place is None else self.copy.members[place - 1]["member_no"]
        return finding.programme, number

    def is_dropped(self, finding: Finding) -> bool:
        """Whether the receipt that a finding is about was ended in this copy."""
        return (finding.programme, _find_place(finding)) in self.copy.dropped


@dataclass(frozen=True)
class _Baseline:
    """The household as it is: its outcome, and its findings by programme and member."""

    outcome: _CopyOutcome
    findings: dict[_BenefitKey, Finding]

    def is_in_review(self, key: _BenefitKey) -> bool:
        """Whether a receipt is to be reviewed even without the scenario."""
        return key in self.findings and self.findings[key].status == Status.REVIEW


def _find_place(finding: Finding) -> int | None:
    """Return the place of a finding's member in the throwaway register; None for the household."""
    return None if finding.member_no is None else int(finding.member_no.rpartition("|")[2])


def _evaluate_baseline(pack: Pack, as_of: dt.date, copy: HouseholdCopy) -> _Baseline:
    """Evaluate the household without any change."""
    with open_scenario_register(pack, {"before": copy}) as register:
        evaluation = evaluate_register(register, pack, as_of)
    outcome = _build_outcome(evaluation, evaluation.households[0], {"before": copy})
    return _Baseline(outcome, {outcome.key(finding): finding for finding in outcome.findings})


def _evaluate_copies(
    pack: Pack, as_of: dt.date, copies: Mapping[str, HouseholdCopy], baseline: _Baseline
) -> dict[str, _CopyOutcome]:
    """Evaluate changed copies; receipts whose conditions no longer hold are ended.

    The end of a receipt may end others that rest on it, so the copies are evaluated again until
    nothing changes. A receipt that is to be reviewed even without the scenario stays.
    """
    current = dict(copies)
    while True:
        with open_scenario_register(pack, current) as register:
            evaluation = evaluate_register(register, pack, as_of)
        outcomes = {
            household.household_no: _build_outcome(evaluation, household, current)
            for household in evaluation.households
        }
        ending = {name: _find_ending(outcome, baseline) for name, outcome in outcomes.items()}
        if not any(ending.values()):
            return outcomes
        for name, receipts in ending.items():
            current[name] = end_receipts(current[name], receipts)


def _build_outcome(
    evaluation: Evaluation, household: Household, copies: Mapping[str, HouseholdCopy]
) -> _CopyOutcome:
    """Return the outcome of a household in the evaluation, with the copy that it was made from."""
    findings = find_household_findings(evaluation, household)
    copy = copies[household.household_no]
    return _CopyOutcome(copy, household, findings, evaluation.statement)


def _find_ending(outcome: _CopyOutcome, baseline: _Baseline) -> set[tuple[str, int | None]]:
    """Return the receipts that the scenario ends, by programme and place in the copy."""
    return {
        (finding.programme, _find_place(finding))
        for finding in outcome.findings
        if finding.status == Status.REVIEW
        and not outcome.is_dropped(finding)
        and not baseline.is_in_review(outcome.key(finding))
    }


def _find_value(finding: Finding) -> int | None:
    """Return the fen per year that are received or could be claimed; None if unknown.

    0 for benefits that are not paid monthly or yearly, and for ineligible findings.
    """
    times = TIMES_A_YEAR.get(finding.amount_period)
    if times is None or finding.status == Status.INELIGIBLE:
        return 0
    fen = finding.amount_fen if finding.status in CLAIMABLE_STATUSES else finding.paid_fen
    if fen is None and finding.status in RECEIVED_STATUSES and finding.status != Status.REVIEW:
        fen = finding.amount_fen
    return None if fen is None else fen * times


def _find_value_after(before: Finding | None, after: Finding) -> int | None:
    """Return the fen per year after a change; None if unknown.

    A received benefit is paid in the new amount if the change alters the amount due.
    """
    is_same = before is not None and before.amount_fen == after.amount_fen
    times = TIMES_A_YEAR.get(after.amount_period)
    is_received = after.status in RECEIVED_STATUSES
    if is_same or times is None or not is_received or after.amount_fen is None:
        return _find_value(after)
    return after.amount_fen * times


def compare_household(
    db: Database, pack: Pack, as_of: dt.date, household_no: str, changes: Suppositions
) -> WhatIf:
    """Compare a household before and after the supposed changes.

    Raises:
        ReliefError: There is no such household, or a value is to be added to an unknown fact.
    """
    return compare_copy(pack, as_of, household_no, copy_household(db, household_no), changes)


def compare_copy(
    pack: Pack, as_of: dt.date, household_no: str, copy: HouseholdCopy, changes: Suppositions
) -> WhatIf:
    """Compare a copy of a household before and after the supposed changes."""
    baseline = _evaluate_baseline(pack, as_of, copy)
    changed = {"after": apply_suppositions(pack, copy, changes, as_of)}
    after = _evaluate_copies(pack, as_of, changed, baseline)["after"]
    results = _list_results(after, baseline)
    benefits = tuple(
        benefit
        for key in dict.fromkeys([*baseline.findings, *results])
        if _is_shown(benefit := _build_benefit(key, baseline, results, after))
    )
    results_before = [
        (finding.status, _find_value(finding)) for finding in baseline.findings.values()
    ]
    return WhatIf(
        household_no,
        copy.community,
        as_of,
        pack,
        benefits,
        _sum_living_means(baseline.outcome, results_before),
        _sum_living_means(after, results.values()),
        _list_unread_suppositions(after, copy, changes),
        _list_missing_parameters(after, [benefit.programme for benefit in benefits]),
    )


def _sum_living_means(outcome: _CopyOutcome, results: Iterable[_BenefitResult]) -> LivingMeans:
    """Return income and benefits of a copy; benefits of unknown amount are left out."""
    listed = list(results)
    income = outcome.household.row["resources"]
    evaluator = outcome.household.evaluator(outcome.statement)
    return LivingMeans(
        income if isinstance(income, int) else None,
        sum_per_month(fen for _status, fen in listed),
        sum_per_month(fen for status, fen in listed if status in CLAIMABLE_STATUSES),
        evaluator.is_based_on_private(outcome.statement.money["resources"], None),
    )


def _list_missing_parameters(outcome: _CopyOutcome, programmes: Iterable[str]) -> tuple[str, ...]:
    """Return the parameters without a value that the programmes use; none for no programmes."""
    names = set(programmes)
    return list_missing_parameters(outcome.statement, names) if names else ()


def _list_unread_suppositions(
    outcome: _CopyOutcome, copy: HouseholdCopy, changes: Suppositions
) -> tuple[UnreadSupposition, ...]:
    """Return the supposed facts that rules do not read, except those of members who leave.

    Places are those of the original copy; in the changed copy they differ if somebody left.
    """
    new_places = {row["member_no"]: place for place, row in enumerate(outcome.copy.members, 1)}
    moved = {
        int(str(row["place"])): new_places[row["member_no"]]
        for row in copy.members
        if row["member_no"] in new_places
    }
    old_places = {new: old for old, new in moved.items()}
    supposed = [
        (setting.fact, moved.get(setting.place) if setting.place else None)
        for setting in changes.settings
        if setting.place is None or setting.place in moved
    ]
    found = find_unread_suppositions(outcome.statement, outcome.household, supposed)
    return tuple(replace(unread, place=old_places.get(unread.place or 0)) for unread in found)


def _list_results(outcome: _CopyOutcome, baseline: _Baseline) -> dict[_BenefitKey, _BenefitResult]:
    """Return the result of each programme; an ended receipt has the status review and 0 fen."""
    results: dict[_BenefitKey, _BenefitResult] = {}
    for finding in outcome.findings:
        key = outcome.key(finding)
        if outcome.is_dropped(finding):
            results[key] = Status.REVIEW, 0
        else:
            value = _find_value_after(baseline.findings.get(key), finding)
            results[key] = finding.status, value
    return results


def _build_benefit(
    key: _BenefitKey,
    baseline: _Baseline,
    results: Mapping[_BenefitKey, _BenefitResult],
    after: _CopyOutcome,
) -> Benefit:
    """Return the benefit that `key` is about, before and after the change."""
    programme, member_no = key
    copy = baseline.outcome.copy
    finding, result = baseline.findings.get(key), results.get(key)
    people = [*copy.members, *after.copy.members]
    name = {person["member_no"]: person["name"] for person in people}.get(member_no)
    return Benefit(
        programme,
        _find_place_shown(copy, member_no),
        str(name) if name is not None else None,
        finding.status if finding else None,
        result[0] if result else None,
        round_per_month(_find_value(finding), "year") if finding else None,
        round_per_month(result[1], "year") if result else None,
    )


def _find_place_shown(copy: HouseholdCopy, member_no: StoredValue) -> int | None:
    """Return a member's place in the original household; newcomers come after the others."""
    if member_no is None:
        return None
    places = {member["member_no"]: int(str(member["place"])) for member in copy.members}
    if member_no in places:
        return places[member_no]
    return max(places.values(), default=0) + int(str(member_no).removeprefix("+"))


def _is_shown(benefit: Benefit) -> bool:
    """Whether a benefit has a status other than ineligible, before or after."""
    return bool({benefit.before, benefit.after} - {Status.INELIGIBLE, None})


@dataclass(frozen=True)
class SweepPoint:
    """The outcome of a sweep at one value of the fact, in stored form.

    `benefits` has status and fen per month, by programme and place of the member.
    """

    value: int
    living: LivingMeans
    benefits: Mapping[tuple[str, int | None], _BenefitResult]


@dataclass(frozen=True)
class StatusTurn:
    """A change of status in a sweep; `value` is the first with the status `after`.

    `change_fen` is what the change brings in fen per month; None if unknown.
    """

    value: int
    programme: str
    place: int | None
    before: Status
    after: Status
    change_fen: int | None


@dataclass(frozen=True)
class Sweep:
    """The outcomes of a household over a range of values of one fact; other suppositions stay."""

    household_no: str
    community: str
    as_of: dt.date
    pack: Pack
    setting: SupposedFact
    points: tuple[SweepPoint, ...]
    turns: tuple[StatusTurn, ...]
    overruled: tuple[UnreadSupposition, ...] = ()
    unvalued: tuple[str, ...] = ()


def sweep_household(  # noqa: PLR0913, PLR0917 whom, what else is supposed, and the range
    db: Database,
    pack: Pack,
    as_of: dt.date,
    household_no: str,
    changes: Suppositions,
    setting: SupposedFact,
    values: Sequence[int],
) -> Sweep:
    """Evaluate a household for each value of a fact; `values` are in ascending order.

    Raises:
        ReliefError: There is no such household, or a value is to be added to an unknown fact.
    """
    return sweep_copy(
        pack, as_of, household_no, copy_household(db, household_no), changes, setting, values
    )


def sweep_copy(  # noqa: PLR0913, PLR0917 whose copy, what else is supposed, and the range
    pack: Pack,
    as_of: dt.date,
    household_no: str,
    copy: HouseholdCopy,
    changes: Suppositions,
    setting: SupposedFact,
    values: Sequence[int],
) -> Sweep:
    """Evaluate a copy for each value of a fact; each becomes a household of the same register.

    `values` are in ascending order.
    """
    baseline = _evaluate_baseline(pack, as_of, copy)
    supposed = [add_supposed_fact(changes, replace(setting, value=value)) for value in values]
    copies = {
        f"{number:06}": apply_suppositions(pack, copy, each, as_of)
        for number, each in enumerate(supposed)
    }
    outcomes = _evaluate_copies(pack, as_of, copies, baseline)
    points = tuple(
        _build_point(value, outcomes[name], baseline)
        for name, value in zip(copies, values, strict=True)
    )
    last = outcomes[max(copies)]
    shown = [
        programme
        for point in points
        for (programme, _place), (status, _fen) in point.benefits.items()
        if status != Status.INELIGIBLE
    ]
    identity = (household_no, copy.community, as_of, pack)
    return Sweep(
        *identity,
        setting,
        points,
        tuple(_find_turns(points)),
        _list_unread_suppositions(last, copy, supposed[-1]),
        _list_missing_parameters(last, shown),
    )


def _build_point(value: int, outcome: _CopyOutcome, baseline: _Baseline) -> SweepPoint:
    """Return the point of a sweep at a value, from the outcome of its copy."""
    results = _list_results(outcome, baseline)
    return SweepPoint(
        value,
        _sum_living_means(outcome, results.values()),
        {
            (programme, _find_place_shown(baseline.outcome.copy, member_no)): (
                status,
                round_per_month(fen, "year"),
            )
            for (programme, member_no), (status, fen) in results.items()
        },
    )


def _find_turns(points: Sequence[SweepPoint]) -> Iterator[StatusTurn]:
    """Yield every change of status from one value to the next."""
    for point, following in pairwise(points):
        for key, (after, after_fen) in following.benefits.items():
            before, before_fen = point.benefits[key]
            if before != after:
                change = None if after_fen is None or before_fen is None else after_fen - before_fen
                yield StatusTurn(following.value, *key, before, after, change)


@dataclass
class _PreferenceReader:
    """Finds the facts that the rules do not read because a preferred fact is known.

    `unread` has the preferred facts for each fact that is not read.
    """

    evaluator: Evaluator
    unread: dict[_FactOwner, list[str]] = field(default_factory=dict)

    def visit(self, node: Node, member: UnitRow | None) -> None:
        """Visit all parts of a node.

        In a first_known, stop at the first part whose value is known.
        """
        match node:
            case syntax.FirstKnown(parts=parts):
                self._visit_preferred(parts, member)
                return
            case syntax.OverMembers(of=of):
                for row in self.evaluator.members:
                    self.visit(of, row)
                return
        for child in syntax.children(node):
            self.visit(child, member)

    def _visit_preferred(self, parts: tuple[Node, ...], member: UnitRow | None) -> None:
        """Visit parts up to the first known part, and record the facts of the later parts."""
        for place, part in enumerate(parts, start=1):
            self.visit(part, member)
            if self.evaluator.is_known(part, member):
                preferred = list(syntax.list_facts(part))
                for later in parts[place:]:
                    for unread in self._list_facts(later, member):
                        self.unread.setdefault(unread, []).extend(preferred)
                return

    def _list_facts(self, node: Node, member: UnitRow | None) -> Iterator[_FactOwner]:
        """Yield the facts in a node, each with the place of its member (None: the household)."""
        if isinstance(node, syntax.FactRef):
            yield node.fact, None if node.owner == "household" else self._find_place(member)
        asked = self.evaluator.members if isinstance(node, syntax.OverMembers) else [member]
        for row in asked:
            for child in syntax.children(node):
                yield from self._list_facts(child, row)

    def _find_place(self, member: UnitRow | None) -> int | None:
        """Return a member's place among the members, from 1; None for the household."""
        return next(
            (place for place, row in enumerate(self.evaluator.members, 1) if row is member), None
        )


def find_unread_suppositions(
    statement: Statement, household: Household, supposed: Iterable[_FactOwner]
) -> list[UnreadSupposition]:
    """Return the supposed facts that a programme in force does not read: it prefers other facts.

    A supposed fact is its id and the place of its member (None: the household).
    """
    reader = _PreferenceReader(household.evaluator(statement))
    members = [member.row for member in household.members]
    for name in sorted(statement.in_force):
        rules = statement.rules[name]
        asked = members if rules.programme.unit == "member" else [None]
        for tree in rules.nodes:
            for member in asked:
                reader.visit(tree, member)
    return [
        UnreadSupposition(fact, tuple(dict.fromkeys(reader.unread[fact, place])), place)
        for fact, place in dict.fromkeys(supposed)
        if (fact, place) in reader.unread
    ]
