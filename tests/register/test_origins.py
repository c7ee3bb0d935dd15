"""Each fact is traced to the cell that settled it."""

from contextlib import closing

import pytest

from relieftool.register import changed_rows
from relieftool.register.build import refresh_register
from relieftool.register.origins import find_origins
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from relieftool.values.text import format_column_letter
from tests.support.registers import QIAN, ZHAO, register, shipped_pack, table


def origins(folder, *files, household="H-1"):
    db = register(folder, *files)
    try:
        return find_origins(db, shipped_pack(), household)
    finally:
        db.close()


def cells(places):
    return [(place.file, place.row, place.column) for place in places]


def test_the_newest_list_is_where_a_fact_comes_from(tmp_path):
    columns = "household_no name id_number household_income"
    old = table(columns, ["H-1", "赵大山", ZHAO, 500], file="old.csv", covers="2024-01")
    new = table(columns, ["H-1", "赵大山", ZHAO, 600], file="new.csv", covers="2024-11")

    found = origins(tmp_path, old, new)

    assert cells(found.household["household_income"]) == [("new.csv", 2, "D")]


def test_lists_of_one_day_are_both_named_whether_they_agree_or_differ(tmp_path):
    columns = "household_no name id_number household_income deposits"
    one = table(columns, ["H-1", "赵大山", ZHAO, 500, 1], file="a.csv", covers="2024-11")
    other = table(columns, ["H-1", "赵大山", ZHAO, 500, 2], file="b.csv", covers="2024-11")

    found = origins(tmp_path, one, other)

    assert cells(found.household["household_income"]) == [("a.csv", 2, "D"), ("b.csv", 2, "D")]
    assert cells(found.household["deposits"]) == [("a.csv", 2, "E"), ("b.csv", 2, "E")]


def test_birth_date_and_sex_come_from_the_id_number(tmp_path):
    found = origins(
        tmp_path,
        table("household_no name id_number birth_date", ["H-1", "赵大山", ZHAO, "1999-01-01"]),
    )

    (member,) = found.members.values()
    assert cells(member["birth_date"]) == [("名单.csv", 2, "C")]
    assert cells(member["sex"]) == [("名单.csv", 2, "C")]


def test_a_disability_is_traced_to_the_card_number(tmp_path):
    columns = "household_no name id_number disability_card disability_grade"
    found = origins(tmp_path, table(columns, ["H-1", "赵大山", ZHAO, ZHAO + "42", ""]))

    (member,) = found.members.values()
    assert cells(member["disability_grade"]) == [("名单.csv", 2, "D")]
    assert cells(member["disability_kind"]) == [("名单.csv", 2, "D")]


def test_repeated_columns_are_kept_apart(tmp_path):
    columns = "household_no name@1 id_number@1 income@1 name@2 id_number@2 income@2"
    found = origins(tmp_path, table(columns, ["H-1", "赵大山", ZHAO, 1, "钱小花", QIAN, 2]))

    assert [cells(facts["income"]) for facts in found.members.values()] == [
        [("名单.csv", 2, "D")],
        [("名单.csv", 2, "G")],
    ]


def test_a_household_that_is_not_there_has_no_origins(tmp_path):
    found = origins(tmp_path, table("household_no name", ["H-1", "赵大山"]), household="H-9")

    assert (found.household, found.members) == ({}, {})


@pytest.mark.parametrize("number, letter", [(0, "A"), (25, "Z"), (26, "AA"), (52, "BA")])
def test_columns_are_lettered_as_in_spreadsheets(number, letter):
    assert format_column_letter(number) == letter


def test_a_fact_is_traced_on_the_day_asked_about(tmp_path):
    columns = "household_no name id_number household_income"
    old = table(columns, ["H-1", "赵大山", ZHAO, 500], file="old.csv", covers="2024-01")
    new = table(columns, ["H-1", "赵大山", ZHAO, 600], file="new.csv", covers="2024-11")
    with closing(register(tmp_path, old, new)) as db:
        found = find_origins(db, shipped_pack(), "H-1", "2024-06-30")

    assert cells(found.household["household_income"]) == [("old.csv", 2, "D")]


def test_what_another_households_list_says_about_somebody_is_traced_where_they_live(tmp_path):
    columns = "household_no name id_number relation income"
    one = table(columns, ["H-1", "赵大山", ZHAO, "户主", ""], file="a.csv")
    rows = ["H-2", "钱小花", QIAN, "户主", ""], ["H-2", "赵大山", ZHAO, "子", 700]
    with closing(register(tmp_path, one, table(columns, *rows, file="b.csv"))) as db:
        number = next(kept.number for kept in list_problems(db) if kept.number)
        with write(db):
            record_decision(db, number, "lives-in:H-1", "王五")
            refresh_register(db, shipped_pack())
        found = find_origins(db, shipped_pack(), "H-1")

    (member,) = found.members.values()
    assert cells(member["income"]) == [("b.csv", 3, "E")]


@pytest.mark.parametrize("household", ["H-1", "H-2", "H-9"])
def test_the_rows_of_one_household_alone_give_the_same_cells(tmp_path, monkeypatch, household):
    columns = "household_no name id_number household_income"
    old = [["H-1", "赵大山", ZHAO, 500], ["H-2", "钱小河", QIAN, 700]]
    new = [["H-1", "赵大山", ZHAO, 600], ["H-9", "钱小河", QIAN, 800]]
    files = [
        table(columns, *old, file="old.csv", covers="2024-01"),
        table(columns, *new, file="new.csv", covers="2024-11"),
    ]
    with closing(register(tmp_path, *files)) as db:
        alone = find_origins(db, shipped_pack(), household)
        monkeypatch.setattr(changed_rows, "find_touching_rows", lambda *_asked: None)
        among_all = find_origins(db, shipped_pack(), household)

    assert alone.household
    assert alone == among_all
