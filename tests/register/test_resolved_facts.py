"""Facts from many lines into one value each."""

import datetime as dt

import pytest

from relieftool.store.imports import list_problems
from relieftool.values.id_numbers import compute_check_digit
from tests.support.registers import (
    DAMAGED,
    GRAN,
    QIAN,
    ZHAO,
    codes,
    fact,
    more,
    places_of,
    register,
    rows,
    table,
)


def car_list(cell, covers, file):
    return table("household_no vehicles", ["H1", cell], file=file, covers=covers)


@pytest.mark.parametrize(
    "lists, value, reported",
    [
        ([(2, "2024-10"), (1, "2024-11")], 1, []),
        ([(2, "2024-11"), (1, "2024-10")], 2, []),
        ([(2, None), (1, "2019-01")], 1, []),
        ([(2, "2024"), (1, "2024-11-30")], 2, []),
        ([(2, "2024-11"), (2, "2024-11-30")], 2, []),
        ([(2, "2024-11"), (1, "2024-11-30")], None, ["facts-disagree", "facts-disagree"]),
        ([(2, None), (1, None)], None, ["facts-disagree", "facts-disagree"]),
        ([(2, "2024-11"), ("", "2024-11")], 2, []),
        ([("", "2024-11"), (2, "2024-11")], 2, []),
        ([(2, "2024-10"), ("", "2024-11")], 0, []),
        ([("", None), ("", "2024-11")], 0, []),
        ([("两辆", "2024-11"), (1, "2024-10")], None, ["value-unreadable"]),
        ([(1, "2024-10"), ("两辆", "2024-11")], None, ["value-unreadable"]),
        ([("=A1", "2024-11"), (1, None)], None, ["value-unreadable"]),
        ([("两辆", "2024-11"), (1, "2024-11-30")], None, ["value-unreadable"]),
        ([("两辆", "2024-11"), ("", "2024-11")], None, ["value-unreadable"]),
        ([("两辆", "2024-10"), (1, "2024-11")], 1, ["value-unreadable"]),
        ([("两辆", "2024-10"), ("", "2024-11")], 0, ["value-unreadable"]),
        ([("两辆", None), (1, "2024-11")], 1, ["value-unreadable"]),
        ([("两辆", "2024-09"), (1, "2024-10"), ("", "2024-11")], 0, ["value-unreadable"]),
        ([("两辆", "2024-10"), (1, "2024-09"), (2, "2024-11")], 2, ["value-unreadable"]),
        ([("两辆", None)], None, ["value-unreadable"]),
        ([("无", None)], 0, []),
        ([(NotImplemented, None)], None, []),
    ],
)
def test_the_newest_value_counts_and_equal_days_must_agree(tmp_path, lists, value, reported):
    files = [
        table("household_no head_name", ["H1", "赵大山"])
        if cell is NotImplemented
        else car_list(cell, covers, f"{place}.csv")
        for place, (cell, covers) in enumerate(lists)
    ]

    db = register(tmp_path, *files)

    assert fact(db, "vehicles") == [value]
    assert codes(db) == reported


@pytest.mark.parametrize(
    "name, owner, cell, value",
    [
        ("vehicles", "households", "", 0),
        ("vehicles", "households", "-", 0),
        ("stated_size", "households", "", None),
        ("deposits", "households", "", None),
        ("deposits", "households", "／", None),
        ("deposits", "households", 0, 0),
        ("housing_is_safe", "households", "", None),
        ("sudden_hardship", "households", "", "none"),
        ("phone", "households", 13800001234.0, "13800001234"),
        ("income", "members", "", None),
        ("serious_illness", "members", "", 0),
        ("is_insured", "members", "", None),
        ("disability_grade", "members", "", "none"),
        ("school_stage", "members", None, "none"),
        ("medical_own_cost", "members", "", 0),
        ("medical_own_cost", "members", "无", 0),
        ("has_able_supporter", "members", "", None),
    ],
)
def test_a_blank_cell_is_what_the_fact_says_a_blank_means(tmp_path, name, owner, cell, value):
    db = register(tmp_path, table(f"household_no name {name}", ["H1", "赵大山", cell]))

    assert fact(db, name, owner) == [value]
    assert codes(db) == []


@pytest.mark.parametrize(
    "columns, cells, value, reported",
    [
        ("household_income household_income", [300, 3000], None, 1),
        ("household_income household_income", [300, 300], 30000, 0),
        ("household_income household_income", [300, "300元"], 30000, 0),
        ("household_income household_income", ["", 300], 30000, 0),
        ("household_income household_income", [300, "／"], 30000, 0),
        ("household_income household_income", ["", ""], None, 0),
        ("household_income household_income", [0, ""], 0, 0),
        ("household_income household_income", ["", 0], 0, 0),
        ("household_income household_income", [0, 300], None, 1),
        ("household_income household_income:wan", [300, 0.03], 30000, 0),
        ("household_income household_income:wan", [0.03, 0.03], None, 1),
        ("household_income household_income:wan", ["", 0.03], 30000, 0),
        ("household_income household_income household_income", ["", 300, 400], None, 1),
    ],
)
def test_two_columns_of_one_meaning_must_agree(tmp_path, columns, cells, value, reported):
    db = register(tmp_path, table(f"household_no {columns}", ["H1", *cells]))

    assert fact(db, "household_income") == [value]
    assert places_of(db, "columns-disagree") == [("名单.csv", 2, columns.split()[0])] * reported
    assert codes(db) == ["columns-disagree"] * reported


def test_columns_that_differ_are_both_named_by_letter_too(tmp_path):
    listed = table("household_no vehicles homes vehicles", ["H1", 1, 1, 2], ["H2", 1, 1, 1])

    db = register(tmp_path, listed)

    (kept,) = list_problems(db)
    assert "vehicles (B), vehicles (D)" in str(kept.problem.message)
    assert (fact(db, "vehicles"), fact(db, "homes")) == ([None, 1], [1, 1])


@pytest.mark.parametrize(
    "cells, expected",
    [(["约三百", 300], "value-unreadable"), ([300, "约三百"], "value-unreadable")],
)
def test_of_two_columns_both_must_be_readable(tmp_path, cells, expected):
    db = register(tmp_path, table("household_no income income name", ["H1", *cells, "赵大山"]))

    assert fact(db, "income", "members") == [None]
    assert codes(db) == [expected]


@pytest.mark.parametrize(
    "name, cells, value",
    [
        ("disability_grade", ["二级", "2级"], "grade2"),
        ("disability_grade", ["二级", "三级"], None),
        ("serious_illness", ["是", "有"], 1),
        ("serious_illness", ["是", "否"], None),
        ("birth_date", ["1970-03-05", "1970年3月5日"], "1970-03-05"),
    ],
)
def test_words_of_two_columns_agree_by_what_they_mean(tmp_path, name, cells, value):
    db = register(tmp_path, table(f"household_no name {name} {name}", ["H1", "赵大山", *cells]))

    assert fact(db, name, "members") == [value]
    assert codes(db) == ([] if value else ["columns-disagree"])


def test_a_newer_list_whose_columns_differ_leaves_the_fact_unknown(tmp_path):
    old = car_list(2, "2024-10", "a.csv")
    new = table("household_no vehicles vehicles", ["H1", 1, 2], file="b.csv", covers="2024-11")

    assert fact(register(tmp_path, old, new), "vehicles") == [None]


def test_two_names_on_a_row_are_the_firsts(tmp_path):
    db = register(tmp_path, table("household_no name name", ["H1", "赵大山", "钱小花"]))

    assert fact(db, "name", "members") == ["赵大山"]


COSTS = "medical_own_cost medical_total_cost medical_settled medical_second_reimbursement"


@pytest.mark.parametrize(
    "cells, own, total",
    [
        (["", 20000, 16000, 600], None, 2000000),
        (["", 20000, "", ""], None, 2000000),
        (["", "", 16000, ""], None, None),
        (["", "", "", 600], None, None),
        (["", "", "", ""], 0, 0),
        (["", 0, 0, 0], 0, 0),
        ([0, 20000, 16000, 600], 0, 2000000),
        ([3000, "", 16000, 600], 300000, None),
        (["无", 20000, 16000, 600], 0, 2000000),
    ],
)
def test_blank_costs_are_none_only_where_no_figure_beside_says_more(tmp_path, cells, own, total):
    db = register(tmp_path, table(f"household_no name {COSTS}", ["H1", "赵大山", *cells]))

    assert fact(db, "medical_own_cost", "members") == [own]
    assert fact(db, "medical_total_cost", "members") == [total]
    assert codes(db) == []


def test_a_blank_cost_of_one_list_hides_no_total_of_another(tmp_path):
    own = table("household_no name medical_own_cost", ["H1", "赵大山", ""], file="a.csv")
    total = table("household_no name medical_total_cost", ["H1", "赵大山", 20000], file="b.csv")

    db = register(tmp_path, own, total)

    assert fact(db, "medical_own_cost", "members") == [None]


@pytest.mark.parametrize(
    "name, owner",
    [("vehicles", "households"), ("serious_illness", "members"), ("school_stage", "members")],
)
def test_a_column_that_is_not_there_says_nothing(tmp_path, name, owner):
    db = register(tmp_path, table("household_no name", ["H1", "赵大山"]))

    assert fact(db, name, owner) == [None]


@pytest.mark.parametrize(
    "column", ["household_income:wan/year", "household_income_year:month", "vehicles:wan"]
)
def test_a_column_in_another_unit_is_unknown_and_reported_once(tmp_path, column):
    rows_ = [["H1", "赵大山", 3], ["H2", "钱小花", ""]]

    db = register(tmp_path, table(f"household_no name {column}", *rows_))

    assert fact(db, column.partition(":")[0], "households") == [None, None]
    assert places_of(db, "unit-unknown") == [("名单.csv", None, column)]
    assert codes(db) == ["unit-unknown"]


@pytest.mark.parametrize(
    "column, owner, cell",
    [
        ("household_income", "households", float("nan")),
        ("household_income", "households", 1e308),
        ("household_income", "households", -5),
        ("household_income", "households", "1_000"),
        ("household_income", "households", "无"),
        ("vehicles", "households", True),
        ("address", "households", "#N/A"),
        ("phone", "households", "=A1"),
        ("income", "members", "=SUM(A1)"),
        ("serious_illness", "members", "2"),
        ("disability_grade", "members", "五级"),
        ("is_insured", "members", "#REF!"),
        ("disability_card", "members", 3.60302199001011e19),
    ],
)
def test_what_cannot_be_read_is_unknown_and_reported_where_it_stands(tmp_path, column, owner, cell):
    name = column.partition(":")[0]

    db = register(tmp_path, table(f"household_no name {column}", ["H1", "赵大山", cell]))

    assert fact(db, name, owner) == [None]
    assert places_of(db, "value-unreadable") == [("名单.csv", 2, column)]


@pytest.mark.parametrize(
    "column, cell, fen",
    [
        ("household_income", 800, 80000),
        ("household_income:yuan/month", 800, 80000),
        ("household_income:wan", 0.08, 80000),
        ("household_income_year:wan/year", "1.2", 1200000),
        ("deposits:wan", "2万", 2000000),
    ],
)
def test_money_is_measured_as_its_heading_says(tmp_path, column, cell, fen):
    db = register(tmp_path, table(f"household_no {column}", ["H1", cell]))

    assert fact(db, column.partition(":")[0]) == [fen]


def test_a_row_that_continues_a_household_adds_only_what_is_written_on_it(tmp_path):
    listed = table(
        "household_no name vehicles deposits homes",
        ["H1", "赵大山", 1, "", 1],
        more("", "钱小花", "", 500, 2),
    )

    db = register(tmp_path, listed)

    assert (fact(db, "vehicles"), fact(db, "deposits")) == ([1], [50000])
    assert fact(db, "homes") == [None]
    assert places_of(db, "facts-disagree") == [("名单.csv", 2, "homes"), ("名单.csv", 3, "homes")]


@pytest.mark.parametrize(
    "second", [more("", "钱小花", ""), ["H1", "钱小花", ""]], ids=["more", "own"]
)
def test_a_blank_beside_a_cell_that_cannot_be_read_is_not_none(tmp_path, second):
    listed = table("household_no name vehicles", ["H1", "赵大山", "两辆"], second)

    assert fact(register(tmp_path, listed), "vehicles") == [None]


def test_each_member_has_their_own_facts(tmp_path):
    listed = table(
        "household_no name id_number income",
        ["H1", "赵大山", ZHAO, 500],
        more("", "钱小花", QIAN, ""),
    )

    assert fact(register(tmp_path, listed), "income", "members") == [50000, None]


def test_two_lists_of_one_person_fill_each_others_gaps(tmp_path):
    one = table("household_no name id_number income", ["H1", "赵大山", ZHAO, ""])
    other = table("household_no id_number income is_insured", ["H1", ZHAO, 300, "是"], file="b")

    db = register(tmp_path, one, other)

    assert fact(db, "income", "members") == [30000]
    assert fact(db, "is_insured", "members") == [1]


@pytest.mark.parametrize(
    "stated, reported", [("", []), ("1970-03-05", []), ("1971年3月5日", ["birth-date-differs"])]
)
def test_the_id_number_decides_on_the_day_of_birth(tmp_path, stated, reported):
    db = register(tmp_path, table("name id_number birth_date", ["赵大山", ZHAO, stated]))

    assert fact(db, "birth_date", "members") == ["1970-03-05"]
    assert fact(db, "sex", "members") == ["male"]
    assert codes(db) == reported


@pytest.mark.parametrize(
    "number, stated, sex, reported",
    [
        (ZHAO, "男", "male", []),
        (ZHAO, "女", "male", [("名单.csv", 2, "sex")]),
        (QIAN, "男", "female", [("名单.csv", 2, "sex")]),
        (QIAN, "", "female", []),
        (DAMAGED, "女", "female", []),
    ],
)
def test_the_id_number_decides_on_the_sex(tmp_path, number, stated, sex, reported):
    db = register(tmp_path, table("household_no name id_number sex", ["H1", "赵", number, stated]))

    assert fact(db, "sex", "members") == [sex]
    assert places_of(db, "sex-differs") == reported


def test_a_fact_that_differs_from_the_id_number_is_reported_where_it_stands(tmp_path):
    numbers = table("household_no name id_number", ["H1", "赵大山", ZHAO], file="a.csv")
    born = ["H1", "赵大山", ZHAO, "1971-03-05"]
    births = table("household_no name id_number birth_date", born, file="b.csv")

    db = register(tmp_path, numbers, births)

    assert places_of(db, "birth-date-differs") == [("b.csv", 2, "birth_date")]


@pytest.mark.parametrize("day, is_known", [(-1, True), (0, True), (1, False)])
def test_a_birth_date_after_the_day_of_the_import_is_unknown_and_reported(tmp_path, day, is_known):
    born = (dt.datetime.now(dt.UTC).astimezone() + dt.timedelta(days=day)).date().isoformat()

    db = register(tmp_path, table("household_no name birth_date", ["H1", "赵甲", born]))

    assert fact(db, "birth_date", "members") == [born if is_known else None]
    assert codes(db) == ([] if is_known else ["value-unreadable"])


@pytest.mark.parametrize("day, is_right", [(-1, True), (0, True), (1, False)])
def test_nobody_is_born_after_the_day_of_the_import(tmp_path, day, is_right):
    born = (dt.datetime.now(dt.UTC).astimezone() + dt.timedelta(days=day)).date()
    body = f"360302{born:%Y%m%d}001"
    number = body + compute_check_digit(body)

    db = register(tmp_path, table("household_no name id_number", ["H1", "赵大山", number]))

    assert fact(db, "id_number", "members") == [number if is_right else None]
    assert fact(db, "birth_date", "members") == [born.isoformat() if is_right else None]
    assert codes(db) == ([] if is_right else ["id-number-wrong"])


def test_without_a_valid_id_number_the_stated_day_of_birth_holds(tmp_path):
    listed = table(
        "household_no name id_number birth_date sex", ["H1", "赵大山", DAMAGED, "1970.3.5", ""]
    )

    db = register(tmp_path, listed)

    assert fact(db, "birth_date", "members") == ["1970-03-05"]
    assert fact(db, "sex", "members") == [None]


@pytest.mark.parametrize(
    "columns, cells, kind, grade",
    [
        ("id_number", [ZHAO + "42"], "limb", "grade2"),
        ("id_number disability_kind disability_grade", [ZHAO + "42", "", ""], "limb", "grade2"),
        ("id_number disability_grade", [ZHAO + "42", "三级"], "limb", "grade3"),
        ("id_number disability_card", [ZHAO, ZHAO + "61B1"], "mental", "grade1"),
        ("id_number disability_card", [ZHAO, ""], None, None),
        ("id_number disability_card disability_grade", [ZHAO, ZHAO, ""], None, "none"),
    ],
)
def test_a_card_number_tells_kind_and_grade_where_no_cell_does(
    tmp_path, columns, cells, kind, grade
):
    db = register(tmp_path, table(f"name {columns}", ["赵大山", *cells]))

    assert fact(db, "disability_kind", "members") == [kind]
    assert fact(db, "disability_grade", "members") == [grade]


@pytest.mark.parametrize(
    "cell, day, grade",
    [
        ("二级", "2024-10", None),
        ("三级", "2024-10", "grade3"),
        ("二级", "2024-09", "grade3"),
        ("二级", "2024-11", None),
        ("肢体", "2024-11", "grade3"),
    ],
)
def test_a_grade_among_the_kinds_is_not_replaced_by_another_list(tmp_path, cell, day, grade):
    mixed = table("name id_number disability_kind", ["赵大山", ZHAO, cell], file="a", covers=day)
    cards = ["赵大山", ZHAO, "肢体", "三级"]
    listed = table(
        "name id_number disability_kind disability_grade", cards, file="b", covers="2024-10"
    )

    assert fact(register(tmp_path, mixed, listed), "disability_grade", "members") == [grade]


def test_a_household_is_dated_by_its_newest_list(tmp_path):
    old = table("household_no name", ["H1", "赵大山"], covers="2024-10")
    new = table("household_no vehicles", ["H1", 0], file="b", covers="2024-11-15")
    undated = table("household_no name id_number", ["H2", "孙老太", GRAN], file="c")

    assert fact(register(tmp_path, old, new, undated), "dated_on") == ["2024-11-15", None]


UNUSABLE, DISPUTED = ("unusable", None, None), ("disputed", None, None)


def states_of(db):
    """Return the state, ends and rows (file and number) of each fact that cells state in doubt."""
    return rows(
        db,
        "SELECT state, low, high, (SELECT group_concat(file_name || ' ' || row_number) FROM ("
        " SELECT file_name, row_number FROM json_each(row_ids)"
        " JOIN source_rows ON source_rows.row_id = json_each.value"
        " JOIN source_tables USING (table_id) JOIN imports USING (import_id)"
        " ORDER BY 1, 2)) FROM fact_states",
    )


@pytest.mark.parametrize(
    "lists, state, places",
    [
        ([(1, "2024-10")], None, None),
        ([("", "2024-10")], None, None),
        ([("两辆", None)], UNUSABLE, "0.csv 2"),
        ([("两辆", "2024-10"), (1, "2024-11")], None, None),
        ([(1, "2024-10"), ("两辆", "2024-11")], UNUSABLE, "1.csv 2"),
        ([("两辆", "2024-10"), ("有车", "2024-10")], UNUSABLE, "0.csv 2,1.csv 2"),
        ([("两辆", "2024-10"), (1, "2024-10-31")], UNUSABLE, "0.csv 2"),
        ([(1, "2024-10"), (2, "2024-10")], DISPUTED, "0.csv 2,1.csv 2"),
        ([(1, "2024-09"), (1, "2024-10"), (2, "2024-10")], DISPUTED, "1.csv 2,2.csv 2"),
    ],
)
def test_what_became_of_the_newest_cells_is_kept(tmp_path, lists, state, places):
    files = [car_list(cell, covers, f"{place}.csv") for place, (cell, covers) in enumerate(lists)]

    db = register(tmp_path, *files)

    assert states_of(db) == ([(*state, places)] if state else [])


@pytest.mark.parametrize(
    "cells, state",
    [
        (["0~499", "0~499"], ("range", 0, 49900)),
        (["0~499", "500~999"], DISPUTED),
        (["0~499", "约600"], UNUSABLE),
        (["500以上", ""], ("range", 50000, None)),
        (["0~499", 600], DISPUTED),
    ],
)
def test_classes_of_one_day_must_be_the_same(tmp_path, cells, state):
    files = [
        table("household_no household_income", ["H1", cell], file=f"{place}.csv", covers="2024-10")
        for place, cell in enumerate(cells)
    ]

    db = register(tmp_path, *files)

    assert [kept[:3] for kept in states_of(db)] == [state]
    assert fact(db, "household_income") == [None]


@pytest.mark.parametrize("amount", [0, 300, 499])
def test_an_amount_inside_a_class_of_the_same_day_counts(tmp_path, amount):
    files = [
        table("household_no household_income", ["H1", cell], file=f"{place}.csv", covers="2024-10")
        for place, cell in enumerate(["0~499", amount])
    ]

    db = register(tmp_path, *files)

    assert (states_of(db), fact(db, "household_income")) == ([], [amount * 100])
    assert "facts-disagree" not in codes(db)


def earners(stated, *incomes, unit="household_income", of_members="income", **keys):
    """Return a list of a household that states an income, and each of its people another."""
    rows = [
        ["H1", name, relation, stated, income]
        for name, relation, income in zip(
            ("赵大山", "钱小花", "赵小宝"), ("户主", "配偶", "儿子"), incomes, strict=False
        )
    ]
    return table(f"household_no name relation {unit} {of_members}", *rows, **keys)


@pytest.mark.parametrize(
    "stated, incomes, is_disputed",
    [
        (0, [6000, 6000], True),
        (0, [0.99, ""], False),
        (0, [1, ""], True),
        (11999, [6000, 6000], True),
        (11999.01, [6000, 6000], False),
        (12000, [6000, 6000], False),
        (99999, [6000, 6000], False),
        (0, ["", "约六千"], False),
        (500, ["", 600], True),
        ("", [6000, 6000], False),
    ],
)
def test_an_income_a_yuan_below_those_of_the_members_is_disputed(
    tmp_path, stated, incomes, is_disputed
):
    db = register(tmp_path, earners(stated, *incomes))

    disputed = [kept[0] for kept in states_of(db)].count("disputed")
    assert (disputed == 1) is is_disputed
    assert ("total-too-small" in codes(db)) is is_disputed
    assert fact(db, "household_income") == [None if stated == "" or is_disputed else stated * 100]


@pytest.mark.parametrize(
    "stated, incomes, state",
    [
        ("0~499", [300, 600], ("disputed", 0, 90000)),
        ("0~499", [200, 299], ("range", 0, 49900)),
        ("500以上", [300, 600], ("range", 50000, None)),
        (0, ["500~999"], ("disputed", 0, 99900)),
        (0, ["500以上"], DISPUTED),
        (0, [300, ""], DISPUTED),
    ],
)
def test_classes_of_income_are_compared_by_the_end_that_is_nearest(
    tmp_path, stated, incomes, state
):
    db = register(tmp_path, earners(stated, *incomes))

    assert states_of(db)[0][:3] == state


def test_the_origin_of_a_disputed_income_is_both_cells(tmp_path):
    db = register(tmp_path, earners(0, 6000))

    assert states_of(db) == [("disputed", 0, 600000, "名单.csv 2")]
    assert places_of(db, "total-too-small") == [("名单.csv", 2, "household_income")]


@pytest.mark.parametrize(
    "columns, stated, earned, is_disputed",
    [
        (("household_income_year", "income"), 0, 6000, True),
        (("household_income_year", "income"), 72000, 6000, False),
        (("household_income", "income_year"), 0, 12, True),
        (("household_income", "income_year"), 0, 11, False),
    ],
)
def test_years_and_months_are_compared_by_the_month(tmp_path, columns, stated, earned, is_disputed):
    unit, of_members = columns
    db = register(tmp_path, earners(stated, earned, unit=unit, of_members=of_members))

    assert ("total-too-small" in codes(db)) is is_disputed


@pytest.mark.parametrize("older, is_disputed", [("2024-09", False), ("2024-10", True)])
def test_older_incomes_of_the_members_dispute_nothing(tmp_path, older, is_disputed):
    incomes = table(
        "household_no name relation income", ["H1", "赵大山", "户主", 6000], file="b", covers=older
    )
    stated = table("household_no household_income", ["H1", 0], covers="2024-10")

    db = register(tmp_path, incomes, stated)

    assert fact(db, "household_income") == [None if is_disputed else 0]


def test_who_lives_elsewhere_disputes_no_income(tmp_path):
    columns = "household_no name relation household_income income lives_together"
    away = ["H1", "赵小宝", "儿子", 0, 6000, "否"]

    db = register(tmp_path, table(columns, ["H1", "赵大山", "户主", 0, 0, "是"], away))

    assert fact(db, "household_income") == [0]


@pytest.mark.parametrize(
    "by_year, covers, expected",
    [
        (18000, "2024-10", [None, None]),
        (11, "2024-10", [0, 1100]),
        (12, "2024-10", [None, None]),
        (18000, "2024-09", [0, None]),
        (18000, "2024-11", [None, 1800000]),
        ("约一万八", "2024-09", [0, None]),
        ("约一万八", "2024-11", [None, None]),
        ("", "2024-11", [0, None]),
    ],
)
def test_of_an_income_by_the_month_and_by_the_year_the_newest_counts_or_none(
    tmp_path, by_year, covers, expected
):
    month = table("household_no household_income", ["H1", 0], covers="2024-10")
    year = table("household_no household_income_year", ["H1", by_year], file="b", covers=covers)

    db = register(tmp_path, month, year)

    assert [*fact(db, "household_income"), *fact(db, "household_income_year")] == expected
    disagreeing = covers == "2024-10" and expected == [None, None]
    assert codes(db).count("facts-disagree") == 2 * disagreeing


@pytest.mark.parametrize(
    "columns, cells, state",
    [
        ("household_income:美元", [300], UNUSABLE),
        ("household_income:美元", [""], None),
        ("household_income household_income", [300, 400], DISPUTED),
        ("household_income household_income", [300, "约三百"], UNUSABLE),
    ],
)
def test_a_column_that_does_not_fit_or_differs_leaves_its_state(tmp_path, columns, cells, state):
    db = register(tmp_path, table(f"household_no {columns}", ["H1", *cells]))

    assert states_of(db) == ([(*state, "名单.csv 2")] if state else [])


def test_each_person_of_a_household_may_have_a_telephone_of_their_own(tmp_path):
    listed = table(
        "household_no name phone hardship_cause",
        ["H1", "赵大山", "13800000001", "因病"],
        ["H1", "钱小花", "13800000002", "因残"],
        ["H1", "孙老太", "13800000001", ""],
    )

    db = register(tmp_path, listed)

    assert rows(db, "SELECT phone, hardship_cause FROM households") == [
        ("13800000001、13800000002", "因病、因残")
    ]
    assert codes(db) == []
