"""Who did what is in the log once, with the household's count, the file's hash and a reason."""

import hashlib
import json

import pytest

from relieftool.store import access_log
from relieftool.store.access_log import list_accesses
from relieftool.store.chain import find_writer
from relieftool.store.database import open_register
from tests.support.own_files import ZHAO
from tests.support.ready_folders import fill_folder
from tests.support.small_street import import_small_street


@pytest.fixture
def street(relief):
    return fill_folder(_open_cases, relief)


def _open_cases(relief):
    import_small_street(relief)
    relief("gaps", "--open-cases", "--as-of", "2024-12-10")


def logged(tmp_path):
    """Return what was logged after the import that the street begins with."""
    with open_register(tmp_path / "relief.db") as db:
        imported, *others = list_accesses(db)
    assert (imported.action, imported.households, imported.detail) == ("import", 2, "1")
    return others


@pytest.mark.parametrize(
    "line, action, households",
    [
        (("gaps", "--reveal", "--reason", "入户核查", "--out", "g.xlsx"), "gaps", 2),
        (("show", "X-1", "--reveal", "--reason", "入户核查"), "show", 1),
        (("form", "X-1", "--out", "f.xlsx"), "form", 1),
        (("refer", "C2024-0001", "--by", "王五", "--out", "r.xlsx"), "refer", 1),
        (("letter", "C2024-0001", "--out", "l.docx"), "letter", 1),
        (("show", ZHAO), "search-by-id", 1),
        (("undo", "--last"), "undo", None),
        (("file", "backup"), "backup", None),
    ],
)
def test_what_was_seen_or_taken_is_in_the_log_with_who_and_where(
    street, tmp_path, line, action, households
):
    done = street(*line)

    (entry,) = logged(tmp_path)
    files = [tmp_path / word for word in line if word.endswith((".xlsx", ".docx"))]
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    assert done.exit_code in (0, 3), done.stderr
    assert (entry.action, entry.households) == (action, households)
    assert (entry.user, entry.machine) == tuple(find_writer().values())
    assert ([entry.file_sha256] if entry.file_sha256 else []) == hashes


def test_a_file_that_cannot_be_written_is_not_logged_as_handed_over(street, tmp_path):
    (tmp_path / "there.xlsx").mkdir()

    done = street("gaps", "--reveal", "--reason", "入户核查", "--out", "there.xlsx")

    assert (done.exit_code, logged(tmp_path)) == (1, [])


def test_what_cannot_be_logged_is_not_shown(street, monkeypatch):
    def fail(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(access_log, "record_entry", fail)

    done = street("show", "X-1", "--reveal", "--reason", "入户核查")

    assert (done.exit_code, "赵大山" in done.stdout) == (1, False)


@pytest.mark.parametrize("reason", ["", "  ", "123456", "aaaa", "abab", "核查", "....", "1a2b3c"])
def test_what_says_nothing_is_no_reason(street, tmp_path, reason):
    done = street("gaps", "--reveal", "--reason", reason)

    assert (done.exit_code, logged(tmp_path)) == (2, [])


def test_the_log_names_staff_by_the_name_they_gave(street):
    street("file", "staff", "--add", "王五", "--me")
    street("file", "staff", "--add", "赵六")
    street("form", "X-1", "--out", "f.xlsx")

    entries = json.loads(street("file", "log", "--by", "王五", "--format", "json").stdout)
    staff = json.loads(street("file", "staff", "--format", "json").stdout)["staff"]

    assert [entry["action"] for entry in entries["accesses"]] == ["form"]
    assert [member["name"] for member in staff] == ["王五", "赵六"]
    assert street("file", "staff", "--remove", "孙七").exit_code == 1


def test_every_write_says_whose_process_it_was(street, tmp_path):
    street("file", "staff", "--add", "王五")

    with open_register(tmp_path / "relief.db") as db:
        written = db.execute("SELECT DISTINCT user, machine FROM chain_heads").fetchall()
    assert written == [tuple(find_writer().values())]
