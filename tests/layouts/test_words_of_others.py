"""Lists in words that no list of the program's has, or in an order that nobody thought of."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import imported, person

A, B, C, D, E, F = map(person, range(40, 46))
PLACE = "测试社区"
BOOK = [
    ["社区", "户编号", "姓名", "与户主关系", "身份证号"],
    [PLACE, "H1", "钱测一", "户主", A],
    [PLACE, "H1", "孙测二", "配偶", B],
    [PLACE, "H2", "吴测五", "户主", E],
    [PLACE, "H2", "周测四", "母亲", D],
]


def read(folder, *lines, name="名单", book=False, title=None):
    files = [save_xlsx(folder / "底册.xlsx", {"x": BOOK})] if book else []
    rows = [*([[title]] if title else []), *lines]
    return imported(folder, *files, save_xlsx(folder / f"{name}.xlsx", {"Sheet1": rows}))


def codes(got):
    return [code for code, _row, _column in got.problems]


def people(got):
    return sorted(
        (name, facts) for _place, _home, own in got.whole for name, _id, _rel, facts in own
    )


@pytest.mark.parametrize("words", [("类别", "等级"), ("种类", "级别"), ("残疾类型", "等级")])
def test_the_end_of_a_heading_is_enough_where_the_cells_show_the_fact(tmp_path, words):
    got = read(
        tmp_path,
        ["社区", "结对干部", "帮扶对象姓名", "公民身份号码", *words],
        [PLACE, "钱某某", "孙测二", B, "肢体", "二级"],
        [PLACE, "钱某某", "吴测五", E, "视力残疾", "一级"],
    )

    assert people(got) == [
        ("吴测五", {"disability_kind": "sight", "disability_grade": "grade1"}),
        ("孙测二", {"disability_kind": "limb", "disability_grade": "grade2"}),
    ]
    assert set(codes(got)) == {"column-assumed", "households-of-one"}


@pytest.mark.parametrize("cells", [("甲类", "乙类"), ("一类", "二级"), ("1", "2")])
def test_cells_of_anything_else_below_such_a_heading_are_no_fact(tmp_path, cells):
    first, second = cells
    got = read(
        tmp_path,
        ["社区", "户编号", "姓名", "身份证号", "类别"],
        [PLACE, "1", "孙测二", B, first],
        [PLACE, "2", "吴测五", E, second],
    )

    assert got.fact("disability_kind") == [None, None]


@pytest.mark.parametrize("heading", ["住户", "居民户", "服务人"])
def test_names_before_the_numbers_are_those_of_the_people_in_the_rows(tmp_path, heading):
    got = read(
        tmp_path,
        ["社区", "户编号", heading, "身份证号"],
        [PLACE, "1", "孙测二", B],
        [PLACE, "2", "吴测五", E],
    )

    assert [name for name, _facts in people(got)] == ["吴测五", "孙测二"]
    assert set(codes(got)) <= {"column-assumed"}


@pytest.mark.parametrize("heading", ["是否健在", "健在", "是否在世"])
def test_no_under_a_question_whether_somebody_is_alive_is_asked_about(tmp_path, heading):
    got = read(
        tmp_path,
        ["社区", "户编号", "姓名", "身份证号", heading],
        [PLACE, "1", "钱测一", A, "是"],
        [PLACE, "1", "孙测二", B, "否"],
    )

    assert got.problems == [("perhaps-gone", 3, heading)]


@pytest.mark.parametrize("cells", [(1, 2, 1), ("1", "2", "1")])
def test_codes_of_yes_and_no_mark_the_heads(tmp_path, cells):
    people_of = zip(["1", "1", "2"], ["钱测一", "孙测二", "吴测五"], [A, B, E], cells, strict=True)

    got = read(
        tmp_path,
        ["社区", "家庭号", "姓名", "身份证", "户主(1是2否)"],
        *([PLACE, *row] for row in people_of),
    )

    assert got.heads == ["钱测一", "吴测五"]
    assert len(got.people) == 3


def test_nobody_is_called_by_a_figure(tmp_path):
    got = read(
        tmp_path,
        ["社区", "家庭号", "姓名", "身份证", "户主"],
        [PLACE, "1", "钱测一", A, 3],
        [PLACE, "2", "吴测五", E, 5],
    )

    assert [name for name, _facts in people(got)] == ["吴测五", "钱测一"]
    assert codes(got) == ["column-unknown"]


@pytest.mark.parametrize("cell", [f"孙测二 妻 {B}", f"孙测二{B}"])
def test_a_number_in_the_cell_of_a_name_is_no_part_of_it(tmp_path, cell):
    got = read(tmp_path, ["社区", "户编号", "家庭成员"], [PLACE, "1", cell])

    assert [name for name, _facts in people(got)] == ["孙测二"]
    assert "name-marked" in codes(got)


@pytest.mark.parametrize(
    "heading, cell, fact, value",
    [
        ("有无车辆", "无", "vehicles", 0),
        ("有无房产", "无", "homes", 0),
        ("有无存款", "无", "deposits", 0),
        ("是否有车", "否", "vehicles", 0),
        ("有无存款", "3000", "deposits", 300000),
        ("是否在校生", "否", "school_stage", "none"),
    ],
)
def test_no_under_a_question_is_none(tmp_path, heading, cell, fact, value):
    got = read(
        tmp_path, ["社区", "户编号", "姓名", "身份证号", heading], [PLACE, "1", "钱测一", A, cell]
    )

    assert (got.fact(fact), got.problems) == ([value], [])


@pytest.mark.parametrize("heading", ["有无车辆", "有无房产", "是否在校生"])
def test_yes_under_a_question_of_how_many_is_told(tmp_path, heading):
    got = read(
        tmp_path, ["社区", "户编号", "姓名", "身份证号", heading], [PLACE, "1", "钱测一", A, "是"]
    )

    assert got.problems == [("value-unreadable", 2, heading)]


CARE = "2024年第一季度重度残疾人护理补贴"


@pytest.mark.parametrize("name", [CARE, f"{CARE}发放表"])
def test_columns_of_months_alone_are_what_a_titled_benefit_pays(tmp_path, name):
    got = read(
        tmp_path,
        ["姓名", "身份证号", "1月", "2月", "3月"],
        ["周测四", D, 80, 80, 80],
        ["孙测二", B, 90, 90, 90],
        name=name,
        book=True,
    )

    assert got.receipts == [
        ("周测四", "disability-care", 8000, "2024-03-31"),
        ("孙测二", "disability-care", 9000, "2024-03-31"),
    ]


def test_one_month_may_head_the_amounts(tmp_path):
    lines = ["姓名", "身份证号", "11月"], ["周测四", D, 80], ["孙测二", B, 90]

    got = read(tmp_path, *lines, name="2024年11月重度残疾人护理补贴", book=True)

    assert got.amounts == [8000, 9000]


def test_columns_of_months_of_no_known_benefit_are_told(tmp_path):
    lines = ["姓名", "身份证号", "1月", "2月"], ["周测四", D, 80, 80], ["孙测二", B, 90, 90]

    got = read(tmp_path, *lines, name="2024年高龄津贴", book=True)

    assert codes(got).count("amounts-of-no-benefit") == 2


@pytest.mark.parametrize("heading", ["户保障金", "户补助金额", "每户救助金", "家庭保障金额"])
def test_an_amount_of_the_household_is_that_of_its_benefit(tmp_path, heading):
    got = read(
        tmp_path,
        ["序号", "户主姓名", "家庭成员", "成员身份证号", heading],
        [1, "钱测一", "钱测一", A, 1200],
        [None, None, "孙测二", B, None],
        [2, "吴测五", "吴测五", E, 600],
        title="2024年11月低保金发放表",
        book=True,
    )

    assert got.amounts == [120000, 0, 60000]


@pytest.mark.parametrize("heading", ["低保标志", "低保标识", "低保户标记"])
def test_a_mark_of_a_benefit_says_yes_and_no(tmp_path, heading):
    got = read(
        tmp_path,
        ["社区", "户编号", "姓名", "身份证号", heading],
        [PLACE, "1", "钱测一", A, "Y"],
        [PLACE, "2", "吴测五", E, "N"],
        name="台账",
    )

    assert (len(got.amounts), got.problems) == (1, [])
