"""What one household is: by its number, a column that repeats, merged cells, or the relation."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C, D, E, imported, person

PLACE = "测试"
TWO = [(PLACE, "吴测五"), (PLACE, "钱测一", "孙测二")]
THREE = [(PLACE, "吴测五"), (PLACE, "孙测二"), (PLACE, "钱测一")]
PEOPLE = {"钱测一": A, "孙测二": B, "吴测五": E, "周测四": D, "郑测六": C}


def read(folder, *rows, merges=(), title="测试社区困难家庭台账"):
    """Read a list below a title; merges count its rows from 1, below the title."""
    down = [(top, left, bottom, right) for top, left, bottom, right in merges]
    return imported(folder, save_xlsx(folder / "a.xlsx", {"x": [[title], *rows]}, down))


def codes(got):
    return [code for code, _row, _column in got.problems]


@pytest.mark.parametrize(
    "heading",
    [
        *("户号编码", "户主编号", "户主号", "户口号", "户口本号", "户口簿号", "农户预编码"),
        *("家庭户编号", "户籍编号", "户ID", "户序号", "家庭代码", "贫困户编号", "户口簿编号"),
        *("家庭唯一标识", "农户ID"),
    ],
)
def test_a_number_of_a_household_is_known_by_its_grammar(tmp_path, heading):
    got = read(
        tmp_path,
        [heading, "姓名", "身份证号", "与户主关系"],
        ["0001", "钱测一", A, "户主"],
        ["0002", "吴测五", E, "户主"],
        ["0001", "孙测二", B, "配偶"],
    )

    assert (got.households, got.numbers, got.problems) == (TWO, ["0001", "0002"], [])


@pytest.mark.parametrize("heading", ["户籍性质", "户口性质", "户型", "户籍地编码"])
def test_another_word_with_a_household_in_it_is_no_number(tmp_path, heading):
    got = read(
        tmp_path,
        [heading, "姓名", "身份证号", "与户主关系"],
        ["城镇", "钱测一", A, "户主"],
        ["城镇", "孙测二", B, "配偶"],
        ["农村", "吴测五", E, "户主"],
    )

    assert (got.households, codes(got)[-1:]) == (TWO, ["households-by-relation"])


@pytest.mark.parametrize("heading", ["编组", "分户标识", "档案袋", "XB", "卷宗号"])
@pytest.mark.parametrize("first, second", [("0001", "0002"), (1, 2), ("A-7", "B-2"), ("01", 2)])
def test_a_column_nobody_knows_is_a_key_where_each_group_has_one_head(
    tmp_path, heading, first, second
):
    got = read(
        tmp_path,
        [heading, "姓名", "身份证号", "与户主关系"],
        [first, "钱测一", A, "户主"],
        [second, "吴测五", E, "户主"],
        [first, "孙测二", B, "配偶"],
    )

    assert (got.households, got.problems) == (TWO, [("households-by-column", 2, heading)])


@pytest.mark.parametrize(
    "heading, first, second, is_key",
    [
        ("册页", "360302001000180", "360302001000179", True),
        ("册页", "H040", "H039", True),
        ("银行账号", "6217000012345678901", "6228480012345678912", False),
        ("邮编", "337000", "337016", False),
        ("起始年份", "1970", "1971", False),
    ],
)
def test_behind_the_names_only_numbers_that_follow_each_other_are_a_key(
    tmp_path, heading, first, second, is_key
):
    got = read(
        tmp_path,
        ["姓名", "身份证号", "与户主关系", heading],
        ["钱测一", A, "户主", first],
        ["孙测二", B, "配偶", second],
        ["吴测五", E, "户主", second],
    )

    by_key = [(PLACE, "吴测五", "孙测二"), (PLACE, "钱测一")]
    assert [set(home) for home in got.households] == [
        set(home) for home in (by_key if is_key else TWO)
    ]


@pytest.mark.parametrize("heading, cell", [("民族", "汉"), ("入伍年份", 1970)])
def test_a_cell_that_repeats_by_chance_is_no_key(tmp_path, heading, cell):
    got = read(
        tmp_path,
        ["姓名", "身份证号", "与户主关系", heading],
        ["钱测一", A, "户主", 1965],
        ["孙测二", B, "配偶", cell],
        ["吴测五", E, "户主", cell],
    )

    assert (got.households, codes(got)) == (TWO, ["households-by-relation"])


@pytest.mark.parametrize(
    "heading, cells",
    [
        ("血型", "OOOOBBAOBA"),
        (
            "开户银行",
            [
                "农商行",
                "农商行",
                "农商行",
                "农商行",
                "邮储",
                "邮储",
                "建行",
                "农商行",
                "邮储",
                "建行",
            ],
        ),
        ("学历代码", "1111223123"),
        ("网格", ["一网格"] * 4 + ["二网格"] * 2 + ["三网格", "一网格", "二网格", "三网格"]),
    ],
)
@pytest.mark.parametrize("mark", [("与户主关系", "户主", "儿子"), ("是否户主", "Y", "N")])
def test_a_column_of_kinds_is_no_key_where_heads_lead_their_members(tmp_path, mark, heading, cells):
    column, head, other = mark
    people = [("王", "一二三四"), ("李", "一二"), ("周", "一二三四")]
    rows = [
        [f"{family}{name}", head if name == "一" else other]
        for family, names in people
        for name in names
    ]

    got = read(
        tmp_path,
        ["姓名", column, heading],
        *([*row, cell] for row, cell in zip(rows, cells, strict=True)),
    )

    assert sorted(len(people) for _place, *people in got.households) == [2, 4, 4]
    assert codes(got)[-1:] == ["households-by-relation"]


@pytest.mark.parametrize(
    "heading, cells",
    [
        *(("门牌号", cells) for cells in (["101", "102", "101"], ["101", "102", None])),
        ("序号", [1, 2, 1]),
        ("编号", ["001", "002", "001"]),
        ("房号", ["3-101", "3-102", "3-101"]),
    ],
)
def test_scattered_rows_with_one_key_are_one_household(tmp_path, heading, cells):
    rows = [["钱测一", A, "户主"], ["吴测五", E, "户主"], ["孙测二", B, "配偶"]]
    if None in cells:
        rows, cells = [rows[0], rows[2], rows[1]], [cells[0], None, cells[1]]

    got = read(
        tmp_path,
        [heading, "姓名", "身份证号", "与户主关系"],
        *([cell, *row] for cell, row in zip(cells, rows, strict=True)),
    )

    assert got.households == TWO


def test_people_in_any_order_are_put_together_by_a_column_nobody_knows(tmp_path):
    got = read(
        tmp_path,
        ["姓名", "身份证号", "与户主关系", "册页"],
        ["孙测二", B, "配偶", "7"],
        ["周测四", D, "母亲", "12"],
        ["吴测五", E, "户主", "12"],
        ["钱测一", A, "户主", "7"],
    )

    assert got.households == [(PLACE, "吴测五", "周测四"), (PLACE, "钱测一", "孙测二")]
    assert got.problems == [("households-by-column", 2, "册页")]


@pytest.mark.parametrize(
    "heading", ["门牌号", "房号", "住址", "序号", "楼栋户号", "居住地址", "家庭住址", "户档"]
)
def test_a_cell_merged_in_a_left_column_binds_its_rows(tmp_path, heading):
    got = read(
        tmp_path,
        ["行", heading, "姓名", "身份证号", "性别"],
        [1, "101-201", "钱测一", A, "男"],
        [2, None, "孙测二", B, "女"],
        [3, "101-202", "吴测五", E, "男"],
        merges=[(2, 1, 3, 1)],
    )

    assert got.households == TWO
    assert codes(got) == ([] if heading == "序号" else ["households-by-column"])


@pytest.mark.parametrize("heading", ["社区", "网格", "小区", "楼栋", "帮扶干部", "村民小组"])
def test_a_cell_merged_over_many_homes_binds_nobody(tmp_path, heading):
    got = read(
        tmp_path,
        ["序号", heading, "姓名", "身份证号"],
        [1, "测试社区", "钱测一", A],
        [2, None, "孙测二", B],
        [3, "测试社区", "吴测五", E],
        merges=[(2, 1, 3, 1)],
    )

    assert (got.households, codes(got)[-1:]) == (THREE, ["households-of-one"])


@pytest.mark.parametrize("heading", ["地址", "门牌"])
def test_a_merged_cell_with_two_heads_is_no_household(tmp_path, heading):
    got = read(
        tmp_path,
        [heading, "姓名", "身份证号", "与户主关系"],
        ["一号", "钱测一", A, "户主"],
        [None, "孙测二", B, "配偶"],
        [None, "吴测五", E, "户主"],
        merges=[(2, 0, 4, 0)],
    )

    assert (got.households, codes(got)) == (TWO, ["households-by-relation"])


@pytest.mark.parametrize(
    "yes, no", [("是", "否"), (1, 0), ("1", "0"), ("√", None), ("✓", "×"), ("户主", "成员")]
)
@pytest.mark.parametrize("heading", ["是否户主", "是否为户主", "户主标识", "户主"])
def test_a_mark_of_the_head_divides_the_rows(tmp_path, heading, yes, no):
    got = read(
        tmp_path,
        ["序号", "姓名", "身份证号", heading],
        [1, "钱测一", A, yes],
        [2, "孙测二", B, no],
        [3, "吴测五", E, yes],
    )

    assert got.households == TWO
    assert got.problems == [("households-by-relation", 2, heading)]


@pytest.mark.parametrize(
    "head, wife",
    [
        *(("户主/本人", "配偶"), ("户主（本人）", "配偶"), ("本人（户主）", "妻")),
        *(("本人/户主", "配偶"), ("户主(申请人)", "配偶"), ("申请人(户主)", "配偶")),
        *(("02-户主", "10-配偶"), ("02户主", "10配偶"), ("2.户主", "10.配偶")),
        *(("(02)户主", "(10)配偶"), ("户主、本人", "妻子"), ("01 本人", "12 妻")),
        *(("户主（低保）", "配偶"), ("户主;本人", "配偶"), ("戶主／本人", "配偶")),
        *(("户主(02)", "配偶(10)"), ("1|户主", "2|配偶"), ("户主本人", "配偶")),
    ],
)
def test_every_writing_of_the_head_is_a_head(tmp_path, head, wife):
    got = read(
        tmp_path,
        ["社区", "姓名", "身份证号", "与户主关系"],
        ["测试社区", "钱测一", A, head],
        ["测试社区", "孙测二", B, wife],
        ["测试社区", "吴测五", E, head],
    )

    assert (got.households, codes(got)) == (TWO, ["households-by-relation"])
    relations = {
        name: relation for _place, _facts, home in got.whole for name, _id, relation, _own in home
    }
    assert relations["孙测二"] in {"配偶", "妻", "妻子"}


@pytest.mark.parametrize("word", ["非户主", "户主之母", "户主配偶", "配偶（户主）", "原户主"])
def test_a_word_with_the_head_in_it_may_be_somebody_else(tmp_path, word):
    got = read(
        tmp_path,
        ["社区", "姓名", "身份证号", "与户主关系"],
        ["测试社区", "钱测一", A, "户主"],
        ["测试社区", "孙测二", B, word],
        ["测试社区", "吴测五", E, "户主"],
    )

    assert (got.households, codes(got)) == (TWO, ["households-by-relation"])


@pytest.mark.parametrize(
    "heading",
    [
        *("与户主间关系", "与户主的关系", "同户主之关系", "和本人关系", "与户主之间的关系"),
        *("成员关系", "与户主亲属关系", "跟户主关系", "和户主的关系", "称呼", "家庭角色", "身份"),
    ],
)
def test_a_relation_is_known_by_its_heading_or_its_cells(tmp_path, heading):
    got = read(
        tmp_path,
        ["姓名", "身份证号", heading],
        ["钱测一", A, "户主"],
        ["孙测二", B, "配偶"],
        ["吴测五", E, "户主"],
    )

    assert got.households == TWO
    assert ("households-by-relation", 2, heading) in got.problems


@pytest.mark.parametrize("dwelling", ["门牌号", "房号", "住址", "居住地址", "房间号"])
def test_nobody_is_joined_across_a_change_of_dwelling(tmp_path, dwelling):
    got = read(
        tmp_path,
        [dwelling, "姓名", "身份证号", "与户主关系"],
        ["101", "钱测一", A, "户主"],
        ["102", "孙测二", B, "配偶"],
        ["103", "吴测五", E, "户主"],
    )

    assert got.households == THREE
    assert "relation-without-head" in codes(got)


def test_nobody_is_joined_across_a_change_of_a_key_nobody_knows(tmp_path):
    got = read(
        tmp_path,
        ["卷宗", "姓名", "身份证号", "与户主关系"],
        ["0001", "钱测一", A, "户主"],
        ["0002", "孙测二", B, "配偶"],
        ["0003", "吴测五", E, "户主"],
        ["0003", "周测四", D, "母亲"],
    )

    assert got.households == [
        (PLACE, "吴测五", "周测四"),
        (PLACE, "孙测二"),
        (PLACE, "钱测一"),
    ]


def test_two_heads_under_one_number_are_told(tmp_path):
    got = read(
        tmp_path,
        ["户口簿号", "姓名", "身份证号", "与户主关系"],
        ["0001", "钱测一", A, "户主"],
        ["0001", "孙测二", B, "户主"],
        ["0002", "吴测五", E, "户主"],
    )

    assert codes(got) == ["two-heads"]


@pytest.mark.parametrize("cells", [[1, 1, 2], [1, None, 2]])
def test_a_serial_number_that_counts_households_binds_without_any_head(tmp_path, cells):
    rows = [["钱测一", A], ["孙测二", B], ["吴测五", E]]

    got = read(
        tmp_path,
        ["序号", "姓名", "身份证号"],
        *([cell, *row] for cell, row in zip(cells, rows, strict=True)),
    )

    assert got.households == TWO
    assert codes(got) == ([] if None in cells else ["households-by-column"])


def test_flats_that_repeat_are_homes_without_any_head(tmp_path):
    got = read(
        tmp_path,
        ["楼栋", "房号", "姓名", "身份证号"],
        ["1栋", "101", "钱测一", A],
        ["1栋", "101", "孙测二", B],
        ["2栋", "101", "吴测五", E],
    )

    assert (got.households, codes(got)) == (TWO, ["households-by-column"])


def test_a_list_of_names_alone_is_people_who_live_alone_and_told_once(tmp_path):
    got = read(
        tmp_path, ["姓名", "身份证号"], ["钱测一", A], ["孙测二", B], ["吴测五", E], ["周测四", D]
    )

    assert len(got.households) == 4
    assert got.problems == [("households-of-one", 2, "")]


@pytest.mark.parametrize("number", [None, "户主身份证号"])
def test_rows_apart_that_name_the_same_head_are_one_household(tmp_path, number):
    got = read(
        tmp_path,
        ["户主姓名", "姓名", "身份证号", *([number] if number else [])],
        ["钱测一", "钱测一", A, *([A] if number else [])],
        ["吴测五", "吴测五", E, *([E] if number else [])],
        ["钱测一", "孙测二", B, *([A] if number else [])],
    )

    assert (got.households, got.problems) == (TWO, [])


def test_two_heads_of_one_name_stay_two(tmp_path):
    got = read(
        tmp_path,
        ["户主姓名", "姓名", "身份证号", "与户主关系"],
        ["钱测一", "钱测一", A, "户主"],
        ["吴测五", "吴测五", E, "户主"],
        ["钱测一", "钱测一", C, "户主"],
        ["钱测一", "孙测二", B, "配偶"],
    )

    assert got.households == [(PLACE, "吴测五"), (PLACE, "钱测一"), (PLACE, "钱测一", "孙测二")]


def test_a_members_relation_to_the_person_of_the_row_is_known(tmp_path):
    got = read(
        tmp_path,
        ["姓名", "身份证号", "家庭成员1姓名", "家庭成员1身份证号", "家庭成员1与本人关系"],
        ["钱测一", A, "孙测二", B, "配偶"],
    )

    assert [person[:3] for person in got.whole[0][2]] == [
        ("钱测一", A, None),
        ("孙测二", B, "配偶"),
    ]


def test_how_households_were_found_is_told_once_in_a_file_of_several_sheets(tmp_path):
    headings = ["社区", "姓名", "身份证号", "与户主关系"]
    sheets = {
        "一": [headings, ["测试", "钱测一", A, "户主"], ["测试", "孙测二", B, "配偶"]],
        "二": [headings, ["测试", "吴测五", E, "户主"], ["测试", "周测四", D, "母亲"]],
    }

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", sheets))

    assert got.households == [(PLACE, "吴测五", "周测四"), (PLACE, "钱测一", "孙测二")]
    assert got.problems == [("households-by-relation", 1, "与户主关系")]


def test_a_row_of_several_people_begins_a_household_where_one_of_them_is_the_head(tmp_path):
    son, daughter, mother = (person(number) for number in (11, 12, 13))

    got = read(
        tmp_path,
        ["姓名", "身份证号", "与户主关系"],
        ["钱测一", A, "户主"],
        ["孙测二、吴测五", f"{B}、{E}", "户主、配偶"],
        ["周测四、郑测六", f"{D}、{C}", "配偶、户主"],
        ["周小、周幼", f"{son}、{daughter}", "子、女"],
        ["王测", mother, "母"],
    )

    assert {frozenset(people) for _place, *people in got.households} == {
        frozenset(["周测四", "郑测六", "周小", "周幼", "王测"]),
        frozenset(["孙测二", "吴测五"]),
        frozenset(["钱测一"]),
    }


@pytest.mark.parametrize("heading", ["档案号", "低保证号", "救助台账编码", "家庭档案"])
@pytest.mark.parametrize("first, second", [("1007", "92315"), ("K-7", "B-12")])
def test_a_number_that_repeats_is_a_key_without_heads_and_behind_the_names(
    tmp_path, heading, first, second
):
    got = read(
        tmp_path,
        ["姓名", "身份证号", heading],
        ["钱测一", A, first],
        ["吴测五", E, second],
        ["孙测二", B, first],
    )

    assert (got.households, got.problems) == (TWO, [("households-by-column", 2, heading)])


def test_a_number_behind_the_names_goes_before_the_relation_to_the_head_above(tmp_path):
    got = read(
        tmp_path,
        ["姓名", "身份证号", "与户主关系", "档案号"],
        ["钱测一", A, "户主", "1007"],
        ["吴测五", E, "户主", "92315"],
        ["孙测二", B, "配偶", "1007"],
    )

    assert (got.households, got.problems) == (TWO, [("households-by-column", 2, "档案号")])


def test_a_number_that_cannot_surely_be_a_key_is_proposed_as_one(tmp_path):
    lines = [["钱测一", A, "01-1007"], ["吴测五", E, "01-2315"], ["孙测二", B, "01-1007"]]

    got = read(tmp_path, ["姓名", "身份证号", "救助卡"], *lines)

    assert (got.households, got.problems) == (THREE, [("households-of-one", 2, "救助卡")])


@pytest.mark.parametrize(
    "heading, values",
    [
        ("联系方式号码", ("13800000001", "13800000002", "13800000001")),
        ("残疾证号", ("1", None, "1")),
        ("网格编号", ("w1", "w2", "w1")),
        ("档案号", ("1", None, "2")),
    ],
)
def test_a_number_of_telephones_cards_and_areas_or_with_blanks_joins_nobody(
    tmp_path, heading, values
):
    people = [["钱测一", A], ["吴测五", E], ["孙测二", B]]
    lines = [[*person, value] for person, value in zip(people, values, strict=True)]

    got = read(tmp_path, ["姓名", "身份证号", heading], *lines)

    assert got.households == THREE
