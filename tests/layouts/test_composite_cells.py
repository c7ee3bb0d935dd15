"""Cells that say more than one thing: codes, boxes, kind and grade, marks, ditto, classes."""

from contextlib import closing

import pytest

from relieftool.intake.column_mapping import StatedMappings
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from relieftool.store.imports import list_problems
from relieftool.values.id_numbers import compute_check_digit
from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C, D, E, imported
from tests.support.registers import empty_register, shipped_pack

PLACE = "河口下"


def listed(folder, head, *people):
    """Import a list of one household each, with columns besides number, name and community."""
    ids = [A, B, C, D]
    rows = [[f"H{n}", f"赵{n}", ids[n], PLACE, *cells] for n, cells in enumerate(people)]
    top = ["户编号", "姓名", "身份证号", "社区", *head]
    return imported(folder, save_xlsx(folder / "a.xlsx", {"x": [top, *rows]}))


# -- codes, boxes, kind and grade --


def test_a_code_before_a_word_is_no_part_of_it(tmp_path):
    got = listed(tmp_path, ["性别", "残疾类别", "残疾等级"], ["1-男", "61-视力残疾", "02-二级"])

    assert got.fact("disability_kind") == ["sight"]
    assert got.fact("disability_grade") == ["grade2"]
    assert got.problems == []


@pytest.mark.parametrize(
    "kind, grade, values",
    [
        ("肢残", "2", ("limb", "grade2")),
        ("智残", "叁级", ("intellect", "grade3")),
        ("听力言语", "一级", ("multiple", "grade1")),
        ("听力、言语", "一级", ("multiple", "grade1")),
        ("精神类", "二级", ("mental", "grade2")),
        ("肢体（二级）", None, ("limb", "grade2")),
        ("肢残二级", None, ("limb", "grade2")),
        ("肢体", "贰", ("limb", "grade2")),
        ("4", "2", ("limb", "grade2")),
        (4, 2, ("limb", "grade2")),
        ("视力残疾（一级）", None, ("sight", "grade1")),
        ("一级视力", None, ("sight", "grade1")),
        ("肢体2级", None, ("limb", "grade2")),
        ("肢体/2", None, ("limb", "grade2")),
        ("多重（肢体、智力）", "一级", ("multiple", "grade1")),
        ("64-肢体", "2-二级", ("limb", "grade2")),
        (None, "肢体二级", ("limb", "grade2")),
        ("肢体残疾人", "残疾三级", ("limb", "grade3")),
        ("无", None, ("none", "none")),
        (None, None, ("none", "none")),
        ("肢体", None, ("limb", None)),
        (None, "二级", (None, "grade2")),
        ("肢体", "Ⅱ", ("limb", "grade2")),
        ("肢体", "III", ("limb", "grade3")),
        ("肢体", "4级", ("limb", "grade4")),
        ("肢体(4)", None, ("limb", None)),
    ],
)
def test_kind_and_grade_however_they_are_shared_out(tmp_path, kind, grade, values):
    got = listed(tmp_path, ["残疾类别", "残疾等级"], [kind, grade])

    assert (*got.fact("disability_kind"), *got.fact("disability_grade")) == values
    assert got.problems == []


@pytest.mark.parametrize(
    "heading",
    [
        *("残疾类别及等级", "残疾类别等级", "残疾情况", "残疾类型及等级", "残疾类别、等级"),
        *(
            "残疾类型及级别",
            "残疾种类与级别",
            "残疾类型（级别）",
            "残疾类别/级别",
            "残疾级别和类型",
        ),
        *("残疾等级及残疾类别", "残疾等级类别"),
    ],
)
def test_a_heading_of_both_feeds_kind_and_grade(tmp_path, heading):
    got = listed(tmp_path, [heading], ["肢体二级"], ["无"], [None], ["智力"])

    assert got.fact("disability_kind") == ["limb", "none", "none", "intellect"]
    assert got.fact("disability_grade") == ["grade2", "none", "none", None]
    assert got.problems == []


def test_two_kinds_with_two_grades_are_told(tmp_path):
    got = listed(tmp_path, ["残疾类别及等级"], ["视力一级、肢体三级"])

    assert (got.fact("disability_kind"), got.fact("disability_grade")) == ([None], [None])
    assert got.problems == [("value-unreadable", 2, "残疾类别及等级")]


@pytest.mark.parametrize(
    "cell, value",
    [
        ("☑是□否", 1),
        ("□是☑否", 0),
        ("是√ 否", 1),
        ("是 否√", 0),
        ("是(√) 否( )", 1),
        ("■有 □无", 1),
        ("√", 1),
        ("1-是", 1),
        ("0-否", 0),
        ("□是□否", None),
        ("☑是☑否", None),
        ("是√/否", 1),
        ("是 √否", None),
        ("是√否", None),
        ("有 √ 无", None),
    ],
)
def test_of_boxes_the_ticked_one_counts(tmp_path, cell, value):
    got = listed(tmp_path, ["是否重病"], [cell])

    told = [] if value is not None else [("value-unreadable", 2, "是否重病")]
    assert (got.fact("serious_illness"), got.problems) == ([value], told)


@pytest.mark.parametrize(
    "cells, values",
    [
        ("☑ ☐ ☐", [1, 0, 0]),
        ("■ □ ■", [1, 0, 1]),
        ("√ ○ √", [1, 0, 1]),
        ("☐ ☐ ☐", [None, None, None]),
        ("☑ ☐ 是", [1, None, 1]),
    ],
)
def test_boxes_alone_are_yes_and_no_in_a_column_of_both(tmp_path, cells, values):
    got = listed(tmp_path, ["是否重病"], *([cell] for cell in cells.split()))

    told = [row for row, value in enumerate(values, start=2) if value is None]
    assert got.fact("serious_illness") == values
    assert got.problems == [("value-unreadable", row, "是否重病") for row in told]


# -- words for none, and words that are no count --


@pytest.mark.parametrize(
    "heading, fact, cell, value",
    [
        ("住房套数", "homes", "租房", 0),
        ("住房套数", "homes", "公租房1套", 0),
        ("住房套数", "homes", "无房", 0),
        ("住房套数", "homes", "自有1套", None),
        ("住房套数", "homes", "自建房2间", None),
        ("机动车", "vehicles", "无车", 0),
        ("机动车", "vehicles", "电动车1辆", 0),
        ("机动车", "vehicles", "有车", None),
        ("机动车", "vehicles", "摩托车1辆", None),
        ("户籍", "is_registered_here", "本地", 1),
        ("户籍", "is_registered_here", "外省", 0),
        ("户籍", "is_registered_here", "城镇", None),
        ("户籍", "is_registered_here", "非农业", None),
    ],
)
def test_a_word_of_the_fact_is_read_and_any_other_is_told(tmp_path, heading, fact, cell, value):
    got = listed(tmp_path, [heading], [cell])

    told = [] if value is not None else [("value-unreadable", 2, heading)]
    assert (got.fact(fact), got.problems) == ([value], told)


# -- amounts and days --


@pytest.mark.parametrize(
    "cell, fen",
    [
        ("600+200", 80000),
        ("600元+200元", 80000),
        ("600+200元/月", 80000),
        ("月均800元", 80000),
        ("每月800元", 80000),
        ("平均每月800元", 80000),
        ("800元/月", 80000),
        ("1万+0.5万", 1500000),
        ("约600", None),
        ("600左右", None),
        ("人均800", None),
        ("600元/月+200元/年", None),
        ("600+-200", None),
        ("1+0.5万", None),
        ("工资600+补贴", None),
        ("①500", None),
    ],
)
def test_a_sum_is_added_up_and_an_estimate_is_told(tmp_path, cell, fen):
    got = listed(tmp_path, ["家庭月收入"], [cell])

    told = [] if fen else [("value-unreadable", 2, "家庭月收入")]
    assert (got.fact("household_income"), got.problems) == ([fen], told)


@pytest.mark.parametrize(
    "cell",
    [
        *("1900-01-01", "1900-01-00", "1970-01-01", "1970-01-01 08:00:00", "0001-01-01"),
        *("1899-12-30", "9999-12-31", "19000101", "1900/1/1", "1900年1月1日", 0, 1),
    ],
)
def test_a_birth_on_a_systems_default_day_is_told(tmp_path, cell):
    rows = [["户编号", "姓名", "出生日期", "社区"], ["H1", "赵甲", cell, PLACE]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.fact("birth_date") == [None]
    assert got.problems == [("value-unreadable", 2, "出生日期")]


def test_a_birth_on_such_a_day_counts_where_the_id_number_has_it(tmp_path):
    body = "36030219700101001"
    rows = [
        ["户编号", "姓名", "身份证号", "出生日期", "社区"],
        ["H1", "赵甲", body + compute_check_digit(body), "1970-01-01", PLACE],
        ["H2", "赵乙", A, "1970-01-01", PLACE],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.fact("birth_date") == ["1970-01-01", f"{A[6:10]}-{A[10:12]}-{A[12:14]}"]
    assert got.problems == [("value-unreadable", 3, "出生日期")]


# -- classes of incomes, and what became of cells --

CLASSES = ["0~499", "500～999", "1000—1999元", "3000以上"]


def test_classes_of_income_are_told_once_with_their_number_and_kept(tmp_path):
    got = listed(tmp_path, ["月收入"], *([cell] for cell in CLASSES))

    assert got.fact("income") == [None] * 4
    assert got.problems == [("value-range", None, "月收入")]
    assert got.states == [
        ("H0", "income", "range", 0, 49900),
        ("H1", "income", "range", 50000, 99900),
        ("H2", "income", "range", 100000, 199900),
        ("H3", "income", "range", 300000, None),
    ]


@pytest.mark.parametrize(
    "cell, low, high",
    [
        ("0—499元", 0, 49900),
        ("500元以下", 0, 50000),
        ("不足500元", 0, 50000),
        ("5000元以上", 500000, None),
        ("5000元及以上（含5000元）", 500000, None),
        ("≥3000", 300000, None),
        ("1000元以上2000元以下", 100000, 200000),
        ("500元-999元/月", 50000, 99900),
        ("1万-2万元", 1000000, 2000000),
        ("600-1000", 60000, 100000),
        ("1000至1999元", 100000, 199900),
        ("1,000-1,999", 100000, 199900),
    ],
)
def test_the_ends_of_a_class_however_it_is_written(tmp_path, cell, low, high):
    got = listed(tmp_path, ["家庭月收入"], [cell], [700])

    assert got.fact("household_income") == [None, 70000]
    assert got.states == [("H0", "household_income", "range", low, high)]


@pytest.mark.parametrize("cell", ["999-500", "2024-10", "①0-499", "2.500-999元", "500-999元/年"])
def test_what_only_looks_like_a_class_is_unusable(tmp_path, cell):
    got = listed(tmp_path, ["家庭月收入"], [cell])

    assert got.states == [("H0", "household_income", "unusable", None, None)]
    assert got.problems == [("value-unreadable", 2, "家庭月收入")]


# -- marks at names --

TOP = ["社区", "户编号", "姓名", "身份证号"]


@pytest.mark.parametrize(
    "name",
    [
        *("钱测一（户主）", "钱测一(户主)", "钱测一【本人】", "（户主）钱测一", "户主：钱测一"),
        *(
            "钱测一 户主",
            "钱测一-户主",
            "钱测一户主",
            "钱测一〔户主〕",
            "钱测一（户主",
            "钱测一[户主]",
        ),
    ],
)
def test_who_is_marked_as_head_is_the_head_and_is_called_without_the_mark(tmp_path, name):
    rows = [
        TOP,
        [PLACE, "H1", "孙测二", B],
        [PLACE, "H1", name, A],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "钱测一", "孙测二")]
    assert got.heads == ["钱测一"]
    assert got.problems == []


@pytest.mark.parametrize(
    "name",
    [
        *(
            "钱测一（已故）",
            "钱测一（迁出）",
            "钱测一(死亡)",
            "钱测一（2024年3月去世）",
            "已故钱测一",
        ),
        *("钱测一 已故", "钱测一（亡）", "钱测一（已遷出）", "钱测一（户主、已故）", "钱测一病故"),
    ],
)
def test_of_who_is_marked_as_gone_it_is_unknown_whether_they_live_here(tmp_path, name):
    rows = [
        TOP,
        [PLACE, "H1", name, A],
        [PLACE, "H1", "孙测二", B],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "钱测一", "孙测二")]
    assert got.problems == [("name-marked", 2, "姓名")]
    assert got.states == [("H1", "lives_together", "disputed", None, None)]


@pytest.mark.parametrize("name", ["钱测一（低保）", "钱测一（原名钱二）", "钱测一（女）"])
def test_an_unknown_mark_is_told_and_is_no_part_of_the_name(tmp_path, name):
    rows = [TOP, [PLACE, "H1", name, A]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "钱测一")]
    assert got.problems == [("name-marked", 2, "姓名")]
    assert got.states == []


def test_a_relation_at_the_name_is_the_relation(tmp_path):
    rows = [
        TOP,
        [PLACE, "H1", "钱测一（户主）", A],
        [PLACE, "H1", "孙测二（孙子）", B],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert [relation for *_rest, relation in got.people] == [None, "孙子"]
    assert got.problems == []


@pytest.mark.parametrize("name", ["故乡人", "李故", "亡妻", "钱·测一", "王 芳", "John Smith"])
def test_what_is_part_of_a_name_stays(tmp_path, name):
    rows = [TOP, [PLACE, "H1", name, A]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, name.replace("王 芳", "王芳"))]
    assert got.problems == []


def test_a_marked_name_is_found_on_a_roster_by_the_bare_name(tmp_path):
    households = [["社区", "户编号", "姓名"], [PLACE, "H1", "曾庆红（已故）"]]
    roster = [["社区", "姓名", "发放金额"], [PLACE, "曾庆红", 335]]

    got = imported(
        tmp_path,
        save_xlsx(tmp_path / "a.xlsx", {"x": households}),
        save_xlsx(tmp_path / "2024年11月城市低保金发放表.xlsx", {"x": roster}),
    )

    assert got.households == [(PLACE, "曾庆红")]
    assert got.problems == [("name-marked", 2, "姓名"), ("roster-person-unsure", 2, "")]


# -- the same as above --


def test_ditto_is_the_community_and_the_address_above(tmp_path):
    rows = [
        ["社区", "户编号", "姓名", "身份证号", "家庭住址"],
        ["测试社区", "H1", "钱测一", A, "测试路1号"],
        ["〃", "H2", "吴测五", B, "同上"],
        ["同上", "H3", "周测四", C, '"'],
        ["花园社区", "H4", "郑测六", D, "花园路2号"],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert [place for place, *_people in got.households] == ["测试", "测试", "测试", "花园"]
    assert got.fact("address") == ["测试路1号", "测试路1号", "测试路1号", "花园路2号"]
    assert got.problems == []


def test_ditto_names_no_other_community_than_the_one_stated(tmp_path):
    rows = [
        ["社区", "户编号", "姓名", "身份证号"],
        [PLACE, "H1", "钱测一", A],
        ["〃", "H2", "吴测五", B],
    ]
    path = save_xlsx(tmp_path / "a.xlsx", {"x": rows})

    with closing(open_database(empty_register(tmp_path / "x.db"))) as db:
        stated = StatedMappings(file_values={"area": PLACE})
        record_files(db, shipped_pack(), read_paths(shipped_pack(), [path], said=stated))
        assert list_problems(db) == []


@pytest.mark.parametrize(
    "mark",
    [
        "〃",
        '"',
        "″",
        "同上",
        " 同上 ",
        "同前",
        '-"-',
        "—〃—",
        "－〃－",
        "-- 〃 --",
        "同 上",
        "同　上",
        "々",
        "仝上",
    ],
)
def test_ditto_however_it_is_written(tmp_path, mark):
    got = listed(tmp_path, ["家庭住址"], ["测试路1号"], [mark], [mark])

    assert (got.fact("address"), got.problems) == (["测试路1号"] * 3, [])


@pytest.mark.parametrize(
    "heading, fact, cells, values",
    [
        ("性别", "sex", ["女", "〃"], ["female", "female"]),
        ("是否重病", "serious_illness", ["是", "〃", "否", "同上"], [1, 1, 0, 0]),
        ("就业状况", "employment", ["失业", "〃"], ["unemployed", "unemployed"]),
        ("家庭月收入", "household_income", [500, "〃"], [50000, None]),
        ("月收入", "income", [500, "同上"], [50000, None]),
        ("机动车", "vehicles", [1, '"'], [1, None]),
        ("残疾证号", "disability_card", ["甲", "〃"], ["甲", None]),
        ("家庭住址", "address", ["〃", "测试路1号"], [None, "测试路1号"]),
    ],
)
def test_ditto_counts_for_words_and_is_told_for_figures(tmp_path, heading, fact, cells, values):
    rows = [["户编号", "姓名", "社区", heading]]
    rows += [[f"H{n}", f"赵{n}", PLACE, cell] for n, cell in enumerate(cells)]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    told = [("value-unreadable", 2 + values.index(None), heading)] if None in values else []
    assert (got.fact(fact), got.problems) == (values, told)


def test_ditto_for_the_head_or_the_number_is_the_same_household(tmp_path):
    heads = [
        ["社区", "户主姓名", "姓名", "身份证号"],
        [PLACE, "钱测一", "钱测一", A],
        ["〃", "〃", "孙测二", B],
        ["〃", "吴测五", "吴测五", C],
    ]
    numbers = [
        ["社区", "户编号", "姓名", "身份证号"],
        [PLACE, "H1", "钱测一", A],
        ["〃", "〃", "孙测二", B],
        ["〃", "H2", "吴测五", C],
    ]
    expected = [(PLACE, "吴测五"), (PLACE, "钱测一", "孙测二")]

    for name, rows in (("a", heads), ("b", numbers)):
        (tmp_path / name).mkdir()
        path = save_xlsx(tmp_path / name / "a.xlsx", {"x": rows})
        got = imported(tmp_path / name, path)
        assert (got.households, got.problems) == (expected, [])


def test_ditto_is_no_name_and_no_id_number(tmp_path):
    rows = [TOP, [PLACE, "H1", "钱测一", A], [PLACE, "H2", "〃", B], [PLACE, "H3", "吴测五", "〃"]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "吴测五"), (PLACE, "钱测一"), (PLACE, None)]
    assert got.problems == [("id-number-wrong", 4, "身份证号"), ("name-marked", 3, "姓名")]


# -- several people in a cell --


@pytest.mark.parametrize(
    "names, numbers",
    [
        ("孙测二\n李测三", f"{B}\n{C}"),
        ("孙测二、李测三", f"{B}、{C}"),
        ("孙测二；李测三", f"{B}; {C}"),
        ("孙测二，李测三", f"{B}\r\n{C}"),
        ("孙测二 李测三", f"{B} {C}"),
        ("孙测二/李测三", f"{B}/{C}"),
        ("孙测二（户主、已故）、李测三", f"{B}、{C}"),
    ],
)
def test_as_many_names_as_numbers_in_a_cell_are_as_many_people(tmp_path, names, numbers):
    rows = [
        ["社区", "户主姓名", "户主身份证号", "家庭成员", "身份证号", "性别", "与户主关系"],
        [PLACE, "钱测一", A, names, numbers, "女、男", "配偶、儿子"],
        [PLACE, "吴测五", D, "周测四", E, "男", "父亲"],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "吴测五", "周测四"), (PLACE, "钱测一", "孙测二", "李测三")]
    assert got.with_ids == sorted([A, B, C, D, E])
    assert sorted(got.heads) == ["吴测五", "钱测一"]
    assert {(name, relation) for _number, name, relation in got.people} >= {
        *[("孙测二", "配偶"), ("李测三", "儿子"), ("周测四", "父亲")]
    }


def test_a_value_for_fewer_people_than_names_is_nobodys_and_is_told(tmp_path):
    rows = [
        ["社区", "户编号", "姓名", "身份证号", "性别", "残疾等级"],
        [PLACE, "H1", "孙测二\n李测三", f"{B}\n{C}", None, "二级"],
        [PLACE, "H2", "钱测一\n吴测五", A, None, None],
        [PLACE, "H3", "周测四", D, None, "一级"],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [
        (PLACE, "周测四"),
        (PLACE, "孙测二", "李测三"),
        (PLACE, "钱测一", "吴测五"),
    ]
    assert got.with_ids == sorted([B, C, D])
    assert got.problems == [
        ("id-number-wrong", 3, "身份证号"),
        ("value-unreadable", 2, "残疾等级"),
    ]


def test_several_names_without_as_many_numbers_are_left_out_as_a_column(tmp_path):
    rows = [
        ["社区", "户主姓名", "户主身份证号", "家庭成员"],
        [PLACE, "钱测一", A, "孙测二\n李测三"],
        [PLACE, "吴测五", D, "周测四"],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "吴测五"), (PLACE, "钱测一")]


def test_a_name_with_a_blank_is_one_person(tmp_path):
    rows = [TOP, [PLACE, "H1", "买买提 艾力江", A], [PLACE, "H2", "王 芳", B]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.households, got.problems) == ([(PLACE, "买买提艾力江"), (PLACE, "王芳")], [])


# -- a person's own income by the year --


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "个人年收入",
            "本人年收入",
            "年收入",
            "个人收入（元/年）",
            "年收入（元）",
            "本人年总收入",
        ),
        *("家庭成员年收入", "2023年个人年收入", "个人全年收入"),
    ],
)
def test_a_persons_own_yearly_income_is_never_the_households(tmp_path, heading):
    rows = [
        ["社区", "户编号", "姓名", "身份证号", "家庭年收入", heading],
        [PLACE, "H1", "钱测一", A, 30000, 12000],
        [PLACE, "H1", "孙测二", B, 30000, 18000],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.fact("household_income_year") == [3000000]
    assert sorted(got.fact("income_year")) == [1200000, 1800000]
    assert got.problems == []
