"""Seals: checksums of the tables that are no chains, so that a row changed by other means is found.

What was imported never changes and is sealed with its import: the rows are hashed once, and the
hash is in the chained entry `imported`. Every other table without a chain is hashed anew by the
write that changes it. These hashes are together in one table, whose own hash is recorded with the
ends of the chains (see chain.py). So they are proved by what proves the chains.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.store.chain import SEALS, compute_seals_end, find_chains, read_recorded_ends
from relieftool.store.chain_check import LedgerFault

# Sealed with the import that they belong to; each with the query for its rows of an import.
_OF_IMPORTS = {
    "source_tables": "import_id = ?1",
    "source_rows": "table_id IN (SELECT table_id FROM source_tables WHERE import_id = ?1)",
    "borrowed_rows": "table_id IN (SELECT table_id FROM source_tables WHERE import_id = ?1)",
    "corrections": "row_id IN (SELECT row_id FROM source_rows JOIN source_tables USING (table_id)"
    " WHERE import_id = ?1)",
}
_ROWS_AT_ONCE = 500
FOUND_AGAIN = frozenset({"kept_findings", "kept_households", "kept_evaluations"})
_CHANGING = {
    *(sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE),
    *(sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_ALTER_TABLE),
    *(_OF_INDEXES := {sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_DROP_INDEX}),
}


@contextmanager
def watch_changes(db: Database) -> Iterator[set[str]]:
    """Collect the names of the tables that statements of the block may change."""
    changed: set[str] = set()

    def note(action: int, table: str | None, more: str | None, schema: str | None, _by: Any) -> int:
        if action == sqlite3.SQLITE_ALTER_TABLE:  # SQLite names the schema before the table here
            schema, table = table, more
        elif action in _OF_INDEXES:
            table = more
        if action in _CHANGING and schema == "main" and table:
            changed.add(table)
        return sqlite3.SQLITE_OK

    db.conn.set_authorizer(note)
    try:
        yield changed
    except sqlite3.DatabaseError as error:
        # `note` refuses nothing: SQLite says so where Ctrl-C was pressed while it ran. If it asked
        # about a function, the code is that of any error.
        is_refused = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_AUTH
        if is_refused or str(error).startswith("not authorized"):
            raise KeyboardInterrupt from error
        raise
    finally:
        db.conn.set_authorizer(None)


def seal_tables(db: Database, changed: Collection[str], unsealed: Collection[str] = ()) -> None:
    """Hash the changed tables anew; only inside a transaction, before the chains' ends are kept.

    Those of them that are `unsealed` have no seal from then on.
    """
    tables = _list_sealed_tables(db)
    if SEALS not in tables or not changed:
        return
    # rows that go with the row they belong to are not seen by `watch_changes`
    going_along = {table for (table,) in db.execute(_CASCADING, [json.dumps(list(changed))])}
    for table in sorted(going_along | set(changed)):
        if table not in tables or table in unsealed:
            db.execute(f"DELETE FROM {SEALS} WHERE table_name = ?", [table])
        elif table != SEALS:
            db.execute(f"REPLACE INTO {SEALS} VALUES (?, ?)", [table, _hash_table(db, table)])


_CASCADING = """
    WITH RECURSIVE along (name) AS (
        SELECT value FROM json_each(?)
        UNION
        SELECT tables.name FROM along JOIN sqlite_schema AS tables ON tables.type = 'table'
        JOIN pragma_foreign_key_list(tables.name) AS refers
            ON refers."table" = along.name AND refers.on_delete = 'CASCADE'
    )
    SELECT name FROM along
"""


def _list_sealed_tables(db: Database) -> set[str]:
    """Return the tables in the file that are neither chains nor sealed with imports."""
    chained = {"chain_heads", *_OF_IMPORTS, *(chain.table for chain in find_chains(db))}
    found = db.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall()
    return {name for (name,) in found if name not in chained and not name.startswith("sqlite_")}


def _hash_table(db: Database, table: str) -> str:
    """Return the hash of a table: of what made it and its indexes, and of its rows in order."""
    made = (
        "SELECT sql FROM main.sqlite_schema"
        " WHERE tbl_name = ? AND type IN ('table', 'index') ORDER BY name"
    )
    # an index could hide a row that is damaged
    return _hash_rows(db, [(made, [table]), (f'SELECT * FROM main."{table}" NOT INDEXED', [])])


def hash_import(db: Database, import_id: int) -> str:
    """Return the hash of all that is kept of an import's sheets, word for word.

    The hash is salted: what was forgotten cannot be found by hashing what it may have been.
    """
    queries = [("SELECT import_id, salt FROM imports WHERE import_id = ?", [import_id])]
    for table, condition in _OF_IMPORTS.items():
        queries.append((f"SELECT * FROM {table} WHERE {condition} ORDER BY 1", [import_id]))
    return _hash_rows(db, queries)


def _hash_rows(db: Database, queries: Iterable[tuple[str, list[Any]]]) -> str:
    digest = hashlib.sha256()
    factory = db.conn.text_factory
    db.conn.text_factory = bytes  # what is damaged may be no UTF-8
    try:
        for sql, bound in queries:
            digest.update(b"\n")
            cursor = db.conn.execute(sql, bound)
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                digest.update(repr(rows).encode("ascii"))
    finally:
        db.conn.text_factory = factory
    return digest.hexdigest()


def find_seal_faults(db: Database) -> list[LedgerFault]:
    """Return a fault for each table, and for each import, that is not as it was sealed.

    What can be found again may have no seal.
    """
    if not db.table(SEALS).exists():
        return [LedgerFault("seals-changed", SEALS, _SEALS_CHANGED)]
    tables = _list_sealed_tables(db) - {SEALS}
    sealed = dict(db.execute(f"SELECT table_name, sha256 FROM {SEALS}").fetchall())
    faults = [
        LedgerFault("table-changed", table, _TABLE_CHANGED)
        for table in sorted((tables - FOUND_AGAIN) | sealed.keys())
        if table not in tables or sealed.get(table) != _hash_table(db, table)
    ]
    if read_recorded_ends(db).get(SEALS) != compute_seals_end(db):
        faults.append(LedgerFault("seals-changed", SEALS, _SEALS_CHANGED))
    imports = db.execute(_SEALED_IMPORTS).fetchall()
    return faults + [
        LedgerFault("import-changed", f"imports {import_id}", _IMPORT_CHANGED)
        for import_id, sealed_hash in imports
        if hash_import(db, import_id) != sealed_hash
    ]


# If somebody in it was forgotten, the last seal made then counts.
_SEALED_IMPORTS = """
    SELECT import_id, ifnull((
        SELECT forgettings.rows_sha256 FROM forgettings
        WHERE forgettings.import_id = import_events.import_id
        ORDER BY forgetting_id DESC LIMIT 1), rows_sha256)
    FROM import_events WHERE rows_sha256 IS NOT NULL
"""
_TABLE_CHANGED = Message(
    "is not what relief wrote: its rows were changed, removed or added by other means."
    " Go back to the newest copy that verifies."
)
_IMPORT_CHANGED = Message(
    "what is kept of this file is not what was read from it: it was changed by other means."
    " Go back to the newest copy that verifies."
)
_SEALS_CHANGED = Message(
    "the checksums of the tables are not those that were recorded with the last entries."
    " Go back to the newest copy that verifies."
)
