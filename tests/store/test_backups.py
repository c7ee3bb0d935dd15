import datetime as dt
import sqlite3
import stat
from contextlib import closing

import pytest

from relieftool.errors import ReliefError
from relieftool.store import backups
from relieftool.store.backups import (
    choose_kept,
    copy_register_to,
    list_backups,
    make_backup,
    make_backup_if_due,
    replace_damaged,
    restore_backup,
)
from relieftool.store.database import find_backup_folder, open_register, write
from relieftool.store.settings import read_setting, write_setting
from tests.support import registers

NEWEST = dt.datetime(2024, 12, 31, 12, tzinfo=dt.UTC)


@pytest.fixture
def register(tmp_path):
    with open_register(tmp_path / "relief.db", create=True) as db:
        say(db, "before")
        yield db


def say(db, text):
    with write(db):
        write_setting(db, "said", text)


def said(path):
    with closing(sqlite3.connect(path)) as copy:
        return copy.execute("SELECT value FROM settings WHERE key = 'said'").fetchone()[0]


def test_a_backup_holds_what_the_register_holds_and_only_its_owner_may_read_it(register, tmp_path):
    made = make_backup(register, "hand")

    assert said(made.path) == "before"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert list_backups(tmp_path / "relief.db") == [made]
    assert {path.name for path in made.path.parent.iterdir()} == {made.name, "heads"}


def test_a_backup_is_made_while_another_process_reads_and_a_write_is_not_waited_for(register):
    path = backups.find_register(register)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM settings").fetchall()

        made = make_backup(register, "hand")

    assert said(made.path) == "before"


def test_a_copy_that_lacks_a_row_is_refused_and_leaves_no_file(register, tmp_path, monkeypatch):
    def copy_badly(db, target):
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            db.conn.backup(copy)
            copy.execute("DELETE FROM settings WHERE key = 'said'")

    monkeypatch.setattr(backups, "_copy", copy_badly)

    with pytest.raises(ReliefError, match="the copy is not the same"):
        copy_register_to(register, tmp_path / "copy.db")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["relief.db", "relief.db-journal", "relief.db.heads"]


def test_a_backup_that_cannot_be_written_says_where(register, tmp_path):
    find_backup_folder(tmp_path / "relief.db").write_text("a file in the way")

    with pytest.raises(ReliefError, match="no backup could be made"):
        make_backup(register, "hand")


def test_a_change_is_backed_up_at_most_once_an_hour(tmp_path, monkeypatch):
    register = registers.register(tmp_path, registers.table("household_no name", ["1", "甲一"]))

    first = make_backup_if_due(register, "import")
    second = make_backup_if_due(register, "undo")
    monkeypatch.setattr(backups, "_LEAST_APART", dt.timedelta(0))
    third = make_backup_if_due(register, "undo")

    assert first is not None
    assert second is None
    assert third is not None
    assert third.occasion == "undo"


def test_a_backup_of_a_day_to_come_keeps_no_other_from_being_made_and_is_not_thinned_out(tmp_path):
    register = registers.register(tmp_path, registers.table("household_no name", ["1", "甲一"]))
    ahead = make_backup(register, "hand").path
    ahead = ahead.rename(ahead.with_name("2999-01-01T000000-hand.db"))

    due = make_backup_if_due(register, "import")

    assert due is not None
    assert [made.path for made in list_backups(backups.find_register(register))] == [
        ahead,
        due.path,
    ]


def test_a_backup_made_by_another_version_changes_nothing(register):
    made = make_backup(register, "hand").path
    with closing(sqlite3.connect(made)) as copy:
        copy.execute("PRAGMA user_version = 7")

    with pytest.raises(ReliefError, match="another version of relief made it"):
        restore_backup(register, made)
    assert [each.path for each in list_backups(backups.find_register(register))] == [made]


def test_a_backup_whose_rows_belong_to_nothing_is_told_in_words(register):
    made = make_backup(register, "hand").path
    with closing(sqlite3.connect(made, isolation_level=None)) as copy:
        copy.execute("INSERT INTO replacements VALUES (1, 2)")

    with pytest.raises(ReliefError, match="rows of it belong to rows that are not there"):
        restore_backup(register, made)


def test_a_register_without_an_import_is_not_backed_up(register):
    assert make_backup_if_due(register, "import") is None
    assert list_backups(backups.find_register(register)) == []


def test_going_back_to_a_backup_can_be_undone(register):
    made = make_backup(register, "hand")
    say(register, "after")

    undo = restore_backup(register, made.path)
    restored = read_setting(register, "said")
    restore_backup(register, undo.path)

    assert restored == "before"
    assert read_setting(register, "said") == "after"


def test_a_damaged_backup_changes_nothing(register):
    made = make_backup(register, "hand")
    say(register, "after")
    content = made.path.read_bytes()
    made.path.write_bytes(content[: len(content) // 2])

    with pytest.raises(ReliefError, match="this backup cannot be used"):
        restore_backup(register, made.path)
    assert read_setting(register, "said") == "after"


def test_a_database_of_another_program_is_no_backup(register, tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE a (b)")

    with pytest.raises(ReliefError, match="was not made by relief"):
        restore_backup(register, tmp_path / "other.db")


def test_a_register_that_cannot_be_opened_is_moved_aside_and_replaced(register, tmp_path):
    path = tmp_path / "relief.db"
    made = make_backup(register, "hand")
    register.close()
    path.write_bytes(b"no database")

    aside = replace_damaged(path, made.path)

    assert aside.read_bytes() == b"no database"
    assert said(path) == "before"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "apart, count, kept",
    [
        (dt.timedelta(hours=1), 24, 13),  # the newest day's thirteen and the day before's newest
        (dt.timedelta(days=1), 400, 12 + 8 + 6),
        (dt.timedelta(days=7), 100, 10 + 7),
        (dt.timedelta(days=31), 40, 12),
    ],
)
def test_old_backups_are_thinned_to_days_weeks_and_months(apart, count, kept):
    moments = [NEWEST - number * apart for number in range(count)]

    chosen = choose_kept(moments)

    assert chosen == sorted(chosen, reverse=True)
    assert chosen[0] == NEWEST
    assert abs(len(chosen) - kept) <= 3
    assert set(chosen) <= set(moments)


def test_what_was_thinned_once_is_not_thinned_more_the_same_day():
    moments = [NEWEST - dt.timedelta(days=number) for number in range(400)]

    once = choose_kept(moments)

    assert choose_kept(once) == once


def test_the_backup_gone_back_to_is_not_thinned_out_before_it_is_read(register, tmp_path):
    made = make_backup(register, "hand").path
    folder, newest = find_backup_folder(tmp_path / "relief.db"), dt.datetime.now(dt.UTC)
    for days in range(1, 40):
        moment = (newest - dt.timedelta(days=days)).strftime("%Y-%m-%dT%H%M%S")
        (folder / f"{moment}-hand.db").write_bytes(made.read_bytes())
    oldest = list_backups(tmp_path / "relief.db")[-1]

    restore_backup(register, oldest.path)

    assert read_setting(register, "said") == "before"
    assert oldest.path.exists()


def test_a_link_laid_in_the_way_of_a_restore_is_not_followed(register, tmp_path):
    backup = make_backup(register, "hand").path
    path, elsewhere = backups.find_register(register), tmp_path / "elsewhere"
    register.close()
    path.write_bytes(b"damaged")
    path.with_name(".relief.db.part").symlink_to(elsewhere)

    replace_damaged(path, backup)

    assert (path.is_symlink(), elsewhere.exists(), said(path)) == (False, False, "before")
