"""Who is counted on a day: the households and people of the register, and who its lists pay."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.store.former_numbers import find_current_number

HOUSEHOLDS, MEMBERS = "households", "members"  # counted beside the programmes
CountedKey = tuple[str, str, str | None]  # what is counted, the household, and the member or None


class CountedUnit(NamedTuple):
    """One who is counted: their community, name, amount, and the row that says so."""

    community: str
    name: str | None
    fen: int | None = None
    row_id: int | None = None


@dataclass
class CountedOnDay:
    """Who is counted on a day, and what the newest lists say of who is not.

    `stopped` has the rows that state the end of a benefit. `lists` has the last day of the newest
    list of each programme and community, and whether it is complete.
    """

    counted: dict[CountedKey, CountedUnit] = field(default_factory=dict)
    stopped: dict[CountedKey, int] = field(default_factory=dict)
    lists: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)


@dataclass
class CurrentNumbers:
    """Finds the number of today for one of an earlier day."""

    db: Database
    _known: dict[str, str] = field(default_factory=dict)

    def find(self, number: str) -> str:
        """Return the number that a household or member has now."""
        if number not in self._known:
            self._known[number] = find_current_number(self.db, number)
        return self._known[number]


def add_people(db: Database, snapshot: CountedOnDay) -> None:
    """Add the households and members of the register that is shown."""
    now = CurrentNumbers(db)
    for household, member, community, name in db.execute(_PEOPLE):
        home = now.find(household)
        if member is None:
            snapshot.counted[HOUSEHOLDS, home, None] = CountedUnit(community, name)
        else:
            snapshot.counted[MEMBERS, home, now.find(member)] = CountedUnit(community, name)


def add_payments(
    db: Database, pack: Pack, snapshot: CountedOnDay, day: dt.date, known: Collection[str] = ()
) -> None:
    """Add what the newest lists of a day pay to the households that are not `known`."""
    now, said = CurrentNumbers(db), {"day": day.isoformat()}
    for programme, community, until, is_complete in db.execute(_LISTS, said):
        snapshot.lists[programme, community] = (until, bool(is_complete))
    for programme, household, member, says, fen, row_id, until, community, name in db.execute(
        _RECEIPTS, said
    ):
        home = now.find(household)
        if home in known or until != snapshot.lists.get((programme, community), ("",))[0]:
            continue  # a newer list counts
        is_of_home = programme in pack.programmes and pack.programmes[programme].unit == "household"
        key = (programme, home, None if is_of_home else now.find(member or ""))
        if says == "no":
            snapshot.stopped.setdefault(key, row_id)
        elif key not in snapshot.counted or fen:
            snapshot.counted[key] = CountedUnit(community, name, fen, row_id)


_PEOPLE = """
    SELECT households.household_no, NULL, communities.name, head.name
    FROM households JOIN communities USING (community_id)
    LEFT JOIN members AS head ON head.member_no = head_member_no
    UNION ALL SELECT members.household_no, members.member_no, communities.name, members.name
    FROM members JOIN households USING (household_no) JOIN communities USING (community_id)
"""
# The newest list of each programme for each community; one of all communities counts for each. Of
# several that end on one day, one that is complete makes them so together.
_LISTS = """
    SELECT programme, name, until, max(is_complete) FROM (
        SELECT programme, communities.name, is_complete, ifnull(covers_until, '') AS until,
            max(ifnull(covers_until, '')) OVER (PARTITION BY programme, communities.name) AS newest
        FROM rosters JOIN communities
        ON rosters.community_id IS NULL OR rosters.community_id = communities.community_id
        WHERE ifnull(covers_from, '') <= :day)
    WHERE until = newest GROUP BY 1, 2
"""
_RECEIPTS = """
    SELECT programme, receipts.household_no, receipts.member_no, says, amount_fen, row_id,
        ifnull(covers_until, ''), communities.name, ifnull(own.name, head.name)
    FROM receipts JOIN households USING (household_no) JOIN communities USING (community_id)
    LEFT JOIN members AS own ON own.member_no = receipts.member_no
    LEFT JOIN members AS head ON head.member_no = head_member_no
    WHERE origin = 'roster' AND says IN ('yes', 'no') AND ifnull(covers_from, '') <= :day
    ORDER BY says DESC, receipt_id
"""
