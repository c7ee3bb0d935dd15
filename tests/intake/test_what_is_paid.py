"""Whether a benefit is paid, how much for a month, and for which months: from files to receipts."""

from contextlib import closing

import pytest

from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from relieftool.store.imports import find_newest_date, list_problems
from relieftool.values.stored_values import parse_period
from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C
from tests.support.registers import empty_register, rows, shipped_pack

PLACE = "测试社区"
BOOK = [
    ["社区", "户主姓名", "姓名", "与户主关系", "身份证号"],
    [PLACE, "钱测一", "钱测一", "户主", A],
    [PLACE, "钱测一", "孙测二", "配偶", B],
    [PLACE, "吴测五", "吴测五", "户主", C],
]


class Imported:
    """Receipts as (name, programme, says, fen, from, until), problems as (code, row, column)."""

    def __init__(self, folder, *paths):
        with closing(open_database(empty_register(folder / "relief.db"))) as db:
            record_files(db, shipped_pack(), read_paths(shipped_pack(), list(paths)))
            self.receipts = rows(
                db,
                "SELECT coalesce(members.name, '户'), programme, says, amount_fen, covers_from,"
                " covers_until FROM receipts LEFT JOIN members USING (member_no) ORDER BY 1, 2, 5",
            )
            self.newest = find_newest_date(db)
            self.problems = [
                (one.problem.code, one.problem.row, one.problem.column)
                for one in list_problems(db)
                if one.problem.code not in {"list-undated", "column-unknown"}
            ]

    def said(self, programme="dibao"):
        return {
            name: (says, fen)
            for name, found, says, fen, *_days in self.receipts
            if found == programme
        }


def sheet(folder, headings, *lines, title=None, name="家庭表.xlsx"):
    top = [[title]] if title else []
    return Imported(folder, save_xlsx(folder / name, {"x": [*top, headings, *lines]}))


def paid(folder, headings, *lines, title=None, name="2024年11月城市低保金发放表.xlsx", tab="x"):
    book = save_xlsx(folder / "底册.xlsx", {"x": BOOK})
    top = [[title]] if title else []
    return Imported(folder, book, save_xlsx(folder / name, {tab: [*top, headings, *lines]}))


PAID = ["序号", "户主姓名", "户主身份证号", "低保金额"]


@pytest.mark.parametrize(
    "word",
    [
        *(
            "已失效",
            "停发",
            "注销",
            "死亡",
            "退出",
            "迁出",
            "取消",
            "终止",
            "清退",
            "已停发",
            "停止享受",
        ),
        *("2024年10月停发", "退保", "不符合条件", "病故", "取消待遇"),
    ],
)
@pytest.mark.parametrize(
    "heading", ["状态", "低保状态", "当前状态", "人员状态", "发放情况", "变动情况"]
)
def test_what_has_ended_by_its_state_is_no_receipt(tmp_path, word, heading):
    lines = [[1, "钱测一", A, 900, "正常"], [2, "吴测五", C, 800, word]]

    got = paid(tmp_path, [*PAID, heading], *lines)

    assert got.said() == {"钱测一": ("yes", 90000), "吴测五": ("no", None)}
    assert {code for code, _row, _column in got.problems} <= {"roster-says-gone"}


@pytest.mark.parametrize(
    "word",
    [
        *(
            "未发放",
            "发放失败",
            "缓发",
            "暂停",
            "待发",
            "未领取",
            "退回",
            "暂缓发放",
            "卡号错误",
            "核查中",
        ),
        *("某某", "拟停发", "3", "停发后恢复", "非正常"),
    ],
)
@pytest.mark.parametrize("heading", ["状态", "发放状态", "低保发放状态", "资金发放状态"])
def test_what_is_not_surely_paid_is_in_doubt_and_told_for_its_row_alone(tmp_path, word, heading):
    lines = [[1, "钱测一", A, 900, "在享"], [2, "吴测五", C, 800, word]]

    got = paid(tmp_path, [*PAID, heading], *lines)

    assert got.said() == {"钱测一": ("yes", 90000), "吴测五": ("maybe", None)}
    assert got.problems == [("receipt-state-unclear", 3, heading)]


@pytest.mark.parametrize(
    "word",
    [
        *(
            "正常",
            "在享",
            "有效",
            "已发放",
            "发放成功",
            "享受中",
            "新增",
            "正常发放",
            "1-正常",
            "恢复发放",
        ),
        *("调标", "在保", "已领取", "未停发"),
    ],
)
def test_what_is_paid_by_its_state_is_a_receipt(tmp_path, word):
    got = paid(tmp_path, [*PAID, "状态"], [1, "钱测一", A, 900, word])

    assert (got.said(), got.problems) == ({"钱测一": ("yes", 90000)}, [])


@pytest.mark.parametrize(
    "heading, cell, says",
    [
        ("是否停发", "是", "no"),
        ("是否停发", "否", "yes"),
        ("停发标志", 1, "no"),
        ("停发原因", "收入超标", "no"),
        ("停发原因", None, "yes"),
        ("停发原因", "无", "yes"),
        ("是否发放", "是", "yes"),
        ("是否发放", "否", "maybe"),
        ("是否在保", "否", "maybe"),
        ("变动情况", "无变动", "yes"),
        ("备注", "停发", "no"),
        ("备注", "死亡，停发", "no"),
        ("备注", "未领取", "maybe"),
        ("备注", "重复", "maybe"),
        ("备注", "10月停发，11月恢复", "maybe"),
        ("备注", "配偶死亡", "yes"),
        ("备注", "一级肢体残疾", "yes"),
        ("备注", "低保户", "yes"),
    ],
)
def test_yes_and_no_mean_what_the_heading_asks_and_remarks_are_closed(
    tmp_path, heading, cell, says
):
    got = paid(tmp_path, [*PAID, heading], [1, "钱测一", A, 900, cell])

    assert got.said()["钱测一"][0] == says
    assert [row for code, row, _column in got.problems if code == "receipt-state-unclear"] == (
        [2] if says == "maybe" else []
    )


def test_the_worst_of_several_states_counts(tmp_path):
    lines = [[1, "钱测一", A, 900, "正常", "发放失败"], [2, "吴测五", C, 800, "正常", "注销"]]

    got = paid(tmp_path, [*PAID, "人员状态", "发放状态"], *lines)

    assert got.said() == {"钱测一": ("maybe", None), "吴测五": ("maybe", None)}
    assert {row for _code, row, _column in got.problems} == {2, 3}


@pytest.mark.parametrize(
    "headings, cells, says",
    [
        (["发放金额", "状态", "备注"], [335, "正常", "停发"], "maybe"),
        (["发放金额", "备注"], [335, "停发"], "maybe"),
        (["发放金额", "状态"], [335, "停发"], "maybe"),
        (["低保金额", "状态"], ["停发", "正常"], "maybe"),
        (["发放金额", "备注"], [0, "停发"], "no"),
        (["发放金额", "备注"], [None, "停发"], "no"),
        (["发放标准", "备注"], [335, "停发"], "no"),
        (["低保金额", "备注"], [335, "停发"], "no"),
    ],
)
def test_an_end_beside_a_payment_is_in_doubt(tmp_path, headings, cells, says):
    got = paid(tmp_path, ["序号", "姓名", "身份证号", *headings], [1, "钱测一", A, *cells])

    assert got.said() == {"钱测一": (says, None)}
    assert bool([code for code, *_at in got.problems if "state" in code]) == (says == "maybe")


@pytest.mark.parametrize(
    "heading, cell, says",
    [
        ("备注", "2024年12月停发", "maybe"),
        ("备注", "下月停发", "maybe"),
        ("备注", "次月起停发", "maybe"),
        ("备注", "1月停发", "maybe"),
        ("备注", "新增，下月发放", "maybe"),
        ("备注", "2024年12月起享受", "maybe"),
        ("备注", "发放至2024年10月", "maybe"),
        ("备注", "迁往新区", "maybe"),
        ("备注", "2024年10月停发", "no"),
        ("备注", "十月停发", "no"),
        ("备注", "11月16日停发", "no"),
        ("备注", "迁往外地", "no"),
        ("备注", "2023年5月纳入", "yes"),
        ("备注", "11月新增", "yes"),
        ("备注", "儿子迁往外地", "yes"),
        ("状态", "2024年12月停发", "maybe"),
        ("状态", "2024年12月起享受", "maybe"),
        ("状态", "新增，下月发放", "maybe"),
        ("状态", "已发放至2024年10月", "maybe"),
        ("状态", "2024年10月发放", "maybe"),
        ("状态", "2024年11月已发放", "yes"),
        ("状态", "2024年10月恢复发放", "yes"),
        ("状态", "2024年11月停发", "no"),
    ],
)
def test_a_state_of_another_time_than_the_rosters_is_in_doubt(tmp_path, heading, cell, says):
    got = paid(tmp_path, [*PAID, heading], [1, "钱测一", A, 900, cell])

    assert got.said()["钱测一"][0] == says
    assert (("receipt-state-unclear", 2, heading) in got.problems) == (says == "maybe")


@pytest.mark.parametrize("heading", ["状态", "备注"])
@pytest.mark.parametrize("cell", ["渐退期", "渐退", "2024年10月渐退"])
def test_a_grace_period_is_paid_and_told(tmp_path, heading, cell):
    got = paid(tmp_path, [*PAID, heading], [1, "钱测一", A, 900, cell])

    assert got.said() == {"钱测一": ("yes", 90000)}
    assert got.problems == [("roster-says-grace", 2, heading)]


@pytest.mark.parametrize(
    "cell, expected",
    [
        ("只发10月", ("maybe", None)),
        ("只发12月", ("yes", None)),
        ("11月新增", ("yes", None)),
        ("10月新增", ("yes", 30000)),
        ("10-12月发放", ("yes", 30000)),
    ],
)
def test_a_remark_may_say_that_not_all_months_of_a_quarter_were_paid(tmp_path, cell, expected):
    title = "2024年第四季度低保金发放表"
    headings = ["序号", "姓名", "身份证号", "发放金额", "备注"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 900, cell], title=title, name="低保.xlsx")

    assert got.said() == {"钱测一": expected}
    assert bool(got.problems) == (expected[1] is None)


@pytest.mark.parametrize(
    "cell, says", [("2024年12月停发", "maybe"), ("2024年10月停发", "no"), ("下月停发", "maybe")]
)
def test_a_household_lists_state_of_another_time_is_in_doubt(tmp_path, cell, says):
    title = "困难家庭台账（2024年11月）"

    for headings, cells in ((["低保状态"], [cell]), (["已享受政策", "状态"], ["低保", cell])):
        line = [PLACE, "H1", "钱测一", A, *cells]
        got = sheet(tmp_path, [*HOME, *headings], line, title=title)

        assert got.said() == {"户": (says, None)}
        assert bool(got.problems) == (says == "maybe")


HOME = ["社区", "户编号", "姓名", "身份证号"]


@pytest.mark.parametrize(
    "headings, cells, expected, told",
    [
        (["低保", "低保金额"], ["是", 1000], ("yes", 100000), []),
        (["低保金额", "低保"], [1000, "是"], ("yes", 100000), []),
        (["低保", "低保金额"], ["否", 0], ("no", None), []),
        (["低保", "低保金额"], ["否", None], ("no", None), []),
        (["低保", "低保金额"], ["否", 800], ("maybe", None), ["columns-disagree"]),
        (["低保", "低保金额"], ["是", 0], ("maybe", None), ["columns-disagree"]),
        (["是否享受低保", "低保金额（元/月）"], ["享受", "650元"], ("yes", 65000), []),
        (["是否低保", "低保状态"], ["是", "停发"], ("no", None), []),
        (["是否低保", "低保状态"], ["是", "正常"], ("yes", None), []),
        (["是否低保", "低保状态"], ["是", "缓发"], ("maybe", None), ["receipt-state-unclear"]),
        (["低保状态", "低保金额"], ["在享", 700], ("yes", 70000), []),
        (
            ["低保", "低保状态", "低保金额"],
            ["是", "暂停", 700],
            ("maybe", None),
            ["receipt-state-unclear"],
        ),
        (["已享受政策", "低保金额"], ["低保", 700], ("yes", 70000), []),
        (["已享受政策", "低保金额"], ["高龄补贴", 700], ("yes", 70000), []),
        (["已享受政策", "低保金额"], ["无", 700], ("maybe", None), ["columns-disagree"]),
        (["已享受政策", "是否低保"], ["低保", "否"], ("maybe", None), ["columns-disagree"]),
        (["已享受政策", "享受状态"], ["低保", "已停发"], ("no", None), []),
        (["低保", "低保金额（2019年）"], ["否", 700], ("no", None), []),
        (["低保", "2019年低保金额"], ["是", 700], ("yes", None), []),
    ],
)
def test_a_household_lists_columns_of_one_benefit_are_one_statement(
    tmp_path, headings, cells, expected, told
):
    got = sheet(
        tmp_path,
        [*HOME, *headings],
        [PLACE, "H1", "钱测一", A, *cells],
        title="困难家庭台账（2024年11月）",
    )

    assert got.said() == {"户": expected}
    assert [code for code, _row, _column in got.problems] == told


@pytest.mark.parametrize(
    "heading, cells, sums, told",
    [
        ("低保金额", [1000, None], [100000, 0], []),
        ("低保金额", [1000, 0], [100000, 0], []),
        ("低保金额", [600, 400], [60000, 40000], []),
        ("低保金额", [500, 500], [None, None], ["receipt-amount-repeated"]),
        ("户低保金额", [500, 500], [50000, 0], []),
        ("人均低保金额", [500, 500], [50000, 50000], []),
    ],
)
def test_a_households_amount_counts_once_however_many_rows_have_it(
    tmp_path, heading, cells, sums, told
):
    lines = [[PLACE, "H1", "钱测一", A, "是", cells[0]], [PLACE, "H1", "孙测二", B, "是", cells[1]]]

    got = sheet(tmp_path, [*HOME, "低保", heading], *lines)

    assert sorted([fen for *_of, fen, _from, _until in got.receipts], key=str) == sorted(
        sums, key=str
    )
    assert [code for code, _row, _column in got.problems] == told


@pytest.mark.parametrize(
    "heading", ["是否孤儿", "孤儿", "是否单人户", "孤儿类别", "是否事实无人抚养儿童"]
)
def test_a_state_of_a_person_is_no_payment(tmp_path, heading):
    got = sheet(tmp_path, ["社区", "姓名", "身份证号", heading], [PLACE, "钱测一", A, "是"])

    assert got.receipts == []


@pytest.mark.parametrize(
    "heading, programme",
    [
        ("领取孤儿基本生活费", "orphan"),
        ("是否享受孤儿待遇", "orphan"),
        ("是否低保户", "dibao"),
        ("是否特困供养", "tekun"),
        ("是否享受低保", "dibao"),
    ],
)
def test_a_payment_or_a_status_programme_is_a_receipt(tmp_path, heading, programme):
    got = sheet(tmp_path, ["社区", "姓名", "身份证号", heading], [PLACE, "钱测一", A, "是"])

    assert [(found, says) for _name, found, says, *_rest in got.receipts] == [(programme, "yes")]


def test_the_words_for_people_still_name_the_benefit_that_is_received(tmp_path):
    got = sheet(tmp_path, ["社区", "姓名", "身份证号", "已享受政策"], [PLACE, "钱测一", A, "孤儿"])

    assert got.said("orphan") == {"钱测一": ("yes", None)}


@pytest.mark.parametrize(
    "title, days, fen",
    [
        ("2024年第四季度城市低保金发放表", ("2024-10-01", "2024-12-31"), 90000),
        ("2024年四季度城市低保金发放表", ("2024-10-01", "2024-12-31"), 90000),
        ("城市低保金发放表（2024年10-12月）", ("2024-10-01", "2024-12-31"), 90000),
        ("2024年下半年城市低保金发放表", ("2024-07-01", "2024-12-31"), 45000),
        ("2024年10、11月城市低保金发放表", ("2024-10-01", "2024-11-30"), 135000),
        ("2024年全年城市低保金发放表", ("2024-01-01", "2024-12-31"), 22500),
        ("24年11月城市低保金发放表", ("2024-11-01", "2024-11-30"), 270000),
        ("城市低保金11月发放表 2024年", ("2024-11-01", "2024-11-30"), 270000),
    ],
)
def test_the_sum_of_several_months_is_divided_by_them(tmp_path, title, days, fen):
    headings = ["序号", "户主姓名", "身份证号", "保障人数", "发放金额"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 2, 2700], title=title, name="低保.xlsx")

    assert got.receipts == [("钱测一", "dibao", "yes", fen, *days)]
    assert got.problems == []


def test_an_amount_for_a_month_in_a_quarters_list_is_not_divided(tmp_path):
    headings = ["序号", "户主姓名", "身份证号", "月保障金额"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 900], title="2024年第四季度城市低保金发放表")

    assert got.said() == {"钱测一": ("yes", 90000)}


@pytest.mark.parametrize(
    "heading, fen",
    [
        ("金额（10月-12月）", 30000),
        ("发放金额（3个月合计）", 30000),
        ("发放金额（三个月）", 30000),
        ("10-12月发放金额", 30000),
        ("四季度发放金额", 30000),
        ("季度发放金额", 30000),
        ("月补差金额", 90000),
        ("每月金额", 90000),
        ("月均发放金额", 90000),
        ("发放金额（元/月）", 90000),
    ],
)
def test_a_heading_says_for_how_many_months_its_amounts_are(tmp_path, heading, fen):
    headings = ["序号", "姓名", "身份证号", heading]
    title = "2024年第四季度城市低保金发放表"

    got = paid(tmp_path, headings, [1, "钱测一", A, 900], title=title, name="低保.xlsx")

    assert got.said() == {"钱测一": ("yes", fen)}


@pytest.mark.parametrize("form", ["{}月", "{}月份", "{}月金额", "2024年{}月", "{}月发放金额（元）"])
@pytest.mark.parametrize(
    "cells, expected",
    [
        ([500, 500, 500, 1500], [("yes", 50000, 10, 12)]),
        ([None, 500, 500, 1000], [("yes", 50000, 11, 12)]),
        ([500, 500, 500, None], [("yes", 50000, 10, 12)]),
        ([500, 500, 0, 1000], [("yes", 50000, 10, 11), ("maybe", None, 12, 12)]),
        ([0, 0, 0, 0], [("maybe", None, 10, 12)]),
        ([500, 500, None, 1000], [("yes", 50000, 10, 11)]),  # nobody has anything in December
        ([500, 500, 600, 1600], [("yes", 50000, 10, 11), ("yes", 60000, 12, 12)]),
        ([500, 500, 500, 1300], [("yes", None, 10, 12)]),
    ],
)
def test_columns_of_months_say_what_each_was_paid(tmp_path, form, cells, expected):
    headings = ["序号", "姓名", "身份证号", *(form.format(month) for month in (10, 11, 12)), "合计"]
    title = "2024年第四季度城市低保金发放表"

    got = paid(tmp_path, headings, [1, "钱测一", A, *cells], title=title, name="低保.xlsx")

    stated = [
        (says, fen, int(begin[5:7]), int(end[5:7])) for *_who, says, fen, begin, end in got.receipts
    ]
    assert stated == expected
    assert bool(got.problems) == any(fen is None for _says, fen, *_months in expected)


@pytest.mark.parametrize(
    "whole, says, fen, code",
    [
        (1500, "yes", 50000, None),
        (500, "yes", None, "amount-not-of-month"),
        (1000, "yes", None, "amount-not-of-month"),
        (None, "yes", 50000, None),
        (0, "maybe", None, "receipt-state-unclear"),
    ],
)
def test_a_months_standard_is_not_what_was_paid_if_the_sum_differs(
    tmp_path, whole, says, fen, code
):
    headings = ["序号", "姓名", "身份证号", "月保障金额", "季度发放金额"]
    title = "2024年第四季度城市低保金发放表"

    got = paid(tmp_path, headings, [1, "钱测一", A, 500, whole], title=title, name="低保.xlsx")

    assert [receipt[2:4] for receipt in got.receipts] == [(says, fen)]
    assert [told for told, *_at in got.problems] == [code] * bool(code)


@pytest.mark.parametrize(
    "heading, cell, is_told",
    [
        ("取暖补贴小计", 300, True),
        ("其他款项", "300元", True),
        ("取暖补贴小计", None, False),
        ("楼层", 3, False),
    ],
)
def test_amounts_of_a_roster_that_are_not_used_are_told(tmp_path, heading, cell, is_told):
    book = [[*PAID, heading], [1, "钱测一", A, 900, cell]]

    path = save_xlsx(tmp_path / "2024年11月城市低保金发放表.xlsx", {"x": book})
    (table,) = read_paths(shipped_pack(), [path])[0].tables

    told = [problem.column for problem in table.problems if problem.code == "column-unknown"]
    assert told == [heading] * is_told


def test_each_benefit_has_its_own_number_of_months(tmp_path):
    rows_of = [
        ["残疾人两项补贴发放表（2024年10月-12月）"],
        ["序号", "姓名", "身份证号", "困难残疾人生活补贴", None, "重度残疾人护理补贴", None],
        [None, None, None, "月数", "金额", "月数", "金额"],
        [1, "钱测一", A, 3, 300, 2, 200],
        [2, "吴测五", C, 1, 100, None, 300],
    ]
    book = save_xlsx(tmp_path / "底册.xlsx", {"x": BOOK})

    got = Imported(tmp_path, book, save_xlsx(tmp_path / "残疾.xlsx", {"x": rows_of}))

    assert {receipt[3] for receipt in got.receipts} == {10000}
    assert len(got.receipts) == 4


def test_amounts_of_a_whole_years_list_are_a_question(tmp_path):
    headings = ["序号", "户主姓名", "身份证号", "发放金额"]

    got = paid(
        tmp_path,
        headings,
        [1, "钱测一", A, 900],
        title="2024年度城市低保发放名单",
        name="低保.xlsx",
    )

    assert got.receipts == [("钱测一", "dibao", "yes", None, "2024-01-01", "2024-12-31")]
    assert got.problems == [("amount-of-year", None, "发放金额")]


@pytest.mark.parametrize(
    "headings, cells, fen",
    [
        (["发放年月"], ["2024年9-11月"], 90000),
        (["发放月份"], ["9-11月"], 90000),
        (["发放月份"], ["第三季度"], 90000),
        (["发放月数"], [3], 90000),
        (["月数"], ["3个月"], 90000),
        (["备注"], ["9-11月"], 90000),
        (["备注"], ["三个月合并发放"], 90000),
        (["备注"], ["共十二个月"], 22500),
        (["备注"], ["11月"], 270000),
        (["备注"], ["11月1日起享受"], 270000),
    ],
)
def test_a_row_may_say_for_how_many_months_it_is(tmp_path, headings, cells, fen):
    line = [1, "钱测一", A, 2700, *cells]

    got = paid(
        tmp_path,
        ["序号", "姓名", "身份证号", "发放金额", *headings],
        line,
        title="2024年11月低保金发放表",
    )

    assert (got.said(), got.problems) == ({"钱测一": ("yes", fen)}, [])


@pytest.mark.parametrize(
    "heading, cell",
    [
        ("备注", "11月16日起享受，按半月发"),
        ("备注", "补发7-9月"),
        ("备注", "含补发"),
        ("备注", "含9月至10月补"),
        ("备注", "9-10月补"),
        ("备注", "含10月补发335元"),
        ("备注", "半月"),
        ("备注", "扣回上月多发"),
        ("备注", "10月"),
        ("备注", "含上月"),
        ("备注", "10、11两月合发"),
        ("备注", "10月漏发"),
        ("变动类型", "补发"),
        ("补发金额", 300),
        ("补发月数", 2),
    ],
)
def test_arrears_and_part_of_a_month_leave_the_monthly_amount_open_and_are_told(
    tmp_path, heading, cell
):
    headings = ["序号", "姓名", "身份证号", "发放金额", heading]
    lines = [[1, "钱测一", A, 168, cell], [2, "吴测五", C, 335, None]]

    got = paid(tmp_path, headings, *lines, title="2024年11月城市低保金发放表")

    assert got.said() == {"钱测一": ("yes", None), "吴测五": ("yes", 33500)}
    assert got.problems == [("amount-not-of-month", 3, heading)]


def test_a_quarter_and_its_last_month_are_not_added_up(tmp_path):
    book = save_xlsx(tmp_path / "底册.xlsx", {"x": BOOK})
    headings = ["姓名", "身份证号", "发放金额"]
    quarter = [["2024年第四季度低保金发放表"], headings, ["钱测一", A, 2700]]
    month = [["2024年12月低保金发放表"], headings, ["钱测一", A, 900]]

    got = Imported(
        tmp_path,
        book,
        save_xlsx(tmp_path / "季.xlsx", {"x": quarter}),
        save_xlsx(tmp_path / "月.xlsx", {"x": month}),
    )

    assert got.said() == {"钱测一": ("yes", 90000)}
    assert (len(got.receipts), got.problems) == (1, [])


def test_a_members_blank_row_leaves_the_households_amount_known(tmp_path):
    lines = [[1, "钱测一", A, 900], [2, "孙测二", B, None]]

    got = paid(tmp_path, ["序号", "姓名", "身份证号", "发放金额"], *lines)

    assert got.said() == {"钱测一": ("yes", 90000), "孙测二": ("yes", 0)}


def test_a_roster_without_a_month_is_of_that_in_its_files_name(tmp_path):
    headings = ["序号", "姓名", "身份证号", "发放金额"]
    line = [1, "钱测一", A, 2700]

    month = paid(tmp_path, headings, line, name="2024年11月城市低保金发放表.xlsx")
    titled = paid(
        tmp_path, headings, line, title="2024年第四季度低保金发放表", name="低保2025年1月.xlsx"
    )

    assert month.receipts[0][3:] == (270000, "2024-11-01", "2024-11-30")
    assert titled.receipts[0][3:] == (90000, "2024-10-01", "2024-12-31")


@pytest.mark.parametrize(
    "name, title, fen, covers",
    [
        ("低保金发放表 2024-11", None, 270000, "2024-11"),
        ("低保金发放表202411", None, 270000, "2024-11"),
        ("低保金发放表_2024_11", None, 270000, "2024-11"),
        ("24.11城市低保金发放表", None, 270000, "2024-11"),
        ("城市低保金发放表24.11", None, 270000, "2024-11"),
        ("2024低保金11月发放表", None, 270000, "2024-11"),
        ("11月", "2024年城市低保金发放表", 270000, "2024-11"),
        ("11月", "2024年度城市低保金发放表", 270000, "2024-11"),
        ("2024年", "城市低保金发放表（11月）", 270000, "2024-11"),
        ("2024年11、12月低保金发放表", None, 135000, "2024-11/2024-12"),
        ("2024低保金四季度发放表", None, 90000, "2024-10/2024-12"),
        ("10-12月低保金发放表", None, 90000, None),
        ("低保金发放表3季度", None, 90000, None),
        ("低保金发放表（10月、11月）", None, 135000, None),
        ("低保金发放表四季度（12月发放）", None, 90000, None),
        ("低保", "城市低保金发放表（10-12月）", 90000, None),
        ("低保金发放表11月", None, 270000, None),
        ("低保金发放表24.5元", None, 270000, None),
    ],
)
def test_months_in_a_files_name_count_as_in_a_title(tmp_path, name, title, fen, covers):
    headings = ["序号", "姓名", "身份证号", "低保发放金额"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 2700], title=title, name=f"{name}.xlsx")

    days = parse_period(covers) if covers else (None, None)
    assert got.receipts == [("钱测一", "dibao", "yes", fen, *days)]
    assert got.problems == []


@pytest.mark.parametrize(
    "name, fen, told",
    [
        ("低保金发放表2024年3、6、9月", 90000, "covers-several-months"),
        ("低保金发放表4-6月（7-8月发放）", None, "amount-of-year"),
    ],
)
def test_months_that_are_not_clear_are_told(tmp_path, name, fen, told):
    headings = ["序号", "姓名", "身份证号", "低保发放金额"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 2700], name=f"{name}.xlsx")

    assert got.receipts == [("钱测一", "dibao", "yes", fen, None, None)]
    assert [code for code, _row, _column in got.problems] == [told]


@pytest.mark.parametrize(
    "title, expected, told",
    [
        ("2024年11月停发低保人员名单", {"钱测一": ("no", None)}, ["roster-of-others"]),
        ("2024年11月低保清退人员花名册", {"钱测一": ("no", None)}, ["roster-of-others"]),
        ("低保停发（死亡）人员名单", {"钱测一": ("no", None)}, ["roster-of-others"]),
        ("2024年11月低保停发", {"钱测一": ("no", None)}, ["roster-of-others"]),
        ("低保11月发放表（不含停发人员）", {"钱测一": ("yes", None)}, []),
        ("低保11月发放表（已核减死亡人员）", {"钱测一": ("yes", None)}, []),
        ("低保11月发放表（死亡人员除外）", {"钱测一": ("yes", None)}, []),
        ("低保11月发放表（取消纸质存折后）", {"钱测一": ("yes", None)}, []),
        ("2024年11月退出现役军人低保发放表", {"钱测一": ("yes", None)}, []),
        ("未享受低保人员名单", {}, ["roster-of-others"]),
        ("应享未享低保人员花名册", {}, ["roster-of-others"]),
        ("2024年11月拟纳入低保对象公示", {"钱测一": ("maybe", None)}, ["roster-of-others"]),
        ("2024年11月低保新增对象名单", {"钱测一": ("yes", None)}, []),
        ("2024年11月低保停发、新增变动表名单", {"钱测一": ("yes", None)}, []),
    ],
)
def test_a_list_is_what_its_name_says_of_those_on_it(tmp_path, title, expected, told):
    got = paid(
        tmp_path, ["序号", "姓名", "身份证号"], [1, "钱测一", A], title=title, name="名单.xlsx"
    )

    assert got.said() == expected
    assert [code for code, _row, _column in got.problems] == told


@pytest.mark.parametrize("title", ["2062年11月城市低保金发放表", "2062年第四季度城市低保金发放表"])
def test_a_roster_dated_ahead_is_undated_and_told(tmp_path, title):
    headings = ["序号", "姓名", "身份证号", "月保障金额"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 900], title=title)

    assert got.receipts == [("钱测一", "dibao", "yes", 90000, None, None)]
    assert got.problems == [("list-ahead", 2, "")]


def test_a_household_list_dated_ahead_moves_no_day(tmp_path):
    title = "困难家庭台账（2062年11月30日）"

    got = sheet(tmp_path, [*HOME, "低保"], [PLACE, "H1", "钱测一", A, "是"], title=title)

    assert got.receipts == [("户", "dibao", "yes", None, None, None)]
    assert (got.problems, got.newest) == ([("list-ahead", 2, "")], None)


AID = ["序号", "姓名", "身份证号"]
OF_EACH = {"dibao": ("yes", 90000), "tekun": ("yes", 120000), "orphan": ("yes", 150000)}


@pytest.mark.parametrize(
    "heading, words",
    [
        ("类别", ("城市低保", "特困", "孤儿")),
        ("救助类别", ("低保", "特困供养", "孤儿保障")),
        ("待遇类别", ("农村低保", "分散供养特困", "散居孤儿")),
        ("发放类别", ("城市低保A类", "五保", "孤儿")),
        ("补助类别", ("最低生活保障", "特困人员", "孤儿基本生活费")),
        ("项目", ("低保金", "特困", "孤儿生活费")),
    ],
)
@pytest.mark.parametrize(
    "name",
    ["2024年11月救助资金发放表.xlsx", "后埠街2024年11月困难群众基本生活补助资金发放花名册.xlsx"],
)
def test_each_row_of_a_list_of_aid_is_of_the_benefit_that_it_names(tmp_path, heading, words, name):
    lines = [
        [number, person, number_of, word, yuan]
        for number, (person, number_of, word, yuan) in enumerate(
            zip(("钱测一", "孙测二", "吴测五"), (A, B, C), words, (900, 1200, 1500), strict=True)
        )
    ]

    got = paid(tmp_path, [*AID, heading, "发放金额"], *lines, name=name)

    assert {found: (says, fen) for _name, found, says, fen, *_days in got.receipts} == OF_EACH
    assert {until for *_of, until in got.receipts} == {"2024-11-30"}


def test_a_row_of_aid_whose_word_is_no_benefit_is_told(tmp_path):
    got = paid(
        tmp_path,
        [*AID, "类别", "发放金额"],
        [1, "钱测一", A, "低保", 900],
        [2, "吴测五", C, "老党员", 100],
        name="2024年11月资金发放表.xlsx",
    )

    assert [(name, found) for name, found, *_rest in got.receipts] == [("钱测一", "dibao")]
    assert ("benefit-unknown", 3, "类别") in got.problems


@pytest.mark.parametrize("heading", ["类别", "救助类别", "人员类别"])
@pytest.mark.parametrize(
    "name, expected",
    [
        ("2024年11月困难残疾人生活补贴发放表.xlsx", {("钱测一", "disability-living", 9000)}),
        ("2024年春节慰问金发放表.xlsx", set()),
        ("2024年冬季取暖补贴发放表.xlsx", set()),
    ],
)
def test_words_for_people_are_no_benefits_in_a_list_of_another_payment(
    tmp_path, heading, name, expected
):
    got = paid(tmp_path, [*AID, heading, "发放金额"], [1, "钱测一", A, "低保", 90], name=name)

    assert {(name, found, fen) for name, found, _says, fen, *_days in got.receipts} == expected


@pytest.mark.parametrize("word", ["渐退", "渐退期", "延退期", "缓退"])
def test_who_is_in_the_grace_period_is_still_paid_and_it_is_told(tmp_path, word):
    headings = ["序号", "户主姓名", "户主身份证号", "发放金额", "状态"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 900, word], [2, "吴测五", C, 800, "正常"])

    assert got.said() == {"钱测一": ("yes", 90000), "吴测五": ("yes", 80000)}
    assert got.problems == [("roster-says-grace", 2, "状态")]
