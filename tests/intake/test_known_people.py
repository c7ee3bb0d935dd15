"""A list of people need not name a community where other lists know where they live."""

import pytest

from tests.layouts.files import save_csv, save_xlsx
from tests.layouts.outcome import A, B, C, D, imported

HOUSEHOLDS = [
    ["社区", "户主姓名", "姓名", "与户主关系", "身份证号"],
    ["河口下", "钱测一", "钱测一", "户主", A],
    ["河口下", "钱测一", "孙测二", "配偶", B],
    ["花园", "吴测五", "吴测五", "户主", C],
]
DISABLED = ["姓名", "身份证号", "残疾类别", "残疾等级"]
AT_HOME = [("河口下", "钱测一", "孙测二"), ("花园", "吴测五")]


def read(folder, *lines, save=save_xlsx, book=HOUSEHOLDS):
    homes = save_xlsx(folder / "户.xlsx", {"x": book})
    ending = save.__name__.removeprefix("save_")
    return imported(folder, homes, save(folder / f"残疾人.{ending}", {"名单": lines}))


@pytest.mark.parametrize("save", [save_xlsx, save_csv])
def test_a_known_person_is_found_without_a_community(tmp_path, save):
    got = read(
        tmp_path,
        DISABLED,
        ["孙测二", B, "肢体", "二级"],
        ["吴测五", C, "视力", "一级"],
        save=save,
    )

    assert got.households == AT_HOME
    assert got.fact("disability_grade") == [None, "grade2", "grade1"]
    assert "community-unknown" not in {code for code, _row, _column in got.problems}


def test_somebody_unknown_is_told_with_what_to_type(tmp_path):
    got = read(tmp_path, DISABLED, ["孙测二", B, "肢体", "二级"], ["周测四", D, "视力", "一级"])

    assert got.households == AT_HOME
    assert ("community-unknown", 3, "") in got.problems


@pytest.mark.parametrize("way", ["alone", "area"])
def test_a_list_without_any_community_says_at_once_to_type_area(relief, tmp_path, way):
    path = save_xlsx(tmp_path / "残疾人.xlsx", {"x": [DISABLED, ["周测四", D, "视力", "一级"]]})

    told = relief("import", path, *(["--area", "河口下"] if way == "area" else []))

    assert told.exit_code == (0 if way == "area" else 3)
    assert ("1 of 1 rows of 残疾人.xlsx" in told.stderr) == (way == "alone")
    assert ("--area" in told.stderr) == (way == "alone")


def test_somebody_of_two_households_is_left_to_a_person(tmp_path):
    twice = [*HOUSEHOLDS, ["花园", "吴测五", "孙测二", "母亲", B]]

    got = read(tmp_path, DISABLED, ["孙测二", B, "肢体", "二级"], book=twice)

    assert ("community-unknown", 2, "") in got.problems


def test_without_a_number_nobody_is_known(tmp_path):
    got = read(tmp_path, ["姓名", "残疾类别"], ["孙测二", "肢体"])

    assert "community-unknown" in {code for code, _row, _column in got.problems}


def test_a_person_is_found_by_the_number_of_their_disability_card(tmp_path):
    got = read(tmp_path, ["残疾人姓名", "残疾证号"], ["孙测二", f"{B}43"], ["吴测五", f"{C}11"])

    assert got.households == AT_HOME
    assert got.fact("disability_grade") == [None, "grade3", "grade1"]
    assert not {"community-unknown", "card-in-id-column"} & {code for code, *_at in got.problems}


@pytest.mark.parametrize("card", ["360302195405060128", f"{B[:-1]}?43", "0012345"])
def test_a_wrong_number_of_a_card_finds_nobody(tmp_path, card):
    got = read(tmp_path, ["姓名", "残疾证号"], ["孙测二", card])

    assert got.households == AT_HOME
    assert got.fact("disability_grade") == [None, None, None]


def in_community(name, *row):
    return [["社区", *DISABLED], [name, *row]]


def test_a_person_of_a_known_household_makes_no_second_one_on_a_list_of_people(tmp_path):
    got = read(tmp_path, *in_community("河口下", "孙测二", B, "肢体", "二级"))

    assert got.households == AT_HOME
    assert got.fact("disability_kind") == [None, "limb", None]
    assert {code for code, *_at in got.problems} <= {"households-of-one"}


def test_a_list_of_people_that_comes_first_makes_no_second_household_either(tmp_path):
    disabled = save_xlsx(
        tmp_path / "a.xlsx", {"x": in_community("河口下", "孙测二", B, "肢体", "二级")}
    )

    got = imported(tmp_path, disabled, save_xlsx(tmp_path / "户.xlsx", {"x": HOUSEHOLDS}))

    assert got.households == AT_HOME
    assert got.heads == ["钱测一", "吴测五"]


@pytest.mark.parametrize(
    "lines",
    [
        in_community("花园", "孙测二", B, "肢体", "二级"),
        [["社区", "姓名", "身份证号", "与户主关系"], ["河口下", "孙测二", B, "户主"]],
        [["社区", "姓名", "身份证号", "家庭人口"], ["河口下", "孙测二", B, 1]],
        [["社区", "户编号", "姓名", "身份证号"], ["河口下", "H9", "孙测二", B]],
    ],
)
def test_where_a_list_says_that_a_person_lives_elsewhere_that_is_asked(tmp_path, lines):
    got = read(tmp_path, *lines)

    assert len(got.numbers) == 3
    assert "person-in-two-households" in {code for code, *_at in got.problems}


WITH_HEAD = ["社区", "户主姓名", "残疾人姓名", "身份证号", "与户主关系", "残疾类别"]


@pytest.mark.parametrize("headings", [WITH_HEAD, WITH_HEAD[1:]])
def test_a_list_of_people_may_name_the_head_of_each(tmp_path, headings):
    lines = [WITH_HEAD, ["河口下", "钱测一", "孙测二", B, "配偶", "肢体"]]
    cut = len(WITH_HEAD) - len(headings)

    got = read(tmp_path, *(line[cut:] for line in lines))

    assert (got.households, got.problems) == (AT_HOME, [])
    assert got.fact("disability_kind") == [None, "limb", None]


def test_a_list_of_people_that_names_another_head_is_asked_about(tmp_path):
    got = read(tmp_path, WITH_HEAD, ["河口下", "郑某某", "孙测二", B, "配偶", "肢体"])

    assert len(got.numbers) == 3
    assert "person-in-two-households" in {code for code, *_at in got.problems}
