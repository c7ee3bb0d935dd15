import datetime as dt
import shutil
from types import SimpleNamespace

import pytest

from relieftool.store import doctor
from relieftool.store.backups import make_backup
from relieftool.store.database import find_backup_folder, open_register
from relieftool.store.doctor import examine_place
from tests.support.registers import empty_register


@pytest.fixture
def path(tmp_path):
    return empty_register(tmp_path / "relief.db")


@pytest.fixture
def backed_up(path):
    with open_register(path) as db:
        make_backup(db, "hand")
    return path


def checks(path, **when):
    return [ailment.check for ailment in examine_place(path, **when)]


def test_a_fresh_register_with_a_backup_is_well(backed_up):
    assert checks(backed_up) == []


def test_a_register_without_a_backup_is_told(path):
    assert checks(path) == ["backup"]


@pytest.mark.parametrize("days, found", [(7, []), (8, ["backup"])])
def test_a_backup_older_than_a_week_is_told(backed_up, days, found):
    now = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)

    assert checks(backed_up, now=now) == found


@pytest.mark.parametrize("name", ["relief.db", "relief.db-journal", "relief.db.damaged-7"])
def test_files_that_others_can_read_are_closed_to_them(backed_up, name):
    file = backed_up.with_name(name)
    file.touch()
    file.chmod(0o644)

    first, second = examine_place(backed_up), checks(backed_up)

    assert [(ailment.check, ailment.is_mended) for ailment in first] == [("rights", True)]
    assert file.stat().st_mode & 0o077 == 0
    assert second == []


def test_backups_that_others_can_read_are_closed_to_them(backed_up):
    folder = find_backup_folder(backed_up)
    copies = [folder, *folder.iterdir()]
    for copy in copies:
        copy.chmod(0o755)

    found = checks(backed_up)

    assert found == ["rights", "rights", "rights"]
    assert [copy.stat().st_mode & 0o077 for copy in copies] == [0, 0, 0]


@pytest.mark.parametrize("folder", ["OneDrive - 街道办", "百度网盘", "WPS云盘", "Dropbox"])
def test_a_folder_that_is_copied_elsewhere_is_told(backed_up, folder):
    moved = backed_up.parent / folder
    moved.mkdir()
    shutil.move(find_backup_folder(backed_up), moved / "relief.db.backups")
    shutil.move(backed_up, moved / "relief.db")

    assert checks(moved / "relief.db") == ["place"]


def test_a_network_drive_is_told(backed_up, monkeypatch):
    monkeypatch.setattr(doctor, "_find_file_system", lambda _folder: "cifs")

    assert checks(backed_up) == ["place"]


@pytest.mark.parametrize("share, found", [(3, []), (2.9, ["room"])])
def test_too_little_room_for_a_backup_is_told(backed_up, monkeypatch, share, found):
    free = int(backed_up.stat().st_size * share)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))

    assert checks(backed_up) == found
