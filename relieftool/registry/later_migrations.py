"""Later changes of the schema, after those of `migrations`; published ones are never edited.

Append only.
"""

from sqlite_utils import Database

from relieftool.registry.liveness import settle
from relieftool.registry.marks import person_marks
from relieftool.registry.migrations import migration

__all__ = ["migration"]


@migration()
def m012_given_places(db: Database) -> None:
    """Keep which place in a household each person was given, by keyed marks; as they stand now.

    `given_at` is the newest import there was when the place was given, with a minus where that is
    being forgotten.
    """
    db.executescript("""
        CREATE TABLE given_places (
            household_no TEXT NOT NULL,
            place INTEGER NOT NULL CHECK (place > 0),
            id_mark TEXT,
            name_mark TEXT,
            given_at INTEGER NOT NULL,
            PRIMARY KEY (household_no, place)
        ) STRICT, WITHOUT ROWID;
    """)
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'members'").fetchone():
        return
    (secret,) = db.execute("SELECT value FROM settings WHERE key = 'secret'").fetchone()
    (newest,) = db.execute("SELECT ifnull(max(import_id), 0) FROM imports").fetchone()
    people = db.execute("SELECT household_no, place, id_number, name FROM members").fetchall()
    db.conn.executemany(
        "INSERT INTO given_places VALUES (?, ?, ?, ?, ?)",
        [
            (number, place, *person_marks(secret, id_number, name), newest)
            for number, place, id_number, name in people
        ],
    )


@migration()
def m012_replaced_in_turn(db: Database) -> None:
    """Let what was replaced by something that was itself replaced stay replaced."""
    settle(db)


@migration()
def m012_said_mappings(db: Database) -> None:
    """Keep with which import each word on columns was said; of those remembered nobody knows."""
    db.executescript("""
        CREATE TABLE said_mappings (
            said_id INTEGER PRIMARY KEY,
            import_id INTEGER REFERENCES imports,
            fingerprint TEXT NOT NULL,
            header TEXT NOT NULL,
            target TEXT NOT NULL
        ) STRICT;
        INSERT INTO said_mappings (fingerprint, header, target)
            SELECT fingerprint, header, target FROM column_mappings ORDER BY fingerprint, header;
    """)
