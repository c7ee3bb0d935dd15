"""One fact over a range: where benefits come and fall away, everything else held."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlite_utils import Database

from relieftool.eligibility.claim_values import round_per_month
from relieftool.eligibility.overruled import UnreadSupposition
from relieftool.eligibility.scenario import (
    HouseholdCopy,
    SupposedFact,
    Suppositions,
    add_supposed_fact,
    apply_suppositions,
    copy_household,
)
from relieftool.eligibility.statuses import Status
from relieftool.eligibility.what_if import (
    CopyOutcome,
    FindingsBefore,
    LivingMeans,
    evaluate_before,
    evaluate_copies,
    find_place,
    list_missing_among,
    list_results,
    list_unread_suppositions,
    sum_living_means,
)
from relieftool.pack.models import Pack


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
        for one in points
        for key, (status, _f) in one.standing.items()
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
    """Give every change of status from one value to the next."""
    for one, following in pairwise(points):
        for key, (status, fen) in following.standing.items():
            before, before_fen = one.standing[key]
            if before != status:
                change = None if fen is None or before_fen is None else fen - before_fen
                yield StatusTurn(following.value, *key, before, status, change)
