"""Sheets to tables: where the header is, what stands above it, and the role of every row."""

import pytest

from relieftool.spreadsheets.column_names import build_identity_catalogue
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.tables import find_tables

ID = "36030219900101123X"


def tables_of(rows, merged=(), name="Sheet1"):
    cells = [[None if cell == "" else cell for cell in row] for row in rows]
    return find_tables(
        Sheet(name, cells, list(merged), is_hidden=False), build_identity_catalogue().known
    )


def roles_of(table):
    return [(row.number, row.role, row.continues) for row in table.rows]


def test_a_benefit_list_with_four_header_rows_and_members_under_blank_numbers():
    rows = [
        ["城市低保金发放领取表（2024年3月）", "", "", "", "", "", ""],
        ["所属地区：某某街道　乡镇（街道）　河口下　村（居）委会", "", "", "", "", "", ""],
        ["序号", "户主   姓名", "身份证号码", "领取金额", "", "", "签字"],
        ["", "", "", "家庭", "重点", "合计", ""],
        ["", "", "", "补差", "救助60元", "", ""],
        [1, "赵甲", ID, 300, 60, 360, ""],
        ["", "赵乙", ID, "", "", "", ""],
        [2, "钱丙", ID, 300, "", 300, ""],
        ["合   计", "", "", 600, 60, 660, ""],
        ["制表人：孙丁", "", "", "审核人：", "", "2024年3月5日", ""],
    ]
    merged = [(0, 0, 0, 4), (2, 0, 4, 0), (2, 1, 4, 1), (2, 2, 4, 2), (2, 3, 2, 5), (2, 6, 4, 6)]

    (table,) = tables_of(rows, [*merged, (3, 5, 4, 5)], "城保")

    assert (table.first_header_row, table.last_header_row) == (3, 5)
    assert table.headers == (
        "序号",
        "户主姓名",
        "身份证号码",
        "领取金额/家庭/补差",
        "领取金额/重点/救助60元",
        "领取金额/合计",
        "签字",
    )
    assert (table.community, table.covers) == ("河口下", "2024-03")
    assert roles_of(table) == [
        (6, "first", None),
        (7, "continuation", 6),
        (8, "first", None),
        (9, "total", None),
        (10, "note", None),
    ]
    assert table.rows[1].cells == (None, "赵乙", ID, None, None, None, None)


def test_household_cells_merged_over_members_join_their_rows():
    rows = [
        ["2024年困难家庭台账"],
        ["序号", "户主", "", "家庭成员", "", "备注"],
        ["", "姓名", "电话", "姓名", "与户主关系", ""],
        [1, "赵甲", "138", "赵甲", "本人", ""],
        ["", "", "", "赵乙", "配偶", ""],
        ["", "", "", "赵丙", "子", ""],
        [2, "钱丁", "139", "钱丁", "本人", ""],
    ]
    header = [(1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 2, 5)]

    (table,) = tables_of(rows, [(0, 0, 0, 8), *header, (3, 0, 5, 0), (3, 1, 5, 1), (3, 2, 5, 2)])

    assert table.headers == (
        "序号",
        "户主/姓名",
        "户主/电话",
        "家庭成员/姓名",
        "家庭成员/与户主关系",
        "备注",
    )
    assert (table.title, table.covers) == ("2024年困难家庭台账", None)
    assert roles_of(table) == [
        (4, "first", None),
        (5, "continuation", 4),
        (6, "continuation", 4),
        (7, "first", None),
    ]


def test_a_merged_head_joins_rows_that_are_numbered_one_by_one():
    rows = [
        ["序号", "户主姓名", "姓名", "身份证号"],
        [1, "赵甲", "赵甲", ID],
        [2, "", "赵乙", ID],
        [3, "钱丙", "钱丙", ID],
    ]

    (table,) = tables_of(rows, [(1, 1, 2, 1)])

    assert roles_of(table) == [(2, "first", None), (3, "continuation", 2), (4, "first", None)]


def test_a_community_merged_over_many_households_joins_none():
    rows = [
        ["社区", "户主姓名", "身份证号"],
        ["花园社区", "赵甲", ID],
        ["", "钱乙", ID],
    ]

    (table,) = tables_of(rows, [(1, 0, 2, 0)])

    assert roles_of(table) == [(2, "first", None), (3, "first", None)]


def test_parents_without_merges_cover_the_blanks_to_their_right():
    rows = [
        ["序号", "户主", "", "家庭成员", "", "住址"],
        ["", "姓名", "身份证号", "姓名", "与户主关系", ""],
        ["1", "赵甲", ID, "赵甲", "本人", "一号"],
        ["", "", "", "赵乙", "子", ""],
    ]

    (table,) = tables_of(rows)

    assert table.headers == (
        "序号",
        "户主/姓名",
        "户主/身份证号",
        "家庭成员/姓名",
        "家庭成员/与户主关系",
        "住址",
    )
    assert roles_of(table) == [(3, "first", None), (4, "continuation", 3)]


def test_words_split_over_two_rows_without_merge_are_joined_downward():
    rows = [["户主", "身份", "发放"], ["姓名", "证号", "金额"], ["赵甲", ID, "300"]]

    (table,) = tables_of(rows)

    assert table.headers == ("户主/姓名", "身份/证号", "发放/金额")
    assert roles_of(table) == [(3, "first", None)]


def test_unknown_parents_belong_to_the_header_and_not_to_the_title():
    rows = [
        ["困难家庭登记表"],
        ["基本情况", "", "家庭成员情况", ""],
        ["户主姓名", "身份证号", "姓名", "关系"],
        ["赵甲", ID, "赵乙", "子"],
    ]

    (table,) = tables_of(rows, [(0, 0, 0, 3), (1, 0, 1, 1), (1, 2, 1, 3)])

    assert (table.title, table.first_header_row) == ("困难家庭登记表", 2)
    assert table.headers[2] == "家庭成员情况/姓名"


def test_hints_captions_column_numbers_and_repeated_headers_are_notes_and_stay():
    rows = [
        ["序号", "姓名", "身份证号", "金额"],
        ["必填", "必填，真实姓名", "必填", "选填"],
        ["甲", "乙", "1", "2"],
        ["一、低保户", "", "", ""],
        [1, "赵甲", ID, 300],
        ["序号", "姓名", "身份证号", "金额"],
        [2, "钱乙", ID, 300],
        [3, "", "", ""],
        ["小计", "", "", 600],
        ["注：以上金额已公示，如有异议请向社区反映", "", "", ""],
    ]

    (table,) = tables_of(rows)

    assert [row.role for row in table.rows] == [
        "note",
        "note",
        "note",
        "first",
        "note",
        "first",
        "note",
        "total",
        "note",
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["合计", "", "", 300],
        ["", "合计", "", 300],
        ["合", "计", "", 300],
        ["合计880户，选定875户", "", "", "1,570.441"],
        ["总  计：", "", "", 300],
        ["花园社区小计", "", "", 300],
    ],
)
def test_a_total_is_known_wherever_it_stands(cells):
    rows = [["序号", "姓名", "身份证号", "金额"], cells, [1, "赵甲", ID, 300]]

    (table,) = tables_of(rows)

    assert [row.role for row in table.rows] == ["total", "first"]


@pytest.mark.parametrize(
    "cells",
    [
        [5, "赵甲", ID, "合计领取过"],
        ["", "共甲", ID, "累计领取两年"],
        ["", "赵甲", "", ""],
        [5, "注小明", ID, "说明：待填写"],
    ],
)
def test_a_row_that_could_be_a_person_is_no_total_and_no_note(cells):
    rows = [["序号", "姓名", "身份证号", "备注"], [4, "钱乙", ID, ""], ["合计", "", "", 1], cells]

    (table,) = tables_of(rows)

    assert table.rows[-1].role == "first"


def test_a_head_named_again_on_each_members_row_joins_them():
    rows = [
        ["户主姓名", "姓名", "与户主关系", "身份证号"],
        ["赵甲", "赵甲", "户主", ID],
        ["赵甲", "赵乙", "配偶", ID],
        ["赵甲", "赵甲", "户主", ID],
        ["钱丙", "钱丙", "户主", ID],
    ]

    (table,) = tables_of(rows)

    assert roles_of(table) == [
        (2, "first", None),
        (3, "continuation", 2),
        (4, "first", None),
        (5, "first", None),
    ]


def test_rows_with_a_repeated_household_number_each_stand_alone():
    rows = [
        ["户编号", "姓名", "与户主关系"],
        ["H001", "赵甲", "户主"],
        ["H001", "赵乙", "配偶"],
        ["H002", "钱丙", "户主"],
    ]

    (table,) = tables_of(rows)

    assert [row.role for row in table.rows] == ["first", "first", "first"]


def test_one_row_per_household_is_never_joined_to_the_one_above():
    rows = [
        ["序号", "户主姓名", "成员一姓名", "成员二姓名"],
        [1, "赵甲", "赵乙", ""],
        ["", "钱丙", "钱丁", ""],
    ]

    (table,) = tables_of(rows)

    assert [row.role for row in table.rows] == ["first", "first"]


def test_a_household_without_a_number_but_with_its_own_head_stands_alone():
    rows = [
        ["序号", "户主姓名", "姓名", "与户主关系"],
        [1, "赵甲", "赵甲", "户主"],
        ["", "", "赵乙", "子"],
        ["", "钱丙", "钱丙", "户主"],
    ]

    (table,) = tables_of(rows)

    assert roles_of(table) == [(2, "first", None), (3, "continuation", 2), (4, "first", None)]


def test_a_stray_far_cell_keeps_its_place_without_widening_the_table():
    stray = [None] * 255 + ["FFI"]
    rows = [["序号", "姓名", "身份证号"], [1, "赵甲", ID, *stray[4:]], [2, "钱乙", ID]]

    (table,) = tables_of(rows)

    assert table.headers == ("序号", "姓名", "身份证号", "")
    assert table.sheet_columns == (0, 1, 2, 254)
    assert [row.cells[-1] for row in table.rows] == ["FFI", None]


def test_tables_one_below_the_other_have_their_own_titles_and_rows():
    rows = [
        ["花园社区发放表（2024年11月）"],
        ["序号", "姓名", "身份证号", "发放金额"],
        [1, "赵甲", ID, 300],
        [],
        ["商城社区发放表（2024年10月）"],
        ["序号", "姓名", "性别", "发放金额", "身份证号"],
        [1, "钱乙", "男", 300, ID],
    ]

    upper, lower = tables_of(rows)

    assert (upper.community, upper.covers, roles_of(upper)) == (
        "花园社区",
        "2024-11",
        [(3, "first", None)],
    )
    assert (lower.community, lower.covers, roles_of(lower)) == (
        "商城社区",
        "2024-10",
        [(7, "first", None)],
    )


WIDE = ["序号", "姓名", "身份证号", "社区", "备注", "与户主关系"]


@pytest.mark.parametrize("first, tops", [(WIDE[:3], [1, 4]), (WIDE[:2], [4])])
def test_a_narrower_table_above_a_wide_one_counts_from_half_its_known_headings(first, tops):
    rows = [first, [1, "赵甲", ID][: len(first)], [], WIDE, [1, "钱乙", ID, "河口下", "", "户主"]]

    tables = tables_of(rows)

    assert [table.first_header_row for table in tables] == tops


def test_a_table_anywhere_on_the_sheet_with_blank_rows_between_is_found():
    rows = [
        [],
        ["", "", "河口下社区"],
        [],
        ["", "", "姓名", "身份证号"],
        ["", "", "  ", "　"],
        ["", "", "赵甲", ID],
    ]

    (table,) = tables_of(rows)

    assert (table.first_header_row, table.headers) == (4, ("姓名", "身份证号"))
    assert roles_of(table) == [(6, "first", None)]


def test_a_list_of_benefits_behind_a_blank_column_is_a_list_of_its_own():
    rows = [
        ["户主", "身份证号", "住址", None, "姓名", "享受项目", "每月金额"],
        ["赵大山", "360302195001012346", "东路1号", None, "孙老太", "低保", 500],
        ["合计：1户", None, None, None, "赵大山", "特困", 900],
    ]

    homes, benefits = tables_of(rows)

    assert homes.headers == ("户主", "身份证号", "住址")
    assert [row.cells[0] for row in benefits.rows] == ["孙老太", "赵大山"]


@pytest.mark.parametrize(
    "left, right, covers",
    [
        ("填报单位：花园社区", "2024年11月20日", ["2024-11-20", "2024-11-20"]),
        ("2024年10月", "2024年11月", ["2024-10", "2024-11"]),
    ],
)
def test_a_day_over_one_of_two_lists_is_that_of_both_unless_each_has_one(left, right, covers):
    heads = ["序号", "姓名", "身份证号", None]
    rows = [
        [left, None, None, None, right],
        [*heads, *heads[:3]],
        [1, "赵大山", "360302195001012346", None, 2, "孙老太", "360302194001012345"],
    ]

    assert [table.covers for table in tables_of(rows)] == covers


def test_a_slash_inside_a_header_cell_is_no_level():
    (table,) = tables_of([["姓名", "身份证号", "住址/电话"], ["赵甲", ID, "一号"]])

    assert table.headers[2] == "住址／电话"


def test_unknown_headers_are_still_found_but_never_the_row_below_them():
    (table,) = tables_of([["甲列", "乙列"], ["赵甲", "钱乙"], ["1", "2"]])

    assert table.headers == ("甲列", "乙列")
    assert [row.number for row in table.rows] == [2, 3]


def test_people_without_any_header_are_not_taken_for_headers():
    people = [["赵甲", "男", ID, "一号", "配偶的"], ["钱乙", "女", ID, "二号", "女"]]

    assert tables_of(people) == []


@pytest.mark.parametrize("rows", [[], [[]], [["字典"], ["男"], ["女"]], [[1, 2], [3, 4]]])
def test_a_sheet_without_a_table_has_none(rows):
    assert tables_of(rows) == []
