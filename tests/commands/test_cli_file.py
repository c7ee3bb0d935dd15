import json
import re
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from relieftool.cli import app
from tests.support.registers import empty_register

HEAD = "户编号,社区,姓名,身份证号,与户主关系\n"


@pytest.fixture(autouse=True)
def office(tmp_path, monkeypatch):
    """Work in an empty folder with two lists of one invented person each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(f"{HEAD}1,河口下,甲一,360302197003051237,户主\n", "utf-8")
    (tmp_path / "b.csv").write_text(f"{HEAD}2,河口下,乙二,360302197511114564,户主\n", "utf-8")
    return tmp_path


def relief(*line):
    return CliRunner().invoke(app, [*line, "--lang", "en"])


def count_households():
    return json.loads(relief("gaps", "--format", "json").stdout)["totals"]["households"]


def listed():
    document = json.loads(relief("file", "backups", "--format", "json").stdout)
    return [(backup["name"], backup["occasion"]) for backup in document["backups"]]


def test_a_second_import_is_backed_up_before_and_can_be_gone_back_on():
    relief("import", "a.csv")
    first = listed()
    relief("import", "b.csv")
    ((name, occasion),) = listed()

    restored = relief("file", "restore", name)

    assert (first, occasion) == ([], "import")
    assert restored.exit_code == 0
    assert count_households() == 1

    undo = re.search(r"relief file restore (\S+)`", restored.output)[1]
    assert relief("file", "restore", undo).exit_code == 0
    assert count_households() == 2


def test_a_rehearsal_makes_no_backup():
    relief("import", "a.csv")

    relief("import", "b.csv", "--dry-run")
    relief("undo", "--last", "--dry-run")

    assert listed() == []


def test_a_backup_goes_where_it_is_told_and_over_nothing():
    relief("import", "a.csv")

    first = relief("file", "backup", "--to", "stick.db")
    second = relief("file", "backup", "--to", "stick.db")

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "there is a file of this name already" in second.stderr
    assert json.loads(relief("gaps", "--db", "stick.db", "--format", "json").stdout)["totals"]
    assert listed() == []


def test_a_register_that_cannot_be_opened_is_replaced_by_a_backup(office):
    relief("import", "a.csv")
    relief("file", "backup")
    ((name, _occasion),) = listed()
    (office / "relief.db").write_bytes(b"\0" * 100)

    restored = relief("file", "restore", name)

    assert restored.exit_code == 0
    assert "is now relief.db.damaged-" in restored.output
    assert count_households() == 1


def test_a_backup_that_is_not_there_is_told():
    relief("import", "a.csv")

    missing = relief("file", "restore", "2024-12-10T093000-import.db")

    assert missing.exit_code == 1
    assert "there is no such backup" in missing.stderr


def test_doctor_ends_with_0_only_where_nothing_is_wrong(office):
    empty_register(office / "relief.db")

    without_backup = relief("file", "doctor")
    relief("file", "backup")
    well = relief("file", "doctor")

    assert (without_backup.exit_code, well.exit_code) == (3, 0)
    assert "there is no backup." in without_backup.output
    assert "Nothing is wrong with the file" in well.output


def test_a_register_in_use_is_not_replaced(office):
    relief("import", "a.csv")
    relief("file", "backup")
    ((name, _occasion),) = listed()
    with closing(sqlite3.connect(office / "relief.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        refused = relief("file", "restore", name)

        other.execute("ROLLBACK")
    assert refused.exit_code == 1
    assert [path.name for path in office.glob("*.damaged-*")] == []
    assert count_households() == 1


def test_an_older_copy_put_back_by_hand_answers_and_takes_imports_once_accepted(office):
    relief("import", "a.csv")
    older = (office / "relief.db").read_bytes()
    relief("import", "b.csv")
    (office / "relief.db").write_bytes(older)

    reading = [relief("gaps", "--as-of", "2024-12-10"), relief("cases")]
    refused = relief("import", "b.csv")
    accepted = relief("file", "accept", "--reason", "从U盘拷回")
    after = relief("import", "b.csv")

    assert all("older copy" in done.stderr for done in reading)
    assert all(done.exit_code in (0, 3) for done in reading)
    assert (refused.exit_code, "relief file accept" in refused.stderr) == (1, True)
    assert (accepted.exit_code, after.exit_code, count_households()) == (0, 0, 2), after.stderr
    assert "older copy" not in relief("gaps").stderr
    assert "accept" in relief("file", "log").stdout


def test_a_register_replaced_by_a_backup_is_used_again(office):
    relief("import", "a.csv")
    relief("import", "b.csv")
    ((name, _occasion),) = listed()
    (office / "relief.db").write_bytes(b"no longer a register" * 200)

    relief("file", "restore", name)

    assert count_households() == 1
    assert relief("import", "b.csv").exit_code == 0
