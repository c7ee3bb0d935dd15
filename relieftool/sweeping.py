"""One fact over a range: where benefits come and fall away, everything else held."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlite_utils import Database

from relieftool.gains import per_month
from relieftool.overruled import Overruled
from relieftool.pack.models import Pack
from relieftool.statuses import Status
from relieftool.supposed import Changes, Copy, Setting, changed, read_copy, with_setting
from relieftool.what_if import (
    Base,
    Living,
    Outcome,
    before_changes,
    living,
    outcomes,
    passed_over,
    place_of,
    standings,
    unvalued_among,
)


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
    return sweep_copy(
        pack, as_of, household_no, read_copy(db, household_no), changes, setting, values
    )


def sweep_copy(  # noqa: PLR0913, PLR0917 whose copy, what else is supposed, and the range
    pack: Pack,
    as_of: dt.date,
    household_no: str,
    copy: Copy,
    changes: Changes,
    setting: Setting,
    values: Sequence[int],
) -> Sweep:
    """Run the rules on a copy for each value of a fact."""
    _found, standing, base = before_changes(pack, as_of, copy)
    supposed = [with_setting(changes, replace(setting, value=value)) for value in values]
    copies = {
        f"{number:06}": changed(pack, copy, one, as_of) for number, one in enumerate(supposed)
    }
    found = outcomes(pack, as_of, copies, standing)
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
    passed, missing = passed_over(last, copy, supposed[-1]), unvalued_among(last, told)
    whose = (household_no, copy.community, as_of, pack)
    return Sweep(*whose, setting, points, tuple(_turns(points)), passed, missing)


def _point(value: int, copy: Copy, one: Outcome, base: Base) -> Point:
    results = standings(one, base)
    return Point(
        value,
        living(one, results.values()),
        {
            (programme, place_of(copy, member_no)): (status, per_month(fen, "year"))
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
