"""Households that nothing tells apart but 与户主关系: the people below a head are his."""

import pytest

from tests.layouts.files import save_csv
from tests.layouts.outcome import A, B, C, D, E, imported

PLACE = "河口下"
HEAD = ["姓名", "身份证号", "与户主关系", "社区", "家庭住址"]
BY_RELATION = ("households-by-relation", 1, "与户主关系")


def alone(row):
    return ("relation-without-head", row, "与户主关系")


def test_people_below_a_head_are_of_his_household_and_it_is_said_once(tmp_path):
    rows = [
        HEAD,
        ["赵甲", A, "户主", PLACE, "一号"],
        ["赵乙", B, "妻子", PLACE, "一号"],
        ["赵丙", C, "儿子", None, None],
        ["钱丁", D, "户主", PLACE, "二号"],
        ["钱戊", E, "母亲", PLACE, "二号"],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    assert got.households == [(PLACE, "赵甲", "赵乙", "赵丙"), (PLACE, "钱丁", "钱戊")]
    assert got.problems == [BY_RELATION]


def test_numbers_that_count_the_people_tell_no_households(tmp_path):
    rows = [
        ["序号", *HEAD],
        [1, "赵甲", A, "本人", PLACE, None],
        [2, "赵乙", B, "配偶", PLACE, None],
        [3, "钱丁", D, "户主", PLACE, None],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    assert got.households == [(PLACE, "赵甲", "赵乙"), (PLACE, "钱丁")]
    assert got.problems == [BY_RELATION]


@pytest.mark.parametrize("called", ["申请人", "主申请人", "本人或户主", "户 主", "戶主"])
def test_every_word_for_a_head_makes_one(tmp_path, called):
    rows = [
        ["户编号", *HEAD],
        ["H1", "赵乙", B, "妻子", PLACE, "一号"],
        ["H1", "赵甲", A, called, PLACE, "一号"],
        ["H2", "钱丁", D, "户主", PLACE, "二号"],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    assert got.households == [(PLACE, "赵甲", "赵乙"), (PLACE, "钱丁")]
    assert got.problems == []


@pytest.mark.parametrize(
    "place, address", [("花园", "一号"), (PLACE, "二号")], ids=["community", "address"]
)
def test_a_row_of_another_place_than_the_head_above_is_a_doubt(tmp_path, place, address):
    rows = [
        HEAD,
        ["赵甲", A, "户主", PLACE, "一号"],
        ["赵乙", B, "妻子", PLACE, "一号"],
        ["钱丙", C, "儿子", place, address],
        ["钱丁", D, "儿子", PLACE, "一号"],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    assert got.households == sorted([(PLACE, "赵甲", "赵乙"), (place, "钱丙"), (PLACE, "钱丁")])
    assert got.problems == [BY_RELATION, alone(4), alone(5)]


@pytest.mark.parametrize(
    "above",
    [[], [["孙己", E, None, PLACE, None]], [["合计", None, 1, None, None]]],
    ids=["nobody", "somebody of no relation", "a total"],
)
def test_a_relation_with_no_head_above_is_kept_and_told(tmp_path, above):
    rows = [HEAD, *above, ["赵乙", B, "妻子", PLACE, None], ["赵丙", C, "儿子", PLACE, None]]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    first = 2 + len(above)
    assert [home for home in got.households if home[1] != "孙己"] == [
        (PLACE, "赵丙"), (PLACE, "赵乙")
    ]  # fmt: skip
    assert got.problems == [alone(first), alone(first + 1)]


def test_a_serial_left_blank_by_members_goes_before_the_relation(tmp_path):
    rows = [
        ["序号", *HEAD],
        [1, "赵甲", A, "户主", PLACE, None],
        [None, "赵乙", B, "妻子", PLACE, None],
        [2, "钱丁", D, "母亲", PLACE, None],
        [None, "钱戊", E, "户主", PLACE, None],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    assert got.households == [(PLACE, "赵甲", "赵乙"), (PLACE, "钱戊", "钱丁")]
    assert got.problems == []


def test_rows_of_a_roster_are_never_joined(tmp_path):
    listed = [
        ["户编号", "姓名", "身份证号", "社区"],
        ["H1", "赵甲", A, PLACE],
        ["H2", "钱丁", D, PLACE],
    ]
    paid = [
        ["姓名", "身份证号", "与户主关系", "社区", "领取金额"],
        ["赵甲", A, "户主", PLACE, 300],
        ["钱丁", D, "妻子", PLACE, None],
    ]

    got = imported(
        tmp_path,
        save_csv(tmp_path / "户.csv", {"x": listed}),
        save_csv(tmp_path / "低保发放表.csv", {"x": paid}),
    )

    assert [(name, amount) for name, _programme, amount, _until in got.receipts] == [
        ("赵甲", 30000), ("钱丁", None)
    ]  # fmt: skip
    assert got.roles == [("first", 4)]


def test_a_person_without_a_relation_is_told_and_a_section_ends_the_household_above(tmp_path):
    rows = [
        ["姓名", "身份证号", "与户主关系"],
        ["一、河口下社区"],
        ["赵甲", A, "户主"],
        ["赵乙", B, "妻"],
        ["二、花园社区"],
        ["钱丙", C, "子"],
        ["孙丁", D, "户主"],
        ["李戊", E, None],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    told = [(code, row) for code, row, _column in got.problems]
    assert (PLACE, "赵甲", "赵乙") in got.households
    assert ("relation-without-head", 6) in told
    assert ("relation-missing", 8) in told
    assert ("花园", "李戊") in got.households


@pytest.mark.parametrize("number", [[], ["户编号"]])
def test_who_states_a_relation_to_a_missing_head_has_no_known_kinship(tmp_path, number):
    first, second = (["H1"], ["H2"]) if number else ([], [])
    rows = [
        [*number, "姓名", "身份证号", "与户主关系", "社区"],
        [*first, "赵甲", A, "女儿", PLACE],
        [*second, "钱丁", D, "户主", PLACE],
        [*second, "钱戊", E, "母亲", PLACE],
    ]

    got = imported(tmp_path, save_csv(tmp_path / "名单.csv", {"x": rows}))

    assert sorted(got.fact("kinship"), key=str) == [None, "head", "parent"]
    assert len(got.households) == 2


def test_a_list_of_one_person_takes_the_head_from_the_household_it_knows(tmp_path):
    book = [["姓名", "身份证号", "与户主关系", "社区"]]
    book += [["钱丁", D, "户主", PLACE], ["钱戊", E, "母亲", PLACE]]
    listed = [["姓名", "身份证号", "与户主关系", "残疾类别"], ["钱戊", E, "母亲", "肢体"]]

    got = imported(
        tmp_path,
        save_csv(tmp_path / "名单.csv", {"x": book}),
        save_csv(tmp_path / "残疾人.csv", {"x": listed}),
    )

    assert (got.heads, got.fact("kinship")) == (["钱丁"], ["head", "parent"])
