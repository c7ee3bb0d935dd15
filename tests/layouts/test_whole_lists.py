"""One whole file for each layout seen: every household, person, fact and problem written by hand.

What each row of the list of layouts became is told by name in test_covered.py.
"""

import json
from contextlib import closing

import pytest

from relieftool.errors import ReliefError
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from tests.layouts.files import pack_zip, save_csv, save_xls, save_xlsx
from tests.layouts.outcome import A, B, C, D, E, imported, person
from tests.support.registers import shipped_pack

PLACE = "河口下"
F, G = person(6), person(7)


def test_a_provincial_export_with_title_meta_row_and_header_in_row_four(tmp_path):
    rows = [
        ["困难家庭信息台账（2024年11月）"],
        [None],
        ["所属地区：某某街道　乡镇（街道）　河口下　村（居）委会"],
        [
            "户编号",
            "姓名",
            "身份证号*",
            "与户主关系",
            "性别",
            "年龄",
            "月收入(元)",
            "是否重病",
            "住址",
        ],
        ["0001", "赵甲", A, "户主", "男", 54, "1,200.50", None, " 一栋1号"],
        ["0001", "赵乙", B, "妻", "女", 52, 0, "是", None],
        ["0002", "钱丙", C, "户主", "男", 50, None, "否", "二栋"],
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}, [(0, 0, 1, 7)]))

    assert got.whole == [
        (PLACE, {"address": "一栋1号"}, [
            ("赵甲", A, "户主", {
                "stated_age": 54, "income": 120050, "serious_illness": 0}),
            ("赵乙", B, "妻", {
                "stated_age": 52, "income": 0, "serious_illness": 1}),
        ]),
        (PLACE, {"address": "二栋"}, [
            ("钱丙", C, "户主", {"stated_age": 50, "serious_illness": 0})]),
    ]  # fmt: skip
    assert got.problems == []


def test_a_payment_list_under_four_rows_of_headings_pays_the_right_people(tmp_path):
    homes = [
        ["户编号", "姓名", "身份证号", "与户主关系", "社区"],
        ["H1", "赵甲", A, "户主", PLACE],
        ["H1", "赵乙", B, "妻", PLACE],
        ["H2", "钱丙", C, "户主", PLACE],
    ]
    paid = [
        ["城市低保金发放领取表（2024年3月）"],
        ["所属地区：某某街道　乡镇（街道）　河口下　村（居）委会"],
        ["序号", "低保证号", "户主姓名", "身份证号", "保障人数", "领取金额", None, None, None],
        [None, None, None, None, None, "家庭补差", "分类施保", None, "合计"],
        [None, None, None, None, None, None, "重点", "残疾", None],
        [None, None, None, None, None, None, "救助60元", "人数", None],
        [1, "360302001 001 0001", "赵甲", A, 1, 400, 60, 1, 460],
        [None, None, "赵乙", B, 1, None, None, None, None],
        [2, "360302001 001 0002", "钱丙", C, 1, 300, None, None, 300],
        ["合   计", None, None, None, 3, 700, 60, 1, 760],
    ]
    down = [(2, c, 5, c) for c in range(5)]
    merges = [*down, (2, 5, 2, 8), (3, 5, 5, 5), (3, 6, 3, 7), (3, 8, 5, 8)]
    files = [save_csv(tmp_path / "户.csv", {"x": homes})]

    got = imported(tmp_path, *files, save_xls(tmp_path / "低保.xls", {"城保": paid}, merges))

    assert [[one[:2] for one in people] for _place, _facts, people in got.whole] == [
        [("赵甲", A), ("赵乙", B)],
        [("钱丙", C)],
    ]
    assert got.receipts == [
        ("赵乙", "dibao", 0, "2024-03-31"),
        ("赵甲", "dibao", 46000, "2024-03-31"),
        ("钱丙", "dibao", 30000, "2024-03-31"),
    ]
    # 人数 looks like a known heading, and the parts of the sum are amounts: none of them is used
    assert got.problems == [
        ("column-unknown", 6, "领取金额/分类施保/残疾/人数"),
        ("column-unknown", 6, "领取金额/分类施保/重点/救助60元"),
        ("column-unknown", 6, "领取金额/家庭补差"),
    ]


def test_headings_split_over_two_rows_without_merge_are_read_downward(tmp_path):
    rows = [
        ["河口下社区困难家庭台账"],
        ["户编", "户主", "身份", "家庭", "家庭", "残疾", "重点"],
        ["号", "姓名", "证号", "人口", "月收入", "等级", "救助60元"],
        ["H1", "赵甲", A, 1, 800, "二级", 60],
        ["H2", "钱丙", C, 1, None, None, None],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.whole == [
        (PLACE, {"stated_size": 1, "household_income": 80000}, [
            ("赵甲", A, None, {"disability_grade": "grade2"})]),
        (PLACE, {"stated_size": 1}, [("钱丙", C, None, {"disability_grade": "none"})]),
    ]  # fmt: skip
    assert got.problems == [("amounts-of-no-benefit", 3, "重点/救助60元")]


def test_household_cells_merged_over_their_members_with_other_merges_beside(tmp_path):
    rows = [
        ["河口下社区困难家庭台账"],
        ["序号", "户主", "人口", "住址", "电话", "姓名", "身份证号", "与户主关系", "致困原因"],
        [1, "赵甲", 2, "一号", "0799-1", "赵甲", A, "户主", "因病"],
        [None, None, None, None, None, "赵乙", B, "妻", None],
        [2, "钱丙", 1, "二号", "0799-2", "钱丙", C, "户主", None],
        [3, "孙丁", 1, "三号", "", "孙丁", D, "户主", "因残"],
        ["合计，3户，4人"],
    ]
    merges = [(2, c, 3, c) for c in range(5)] + [(2, 8, 4, 8)]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}, merges))

    assert got.whole == [
        (PLACE, {"stated_size": 1, "address": "三号", "hardship_cause": "因残"}, [
            ("孙丁", D, "户主", {})]),
        (PLACE, {"stated_size": 2, "address": "一号", "phone": "0799-1",
                 "hardship_cause": "因病"}, [("赵甲", A, "户主", {}), ("赵乙", B, "妻", {})]),
        (PLACE, {"stated_size": 1, "address": "二号", "phone": "0799-2"}, [
            ("钱丙", C, "户主", {})]),
    ]  # fmt: skip
    assert got.problems == []


def test_a_fact_merged_over_the_rows_of_several_people_is_that_of_each(tmp_path):
    rows = [
        ["户编号", "社区", "姓名", "身份证号", "是否重病", "残疾等级", "月收入"],
        ["H1", PLACE, "赵甲", A, "是", "二级", 500],
        ["H1", PLACE, "赵乙", B, None, None, None],
        ["H1", PLACE, "赵丙", D, None, None, 100],
    ]
    merges = [(1, 4, 2, 4), (1, 6, 2, 6)]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}, merges))

    assert got.whole == [
        (PLACE, {}, [
            ("赵甲", A, None, {
                "serious_illness": 1, "disability_grade": "grade2"}),
            ("赵乙", B, None, {"serious_illness": 1, "disability_grade": "none"}),
            ("赵丙", D, None, {
                "serious_illness": 0, "disability_grade": "none", "income": 10000}),
        ]),
    ]  # fmt: skip
    assert got.problems == [("amount-merged", 2, "月收入"), ("amount-merged", 3, "月收入")]


def test_zero_merged_over_several_people_is_zero_of_each(tmp_path):
    rows = [
        ["户编号", "社区", "姓名", "身份证号", "月收入", "医疗自付"],
        ["H1", PLACE, "赵甲", A, 0, "无"],
        ["H1", PLACE, "赵乙", B, None, None],
    ]
    merges = [(1, 4, 2, 4), (1, 5, 2, 5)]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}, merges))

    assert (got.fact("income"), got.problems) == ([0, 0], [])


def test_an_amount_merged_over_the_rows_of_one_person_is_theirs(tmp_path):
    rows = [
        ["户编号", "社区", "姓名", "身份证号", "月收入", "家庭月收入", "备注"],
        ["H1", PLACE, "赵甲", A, 700, 900, "一"],
        [None, None, None, None, None, None, "二"],
        ["H1", PLACE, "赵乙", B, 100, None, None],
    ]
    merges = [(1, 2, 2, 2), (1, 3, 2, 3), (1, 4, 2, 4), (1, 5, 3, 5)]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}, merges))

    assert (got.fact("income"), got.problems) == ([70000, 10000], [])
    assert got.fact("household_income") == [90000]


@pytest.mark.parametrize("second", ["H1", "H2"])
def test_a_benefit_merged_over_two_households_is_received_at_an_unknown_amount(tmp_path, second):
    rows = [
        ["户编号", "社区", "姓名", "身份证号", "低保金"],
        ["H1", PLACE, "赵甲", A, 800],
        [second, PLACE, "赵乙", B, None],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}, [(1, 4, 2, 4)]))

    told = [("amount-merged", row, "低保金") for row in (2, 3)]
    assert got.problems == (told if second == "H2" else [])
    assert got.amounts == ([80000] if second == "H1" else [None, None])


@pytest.mark.parametrize("second, expected", [("H1", [80000, 0]), ("H2", [None, None])])
def test_a_payment_merged_over_two_rows_is_known_only_of_one_household(tmp_path, second, expected):
    homes = [
        ["户编号", "社区", "姓名", "身份证号"],
        ["H1", PLACE, "赵甲", A],
        [second, PLACE, "赵乙", B],
    ]
    paid = [["姓名", "身份证号", "发放金额"], ["赵甲", A, 800], ["赵乙", B, None]]
    roster = tmp_path / "2024年11月低保金发放表.xlsx"

    got = imported(
        tmp_path,
        save_xlsx(tmp_path / "a.xlsx", {"x": homes}),
        save_xlsx(roster, {"x": paid}, [(1, 2, 2, 2)]),
    )

    told = [("amount-merged", row, "发放金额") for row in (2, 3)]
    assert got.problems == (told if second == "H2" else [])
    assert got.amounts == expected


MERGED = [
    ["户编号", "社区", "姓名", "身份证号", "是否重病", "医疗自付", "机动车"],
    ["H1", PLACE, "赵甲", A, "是", 3000, 1],
    ["H1", None, "赵乙", B, None, None, None],
    ["H1", None, "赵丙", D, None, None, None],
    ["H2", None, "钱丙", C, None, 200, None],
]
OVER_H1 = [(1, 4, 2, 4), (1, 5, 2, 5), (1, 1, 4, 1), (1, 6, 4, 6)]


def test_an_amount_merged_over_several_people_is_unknown_of_each(tmp_path):
    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": MERGED}, OVER_H1))

    # the third row's blank is its own and means none
    assert got.fact("medical_own_cost") == [None, None, 0, 20000]
    assert got.problems == [
        ("amount-merged", 2, "医疗自付"),
        ("amount-merged", 2, "机动车"),
        ("amount-merged", 3, "医疗自付"),
        ("amount-merged", 5, "机动车"),
    ]


def test_a_households_figure_merged_over_two_households_is_unknown_of_both(tmp_path):
    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": MERGED}, OVER_H1))

    assert got.fact("vehicles") == [None, None]


def test_a_community_merged_over_the_rows_is_that_of_each(tmp_path):
    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": MERGED}, OVER_H1))

    assert got.households == [(PLACE, "赵甲", "赵乙", "赵丙"), (PLACE, "钱丙")]


def test_nothing_merged_over_rows_is_a_blank_of_each(tmp_path):
    empty = [[None if cell in ("是", 3000, 1) else cell for cell in row] for row in MERGED]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": empty}, OVER_H1))

    assert got.fact("medical_own_cost") == [0, 0, 0, 20000]
    assert (got.fact("serious_illness"), got.problems) == ([0] * 4, [])


def test_the_rows_under_a_merged_cell_are_kept_word_for_word(tmp_path):
    path = save_xlsx(tmp_path / "a.xlsx", {"x": MERGED}, OVER_H1)

    imported(tmp_path, path)

    with closing(open_database(tmp_path / "relief.db")) as db:
        kept = db.execute("SELECT cells FROM source_rows ORDER BY row_number").fetchall()
    assert [json.loads(cells) for (cells,) in kept] == MERGED[1:]


def test_members_under_a_blank_serial_number_each_counted_as_one(tmp_path):
    rows = [
        ["河口下社区困难家庭名册"],
        ["序号", "低保证号", "户主姓名", "身份证号", "与户主关系", "月收入"],
        [1, "360302001 001 0001", "赵甲", A, "本人", 500],
        [None, None, "赵乙", B, "配偶", 0],
        [None, None, "赵丙", D, "子", None],
        [1, "360302001 001 0002", "钱丙", C, "本人", "无"],
        ["合   计", None, "4人", None, None, 500],
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    assert got.whole == [
        (PLACE, {}, [
            ("赵甲", A, "本人", {"income": 50000}),
            ("赵乙", B, "配偶", {"income": 0}),
            ("赵丙", D, "子", {})]),
        (PLACE, {}, [("钱丙", C, "本人", {})]),
    ]  # fmt: skip
    assert got.problems == [("value-unreadable", 6, "月收入")]


NINE = "一二三四五六七八九"


def test_nine_members_in_columns_under_title_unit_row_and_two_rows_of_headings(tmp_path):
    many = [person(place) for place in range(10, 19)]
    parents = ["户主姓名", "身份证号", "家庭住址"]
    below = [None, None, None]
    for number in NINE:
        parents += [f"成员{number}", None]
        below += [f"成员{number}姓名", f"成员{number}身份证号"]
    names = [f"赵{number}" for number in NINE]
    rows = [
        ["困难家庭花名册"],
        ["统计单位：河口下社区", None, None, "统计日期：2024年11月30日"],
        parents,
        below,
        ["赵甲", A, "一号", *[cell for pair in zip(names, many, strict=True) for cell in pair]],
        ["钱丙", C, "二号", "钱丁", B, *[None] * 16],
        ["制表人：周", None, None, "制表时间：2024年12月1日"],
    ]
    merges = [(2, c, 3, c) for c in range(3)] + [(2, c, 2, c + 1) for c in range(3, 21, 2)]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}, merges))

    assert got.whole == [
        (PLACE, {"address": "一号"}, [
            ("赵甲", A, None, {}),
            *[(name, number, None, {}) for name, number in zip(names, many, strict=True)]]),
        (PLACE, {"address": "二号"}, [("钱丙", C, None, {}), ("钱丁", B, None, {})]),
    ]  # fmt: skip
    assert got.problems == []


def test_members_with_nine_columns_each(tmp_path):
    kinds = [
        "姓名",
        "身份证号",
        "与户主关系",
        "性别",
        "年龄",
        "是否重病",
        "残疾等级",
        "就业状况",
        "月收入",
    ]
    rows = [
        ["户编号", "社区", "户主姓名", "户主身份证号"]
        + [f"家庭成员{place}{kind}" for place in range(1, 6) for kind in kinds],
        ["H1", PLACE, "赵甲", A]
        + ["赵乙", B, "妻", "女", 52, "是", None, "失业", 0]
        + ["赵丙", D, "女", "女", "20岁", None, "三级", "学生", None]
        + [None] * 27,
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    assert got.whole == [
        (PLACE, {}, [
            ("赵甲", A, None, {}),
            ("赵乙", B, "妻", {"stated_age": 52, "serious_illness": 1,
                             "disability_grade": "none", "employment": "unemployed",
                             "income": 0}),
            ("赵丙", D, "女", {"stated_age": 20, "serious_illness": 0,
                             "disability_grade": "grade3", "employment": "student"}),
        ]),
    ]  # fmt: skip
    assert got.problems == []


@pytest.mark.parametrize("gap", [0, 1], ids=["side by side", "a column between the first two"])
def test_members_in_pairs_of_columns_without_headings(tmp_path, gap):
    between = [None] * gap
    noted = ["妻"] * gap
    rows = [
        ["序号", "社区", "户类型", "户主姓名", "身份证号", "住址", *[None] * (4 + gap)],
        [1, PLACE, "全额", "赵甲", A, "一号", "赵乙", *noted, B, "赵丙", D],
        [2, PLACE, "全额救助", "钱丙", C, "二号", None, *between, None, None, None],
        [3, PLACE, "差额", "孙丁", E, None, "孙戊", *noted, F, None, None],
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    wife = "妻" if gap else None
    assert got.whole == [
        (PLACE, {}, [("孙丁", E, None, {}), ("孙戊", F, wife, {})]),
        (PLACE, {"address": "一号"}, [
            ("赵甲", A, None, {}), ("赵乙", B, wife, {}), ("赵丙", D, None, {})]),
        (PLACE, {"address": "二号"}, [("钱丙", C, None, {})]),
    ]  # fmt: skip
    assert got.problems == []


def test_two_months_whose_columns_moved_are_the_same_households(tmp_path):
    october = [
        ["河口下社区低保家庭台账（2024年10月）"],
        [
            "序号",
            "户编号",
            "户类型",
            "联系电话",
            "户主姓名",
            "身份证号",
            "成员一姓名",
            "成员一身份证号",
        ],
        [1, "H1", "全额救助", "0799-1", "赵甲", A, "赵乙", B],
    ]
    november = [
        ["河口下社区低保家庭台账（2024年11月）"],
        [
            "序号",
            "户编号",
            "户类型",
            "户主姓名",
            "身份证号",
            "成员一姓名",
            "成员一身份证号",
            "联系电话",
        ],
        [1, "H1", "全额", "赵甲", A, "赵乙", B, "0799-2"],
    ]
    paths = [
        save_xls(tmp_path / "10.xls", {"x": october}),
        save_xls(tmp_path / "11.xls", {"x": november}),
    ]

    got = imported(tmp_path, *paths)

    assert got.whole == [
        (PLACE, {"phone": "0799-2"}, [("赵甲", A, None, {}), ("赵乙", B, None, {})])
    ]
    assert got.problems == []


def test_names_joined_in_one_cell_are_told_to_be_nobody(tmp_path):
    rows = [
        ["户编号", "户主姓名", "身份证号", "家庭人口", "家庭成员", "社区"],
        ["H1", "赵甲", A, 3, "赵乙、赵丙", PLACE],
        ["H2", "钱丙", C, 1, None, PLACE],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.whole == [
        (PLACE, {"stated_size": 3}, [("赵甲", A, None, {})]),
        (PLACE, {"stated_size": 1}, [("钱丙", C, None, {})]),
    ]
    assert got.problems == [("size-differs", 2, "家庭人口")]


FORM = [
    ["困难家庭走访登记表"],
    [],
    ["户主姓名", None, "赵甲", None, None, None, "身份证号", A],
    ["家庭住址", None, "一号", None, None, None, "联系电话", "13800000000"],
    *[[]] * 4,
    ["姓名", "与户主关系", "身份证号", "月收入"],
    ["赵乙", "妻", B, 0],
    ["家庭代表意见", "同意"],
]


def test_one_household_a_sheet_is_refused_and_nothing_is_read(tmp_path):
    path = save_xls(tmp_path / "a.xls", {"赵甲": FORM, "钱丙": FORM})

    with pytest.raises(ReliefError, match="the form of one household") as told:
        read_paths(shipped_pack(), [path])

    assert "row for each person" in told.value.remedy


def test_a_coded_questionnaire_is_refused(tmp_path):
    asked = ["有无住房", "有无病人", "有无残疾人", "有无学生", "是否低保", "是否参保"]
    rows = [["困难家庭调查问卷（Q2）"], ["户主姓名：赵甲", None, "编号"]]
    rows += [[201 + n, f"{what}（1=是 2=否）", 1 + n % 2] for n, what in enumerate(asked)]

    with pytest.raises(ReliefError, match="this sheet is a questionnaire"):
        read_paths(shipped_pack(), [save_xls(tmp_path / "q2.xls", {"问卷": rows})])


def test_a_sheet_for_each_community_and_sheets_that_help_filling_in(tmp_path):
    head = ["户编号", "姓名", "身份证号", "与户主关系", "机动车（辆）"]
    sheets = {
        "河口下社区": [head, ["1", "赵甲", A, "户主", 1], ["1", "赵乙", B, "妻", None]],
        "花园社区": [["花园社区困难家庭"], head, ["2", "钱丙", C, "户主", "无"]],
        "字典": [["性别", "关系"], ["男", "户主"], ["女", "妻"]],
        "type": [["1", "低保"], ["2", "特困"]],
        "导入注意事项": [["1、请按模板填写"]],
        "Sheet2": [],
        "Sheet3": [],
    }

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", sheets))

    assert got.whole == [
        ("河口下", {"vehicles": 1}, [("赵甲", A, "户主", {}), ("赵乙", B, "妻", {})]),
        ("花园", {"vehicles": 0}, [("钱丙", C, "户主", {})]),
    ]
    assert got.problems == []


def test_a_table_of_households_and_one_of_people_joined_by_their_number(tmp_path):
    homes = [
        ["户码*", "户主姓名*", "社区", "家庭月收入（万元）", "住房套数"],
        ["360302000100001", "赵甲", PLACE, "0.08", 1],
        ["3603020001", "钱丙", PLACE, None, "无"],
    ]
    people = [
        ["户码*", "姓名*", "身份证号*", "与户主关系*", "残疾类别", "残疾等级"],
        ["3603020001", "钱丙", C, "户主", None, None],
        ["360302000100001", "赵乙", B, "妻", "精神", "一级"],
        ["360302000100001", "赵甲", A, "户主", None, None],
        ["360302000100009", "孙丁", D, "户主", None, None],
    ]
    paths = [
        save_csv(tmp_path / "户.csv", {"x": homes}, encoding="gb18030"),
        save_csv(tmp_path / "人.csv", {"x": people}, encoding="utf-16"),
    ]

    got = imported(tmp_path, *paths)

    well = {"disability_kind": "none", "disability_grade": "none"}
    ill = {"disability_kind": "mental", "disability_grade": "grade1"}
    assert got.whole == [
        (PLACE, {"household_income": 80000, "homes": 1}, [
            ("赵乙", B, "妻", ill), ("赵甲", A, "户主", well)]),
        (PLACE, {"homes": 0}, [("钱丙", C, "户主", well)]),
    ]  # fmt: skip
    assert got.problems == [("community-unknown", 5, "")]


def test_rows_of_hints_under_the_header_are_nobody(tmp_path):
    rows = [
        ["户编号*", "姓名*", "身份证号*", "社区*", "是否重病"],
        ["必填", "必填，真实姓名", "必填，18位", "必填，下拉选择", "选填，是/否"],
        ["⬇ 请在下方填写，不要修改表头", None, None, None, None],
        ["H1", "赵甲", A, PLACE, "否"],
        ["H2", "钱丙", C, PLACE, None],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.whole == [
        (PLACE, {}, [("赵甲", A, None, {"serious_illness": 0})]),
        (PLACE, {}, [("钱丙", C, None, {"serious_illness": 0})]),
    ]
    assert got.problems == []
    assert got.roles == [("first", 2), ("note", 2)]


def test_stray_cells_blank_rows_and_a_list_for_choosing_beside_the_table(tmp_path):
    rows = [
        ["户编号", "姓名", "身份证号", "社区", None, *[None] * 250, "FFI"],
        ["H1", "赵甲", A, PLACE, None, None, "男", "低保"],
        ["H2", "钱丙", C, PLACE, None, None, "女", "特困"],
        [None, None, None, None, None, None, None, "边缘"],
        [" " * 1562],
        *[[""] * 4] * 6580,
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    assert got.whole == [
        (PLACE, {}, [("赵甲", A, None, {})]),
        (PLACE, {}, [("钱丙", C, None, {})]),
    ]
    assert got.problems == []


def test_an_archive_of_a_chinese_windows_with_lock_files(tmp_path):
    rows = [["户编号", "姓名", "身份证号", "社区"], ["H1", "赵甲", A, PLACE]]
    content = save_xls(tmp_path / "a.xls", {"x": rows}).read_bytes()
    members = {"户册/名单.xls": content, "户册/~$名单.xls": b"\x05Zhang"}
    said = []

    (read,) = read_paths(
        shipped_pack(), [pack_zip(tmp_path / "材料.zip", members)], say=said.append
    )

    assert (read.name, [len(one.rows) for one in read.tables]) == ("名单.xls", [1])
    assert ["~$名单.xls" in sentence for sentence in said] == [True]


@pytest.mark.parametrize("merges", [(), [(1, 0, 1, 2), (1, 3, 1, 5)]])
@pytest.mark.parametrize(
    "left, right", [("80-89岁", "90岁以上"), ("城市", "农村"), ("80岁以上老人", "百岁老人")]
)
def test_lists_side_by_side_may_have_a_group_over_each(tmp_path, left, right, merges):
    homes = [["户编号", "社区", "姓名", "身份证号"]]
    homes += [
        [f"H{name}", PLACE, name, number] for name, number in zip("甲乙丙", (A, B, C), strict=True)
    ]
    paid = [
        ["高龄补贴发放表", None, None, None, None, None],
        [left, None, None, right, None, None],
        ["姓名", "身份证号", "金额", "姓名", "身份证号", "金额"],
        ["甲", A, 50, "丙", C, 50],
        ["乙", B, 50, None, None, None],
    ]

    got = imported(
        tmp_path,
        save_xlsx(tmp_path / "a.xlsx", {"x": homes}),
        save_xlsx(tmp_path / "2024年11月高龄补贴发放表.xlsx", {"x": paid}, list(merges)),
    )

    assert (sorted(got.amounts), got.problems) == ([5000, 5000, 5000], [])


def test_a_group_over_each_list_side_by_side_may_be_its_community(tmp_path):
    rows = [
        ["河口下社区", None, "学前社区", None],
        ["姓名", "身份证号", "姓名", "身份证号"],
        ["赵甲", A, "钱丙", C],
    ]
    rows = [[*row[:2], None, *row[2:]] for row in rows]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [("学前", "钱丙"), (PLACE, "赵甲")]


def test_groups_of_the_members_of_a_household_are_no_lists(tmp_path):
    rows = [
        ["户编号", "社区", "户主", None, None, "配偶", None, None],
        [None, None, "姓名", "身份证号", "金额", "姓名", "身份证号", "金额"],
        ["H1", PLACE, "赵甲", A, 1, "赵乙", B, 2],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.numbers == ["H1"]


@pytest.mark.parametrize(
    "stated, known",
    [
        ((18000, 2.4, 24000), (1800000, None, 2400000)),
        (("18,000", "2.4万元", 0), (1800000, 2400000, 0)),
        ((300, 2.4, 500), (30000, 240, 50000)),
        ((1.8, 2.4, 3), (180, 240, 300)),
    ],
)
def test_an_income_far_smaller_than_the_others_of_its_column_is_told(tmp_path, stated, known):
    people = zip(("赵甲", "钱丙", "孙丁"), (A, C, D), stated, strict=True)
    rows = [["户编号", "社区", "姓名", "身份证号", "家庭年收入"]]
    rows += [[f"H{row}", PLACE, *person_row] for row, person_row in enumerate(people)]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.fact("household_income_year") == list(known)
    told = [("value-unreadable", 3, "家庭年收入")] if None in known else []
    assert got.problems == told
