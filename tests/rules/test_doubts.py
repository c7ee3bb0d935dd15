"""A fact is known, absent, unusable, disputed or in a range; only absence passes to the next."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement import FULL, stored
from tests.support.reference_pack import HOUSEHOLD, PACK
from tests.support.tiny_packs import (
    FACTS,
    InDoubt,
    as_truth,
    evaluated,
    fact,
    home,
    person,
    truth_for_member,
    truth_of,
)

T, F, U = True, False, None
UNUSABLE, DISPUTED = InDoubt("unusable"), InDoubt("disputed")
PRESUMED = (*FACTS, fact("savings", "household", "money", "month", presume=0))


def within(low, high):
    return InDoubt("range", low, high)


@pytest.mark.parametrize("state", [UNUSABLE, DISPUTED, within(500, 1500)])
def test_what_cells_state_in_vain_is_not_taken_from_another_source(state):
    assert truth_of("first_known(wages, rent) < line", home(wages=state, rent=0)) is U
    assert truth_of("first_known(wages, rent) < line", home(wages=None, rent=0)) is T
    assert truth_of("first_known(wages, rent) < line", home(wages=999, rent=state)) is T
    assert truth_of("first_known(wages, rent) < line", home(rent=state)) is U


@pytest.mark.parametrize("state", [UNUSABLE, DISPUTED])
@pytest.mark.parametrize(
    "condition, doubted, absent",
    [
        ("first_known(wages / 2, rent) < line", U, T),
        ("first_known(first_known(wages, harvest / 12), rent) < line", U, T),
        ("first_known(wages + harvest / 12, rent) < line", U, T),
        ("first_known(at_least_zero(wages), rent) < line", U, T),
        ("first_known(only_if(cars = 0, wages), rent) < line", U, T),
        ("first_known(shared_by(wages, cars + 1), rent) < line", U, T),
    ],
)
def test_a_calculation_is_in_doubt_if_a_part_of_it_is(state, condition, doubted, absent):
    assert truth_of(condition, home(wages=state, rent=0, cars=0)) is doubted
    assert truth_of(condition, home(rent=0, cars=0)) is absent


@pytest.mark.parametrize(
    "members, expected",
    [
        ([person(), person()], T),
        ([person(income=UNUSABLE), person()], U),
        ([person(), person(income=DISPUTED)], U),
        ([person(income=5000), person(income=UNUSABLE)], U),
        ([person(income=UNUSABLE, lives_together=0), person()], T),
    ],
)
def test_a_sum_over_members_is_in_doubt_if_that_of_anybody_living_here_is(members, expected):
    condition = "first_known(sum_members(income), rent) < line"

    assert truth_of(condition, home(members, rent=0)) is expected


def test_what_was_passed_over_for_a_known_value_is_no_doubt_about_the_sum():
    condition = "first_known(sum_members(first_known(income, cost / 12)), rent) < line"
    known = person(income=5, cost=UNUSABLE)

    assert truth_of(condition, home([known], rent=5000)) is T
    assert truth_of(condition, home([known, person()], rent=5000)) is F


@pytest.mark.parametrize("state, expected", [(None, T), (UNUSABLE, U), (DISPUTED, U), (1001, F)])
def test_nothing_is_presumed_of_what_cells_state_in_vain(state, expected):
    assert truth_of("savings < line", home(savings=state), facts=PRESUMED) is expected


@pytest.mark.parametrize("state, expected", [(None, T), (UNUSABLE, U), (0, F), (1, T)])
def test_nobody_is_presumed_to_live_here_against_an_unusable_cell(state, expected):
    facts = (
        *(each for each in FACTS if each.id != "lives_together"),
        fact("lives_together", "member", "yes_no", presume=True),
    )
    people = [person(lives_together=state)]

    assert truth_of("size = 1", home(people), facts=facts) is expected


@pytest.mark.parametrize(
    "low, high, expected",
    [
        (0, 999, T),
        (None, 999, T),
        (0, 1000, U),
        (999, 1000, U),
        (500, None, U),
        (1000, 1500, F),
        (1000, None, F),
    ],
)
def test_a_range_decides_where_it_lies_wholly_on_one_side_of_a_line(low, high, expected):
    household = home(wages=within(low, high))

    assert truth_of("wages < line", household) is expected
    assert truth_of("not wages >= line", household) is expected
    assert truth_of("line > wages", household) is expected
    assert truth_of("first_known(wages, rent) < line", {**household, "rent": 0}) is expected


@pytest.mark.parametrize(
    "condition, decided, open_",
    [
        ("wages <= line", within(999, 1000), within(1000, 1001)),
        ("wages > line", within(1001, None), within(1000, 1001)),
        ("wages >= line", within(1000, 1001), within(999, 1000)),
        ("wages <> line", within(1001, 1002), within(1000, 1001)),
        ("wages * 2 < line", within(0, 499), within(0, 500)),
        ("wages / 2 < line", within(0, 1999), within(0, 2000)),
        ("line - wages > 0", within(0, 999), within(0, 1000)),
        ("rent - wages < line", within(9001, None), within(9000, 9001)),
        ("at_least_zero(wages - line) = 0 and rent > 0", within(0, 1000), within(0, 1001)),
        ("only_if(rent > 0, wages) < line", within(0, 999), within(0, 1000)),
        ("shared_by(wages, 2 * size) < line", within(0, 1999), within(0, 2000)),
        ("wages between rent / 2 and rent", within(5000, 10000), within(4999, 10000)),
        ("wages * cars < line", within(0, 499), within(0, 500)),
    ],
)
def test_a_range_is_carried_through_every_calculation(condition, decided, open_):
    facts = {"rent": 10000, "cars": 2, "members": [person()]}

    assert truth_of(condition, home() | facts | {"wages": decided}) is T
    assert truth_of(condition, home() | facts | {"wages": open_}) is U


@pytest.mark.parametrize(
    "incomes, expected",
    [
        ([within(0, 499), 500], T),
        ([within(0, 499), 501], U),
        ([within(0, 499), within(0, 500)], T),
        ([within(500, None), 500], F),
        ([within(0, 499), None], U),
        ([within(0, 499), UNUSABLE], U),
    ],
)
def test_ranges_of_members_are_added_up(incomes, expected):
    household = home([person(income=income) for income in incomes])

    assert truth_of("sum_members(income) < line", household) is expected


def test_a_range_of_a_member_decides_a_condition_of_that_member():
    assert truth_for_member("income >= household.rent", person(income=within(5, 9)), home(rent=5))
    assert (
        truth_for_member("income >= household.rent", person(income=within(5, 9)), home(rent=6)) is U
    )


def draw_inside(stated, pick):
    """Return a household in which each range is a value inside it, drawn by `pick`."""
    found = {}
    for name, value in stated.items():
        if name == "members":
            found[name] = [draw_inside(each, pick) for each in value]
        elif isinstance(value, InDoubt) and value.state == "range":
            low = value.low or 0
            found[name] = pick(low, low + 5000 if value.high is None else value.high)
        else:
            found[name] = value
    return found


def truths_of(households):
    """Return the truths of all criteria of some households, by household and column."""
    evaluation = evaluated(PACK, *map(stored, households))
    return {
        (number, place, name): as_truth(value)
        for number, household in enumerate(evaluation.households)
        for place, row in enumerate([household.row, *(each.row for each in household.members)])
        for name, value in row.items()
        if name.startswith("criterion__") and "null" not in name
    }


@settings(FULL, max_examples=15)
@given(st.lists(HOUSEHOLD, min_size=6, max_size=8), st.randoms(use_true_random=False))
def test_what_a_range_decides_holds_for_every_value_inside_it(households, random):
    ranged = truths_of(households)
    inside = truths_of([draw_inside(each, random.randint) for each in households])

    decided = {key: truth for key, truth in ranged.items() if truth is not None}

    assert {key: inside[key] for key in decided} == decided
