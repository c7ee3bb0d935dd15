"""Which counts of a month were handed in, so that the next table begins with them.

What is written down later of a month that was handed in does not change its table: it is a
correction (补登) in the next one.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.store.entries import MONTH_TABLES, record_entry


@dataclass(frozen=True)
class HandedIn:
    """The table of a month as handed in: the counts after it, by what is counted and community.

    `last_event` is the number of the last event that was known then; 0 if there was none.
    """

    counts: Mapping[tuple[str, str], int]
    last_event: int


def find_handed_in(db: Database, day: dt.date) -> HandedIn | None:
    """Return the newest table that was handed in for the month of a day; None if there is none."""
    found = db.execute(_NEWEST, [f"{day:%Y-%m}"]).fetchone()
    if found is None:
        return None
    counts = {(counted, community): count for counted, community, count in json.loads(found[0])}
    return HandedIn(counts, found[1])


def record_month_table(
    db: Database, until: dt.date, counts: Mapping[tuple[str, str], int], at: dt.datetime
) -> None:
    """Keep the counts after a month as those handed in; only inside `write`."""
    (last,) = db.execute("SELECT ifnull(max(event_id), 0) FROM life_events").fetchone()
    listed = [[*key, count] for key, count in sorted(counts.items())]
    record_entry(
        *(db, MONTH_TABLES),
        counted_until=until.isoformat(),
        counts=json.dumps(listed, ensure_ascii=False),
        last_event=last,
        written_at=at.isoformat(timespec="seconds"),
    )


_NEWEST = """
    SELECT counts, last_event FROM month_tables
    WHERE substr(counted_until, 1, 7) = ? ORDER BY table_id DESC LIMIT 1
"""
