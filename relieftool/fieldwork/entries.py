"""What the rules of several kinds of fieldwork ask: the community of a household, whose names.

Visits and needs that came from a form follow its import: taken back with it, and back again.

Nothing is deleted: an entry that names the import says that what it brought no longer counts, or
counts again. The newest entry of an import is the one that counts.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.store.entries import WITHDRAWALS, WITHDRAWN, record_entry
from relieftool.values.text import fold_name


def find_household_community(db: Database, household_no: str) -> str:
    """Name the community of a household of the register."""
    (row,) = db.query(_COMMUNITY, [household_no])
    return str(row["name"])


_COMMUNITY = """
    SELECT communities.name FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE households.household_no = ?
"""


def find_shared_names(names: Iterable[str], others: Iterable[str]) -> set[str]:
    """Return the names that stand on both sides, however they are spaced."""
    known = {fold_name(name) for name in others}
    return {name for name in names if fold_name(name) in known}


# Imports that brought visits or needs, whether those are withdrawn, and whether they should be.
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
    """How many visits and needs of forms were withdrawn, and how many count again."""

    visits_gone: int = 0
    needs_gone: int = 0
    visits_back: int = 0
    needs_back: int = 0


def record_withdrawals(db: Database, on: dt.date) -> WithdrawalCounts:
    """Withdraw what came from forms whose import no longer counts; let others count again.

    Only inside a transaction that writes.
    """
    gone, back = [0, 0], [0, 0]
    for import_id, is_withdrawn, is_gone in db.execute(_IMPORTS).fetchall():
        if is_withdrawn == is_gone:
            continue
        record_entry(db, WITHDRAWALS, import_id=import_id, entered_on=on, is_withdrawn=is_gone)
        brought = db.execute(_BROUGHT, {"import_id": import_id}).fetchone()
        told = gone if is_gone else back
        told[:] = [one + more for one, more in zip(told, brought, strict=True)]
    return WithdrawalCounts(*gone, *back)
