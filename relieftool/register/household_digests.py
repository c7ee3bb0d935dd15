"""The digest of each household: a hash of all that the rules read of it.

A household with the same digest has the same findings, whatever was imported or undone meanwhile.
Names, ID numbers and the numbers of rows are left out: no rule reads them.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from itertools import chain, groupby
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


def write_digests(
    db: Database,
    schema: str = "main",
    households: Iterable[str] | None = None,
    blank: Collection[str] = (),
) -> None:
    """Write the digests of the register's households in `schema`; only inside `write`.

    `households` are the numbers of those that changed or are gone; None means all households.
    `blank` are columns that are NULL for everybody, and are not read.
    """
    chosen = None if households is None else sorted(set(households))
    if chosen is None:
        db.execute(f"DELETE FROM {schema}.household_digests")
    else:
        gone = ([number] for number in chosen)
        db.conn.executemany(f"DELETE FROM {schema}.household_digests WHERE household_no = ?", gone)
    db.conn.executemany(
        f"INSERT INTO {schema}.household_digests VALUES (?, ?)",
        _compute_digests(db, schema, chosen, blank),
    )


def _compute_digests(
    db: Database, schema: str, households: list[str] | None, blank: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the number and the digest of some households, or of all if `households` is None."""
    rows = merge(
        *(_read_rows(db, schema, table, households, blank) for table in _NOT_READ),
        key=itemgetter(0),
    )
    for number, of_household in groupby(rows, itemgetter(0)):
        content = repr(list(of_household)).encode("utf-8", "surrogatepass")
        yield number, hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def _read_rows(
    db: Database, schema: str, table: str, households: list[str] | None, blank: Collection[str]
) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Yield the rows of a table as rules read them, in a fixed order: number and known values."""
    columns = [row[1] for row in db.execute(f"PRAGMA {schema}.table_info({table})")]
    unread = {"household_no", *_NOT_READ[table], *blank}
    read = [name for name in columns if name not in unread]
    listed = ", ".join(f'"{name}"' for name in ("household_no", *read))
    sql = f"SELECT {listed} FROM {schema}.{table}"
    # receipts have no number of their own that stays, so they are ordered by all their columns
    order = {"households": "household_no", "members": "household_no, member_no"}.get(table, listed)
    selected = (
        [db.execute(f"{sql} ORDER BY {order}")]
        if households is None
        else (
            db.execute(f"{sql} WHERE household_no = ? ORDER BY {order}", [number])
            for number in households
        )
    )
    for number, *values in chain.from_iterable(selected):
        known = zip(read, values, strict=True)
        yield number, [(name, value) for name, value in known if value is not None]
