"""A list of all people of a sort, as of the disabled, settles that the others are none of them."""

import datetime as dt

import pytest

from relieftool.eligibility.questions import list_questions, list_roster_questions
from relieftool.intake.answers import Answer, record_answer, take_back_answer
from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import write
from relieftool.store.problem_decisions import number_questions
from tests.support.register_hash import content_of
from tests.support.registers import (
    GRAN,
    LI,
    NOBODY,
    QIAN,
    ZHAO,
    keep,
    register,
    rows,
    shipped_pack,
    table,
)

HOME = table(
    "household_no name id_number relation",
    ["H1", "赵大山", ZHAO, "户主"],
    ["H1", "钱小花", QIAN, "妻"],
    ["H2", "孙老太", GRAN, "户主"],
    file="户表.csv",
)
WHO = "name id_number disability_kind disability_grade"
ZHAO_IS = ["赵大山", ZHAO, "肢体", "二级"]
DAY = dt.date(2024, 12, 10)


def disabled(*listed, is_complete=True, columns=WHO, **stated):
    return table(columns, *listed, file="残疾人名册.csv", is_complete=is_complete, **stated)


def kinds(db):
    sql = (
        "SELECT name, disability_kind, disability_grade FROM members"
        " WHERE household_no LIKE 'H%' ORDER BY member_no"
    )
    return {name: (kind, grade) for name, kind, grade in rows(db, sql)}


def asked(db):
    return [
        each
        for each in list_questions(db, shipped_pack(), DAY)
        if "残疾人名册" in each.subject or each.topic.file == "残疾人名册.csv"
    ]


@pytest.mark.parametrize("columns", [WHO, "name id_number disability_kind"])
def test_who_is_not_on_the_whole_list_has_none(tmp_path, columns):
    db = register(tmp_path, HOME, disabled(ZHAO_IS, columns=columns))

    assert kinds(db)["赵大山"][0] == "limb"
    assert kinds(db)["钱小花"] == kinds(db)["孙老太"] == ("none", "none")


@pytest.mark.parametrize(
    "listed",
    [
        {"is_complete": None},
        {"is_complete": False},
        {"community": "花园"},
    ],
)
def test_a_list_that_may_be_a_part_or_of_another_place_says_nothing_of_others(tmp_path, listed):
    db = register(tmp_path, HOME, disabled(ZHAO_IS, **listed))

    assert kinds(db)["孙老太"] == (None, None)


@pytest.mark.parametrize(
    "row",
    [
        ["孙老太", LI, "肢体", "二级"],
        ["孙老大", GRAN[:-2] + "0" + GRAN[-1], "肢体", "二级"],
        ["孙老大", "", "肢体", "二级"],
        ["", "", "肢体", "二级"],
    ],
    ids=["name", "nearly-number", "nearly-name", "nobody"],
)
def test_nothing_is_settled_of_whom_a_row_may_mean(tmp_path, row):
    db = register(tmp_path, HOME, disabled(ZHAO_IS, row))

    assert kinds(db)["孙老太"] == (None, None)


def test_a_list_with_somebody_who_has_none_is_no_list_of_those_who_have(tmp_path):
    db = register(tmp_path, HOME, disabled(ZHAO_IS, ["周十", NOBODY, "无", "无"]))

    assert kinds(db)["孙老太"] == (None, None)


def test_what_another_list_says_of_somebody_goes_before_their_absence(tmp_path):
    other = table("name id_number disability_kind", ["孙老太", GRAN, "视力"], file="体检.csv")

    db = register(tmp_path, HOME, other, disabled(ZHAO_IS))

    assert kinds(db)["孙老太"][0] == "sight"


def test_one_question_settles_all_others_and_can_be_taken_back(tmp_path):
    db = register(tmp_path, HOME, disabled(ZHAO_IS, is_complete=None))
    (question,) = asked(db)
    with write(db):
        number_questions(db, [question.subject])
        record_answer(db, shipped_pack(), 1, Answer("yes", "王五", DAY))
    refresh_register(db, shipped_pack())

    assert kinds(db)["孙老太"] == ("none", "none")
    assert asked(db) == []
    with write(db):
        take_back_answer(db, shipped_pack(), 1, "王五", DAY)
    refresh_register(db, shipped_pack())
    assert kinds(db)["孙老太"] == (None, None)
    assert asked(db) == [question.__class__(**vars(question) | {"number": 1})]


def test_a_household_that_comes_later_is_settled_as_if_all_had_come_at_once(tmp_path):
    db = register(tmp_path, HOME, disabled(ZHAO_IS))
    later = table("household_no name id_number relation", ["H3", "李四", LI, "户主"], file="补.csv")

    keep(db, later)
    refresh_register(db, shipped_pack())

    assert kinds(db)["李四"] == ("none", "none")
    before = content_of(db)
    rebuild_register(db, shipped_pack())
    assert content_of(db) == before


def test_lists_of_different_facts_in_one_import_are_each_asked_about(tmp_path):
    ill = table("name id_number serious_illness", ["赵大山", ZHAO, "是"], file="大病名册.csv")
    db = register(tmp_path, HOME, disabled(ZHAO_IS, is_complete=None), ill)
    imports = [number for (number,) in db.execute("SELECT import_id FROM imports")]

    found = list_roster_questions(db, shipped_pack(), imports)

    assert {each.topic.fact for each in found} == {"disability_kind", "serious_illness"}
