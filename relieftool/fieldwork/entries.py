"""Functions that several kinds of fieldwork share, and the withdrawal of entries from forms.

Visits and needs from a form count only while its import is not undone. Nothing is deleted: an entry
about the import records that its visits and needs no longer count, or count again. The newest such
entry applies.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.store.entries import WITHDRAWALS, WITHDRAWN, record_entry
from relieftool.values.text import fold_name


def list_household_communities(db: Database, community: str | None = None) -> dict[str, str]:
    """Map household numbers to communities, sorted by community and number.

    `community` None means all.
    """
    return dict(db.execute(_COMMUNITIES, {"community": community}).fetchall())


_COMMUNITIES = """
    SELECT households.household_no, communities.name FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE :community IS NULL OR communities.name = :community
    ORDER BY communities.name, households.household_no
"""


def find_shared_names(names: Iterable[str], others: Iterable[str]) -> set[str]:
    """Return the names that are also among the others; spaces, case and width are ignored."""
    known = {fold_name(name) for name in others}
    return {name for name in names if fold_name(name) in known}


# Imports that brought visits or needs: whether these are withdrawn, and whether they should be.
_IMPORTS = f"""
    SELECT import_id, import_id IN ({WITHDRAWN}) AS is_withdrawn, import_id NOT IN (
        SELECT import_id FROM imports WHERE undone_at IS NULL) AS is_gone
    FROM (SELECT import_id FROM visits UNION SELECT import_id FROM needs)
    WHERE import_id IS NOT NULL ORDER BY import_id
"""
_BROUGHT = """
    SELECT (SELECT COUNT(*) FROM visits WHERE import_id = :import_id),
        (SELECT COUNT(*) FROM needs WHERE import_id = :import_id)
"""


@dataclass(frozen=True)
class WithdrawalCounts:
    """The numbers of visits and needs from forms that were withdrawn, and that count again."""

    visits_gone: int = 0
    needs_gone: int = 0
    visits_back: int = 0
    needs_back: int = 0


def record_withdrawals(db: Database, on: dt.date) -> WithdrawalCounts:
    """Withdraw the visits and needs of undone imports, and restore those of redone imports.

    Return the numbers of both. Only inside `write`.
    """
    gone, back = [0, 0], [0, 0]
    for import_id, is_withdrawn, is_gone in db.execute(_IMPORTS).fetchall():
        if is_withdrawn == is_gone:
            continue
        record_entry(db, WITHDRAWALS, import_id=import_id, entered_on=on, is_withdrawn=is_gone)
        brought = db.execute(_BROUGHT, {"import_id": import_id}).fetchone()
        counts = gone if is_gone else back
        counts[:] = [count + more for count, more in zip(counts, brought, strict=True)]
    return WithdrawalCounts(*gone, *back)
