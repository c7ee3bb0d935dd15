"""Creates and drops the tables of the register, which have a column for each fact of the pack.

The digest of a household is a hash of all that the rules read of it. A household with the same
digest has the same findings, whatever was imported or undone meanwhile.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack

_TABLES = (
    *("household_digests", "fact_states", "became", "receipts", "rosters", "members", "households"),
    *("communities", "built_from", "loose_keys", "household_ids"),
)
# A household's number as far as numbers of several lists can be compared by it: without the
# community in front, and without the zeros that a sheet drops from figures.
PLAIN_NUMBER = "ltrim(substr(household_no, 1 + instr(household_no, '-')), '0')"

# What no rule reads. The community has a number that changes, and its rosters count apart.
_NOT_READ = {
    "households": {"community_id", "head_member_no", "is_provisional"},
    "members": {"place", "name", "id_number", "relation", "is_provisional", "may_be_gone"},
    "receipts": {"receipt_id", "row_id"},
    "fact_states": {"row_ids"},
}
_DIGEST_BYTES = 16


def create_tables(db: Database, pack: Pack, schema: str) -> None:
    """Create the register's tables empty, with a column for each fact; drop the old ones first.

    Tables in the schema `temp` hide the tables of the file for this connection.
    """
    drop_tables(db, schema)
    facts = {
        owner: "".join(f", {_column(fact)}" for fact in pack.facts.values() if fact.owner == owner)
        for owner in ("household", "member")
    }
    source = " REFERENCES source_rows" if schema == "main" else ""
    for statement in _SCHEMA.format(**facts, schema=schema, source=source).split(";\n"):
        if statement.strip():
            db.execute(statement)


@contextmanager
def open_throwaway_register(pack: Pack) -> Iterator[Database]:
    """Open an empty register in memory, without source rows; it is gone when closed."""
    register = Database(memory=True)
    try:
        register.execute("PRAGMA temp_store = memory")
        create_tables(register, pack, "main")
        yield register
    finally:
        register.close()


def create_indices(db: Database, schema: str) -> None:
    """Create the indices; called after the tables are filled, because that is faster."""
    for name, place in _INDICES.items():
        db.execute(f"CREATE INDEX {schema}.{name} ON {place}")


def drop_tables(db: Database, schema: str) -> None:
    """Drop the register's tables; the source rows stay."""
    for table in _TABLES:
        db.execute(f"DROP TABLE IF EXISTS {schema}.{table}")


def write_digests(db: Database) -> None:
    """Write the digests of the households in a register that was not built from rows."""
    rows = merge(*(_list_digested_rows(db, table) for table in _NOT_READ), key=itemgetter(0))
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


def _list_digested_rows(db: Database, table: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table as rules read them, the number first, in a fixed order."""
    columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
    read = [name for name in columns if name not in _NOT_READ[table] | {"household_no"}]
    listed = ", ".join(f'"{name}"' for name in ("household_no", *read))
    # receipts have no number of their own that stays, so they are ordered by all their columns
    order = {"households": "household_no", "members": "household_no, member_no"}.get(table, listed)
    return iter(db.execute(f"SELECT {listed} FROM main.{table} ORDER BY {order}"))


def _column(fact: Fact) -> str:
    """Return the column definition of a fact; yes and no are 1 and 0."""
    check = f' CHECK ("{fact.id}" IN (0, 1))' if fact.type == "yes_no" else ""
    return f'"{fact.id}" {fact.kind.column}{check}'


_SCHEMA = """
CREATE TABLE {schema}.communities (
    community_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE {schema}.households (
    household_no TEXT PRIMARY KEY, community_id INTEGER NOT NULL REFERENCES communities,
    head_member_no TEXT REFERENCES members DEFERRABLE INITIALLY DEFERRED,
    is_provisional INTEGER NOT NULL CHECK (is_provisional IN (0, 1)),
    listed_members INTEGER NOT NULL, dated_on TEXT{household}
) STRICT;
-- Needed from the start: writing a member looks for households that wait for it as their head.
CREATE INDEX {schema}.households_head ON households (head_member_no);
CREATE TABLE {schema}.members (
    member_no TEXT PRIMARY KEY, household_no TEXT NOT NULL REFERENCES households,
    place INTEGER NOT NULL, name TEXT, id_number TEXT, relation TEXT,
    is_provisional INTEGER NOT NULL CHECK (is_provisional IN (0, 1)),
    -- NULL: somebody is said to have died or moved away, or is in another household too, and nobody
    -- has decided it yet. Who is missing from a newer list may be gone as well.
    belongs INTEGER DEFAULT 1 CHECK (belongs = 1),
    may_be_gone INTEGER NOT NULL DEFAULT 0 CHECK (may_be_gone IN (0, 1)){member}
) STRICT;
CREATE TABLE {schema}.receipts (
    receipt_id INTEGER PRIMARY KEY, household_no TEXT NOT NULL REFERENCES households,
    member_no TEXT REFERENCES members, programme TEXT NOT NULL,
    says TEXT NOT NULL CHECK (says IN ('yes', 'no', 'maybe')),
    origin TEXT NOT NULL CHECK (origin IN ('roster', 'sheet')),
    amount_fen INTEGER, amount_period TEXT, covers_from TEXT, covers_until TEXT,
    -- it is paid in the name of somebody who died or moved away, or may have
    payee_is_gone INTEGER NOT NULL DEFAULT 0 CHECK (payee_is_gone IN (0, 1)),
    row_id INTEGER NOT NULL{source},
    -- a roster's row surely means this person, and leaves open whether they are paid
    is_open INTEGER NOT NULL DEFAULT 0 CHECK (is_open IN (0, 1))
) STRICT;
CREATE TABLE {schema}.rosters (
    roster_id INTEGER PRIMARY KEY, programme TEXT NOT NULL,
    community_id INTEGER REFERENCES communities, covers_from TEXT, covers_until TEXT,
    is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1))
) STRICT;
CREATE TABLE {schema}.became (
    row_id INTEGER NOT NULL{source},
    -- no reference to members: without an index, SQLite would read all rows for each member deleted
    household_no TEXT NOT NULL REFERENCES households, member_no TEXT
) STRICT;
-- Why a fact that cells state is unknown: they cannot be read, they differ, or they have a class
-- of amounts only. A fact without a row here is known, or no cell states it.
CREATE TABLE {schema}.fact_states (
    household_no TEXT NOT NULL REFERENCES households,
    member_no TEXT,  -- NULL for a fact of the household; no reference, as in `became`
    fact TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('unusable', 'disputed', 'range')),
    low INTEGER, high INTEGER,  -- of a range, as facts are stored; NULL: no end
    row_ids TEXT NOT NULL  -- JSON: the source rows that state it
) STRICT;
CREATE TABLE {schema}.household_digests (
    household_no TEXT PRIMARY KEY, digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- The tables that the register was built from, as `changed_rows` needs them again, and whether a
-- roster counts as complete.
CREATE TABLE {schema}.built_from (
    table_id INTEGER PRIMARY KEY, stated_communities TEXT NOT NULL, two_is_no TEXT NOT NULL,
    is_complete INTEGER CHECK (is_complete IN (0, 1))
) STRICT;
-- The identities that each household has: its own, and those of households that became one with it.
CREATE TABLE {schema}.household_ids (
    household_id INTEGER PRIMARY KEY, household_no TEXT NOT NULL
) STRICT;
-- What rows say of people and households that cannot be looked up in the register's own tables.
CREATE TABLE {schema}.loose_keys (key TEXT NOT NULL, row_id INTEGER NOT NULL) STRICT
"""

_INDICES = {
    "members_household": "members (household_no)",
    "members_id_number": "members (id_number)",
    "members_name": "members (name)",
    "households_plain_number": f"households ({PLAIN_NUMBER})",
    "households_provisional": "households (is_provisional) WHERE is_provisional = 1",
    "household_ids_household": "household_ids (household_no)",
    "loose_keys_key": "loose_keys (key)",
    "receipts_household": "receipts (household_no)",
    "receipts_member": "receipts (member_no)",
    "became_row": "became (row_id)",
    "became_household": "became (household_no)",
    "fact_states_household": "fact_states (household_no)",
}
