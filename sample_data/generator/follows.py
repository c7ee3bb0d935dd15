"""What comes with a benefit: drawn already where the benefit is drawn, opened where it is claimed.

What a household was planted to lack, or to be asked about, is stated by its builder and left alone.
"""

import random
from collections.abc import Container, Iterable
from typing import Protocol

from sample_data.generator.households import Household
from sample_data.generator.people import Person


class _Stated(Protocol):
    """A receipt or a finding: of which programme and member."""

    @property
    def programme(self) -> str: ...

    @property
    def member(self) -> Person | None: ...


def settle(household: Household, columns: Container[str], rng: random.Random) -> None:
    """Fill in what is said of a household's home, and add all that comes with what it draws."""
    _measure(household, rng)
    if household.homes == 0 or _is_cramped(household):
        _add(household, "housing", None, _houses)
    for person in household.members:
        _add(household, "medical-premium", person, _covers)
        if "pension" in columns and person.has_resident_pension:
            _add_pension(household, person)


def _measure(household: Household, rng: random.Random) -> None:
    """Return a home twenty to thirty square metres a head, unless its builder measured it."""
    if household.homes == 0:
        household.floor_area = None
    elif household.floor_area == 0:
        household.floor_area = rng.randint(20, 30) * household.size


def _is_cramped(household: Household) -> bool:
    """Return whether a home was planted with less room than anybody may be asked to live in."""
    return household.floor_area is not None and household.floor_area < 12 * household.size


def _add(household: Household, programme: str, member: Person | None, opens: "_Opens") -> None:
    """Put somebody on a list that comes with what is drawn; or state that a claim opens it."""
    if household.says(programme, member):
        return
    claims = [one for one in household.expected if one.status in ("unclaimed", "unlocked")]
    if opens(household.receipts, member):
        household.receives(programme, member)
    elif opens(claims, member):
        household.expect("unlocked", programme, member)


def _add_pension(household: Household, person: Person) -> None:
    """Let the severely disabled have their pension paid for too, whatever else they draw."""
    if person.grade in (1, 2) and not household.says("pension-premium", person):
        household.receives("pension-premium", person)
    _add(household, "pension-premium", person, _covers)


class _Opens(Protocol):
    """Says whether something among receipts or claims entitles a member, or a household."""

    def __call__(self, stated: Iterable[_Stated], member: Person | None) -> bool: ...


def _covers(stated: Iterable[_Stated], member: Person | None) -> bool:
    """Return whether dibao of the household, or of the member alone, or tekun is among these."""
    own = {("dibao", None), ("dibao-single", member), ("tekun", member)}
    return any((one.programme, one.member) in own for one in stated)


def _houses(stated: Iterable[_Stated], _member: Person | None) -> bool:
    """Return whether anything among these puts a household first where homes are given."""
    return any(one.programme in ("dibao", "edge", "tekun") for one in stated)
