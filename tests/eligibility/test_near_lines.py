"""Which lines are near: only those whose crossing would change the outcome, on either side."""

from fractions import Fraction

import pytest

from relieftool.api.gap_answers import read_near
from relieftool.eligibility.findings import Finding, QuestionValue
from relieftool.eligibility.gaps import plan_visits
from relieftool.eligibility.household_findings import find_near_lines
from relieftool.output.gaps import format_stake_signs
from relieftool.output.result_cells import reveal_or_mask
from tests.support.tiny_packs import FACTS, as_truth, evaluated, home, pack_of, person, programme

TENTH = Fraction(1, 10)


def lines(condition, household, margin=TENTH, **keys):
    """Return criterion, side and distance of every line that is near."""
    found = nears(condition, household, margin, **keys)
    return [(line.criterion, line.holds, line.distance) for line in found]


def nears(condition, household, margin=TENTH, facts=FACTS, **keys):
    """Return every line that is near."""
    criteria = condition if isinstance(condition, dict) else {"it": condition}
    pack = pack_of([programme("aid", criteria=criteria, **keys)], facts=facts)
    evaluation = evaluated(pack, household)
    (found,) = evaluation.households
    evaluator = found.evaluator(evaluation.statement)
    truths = {key: as_truth(found.row[f"criterion__aid__{key}"]) for key in criteria}
    return find_near_lines(evaluator, evaluation.statement.rules["aid"], None, truths, margin)


@pytest.mark.parametrize(
    "wages, expected",
    [
        (899, []),
        (900, [("it", True, 100)]),
        (999, [("it", True, 1)]),
        (1000, [("it", False, 0)]),
        (1100, [("it", False, 100)]),
        (1101, []),
        (None, []),
    ],
)
def test_money_is_near_within_the_share_of_the_line_inclusive(wages, expected):
    assert lines("wages < line", home(wages=wages)) == expected


@pytest.mark.parametrize(
    "condition, cars, expected",
    [
        ("cars <= 1", 1, []),  # one more would be as much again as the line
        ("cars < 10", 9, [("it", True, 1)]),
        ("cars < 10", 10, [("it", False, 1)]),
        ("cars <= 10", 10, [("it", True, 1)]),
        ("cars <= 10", 11, [("it", False, 1)]),
        ("cars >= 10", 10, [("it", True, 1)]),
        ("cars > 10", 10, [("it", False, 1)]),
        ("cars >= 0", 0, []),
    ],
)
def test_a_count_is_as_far_from_turning_as_whole_steps_are(condition, cars, expected):
    assert lines(condition, home(cars=cars)) == expected


@pytest.mark.parametrize(
    "condition, holds",
    [
        ("wages < line", True),
        ("not (wages < line)", False),
        ("not (wages > line)", True),
        ("not (wages >= line)", True),
        ("line > wages", True),
        ("line <= wages", False),
        ("wages < line and not (wages >= line)", True),
        ("wages < line and wages < line", True),
        ("wages < line or wages < line", True),
    ],
)
def test_the_criterion_says_on_which_side_of_the_line_the_value_is(condition, holds):
    told = [(near.holds, near.value, near.line) for near in nears(condition, home(wages=999))]

    assert told == [(holds, 999, 1000)]


@pytest.mark.parametrize(
    "condition, value, line",
    [
        ("wages < line * size", 1900, 2000),
        ("line * size > wages", 1900, 2000),
        ("wages < rent", 1900, 2000),
        ("rent > wages", 2000, 1900),
        ("2 <= size", 2, 2),
        ("3 > size", 2, 3),
    ],
)
def test_the_side_that_rests_on_facts_is_the_value_and_the_law_the_line(condition, value, line):
    household = home([person(), person()], wages=1900, rent=2000)

    (found,) = nears(condition, household, margin=1)

    assert (found.value, found.line) == (value, line)


PRIVATE = tuple(
    fact.model_copy(update={"is_private": True}) if fact.id == "rent" else fact for fact in FACTS
)


@pytest.mark.parametrize(
    "condition, hidden",
    [
        ("wages < rent", {"line"}),
        ("rent > wages", {"value"}),
        ("wages < line + rent", {"line"}),
        ("wages + rent < line * 4", {"value"}),
        ("wages < line * 2", set()),
    ],
)
def test_each_side_that_rests_on_a_private_fact_is_hidden(condition, hidden):
    (near,) = nears(condition, home([person()], wages=1900, rent=2000), margin=1, facts=PRIVATE)

    told = read_near(near)
    masked, full = (reveal_or_mask(told, is_revealed=is_revealed) for is_revealed in (False, True))

    more = {"distance", "percent"} if hidden else set()
    assert {key for key, value in masked.items() if value is None} == hidden | more
    assert None not in full.values()


@pytest.mark.parametrize(
    "is_urban, expected",
    [(1, [("money", True, 1)]), (None, [("money", True, 1)]), (0, [])],
)
def test_a_line_counts_only_while_other_conditions_hold_or_are_unknown(is_urban, expected):
    criteria = {"money": "wages < line", "urban": "is_urban"}

    assert lines(criteria, home(wages=999, is_urban=is_urban)) == expected


@pytest.mark.parametrize("is_urban, expected", [(1, []), (0, [("it", True, 1)])])
def test_a_comparison_beside_a_truth_that_decides_already_is_not_near(is_urban, expected):
    assert lines("is_urban or wages < line", home(wages=999, is_urban=is_urban)) == expected


def test_nothing_is_near_while_the_event_has_not_begun():
    assert lines("wages < line", home(wages=999, cars=0), trigger="cars > 1") == []


UNKNOWN = "A ? under at stake: no sum of money, or one that is not known yet."
MORE = '"And more": besides what is known, a benefit of unknown amount.'


def finding(household, programme_id="aid", stake=None, cheapest=(), **keys):
    start = (household, "花园", None, None, None, programme_id, "undetermined", None, "month")
    questions = QuestionValue(cheapest=cheapest, at_stake_fen_per_month=stake)
    return Finding(*start, None, (), "", find_questions=lambda: questions, **keys)


def test_the_most_at_stake_is_visited_first_and_unknown_stakes_last():
    found = [
        finding("H1", stake=None, cheapest=("a",)),
        finding("H2", stake=100, cheapest=("a", "b")),
        finding("H3", stake=100, cheapest=("a",)),
        finding("H4", stake=900, cheapest=("a",)),
        finding("H5", stake=None, cheapest=("a", "b")),
    ]

    visits = plan_visits(found)

    assert [visit.household_no for visit in visits] == ["H4", "H3", "H2", "H1", "H5"]


@pytest.mark.parametrize(
    "stakes, told",
    [([100], []), ([None], [UNKNOWN]), ([100, None], [MORE])],
)
def test_the_visit_list_explains_the_signs_it_uses(stakes, told):
    found = [
        finding("H1", f"aid{number}", stake, cheapest=("a",)) for number, stake in enumerate(stakes)
    ]

    assert format_stake_signs(plan_visits(found)) == told


def test_one_visit_gathers_the_questions_of_a_household_and_adds_up_what_is_at_stake():
    found = [
        finding("H1", "one", 100, cheapest=("a",)),
        finding("H1", "two", 200, cheapest=("b", "a")),
        finding("H1", "three", None, cheapest=("c",)),
    ]

    (visit,) = plan_visits(found)

    assert (visit.ask, visit.at_stake_fen_per_month, visit.is_more) == (("a", "b", "c"), 300, True)


def test_of_programmes_that_exclude_each_other_the_better_is_at_stake():
    found = [
        finding("H1", "one", 100, alternative_to=("two",)),
        finding("H1", "two", 200),
    ]

    (visit,) = plan_visits(found)

    assert visit.at_stake_fen_per_month == 200
