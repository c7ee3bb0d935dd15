"""Helpers: units and persons, their communities, and the households assigned to them.

The newest entry about a helper, or about a pair of household and helper, applies. Also suggests
helpers for the households that have none.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import list_household_communities
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
from relieftool.values.text import fold_name

HelperType = Literal["unit", "person"]


@dataclass(frozen=True)
class Helper:
    """A unit or a person that helps households; with no `communities` they work in all.

    `households` is the number of households assigned to them now.
    """

    name: str
    helper_type: HelperType
    unit: str | None
    communities: tuple[str, ...]
    is_active: bool = True
    households: int = 0

    def covers(self, community: str) -> bool:
        """Whether the helper works in a community."""
        return not self.communities or community in self.communities


def record_helper(
    db: Database, helper: Helper, on: dt.date, *, is_rehearsal: bool = False
) -> Helper:
    """Record a helper and return them as recorded; the newest entry of a name applies.

    An inactive helper without unit and communities keeps type, unit and communities of the earlier
    entry, if there is one.

    Raises:
        ReliefError: The name, or a stated unit, is empty.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        needs = () if helper.unit is None else ("unit",)
        row = build_entry(db, HELPERS, needs, **_columns(helper), entered_on=on)
        kept = build_record(Helper, row)
        known = _find_helper(db, kept.name)
        if known is not None:  # the same person, even if the name is spaced differently
            kept = replace(kept, name=known.name)
            if not kept.is_active and kept.unit is None and not kept.communities:
                kept = replace(known, is_active=False, households=0)
        record_entry(db, HELPERS, **_columns(kept), entered_on=on)
    return kept


def _columns(helper: Helper) -> dict[str, Any]:
    """Return the columns of a helper's entry: all fields except the number of households."""
    return {name: value for name, value in vars(helper).items() if name != "households"}


def _find_helper(db: Database, name: str) -> Helper | None:
    """Return the active or former helper with a name; None if there is none."""
    helpers = list_helpers(db, is_active=None)
    return next((helper for helper in helpers if fold_name(helper.name) == fold_name(name)), None)


def list_helpers(db: Database, *, is_active: bool | None = True) -> list[Helper]:
    """Return helpers sorted by name; `is_active` False: former helpers, None: all."""
    counts = Counter(name for _household, name in _list_assigned_pairs(db))
    newest = {entry["name"]: entry for entry in list_entries(db, HELPERS) if entry["name"]}
    return [
        build_record(Helper, entry | {"households": counts[name]})
        for name, entry in sorted(newest.items())
        if is_active in (None, entry["is_active"])
    ]


def _list_assigned_pairs(db: Database) -> list[tuple[str, str]]:
    """Return the assignments in effect, as household number and helper's name.

    The newest entry about a pair decides whether it is in effect. Pairs whose helper's name was
    forgotten are left out.
    """
    newest: dict[tuple[str, str], bool] = {}
    for entry in list_entries(db, ASSIGNMENTS):
        pair = entry["household_no"], entry["helper"]
        newest.pop(pair, None)  # so that the pairs are in the order of their newest entries
        newest[pair] = entry["is_active"]
    return [pair for pair, is_active in newest.items() if is_active and pair[1]]


def list_assigned_helpers(db: Database) -> dict[str, list[str]]:
    """Map the numbers of households with active helpers to the names of these helpers."""
    active = {helper.name for helper in list_helpers(db)}
    found: dict[str, list[str]] = {}
    for number, name in _list_assigned_pairs(db):
        if name in active:
            found.setdefault(number, []).append(name)
    return found


def list_household_helpers(db: Database, household_no: str) -> list[Helper]:
    """Return the active helpers of one household."""
    names = list_assigned_helpers(db).get(household_no, [])
    known = {helper.name: helper for helper in list_helpers(db)}
    return [known[name] for name in names]


def record_assignment(  # noqa: PLR0913 who helps whom, from when, recorded by whom
    db: Database,
    household_no: str,
    helper: str,
    *,
    by: str,
    on: dt.date,
    is_active: bool = True,
    is_rehearsal: bool = False,
) -> str:
    """Record that a helper is assigned to a household, or no longer is if `is_active` is False.

    Returns:
        The household's current number; `household_no` may be a former one.

    Raises:
        ReliefError: There is no such household or active helper, or nothing would change.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        number = check_household(db, household_no)
        name = check_active_helper(db, helper)
        if (name in list_assigned_helpers(db).get(number, [])) == is_active:
            problem = (
                _("this helper answers for the household already")
                if is_active
                else _("this helper does not answer for the household")
            )
            raise ReliefError(number, problem, _("Nothing was written."))
        record_assignments(db, [(number, name)], by=by, on=on, is_active=is_active)
    return number


def record_assignments(
    db: Database,
    pairs: Sequence[tuple[str, str]],
    *,
    by: str,
    on: dt.date,
    is_active: bool = True,
) -> None:
    """Record assignments for pairs of household and helper; only inside `write`.

    If `is_active` is False, record that these assignments end.
    """
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
    """Return the name of an active helper as it was recorded.

    Raises:
        ReliefError: No active helper has this name; the message may suggest similar names.
    """
    known = _find_helper(db, helper)
    if known is not None and known.is_active:
        return known.name
    if known is not None:
        raise ReliefError(
            _("helper"),
            _("no longer helps"),
            _("`relief helpers add NAME` lets them help again; `helpers list` has the others."),
        )
    names = [active.name for active in list_helpers(db)]
    near = get_close_matches(" ".join(helper.split()), names, 3, 0.3)
    remedy = (
        _("Did you mean: {names}?").format(names=_(", ").join(near))
        if near
        else _("`relief helpers add NAME` adds one; `relief helpers list` lists them.")
    )
    raise ReliefError(_("helper"), _("no helper has this name"), remedy)


@dataclass(frozen=True)
class Pairing:
    """A household and the helper suggested for it; `helper` is None if nobody can be suggested."""

    household_no: str
    community: str
    helper: str | None


def suggest_helpers(
    db: Database, *, community: str | None = None, is_one_to_one: bool = False
) -> list[Pairing]:
    """Suggest, for each household without a helper, the helper with the fewest households.

    Only helpers of its community are considered, and units only if no person works there.
    Communities with the fewest helpers are served first, so that helpers of several communities go
    where they are needed most. With `is_one_to_one` no helper gets a second household; the
    households that remain get None.
    """
    helpers = list_helpers(db)
    load = {helper.name: helper.households for helper in helpers}
    assigned = list_assigned_helpers(db)
    waiting: dict[str, list[str]] = {}
    for number, name in list_household_communities(db, community).items():
        if number not in assigned:
            waiting.setdefault(name, []).append(number)
    candidates = {name: _list_candidates(helpers, name) for name in waiting}
    pairings = []
    for name in sorted(waiting, key=lambda name: (len(candidates[name]), name)):
        for number in waiting[name]:
            helper = _choose_least_loaded(candidates[name], load, is_one_to_one=is_one_to_one)
            pairings.append(Pairing(number, name, helper))
            if helper is not None:
                load[helper] += 1
    return sorted(pairings, key=lambda pairing: (pairing.community, pairing.household_no))


def _list_candidates(helpers: Sequence[Helper], community: str) -> list[str]:
    """Return the names of the persons who work in a community; without persons, of the units."""
    covering = [helper for helper in helpers if helper.covers(community)]
    persons = [helper.name for helper in covering if helper.helper_type == "person"]
    return persons or [helper.name for helper in covering]


def _choose_least_loaded(
    names: Sequence[str], load: Mapping[str, int], *, is_one_to_one: bool
) -> str | None:
    free = [name for name in names if not (is_one_to_one and load[name])]
    return min(free, key=lambda name: (load[name], name), default=None)


def record_pairings(
    db: Database, pairings: Sequence[Pairing], *, by: str, on: dt.date, is_rehearsal: bool = False
) -> None:
    """Record the suggested assignments; pairings without a helper are skipped."""
    pairs = [(pairing.household_no, pairing.helper) for pairing in pairings if pairing.helper]
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        record_assignments(db, pairs, by=by, on=on)
