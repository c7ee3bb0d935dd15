"""The digest of each household: a hash of all that the rules read of it.

A household with the same digest has the same findings, whatever was imported or undone meanwhile.
Names, ID numbers and the numbers of rows are left out: no rule reads them.
"""

import hashlib
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

# The community is left out too: it has a number that changes, and its rosters count apart.
_NOT_READ = {
    "households": {"community_id", "head_member_no", "is_provisional"},
    "members": {"place", "name", "id_number", "relation", "is_provisional"},
    "receipts": {"receipt_id", "row_id"},
}
_DIGEST_BYTES = 16


def write_digests(db: Database) -> None:
    """Write the digests of the households in a register that was not built from rows."""
    rows = merge(*(_read_rows(db, table) for table in _NOT_READ), key=itemgetter(0))
    db.execute("DELETE FROM main.household_digests")
    db.conn.executemany(
        "INSERT INTO main.household_digests VALUES (?, ?)",
        (
            (number, compute_digest(list(of_household)))
            for number, of_household in groupby(rows, itemgetter(0))
        ),
    )


def compute_digest(read: list[Any]) -> str:
    """Return the digest of the values that the rules read of a household, in a fixed order."""
    content = repr(read).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def _read_rows(db: Database, table: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table as rules read them, the number first, in a fixed order."""
    columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
    read = [name for name in columns if name not in _NOT_READ[table] | {"household_no"}]
    listed = ", ".join(f'"{name}"' for name in ("household_no", *read))
    # receipts have no number of their own that stays, so they are ordered by all their columns
    order = {"households": "household_no", "members": "household_no, member_no"}.get(table, listed)
    return iter(db.execute(f"SELECT {listed} FROM main.{table} ORDER BY {order}"))
