"""A remark is never a fact: it makes the fact it speaks of unknown until somebody decides."""

import pytest

from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.support.registers import (
    QIAN,
    ZHAO,
    codes,
    fact,
    keep,
    people,
    places_of,
    register,
    roster,
    rows,
    shipped_pack,
    table,
)

PERSON = "household_no name id_number relation"


def household(remark, heading="remark", **stated):
    """A couple; the remark is in the wife's row."""
    zhao, qian = ["H1", "赵大山", ZHAO, "户主", ""], ["H1", "钱小花", QIAN, "配偶", remark]
    return table(f"{PERSON} {heading}", zhao, qian, **stated)


def belongs(db):
    return fact(db, "belongs", "members")


def decide(db, choice):
    number = next(kept.number for kept in list_problems(db) if kept.number)
    with write(db):
        record_decision(db, number, choice, "王五")
        refresh_register(db, shipped_pack())


@pytest.mark.parametrize("heading", ["remark", "paid_state", "?情况说明", "?备注2", "?人员状态"])
@pytest.mark.parametrize("remark", ["死亡", "迁出", "服刑", "2024年10月去世"])
def test_who_is_said_to_be_gone_may_no_longer_belong_and_nobody_else_is_doubted(
    tmp_path, heading, remark
):
    db = register(tmp_path, household(remark, heading))

    assert belongs(db) == [1, None]
    assert fact(db, "may_be_gone", "members") == [0, 1]
    assert places_of(db, "perhaps-gone") == [("名单.csv", 3, heading.lstrip("?"))]
    assert codes(db) == ["perhaps-gone"]


def test_a_stated_living_together_is_no_surer_than_the_remark_beside_it(tmp_path):
    head, wife = ["H1", "赵大山", ZHAO, "户主"], ["H1", "钱小花", QIAN, "配偶"]
    db = register(
        tmp_path,
        table(f"{PERSON} lives_together remark", [*head, "是", ""], [*wife, "是", "已去世"]),
    )

    assert fact(db, "lives_together", "members") == [1, None]


@pytest.mark.parametrize("remark", ["丈夫2010年去世", "未迁出", "刑满释放", "低保户"])
def test_what_is_said_of_others_or_denied_doubts_nobody(tmp_path, remark):
    db = register(tmp_path, household(remark))

    assert belongs(db) == [1, 1]
    assert codes(db) == []


@pytest.mark.parametrize(
    "remark, expected", [("户主已去世", [None, 1]), ("全家迁出", [None, None])]
)
def test_a_remark_about_the_head_or_the_household_is_of_them(tmp_path, remark, expected):
    assert belongs(register(tmp_path, household(remark))) == expected


@pytest.mark.parametrize(
    "choice, left, doubted", [("left", 1, [1]), ("leave", 2, [1, 1]), ("reopen", 2, [1, None])]
)
def test_a_decision_settles_it_after_every_rebuild(tmp_path, choice, left, doubted):
    db = register(tmp_path, household("2024年10月去世"))

    decide(db, choice)
    rebuild_register(db, shipped_pack())

    assert len(people(db)) == left
    assert belongs(db) == doubted
    assert len(codes(db)) == doubted.count(None)


def test_a_decision_holds_for_the_list_of_the_next_month(tmp_path):
    db = register(tmp_path, household("去世", covers="2024-10", file="户表10.csv"))
    decide(db, "left")

    keep(db, household("2024年10月去世", covers="2024-11", file="户表11.csv"))
    refresh_register(db, shipped_pack())

    assert [name for _household, _place, name, _number in people(db)] == ["赵大山"]


@pytest.mark.parametrize(
    "earlier, later, is_asked",
    [
        ("疑似迁出", "2025年2月去世", True),
        ("疑似死亡", "去世", True),
        ("迁出", "服刑", True),
        ("2024年3月失踪", "2024年11月失踪", True),
        ("疑似迁出", "疑似搬走", False),
        ("2024年10月去世", "2024.10去世", False),
    ],
)
def test_a_new_event_on_the_list_of_the_next_month_is_asked_anew(
    tmp_path, earlier, later, is_asked
):
    db = register(tmp_path, household(earlier, covers="2024-10", file="户表10.csv"))
    decide(db, "leave")

    keep(db, household(later, covers="2024-11", file="户表11.csv"))
    refresh_register(db, shipped_pack())

    assert codes(db) == (["perhaps-gone"] if is_asked else [])
    assert belongs(db) == [1, None if is_asked else 1]


@pytest.mark.parametrize(
    "earlier, later, is_asked", [("迁出", "已故", True), ("已故", "去世", False)]
)
def test_another_mark_at_the_name_is_asked_anew(tmp_path, earlier, later, is_asked):
    def marked(mark):
        zhao, qian = ["H1", "赵大山", ZHAO, "户主"], ["H1", f"钱小花（{mark}）", QIAN, "配偶"]
        return zhao, qian

    db = register(tmp_path, table(PERSON, *marked(earlier), covers="2024-10", file="户表10.csv"))
    decide(db, "leave")

    keep(db, table(PERSON, *marked(later), covers="2024-11", file="户表11.csv"))
    refresh_register(db, shipped_pack())

    assert codes(db) == (["name-marked"] if is_asked else [])


def test_a_private_remark_is_not_quoted_in_what_is_asked(tmp_path):
    db = register(tmp_path, household("强制戒毒"))

    (problem,) = [kept.problem for kept in list_problems(db)]
    assert "戒" not in str(problem.message)


def test_a_newer_list_that_has_somebody_again_settles_an_older_remark(tmp_path):
    db = register(
        tmp_path,
        household("去世", covers="2024-10", file="户表10.csv"),
        household("", covers="2024-11", file="户表11.csv"),
    )

    assert belongs(db) == [1, 1]


def test_a_member_in_the_row_of_the_head_is_not_meant_by_the_rows_remark(tmp_path):
    db = register(
        tmp_path,
        table(
            "household_no name id_number name@2 id_number@2 remark",
            ["H1", "赵大山", ZHAO, "钱小花", QIAN, "2024年10月去世"],
        ),
    )

    doubted = rows(db, "SELECT id_number FROM members WHERE belongs IS NULL")
    assert doubted == [(ZHAO,)]


def say_of_wife(tmp_path, column, cell, remark):
    head = ["H1", "赵大山", ZHAO, "户主", "", ""]
    wife = ["H1", "钱小花", QIAN, "配偶", cell, remark]
    return register(tmp_path, table(f"{PERSON} {column} ?情况说明", head, wife))


@pytest.mark.parametrize(
    "column, cell, remark",
    [
        ("disability_grade", "四级", "二级残疾"),
        ("disability_grade", "", "二级"),
        ("has_able_supporter", "有", "孤寡老人，无儿无女"),
        ("serious_illness", "否", "患癌症"),
        ("has_able_supporter", "有", "五保"),
        ("income", "0", "月收入2000元"),
    ],
)
def test_a_fact_that_a_remark_contradicts_is_unknown_and_told(tmp_path, column, cell, remark):
    db = say_of_wife(tmp_path, column, cell, remark)

    assert fact(db, column, "members")[1] is None
    assert ("名单.csv", 3, "情况说明") in places_of(db, "remark-differs")


@pytest.mark.parametrize(
    "column, cell, remark, value",
    [
        ("disability_grade", "二级", "二级残疾", "grade2"),
        ("disability_grade", "二级", "残疾", "grade2"),
        ("has_able_supporter", "无", "孤寡老人，无儿无女", 0),
        ("income", "2000", "月收入2000元", 200000),
        ("income", "0", "丈夫月收入2000元", 0),
    ],
)
def test_a_fact_that_a_remark_repeats_or_says_of_another_stays(
    tmp_path, column, cell, remark, value
):
    db = say_of_wife(tmp_path, column, cell, remark)

    assert fact(db, column, "members")[1] == value
    assert codes(db) == []


@pytest.mark.parametrize(
    "deposits, remark, value, told",
    [
        (8000, "存款8000元，住房1套", 800000, 0),
        (0, "存款8000元", None, 1),
        ("", "存款8000元", None, 1),
        ("", "存款8000元左右", None, 1),
        (0, "存款8000元左右", None, 1),
        (0, "有存款", None, 1),
        (5000, "有存款", 500000, 0),
        (0, "无存款", 0, 0),
    ],
)
def test_a_fact_of_the_household_is_doubted_likewise(tmp_path, deposits, remark, value, told):
    db = register(
        tmp_path,
        table(
            f"{PERSON} deposits homes ?家庭财产",
            ["H1", "赵大山", ZHAO, "户主", deposits, 1, remark],
        ),
    )

    assert fact(db, "deposits") == [value]
    assert fact(db, "homes") == [1]
    assert codes(db).count("remark-differs") == told


@pytest.mark.parametrize(
    "choice, grade, told", [("holds", "grade2", 0), ("leave", "grade4", 0), ("reopen", None, 1)]
)
def test_somebody_decides_whether_a_remark_or_its_column_holds(tmp_path, choice, grade, told):
    row = ["H1", "赵大山", ZHAO, "户主", "肢体", "四级", "二级"]
    heading = f"{PERSON} disability_kind disability_grade remark"
    db = register(tmp_path, table(heading, row))

    decide(db, choice)
    rebuild_register(db, shipped_pack())

    assert fact(db, "disability_grade", "members") == [grade]
    assert fact(db, "disability_kind", "members") == ["limb"]
    assert len(codes(db)) == told


def test_no_problem_repeats_the_text_of_a_remark(tmp_path):
    db = register(tmp_path, household("钱小花，肢体二级残疾，手机13900001111"))

    told = [params for (params,) in rows(db, "SELECT params FROM problems")]
    assert told
    assert not any(text in params for params in told for text in ("钱小花", "139", "二级"))


def test_a_stated_size_that_counts_somebody_who_has_left_is_not_held_against_the_rest(tmp_path):
    head, wife = ["H1", "赵大山", ZHAO, "户主", 2, ""], ["H1", "钱小花", QIAN, "配偶", 2, "已故"]
    db = register(tmp_path, table(f"{PERSON} stated_size remark", head, wife))

    decide(db, "left")

    assert (fact(db, "stated_size"), codes(db)) == ([None], [])


def test_what_is_paid_for_a_household_in_the_name_of_somebody_who_left_is_theirs_still(tmp_path):
    head, wife = ["H1", "赵大山", ZHAO, "户主", "已故"], ["H1", "钱小花", QIAN, "配偶", ""]
    listed = table(f"{PERSON} remark", head, wife)
    paid = [
        roster(programme, "name id_number amount", ["赵大山", ZHAO, 335], file=f"{programme}.csv")
        for programme in ("dibao", "disability-care")
    ]
    db = register(tmp_path, listed, *paid)

    decide(db, "left")

    assert rows(db, "SELECT household_no, member_no, programme, amount_fen FROM receipts") == [
        ("H1", None, "dibao", 33500)
    ]
    assert codes(db) == ["roster-person-left", "roster-person-left"]


@pytest.mark.parametrize(
    "heading, cell, doubted",
    [
        ("?死亡时间", "2024-10-05", True),
        ("?去世日期", "2024年10月", True),
        ("?是否死亡", "是", True),
        ("?是否死亡", True, True),
        ("?是否迁出", "否", False),
        ("?死亡时间", "", False),
        ("?配偶死亡时间", "2024-10-05", False),
    ],
)
def test_a_column_of_deaths_or_moves_is_read_by_its_heading(tmp_path, heading, cell, doubted):
    assert belongs(register(tmp_path, household(cell, heading))) == [1, None if doubted else 1]
