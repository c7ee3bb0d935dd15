"""Each way of writing a value that was seen: what it becomes, and what is told of it."""

import pytest

from tests.layouts.files import save_csv, save_xlsx
from tests.layouts.outcome import A, B, C, D, imported

PLACE = "河口下"
X_NUMBER = "36030220150607021X"


def column(folder, heading, *cells, save=save_xlsx):
    """Import a list of as many people as there are cells under one heading."""
    head = ["户编号", "姓名", "身份证号", "社区", heading]
    ids = [A, B, C, D]
    rows = [[f"H{n}", f"赵{n}", ids[n], PLACE, cell] for n, cell in enumerate(cells)]
    return imported(folder, save(folder / "a.xlsx", {"x": [head, *rows]}))


def identities(folder, *cells, save=save_xlsx):
    rows = [[f"H{n}", f"赵{n}", cell, PLACE] for n, cell in enumerate(cells)]
    path = save(folder / "a.xlsx", {"x": [["户编号", "姓名", "身份证号", "社区"], *rows]})
    return imported(folder, path)


# -- ID numbers --


def test_id_numbers_however_they_were_typed(tmp_path):
    cells = [A, X_NUMBER.lower(), f"{B[:14]} {B[14:]}", f"'{C}", f"`{D}\xa0"]

    got = identities(tmp_path, *cells)

    assert (got.with_ids, got.problems) == (sorted([A, X_NUMBER, B, C, D]), [])


def test_a_disability_cards_number_is_split_and_noted(tmp_path):
    got = identities(tmp_path, f"{A}42", f"{B}61B1")

    assert got.with_ids == sorted([A, B])
    assert got.fact("disability_kind") == ["limb", "mental"]
    assert got.fact("disability_grade") == ["grade2", "grade1"]
    assert got.problems == [("card-in-id-column", row, "身份证号") for row in (2, 3)]


def test_fifteen_digits_become_eighteen(tmp_path):
    got = identities(tmp_path, "360302620815331", 360302620815331)

    assert got.with_ids == ["360302196208153312"] * 2


def test_a_number_kept_as_a_figure_is_damaged_and_matched_with_nobody(tmp_path):
    got = identities(tmp_path, float(A), A)

    assert got.with_ids == [A]
    assert got.problems == [("id-number-damaged", 2, "身份证号")]


# -- household numbers, telephones, bank cards --


def test_household_numbers_of_many_lengths_are_kept_word_for_word(tmp_path):
    numbers = ["3603020001", "360302000100001", "3603020001000012", "360302001 001 0001", "007"]
    rows = [[number, f"赵{n}", PLACE] for n, number in enumerate(numbers)]

    path = save_xlsx(tmp_path / "a.xlsx", {"x": [["户编号", "姓名", "社区"], *rows]})

    assert sorted(imported(tmp_path, path).numbers) == sorted(
        number.replace(" ", "") for number in numbers
    )


def test_a_household_number_kept_as_a_figure_of_sixteen_digits_is_told(tmp_path):
    rows = [["户编号", "姓名", "身份证号", "社区"], [3603020001000012, "赵甲", A, PLACE]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.problems == [("household-no-damaged", 2, "户编号")]


def test_telephones_of_all_kinds_are_kept(tmp_path):
    got = column(tmp_path, "联系电话", "", 13800000000, "1380000000x0", "8234567")

    assert got.fact("phone") == [None, "13800000000", "1380000000x0", "8234567"]
    assert got.problems == []


def test_a_bank_card_is_kept_and_is_no_fact(tmp_path):
    got = column(tmp_path, "银行账号", "6222000000000000001", 6222000000.0)

    assert (len(got.households), got.problems) == (2, [])


# -- days --


@pytest.mark.parametrize(
    "cell, day",
    [
        ("2012/3/2", "2012-03-02"),
        ("2012-03-02", "2012-03-02"),
        ("2012年3月2日", "2012-03-02"),
        ("20120302", "2012-03-02"),
        (20120302, "2012-03-02"),
        ("2017年", None),
        ("201203", None),
        ("2024.3.x办理", None),
        (2017, None),
    ],
)
def test_a_day_is_read_and_a_year_or_month_is_told(tmp_path, cell, day):
    rows = [["户编号", "姓名", "出生日期", "社区"], ["H1", "赵甲", cell, PLACE]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    told = [] if day else [("value-unreadable", 2, "出生日期")]
    assert (got.fact("birth_date"), got.problems) == ([day], told)


def test_a_year_of_birth_under_age_is_no_age(tmp_path):
    got = column(tmp_path, "年龄*", 54, 1970)

    assert got.fact("stated_age") == [54, None]
    assert got.problems == [("value-unreadable", 3, "年龄*")]


# -- yes and no --


@pytest.mark.parametrize(
    "cells, values, told",
    [
        (["是", "否", None], [1, 0, 0], []),
        (["√", None, "×"], [1, 0, 0], []),
        ([1, None, 0], [1, 0, 0], []),
        (["有", "无", "没有"], [1, 0, 0], []),
        ([1, 2, 2], [1, 0, 0], []),
        (["1", "2", "1"], [1, 0, 1], []),
        ([1, 2, None], [1, None, 0], [3]),
        ([2, 2, 2], [None, None, None], [2, 3, 4]),
        ([1, 2, 0], [1, None, 0], [3]),
        (["是", 2, 1], [1, None, 1], [3]),
    ],
)
def test_two_means_no_only_where_the_whole_column_proves_it(tmp_path, cells, values, told):
    got = column(tmp_path, "是否重病", *cells)

    assert got.fact("serious_illness") == values
    assert got.problems == [("value-unreadable", row, "是否重病") for row in told]


@pytest.mark.parametrize(
    "heading, fact, cell, value",
    [
        ("是否参保", "is_insured", "已参保", 1),
        ("是否参保", "is_insured", "未参保", 0),
        ("是否参保", "is_insured", "代缴", 1),
        ("住房是否安全", "housing_is_safe", "安全", 1),
        ("住房是否安全", "housing_is_safe", "达标", None),
    ],
)
def test_a_word_for_yes_or_no_is_read_and_any_other_is_told(tmp_path, heading, fact, cell, value):
    got = column(tmp_path, heading, cell)

    told = [] if value is not None else [("value-unreadable", 2, heading)]
    assert (got.fact(fact), got.problems) == ([value], told)


# -- money --


@pytest.mark.parametrize(
    "cell, fen",
    [
        (1570.44, 157044),
        ("1,570.44", 157044),
        ("￥1570元", 157000),
        ("0.12万元", 120000),
        ("1.5万", 1500000),
        ("1,570.441", None),
        (2.2e-311, None),
        (0.001, None),
        (1300 / 3, 43333),
        ("800\n2024.3.1调整", None),
        ("叁佰元整", 30000),
        ("达标", None),
    ],
)
def test_an_amount_is_read_exactly_or_told(tmp_path, cell, fen):
    got = column(tmp_path, "家庭月收入", cell)

    told = [] if fen else [("value-unreadable", 2, "家庭月收入")]
    assert (got.fact("household_income"), got.problems) == ([fen], told)


# -- free text, disability, names and places --


@pytest.mark.parametrize("cell", ["社会保障兜底一批", "脱贫、监测户", "因病", "自身发展动力不足"])
def test_free_text_is_kept_as_it_stands(tmp_path, cell):
    got = column(tmp_path, "致贫原因", cell)

    assert (got.fact("hardship_cause"), got.problems) == ([cell], [])


@pytest.mark.parametrize("heading", ["残疾类别", "残疾等级"])
@pytest.mark.parametrize("cell", ["肢体二级", "肢体残疾二级", "肢体 二级", "二级肢体", "肢体/二级"])
def test_kind_and_grade_in_one_word_are_both_read(tmp_path, heading, cell):
    got = column(tmp_path, heading, cell)

    assert (got.fact("disability_kind"), got.fact("disability_grade")) == (["limb"], ["grade2"])
    assert got.problems == []


@pytest.mark.parametrize(
    "kind, value",
    [
        ("视力", "sight"), ("听力", "hearing"), ("言语", "speech"), ("肢体", "limb"),
        ("智力", "intellect"), ("精神", "mental"), ("多重", "multiple"),
    ],
)  # fmt: skip
def test_every_kind_of_disability_is_known(tmp_path, kind, value):
    assert column(tmp_path, "残疾类别", kind).fact("disability_kind") == [value]


def test_an_address_with_blanks_before_it(tmp_path):
    got = column(tmp_path, "家庭住址", "　某某区/某某街道/河口下/1社")

    assert got.fact("address") == ["某某区/某某街道/河口下/1社"]


@pytest.mark.parametrize("name", ["河口下社区", "河口下居委会", "河口下社区居民委员会", "河口下"])
def test_a_community_by_any_of_its_endings_is_one(tmp_path, name):
    rows = [["户编号", "姓名", "社区"], ["H1", "赵甲", name]]

    got = imported(tmp_path, save_csv(tmp_path / "a.csv", {"x": rows}))

    assert got.households == [("河口下", "赵甲")]


# -- sex and age --


@pytest.mark.parametrize(
    "cell, sex, told",
    [
        ("男", "male", []), ("女", "female", []), ("男性", "male", []), ("M", "male", []),
        ("F", "female", []), (1, "male", []), ("2", "female", []), (0, None, [2]),
        ("不详", None, [2]),
    ],
)  # fmt: skip
def test_sex_is_read_however_it_is_coded(tmp_path, cell, sex, told):
    rows = [["户编号", "姓名", "性别", "社区"], ["H1", "赵甲", cell, PLACE]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.fact("sex") == [sex]
    assert got.problems == [("value-unreadable", row, "性别") for row in told]


def test_an_age_without_a_date_of_birth_is_kept_as_stated(tmp_path):
    rows = [["户编号", "姓名", "年龄", "社区"], ["H1", "赵甲", "54岁", PLACE]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.fact("stated_age"), got.fact("birth_date")) == ([54], [None])


# -- heads, and two names for one place --


def test_two_heads_of_one_household_are_told_and_none_too(tmp_path):
    rows = [
        ["户编号", "姓名", "身份证号", "与户主关系", "社区"],
        ["H1", "赵甲", A, "户主", PLACE],
        ["H1", "赵乙", B, "户主", PLACE],
        ["H2", "钱丙", C, "妻", PLACE],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert got.households == [(PLACE, "赵甲", "赵乙"), (PLACE, "钱丙")]
    told = {code: row for code, row, _column in got.problems}
    assert told.keys() == {"two-heads", "household-without-head"}
    assert told["household-without-head"] == 4


def test_the_title_speaks_before_the_name_of_the_file(tmp_path):
    rows = [["花园社区困难家庭台账"], ["户编号", "姓名", "身份证号"], ["H1", "赵甲", A]]

    got = imported(tmp_path, save_xlsx(tmp_path / "河口下社区.xlsx", {"x": rows}))

    assert (got.households, got.problems) == ([("花园", "赵甲")], [])
