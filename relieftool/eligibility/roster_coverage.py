"""Finds which complete rosters are in force on a day: they say who does not receive a benefit."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping

from sqlite_utils import Database

from relieftool.pack.models import Pack


def find_roster_coverage(
    db: Database, pack: Pack, as_of: dt.date
) -> dict[str, dict[int | None, str | None]]:
    """Return the last day of the newest complete roster in force, by programme and community."""
    coverage: dict[str, dict[int | None, str | None]] = {}
    for row in db.query("SELECT * FROM rosters WHERE is_complete = 1 ORDER BY covers_until"):
        programme = pack.programmes.get(row["programme"])
        if programme and _is_in_force(row, as_of, programme.roster_valid_days):
            # undated rosters come first, then by day: the newest overwrites the older
            coverage.setdefault(programme.id, {})[row["community_id"]] = row["covers_until"]
    return coverage


def _is_in_force(roster: Mapping[str, str | None], as_of: dt.date, valid_days: int) -> bool:
    """Whether a roster is in force on a day; an undated roster always is.

    A dated roster is in force from its first day until `valid_days` after its last, inclusive.
    """
    begins, ends = roster["covers_from"], roster["covers_until"]
    has_begun = begins is None or begins <= as_of.isoformat()
    oldest = (as_of - dt.timedelta(days=valid_days)).isoformat()
    return has_begun and (ends is None or ends >= oldest)


def describe_coverage(db: Database, pack: Pack, as_of: dt.date) -> dict[int, str]:
    """Return a text for each community that is the same as long as its complete rosters are.

    Communities without any are left out. Rosters for all communities count for each.
    """
    communities = [number for (number,) in db.execute("SELECT community_id FROM communities")]
    described: dict[int, list[object]] = defaultdict(list)
    for programme, days in sorted(find_roster_coverage(db, pack, as_of).items()):
        for number in communities:
            # the number itself is left out, because it changes with the names of the others
            said = [[place is None, days[place]] for place in (None, number) if place in days]
            if said:
                described[number].append([programme, *said])
    return {number: json.dumps(said) for number, said in described.items()}
