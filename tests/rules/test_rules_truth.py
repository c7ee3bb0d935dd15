"""True, false and unknown: each form of a condition over every known and unknown value."""

import pytest

from tests.support.tiny_packs import home, person, truth_for_member, truth_of

T, F, U = True, False, None
STORED = {T: 1, F: 0, U: None}


@pytest.mark.parametrize(
    "one, other, both, either",
    [
        (T, T, T, T),
        (T, F, F, T),
        (T, U, U, T),
        (F, T, F, T),
        (F, F, F, F),
        (F, U, F, U),
        (U, T, U, T),
        (U, F, F, U),
        (U, U, U, U),
    ],
)
def test_false_decides_and_while_true_decides_or(one, other, both, either):
    household = home(is_urban=STORED[one], is_safe=STORED[other])

    answers = (
        truth_of("is_urban and is_safe", household),
        truth_of("is_urban or is_safe", household),
    )

    assert answers == (both, either)


@pytest.mark.parametrize("truth, opposite", [(T, F), (F, T), (U, U)])
def test_not_leaves_unknown_unknown(truth, opposite):
    assert truth_of("not is_urban", home(is_urban=STORED[truth])) is opposite


@pytest.mark.parametrize(
    "one, other, neither",
    [
        (T, T, F),
        (T, F, F),
        (T, U, F),
        (F, T, F),
        (F, F, T),
        (F, U, U),
        (U, T, F),
        (U, F, U),
        (U, U, U),
    ],
)
def test_not_reaches_through_brackets(one, other, neither):
    household = home(is_urban=STORED[one], is_safe=STORED[other])

    assert truth_of("not (is_urban or is_safe)", household) is neither


def test_and_binds_closer_than_or():
    household = home(is_urban=1, is_safe=0, cars=0)

    assert truth_of("is_urban or is_safe and cars = 1", household) is T


@pytest.mark.parametrize(
    "operator, below, at, above",
    [
        ("<", T, F, F),
        ("<=", T, T, F),
        ("=", F, T, F),
        ("<>", T, F, T),
        (">=", F, T, T),
        (">", F, F, T),
    ],
)
def test_a_comparison_is_unknown_only_where_a_side_is(operator, below, at, above):
    condition = f"wages {operator} line"

    answers = [truth_of(condition, home(wages=wages)) for wages in (999, 1000, 1001, None)]

    assert answers == [below, at, above, U]


@pytest.mark.parametrize(
    "cars, inside, outside, between, beyond",
    [
        (0, F, T, F, T),
        (1, T, F, T, F),
        (2, F, T, T, F),
        (3, T, F, T, F),
        (4, F, T, F, T),
        (None, U, U, U, U),
    ],
)
def test_in_and_between_count_their_ends(cars, inside, outside, between, beyond):
    household = home(cars=cars)

    answers = (
        truth_of("cars in (1, 3)", household),
        truth_of("cars not in (1, 3)", household),
        truth_of("cars between 1 and 3", household),
        truth_of("cars not between 1 and 3", household),
    )

    assert answers == (inside, outside, between, beyond)


@pytest.mark.parametrize(
    "low, high, between", [(None, 2, F), (None, 4, U), (4, None, F), (2, None, U), (1, 4, T)]
)
def test_between_is_false_as_soon_as_one_end_is_missed(low, high, between):
    member = person(points=3, stated_age=low)

    answer = truth_for_member(
        "points between stated_age and household.cars", member, home(cars=high)
    )

    assert answer is between


@pytest.mark.parametrize(
    "standing, equal, different, listed",
    [("none", F, T, T), ("one", T, F, F), ("two", F, T, T), (None, U, U, U)],
)
def test_a_choice_is_compared_by_the_ids_of_its_words(standing, equal, different, listed):
    household = home(standing=standing)

    answers = (
        truth_of("standing = 'one'", household),
        truth_of("standing <> 'one'", household),
        truth_of("standing in ('none', 'two')", household),
    )

    assert answers == (equal, different, listed)


@pytest.mark.parametrize("is_urban, unknown, known", [(1, F, T), (0, F, T), (None, T, F)])
def test_is_null_is_never_unknown_itself(is_urban, unknown, known):
    household = home(is_urban=is_urban)

    answers = (truth_of("is_urban is null", household), truth_of("is_urban is not null", household))

    assert answers == (unknown, known)


@pytest.mark.parametrize(
    "condition, household, expected",
    [
        ("wages / 12 is null", home(), T),
        ("wages / 12 is null", home(wages=1), F),
        ("(is_urban and is_safe) is null", home(is_urban=1), T),
        ("(is_urban and is_safe) is null", home(is_urban=0), F),
        ("first_known(wages, harvest / 12) is null", home(), T),
        ("first_known(wages, harvest / 12) is null", home(harvest=5), F),
    ],
)
def test_is_null_asks_about_a_whole_expression(condition, household, expected):
    assert truth_of(condition, household) is expected


@pytest.mark.parametrize(
    "wages, harvest, expected",
    [
        (900, 24000, T),
        (1100, 1200, F),
        (None, 11999, T),
        (None, 12000, F),
        (None, None, U),
    ],
)
def test_first_known_takes_the_next_only_where_the_one_before_is_unknown(wages, harvest, expected):
    household = home(wages=wages, harvest=harvest)

    assert truth_of("first_known(wages, harvest / 12) < line", household) is expected


@pytest.mark.parametrize(
    "is_urban, is_safe, expected", [(0, 1, F), (1, 0, T), (None, 1, T), (None, None, U)]
)
def test_first_known_works_on_truths_too(is_urban, is_safe, expected):
    household = home(is_urban=is_urban, is_safe=is_safe)

    assert truth_of("first_known(is_urban, is_safe)", household) is expected


@pytest.mark.parametrize(
    "standing, rank, expected",
    [("one", "two", T), (None, "one", T), (None, "two", F), (None, None, U)],
)
def test_first_known_works_on_choices_too(standing, rank, expected):
    household = home(standing=standing, rank=rank)

    assert truth_of("first_known(standing, rank) = 'one'", household) is expected


def test_a_member_may_ask_about_the_household():
    answer = truth_for_member("is_ill and household.is_urban", person(is_ill=1), home(is_urban=0))

    assert answer is F


def test_text_with_a_quote_in_it_is_text():
    assert truth_of("remark = 'O''Brien'", home(remark="O'Brien")) is T
