"""A list of decisions comes back as a spreadsheet: rows that fit are written, others are told."""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.decision_lists import read_decisions
from relieftool.errors import ReliefError
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from tests.support.ledger_register import (
    DAY,
    DIBAO,
    MEMBERS_CASE,
    UNDERPAID,
    close,
    new_register,
    rows_of,
)

PACK = load_pack(find_shipped_pack())
HEADER = ("台账编号", "户编号", "项目", "结果", "理由", "金额", "日期")
GOOD = ("C2024-0001", "HK-1", "最低生活保障", "批准", "", "635", "2024-12-20")


@pytest.fixture
def db(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    register = new_register(tmp_path / "relief.db")
    open_cases(register, [DIBAO, MEMBERS_CASE, UNDERPAID], DAY)
    yield register
    register.close()


def save(*rows, header=HEADER, name="决定.csv"):
    with Path(name).open("w", encoding="utf-8-sig", newline="") as lines:
        csv.writer(lines).writerows([header, *rows])
    return Path(name)


def changed(**cells):
    row = dict(zip(HEADER, GOOD, strict=True)) | cells
    return tuple(row.values())


TODAY = date(2024, 12, 31)


def read(db, *rows, day=None, header=HEADER):
    return read_decisions(db, save(*rows, header=header), PACK, day, today=TODAY)


def test_a_row_states_a_decision_with_the_hash_of_its_file(db):
    found = read(db, GOOD)

    (stated,) = found.stated
    assert found.problems == []
    assert (stated.case, stated.decision, stated.amount_fen) == ("C2024-0001", "granted", 63500)
    assert stated.on == date(2024, 12, 20)
    assert stated.evidence_sha256 == hashlib.sha256(Path("决定.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "cells, case",
    [
        ({"台账编号": "c2024-0001"}, "C2024-0001"),
        ({"台账编号": ""}, "C2024-0001"),
        ({"台账编号": "", "户编号": "HY-1"}, "C2024-0003"),
        ({"户编号": "", "项目": ""}, "C2024-0001"),
        ({"项目": "dibao"}, "C2024-0001"),
        ({"项目": "低保"}, "C2024-0001"),
    ],
)
def test_a_case_is_found_by_its_number_or_by_household_and_programme(db, cells, case):
    found = read(db, changed(**cells))

    assert ([one.case for one in found.stated], found.problems) == ([case], [])


@pytest.mark.parametrize(
    "cells, code, column",
    [
        ({"台账编号": "C2024-0009"}, "case-unknown", "台账编号"),
        ({"台账编号": "", "户编号": "HK-9"}, "case-unknown", "台账编号"),
        ({"台账编号": "", "项目": ""}, "case-missing", "台账编号"),
        ({"户编号": "HK-2"}, "household-differs", "户编号"),
        ({"项目": "临时救助"}, "programme-differs", "项目"),
        ({"结果": "待定"}, "decision-unknown", "结果"),
        ({"结果": ""}, "decision-unknown", "结果"),
        ({"结果": "不予批准"}, "refusal-without-reason", "理由"),
        ({"结果": "不予批准", "理由": "超标"}, "refusal-with-amount", "金额"),
        ({"金额": "约600"}, "amount-unreadable", "金额"),
        ({"日期": "2024-12"}, "day-unreadable", "日期"),
        ({"日期": ""}, "day-missing", "日期"),
        ({"日期": "2024-12-09"}, "day-too-early", "日期"),
        ({"日期": "2025-01-01"}, "day-ahead", "日期"),
    ],
)
def test_a_row_that_does_not_fit_is_a_problem_with_its_place_and_stops_no_other(
    db, cells, code, column
):
    other = ("C2024-0003", "", "", "批准", "", "", "2024-12-20")

    found = read(db, changed(**cells), other)

    assert [(one.code, one.row, one.column) for one in found.problems] == [(code, 2, column)]
    assert [one.case for one in found.stated] == ["C2024-0003"]
    assert "HK" not in str(found.problems[0].message)


def test_the_last_day_that_has_come_is_taken(db):
    found = read(db, changed(日期="2024-12-31"))

    assert ([one.on for one in found.stated], found.problems) == ([TODAY], [])


GRANT = ("C2024-0001", "批准", "2024-12-20")


@pytest.mark.parametrize(
    "headings, cells, fen",
    [
        (("金额(元)",), ("635",), 63500),
        (("批准金额（万元）",), ("0.09",), 90000),
        (("金额（元/月）",), ("635",), 63500),
        (("批准金额", "保障金额"), ("635", ""), 63500),
        (("批准金额", "保障金额"), ("", "635"), 63500),
        (("批准金额", "保障金额"), ("635", "635.00"), 63500),
        (("金额(元)", "批准金额（万元）"), ("900", "0.09"), 90000),
        (("保障金额",), ("",), None),
    ],
)
def test_an_amount_is_read_in_what_its_heading_says_and_from_the_column_that_has_one(
    db, headings, cells, fen
):
    found = read(db, (*GRANT, *cells), header=("条目号", "结果", "日期", *headings))

    assert ([one.amount_fen for one in found.stated], found.problems) == ([fen], [])


@pytest.mark.parametrize(
    "headings, cells, code",
    [
        (("批准金额", "保障金额"), ("635", "900"), "columns-differ"),
        (("金额(元)", "批准金额（万元）"), ("900", "0.08"), "columns-differ"),
        (("决定日期",), ("2024-12-21",), "columns-differ"),
        (("台账编号",), ("C2024-0003",), "columns-differ"),
        (("审批结果",), ("不予批准",), "columns-differ"),
        (("理由", "原因"), ("符合", "超标"), "columns-differ"),
        (("金额（元/年）",), ("635",), "amount-unreadable"),
    ],
)
def test_two_columns_of_one_meaning_that_differ_are_a_problem_and_none_is_taken(
    db, headings, cells, code
):
    found = read(db, (*GRANT, *cells), header=("条目号", "结果", "日期", *headings))

    assert ([one.code for one in found.problems], found.stated) == ([code], [])
    assert found.problems[0].column


def test_the_same_day_written_twice_in_two_ways_is_one_day(db):
    header = ("条目号", "结果", "日期", "决定日期")

    found = read(db, (*GRANT, "2024年12月20日"), header=header)

    assert [one.on for one in found.stated] == [date(2024, 12, 20)]


def test_a_reason_is_kept_word_for_word_from_whichever_column_has_it(db):
    header = ("条目号", "结果", "日期", "原因", "理由")

    found = read(
        db,
        ("C2024-0001", "不予批准", "2024-12-20", "", " 收入１２００元，超标\u200b "),
        header=header,
    )

    assert [one.reason for one in found.stated] == ["收入１２００元，超标"]


def test_columns_that_mean_nothing_here_are_named_where_something_stands_in_them(db):
    header = (*HEADER, "户主", "批准钱数", "备注")

    found = read(db, (*GOOD, "李*", "700", ""), header=header)

    assert found.unused == ("批准钱数",)


def test_columns_not_used_are_told(relief, db):
    path = save((*GOOD, "700"), header=(*HEADER, "批准钱数"))

    result = relief("decide", "--file", path, "--by", "王五")

    assert (result.exit_code, len(rows_of(db, "case_entries"))) == (0, 4)
    assert "Columns that were not used: 批准钱数." in result.stderr


def test_a_day_that_has_not_come_leaves_the_case_free_to_be_closed(relief, db):
    path = save(changed(日期="2099-01-01"))

    result = relief("decide", "--file", path, "--by", "王五")

    assert (result.exit_code, list_cases(db)[0].state) == (3, "found")
    assert "this day has not come yet" in result.stdout


def test_one_case_on_two_rows_is_a_problem_of_the_second(db):
    found = read(db, GOOD, changed(结果="不予批准", 理由="超标", 金额=""))

    assert [one.code for one in found.problems] == ["decision-repeated"]
    assert [one.decision for one in found.stated] == ["granted"]


def test_a_closed_case_takes_no_new_decision(db):
    close(db, "C2024-0001", closed_on=date(2024, 12, 15))

    assert [one.code for one in read(db, GOOD).problems] == ["case-closed"]


def test_a_day_on_the_command_line_stands_in_for_rows_without_one(db):
    found = read(db, changed(日期=""), day=date(2024, 12, 24))

    assert [one.on for one in found.stated] == [date(2024, 12, 24)]


def test_of_several_open_cases_of_a_household_and_programme_none_is_guessed(db):
    members = [replace(MEMBERS_CASE, member_no=f"HK-2-{place}") for place in (1, 2)]
    open_cases(db, members, DAY)
    row = changed(台账编号="", 户编号="HK-2", 项目="disability-living")

    both_open = read(db, row)
    first, second = (one.case for one in list_cases(db) if one.household_no == "HK-2")
    close(db, first)
    one_open = read(db, row)
    close(db, second)

    assert [one.code for one in both_open.problems] == ["case-ambiguous"]
    assert [one.case for one in one_open.stated] == [second]
    assert [one.code for one in read(db, row).problems] == ["case-unknown"]


def test_a_row_nobody_filled_in_is_passed_over(db):
    found = read(db, GOOD, ("C2024-0003", "HY-1", "最低生活保障", "", "", "", ""))

    assert (len(found.stated), found.problems) == (1, [])


def test_a_file_without_a_table_of_decisions_is_refused(db):
    path = save(("1", "2", "3"), header=("社区", "户编号", "姓名"))

    with pytest.raises(ReliefError, match="no table of decisions was found"):
        read_decisions(db, path, PACK, None, today=TODAY)


def test_a_list_is_written_once_and_the_same_list_again_changes_nothing(relief, db):
    path = save(GOOD, changed(台账编号="C2024-0009"))

    first = relief("decide", "--file", path, "--by", "王五", "--format", "json")
    entries = len(rows_of(db, "case_entries"))
    again = relief("decide", "--file", path, "--by", "王五")

    document = json.loads(first.stdout)
    assert (first.exit_code, again.exit_code, len(rows_of(db, "case_entries"))) == (3, 3, entries)
    assert [one["state"] for one in document["cases"]] == ["decided"]
    assert [(one["file"], one["row"]) for one in document["problems"]] == [("决定.csv", 3)]
    assert "1 cases stand decided; 1 rows could not be used." in first.stderr


@pytest.mark.usefixtures("db")
def test_a_rehearsed_list_changes_no_byte(relief, tmp_path):
    path = save(GOOD)
    before = (tmp_path / "relief.db").read_bytes()

    result = relief("decide", "--file", path, "--by", "王五", "--dry-run")

    assert (result.exit_code, (tmp_path / "relief.db").read_bytes()) == (0, before)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_referral_filled_in_comes_back_as_decisions(relief, db, lang):
    relief(
        "refer",
        "C2024-0001",
        "--by",
        "王五",
        "--on",
        "2024-12-12",
        "--out",
        "转办.xlsx",
        "--proxy",
        "孙大民",
        "--lang",
        lang,
    )
    workbook = load_workbook("转办.xlsx")
    sheet = workbook.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    for column, value in zip(names[-4:], ("批准", "", 635, "2024-12-20"), strict=True):
        sheet.cell(2, names.index(column) + 1).value = value
    workbook.save("转办.xlsx")

    result = relief("decide", "--file", "转办.xlsx", "--by", "王五")

    (record,) = list_cases(db, case_no="C2024-0001")
    assert (result.exit_code, record.state, record.proxy) == (0, "decided", "孙大民")
    assert "孙*" in [cell.value for cell in sheet[2]]
    assert json.loads(relief("verify", "--format", "json").stdout)["broken"] == []
    assert (record.decision, record.decided_fen, record.decided_on) == (
        "granted",
        63500,
        "2024-12-20",
    )


@pytest.mark.parametrize(
    "cases, proxy, code", [((), "孙大民", 2), (("C2024-0001",), " ", 1), (("C2024-0001",), "？", 1)]
)
def test_a_proxy_is_somebody_and_applies_for_named_cases(relief, db, cases, proxy, code):
    result = relief("refer", *cases, "--by", "王五", "--proxy", proxy)

    assert (result.exit_code, {record.state for record in list_cases(db)}) == (code, {"found"})
    assert "--proxy" in result.stderr
