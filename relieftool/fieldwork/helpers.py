"""Helpers: units and persons with their communities, and the households they answer for.

The newest entry of a name, or of a household and a name, is the one that counts.

Suggests a helper for every household that has none, with the load evened out.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import find_shared_names
from relieftool.messages import _
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import (
    ASSIGNMENTS,
    HELPERS,
    build_entry,
    build_record,
    check_household,
    list_entries,
    record_entry,
)

HelperType = Literal["unit", "person"]


@dataclass(frozen=True)
class Helper:
    """A unit or a person who helps; no communities means all of them.

    `households` counts those the helper answers for now.
    """

    name: str
    helper_type: HelperType
    unit: str | None
    communities: tuple[str, ...]
    is_active: bool = True
    households: int = 0

    def covers(self, community: str) -> bool:
        """Return whether the helper works in a community."""
        return not self.communities or community in self.communities


def record_helper(
    db: Database, helper: Helper, on: dt.date, *, is_rehearsal: bool = False
) -> Helper:
    """Write down a helper; a name that is known already is changed to what is said now.

    An ending that says nothing else leaves what was known as it was.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        needs = () if helper.unit is None else ("unit",)
        row = build_entry(db, HELPERS, needs, **_stated(helper), entered_on=on)
        kept = build_record(Helper, row)
        known = _known_helper(db, kept.name)
        if known is not None:  # one person, however the name is spaced
            kept = replace(kept, name=known.name)
            if not kept.is_active and kept.unit is None and not kept.communities:
                kept = replace(known, is_active=False, households=0)
        record_entry(db, HELPERS, **_stated(kept), entered_on=on)
    return kept


def _stated(helper: Helper) -> dict[str, Any]:
    """Return what an entry says of a helper; the households they answer for have their own."""
    return {name: value for name, value in vars(helper).items() if name != "households"}


def _known_helper(db: Database, name: str) -> Helper | None:
    """Find who is written down by a name already, former helpers too."""
    listed = list_helpers(db, is_active=None)
    return next((one for one in listed if find_shared_names([one.name], [name])), None)


def list_helpers(db: Database, *, is_active: bool | None = True) -> list[Helper]:
    """List the helpers by name: active ones, former ones (False), or all (None)."""
    counts = Counter(name for _household, name in _assigned(db))
    newest = {entry["name"]: entry for entry in list_entries(db, HELPERS) if entry["name"]}
    return [
        build_record(Helper, entry | {"households": counts[name]})
        for name, entry in sorted(newest.items())
        if is_active in (None, entry["is_active"])
    ]


def _assigned(db: Database) -> list[tuple[str, str]]:
    """List households with whoever answers for them: the newest entry of a pair, if no ending."""
    newest: dict[tuple[str, str], bool] = {}
    for entry in list_entries(db, ASSIGNMENTS):
        pair = entry["household_no"], entry["helper"]
        newest.pop(pair, None)  # in the order of the newest
        newest[pair] = entry["is_active"]
    return [pair for pair, is_active in newest.items() if is_active and pair[1]]


def list_assigned_helpers(db: Database) -> dict[str, list[str]]:
    """Return the names of each household's helpers; only of helpers who still are active."""
    active = {helper.name for helper in list_helpers(db)}
    found: dict[str, list[str]] = {}
    for number, name in _assigned(db):
        if name in active:
            found.setdefault(number, []).append(name)
    return found


def list_household_helpers(db: Database, household_no: str) -> list[Helper]:
    """Return the helpers of one household."""
    names = list_assigned_helpers(db).get(household_no, [])
    known = {helper.name: helper for helper in list_helpers(db)}
    return [known[name] for name in names]


def record_assignment(  # noqa: PLR0913 who, for whom, when, on whose word
    db: Database,
    household_no: str,
    helper: str,
    *,
    by: str,
    on: dt.date,
    is_active: bool = True,
    is_rehearsal: bool = False,
) -> None:
    """Write down that a helper answers for a household from a day on, or no longer does.

    Raises:
        ReliefError: no such household or helper, or it is so already.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        number = check_household(db, household_no)
        name = check_active_helper(db, helper)
        if (name in list_assigned_helpers(db).get(number, [])) == is_active:
            raise ReliefError(number, _already(is_active=is_active), _("Nothing was written."))
        record_assignments(db, [(number, name)], by=by, on=on, is_active=is_active)


def _already(*, is_active: bool) -> str:
    if is_active:
        return _("this helper answers for the household already")
    return _("this helper does not answer for the household")


def record_assignments(
    db: Database,
    pairs: Sequence[tuple[str, str]],
    *,
    by: str,
    on: dt.date,
    is_active: bool = True,
) -> None:
    """Write down households with their helpers; only inside a transaction that writes."""
    for household_no, helper in pairs:
        record_entry(
            db,
            ASSIGNMENTS,
            household_no=household_no,
            helper=helper,
            entered_on=on,
            is_active=is_active,
            by=by,
        )


def check_active_helper(db: Database, helper: str) -> str:
    """Return the name of an active helper.

    Raises:
        ReliefError: There is none of this name; the nearest are named.
    """
    names = [one.name for one in list_helpers(db)]
    if known := find_shared_names(names, [helper]):
        return known.pop()
    name = " ".join(helper.split())
    if find_shared_names((one.name for one in list_helpers(db, is_active=False)), [helper]):
        raise ReliefError(
            _("helper"),
            _("no longer helps"),
            _("`relief helpers add NAME` lets them help again; `helpers list` has the others."),
        )
    near = get_close_matches(name, names, 3, 0.3)
    remedy = (
        _("Did you mean: {names}?").format(names=_(", ").join(near))
        if near
        else _("`relief helpers add NAME` adds one; `relief helpers list` lists them.")
    )
    raise ReliefError(_("helper"), _("no helper has this name"), remedy)


@dataclass(frozen=True)
class Pairing:
    """A household and the helper suggested for it; None where nobody works in its community."""

    household_no: str
    community: str
    helper: str | None


def suggest_helpers(
    db: Database, *, community: str | None = None, is_one_to_one: bool = False
) -> list[Pairing]:
    """Return each household without a helper the one with the least load in its community.

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
    covering = [helper for helper in helpers if helper.covers(community)]
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
    pairs = [
        (pairing.household_no, pairing.helper) for pairing in pairings if pairing.helper is not None
    ]
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        record_assignments(db, pairs, by=by, on=on)
