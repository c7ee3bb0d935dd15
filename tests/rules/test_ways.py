"""Ways are joined and chosen without losing a smaller one unnoticed."""

import pytest

from relieftool.rules.ways import (
    IMPOSSIBLE,
    NOTHING_TO_ASK,
    Question,
    WayJoiner,
    Ways,
)

AGE, GRADE, RECEIPT = Question(0, "age"), Question(0, "grade"), Question(-1, "receipt:first")
NAMES = ["age", "grade", "receipt:first", "wages"]


def joiner(most=20):
    """Return a joiner for a household of two."""
    return WayJoiner(NAMES, 2, most)


def asked(joiner, ways):
    """Return the questions of each way, in order."""
    return [joiner.list_questions(way.questions) for way in ways.kept]


def allowed(joiner, ways, question, values=3):
    """Return the numbers of the values that each way allows for a question."""
    return [
        [number for number in range(values) if not joiner.is_banned(way, question, number)]
        for way in ways.kept
    ]


def test_joining_allows_only_what_both_ways_allow():
    join = joiner()
    young = join.build(AGE, banned=[2], values=3)
    not_youngest = join.build(AGE, banned=[0], values=3)

    both = join.find_all([young, not_youngest])

    assert asked(join, both) == [[AGE]]
    assert allowed(join, both, AGE) == [[1]]


def test_a_way_that_contradicts_itself_is_dropped():
    join = joiner()
    young, old = (join.build(AGE, banned=banned, values=2) for banned in ([0], [1]))

    assert join.find_all([young, old]).is_impossible


@pytest.mark.parametrize("banned", [[], [0]])
def test_ways_that_differ_in_the_answers_to_one_question_become_one(banned):
    join = joiner()
    grade = join.build(GRADE, banned=banned, values=3)
    ages = [join.build(AGE, banned=others, values=3) for others in ([0, 1], [1, 2])]

    either = join.find_any([join.find_all([age, grade]) for age in ages])

    assert asked(join, either) == [[AGE, GRADE]]
    assert allowed(join, either, AGE) == [[0, 2]]


def test_of_equally_small_sets_a_receipt_comes_last():
    join = joiner()

    either = join.find_any([join.build(RECEIPT), join.build(GRADE), join.build(AGE)])

    assert asked(join, either) == [[AGE], [GRADE], [RECEIPT]]


def test_a_way_that_asks_more_for_nothing_is_left_out():
    join = joiner()
    age, grade = join.build(AGE), join.build(GRADE)

    assert asked(join, join.find_any([join.find_all([age, grade]), age])) == [[AGE]]


def test_the_floor_says_how_many_questions_a_lost_way_would_at_least_have():
    join = joiner(most=1)
    either = join.find_any([join.build(AGE), join.build(GRADE)])
    apart = join.find_all([either, join.build(RECEIPT)])
    together = join.find_all([either, join.build(GRADE)])

    assert (either.floor, apart.floor, together.floor) == (1, 2, 1)


def test_nothing_to_ask_and_impossible_are_neutral_and_final():
    join = joiner()
    age = join.build(AGE)

    assert join.find_all([NOTHING_TO_ASK, age]) == age
    assert join.find_any([IMPOSSIBLE, age]) == age
    assert join.find_all([age, IMPOSSIBLE]) == IMPOSSIBLE
    assert isinstance(join.find_any([]), Ways)
