"""Who asked to see people's names in full, when and why; chained like the entries of cases."""

import datetime as dt

from sqlite_utils import Database

from relieftool.cases.evidence import escape_surrogates
from relieftool.store.chain import ACCESS_ENTRIES, add_entry
from relieftool.store.database import write


def record_access(
    db: Database, action: str, reason: str, detail: str, *, at: dt.datetime | None = None
) -> None:
    """Keep one look at private facts, at this moment unless another is given."""
    moment = (at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
    content = {
        "at": moment,
        "action": action,
        "reason": escape_surrogates(reason),
        "detail": escape_surrogates(detail),
    }
    with write(db):
        add_entry(db, ACCESS_ENTRIES, content)
