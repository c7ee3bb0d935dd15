"""A bad day: whatever happens to the file is found and mended, and the figures stay."""

import contextlib
import json
import sqlite3

import pytest

from relieftool.store import database
from relieftool.store.backups import copy_register_to, list_backups
from relieftool.store.head_log import find_head_log
from tests.support.ready_folders import fill_folder
from tests.support.small_street import import_small_street

LISTED = "户编号,社区,姓名,身份证号,与户主关系,家庭月收入\nX-9,西岭,周小明,,户主,100\n"


class Office:
    """A register, what is asked of it, and what goes wrong with its file."""

    def __init__(self, relief, folder):
        self.relief, self.folder, self.file = relief, folder, folder / "relief.db"
        (folder / "更多.csv").write_text(LISTED, "utf-8")

    def figures(self):
        """Return what is owed to how many, and which cases there are."""
        day = ("--as-of", "2024-12-10", "--format", "json")
        gaps, cases = self.relief("gaps", *day), self.relief("cases", *day)
        totals = json.loads(gaps.stdout)["totals"]
        return (
            totals["households"],
            totals["unclaimed_households"],
            sorted(case["case"] for case in json.loads(cases.stdout)["cases"]),
        )

    def refusal(self):
        """Return what the next question is refused with."""
        return self.relief("gaps").stderr

    def restore(self, backup):
        assert self.relief("file", "restore", backup).exit_code == 0

    def change(self, *statements):
        """Let another program write."""
        with contextlib.closing(sqlite3.connect(self.file, isolation_level=None)) as raw:
            for statement in statements:
                raw.execute(statement)


@pytest.fixture
def office(relief, tmp_path):
    return Office(fill_folder(_open_cases, relief), tmp_path)


def _open_cases(relief):
    import_small_street(relief)
    relief("gaps", "--open-cases", "--as-of", "2024-12-10")
    relief("file", "backup", "--to", "stick.db")


def cut_power_in_import(office, monkeypatch):
    """Write pages and journal of an import to the disk, and let the power go before its commit."""
    left = {}

    def stop(db, _changed):
        db.execute("PRAGMA cache_size = 1")  # pages go to the file before the commit
        db.execute("UPDATE source_rows SET cells = cells")
        for path in (office.file, office.file.with_name("relief.db-journal")):
            left[path] = path.read_bytes()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(database, "_commit", stop)
        office.relief("import", "更多.csv")
    for path, content in left.items():
        path.write_bytes(content)
    return left


def test_a_power_cut_in_an_import_leaves_the_figures_as_they_were(office, monkeypatch):
    before = office.figures()

    left = cut_power_in_import(office, monkeypatch)

    assert left
    assert all(left.values())
    assert office.figures() == before


def test_a_flipped_bit_is_found_and_a_backup_mends_it(office):
    before, whole = office.figures(), office.file.read_bytes()
    place = whole.index("赵大山".encode())
    office.file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

    assert "damaged" in office.refusal()
    office.restore("stick.db")

    assert office.figures() == before


def test_a_wrong_restore_is_undone_by_the_backup_it_made(office):
    office.relief("import", "更多.csv")
    before = office.figures()
    office.restore("stick.db")
    assert office.figures() != before

    office.restore(list_backups(office.file)[0].name)

    assert office.figures() == before


def test_a_copy_on_a_stick_while_another_imports_is_whole(office, monkeypatch):
    before = office.figures()
    commit, stick = database._commit, office.folder / "late.db"  # noqa: SLF001

    def copy_then_commit(db, changed):
        if not stick.exists():
            with contextlib.closing(database.open_database(office.file)) as other:
                copy_register_to(other, stick)
        commit(db, changed)

    with monkeypatch.context() as patch:
        patch.setattr(database, "_commit", copy_then_commit)
        office.relief("import", "更多.csv")
    assert office.figures() != before
    assert office.relief("verify", "--db", "late.db").exit_code == 0
    office.restore("late.db")

    assert office.figures() == before


def test_a_ledger_rebuilt_by_somebody_of_the_office_is_found_and_the_backup_has_the_old_one(office):
    before = office.figures()
    log = find_head_log(office.file).read_bytes()
    office.change("DELETE FROM table_seals", "DROP TRIGGER chain_heads_no_delete")
    office.change("DELETE FROM chain_heads")
    find_head_log(office.file).write_bytes(log)

    assert office.relief("verify").exit_code == 3
    assert "damaged, or was changed" in office.refusal()
    office.restore("stick.db")

    assert (office.figures(), office.relief("verify").exit_code) == (before, 0)


def test_who_was_forgotten_stays_so_after_a_restore_and_the_counts_stay(office):
    before = office.figures()
    office.relief("file", "forget", "X-2", "--reason", "保存期限已满")

    office.restore("stick.db")

    assert "孙老太".encode() not in office.file.read_bytes()
    assert office.figures() == before
