"""An ID number that was corrected on a newer list: whether two people are one is asked."""

import pytest

from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.support.registers import ZHAO, codes, places_of, register, rows, shipped_pack, table

DOUBLED = "household-doubled"
UNNUMBERED = "name id_number relation"
NUMBERED = "household_no name id_number relation"


def closed(body):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        body
        + "10X98765432"[
            sum(int(figure) * weight for figure, weight in zip(body, weights, strict=True)) % 11
        ]
    )


NEAR = closed(ZHAO[:14] + ("1" if ZHAO[14] != "1" else "2") + ZHAO[15:17])
FAR = closed("36030219880808456")


def codes_and_places(db):
    return [place for code in codes(db) for place in places_of(db, code)]


def belonging(db):
    return rows(db, "SELECT id_number, belongs, may_be_gone FROM members ORDER BY member_no")


def two_months(old, new, columns=NUMBERED, first=("H1",)):
    return [
        table(columns, [*first, "赵大山", old, "户主"], file="户表10.csv", covers="2024-10"),
        table(columns, [*first, "赵大山", new, "户主"], file="名单12.csv", covers="2024-12"),
    ]


@pytest.mark.parametrize("old", [NEAR, FAR])
def test_of_one_name_in_a_household_with_two_numbers_the_older_may_be_the_same(tmp_path, old):
    db = register(tmp_path, *two_months(old, ZHAO))

    assert codes_and_places(db) == [("户表10.csv", 2, "name")]
    assert sorted(belonging(db)) == sorted([(old, None, 1), (ZHAO, 1, 0)])


@pytest.mark.parametrize(
    "choice, left", [("one-person", [(ZHAO, 1, 0)]), ("two-people", [(NEAR, 1, 0), (ZHAO, 1, 0)])]
)
def test_whether_they_are_one_person_is_decided(tmp_path, choice, left):
    db = register(tmp_path, *two_months(NEAR, ZHAO))

    (kept,) = list_problems(db)
    with write(db):
        record_decision(db, kept.number, choice, "王五")
        refresh_register(db, shipped_pack())

    assert sorted(belonging(db)) == sorted(left)


def months_of(*numbers):
    """Return a list of each month from January, with one of one name and these numbers."""
    return [
        table(NUMBERED, ["H1", "赵大山", number, "户主"], file=f"名单{at}.csv", covers=covers)
        for at, (number, covers) in enumerate(numbers)
    ]


@pytest.mark.parametrize(
    "lists, last",
    [
        ([(ZHAO, "2024-01"), (NEAR, "2024-02"), (FAR, "2024-03"), (ZHAO, "2024-04")], ZHAO),
        ([(ZHAO, "2024-01"), (NEAR, "2024-02"), (FAR, "2024-03")], FAR),
        ([(ZHAO, "2024-01"), (NEAR, "2024-01"), (FAR, "2024-01")], ZHAO),
    ],
    ids=["the first is on the newest too", "each month another", "all on one day"],
)
def test_of_three_who_are_one_person_every_row_is_theirs(tmp_path, lists, last):
    db = register(tmp_path, *months_of(*lists))
    numbers = [kept.number for kept in list_problems(db) if kept.problem.code == "namesakes"]

    with write(db):
        for number in numbers:
            record_decision(db, number, "one-person", "王五")
        refresh_register(db, shipped_pack())

    assert len(numbers) == 2
    assert (codes(db), belonging(db)) == ([], [(last, 1, 0)])
    assert rows(db, "SELECT count(*) FROM became WHERE member_no IS NULL") == [(0,)]


def test_two_of_one_name_on_one_list_are_two(tmp_path):
    db = register(
        tmp_path,
        table(NUMBERED, ["H1", "赵大山", NEAR, "户主"], ["H1", "赵大山", ZHAO, "弟"]),
    )

    assert codes(db) == []
    assert [line[1:] for line in belonging(db)] == [(1, 0)] * 2


@pytest.mark.parametrize("old, found", [(NEAR, [DOUBLED]), (FAR, [])])
def test_a_household_without_number_whose_head_has_a_corrected_number_may_be_the_same(
    tmp_path, old, found
):
    db = register(tmp_path, *two_months(old, ZHAO, UNNUMBERED, ()))

    assert codes(db) == found
    assert [line[1] for line in belonging(db)] == ([None, 1] if found else [1, 1])


def test_an_older_list_without_numbers_leaves_the_numbered_household_sure(tmp_path):
    older = table("name id_number", ["赵大山", ""], file="a", covers="2024-10")
    newer = table("household_no name id_number", ["H1", "赵大山", ZHAO], file="b", covers="2024-12")

    db = register(tmp_path, older, newer)

    assert codes(db) == [DOUBLED]
    assert sorted(belonging(db), key=str) == [(ZHAO, 1, 0), (None, None, 1)]
