"""Household numbers that may be one, missing heads, and undated lists."""

import pytest

from relieftool.store.imports import list_problems
from tests.support.registers import GRAN, QIAN, ZHAO, codes, households, places_of, register, table

COLUMNS = "household_no name id_number relation"


def messages(db):
    return [str(kept.problem.message) for kept in list_problems(db)]


@pytest.mark.parametrize("other", ["0012345678", 12345678, "12345678"])
def test_numbers_alike_but_for_zeros_in_front_are_reported_and_kept_apart(tmp_path, other):
    number = "0012345678" if other != "0012345678" else "012345678"

    db = register(
        tmp_path,
        table(COLUMNS, [number, "赵甲", ZHAO, "户主"], file="a.csv"),
        table(COLUMNS, [other, "钱乙", QIAN, "户主"], file="b.csv"),
    )

    assert len(households(db)) == 2
    assert codes(db) == ["household-no-similar"]
    assert "the same but for zeros in front; they count as two households" in messages(db)[0]


@pytest.mark.parametrize(
    "numbers, places",
    [
        (("0012", "0012"), ("河口下", "河口下")),
        (("0012", "12"), ("河口下", "花园")),
        (("0012", "00120"), ("河口下", "河口下")),
        (("H012", "H12"), ("河口下", "河口下")),
    ],
)
def test_the_same_number_and_that_of_another_community_are_no_doubt(tmp_path, numbers, places):
    rows = [[numbers[0], "赵甲", ZHAO, "户主"], [numbers[1], "赵小", GRAN, "子"]]
    rows[1][3] = "子" if numbers[0] == numbers[1] else "户主"

    db = register(
        tmp_path,
        *(
            table(COLUMNS, row, file=f"{name}.csv", community=community)
            for name, row, community in zip("甲乙", rows, places, strict=True)
        ),
    )

    assert codes(db) == []


def test_a_member_list_whose_numbers_lost_their_zeros_is_reported_which_number_is_like(tmp_path):
    db = register(
        tmp_path,
        table(COLUMNS, ["0012345679", "赵甲", ZHAO, "户主"], file="户.csv"),
        table(COLUMNS, [12345679, "赵小", GRAN, "子"], file="成员.csv", community=None),
    )

    assert codes(db) == ["community-unknown"]
    assert "but 0012345679, the same but for zeros in front" in messages(db)[0]


@pytest.mark.parametrize("number", ["2024-01-02", "2024-01-02 00:00:00"])
def test_a_household_number_that_became_a_date_is_reported_with_the_remedy(tmp_path, number):
    db = register(
        tmp_path,
        table(COLUMNS, [number, "赵甲", ZHAO, "户主"], [number, "赵小", GRAN, "子"]),
    )

    assert len(households(db)) == 1
    assert places_of(db, "household-no-damaged")[0] == ("名单.csv", 2, "household_no")
    assert (
        "Format the column as text and type the number again; 2024-01-02 counts" in messages(db)[0]
    )


@pytest.mark.parametrize("number", ["2024-01-002", "2024-13", "20240102", "2024010203", "1-2"])
def test_a_household_number_that_is_no_date_is_none(tmp_path, number):
    db = register(tmp_path, table(COLUMNS, [number, "赵甲", ZHAO, "户主"]))

    assert codes(db) == []


def test_a_household_in_which_nobody_is_head_is_reported(tmp_path):
    db = register(tmp_path, table(COLUMNS, ["H1", "钱乙", QIAN, "妻"], ["H1", "赵小", GRAN, "子"]))

    assert places_of(db, "household-without-head") == [("名单.csv", 2, "relation")]
    assert codes(db) == ["household-without-head"]


@pytest.mark.parametrize("relations", [("妻", "户主"), ("妻", None), (None, None)])
def test_a_household_with_a_head_or_an_open_relation_is_no_doubt(tmp_path, relations):
    people = zip(("钱乙", "赵甲"), (QIAN, ZHAO), relations, strict=True)

    db = register(tmp_path, table(COLUMNS, *(["H1", *person] for person in people)))

    assert codes(db) == []


def test_a_head_on_another_list_is_a_head(tmp_path):
    db = register(
        tmp_path,
        table("household_no head_name", ["H1", "赵甲"], file="户.csv"),
        table(COLUMNS, ["H1", "钱乙", QIAN, "妻"], file="成员.csv"),
    )

    assert codes(db) == []


def lists(folder, first, second, names=("困难户.csv", "困难户.csv"), numbers=("H1", "H1")):
    """Return a register of two lists of these dates, with one household each."""
    rows = [[number, "赵甲", ZHAO, "户主"] for number in numbers]
    rows[1][1:3] = [rows[1][1], ZHAO] if numbers[0] == numbers[1] else ["钱乙", QIAN]
    more = ["H2", "孙丙", GRAN, "户主"]
    return register(
        folder,
        table(COLUMNS, rows[0], more, file=names[0], covers=first),
        table(COLUMNS, rows[1], file=names[1], covers=second),
    )


@pytest.mark.parametrize(
    "first, second, count", [(None, None, 2), ("2024-10", None, 1), (None, "2024-11", 1)]
)
def test_an_undated_list_beside_another_of_its_name_is_reported_once(
    tmp_path, first, second, count
):
    db = lists(tmp_path, first, second)

    assert codes(db) == ["list-undated"] * count
    assert (
        "it cannot be seen who is missing. Import it again with --month YYYY-MM" in messages(db)[0]
    )


@pytest.mark.parametrize(
    "names, numbers",
    [
        (("困难户.csv", "边缘户.csv"), ("H1", "H1")),
        (("困难户1.csv", "困难户2.csv"), ("H1", "H3")),
        (("1.csv", "2.csv"), ("H1", "H1")),
    ],
)
def test_other_lists_and_parts_of_one_need_no_date(tmp_path, names, numbers):
    db = lists(tmp_path, None, None, names, numbers)

    assert codes(db) == []
