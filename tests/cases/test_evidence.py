"""Files of evidence are held against their hashes, and the ledger names nobody by their names."""

import hashlib
import json

import pytest

from relieftool.cases.case_list import open_cases
from relieftool.cases.department_decisions import StatedDecision, record_case_decisions
from relieftool.cases.evidence import FileState, check_evidence_files, find_evidence_faults
from relieftool.cases.records import DepartmentDecision
from relieftool.cases.verify import verify_ledger
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS
from tests.support.ledger_register import DAY, DIBAO, MEMBERS_CASE, close, new_register

LETTER = "不予批准通知书.pdf"
SHA256 = hashlib.sha256(b"letter").hexdigest()


@pytest.fixture
def db(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    register = new_register(tmp_path / "relief.db")
    with write(register):
        register.execute("UPDATE members SET name = '李小二' WHERE member_no = 'HK-1-1'")
    open_cases(register, [DIBAO, MEMBERS_CASE], DAY)
    yield register
    register.close()


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / LETTER
    path.write_bytes(b"letter")
    return path


def last_note(db):
    return db.execute("SELECT note FROM case_entries ORDER BY entry_id DESC").fetchone()[0]


def states(db, *folders):
    return [one.state for one in check_evidence_files(db, folders)]


@pytest.mark.parametrize(
    "name, kept",
    [
        (LETTER, LETTER),
        ("李小二的通知书.pdf", "***的通知书.pdf"),
        ("通知书 360302199002041258.pdf", "通知书 ***.pdf"),
        ("2024120500001.pdf", "2024120500001.pdf"),
        ("李小二", f"*** {SHA256}"),
    ],
)
def test_the_ledger_keeps_of_a_file_its_own_name_without_peoples(db, tmp_path, name, kept):
    folder = tmp_path / "李小二"
    folder.mkdir()
    (folder / name).write_bytes(b"letter")

    close(db, evidence=f"李小二/{name}")

    ledger = str([list(db.query(f"SELECT * FROM {one}")) for one in ("cases", "case_entries")])
    assert last_note(db) == kept
    assert "李小二" not in ledger
    assert verify_ledger(db, chains=FIELD_CHAINS) == []


def test_a_reason_stands_before_the_name_of_its_file(db, letter):
    close(db, outcome="improved", evidence=letter.name, reason="子女已就业")

    assert last_note(db) == f"子女已就业 — {LETTER}"


def test_a_file_as_it_was_is_no_doubt(db, letter):
    close(db, evidence=letter.name)

    (found,) = check_evidence_files(db)

    assert (found.sha256, found.cases, found.state) == (SHA256, ("C2024-0001",), FileState.SAME)
    assert find_evidence_faults([found]) == []


def test_a_changed_file_is_a_doubt_at_its_case(db, letter):
    close(db, evidence=letter.name)
    letter.write_bytes(b"another")

    (doubt,) = find_evidence_faults(check_evidence_files(db))

    assert (doubt.check, doubt.place, doubt.is_doubt) == ("evidence-changed", "C2024-0001", True)
    assert f"SHA-256 {SHA256} is no longer what it was" in str(doubt.message)


def test_a_file_that_is_gone_is_a_doubt_at_its_case(db, letter):
    close(db, evidence=letter.name)
    letter.unlink()

    (doubt,) = find_evidence_faults(check_evidence_files(db))

    assert (doubt.check, doubt.place) == ("evidence-gone", "C2024-0001")
    assert "is not there: name the folder" in str(doubt.message)


@pytest.mark.parametrize("content", [b"another", None], ids=["changed where it was", "moved"])
def test_in_a_folder_a_file_is_known_by_its_hash_under_any_name(db, letter, tmp_path, content):
    close(db, evidence=letter.name)
    archive = tmp_path / "归档" / "2024"
    archive.mkdir(parents=True)
    letter.rename(archive / "17.bin")
    if content:
        letter.write_bytes(content)

    assert states(db, archive.parent) == [FileState.SAME]
    assert states(db) == [FileState.CHANGED if content else FileState.GONE]


def test_a_file_whose_place_is_forgotten_is_looked_for_only_in_folders(db, letter, tmp_path):
    close(db, evidence=letter.name)
    with write(db):
        db.execute("DELETE FROM evidence_places")
    (tmp_path / "empty").mkdir()

    found = states(db), states(db, tmp_path), states(db, tmp_path / "empty")

    assert found == ([FileState.UNKNOWN], [FileState.SAME], [FileState.GONE])


def test_the_place_that_older_closings_named_in_words_is_looked_at(db, letter):
    with write(db):
        db.execute("DROP TRIGGER case_entries_no_update")
        close(db, evidence=letter.name)
        db.execute("DELETE FROM evidence_places")
        db.execute(f"UPDATE case_entries SET note = '理由 — {letter}' WHERE entry_id = 3")

    before = states(db)
    letter.write_bytes(b"another")

    assert (before, states(db)) == ([FileState.SAME], [FileState.CHANGED])


def test_one_list_of_many_decisions_is_one_doubt(db, letter):
    decided = [
        StatedDecision(f"C2024-000{n}", DepartmentDecision.GRANTED, DAY, evidence_sha256=SHA256)
        for n in (1, 2)
    ]
    record_case_decisions(db, decided, by="王五", listed_in=letter)
    letter.unlink()

    (doubt,) = find_evidence_faults(check_evidence_files(db))

    assert doubt.place == "C2024-0001"
    assert "Cases that rest on it: 2." in str(doubt.message)


def test_a_rehearsed_closing_keeps_no_place(db, letter):
    close(db, evidence=letter.name, is_rehearsal=True)

    assert db.table("evidence_places").count == 0


def test_verify_exits_3_where_evidence_is_gone_and_0_where_it_is_found_again(
    relief, db, letter, tmp_path
):
    close(db, evidence=letter.name)
    (tmp_path / "b").mkdir()
    letter.rename(tmp_path / "b" / LETTER)

    gone, found = relief("verify"), relief("verify", "--evidence", "b", "--format", "json")

    assert (gone.exit_code, found.exit_code) == (3, 0)
    assert "evidence-gone\tC2024-0001\tyes\t" in gone.stdout
    assert "Every entry is as it was written; 1 to look into." in gone.stderr
    assert json.loads(found.stdout)["evidence"] == [
        {"sha256": SHA256, "cases": ["C2024-0001"], "state": "same"}
    ]


def test_verify_says_how_many_files_it_could_not_look_for(relief, db, letter):
    close(db, evidence=letter.name)
    with write(db):
        db.execute("DELETE FROM evidence_places")

    result = relief("verify")

    assert result.exit_code == 0
    assert "Not looked at: 1 files of evidence; where they lie is not known." in result.stderr


@pytest.mark.usefixtures("db")
def test_what_is_no_folder_is_refused(relief):
    result = relief("verify", "--evidence", "nowhere")

    assert result.exit_code == 2
    assert "--evidence: 'nowhere' is no folder" in result.stderr
