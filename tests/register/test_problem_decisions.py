"""A doubt is reported with both places; what a person decides about it holds later too."""

from datetime import date

import pytest

from relieftool.errors import ReliefError
from relieftool.register.build import rebuild_register, refresh_register, show_register_on
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.support.registers import (
    GRAN,
    LI,
    NOBODY,
    QIAN,
    ZHAO,
    codes,
    fact,
    keep,
    people,
    register,
    roster,
    rows,
    said,
    shipped_pack,
    table,
)

PERSON = "household_no name id_number relation"
ZHAO_ROW = ["H1", "赵大山", ZHAO, "户主"]
TWO_PLACES = (
    table(PERSON, ZHAO_ROW, ["H1", "钱小花", QIAN, "配偶"], file="a"),
    table(PERSON, ["H2", "李四", LI, "户主"], ["H2", "钱小花", QIAN, "女"], file="b"),
)


def decide(db, choice, code=None):
    """Decide the first doubt, or the first of a kind, and make the register anew."""
    found = (
        kept for kept in list_problems(db) if kept.number and code in (None, kept.problem.code)
    )
    number = next(found).number
    decide_number(db, number, choice)
    return number


def decide_number(db, number, choice):
    with write(db):
        record_decision(db, number, choice, "王五")
        refresh_register(db, shipped_pack())


def params(db, code):
    return [kept.problem.message.params for kept in list_problems(db) if kept.problem.code == code]


def test_a_person_in_two_households_is_reported_at_each_place_with_the_other(tmp_path):
    db = register(tmp_path, *TWO_PLACES)

    assert params(db, "person-in-two-households") == [
        {"file": "b", "sheet": "Sheet1", "row": 3, "household": "H2"},
        {"file": "a", "sheet": "Sheet1", "row": 3, "household": "H1"},
    ]


@pytest.mark.parametrize(
    "choice, homes, reported",
    [
        ("lives-in:H1", ["H1"], 0),
        ("lives-in:H2", ["H2"], 0),
        ("leave", ["H1", "H2"], 0),
        ("reopen", ["H1", "H2"], 2),
    ],
)
def test_somebody_lives_where_it_was_decided_after_every_rebuild(tmp_path, choice, homes, reported):
    db = register(tmp_path, *TWO_PLACES)

    decide(db, choice)
    rebuild_register(db, shipped_pack())

    assert [home for home, _place, _name, number in people(db) if number == QIAN] == homes
    assert codes(db).count("person-in-two-households") == reported


def test_a_later_decision_takes_the_place_of_an_earlier_one(tmp_path):
    db = register(tmp_path, *TWO_PLACES)
    number = decide(db, "lives-in:H1")

    decide_number(db, number, "reopen")

    assert codes(db) == ["person-in-two-households"] * 2
    assert rows(db, "SELECT choice FROM decisions") == [("lives-in",), ("reopen",)]


@pytest.mark.parametrize("choice", ["lives-in:H3", "lives-in:", "lives-in", "nobody", "leave:H1"])
def test_what_cannot_be_decided_is_refused_and_nothing_is_kept(tmp_path, choice):
    db = register(tmp_path, *TWO_PLACES)

    with pytest.raises(
        ReliefError, match=r"cannot be decided|could mean|no answer to this question"
    ):
        decide(db, choice)

    assert rows(db, "SELECT count(*) FROM decisions") == [(0,)]


@pytest.mark.parametrize(
    "statement", ["UPDATE decisions SET choice = 'x'", "DELETE FROM decisions"]
)
def test_decisions_are_never_changed(tmp_path, statement):
    db = register(tmp_path, *TWO_PLACES)
    decide(db, "leave")

    with pytest.raises(Exception, match="decisions are never"):
        db.execute(statement)


def test_of_two_heads_the_decided_one_is_head_and_nobody_changes_their_number(tmp_path):
    db = register(tmp_path, table(PERSON, ZHAO_ROW, ["H1", "孙老太", GRAN, "户主"]))
    before = people(db)

    decide(db, "head:H1-02")

    assert rows(db, "SELECT head_member_no FROM households") == [("H1-02",)]
    assert (people(db), codes(db)) == (before, [])


ON_ROSTER = "name id_number amount"


@pytest.mark.parametrize(
    "choice, receipts, reported",
    [
        ("is:H1-01", [("H1-01", "yes", "roster", 50000)], []),
        ("nobody", [], []),
        ("leave", [], []),
    ],
)
def test_a_roster_row_means_whom_a_person_says(tmp_path, choice, receipts, reported):
    db = register(
        tmp_path,
        table(PERSON, ZHAO_ROW),
        roster("dibao", ON_ROSTER, ["赵大衫", NOBODY, 500]),
    )
    assert codes(db) == ["roster-person-not-in-register"]

    decide(db, choice)

    assert (said(db, "dibao"), codes(db)) == (receipts, reported)


def test_a_decision_about_a_roster_row_holds_for_the_next_month(tmp_path):
    db = register(
        tmp_path, table(PERSON, ZHAO_ROW), roster("dibao", ON_ROSTER, ["赵大衫", NOBODY, 500])
    )
    decide(db, "is:H1-01")

    keep(db, roster("dibao", ON_ROSTER, ["赵大衫", NOBODY, 600], file="12", covers="2024-12"))
    refresh_register(db, shipped_pack())

    assert [amount for *_who, amount in said(db, "dibao")] == [50000, 60000]


@pytest.mark.parametrize(
    "column, words, says, reported",
    [
        ("paid_state", "死亡", "no", ["roster-says-gone"]),
        ("remark", "死亡", "no", ["roster-says-gone"]),
        ("paid_state", "2024年11月迁出", "no", ["roster-says-gone"]),
        ("remark", "2024年11月迁出", "no", ["roster-says-gone"]),
        ("paid_state", "停发", "no", []),
        ("remark", "停发", "no", []),
        ("paid_state", "正常", "yes", []),
        ("paid_state", "配偶死亡", "maybe", ["receipt-state-unclear"]),
        ("remark", "配偶死亡", "yes", []),
        ("remark", "", "yes", []),
    ],
)
def test_a_death_or_move_on_a_roster_closes_the_receipt_not_the_person(
    tmp_path, column, words, says, reported
):
    paid = roster("dibao", f"{ON_ROSTER} {column}", ["赵大山", ZHAO, 500, words])

    db = register(tmp_path, table(PERSON, ZHAO_ROW), paid)

    assert [answer for _member, answer, *_rest in said(db, "dibao")] == [says]
    assert people(db) == [("H1", 1, "赵大山", ZHAO)]
    assert codes(db) == reported


LISTS = (
    table(PERSON, ZHAO_ROW, ["H1", "钱小花", QIAN, "配偶"], file="户11月.csv", covers="2024-11"),
    table(PERSON, ZHAO_ROW, file="户12月.csv", covers="2024-12"),
)


def test_somebody_missing_from_a_newer_list_stays_and_is_reported(tmp_path):
    db = register(tmp_path, *LISTS)

    assert len(people(db)) == 2
    assert fact(db, "may_be_gone", "members") == [0, 1]
    assert [(param["who"], param["file"]) for param in params(db, "not-on-newest-list")] == [
        ("H1-02", "户12月.csv")
    ]


@pytest.mark.parametrize("choice, left", [("left", 1), ("leave", 2)])
def test_who_has_left_by_decision_is_no_longer_in_the_register(tmp_path, choice, left):
    db = register(tmp_path, *LISTS)

    decide(db, choice)

    assert (len(people(db)), codes(db)) == (left, [])


def test_who_is_on_a_list_again_is_in_the_register_again(tmp_path):
    db = register(tmp_path, *LISTS)
    decide(db, "left")

    keep(db, table(PERSON, ["H1", "钱小花", QIAN, ""], file="户1月.csv", covers="2025-01"))
    refresh_register(db, shipped_pack())

    assert ("H1", 2, "钱小花", QIAN) in people(db)


@pytest.mark.parametrize(
    "other",
    [
        {"file": "低保户12月.csv", "covers": "2024-12"},
        {"file": "户12月.csv", "covers": "2024-12", "community": "花园"},
        {"file": "户.csv", "covers": None},
    ],
    ids=["another list", "another community", "undated"],
)
def test_only_a_newer_list_of_the_same_name_and_community_misses_anybody(tmp_path, other):
    newer = table(PERSON, ["H9", "李四", LI, "户主"], **other)

    assert codes(register(tmp_path, LISTS[0], newer)) == []


INCOME = "household_no name id_number household_income"


@pytest.mark.parametrize(
    "day, income",
    [("2024-10-31", 10000), ("2024-11-01", 20000), ("2024-11-30", 20000), ("2024-12-01", 30000)],
)
def test_facts_of_later_lists_do_not_count_on_an_earlier_day(tmp_path, day, income):
    lists = [
        table(INCOME, ["H1", "赵大山", ZHAO, amount], file=f"{covers}.csv", covers=covers)
        for amount, covers in ((100, None), (200, "2024-11"), (300, "2024-12"))
    ]
    db = register(tmp_path, *lists)

    show_register_on(db, shipped_pack(), date.fromisoformat(day))

    assert fact(db, "household_income") == [income]
    assert rows(db, 'SELECT "household_income" FROM main.households') == [(30000,)]


def test_whoever_came_later_is_not_there_on_an_earlier_day_and_keeps_their_number(tmp_path):
    db = register(
        tmp_path,
        table(PERSON, ZHAO_ROW, file="户11月.csv", covers="2024-11"),
        table(PERSON, ZHAO_ROW, ["H1", "孙老太", GRAN, "母"], file="户12月.csv", covers="2024-12"),
    )

    show_register_on(db, shipped_pack(), date(2024, 11, 30))

    assert people(db) == [("H1", 1, "赵大山", ZHAO)]
    show_register_on(db, shipped_pack(), date(2024, 12, 1))
    assert [name for _no, _place, name, _id in people(db)] == ["赵大山", "孙老太"]


def test_a_household_that_gets_a_number_later_is_found_under_the_old_one(tmp_path):
    db = register(tmp_path, table("name id_number", ["赵大山", ZHAO]))
    ((old,),) = rows(db, "SELECT household_no FROM households")

    keep(db, table(PERSON, ZHAO_ROW, file="b"))
    refresh_register(db, shipped_pack())

    assert rows(db, "SELECT former_no, number FROM former_numbers ORDER BY 1") == [
        (old, "H1"), (f"{old}-01", "H1-01")
    ]  # fmt: skip


def test_a_number_that_a_second_community_uses_too_leads_to_the_first(tmp_path):
    db = register(tmp_path, table(PERSON, ZHAO_ROW))

    keep(db, table(PERSON, ["H1", "李四", LI, "户主"], file="b", community="花园"))
    refresh_register(db, shipped_pack())

    assert rows(db, "SELECT former_no, number FROM former_numbers ORDER BY 1") == [
        ("H1", "河口下-H1"), ("H1-01", "河口下-H1-01")
    ]  # fmt: skip


def test_a_roster_with_a_row_of_nobody_is_not_complete(tmp_path):
    paid = roster("dibao", ON_ROSTER, ["", "123", 500], ["李四", LI, 500], is_complete=True)

    db = register(tmp_path, table(PERSON, ZHAO_ROW), paid)

    assert rows(db, "SELECT is_complete FROM rosters") == [(0,)]
    assert "roster-row-nobody" in codes(db)


def test_a_household_missing_from_a_newer_list_is_one_question_and_in_doubt(tmp_path):
    families = [["H1", "赵大山", ZHAO, "户主"], ["H1", "钱小花", QIAN, "配偶"]]
    older = table(PERSON, *families, file="户11月.csv", covers="2024-11")
    newer = table(PERSON, ["H2", "李四", LI, "户主"], file="户12月.csv", covers="2024-12")
    undated = table(PERSON, *families, file="残疾人.csv")

    db = register(tmp_path, older, newer, undated)

    assert [param["household"] for param in params(db, "not-on-newest-list")] == ["H1"]
    assert fact(db, "belongs", "members") == [None, None, 1]


def addition(tmp_path, added):
    """Return a register of a list of four households and a newer one with some of them."""
    older = [[f"H{place}", name, "", "户主"] for place, name in enumerate("赵钱孙李", start=1)]
    lists = [
        table(PERSON, *older, file="户11月.csv", covers="2024-11"),
        table(PERSON, *older[:added], file="户12月.csv", covers="2024-12"),
    ]
    return register(tmp_path, *lists)


@pytest.mark.parametrize(
    "added, asked", [(1, ["list-may-be-part"]), (2, ["not-on-newest-list"] * 2)]
)
def test_a_list_with_under_half_of_the_older_is_an_addition_until_it_is_said_to_be_whole(
    tmp_path, added, asked
):
    db = addition(tmp_path, added)

    assert codes(db) == asked
    assert fact(db, "may_be_gone", "members") == [0] * 4 if added == 1 else [0, 0, 1, 1]


@pytest.mark.parametrize("choice, doubted", [("yes", [0, 1, 1, 1]), ("no", [0, 0, 0, 0])])
def test_only_who_is_missing_from_a_whole_list_is_doubted(tmp_path, choice, doubted):
    db = addition(tmp_path, 1)

    decide(db, choice)

    assert fact(db, "may_be_gone", "members") == doubted
    assert len(params(db, "not-on-newest-list")) == sum(doubted)
