"""Lines into households and people: who belongs together, and how they are numbered."""

import pytest

from tests.support.registers import (
    DAMAGED,
    GRAN,
    LI,
    PUPIL,
    QIAN,
    ZHAO,
    codes,
    fact,
    households,
    more,
    note,
    people,
    places_of,
    register,
    rows,
    table,
    total,
)

PERSON = "household_no name id_number relation"


def heads(db):
    return rows(
        db,
        "SELECT households.household_no, members.name FROM households"
        " JOIN members ON members.member_no = head_member_no ORDER BY households.household_no",
    )


def test_rows_that_continue_a_household_are_its_members(tmp_path):
    listed = table(
        "serial household_no name id_number relation household_income",
        ["1", "H1", "赵大山", ZHAO, "户主", 800],
        more("", "", "钱小花", QIAN, "配偶", ""),
        ["2", "H2", "孙老太", GRAN, "户主", ""],
    )

    db = register(tmp_path, listed)

    assert people(db) == [
        ("H1", 1, "赵大山", ZHAO), ("H1", 2, "钱小花", QIAN), ("H2", 1, "孙老太", GRAN)
    ]  # fmt: skip
    assert fact(db, "household_income") == [80000, None]
    assert codes(db) == []


def test_members_stand_in_the_heads_column_where_there_is_no_other(tmp_path):
    listed = table(
        "serial head_name id_number community",
        ["1", "赵大山", ZHAO, "河口下"],
        more("", "钱小花", QIAN, ""),
        ["2", "孙老太", GRAN, "花园"],
    )

    db = register(tmp_path, listed)

    assert sorted(name for _number, name in heads(db)) == ["孙老太", "赵大山"]
    assert rows(db, "SELECT listed_members FROM households ORDER BY listed_members") == [(1,), (2,)]


def test_members_in_repeated_columns_are_people_and_empty_places_are_not(tmp_path):
    listed = table(
        "household_no head_name head_id_number name@1 id_number@1 relation@1 income@1"
        " name@2 id_number@2 income@2",
        ["H1", "赵大山", ZHAO, "钱小花", QIAN, "妻", 500, "无", "", ""],
        ["H2", "孙老太", GRAN, "孙老太", GRAN, "本人", 300, "李四", "", 100],
    )

    db = register(tmp_path, listed)

    assert people(db) == [
        ("H1", 1, "赵大山", ZHAO), ("H1", 2, "钱小花", QIAN), ("H2", 1, "孙老太", GRAN),
        ("H2", 2, "李四", None),
    ]  # fmt: skip
    assert fact(db, "income", "members") == [None, 50000, 30000, 10000]


def test_a_head_who_stands_again_among_the_members_of_a_row_is_one_person(tmp_path):
    listed = table(
        "household_no head_name name@1 relation@1 name@2",
        ["H2", "孙老太", "孙老太", "本人", "李四"],
    )

    db = register(tmp_path, listed)

    assert people(db) == [("H2", 1, "孙老太", None), ("H2", 2, "李四", None)]


def test_two_people_of_one_name_at_two_places_of_a_row_are_two(tmp_path):
    listed = table("household_no head_name name@1 name@2", ["H1", "赵大山", "赵小", "赵小"])

    db = register(tmp_path, listed)

    assert [name for _h, _p, name, _i in people(db)] == ["赵大山", "赵小", "赵小"]


@pytest.mark.parametrize(
    "columns, lines",
    [
        (PERSON, [["H1", "钱小花", QIAN, "配偶"], ["H1", "赵大山", ZHAO, "户主"]]),
        (PERSON, [["H1", "钱小花", QIAN, "配偶"], ["H1", "赵大山", ZHAO, "本人"]]),
        (
            "household_no name id_number head_name",
            [["H1", "钱小花", QIAN, "赵 大山"], ["H1", "赵大山", ZHAO, "赵大山"]],
        ),
        (
            "household_no name id_number head_id_number",
            [["H1", "钱小花", QIAN, ZHAO], ["H1", "赵大山", ZHAO, ZHAO]],
        ),
        ("household_no name id_number", [["H1", "赵大山", ZHAO], ["H1", "钱小花", QIAN]]),
    ],
    ids=["户主", "本人", "by name", "by number", "the first where nobody says"],
)
def test_the_head_is_whom_the_list_says_wherever_they_stand(tmp_path, columns, lines):
    db = register(tmp_path, table(columns, *lines))

    assert [name for _h, _p, name, _i in people(db)] == [line[1] for line in lines]
    assert heads(db) == [("H1", "赵大山")]


@pytest.mark.parametrize("day", [None, "2024-10", "2024-12", "2025-01"])
def test_a_list_with_relations_numbers_before_a_list_without_them(tmp_path, day):
    zhao, qian = ["H1", "赵大山", ZHAO, "户主"], ["H1", "钱小花", QIAN, "妻"]
    db = register(
        tmp_path,
        table("household_no name id_number relation", zhao, qian, covers="2024-12"),
        table("name id_number", ["钱小花", QIAN], covers=day, community=None, file="补充.csv"),
    )

    assert rows(db, "SELECT name FROM members ORDER BY place") == [("赵大山",), ("钱小花",)]


def test_members_are_numbered_in_the_order_of_the_rows(tmp_path):
    listed = table(
        PERSON,
        ["H1", "小赵", PUPIL, "其他"],
        ["H1", "赵大山", ZHAO, "其他"],
        ["H1", "太", GRAN, "其他"],
    )

    assert [name for _h, _p, name, _i in people(register(tmp_path, listed))] == [
        "小赵", "赵大山", "太"
    ]  # fmt: skip


def test_two_heads_are_reported(tmp_path):
    listed = table(PERSON, ["H1", "赵大山", ZHAO, "户主"], ["H1", "钱小花", QIAN, "户主"])

    db = register(tmp_path, listed)

    assert heads(db) == [("H1", "赵大山")]
    assert places_of(db, "two-heads") == [("名单.csv", 3, "relation")]


def test_a_person_in_two_households_is_reported_in_both(tmp_path):
    listed = table(PERSON, ["H1", "赵大山", ZHAO, "户主"], ["H2", "赵大山", ZHAO, "户主"])

    db = register(tmp_path, listed)

    assert households(db) == [("H1",), ("H2",)]
    assert places_of(db, "person-in-two-households") == [
        ("名单.csv", 2, "id_number"), ("名单.csv", 3, "id_number")
    ]  # fmt: skip
    assert rows(db, "SELECT belongs, may_be_gone FROM members") == [(None, 0)] * 2


@pytest.mark.parametrize(
    "cell, code",
    [
        (DAMAGED, "id-number-damaged"),
        ("3.60302E+17", "id-number-damaged"),
        ("360302197003051238", "id-number-wrong"),
        ("暂无", "id-number-wrong"),
    ],
)
def test_a_member_whose_number_cannot_be_used_is_provisional(tmp_path, cell, code):
    db = register(tmp_path, table(PERSON, ["H1", "赵大山", cell, "户主"]))

    assert rows(db, "SELECT name, id_number, is_provisional FROM members") == [("赵大山", None, 1)]
    assert places_of(db, code) == [("名单.csv", 2, "id_number")]


def test_a_member_without_a_number_is_provisional_and_no_problem(tmp_path):
    db = register(tmp_path, table(PERSON, ["H1", "赵大山", "", "户主"]))

    assert rows(db, "SELECT is_provisional FROM members") == [(1,)]
    assert codes(db) == []


def test_a_damaged_number_in_one_file_meets_the_right_one_by_name(tmp_path):
    damaged = table(PERSON, ["H1", "赵大山", DAMAGED, "户主"], file="a.csv")
    right = table(PERSON, ["H1", "赵大山", ZHAO, "户主"], file="b.csv")

    assert people(register(tmp_path, damaged, right)) == [("H1", 1, "赵大山", ZHAO)]


def test_a_name_meets_one_number_whatever_comes_first(tmp_path):
    named = table(PERSON, ["H1", "赵小", "", "子"], ["H1", "赵小", PUPIL, "子"], file="a.csv")
    head = table(PERSON, ["H1", "赵大山", ZHAO, "户主"], file="b.csv")

    assert people(register(tmp_path, named, head)) == [
        ("H1", 1, "赵小", PUPIL), ("H1", 2, "赵大山", ZHAO)
    ]  # fmt: skip


def test_a_name_meets_its_number_even_where_the_number_first_stood_without_it(tmp_path):
    listed = table(
        PERSON, ["H1", "", ZHAO, ""], ["H1", "赵大山", "", ""], ["H1", "赵大山", ZHAO, "户主"]
    )
    renamed = table(PERSON, ["H1", "赵大三", ZHAO, ""], ["H1", "赵大三", "", ""], file="表.csv")

    assert people(register(tmp_path, listed, renamed)) == [("H1", 1, "赵大山", ZHAO)]


@pytest.mark.parametrize(
    "written, kept",
    [
        ("王 芳", "王芳"),
        ("　王　芳　", "王芳"),
        ("'王芳", "王芳"),
        ("王\u200b芳", "王芳"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("李乾", "李乾"),
        ("王昇", "王昇"),
        ("𠮷田", "𠮷田"),
        ("John  Smith", "John Smith"),
        ("O'Brien \"; DROP TABLE members; --", "O'Brien \"; DROP TABLE members; --"),
    ],
)
def test_a_name_is_kept_as_written_but_for_blanks_and_dots(tmp_path, written, kept):
    db = register(tmp_path, table(PERSON, ["H1", written, ZHAO, "户主"]))

    assert people(db) == [("H1", 1, kept, ZHAO)]


@pytest.mark.parametrize("cell", ["#N/A", "=B2", "#REF!"])
def test_an_error_in_a_cell_is_nobodys_name_number_or_community(tmp_path, cell):
    listed = table(
        "household_no name id_number community",
        [cell, cell, ZHAO, cell],
        ["H2", cell, cell, "花园"],
    )

    db = register(tmp_path, listed)

    assert [(name, number) for _h, _p, name, number in people(db)] == [(None, ZHAO)]
    assert rows(db, "SELECT name FROM communities ORDER BY name") == [("河口下",), ("花园",)]
    assert sorted(codes(db)) == [
        "household-no-damaged", "id-number-wrong", "value-unreadable", "value-unreadable"
    ]  # fmt: skip


@pytest.mark.parametrize("cell", [1.2345678901234567e17, "1.23457E+17"])
def test_damaged_household_numbers_make_no_common_household(tmp_path, cell):
    listed = table(
        "household_no name id_number",
        [cell, "赵大山", ZHAO],
        more("", "钱小花", QIAN),
        [cell, "孙老太", GRAN],
    )

    db = register(tmp_path, listed)

    assert rows(db, "SELECT listed_members FROM households ORDER BY 1") == [(1,), (2,)]
    assert [row for _file, row, _column in places_of(db, "household-no-damaged")] == [2, 4]


def test_totals_notes_and_empty_rows_never_become_people(tmp_path):
    listed = table(
        PERSON,
        ["H1", "赵大山", ZHAO, "户主"],
        ["", "", "", "户主"],
        total("合计", "1户", "", ""),
        note("制表人：某某", "李四", "", ""),
    )

    db = register(tmp_path, listed)

    assert people(db) == [("H1", 1, "赵大山", ZHAO)]
    assert places_of(db, "row-unusable") == [("名单.csv", 3, "")]


def test_a_size_that_differs_from_the_rows_is_reported(tmp_path):
    listed = table(
        "household_no name id_number stated_size",
        ["H1", "赵大山", ZHAO, 2],
        ["H2", "孙老太", GRAN, 1],
        ["H3", "李四", LI, ""],
    )

    db = register(tmp_path, listed)

    assert fact(db, "stated_size") == [2, 1, None]
    assert places_of(db, "size-differs") == [("名单.csv", 2, "stated_size")]


HIDDEN = QIAN[:-1] + "*"
OTHER_HIDDEN = LI[:-1] + "*"


def test_a_number_with_a_hidden_digit_is_unknown_and_reported(tmp_path):
    db = register(tmp_path, table("household_no name id_number", ["H1", "钱小花", HIDDEN]))

    assert rows(db, "SELECT id_number, is_provisional FROM members") == [(None, 1)]
    assert places_of(db, "id-number-wrong") == [("名单.csv", 2, "id_number")]


@pytest.mark.parametrize(
    "columns, row, met",
    [
        ("household_no name id_number", ["H1", "钱小花", HIDDEN], True),
        ("household_no name id_number", ["H1", "钱小花", ""], True),
        ("household_no name birth_date", ["H1", "钱小花", "1975-11-11"], True),
        ("household_no name id_number", ["H1", "钱小花", OTHER_HIDDEN], False),
        ("household_no name birth_date", ["H1", "钱小花", "2012-11-11"], False),
    ],
)
def test_without_a_number_name_and_birth_in_a_household_are_the_person(tmp_path, columns, row, met):
    known = table("household_no name id_number", ["H1", "钱小花", QIAN], file="a")

    db = register(tmp_path, known, table(columns, row, file="b"))

    numbers = rows(db, "SELECT id_number FROM members ORDER BY place")
    assert numbers == ([(QIAN,)] if met else [(QIAN,), (None,)])
    assert places_of(db, "namesakes") == ([] if met else [("b", 2, "name")])


def test_two_people_whose_numbers_are_both_hidden_and_differ_stay_two(tmp_path):
    one = table("household_no name id_number", ["H1", "钱小花", HIDDEN], file="a")
    other = table("household_no name id_number", ["H1", "钱小花", OTHER_HIDDEN], file="b")

    db = register(tmp_path, one, other)

    assert rows(db, "SELECT name, id_number FROM members") == [("钱小花", None)] * 2
    assert places_of(db, "namesakes") == [("b", 2, "name")]


@pytest.mark.parametrize("cell", [HIDDEN, ""], ids=["hidden", "none"])
def test_nobody_is_found_in_another_household_by_name_alone(tmp_path, cell):
    known = table("household_no name id_number", ["H1", "钱小花", QIAN], file="a")
    alone = table("name id_number", ["钱小花", cell], file="b")

    db = register(tmp_path, known, alone)

    assert rows(
        db, "SELECT count(DISTINCT household_no), count(*), sum(is_provisional) FROM members"
    ) == [(2, 2, 1)]
