"""What a heading says beside its noun: a year, a stage, a period, words in brackets."""

import pytest

from relieftool.spreadsheets.columns import build_pack_catalogue, map_columns
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.tables import find_tables
from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, imported
from tests.support.registers import shipped_pack

PLACE = "河口下"


def read(folder, *sheets):
    paths = [
        save_xlsx(folder / f"{number}.xlsx", {"x": rows}) for number, rows in enumerate(sheets)
    ]
    return imported(folder, *paths)


def household(title, *pairs):
    """Return a list of one household, with these headings and cells."""
    headings, cells = zip(*pairs, strict=True)
    return [[title], ["社区", "户主姓名", "身份证号", *headings], [PLACE, "钱测一", A, *cells]]


def read_targets(rows):
    """Return the target of each column of a list."""
    catalogue = build_pack_catalogue(shipped_pack())
    (table,) = find_tables(Sheet("x", rows, [], is_hidden=False), catalogue.known)
    return [column.target for column in map_columns(table, catalogue)]


@pytest.mark.parametrize(
    "heading",
    [
        *("2023年家庭总收入（元）", "2023家庭总收入", "2023年度家庭年收入", "上年度家庭总收入"),
        *(
            "近12个月家庭总收入",
            "家庭总收入（2023年）",
            "2023年家庭收入",
            "去年家庭收入（元/年）",
            "过去12个月家庭收入",
        ),
    ],
)
def test_a_year_before_a_fact_is_taken_off_its_heading(tmp_path, heading):
    got = read(tmp_path, household("台账", (heading, 9600)))

    assert (got.fact("household_income_year"), got.problems) == ([960000], [])


@pytest.mark.parametrize("heading", ["2023年家庭总收入", "上年度家庭总收入"])
def test_the_year_in_a_heading_is_that_of_the_fact(tmp_path, heading):
    later = household("2024年11月台账", (heading, 9600))
    earlier = household("2024年3月台账", ("家庭总收入", 12000))

    got = read(tmp_path, earlier, later)

    assert got.fact("household_income_year") == [1200000]


def test_of_two_lists_that_name_the_same_year_the_newer_counts(tmp_path):
    older = household("2024年3月台账", ("2023年家庭总收入", 9600))
    newer = household("2024年11月台账", ("2023年家庭总收入", 10800))

    got = read(tmp_path, newer, older)

    assert (got.fact("household_income_year"), got.problems) == ([1080000], [])


def test_the_tables_own_year_in_a_heading_is_the_tables_day(tmp_path):
    older = household("2024年3月台账", ("2024年家庭总收入", 900))
    newer = household("2024年11月台账", ("家庭总收入", 1000))

    assert read(tmp_path, older, newer).fact("household_income_year") == [100000]


@pytest.mark.parametrize("heading", ["2023年底存款", "截至2023年末存款（元）", "去年底存款"])
def test_the_end_of_a_year_dates_a_balance(tmp_path, heading):
    got = read(
        tmp_path,
        household("2024年11月台账", (heading, 900)),
        household("2024年1月台账", ("存款", 1000)),
    )

    assert got.fact("deposits") == [100000]


def test_of_two_years_the_newer_counts(tmp_path):
    got = read(tmp_path, household("台账", ("2022年家庭总收入", 900), ("2023年家庭总收入", 1000)))

    assert got.fact("household_income_year") == [100000]


@pytest.mark.parametrize(
    "heading, fact",
    [
        ("家庭收入（元/年）", "household_income_year"),
        ("家庭收入（元/月）", "household_income"),
        ("家庭总收入（元/月）", "household_income"),
        ("收入（元/月）", "income"),
        ("全年家庭收入", "household_income_year"),
        ("全年收入", "household_income_year"),
        ("家庭每月总收入", "household_income"),
    ],
)
def test_the_period_in_the_unit_chooses_the_fact(tmp_path, heading, fact):
    got = read(tmp_path, household("台账", (heading, 900)))

    assert (got.fact(fact), got.problems) == ([90000], [])


@pytest.mark.parametrize(
    "words", ["不含低保金", "含低保金", "仅户主", "扣除医疗支出", "不计养老金"]
)
def test_brackets_that_limit_what_is_meant_are_told(tmp_path, words):
    got = read(tmp_path, household("台账", (f"家庭月收入（{words}）", 900)))

    assert got.fact("household_income") == [None]
    assert got.problems == [("column-unknown", 2, f"家庭月收入（{words}）")]


@pytest.mark.parametrize("time", ["2023年度", "近12个月", "上年度", "去年"])
def test_a_limit_behind_a_time_is_told_too(tmp_path, time):
    heading = f"{time}家庭年收入（元）（不含养老金）"

    got = read(tmp_path, household("台账", (heading, 9600)))

    assert got.problems == [("column-unknown", 2, heading)]


@pytest.mark.parametrize("words", ["元", "情况说明", "必填", "含户主"])
def test_other_brackets_change_nothing(tmp_path, words):
    got = read(tmp_path, household("台账", (f"家庭月收入（{words}）", 900)))

    assert (got.fact("household_income"), got.problems) == ([90000], [])


@pytest.mark.parametrize(
    "heading", ["核准救助金额（元）", "审批金额", "实际发放金额", "救助核定金额", "批准资助金额"]
)
def test_a_stage_goes_with_an_amount(tmp_path, heading):
    paid = [
        ["2024年冬春救助发放名单"],
        ["户主姓名", "身份证号", heading],
        ["钱测一", A, 300],
    ]

    got = read(tmp_path, household("台账", ("家庭人口", 1)), paid)

    assert [(programme, fen) for _name, programme, fen, _until in got.receipts] == [
        ("disaster-relief", 30000)
    ]


def test_what_was_asked_for_was_not_paid(tmp_path):
    asked = [["2024年冬春救助名单"], ["户主姓名", "身份证号", "申请救助金额"], ["钱测一", A, 300]]

    got = read(tmp_path, household("台账", ("家庭人口", 1)), asked)

    assert [fen for _name, _programme, fen, _until in got.receipts] == [None]


@pytest.mark.parametrize("heading", ["年收入", "收入（元/年）", "2023年收入"])
def test_a_yearly_income_that_may_be_the_members_own_is_not_the_households(tmp_path, heading):
    got = read(tmp_path, household("台账", (heading, 900)))

    assert got.fact("household_income_year") + got.fact("income") == [None, None]


@pytest.mark.parametrize(
    "heading",
    [
        "2019年家庭总收入（元）",
        "家庭总收入（2019年）",
        "2022年家庭总收入",
        "2022年12月家庭总收入（元/年）",
    ],
)
def test_a_year_that_is_long_over_is_not_used(tmp_path, heading):
    rows = household("2024年12月台账", (heading, 1000))

    assert read_targets(rows)[-1] is None
    assert read(tmp_path, rows).fact("household_income_year") == [None]


@pytest.mark.parametrize("heading", ["2023年家庭总收入", "2024年家庭总收入", "上年度家庭总收入"])
def test_the_year_before_that_of_the_table_is_used(tmp_path, heading):
    got = read(tmp_path, household("2024年12月台账", (heading, 1000)))

    assert (got.fact("household_income_year"), got.problems) == ([100000], [])


def test_in_a_table_without_a_day_any_year_is_used():
    rows = household("台账", ("2019年家庭总收入", 1000))

    assert read_targets(rows)[-1] == "household_income_year"
