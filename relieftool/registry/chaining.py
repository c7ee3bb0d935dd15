"""The tables of migration 13; like every published migration, never edited."""

from sqlite_utils import Database

from relieftool.registry.chain import REGISTER_CHAINS
from relieftool.registry.heads import chain_rows

_GUARD = """
    CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END;
"""
_HEADS = """
    CREATE TABLE chain_heads (
        head_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        event TEXT NOT NULL CHECK (event IN ('chained', 'written')),
        heads TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER chain_heads_no_delete BEFORE DELETE ON chain_heads
    BEGIN SELECT RAISE(ABORT, 'chain_heads are never deleted'); END;
    CREATE TRIGGER chain_heads_in_order BEFORE INSERT ON chain_heads
    WHEN new.head_id IS NOT (SELECT ifnull(max(head_id), 0) + 1 FROM chain_heads)
    BEGIN SELECT RAISE(ABORT, 'chain_heads are only added at the end'); END;
    CREATE TABLE evidence_places (sha256 TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT;
"""


def chain_register(db: Database) -> None:
    """Make the tables of the ends and of places, and chain those of the register."""
    db.executescript(_HEADS + _GUARD.format(table="chain_heads"))
    for chain in REGISTER_CHAINS:
        db.executescript(f"""
            ALTER TABLE {chain.table} ADD COLUMN previous_hash TEXT;
            ALTER TABLE {chain.table} ADD COLUMN hash TEXT;
            DROP TRIGGER {chain.table}_no_update;
        """)
    chain_rows(db, REGISTER_CHAINS)
    for chain in REGISTER_CHAINS:
        db.executescript(_GUARD.format(table=chain.table))
