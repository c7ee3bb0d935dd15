"""Each layout that offices were seen to use: what becomes of it, household by household."""

import openpyxl
import pytest

from relieftool.errors import ReliefError
from relieftool.intake.source_files import read_paths
from tests.layouts.files import save_csv, save_html, save_xls, save_xlsx
from tests.layouts.outcome import A, B, C, D, E, imported, person
from tests.support.registers import shipped_pack

PLACE = "河口下"


# -- title, lines above, a header in rows 1 to 5 --


@pytest.mark.parametrize("header_row", [1, 2, 3, 4, 5])
def test_a_header_in_any_of_the_first_rows_below_title_and_notes(tmp_path, header_row):
    above = [
        ["2024年11月困难家庭台账"], ["填报单位：河口下社区"], ["注：请按户填写，户主排第一"], [None]
    ]  # fmt: skip
    above = above[: header_row - 1]
    rows = [
        ["户编号", "姓名", "身份证号", "与户主关系", "社区"],
        ["H1", "赵甲", A, "户主", PLACE],
        ["H1", "赵乙", B, "妻", PLACE],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"Sheet1": [*above, *rows]}))

    assert (got.households, got.problems) == ([(PLACE, "赵甲", "赵乙")], [])


@pytest.mark.parametrize("merge", [(0, 0, 0, 4), (0, 0, 1, 7), (0, 1, 0, 13)])
def test_a_title_merged_over_fewer_or_more_columns_than_the_table(tmp_path, merge):
    rows = [[None] * 14, [None] * 14]
    rows[0][merge[1]] = "河口下社区困难家庭台账"
    rows += [
        ["户编号", "姓名", "身份证号", "与户主关系", "性别", "年龄", "民族"],
        ["H1", "赵甲", A, "户主", "男", 54, "汉"],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"Sheet1": rows}, [merge]))

    assert (got.households, got.problems) == ([(PLACE, "赵甲")], [])


# -- headers of several rows --

PAID = [("赵甲", "dibao", 36000, "2024-03-31"), ("钱丙", "dibao", 30000, "2024-03-31")]
LIST = ["赵甲", "钱丙"]


def household_list(folder):
    rows = [
        ["户编号", "姓名", "身份证号", "社区"], ["H1", "赵甲", A, PLACE], ["H2", "钱丙", C, PLACE]
    ]  # fmt: skip
    return save_csv(folder / "户.csv", {"x": rows})


def test_a_header_of_four_rows_merged_unevenly_whose_parent_also_holds_values(tmp_path):
    rows = [
        ["城市低保金发放领取表（2024年3月）"],
        ["所属地区：某某街道　乡镇（街道）　河口下　村（居）委会"],
        ["序号", "户主姓名", "身份证号码", "保障人数", "领取金额", None, None, "签字"],
        [None, None, None, None, "家庭补差", "分类施保", None, None],
        [None, None, None, None, None, "重点", "合计", None],
        [None, None, None, None, None, "救助60元", None, None],
        [1, "赵甲", A, 1, 300, 60, 360, None],
        [2, "钱丙", C, 1, 300, None, 300, None],
        ["合   计", None, None, 2, 600, 60, 660, None],
    ]
    down = [(2, c, 5, c) for c in (0, 1, 2, 3)]
    merges = [*down, (2, 4, 2, 6), (3, 4, 5, 4), (3, 5, 3, 6), (4, 6, 5, 6), (2, 7, 4, 7)]
    path = save_xls(tmp_path / "低保.xls", {"城保": rows}, merges)

    got = imported(tmp_path, household_list(tmp_path), path)

    assert got.receipts == PAID
    # the parts of the sum are used for nothing, which is told
    assert got.problems == [
        ("column-unknown", 6, "领取金额/分类施保/重点/救助60元"),
        ("column-unknown", 6, "领取金额/家庭补差"),
    ]


def test_words_split_over_two_rows_without_any_merge(tmp_path):
    rows = [
        ["河口下社区低保金发放表（2024年3月）"],
        ["序号", "户主", "身份", "家庭", "重点", "实发"],
        [None, "姓名", "证号", "补差", "救助60元", "金额"],
        [1, "赵甲", A, 300, 60, 360],
        [2, "钱丙", C, 300, None, 300],
    ]

    got = imported(tmp_path, household_list(tmp_path), save_xlsx(tmp_path / "b.xlsx", {"x": rows}))

    assert (got.receipts, got.problems) == (PAID, [("column-unknown", 3, "家庭/补差")])


@pytest.mark.parametrize("number", ["编号", "序号", "户编号"])
def test_a_header_of_three_rows_without_any_merge(tmp_path, number):
    rows = [
        ["河口下社区困难家庭台账"],
        [number, "人员登记", None, "家庭登记"],
        [None, "基本信息", None, "其他"],
        [None, "姓名", "身份证号", "备注"],
        [1, "赵甲", A, "已核实"],
        [None, "赵乙", B, None],
        [2, "钱丙", C, None],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    assert (got.households, got.problems) == ([(PLACE, "赵甲", "赵乙"), (PLACE, "钱丙")], [])


# -- households by merged cells, blank numbers, repeated numbers --

HEAD = ["序号", "户主", "住址", "电话", "姓名", "身份证号", "与户主关系"]
TWO = [(PLACE, "赵甲", "赵乙"), (PLACE, "钱丙")]


@pytest.mark.parametrize("save", [save_xlsx, save_xls, save_html])
def test_household_cells_merged_over_the_rows_of_members_and_a_total(tmp_path, save):
    rows = [
        ["河口下社区困难家庭台账"],
        HEAD,
        [1, "赵甲", "一号", "0799", "赵甲", A, "户主"],
        [None, None, None, None, "赵乙", B, "妻"],
        [2, "钱丙", "二号", "0799", "钱丙", C, "户主"],
        ["合计, 2户, 3人"],
    ]
    merges = [(2, c, 3, c) for c in range(4)]

    got = imported(tmp_path, save(tmp_path / "a.xls", {"x": rows}, merges))

    assert (got.households, got.problems) == (TWO, [])
    assert got.roles == [("continuation", 1), ("first", 2), ("note", 1), ("total", 1)]


def test_members_under_a_blank_number_in_the_column_headed_head(tmp_path):
    rows = [
        ["河口下社区困难家庭名册"],
        ["序号", "低保证号", "户主姓名", "身份证号", "家庭人口"],
        [1, "360302001 001 0001", "赵甲", A, 2],
        [None, None, "赵乙", B, None],
        [2, "360302001 001 0002", "钱丙", C, 1],
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    assert (got.households, got.problems) == (TWO, [])


def test_a_serial_number_that_starts_again_is_no_key(tmp_path):
    rows = [
        ["序号", "户主姓名", "身份证号", "社区"],
        [1, "赵甲", A, PLACE],
        [2, "赵乙", B, PLACE],
        [1, "钱丙", C, PLACE],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "赵乙"), (PLACE, "赵甲"), (PLACE, "钱丙")]


def test_a_household_number_repeated_on_rows_far_apart(tmp_path):
    rows = [
        ["户编号", "姓名", "身份证号", "与户主关系", "社区"],
        ["H1", "赵甲", A, "户主", PLACE],
        ["H2", "钱丙", C, "户主", PLACE],
        ["H1", "赵乙", B, "妻", PLACE],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.households, got.problems) == (TWO, [])


# -- one row per household --


@pytest.mark.parametrize(
    "first, second",
    [
        (["成员一姓名", "成员一身份证号"], ["成员二姓名", "成员二身份证号"]),
        (["家庭成员1姓名", "家庭成员1身份证号"], ["家庭成员2姓名", "家庭成员2身份证号"]),
        (["成员1姓名", "成员1身份证件号"], ["成员2姓名", "成员2身份证件号"]),
        (["家庭成员", None], [None, None]),
        ([None, None], [None, None]),
    ],
    ids=["chinese numbers", "figures", "short", "one heading over all", "no heading at all"],
)
def test_members_in_columns_named_or_not(tmp_path, first, second):
    rows = [
        ["困难家庭花名册"],
        ["统计单位：河口下社区", None, None, "统计日期：2024年11月30日"],
        ["序号", "户主姓名", "身份证号", "住址", *first, *second],
        [1, "赵甲", A, "一号", "赵乙", B, "赵丙", D],
        [2, "钱丙", C, "二号", None, None, None, None],
        [3, "孙丁", E, "三号", None, None, None, None],
        ["制表人：周", None, None, "制表时间：2024年12月1日"],
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    assert got.households == [(PLACE, "孙丁"), (PLACE, "赵甲", "赵乙", "赵丙"), (PLACE, "钱丙")]
    assert (got.with_ids, got.problems) == (sorted([A, B, C, D, E]), [])


def test_unnamed_columns_without_right_id_numbers_are_nobody(tmp_path):
    rows = [
        ["序号", "户主姓名", "身份证号", "社区", None, None],
        [1, "赵甲", A, PLACE, "赵乙", "12345"],
        [2, "钱丙", C, PLACE, "钱丁", B],
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    assert got.households == [(PLACE, "赵甲"), (PLACE, "钱丙")]


@pytest.mark.parametrize("before", [["户类型"], ["户类型", "保障类别"]])
def test_columns_that_move_between_months_are_found_by_their_headings(tmp_path, before):
    rows = [
        ["序号", *before, "户主姓名", "身份证号", "社区", "成员一姓名", "成员一身份证号"],
        [1, *["全额"] * len(before), "赵甲", A, PLACE, "赵乙", B],
        [2, *["全额救助"] * len(before), "钱丙", C, PLACE, None, None],
    ]

    got = imported(tmp_path, save_xls(tmp_path / "a.xls", {"x": rows}))

    assert (got.households, got.problems) == (TWO, [])


def test_names_joined_in_one_cell_are_kept_and_make_nobody(tmp_path):
    rows = [
        ["序号", "户主姓名", "身份证号", "家庭成员", "社区"],
        [1, "赵甲", A, "赵乙、赵丙", PLACE],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.households, got.problems) == ([(PLACE, "赵甲")], [])


# -- forms and questionnaires --

FORM = [
    ["困难家庭走访登记表"],
    ["户主姓名", "赵甲", "身份证号", A],
    ["联系电话", "13800000000", "家庭住址", "河口路一号"],
    [],
    ["姓名", "与户主关系", "身份证号", "月收入"],
    ["赵乙", "妻", B, 0],
    ["家庭代表意见", "同意"],
]
QUESTIONS = [
    ["困难家庭调查问卷"],
    *[[200 + n, f"第{n}项是否符合（1=是 2=否）", 1 + n % 2] for n in range(1, 8)],
]
FORM_WORDS = "this file is not a list\nthis sheet is the form of one household"


@pytest.mark.parametrize(
    "sheets, words",
    [
        ({"赵甲": FORM, "钱丙": FORM}, FORM_WORDS),
        ({"赵甲": [["户主姓名", "赵甲"], ["身份证号", A], ["家庭住址", "一号"]]}, FORM_WORDS),
        ({"问卷": QUESTIONS}, "this file is not a list\nthis sheet is a questionnaire"),
    ],
    ids=["one household a sheet", "label and value below each other", "coded questionnaire"],
)
def test_a_form_or_questionnaire_is_refused_in_a_plain_sentence(tmp_path, sheets, words):
    path = save_xlsx(tmp_path / "a.xlsx", sheets)

    with pytest.raises(ReliefError, match=words):
        read_paths(shipped_pack(), [path])


def test_a_form_beside_a_list_is_told_and_the_list_is_read(tmp_path):
    rows = [["户编号", "姓名", "身份证号", "社区"], ["H2", "钱丙", C, PLACE]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"名单": rows, "赵甲": FORM}))

    assert got.households == [(PLACE, "钱丙")]
    assert got.problems == [("sheet-is-a-form", None, "")]


SPLIT_HEADINGS = [
    ["2024年11月名单"],
    ["所属地区：河湾街道河口下社区"],
    ["序号", "低保证号", "户主", "身份证号码", "保障", "领取"],
    [None, None, "姓名", None, "人数", "金额"],
]


@pytest.mark.parametrize("count", [3, 12])
def test_a_list_whose_headings_stand_alone_in_two_rows_is_no_form(tmp_path, count):
    paid = [[n, f"3603{n}", f"赵{n}", person(n), 1, 280] for n in range(1, count + 1)]

    (read,) = read_paths(
        shipped_pack(), [save_xls(tmp_path / "a.xls", {"东片": [*SPLIT_HEADINGS, *paid]})]
    )

    assert [len(one.rows) for one in read.tables if one.columns] == [count + 2]


def test_a_list_of_words_alone_is_no_form(tmp_path):
    rows = [["户主姓名", "甲项", "家庭住址", "乙项"], [None, "联系电话", None, "丙项"]]
    rows += [[f"赵{name}", "无", "河口路", "无"] for name in "甲乙丙丁戊己庚辛壬癸"]

    (read,) = read_paths(shipped_pack(), [save_xlsx(tmp_path / "a.xlsx", {"x": rows})])

    assert [len(one.rows) for one in read.tables if one.columns] == [10]


# -- sheets --


def test_one_sheet_per_community_beside_sheets_that_help_filling_in(tmp_path):
    head = ["户编号", "姓名", "身份证号"]
    sheets = {
        "河口下社区": [head, ["H1", "赵甲", A]],
        "花园社区": [head, ["H2", "钱丙", C]],
        "字典": [["性别"], ["男"], ["女"]],
        "导入注意事项": [["1、请按模板填写"], ["2、不要改表头"]],
        "Sheet2": [],
    }

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", sheets))

    assert (got.households, got.problems) == ([("河口下", "赵甲"), ("花园", "钱丙")], [])


def test_a_sheet_without_a_table_that_is_no_aid_is_told(tmp_path):
    sheets = {
        "名单": [["户编号", "姓名", "社区"], ["H1", "赵甲", PLACE]],
        "记录": [["上次走访"], ["无人在家"]],
    }

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", sheets))

    assert got.problems == [("sheet-without-table", None, "")]


HOMES = [
    ["户码*", "户主姓名", "社区", "住址"],
    ["7", "赵甲", PLACE, "一号"],
    ["8", "钱丙", PLACE, "二号"],
]
PEOPLE = [
    ["户码*", "姓名", "身份证号", "与户主关系"],
    ["8", "钱丙", C, "户主"],
    ["7", "赵乙", B, "妻"],
    ["7", "赵甲", A, "户主"],
]


def test_households_and_members_in_two_files_are_joined_by_their_number(tmp_path):
    homes = save_csv(tmp_path / "户.csv", {"x": HOMES}, encoding="gb18030")
    people = save_xls(tmp_path / "人.xls", {"x": PEOPLE})

    got = imported(tmp_path, homes, people)

    assert (got.households, got.numbers, got.problems) == (TWO, ["7", "8"], [])


def test_households_and_members_on_two_sheets_are_joined_by_their_number(tmp_path):
    path = save_xlsx(tmp_path / "a.xlsx", {"户": HOMES, "人": PEOPLE})

    got = imported(tmp_path, path)

    assert (got.households, got.problems) == (TWO, [])


def test_tables_one_below_the_other_each_with_its_own_title(tmp_path):
    head = ["序号", "户主姓名", "身份证号", "家庭人口"]
    rows = [
        ["河口下社区困难家庭"], head, [1, "赵甲", A, 1], [],
        ["花园社区困难家庭"], head[:2] + head[:1:-1], [1, "钱丙", 1, C],
    ]  # fmt: skip

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.households, got.problems) == ([("河口下", "赵甲"), ("花园", "钱丙")], [])


# -- rows that are no data, cells that are strays --

PLAIN = [["户编号", "姓名", "身份证号", "社区"], ["H1", "赵甲", A, PLACE], ["H2", "钱丙", C, PLACE]]
BOTH = [(PLACE, "赵甲"), (PLACE, "钱丙")]


@pytest.mark.parametrize(
    "hint",
    [
        ["必填", "必填，真实姓名", "必填", "选填"],
        ["⬇ 请在下方填写，不要修改表头", None, None, None],
        ["填写户编号", "填写姓名", "请填18位", "请选择"],
    ],
)
def test_a_row_of_hints_under_the_header_is_no_person(tmp_path, hint):
    rows = [PLAIN[0], hint, *PLAIN[1:]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.households, got.problems) == (BOTH, [])


def strays(rows):
    """Return rows with what strays onto sheets: far cells, blanks, a list to choose from."""
    far = [*rows[0], *[None] * 251, "FFI"]
    listed = [[*row, None, word] for row, word in zip(rows[1:], ["一般户", "低保户"], strict=True)]
    return [far, *listed, [None] * 5 + ["脱贫户"], [" " * 1562], *[["", "", ""]] * 200]


@pytest.mark.parametrize("save", [save_xlsx, save_xls, save_csv])
def test_strays_neither_make_people_nor_hide_them(tmp_path, save):
    path = save(tmp_path / "a.xls", {"x": strays(PLAIN)})

    got = imported(tmp_path, path)

    assert (got.households, got.problems) == (BOTH, [])


def test_an_honest_list_with_one_cell_at_the_very_end_of_the_sheet_is_read(tmp_path):
    path = save_xlsx(tmp_path / "a.xlsx", {"x": PLAIN})
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = "x"
    book.save(path)

    got = imported(tmp_path, path)

    assert (got.households, got.problems) == (BOTH, [])


def test_rules_merged_in_the_last_row_and_who_made_the_list_are_no_people(tmp_path):
    rows = [
        *PLAIN,
        ["合计2户，选定2户", None, None, "1,570.441"],
        ["说明：1.本表一式两份。2.本表所列金额为当月应发金额，不含临时救助。"],
        ["制表人：周", None, "审核人：吴", "2024年12月1日"],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}, [(4, 0, 4, 3)]))

    assert (got.households, got.problems) == (BOTH, [])
