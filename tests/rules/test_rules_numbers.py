"""Money, counts and ages: exact to the fen, and unknown where a number is."""

import datetime as dt

import pytest

from tests.support.tiny_packs import (
    FACTS,
    amount_of,
    fact,
    home,
    parameter,
    person,
    truth_for_member,
    truth_of,
)

T, F, U = True, False, None
EDGE = [parameter("line", "yuan", "9.35", "month"), parameter("multiple", "ratio", "1.5")]


@pytest.mark.parametrize("wages, is_below", [(1402, T), (1403, F), (None, U)])
def test_a_ratio_is_multiplied_out_and_never_rounded(wages, is_below):
    # 9.35 x 1.5 = 14.025 yuan: between two fen
    assert truth_of("wages < line * multiple", home(wages=wages), parameters=EDGE) is is_below


@pytest.mark.parametrize("harvest, is_below", [(11219, T), (11220, F), (11221, F), (None, U)])
def test_a_year_by_twelve_is_compared_without_remainder(harvest, is_below):
    line = [parameter("line", "yuan", "9.35", "month")]

    assert truth_of("harvest / 12 < line", home(harvest=harvest), parameters=line) is is_below


@pytest.mark.parametrize("expression", ["harvest / 12 = wages", "harvest = wages * 12"])
def test_a_month_by_twelve_is_a_year_and_back(expression):
    assert truth_of(expression, home(wages=7, harvest=84)) is T


@pytest.mark.parametrize(
    "value, fen",
    [
        ("wages + rent", 130),
        ("wages - rent", 70),
        ("wages - (rent - wages)", 170),
        ("wages - rent * 2 + 0", 40),
        ("wages * cars", 300),
        ("cars * wages", 300),
        ("wages / 3", 33),
        ("(wages - rent) / 4", 18),
        ("wages * multiple", 150),
        ("rent - (harvest - harvest * multiple) / 12", 72),
        ("wages - (harvest - harvest * 2) / 12", 184),
        ("wages * multiple - (rent - rent * multiple)", 165),
        ("-rent + wages", 70),
        ("first_known(harvest / 12, wages) - rent / 2", 69),
    ],
)
def test_an_amount_keeps_its_brackets_and_is_rounded_once(value, fen):
    household = home(wages=100, rent=30, harvest=1008, cars=3)

    assert amount_of(value, household) == fen


@pytest.mark.parametrize("wages, fen", [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (None, None)])
def test_half_a_fen_is_rounded_up(wages, fen):
    assert amount_of("wages / 2", home(wages=wages)) == fen


@pytest.mark.parametrize(
    "costs, fen", [((500, 700), 100), ((1, 5), 1), ((1, 4), 0), ((7, None), None), ((), None)]
)
def test_a_sum_over_members_of_parts_is_exact(costs, fen):
    members = [person(cost=cost) for cost in costs]

    assert amount_of("sum_members(cost / 12)", home(members)) == fen


def test_a_sum_over_members_takes_the_value_of_the_law_with_it():
    members = [person(income=1), person(income=2)]

    assert amount_of("sum_members(income * multiple)", home(members)) == 5


@pytest.mark.parametrize(
    "is_urban, wages, fen",
    [(1, 100, 50), (1, None, None), (0, 100, 0), (0, None, 0), (None, 100, None)],
)
def test_a_number_counts_only_where_its_condition_holds(is_urban, wages, fen):
    household = home(is_urban=is_urban, wages=wages)

    assert amount_of("only_if(is_urban, wages / 2)", household) == fen


@pytest.mark.parametrize("rent, fen", [(99, 1), (100, 0), (101, 0), (None, None)])
def test_a_number_is_not_below_nought_where_the_rule_says_so(rent, fen):
    assert amount_of("at_least_zero(wages - rent)", home(wages=100, rent=rent)) == fen


@pytest.mark.parametrize(
    "wages, people, fen",
    [(100, 3, 33), (101, 3, 33), (102, 3, 34), (10, 3, 0), (None, 2, None), (100, 0, None)],
)
def test_each_ones_share_in_an_amount_is_whole_fen_and_unknown_where_nobody_shares(
    wages, people, fen
):
    stated = home(
        [person()] * people, wages=wages, rent=20 if wages == 10 else 0, stated_size=people
    )

    assert amount_of("shared_by(wages - rent, size)", stated) == fen


@pytest.mark.parametrize("cars, expected", [(1, F), (2, T), (3, F), (4, T)])
def test_a_part_may_be_looked_for_in_a_list(cars, expected):
    assert truth_of("cars / 2 in (1, 2)", home(cars=cars)) is expected


@pytest.mark.parametrize(
    "as_of, expected", [("2023-12-31", U), ("2024-01-01", T), ("2024-12-31", T), ("2025-01-01", U)]
)
def test_without_a_value_of_the_law_for_the_day_the_answer_is_unknown(as_of, expected):
    day = dt.date.fromisoformat(as_of)

    assert truth_of("wages < line", home(wages=0), day) is expected


@pytest.mark.parametrize(
    "condition", ["wages < line * multiple", "cars <= allowed", "wages < rent * multiple"]
)
def test_an_unknown_value_of_the_law_never_becomes_nought(condition):
    day = dt.date(2025, 6, 1)

    assert truth_of(condition, home(wages=1, rent=0, cars=5), day) is U


@pytest.mark.parametrize(
    "born_on, age",
    [
        ("1964-12-09", 60),
        ("1964-12-10", 60),
        ("1964-12-11", 59),
        ("1964-01-31", 60),
        ("1965-01-01", 59),
        ("2024-12-10", 0),
        ("2024-01-01", 0),
    ],
)
def test_a_year_is_full_on_the_birthday(born_on, age):
    member = person(born_on=born_on, stated_age=age)

    assert truth_for_member("years_since(born_on) = stated_age", member) is T


@pytest.mark.parametrize(
    "day, age", [("2024-02-28", 19), ("2024-02-29", 20), ("2025-02-28", 20), ("2025-03-01", 21)]
)
def test_who_was_born_on_a_leap_day_has_his_birthday_in_march_otherwise(day, age):
    member = person(born_on="2004-02-29", stated_age=age)

    answer = truth_for_member(
        "years_since(born_on) = stated_age", member, as_of=dt.date.fromisoformat(day)
    )

    assert answer is T


@pytest.mark.parametrize("born_on", [None, "2024-12-11", "2042-01-01"])
def test_the_age_of_one_not_yet_born_is_unknown(born_on):
    assert truth_for_member("years_since(born_on) < 16", person(born_on=born_on)) is U


@pytest.mark.parametrize(
    "born_on, stated_age, is_sixty",
    [("1964-12-11", 60, F), (None, 60, T), (None, 59, F), ("2042-01-01", 60, T), (None, None, U)],
)
def test_the_age_as_stated_counts_only_without_a_date_of_birth(born_on, stated_age, is_sixty):
    member = person(born_on=born_on, stated_age=stated_age)

    answer = truth_for_member("first_known(years_since(born_on), stated_age) >= 60", member)

    assert answer is is_sixty


@pytest.mark.parametrize("visited_on, expected", [("2024-12-08", T), (None, U)])
def test_two_dates_are_compared_as_days(visited_on, expected):
    member = person(born_on="2000-01-01")

    answer = truth_for_member("born_on < household.visited_on", member, home(visited_on=visited_on))

    assert answer is expected


@pytest.mark.parametrize("savings, expected", [(None, F), (149, T), (150, F)])
def test_a_presumed_amount_is_written_in_yuan(savings, expected):
    facts = [*FACTS, fact("savings", "household", "money", "month", presume=2)]

    assert truth_of("savings + 0 < rent", home(savings=savings, rent=150), facts=facts) is expected


@pytest.mark.parametrize("grade, expected", [(None, T), ("one", F), ("two", T)])
def test_a_presumed_word_stands_in_where_none_is_known(grade, expected):
    facts = [*FACTS, fact("floor", "household", "choice", presume="two")]

    assert truth_of("floor = 'two'", home(floor=grade), facts=facts) is expected
