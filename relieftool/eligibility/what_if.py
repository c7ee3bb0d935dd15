"""The same rules on a changed copy of a household; nothing is written to the register.

One fact over a range: where benefits come and fall away, everything else held.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise

from sqlite_utils import Database

from relieftool.eligibility.claim_values import round_per_month, sum_per_month
from relieftool.eligibility.evaluation import Evaluation, Household, evaluate_register
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Finding,
    Status,
)
from relieftool.eligibility.gaps import find_household_findings
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
    find_unread_suppositions,
    open_scenario_register,
)
from relieftool.pack.models import Pack
from relieftool.rules.bounds import is_based_on_private
from relieftool.rules.statement import Statement
from relieftool.values.cells import StoredValue


@dataclass(frozen=True)
class Benefit:
    """One programme for one unit, before and after; fen a month, None: unknown or not monthly.

    `place` is the member's; who joins comes after the others.
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
    """What a household has to live on a month: income, and what it receives or could claim.

    `is_private`: the income rests on a fact that only a reveal may show.
    """

    income_fen: int | None
    benefits_fen: int
    claimable_fen: int  # of these, what must be claimed first
    is_private: bool = False

    @property
    def total_fen(self) -> int | None:
        """Return both together; None where the income is unknown."""
        return None if self.income_fen is None else self.income_fen + self.benefits_fen


@dataclass(frozen=True)
class WhatIf:
    """The outcome side by side; benefits that come to nothing on both sides are left out."""

    household_no: str
    community: str
    as_of: dt.date
    pack: Pack
    benefits: tuple[Benefit, ...]
    before: LivingMeans
    after: LivingMeans
    overruled: tuple[UnreadSupposition, ...] = ()
    unvalued: tuple[str, ...] = ()


@dataclass(frozen=True)
class CopyOutcome:
    """What came out for one copy: its household, its findings, and what has fallen away."""

    copy: HouseholdCopy
    household: Household
    findings: list[Finding]
    statement: Statement


def evaluate_copies(
    pack: Pack,
    as_of: dt.date,
    copies: Mapping[str, HouseholdCopy],
    standing: set[tuple[str, StoredValue]],
) -> dict[str, CopyOutcome]:
    """Run the rules; a receipt whose conditions are met no longer ends, and what rests on it too.

    `standing` are those to be reviewed already as things are: they stay as they are.
    """
    current = dict(copies)
    for _round in count():
        with open_scenario_register(pack, current) as register:
            evaluation = evaluate_register(register, pack, as_of)
        found = {
            household.household_no: _copy_outcome(evaluation, household, current)
            for household in evaluation.households
        }
        ending = {name: _ending(one, standing) for name, one in found.items()}
        if not any(ending.values()):
            return found
        for name, ended in ending.items():
            current[name] = end_receipts(current[name], ended)
    raise AssertionError


def _copy_outcome(
    evaluation: Evaluation, household: Household, copies: Mapping[str, HouseholdCopy]
) -> CopyOutcome:
    findings = find_household_findings(evaluation, household)
    copy = copies[household.household_no]
    return CopyOutcome(copy, household, findings, evaluation.statement)


def _ending(
    one: CopyOutcome, standing: set[tuple[str, StoredValue]]
) -> set[tuple[str, int | None]]:
    """Name the receipts that a review would end."""
    return {
        (finding.programme, _place(finding))
        for finding in one.findings
        if finding.status == "review"
        and (finding.programme, _place(finding)) not in one.copy.dropped
        and (finding.programme, _number_of(one, finding)) not in standing
    }


def _place(finding: Finding) -> int | None:
    return None if finding.member_no is None else int(finding.member_no.rpartition("|")[2])


def _number_of(one: CopyOutcome, finding: Finding) -> StoredValue:
    place = _place(finding)
    return None if place is None else one.copy.members[place - 1]["member_no"]


def _worth(finding: Finding) -> int | None:
    """Return the fen a year of what is received or could be claimed; None where unknown.

    What is paid once, and a status that carries no money, come to nothing.
    """
    times = TIMES_A_YEAR.get(finding.amount_period)
    if times is None or finding.status == "ineligible":
        return 0
    fen = finding.amount_fen if finding.status in CLAIMABLE_STATUSES else finding.paid_fen
    if fen is None and finding.status in ("receiving", "underpaid", "conflict"):
        fen = finding.amount_fen
    return None if fen is None else fen * times


def _yearly(before: Finding | None, after: Finding) -> int | None:
    """Return the fen a year after a change: what is paid is paid anew once what is due is another."""
    is_same = before is not None and before.amount_fen == after.amount_fen
    times = TIMES_A_YEAR.get(after.amount_period)
    if (
        is_same
        or times is None
        or after.status not in RECEIVED_STATUSES
        or after.amount_fen is None
    ):
        return _worth(after)
    return after.amount_fen * times


def compare_household(
    db: Database, pack: Pack, as_of: dt.date, household_no: str, changes: Suppositions
) -> WhatIf:
    """Compare a household as it is with itself as it would be.

    Raises:
        ReliefError: There is no such household.
    """
    return compare_copy(pack, as_of, household_no, copy_household(db, household_no), changes)


def compare_copy(
    pack: Pack, as_of: dt.date, household_no: str, copy: HouseholdCopy, changes: Suppositions
) -> WhatIf:
    """Compare a copy as it is with itself as it would be."""
    after = apply_suppositions(pack, copy, changes, as_of)
    found, standing, base = evaluate_before(pack, as_of, copy)
    later = evaluate_copies(pack, as_of, {"after": after}, standing)["after"]
    results = list_results(later, base)
    keys = dict.fromkeys([*base, *results])
    benefits = [_benefit(key, base, results, found, later) for key in keys]
    return WhatIf(
        household_no,
        copy.community,
        as_of,
        pack,
        tuple(benefit for benefit in benefits if _is_worth_telling(benefit)),
        sum_living_means(found, [(one.status, _worth(one)) for one in base.values()]),
        sum_living_means(later, results.values()),
        list_unread_suppositions(later, copy, changes),
        list_missing_among(later, [one.programme for one in benefits if _is_worth_telling(one)]),
    )


def sum_living_means(
    one: CopyOutcome, standing: Iterable[tuple[Status, int | None]]
) -> LivingMeans:
    """Add up income and benefits; `standing` has each status and its fen a year."""
    listed = list(standing)
    return LivingMeans(
        _income(one),
        _sum(fen for _status, fen in listed),
        _sum(fen for status, fen in listed if status in CLAIMABLE_STATUSES),
        _is_income_private(one),
    )


def list_missing_among(one: CopyOutcome, programmes: Iterable[str]) -> tuple[str, ...]:
    """Name the values of the law that some programmes want for; none where there are none."""
    names = set(programmes)
    return list_missing_parameters(one.statement, names) if names else ()


def list_unread_suppositions(
    one: CopyOutcome, copy: HouseholdCopy, changes: Suppositions
) -> tuple[UnreadSupposition, ...]:
    """Name the supposed facts that some rule passes over; whoever leaves is read no more.

    Places are those of the copy as it is, before anybody left.
    """
    now = {row["member_no"]: place for place, row in enumerate(one.copy.members, start=1)}
    listed = ((int(str(row["place"])), row["member_no"]) for row in copy.members)
    kept = {place: now[number] for place, number in listed if number in now}
    before = {place: old for old, place in kept.items()}
    supposed = [
        (setting.fact, kept.get(setting.place) if setting.place else None)
        for setting in changes.settings
        if setting.place is None or setting.place in kept
    ]
    found = find_unread_suppositions(one.statement, one.household, supposed)
    return tuple(replace(each, place=before.get(each.place or 0)) for each in found)


FindingsBefore = dict[tuple[str, StoredValue], Finding]


def evaluate_before(
    pack: Pack, as_of: dt.date, copy: HouseholdCopy
) -> tuple[CopyOutcome, set[tuple[str, StoredValue]], FindingsBefore]:
    """Run the rules on the household as it is; say too what is to be reviewed already."""
    with open_scenario_register(pack, {"before": copy}) as register:
        evaluation = evaluate_register(register, pack, as_of)
    found = _copy_outcome(evaluation, evaluation.households[0], {"before": copy})
    base = {(finding.programme, _number_of(found, finding)): finding for finding in found.findings}
    return found, {key for key, one in base.items() if one.status == "review"}, base


def list_results(
    one: CopyOutcome, base: FindingsBefore
) -> dict[tuple[str, StoredValue], tuple[Status, int | None]]:
    """Return status and fen a year of each programme; one whose receipt ended is to be reviewed."""
    found: dict[tuple[str, StoredValue], tuple[Status, int | None]] = {}
    for finding in one.findings:
        key = finding.programme, _number_of(one, finding)
        is_ended = (finding.programme, _place(finding)) in one.copy.dropped
        status = Status.REVIEW if is_ended else finding.status
        found[key] = status, 0 if is_ended else _yearly(base.get(key), finding)
    return found


def _benefit(
    key: tuple[str, StoredValue],
    base: FindingsBefore,
    results: Mapping[tuple[str, StoredValue], tuple[Status, int | None]],
    found: CopyOutcome,
    later: CopyOutcome,
) -> Benefit:
    programme, member_no = key
    before, after = base.get(key), results.get(key)
    people = [*found.copy.members, *later.copy.members]
    names = {person["member_no"]: person["name"] for person in people}
    name = names.get(member_no)
    return Benefit(
        programme,
        find_place(found.copy, member_no),
        str(name) if name is not None else None,
        before.status if before else None,
        after[0] if after else None,
        round_per_month(_worth(before), "year") if before else None,
        round_per_month(after[1], "year") if after else None,
    )


def find_place(copy: HouseholdCopy, member_no: StoredValue) -> int | None:
    """Return a member's place in the household as it is; who joins comes after the others."""
    if member_no is None:
        return None
    places = {member["member_no"]: int(str(member["place"])) for member in copy.members}
    if member_no in places:
        return places[member_no]
    return max(places.values(), default=0) + int(str(member_no).removeprefix("+"))


def _is_worth_telling(one: Benefit) -> bool:
    """Leave out what is not to be had either way."""
    return {one.before, one.after} - {"ineligible", None} != set()


def _sum(yearly: Iterable[int | None]) -> int:
    """Return a month's share of what comes in a year; unknown amounts count for nothing."""
    return sum_per_month(yearly)


def _income(one: CopyOutcome) -> int | None:
    income = one.household.row["resources"]
    return income if isinstance(income, int) else None


def _is_income_private(one: CopyOutcome) -> bool:
    bounds = one.household.bounds(one.statement)
    return is_based_on_private(bounds, one.statement.money["resources"], None)


@dataclass(frozen=True)
class SweepPoint:
    """A sweep's outcome at one value of the fact, as stored."""

    value: int
    living: LivingMeans
    standing: Mapping[tuple[str, int | None], tuple[Status, int | None]]


@dataclass(frozen=True)
class StatusTurn:
    """Where a status changes in a sweep, and the fen a month it brings; None: unknown."""

    value: int
    programme: str
    place: int | None
    before: Status
    after: Status
    change_fen: int | None


@dataclass(frozen=True)
class Sweep:
    """One fact over a range, everything else held."""

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
    """Run the rules for each value of a fact, as many copies in one register.

    Raises:
        ReliefError: There is no such household.
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
    """Run the rules on a copy for each value of a fact."""
    _found, standing, base = evaluate_before(pack, as_of, copy)
    supposed = [add_supposed_fact(changes, replace(setting, value=value)) for value in values]
    copies = {
        f"{number:06}": apply_suppositions(pack, copy, one, as_of)
        for number, one in enumerate(supposed)
    }
    found = evaluate_copies(pack, as_of, copies, standing)
    points = tuple(
        _point(value, copy, found[name], base) for name, value in zip(copies, values, strict=True)
    )
    last = found[max(copies)]
    told = [
        key[0]
        for point in points
        for key, (status, _f) in point.standing.items()
        if status != "ineligible"
    ]
    passed, missing = (
        list_unread_suppositions(last, copy, supposed[-1]),
        list_missing_among(last, told),
    )
    whose = (household_no, copy.community, as_of, pack)
    return Sweep(*whose, setting, points, tuple(_turns(points)), passed, missing)


def _point(value: int, copy: HouseholdCopy, one: CopyOutcome, base: FindingsBefore) -> SweepPoint:
    results = list_results(one, base)
    return SweepPoint(
        value,
        sum_living_means(one, results.values()),
        {
            (programme, find_place(copy, member_no)): (status, round_per_month(fen, "year"))
            for (programme, member_no), (status, fen) in results.items()
        },
    )


def _turns(points: Sequence[SweepPoint]) -> Iterator[StatusTurn]:
    """Return every change of status from one value to the next."""
    for one, following in pairwise(points):
        for key, (status, fen) in following.standing.items():
            before, before_fen = one.standing[key]
            if before != status:
                change = None if fen is None or before_fen is None else fen - before_fen
                yield StatusTurn(following.value, *key, before, status, change)
