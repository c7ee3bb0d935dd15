"""A file of an earlier schema becomes one of today's, in one step or not at all."""

import hashlib
import sqlite3

import pytest

from relieftool.errors import ReliefError
from relieftool.store import database
from relieftool.store.database import find_backup_folder, open_database, open_register, write
from relieftool.store.migrations import Migration, Schema, load_shipped_schema, run_script

NOTES = """
    CREATE TABLE notes (note TEXT NOT NULL) STRICT;
    CREATE TRIGGER notes_no_delete BEFORE DELETE ON notes
    BEGIN
        SELECT RAISE(ABORT, 'notes are never deleted');
    END;
"""
FIRST = load_shipped_schema()
SECOND = FIRST.sql + NOTES
THIRD = f"{SECOND} CREATE INDEX notes_note ON notes (note);"


def step(before, after, change):
    return Migration(Schema(before).stamp, Schema(after).stamp, change)


TO_SECOND = step(FIRST.sql, SECOND, NOTES)
TO_THIRD = step(SECOND, THIRD, lambda db: db.execute("CREATE INDEX notes_note ON notes (note)"))
NEXT = Schema(THIRD, (TO_THIRD, TO_SECOND))


@pytest.fixture
def older(tmp_path):
    """Make a register of today's schema, which is the older one here, with a setting in it."""
    path = tmp_path / "relief.db"
    with open_register(path, create=True) as db, write(db):
        db.execute("INSERT INTO settings VALUES ('secret', 'abc')")
    return path


def content(path):
    with sqlite3.connect(path) as raw:
        tables = raw.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
        stamp = raw.execute("PRAGMA user_version").fetchone()
        return tables, stamp, raw.execute("SELECT * FROM settings").fetchall()


def spaced(tables):
    return [(name, " ".join((sql or "").split())) for _type, name, sql in tables]


def test_an_older_file_has_the_tables_of_a_new_one_and_all_it_held(older, tmp_path):
    new = tmp_path / "new.db"
    open_database(new, create=True, schema=NEXT).close()

    open_database(older, schema=NEXT).close()

    tables, stamp, settings = content(older)
    assert (spaced(tables), stamp) == (spaced(content(new)[0]), (NEXT.stamp,))
    assert settings == [("secret", "abc")]


def test_an_older_file_is_copied_aside_before_it_is_changed(older):
    before = content(older)

    open_database(older, schema=NEXT).close()

    (copy,) = copies(older)
    assert content(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_migrated_file_is_opened_again_as_it_is(older):
    open_database(older, schema=NEXT).close()
    before = digest(older)

    open_database(older, schema=NEXT).close()

    assert digest(older) == before


def test_a_file_of_today_is_not_copied(older):
    open_database(older).close()

    assert copies(older) == []


def copies(path):
    return list(find_backup_folder(path).glob("*-migration.db"))


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fail(db):
    db.execute("DELETE FROM settings")
    raise ValueError("half way")


@pytest.mark.parametrize(
    "change, error",
    [(fail, ValueError), ("DELETE FROM settings;\nDROP TABLE absent;\n", ReliefError)],
    ids=["a function", "statements"],
)
def test_a_migration_that_fails_leaves_the_older_file_as_it_was(older, change, error):
    failing = Schema(THIRD, (TO_SECOND, step(SECOND, THIRD, change)))
    before = digest(older)

    with pytest.raises(error, match=r"half way|no such table: absent"):
        open_database(older, schema=failing)

    assert digest(older) == before
    assert [content(copy) for copy in copies(older)] == [content(older)]


@pytest.mark.parametrize("migrations", [(), (TO_SECOND,), (TO_THIRD,)])
def test_a_file_from_which_no_migrations_lead_here_is_refused_and_not_touched(older, migrations):
    before = digest(older)

    with pytest.raises(ReliefError, match="another development version"):
        open_database(older, schema=Schema(THIRD, migrations))

    assert digest(older) == before
    assert copies(older) == []


def test_every_table_of_the_schema_says_what_it_keeps():
    blocks = [block for block in FIRST.sql.split("\n\n") if "CREATE TABLE" in block]

    assert [block for block in blocks if not block.startswith("-- ")] == []
    assert FIRST.sql.count("CREATE TABLE") == len(blocks)


def rebuild(db):
    """Rebuild the table of imports, to which others refer."""
    db.execute("CREATE TABLE kept AS SELECT * FROM imports")
    (sql,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'imports'").fetchone()
    db.execute("DROP TABLE imports")
    db.execute(sql)
    db.execute("INSERT INTO imports SELECT * FROM kept")
    db.execute("DROP TABLE kept")


def test_a_migration_may_rebuild_a_table_that_others_refer_to(older):
    add_import(older)

    open_database(older, schema=changed_by(rebuild)).close()

    with sqlite3.connect(older) as raw:
        assert raw.execute("SELECT file_name FROM imports").fetchall() == [("名单.xlsx",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_migration_that_loses_what_rows_refer_to_is_undone(older):
    add_import(older)
    before = digest(older)

    with pytest.raises(ReliefError, match="could not be brought up to date"):
        open_database(older, schema=changed_by(lambda db: db.execute("DELETE FROM imports")))

    assert digest(older) == before


def test_a_file_that_somebody_else_migrates_meanwhile_is_migrated_once(older, monkeypatch):
    copy_aside = database._copy_aside  # noqa: SLF001 the moment between

    def migrate_meanwhile(db, aside):
        copy_aside(db, aside)
        monkeypatch.setattr(database, "_copy_aside", copy_aside)
        open_database(older, schema=NEXT).close()

    monkeypatch.setattr(database, "_copy_aside", migrate_meanwhile)

    open_database(older, schema=NEXT).close()

    assert content(older)[1] == (NEXT.stamp,)


def changed_by(change):
    """Return a schema one migration after the shipped one."""
    return Schema(
        SECOND, (step(FIRST.sql, SECOND, lambda db: (change(db), run_script(db, NOTES))),)
    )


def add_import(path):
    """Add an import and an event that refers to it."""
    with sqlite3.connect(path) as raw:
        raw.execute(
            "INSERT INTO imports (file_name, sha256, declared, imported_at) VALUES (?, ?, '{}', ?)",
            ["名单.xlsx", "0" * 64, "2024-12-10T08:00:00+00:00"],
        )
        raw.execute(
            "INSERT INTO source_tables (import_id, sheet, title, first_header_row, last_header_row,"
            " table_kind, columns) VALUES (1, '表', '', 1, 1, 'households', '[]')"
        )
