"""One case's whole history can be read, also what came before it was reopened."""

import csv
import hashlib
import json
from datetime import date

import pytest
from openpyxl import load_workbook

from relieftool.cases.case_list import find_case, open_cases
from relieftool.cases.closing import record_check
from relieftool.cases.department_decisions import (
    StatedDecision,
    record_case_decisions,
    record_referral,
    record_reopening,
)
from relieftool.cases.records import DepartmentDecision
from relieftool.cases.steps import add_step
from relieftool.store.database import write
from tests.support.ledger_register import DAY, DIBAO, PRIORITY_CASE, close, new_register

LETTER = "通知书.pdf"
SHA256 = hashlib.sha256(b"letter").hexdigest()


@pytest.fixture
def db(tmp_path, monkeypatch):
    """Return a case that was referred, granted, closed by a file, checked and opened again."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / LETTER).write_bytes(b"letter")
    register = new_register(tmp_path / "relief.db")
    open_cases(register, [DIBAO, PRIORITY_CASE], DAY, by="李四")
    with write(register):
        record_referral(register, "C2024-0001", "区民政局", by="王五", on=date(2024, 12, 11))
    granted = StatedDecision(
        "C2024-0001", DepartmentDecision.GRANTED, date(2024, 12, 16), "符合条件", 63500
    )
    record_case_decisions(register, [granted], by="王五")
    close(register, outcome="declined", evidence=LETTER)
    record_check(register, "C2024-0001", by="赵六", on=date(2024, 12, 23))
    record_reopening(register, "C2024-0001", reason="家庭改变主意", by="孙七", on=date(2025, 1, 6))
    yield register
    register.close()


def told(relief, *options):
    result = relief("case", "c2024-0001", "--format", "json", *options)
    assert result.exit_code == 0
    return json.loads(result.stdout)


@pytest.mark.usefixtures("db")
def test_every_entry_is_told_with_its_day_state_name_decision_amount_and_hashes(relief):
    entries = told(relief)["entries"]

    shown = ("on", "step", "state", "by", "checked_by", "department")
    assert [tuple(one[key] for key in shown) for one in entries] == [
        ("2024-12-10", "opened", "found", "李四", None, None),
        ("2024-12-11", "referred", "referred", "王五", None, "区民政局"),
        ("2024-12-16", "decided", "decided", "王五", None, None),
        ("2024-12-20", "closed", "closed", "王五", None, None),
        ("2024-12-23", "checked", "closed", "赵六", None, None),
        ("2025-01-06", "reopened", "reopened", "孙七", None, None),
    ]
    decided, closed = entries[2], entries[3]
    assert (decided["decision"], decided["amount_fen"], decided["outcome"]) == (
        *("granted", 63500, None),
    )
    assert (closed["outcome"], closed["decision"]) == ("declined", None)
    assert [one["evidence_sha256"] for one in entries] == [None, None, None, SHA256, None, None]


def test_the_hash_of_each_entry_and_its_number_are_those_of_the_ledger(relief, db):
    entries = told(relief)["entries"]

    kept = db.execute(
        "SELECT entry_id, hash FROM case_entries WHERE case_no = 'C2024-0001' ORDER BY 1"
    )
    assert [(one["entry"], one["hash"]) for one in entries] == kept.fetchall()


@pytest.mark.usefixtures("db")
def test_each_entry_says_what_was_due_then(relief):
    entries = told(relief)["entries"]

    # 30 working days after 10 and 11 December and 6 January: New Year's day and 28 January to
    # 4 February are holidays, Sunday 26 January and Saturday 8 February are worked
    assert [one["due_on"] for one in entries] == [
        *("2025-01-22", "2025-01-23", None, None, None, "2025-02-21"),
    ]


WORDS = ["符合条件", LETTER, "家庭改变主意"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "options, expected",
    [((), ["***", "***", "***"]), (("--reveal", "--reason", "按月复核"), WORDS)],
)
def test_what_people_wrote_is_shown_only_when_revealed(relief, options, expected):
    document = told(relief, *options)

    entries = document["entries"]
    assert [one["reason"] for one in entries if one["reason"]] == expected
    assert [one["status"] for one in entries] == ["unclaimed", None, None, None, None, None]
    assert document["case"]["reason"] == expected[-1]


def test_a_reveal_is_logged(relief, db):
    relief("case", "C2024-0001", "--reveal", "--reason", "按月复核")

    assert db.execute("SELECT action, reason FROM access_log").fetchall() == [("case", "按月复核")]


@pytest.mark.usefixtures("db")
def test_a_table_speaks_the_clerks_language_and_says_what_is_hidden(relief):
    result = relief("case", "C2024-0001", "--lang", "zh")

    rows = [line.split("\t") for line in result.stdout.splitlines()]
    (opened,) = [row for row in rows if "登记" in row]
    (decided,) = [row for row in rows if "批准" in row]
    assert opened[1:4] == ["2024-12-10", "登记", "已发现"]
    assert "应享未享" in opened
    assert {"2024-12-16", "635.00"} < set(decided)
    assert "***：经办人写下的文字" in result.stderr


@pytest.mark.usefixtures("db")
def test_as_csv_the_entries_are_the_rows(relief):
    result = relief("case", "C2024-0001", "--format", "csv")

    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["step"] for row in rows][:2] == ["opened", "referred"]
    assert rows[3]["evidence_sha256"] == SHA256


@pytest.mark.usefixtures("db")
def test_a_priority_case_has_a_history_too(relief):
    result = relief("case", "C2024-0002")

    assert result.exit_code == 0
    assert "priority household" in result.stdout.splitlines()[-1]


@pytest.mark.usefixtures("db")
def test_a_case_that_is_not_there_is_told_with_the_nearest(relief):
    result = relief("case", "C2024-0011")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "C2024-0011: there is no such case\nDid you mean C2024-0001" in result.stderr


@pytest.mark.usefixtures("db")
def test_cases_give_reason_and_hash_of_the_last_decision_or_closing(relief):
    before = json.loads(relief("cases", "--format", "json").stdout)["cases"][0]
    relief("close-case", "C2024-0001", "--outcome", "moved", "--evidence", LETTER, "--by", "王五")

    hidden = json.loads(relief("cases", "--format", "json").stdout)["cases"][0]
    line = ("cases", "--reveal", "--reason", "按月复核", "--format", "json")
    shown = json.loads(relief(*line).stdout)["cases"][0]

    assert (before["reason"], before["evidence_sha256"]) == ("***", None)
    assert (hidden["reason"], hidden["evidence_sha256"]) == ("***", SHA256)
    assert shown["reason"] == LETTER


def test_what_the_program_saw_is_a_finding_and_nobodys_reason(relief, db):
    close(db, "C2024-0001", closed_on=date(2025, 1, 7))
    with write(db):
        again = find_case(db, "C2024-0001")
        add_step(db, again, "found_again", date(2025, 2, 3), reason="underpaid")

    document = told(relief, "--reveal", "--reason", "按月复核")

    last = document["entries"][-1]
    assert (last["step"], last["status"], last["reason"]) == ("found_again", "underpaid", None)
    assert (document["case"]["state"], document["case"]["reason"]) == ("reopened", None)


def test_the_register_keeps_what_came_before_the_reopening(relief, db):
    close(db, "C2024-0002", "moved")

    relief("cases", "--out", "台账.xlsx", "--lang", "zh")

    sheet = load_workbook("台账.xlsx").worksheets[0]
    head, first, second = ([cell.value for cell in line] for line in sheet.iter_rows())
    rows = [dict(zip(head, line, strict=True)) for line in (first, second)]
    assert {row["条目号"]: row["落实情况"] for row in rows} == {
        "C2024-0001": "2024-12-11 转办区民政局；批准 2024-12-16 635.00 元；"
        "2024-12-20 销号：家庭自愿放弃；重新打开 2025-01-06",
        "C2024-0002": None,
    }
