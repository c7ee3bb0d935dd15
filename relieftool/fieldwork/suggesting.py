"""Suggests a helper for every household that has none, with the load evened out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.fieldwork.entries import check_name
from relieftool.fieldwork.helpers import (
    Helper,
    list_assigned_helpers,
    list_helpers,
    record_assignments,
)
from relieftool.store.database import write_or_rehearse


@dataclass(frozen=True)
class Pairing:
    """A household and the helper suggested for it; None where nobody works in its community."""

    household_no: str
    community: str
    helper: str | None


def suggest_helpers(
    db: Database, *, community: str | None = None, is_one_to_one: bool = False
) -> list[Pairing]:
    """Give each household without a helper the one with the least load in its community.

    Persons come before units, which answer only where no person does. Communities with the
    fewest helpers choose first, so that a helper of several goes where he is needed. With
    `is_one_to_one` nobody answers for more than one household; the rest stays without.
    """
    helpers = list_helpers(db)
    load = {one.name: one.households for one in helpers}
    taken = list_assigned_helpers(db)
    waiting: dict[str, list[str]] = {}
    for row in db.query(_HOUSEHOLDS, {"community": community}):
        if row["household_no"] not in taken:
            waiting.setdefault(row["community"], []).append(row["household_no"])
    able = {name: _able(helpers, name) for name in waiting}
    pairs = []
    for name in sorted(waiting, key=lambda one: (len(able[one]), one)):
        for number in waiting[name]:
            helper = _least_loaded(able[name], load, is_one_to_one=is_one_to_one)
            pairs.append(Pairing(number, name, helper))
            if helper is not None:
                load[helper] += 1
    return sorted(pairs, key=lambda one: (one.community, one.household_no))


_HOUSEHOLDS = """
    SELECT households.household_no, communities.name AS community FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE :community IS NULL OR communities.name = :community
    ORDER BY communities.name, households.household_no
"""


def _able(helpers: Sequence[Helper], community: str) -> list[str]:
    """Name who may help in a community: persons, or units where there is no person."""
    covering = [one for one in helpers if one.covers(community)]
    persons = [one.name for one in covering if one.helper_type == "person"]
    return persons or [one.name for one in covering]


def _least_loaded(
    names: Sequence[str], load: Mapping[str, int], *, is_one_to_one: bool
) -> str | None:
    free = [name for name in names if not (is_one_to_one and load[name])]
    return min(free, key=lambda name: (load[name], name), default=None)


def record_pairings(
    db: Database, pairings: Sequence[Pairing], *, by: str, on: dt.date, is_rehearsal: bool = False
) -> None:
    """Write down the suggestions that name somebody."""
    by = check_name("--by", by)
    pairs = [(one.household_no, one.helper) for one in pairings if one.helper is not None]
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        record_assignments(db, pairs, by=by, on=on)
