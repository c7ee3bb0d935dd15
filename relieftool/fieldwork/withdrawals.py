"""Visits and needs that came from a form follow its import: taken back with it, and back again.

Nothing is deleted: an entry that names the import says that what it brought no longer counts, or
counts again. The newest entry of an import is the one that counts.
"""

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.store.chain import add_entry
from relieftool.store.chains import WITHDRAWALS

_WITHDRAWN = """
    SELECT import_id FROM withdrawals WHERE is_withdrawn = 1 AND withdrawal_id IN
        (SELECT MAX(withdrawal_id) FROM withdrawals GROUP BY import_id)
"""
IS_COUNTED = f"(import_id IS NULL OR import_id NOT IN ({_WITHDRAWN}))"
# Imports that brought visits or needs, whether those are withdrawn, and whether they should be.
_IMPORTS = f"""
    SELECT import_id, import_id IN ({_WITHDRAWN}) AS is_withdrawn, import_id NOT IN (
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
        row = {
            "import_id": import_id,
            "entered_on": on.isoformat(),
            "is_withdrawn": is_gone,
        }
        add_entry(db, WITHDRAWALS, row)
        brought = db.execute(_BROUGHT, {"import_id": import_id}).fetchone()
        told = gone if is_gone else back
        told[:] = [one + more for one, more in zip(told, brought, strict=True)]
    return WithdrawalCounts(*gone, *back)
