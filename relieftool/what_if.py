"""The same rules on a changed copy of a household; nothing is written to the register."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from sqlite_utils import Database

from relieftool.evaluate import Evaluation, Household, evaluate
from relieftool.findings import TIMES_A_YEAR, Finding
from relieftool.gains import monthly
from relieftool.gaps import household_findings
from relieftool.overruled import Overruled, overruled
from relieftool.pack.models import Pack
from relieftool.rules.statement import Statement
from relieftool.statuses import Status
from relieftool.supposed import (
    Changes,
    Copy,
    Setting,
    Stored,
    changed,
    read_copy,
    register_of,
    without_receipts,
)
from relieftool.unvalued import unvalued_on

_CLAIMABLE = ("unclaimed", "unlocked")
_GIVEN = ("receiving", "underpaid", "conflict", "review")


@dataclass(frozen=True)
class Benefit:
    """One programme for one unit, before and after; fen a month, None: unknown or not monthly.

    `place` is the member's, from 1; who joins comes after the others.
    """

    programme: str
    place: int | None
    member: str | None
    before: Status | None
    after: Status | None
    before_fen: int | None
    after_fen: int | None


@dataclass(frozen=True)
class Living:
    """What a household has to live on a month: income, and what it receives or could claim."""

    income_fen: int | None
    benefits_fen: int

    @property
    def total_fen(self) -> int | None:
        """Give both together; None where the income is unknown."""
        return None if self.income_fen is None else self.income_fen + self.benefits_fen


@dataclass(frozen=True)
class WhatIf:
    """The outcome side by side; benefits that come to nothing on both sides are left out."""

    household_no: str
    community: str
    as_of: dt.date
    pack: Pack
    benefits: tuple[Benefit, ...]
    before: Living
    after: Living
    overruled: tuple[Overruled, ...] = ()
    unvalued: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    """A sweep's outcome at one value of the fact, as stored."""

    value: int
    living: Living
    standing: Mapping[tuple[str, int | None], tuple[Status, int | None]]


@dataclass(frozen=True)
class Turn:
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
    setting: Setting
    points: tuple[Point, ...]
    turns: tuple[Turn, ...]
    overruled: tuple[Overruled, ...] = ()
    unvalued: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Outcome:
    """What came out for one copy: its household, its findings, and what has fallen away."""

    copy: Copy
    household: Household
    findings: list[Finding]
    statement: Statement


def _outcomes(
    pack: Pack, as_of: dt.date, copies: Mapping[str, Copy], standing: set[tuple[str, Stored]]
) -> dict[str, _Outcome]:
    """Run the rules; a receipt whose conditions are met no longer ends, and what rests on it too.

    `standing` are those to be reviewed already as things are: they stay as they are.
    """
    current = dict(copies)
    for _round in count():
        with register_of(pack, current) as register:
            evaluation = evaluate(register, pack, as_of)
        found = {
            one.household_no: _outcome(evaluation, one, current) for one in evaluation.households
        }
        ending = {name: _ending(one, standing) for name, one in found.items()}
        if not any(ending.values()):
            return found
        for name, ended in ending.items():
            current[name] = without_receipts(current[name], ended, as_of)
    raise AssertionError


def _outcome(evaluation: Evaluation, household: Household, copies: Mapping[str, Copy]) -> _Outcome:
    findings = household_findings(evaluation, household)
    copy = copies[household.household_no]
    return _Outcome(copy, household, findings, evaluation.statement)


def _ending(one: _Outcome, standing: set[tuple[str, Stored]]) -> set[tuple[str, int | None]]:
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


def _number_of(one: _Outcome, finding: Finding) -> Stored:
    place = _place(finding)
    return None if place is None else one.copy.members[place - 1]["member_no"]


def _worth(finding: Finding) -> int | None:
    """Give the fen a year of what is received or could be claimed; None where unknown.

    What is paid once, and a status that carries no money, come to nothing.
    """
    times = TIMES_A_YEAR.get(finding.amount_period)
    if times is None or finding.status == "ineligible":
        return 0
    fen = finding.amount_fen if finding.status in _CLAIMABLE else finding.paid_fen
    if fen is None and finding.status in ("receiving", "underpaid", "conflict"):
        fen = finding.amount_fen
    return None if fen is None else fen * times


def _yearly(before: Finding | None, after: Finding) -> int | None:
    """Give the fen a year after a change: what is paid is paid anew once what is due is another."""
    is_same = before is not None and before.amount_fen == after.amount_fen
    times = TIMES_A_YEAR.get(after.amount_period)
    if is_same or times is None or after.status not in _GIVEN or after.amount_fen is None:
        return _worth(after)
    return after.amount_fen * times


def what_if(
    db: Database, pack: Pack, as_of: dt.date, household_no: str, changes: Changes
) -> WhatIf:
    """Compare a household as it is with itself as it would be.

    Raises:
        ReliefError: There is no such household.
    """
    copy = read_copy(db, household_no)
    after = changed(pack, copy, changes, as_of)
    found, standing, base = _before(pack, as_of, copy)
    later = _outcomes(pack, as_of, {"after": after}, standing)["after"]
    results = _standing(later, base)
    keys = dict.fromkeys([*base, *results])
    benefits = [_benefit(key, base, results, found, later) for key in keys]
    return WhatIf(
        household_no,
        copy.community,
        as_of,
        pack,
        tuple(one for one in benefits if _is_worth_telling(one)),
        Living(_income(found), _sum(_worth(one) for one in base.values())),
        Living(_income(later), _sum(fen for _status, fen in results.values())),
        _passed_over(later, changes),
        unvalued_on(pack, as_of),
    )


def _passed_over(one: _Outcome, changes: Changes) -> tuple[Overruled, ...]:
    """Name the supposed facts that some rule passes over."""
    supposed = [setting.fact for setting in changes.settings]
    return tuple(overruled(one.statement, one.household, supposed))


_Base = dict[tuple[str, Stored], Finding]


def _before(
    pack: Pack, as_of: dt.date, copy: Copy
) -> tuple[_Outcome, set[tuple[str, Stored]], _Base]:
    """Run the rules on the household as it is; say too what is to be reviewed already."""
    with register_of(pack, {"before": copy}) as register:
        evaluation = evaluate(register, pack, as_of)
    found = _outcome(evaluation, evaluation.households[0], {"before": copy})
    base = {(one.programme, _number_of(found, one)): one for one in found.findings}
    return found, {key for key, one in base.items() if one.status == "review"}, base


def _standing(one: _Outcome, base: _Base) -> dict[tuple[str, Stored], tuple[Status, int | None]]:
    """Give status and fen a year of each programme; one whose receipt ended is to be reviewed."""
    found: dict[tuple[str, Stored], tuple[Status, int | None]] = {}
    for finding in one.findings:
        key = finding.programme, _number_of(one, finding)
        is_ended = (finding.programme, _place(finding)) in one.copy.dropped
        status: Status = "review" if is_ended else finding.status
        found[key] = status, 0 if is_ended else _yearly(base.get(key), finding)
    return found


def _benefit(
    key: tuple[str, Stored],
    base: _Base,
    results: Mapping[tuple[str, Stored], tuple[Status, int | None]],
    found: _Outcome,
    later: _Outcome,
) -> Benefit:
    programme, member_no = key
    before, after = base.get(key), results.get(key)
    people = [*found.copy.members, *later.copy.members]
    places = [one["member_no"] for one in [*found.copy.members]]
    names = {one["member_no"]: one["name"] for one in people}
    place = places.index(member_no) + 1 if member_no in places else None
    if place is None and member_no is not None:
        place = len(places) + int(str(member_no).removeprefix("+"))
    name = names.get(member_no)
    return Benefit(
        programme,
        place,
        str(name) if name is not None else None,
        before.status if before else None,
        after[0] if after else None,
        _monthly(_worth(before)) if before else None,
        _monthly(after[1]) if after else None,
    )


def _is_worth_telling(one: Benefit) -> bool:
    """Leave out what is not to be had either way."""
    return {one.before, one.after} - {"ineligible", None} != set()


def _sum(yearly: Iterable[int | None]) -> int:
    """Give a month's share of what comes in a year; unknown amounts count for nothing."""
    return monthly(yearly)


def _monthly(yearly: int | None) -> int | None:
    return None if yearly is None else monthly([yearly])


def _income(one: _Outcome) -> int | None:
    income = one.household.row["resources"]
    return income if isinstance(income, int) else None


def sweep(  # noqa: PLR0913, PLR0917 whom, what else is supposed, and the range
    db: Database,
    pack: Pack,
    as_of: dt.date,
    household_no: str,
    changes: Changes,
    setting: Setting,
    values: Sequence[int],
) -> Sweep:
    """Run the rules for each value of a fact, as many copies in one register.

    Raises:
        ReliefError: There is no such household.
    """
    copy = read_copy(db, household_no)
    _found, standing, base = _before(pack, as_of, copy)
    copies = {}
    for number, value in enumerate(values):
        one = Setting(setting.fact, value, setting.place)
        supposed = Changes(
            (*changes.settings, one), changes.added, changes.removed, changes.receipts
        )
        copies[f"{number:06}"] = changed(pack, copy, supposed, as_of)
    found = _outcomes(pack, as_of, copies, standing)
    points = tuple(
        _point(value, found[name], base) for name, value in zip(copies, values, strict=True)
    )
    last = found[max(copies)] if copies else None
    passed = _passed_over(last, Changes((setting,))) if last else ()
    turns, missing = tuple(_turns(points)), unvalued_on(pack, as_of)
    whose = (household_no, copy.community, as_of, pack)
    return Sweep(*whose, setting, points, turns, passed, missing)


def _point(value: int, one: _Outcome, base: _Base) -> Point:
    results = _standing(one, base)
    places = {row["member_no"]: place for place, row in enumerate(one.copy.members, start=1)}
    benefits = _sum([fen for _status, fen in results.values()])
    return Point(
        value,
        Living(_income(one), benefits),
        {
            (programme, places.get(member_no)): (status, _monthly(fen))
            for (programme, member_no), (status, fen) in results.items()
        },
    )


def _turns(points: Sequence[Point]) -> Iterator[Turn]:
    """Give every change of status from one value to the next."""
    for one, following in pairwise(points):
        for key, (status, fen) in following.standing.items():
            before, before_fen = one.standing[key]
            if before != status:
                change = None if fen is None or before_fen is None else fen - before_fen
                yield Turn(following.value, *key, before, status, change)
