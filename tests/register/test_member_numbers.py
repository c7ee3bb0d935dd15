"""Members keep their place in a household, whatever is imported or left out."""

from datetime import date

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.records import CaseFinding
from relieftool.eligibility.explain import explain_findings
from relieftool.eligibility.scenario import SupposedFact, Suppositions
from relieftool.eligibility.what_if import compare_household
from relieftool.intake.undo import redo_import, undo_import
from relieftool.register import row_groups
from relieftool.register.build import rebuild_register, refresh_register, show_register_on
from relieftool.store.database import write
from relieftool.store.import_status import record_replacements
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from relieftool.store.settings import write_setting
from tests.support.register_hash import content_by_people, content_of
from tests.support.registers import (
    GRAN,
    LI,
    PUPIL,
    QIAN,
    ZHAO,
    keep,
    more,
    register,
    roster,
    rows,
    shipped_pack,
    table,
)

PERSON = "household_no name id_number relation"
HEAD, WIFE = ["H1", "赵大山", ZHAO, "户主"], ["H1", "钱小花", QIAN, "配偶"]
GRAN_ROW, CHILD = ["H1", "孙老太", GRAN, "母亲"], ["H1", "赵小", PUPIL, "子"]
FIRST = table(PERSON, HEAD, WIFE, file="困难家庭.csv", covers="2024-11")


def then(db, *files, replaces=()):
    """Import more, in the place of earlier imports where these are named."""
    keep(db, *files)
    with write(db):
        (last,) = db.execute("SELECT max(import_id) FROM imports").fetchone()
        record_replacements(db, last, list(replaces))
        refresh_register(db, shipped_pack())


def each_then(db, files):
    """Import files one after the other."""
    for file in files:
        then(db, file)


def step(db, do, *arguments):
    with write(db):
        do(db, *arguments)
        refresh_register(db, shipped_pack())


def numbers(db):
    return dict(rows(db, "SELECT member_no, name FROM members"))


BOTH = {"H1-01": "赵大山", "H1-02": "钱小花"}
OTHER_HEAD = (["H1", "钱小花", QIAN, "户主"], ["H1", "赵大山", ZHAO, "配偶"])


@pytest.mark.parametrize(
    "later, replaces, found",
    [
        (table(PERSON, *OTHER_HEAD, file="困难家庭.csv", covers="2024-11"), [1], BOTH),
        (table(PERSON, *OTHER_HEAD, file="无日期.csv"), [], BOTH),
        (table(PERSON, *OTHER_HEAD, file="十月.csv", covers="2024-10"), [], BOTH),
        (table(PERSON, GRAN_ROW, file="无日期.csv"), [], BOTH | {"H1-03": "孙老太"}),
        (
            table(PERSON, GRAN_ROW, file="十月.csv", covers="2024-10"),
            [],
            BOTH | {"H1-03": "孙老太"},
        ),
        (table(PERSON, WIFE, file="困难家庭.csv"), [1], {"H1-02": "钱小花"}),
        (
            table(PERSON, WIFE, CHILD, file="困难家庭.csv"),
            [1],
            {"H1-02": "钱小花", "H1-03": "赵小"},
        ),
    ],
    ids=[
        *("head corrected", "undated", "older month", "somebody undated", "somebody older"),
        *("somebody dropped", "somebody dropped and another new"),
    ],
)
def test_a_member_keeps_their_number(tmp_path, later, replaces, found):
    db = register(tmp_path, FIRST)

    then(db, later, replaces=replaces)

    assert numbers(db) == found


def test_who_is_dropped_and_comes_back_has_their_number_again(tmp_path):
    db = register(tmp_path, FIRST)
    then(db, table(PERSON, HEAD, CHILD, file="困难家庭.csv"), replaces=[1])

    then(db, table(PERSON, HEAD, WIFE, CHILD, file="困难家庭.csv", sheet="新"), replaces=[2])

    assert numbers(db) == BOTH | {"H1-03": "赵小"}


def test_the_head_is_whom_the_lists_name_not_the_first_place(tmp_path):
    db = register(tmp_path, FIRST)

    then(db, table(PERSON, *OTHER_HEAD, file="困难家庭.csv"), replaces=[1])

    assert rows(db, "SELECT head_member_no FROM households") == [("H1-02",)]


WITHOUT = ["H1", "钱小花", "", "配偶"]
WRONG = ["H1", "钱小花", LI, "配偶"]


@pytest.mark.parametrize(
    "before, after",
    [(WITHOUT, WIFE), (WIFE, WITHOUT), (WRONG, WIFE), (WIFE, ["H1", "钱晓花", QIAN, "配偶"])],
    ids=["a number added", "a number lost", "a number corrected", "a name corrected"],
)
def test_somebody_is_known_again_by_number_or_by_name(tmp_path, before, after):
    db = register(tmp_path, table(PERSON, HEAD, before, file="a.csv"))

    then(db, table(PERSON, ["H1", "孙老太", GRAN, "母亲"], after, HEAD, file="b.csv"), replaces=[1])

    assert (numbers(db)["H1-02"], numbers(db)["H1-03"]) == (after[1], "孙老太")


def test_of_two_people_of_one_name_nobody_is_taken_for_a_third(tmp_path):
    two = [["H1", "赵小", "", "子"], ["H1", "赵小", "", "子"]]
    db = register(tmp_path, table(PERSON, HEAD, *two, file="a.csv"))

    then(db, table(PERSON, HEAD, CHILD, file="b.csv"), replaces=[1])

    assert numbers(db) == {"H1-01": "赵大山", "H1-04": "赵小"}


def test_people_of_one_name_without_numbers_keep_as_many_places(tmp_path):
    two = [["H1", "赵小", "", "子"], ["H1", "赵小", "", "子"]]
    db = register(tmp_path, table(PERSON, HEAD, *two, file="a.csv"))

    then(db, table(PERSON, *reversed(two), HEAD, file="b.csv"), replaces=[1])

    assert numbers(db) == {"H1-01": "赵大山", "H1-02": "赵小", "H1-03": "赵小"}


def test_a_place_goes_with_its_household_to_a_new_number(tmp_path):
    listed = ["赵大山", ZHAO, "户主"], more("钱小花", QIAN, "配偶")
    db = register(tmp_path, table("name id_number relation", *listed, covers="2024-11"))
    ((old,),) = rows(db, "SELECT household_no FROM households")

    then(db, table(PERSON, HEAD, GRAN_ROW, file="b.csv"))

    assert numbers(db) == BOTH | {"H1-03": "孙老太"}
    assert old != "H1"


def test_who_goes_to_a_household_of_their_own_leaves_their_place_to_nobody(tmp_path):
    db = register(tmp_path, table(PERSON, HEAD, WIFE, GRAN_ROW, file="a.csv", community="花园"))
    with write(db):
        db.execute("UPDATE source_rows SET cells = replace(cells, 'H1', 'H2') WHERE row_number = 4")
        rebuild_register(db, shipped_pack())

    assert numbers(db) == {"H1-01": "赵大山", "H1-02": "钱小花", "H2-01": "孙老太"}


def test_a_day_before_shows_the_same_numbers(tmp_path):
    db = register(tmp_path, FIRST)
    then(db, table(PERSON, ["H1", "孙老太", GRAN, "户主"], WIFE, file="十月.csv", covers="2024-10"))

    show_register_on(db, shipped_pack(), date(2024, 10, 31))

    assert numbers(db) == {"H1-03": "孙老太", "H1-02": "钱小花"}


def test_a_decision_holds_the_person(tmp_path):
    db = register(tmp_path, table(PERSON, HEAD, ["H1", "李二", "", "配偶"], file="a.csv"))
    then(db, roster("elderly-80", "name id_number amount", ["李二", "", 50], file="r.csv"))
    (number,) = {kept.number for kept in list_problems(db) if kept.number}
    step(db, record_decision, number, "is:H1-02", "王五")

    swapped = table(PERSON, ["H1", "李二", "", "户主"], [*HEAD[:3], "配偶"], file="a.csv")
    then(db, swapped, replaces=[1])

    meant = "SELECT name FROM receipts JOIN members USING (member_no) WHERE says = 'yes'"
    assert rows(db, meant) == [("李二",)]


def case_of(db, member_no):
    finding = CaseFinding("H1", member_no, "elderly-80", "unclaimed")
    open_cases(db, [finding], date(2024, 12, 1))


def test_a_case_is_about_the_same_person_after_the_head_was_corrected(tmp_path):
    db = register(tmp_path, FIRST)
    case_of(db, "H1-01")

    then(db, table(PERSON, *OTHER_HEAD, file="困难家庭.csv"), replaces=[1])

    (case,) = list_cases(db)
    assert numbers(db)[case.member_no] == "赵大山"


def same_secret(folder):
    """Return an empty register whose keyed names are those of any other."""
    folder.mkdir()
    db = register(folder)
    with write(db):
        write_setting(db, "secret", "the same in every register")
    return db


LATER = table(PERSON, ["H1", "孙老太", GRAN, "户主"], CHILD, file="b.csv", covers="2024-10")


@pytest.mark.parametrize("place", [1, 2, 3])
def test_an_import_taken_back_after_others_leaves_what_never_having_it_would(tmp_path, place):
    files = FIRST, LATER, table(PERSON, ["H1", "李四", LI, ""], file="c.csv")
    db, never = same_secret(tmp_path / "undone"), same_secret(tmp_path / "never")
    each_then(db, files)
    each_then(never, [*files[: place - 1], *files[place:]])

    step(db, undo_import, place)

    assert content_by_people(db) == content_by_people(never)
    assert len(numbers(db)) == 5 - (2 if place < 3 else 1)


def test_an_import_that_counts_again_gives_the_numbers_it_gave(tmp_path):
    db = register(tmp_path, FIRST)
    then(db, LATER)
    before = content_of(db)
    step(db, undo_import, 1)

    step(db, redo_import, 1)

    assert len(before["members"]) == len(content_of(db)["members"])
    assert set(numbers(db)) == {"H1-01", "H1-02", "H1-03", "H1-04"}


def test_a_place_that_a_case_is_about_is_given_to_nobody_else(tmp_path):
    db = register(tmp_path, FIRST)
    case_of(db, "H1-01")
    case_of(db, "H1-02")
    step(db, undo_import, 1)

    then(db, LATER)
    step(db, redo_import, 1)

    assert numbers(db) == BOTH | {"H1-03": "孙老太", "H1-04": "赵小"}


def test_a_place_that_a_decision_names_is_given_to_nobody_else(tmp_path):
    two = table(PERSON, HEAD, ["H1", "李二", "", "配偶"], file="a.csv")
    db = register(tmp_path, two)
    then(db, roster("elderly-80", "name id_number amount", ["李二", "", 50], file="r.csv"))
    (number,) = {kept.number for kept in list_problems(db) if kept.number}
    step(db, record_decision, number, "is:H1-02", "王五")

    step(db, undo_import, 1)
    then(db, table(PERSON, WIFE, GRAN_ROW, file="b.csv"))

    assert "H1-02" not in numbers(db)
    assert len(numbers(db)) == 2


def test_parts_give_the_places_that_are_given_at_once(tmp_path, monkeypatch):
    many = [
        [f"H{home}", f"王{chr(0x4E00 + place)}", "", "户主" if place else "子"]
        for home in range(30)
        for place in range(3)
    ]
    made = []
    for fewest in (10**6, 0):
        monkeypatch.setattr(row_groups, "FEWEST_ROWS", fewest)
        monkeypatch.setattr(row_groups, "ROWS_OF_A_PART", 5)
        folder = tmp_path / str(fewest)
        folder.mkdir()
        db = register(folder, table(PERSON, *many[::2], file="a.csv"))
        then(db, table(PERSON, *many, file="b.csv"))
        places = "person_identities JOIN household_labels USING (household_id) ORDER BY 1, 2"
        made.append((numbers(db), rows(db, f"SELECT label, place FROM {places}")))
        db.close()

    assert made[0] == made[1]
    assert len(made[0][1]) == 90


def test_where_a_place_is_missing_the_others_are_meant_by_their_own(tmp_path):
    columns = f"{PERSON} household_income"
    listed = [[*row, 800] for row in (HEAD, WIFE, CHILD)]
    db = register(tmp_path, table(columns, *listed, file="a.csv"))
    then(db, table(columns, listed[0], listed[2], file="b.csv"), replaces=[1])
    supposed = Suppositions((SupposedFact("employment", "employed", 3),), removed=(1,))

    explained = explain_findings(db, shipped_pack(), date(2024, 12, 1), "H1", place=3)
    compared = compare_household(db, shipped_pack(), date(2024, 12, 1), "H1", supposed)

    assert {explanation.finding.member_no for explanation in explained.explanations} <= {"H1-03"}
    assert {benefit.place for benefit in compared.benefits} <= {None, 1, 3}
