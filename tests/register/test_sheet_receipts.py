"""What the households' own sheets state about receipt, alone and beside rosters."""

import pytest

from relieftool.register.sheet_receipts import explain_unclear
from tests.support.registers import (
    QIAN,
    ZHAO,
    codes,
    more,
    places_of,
    register,
    roster,
    rows,
    said,
    shipped_pack,
    table,
)

STANDING = [
    "tekun", "dibao", "edge", "dibao-single", "disability-living", "disability-care", "elderly-80",
    "student-aid", "rigid-expenditure", "disabled-care-service", "orphan", "unsupported-child",
    "elderly-care", "housing", "employment-help", "public-post", "unemployment-benefit",
    "price-supplement", "medical-premium", "pension-premium", "union-hardship",
    "child-rehabilitation", "childcare-subsidy", "dibao-extra", "elderly-care-voucher",
    "flexible-insurance",
]  # fmt: skip
PAY = "name id_number amount"


def denied(db):
    return [
        name for (name,) in rows(db, "SELECT DISTINCT programme FROM receipts WHERE says = 'no'")
    ]


def alone(columns, *cells):
    return table(f"household_no name id_number {columns}", ["H1", "赵大山", ZHAO, *cells])


@pytest.mark.parametrize("cell", ["无", "没有", "未享受", "否", " 无 "])
def test_none_denies_every_standing_benefit_and_no_other(tmp_path, cell):
    db = register(tmp_path, alone("receives", cell))

    assert sorted(denied(db)) == sorted(STANDING)
    assert rows(db, "SELECT DISTINCT origin, amount_fen FROM receipts") == [("sheet", None)]


@pytest.mark.parametrize("cell", [None, "", " ", "-", "／"])
def test_a_blank_cell_says_nothing_of_receipt(tmp_path, cell):
    db = register(tmp_path, alone("receives", cell))

    assert rows(db, "SELECT * FROM receipts") == []
    assert codes(db) == []


@pytest.mark.parametrize(
    "cell",
    [
        "低保、高龄补贴",
        "低保,养老服务补贴",
        "低保；享受高龄补贴",
        "低保 高龄补贴",
        "低保/高龄补贴",
        "低保户\n高龄补贴",
    ],
)
def test_what_is_listed_is_received_and_what_is_not_listed_is_not(tmp_path, cell):
    db = register(tmp_path, alone("receives", cell))

    assert said(db, "dibao") == [(None, "yes", "sheet", None)]
    assert said(db, "elderly-80") == [("H1-01", "yes", "sheet", None)]
    assert sorted([*denied(db), "dibao", "elderly-80"]) == sorted(STANDING)


def test_an_event_listed_is_received_and_its_silence_denies_nothing(tmp_path):
    db = register(tmp_path, alone("receives", "医疗救助"))

    assert said(db, "medical-aid") == [("H1-01", "yes", "sheet", None)]
    assert said(db, "temporary-aid") == []
    assert sorted(denied(db)) == sorted(STANDING)


@pytest.mark.parametrize("cell", ["低保、某某工程", "低保 待核实"])
def test_an_unknown_word_denies_nothing_and_is_reported(tmp_path, cell):
    db = register(tmp_path, alone("receives", cell))

    assert said(db, "dibao") == [(None, "yes", "sheet", None)]
    assert denied(db) == []
    assert places_of(db, "benefit-unknown") == [("名单.csv", 2, "receives")]


@pytest.mark.parametrize(
    "cell, says, monthly, once",
    [
        ("是", "yes", None, None),
        ("√", "yes", None, None),
        (1, "yes", None, None),
        ("420.5", "yes", 42050, 42050),
        ("420元/月", "yes", 42000, None),
        ("否", "no", None, None),
        (0, "no", None, None),
        ("享受", "yes", None, None),
        ("未享受", "no", None, None),
        ("已停发", "no", None, None),
        ("停发待核实", "maybe", None, None),
    ],
)
def test_a_benefits_own_column_says_yes_or_no_or_how_much(tmp_path, cell, says, monthly, once):
    db = register(tmp_path, alone("receipt.dibao receipt.medical-aid", cell, cell))

    assert said(db, "dibao") == [(None, says, "sheet", monthly)]
    assert said(db, "medical-aid") == [("H1-01", says, "sheet", once)]
    assert len(rows(db, "SELECT * FROM receipts")) == 2


@pytest.mark.parametrize("cell", ["2人", "不详", "#N/A", float("nan")])
def test_a_benefits_own_column_that_cannot_be_read_is_reported(tmp_path, cell):
    db = register(tmp_path, alone("receipt.dibao", cell))

    assert said(db, "dibao") == []
    assert places_of(db, "receipt-unreadable") == [("名单.csv", 2, "receipt.dibao")]


PAIR = "household_no name id_number relation receives receipt.disability-care"


@pytest.mark.parametrize(
    "head, wife, expected",
    [
        (("高龄补贴", ""), ("", ""), [(None, "yes")]),
        (("高龄补贴", ""), ("无", ""), [("H1-01", "yes"), ("H1-02", "no")]),
        (("", ""), ("高龄补贴", ""), [("H1-02", "yes")]),
        (("无", ""), ("", ""), [(None, "no")]),
    ],
    ids=["one cell for all", "a cell each", "a member's cell", "none for all"],
)
def test_a_cell_speaks_for_the_person_or_for_the_household(tmp_path, head, wife, expected):
    listed = table(
        PAIR, ["H1", "赵大山", ZHAO, "户主", *head], more("", "钱小花", QIAN, "妻", *wife)
    )

    found = said(register(tmp_path, listed), "elderly-80")

    assert [(member, says) for member, says, _origin, _amount in found] == expected


def test_a_no_for_the_head_is_none_for_a_member_who_has_their_own_cell(tmp_path):
    listed = table(
        PAIR, ["H1", "赵大山", ZHAO, "户主", "", "否"], more("", "钱小花", QIAN, "妻", "", "是")
    )

    found = said(register(tmp_path, listed), "disability-care")

    assert [(member, says) for member, says, _origin, _amount in found] == [
        ("H1-01", "no"), ("H1-02", "yes")
    ]  # fmt: skip


def test_a_household_row_without_members_speaks_for_the_household(tmp_path):
    homes = table("household_no head_name receives", ["H1", "赵大山", "高龄补贴"])
    members = table(
        "household_no name id_number", ["H1", "赵大山", ZHAO], ["H1", "钱小花", QIAN], file="b"
    )

    db = register(tmp_path, homes, members)

    assert said(db, "elderly-80") == [(None, "yes", "sheet", None)]


def test_columns_of_repeated_members_speak_for_each_and_an_empty_place_for_nobody(tmp_path):
    listed = table(
        "household_no name@1 id_number@1 receipt.elderly-80@1 name@2 receipt.elderly-80@2"
        " name@3 receipt.elderly-80@3",
        ["H1", "赵大山", ZHAO, "是", "钱小花", "否", "", "否"],
    )

    assert said(register(tmp_path, listed), "elderly-80") == [
        ("H1-01", "yes", "sheet", None), ("H1-02", "no", "sheet", None)
    ]  # fmt: skip


def test_a_sheets_statement_is_dated_by_its_sheet(tmp_path):
    file, source = alone("receipt.dibao", "是")
    dated = table("household_no receipt.dibao", ["H1", "是"], file="b", covers="2024-11")

    db = register(tmp_path, (file, source), dated)

    assert rows(db, "SELECT covers_from, covers_until FROM receipts ORDER BY 1") == [
        (None, None), ("2024-11-01", "2024-11-30")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cell, paid, is_complete, reported",
    [
        ("低保", [], True, 1),
        ("低保", [], False, 0),
        ("低保", [["赵大山", ZHAO, 300]], True, 0),
        ("低保", [["赵大山", "", 300]], True, 0),
        ("无", [["赵大山", ZHAO, 300]], False, 1),
        ("无", [["赵大山", ZHAO, 300]], True, 1),
        ("无", [["赵大山", "", 300]], True, 0),
        ("无", [], True, 0),
        ("", [["赵大山", ZHAO, 300]], True, 0),
    ],
)
def test_a_sheet_and_a_roster_that_disagree_are_reported(
    tmp_path, cell, paid, is_complete, reported
):
    listed = roster("dibao", PAY, *paid, is_complete=is_complete)

    db = register(tmp_path, alone("receives", cell), listed)

    assert len(places_of(db, "sheet-and-roster-disagree")) == reported


def test_a_complete_roster_of_another_community_contradicts_nobody(tmp_path):
    there = table("household_no name", ["H9", "李四"], file="b", community="花园")
    listed = roster("dibao", PAY, community="花园", is_complete=True)

    db = register(tmp_path, alone("receives", "低保"), there, listed)

    assert codes(db) == []


def test_event_aid_on_no_roster_contradicts_nobody(tmp_path):
    listed = roster("medical-aid", PAY, is_complete=True)

    assert codes(register(tmp_path, alone("receives", "医疗救助"), listed)) == []


def test_every_programme_here_is_one_of_the_packs():
    standing = [
        programme.id for programme in shipped_pack().programmes.values() if not programme.is_event
    ]

    assert sorted(standing) == sorted(STANDING)


@pytest.mark.parametrize(
    "heading, cell, covers, begins_later",
    [
        ("低保起始时间", "2025年1月", "2024-11", True),
        ("享受起止时间", "2024.12-2025.6", "2024-11", True),
        ("低保起始时间", "2024年12月", "2024", False),  # within the year that the list is of
        ("低保起始时间", "某月", "2024-11", False),
        ("低保截止时间", "年底", "2024-11", False),
        ("发放状态", "待定", "2024-11", False),
    ],
)
def test_a_benefit_that_begins_after_the_lists_month_has_a_reason_of_its_own(
    heading, cell, covers, begins_later
):
    words = explain_unclear(heading, cell, covers).template

    assert words.startswith("the benefit begins after") == begins_later
