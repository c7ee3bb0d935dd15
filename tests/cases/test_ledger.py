import hashlib
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.records import CaseFinding, OpenedCases
from relieftool.errors import ReliefError
from relieftool.store.access_log import record_access
from tests.support.ledger_register import (
    DAY,
    DIBAO,
    MEMBERS_CASE,
    PRIORITY_CASE,
    UNDERPAID,
    add_receipt,
    add_roster,
    close,
    fill_ledger,
    ledger_rows,
    new_register,
    rows_of,
)


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    yield register
    register.close()


def test_each_finding_gets_one_case_in_the_order_of_households(db):
    outcome = open_cases(db, [UNDERPAID, MEMBERS_CASE, PRIORITY_CASE, DIBAO, DIBAO], DAY)

    assert outcome == OpenedCases(["C2024-0001", "C2024-0002", "C2024-0003", "C2024-0004"], 0)
    assert [
        (one.case, one.household_no, one.member_no, one.programme) for one in list_cases(db)
    ] == [
        ("C2024-0001", "HK-1", None, "dibao"),
        ("C2024-0002", "HK-1", None, "priority"),
        ("C2024-0003", "HK-2", "HK-2-2", "disability-living"),
        ("C2024-0004", "HY-1", None, "dibao"),
    ]


def test_opening_again_opens_nothing_twice_and_reopens_nothing_closed(db):
    open_cases(db, [DIBAO, MEMBERS_CASE], DAY)
    close(db, "C2024-0001")
    before = ledger_rows(db)

    again = open_cases(db, [CaseFinding("HK-1", None, "dibao", "underpaid"), MEMBERS_CASE], DAY)

    assert again == OpenedCases([], 2)
    assert ledger_rows(db) == before


def test_case_numbers_go_on_within_a_year_and_begin_anew_with_the_next(db):
    open_cases(db, [DIBAO], DAY)

    same_year = open_cases(db, [DIBAO, MEMBERS_CASE], date(2024, 12, 31))
    next_year = open_cases(db, [UNDERPAID], date(2025, 1, 1))

    assert same_year == OpenedCases(["C2024-0002"], 1)
    assert next_year == OpenedCases(["C2025-0001"], 0)


def test_a_number_beyond_four_digits_is_listed_last(db):
    open_cases(
        db, [CaseFinding(f"X{n:05}", None, "dibao", "unclaimed") for n in range(10_000)], DAY
    )

    assert [one.case for one in list_cases(db)[-2:]] == ["C2024-9999", "C2024-10000"]


@pytest.mark.parametrize(
    "community, state, expected",
    [
        (None, None, ["C2024-0001", "C2024-0002", "C2024-0003"]),
        ("河口下", None, ["C2024-0001", "C2024-0002"]),
        ("花园", "found", ["C2024-0003"]),
        (None, "closed", ["C2024-0002"]),
        ("花园", "closed", []),
    ],
)
def test_cases_are_listed_by_community_and_state(db, community, state, expected):
    open_cases(db, [DIBAO, MEMBERS_CASE, UNDERPAID], DAY)
    close(db, "C2024-0002")

    listed = list_cases(db, community, state)

    assert [one.case for one in listed] == expected


def test_a_household_gone_from_the_register_keeps_its_case_without_a_community(db):
    open_cases(db, [CaseFinding("GONE-1", None, "dibao", "unclaimed")], DAY)

    (record,) = list_cases(db)

    assert (record.household_no, record.community, record.state) == ("GONE-1", None, "found")


@pytest.mark.parametrize(
    "outcome, verified",
    [
        ("receiving", False),
        ("refused", None),
        ("declined", None),
        ("moved", None),
        ("deceased", None),
        ("duplicate", None),
        ("improved", None),
        ("other", None),
    ],
)
def test_a_case_is_closed_with_any_outcome_of_the_list(db, outcome, verified):
    open_cases(db, [DIBAO], DAY)

    closed = close(db, "C2024-0001", outcome)

    assert [closed.record] == list_cases(db)
    assert closed.record.state == "closed"
    assert (closed.record.outcome, closed.is_verified) == (outcome, verified)
    assert (closed.record.closed_on, closed.record.by) == ("2024-12-20", "王五")


def month(year, number, last):
    return {
        "covers_from": f"{year}-{number:02}-01",
        "covers_until": f"{year}-{number:02}-{last}",
    }


# Found by a month that nobody knows, as in registers from before it was kept; or by one paid ahead.
UNDATED = replace(UNDERPAID, paid_until=None)
PAID_AHEAD = replace(UNDERPAID, paid_until="2024-12-31")


@pytest.mark.parametrize(
    "finding, receipt, verified",
    [
        (DIBAO, {}, True),
        (DIBAO, {"member_no": "HK-1-1"}, True),
        (DIBAO, {"origin": "sheet"}, False),
        (DIBAO, {"says": "maybe"}, False),
        (DIBAO, {"says": "no", "origin": "sheet"}, False),
        (DIBAO, {"programme": "edge"}, False),
        (DIBAO, {"household_no": "HK-2"}, False),
        (MEMBERS_CASE, {"member_no": "HK-2-2"}, True),
        (MEMBERS_CASE, {"member_no": "HK-2-1"}, False),
        (MEMBERS_CASE, {"member_no": None}, False),
        (UNDERPAID, month(2024, 11, 30), False),
        (UNDERPAID, {}, False),
        (UNDERPAID, month(2024, 12, 31), True),
        (UNDERPAID, month(2025, 1, 31), True),
        (UNDATED, month(2024, 12, 31), False),
        (UNDATED, month(2025, 1, 31), True),
        (UNDATED, {}, False),
        (PAID_AHEAD, month(2024, 12, 31), False),
        (PAID_AHEAD, month(2025, 1, 31), True),
        (PAID_AHEAD, {"covers_from": "2024-12-31", "covers_until": "2025-01-30"}, False),
        (PRIORITY_CASE, {"programme": "dibao"}, False),
    ],
)
def test_receiving_is_verified_only_by_a_roster_that_lists_them(db, finding, receipt, verified):
    open_cases(db, [finding], DAY)
    whose = {"household_no": finding.household_no, "programme": finding.programme}
    add_receipt(db, **(whose | receipt))

    closed = close(db, "C2024-0001", "receiving")

    assert closed.is_verified is verified


@pytest.mark.parametrize(
    "opened_on, verified", [(date(2024, 12, 1), False), (date(2024, 11, 30), True)]
)
def test_a_month_that_begins_on_the_day_of_the_finding_is_not_after_it(db, opened_on, verified):
    open_cases(db, [UNDATED], opened_on)
    add_receipt(db, "HY-1", **month(2024, 12, 31))

    assert close(db, "C2024-0001", "receiving").is_verified is verified


@pytest.mark.parametrize(
    "community_id, roster, verified",
    [
        (1, month(2024, 11, 30), False),
        (None, month(2024, 11, 30), False),
        (1, month(2024, 11, 30) | {"is_complete": 0}, True),
        (1, month(2024, 11, 30) | {"programme": "edge"}, True),
        (2, month(2024, 11, 30), True),
        (1, month(2024, 6, 30), True),
        (1, {"covers_from": "2024-06-30", "covers_until": "2024-07-30"}, True),
        (1, {"covers_from": "2024-07-01", "covers_until": "2024-07-31"}, False),
        (1, {"covers_from": None, "covers_until": None}, True),
    ],
)
def test_a_roster_overtaken_by_a_complete_one_without_them_verifies_nothing(
    db, community_id, roster, verified
):
    open_cases(db, [DIBAO], DAY)
    add_receipt(db, **month(2024, 6, 30))
    add_roster(db, community_id, **roster)

    closed = close(db, "C2024-0001", "receiving")

    assert closed.is_verified is verified


def entry(db, number):
    return rows_of(db, "case_entries")[number - 1]


@pytest.mark.parametrize(
    "text",
    [
        "已电话核实",
        "/no/such/file.jpg",
        "letter.pdf",
        "家属签字。" * 200,
        "a folder",
        "C:\\x\\y.jpg",
    ],
)
def test_evidence_that_names_no_file_is_kept_as_words(db, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a folder").mkdir()
    open_cases(db, [DIBAO], DAY)

    closed = close(db, evidence=f"  {text} ")

    assert closed.evidence_sha256 is None
    assert (entry(db, 2)["note"], entry(db, 2)["evidence_sha256"]) == (text, None)


def test_of_a_file_of_evidence_the_hash_and_the_place_are_kept_and_nothing_it_holds(
    db, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    content = "张三 360302199001011234".encode()
    (tmp_path / "决定书.txt").write_bytes(content)
    open_cases(db, [DIBAO], DAY)

    closed = close(db, evidence="决定书.txt")

    assert closed.evidence_sha256 == hashlib.sha256(content).hexdigest()
    assert entry(db, 2)["evidence_sha256"] == closed.evidence_sha256
    assert entry(db, 2)["note"] == "决定书.txt"
    assert db.execute("SELECT * FROM evidence_places").fetchall() == [
        (closed.evidence_sha256, str(tmp_path / "决定书.txt"))
    ]
    assert content not in (tmp_path / "relief.db").read_bytes()


def test_half_a_character_of_a_file_name_is_kept_as_an_escape(db):
    open_cases(db, [DIBAO], DAY)

    close(db, evidence="见\udcbb.jpg", by="王\udcff五")

    assert (entry(db, 2)["note"], entry(db, 2)["by"]) == ("见\\udcbb.jpg", "王\\udcff五")


@pytest.mark.parametrize(
    "stated, expected",
    [
        ({"case_no": "C2024-0011"}, r"C2024-0011: there is no such case\nDid you mean C2024-0001?"),
        ({"case_no": "x"}, r"X: there is no such case\n`relief cases` lists them all"),
        (
            {"case_no": "C2024-0002"},
            r"C2024-0002: was closed on 2024-12-20, outcome declined by the family\n",
        ),
        ({"closed_on": date(2024, 12, 9)}, r"was opened on 2024-12-10, after 2024-12-09\nGive"),
        ({"outcome": "done"}, r"'done' is no outcome of a case\nGive one of: receiving, refused,"),
        ({"by": " "}, r"--by: names nobody\n"),
        ({"by": "--"}, r"--by: names nobody\n"),
        ({"evidence": ""}, r"--evidence: says nothing\n"),
        ({"evidence": "\u3000\u200b — "}, r"--evidence: says nothing\n"),
        ({"evidence": "empty.jpg"}, r"--evidence: is empty and proves nothing\nName another file"),
    ],
)
def test_what_cannot_be_closed_is_refused_and_nothing_is_written(
    db, tmp_path, monkeypatch, stated, expected
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jpg").touch()
    open_cases(db, [DIBAO, MEMBERS_CASE], DAY)
    close(db, "C2024-0002", "declined")
    before = ledger_rows(db)

    with pytest.raises(ReliefError, match=expected):
        close(db, **stated)

    assert ledger_rows(db) == before


def test_without_any_case_the_way_to_open_one_is_told(db):
    with pytest.raises(ReliefError, match="No case is open yet: `relief gaps --open-cases`"):
        close(db, "C2024-0001")


def test_a_case_number_may_be_written_in_small_letters(db):
    open_cases(db, [DIBAO], DAY)

    closed = close(db, " c2024-0001")

    assert closed.record.case == "C2024-0001"


def test_a_rehearsal_gives_the_same_answers_and_changes_no_byte(db, tmp_path):
    open_cases(db, [DIBAO], DAY)
    before = (tmp_path / "relief.db").read_bytes()

    opened = open_cases(db, [DIBAO, UNDERPAID], DAY, is_rehearsal=True)
    closed = close(db, "C2024-0001", is_rehearsal=True)

    assert opened == OpenedCases(["C2024-0002"], 1)
    assert (closed.record.state, closed.record.outcome) == ("closed", "moved")
    assert (tmp_path / "relief.db").read_bytes() == before
    assert [one.state for one in list_cases(db)] == ["found"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE case_entries SET note = 'x' WHERE entry_id = 1",
        "DELETE FROM case_entries WHERE entry_id = 5",
        "INSERT OR REPLACE INTO case_entries SELECT * FROM case_entries WHERE entry_id = 1",
        "INSERT OR REPLACE INTO case_entries SELECT * FROM case_entries WHERE entry_id = 5",
        "UPDATE cases SET programme = 'edge' WHERE case_no = 'C2024-0001'",
        "DELETE FROM cases WHERE case_no = 'C2024-0001'",
        "UPDATE access_log SET reason = 'x' WHERE log_id = 1",
        "DELETE FROM access_log WHERE log_id = 2",
        "INSERT OR REPLACE INTO access_log SELECT * FROM access_log WHERE log_id = 2",
    ],
)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_row_of_the_ledger_can_be_changed_or_deleted_or_replaced(db, sql, recursive):
    fill_ledger(db)
    before = ledger_rows(db)
    db.execute(f"PRAGMA foreign_keys = {recursive}")
    db.execute(f"PRAGMA recursive_triggers = {recursive}")

    with pytest.raises(sqlite3.IntegrityError, match=r"are never (changed|deleted)|are only added"):
        db.conn.execute(sql)

    db.conn.rollback()
    assert ledger_rows(db) == before


def test_each_access_is_kept_with_its_reason_and_chained(db):
    moment = datetime(2024, 12, 10, 9, 30, tzinfo=UTC)

    record_access(db, "show", "home visit", "HK-1", at=moment)
    record_access(db, "gaps", "referral", "", at=moment)

    first, second = rows_of(db, "access_log")
    assert (first["log_id"], first["action"], first["reason"]) == (1, "show", "home visit")
    assert (first["at"], first["detail"]) == ("2024-12-10T09:30:00+00:00", "HK-1")
    assert (first["previous_hash"], second["previous_hash"]) == ("0" * 64, first["hash"])


def test_an_opening_entry_is_sealed_over_its_columns_and_the_case_it_opens(db):
    open_cases(db, [DIBAO], DAY, by="李四")

    row = entry(db, 1)
    written = (
        f'{{"by_hash":"{row["by_hash"]}",'
        '"case":{"case_no":"C2024-0001","found_status":"unclaimed",'
        '"household_no":"HK-1","opened_on":"2024-12-10","programme":"dibao"},'
        '"case_no":"C2024-0001","entered_on":"2024-12-10","entry_id":1,"entry_type":"opened",'
        f'"note_hash":"{row["note_hash"]}","previous_hash":"{"0" * 64}"}}'
    )
    name = f'["{row["by_salt"]}","by","\\u674e\\u56db"]'
    assert row["hash"] == hashlib.sha256(written.encode()).hexdigest()
    assert row["by_hash"] == hashlib.sha256(name.encode()).hexdigest()
