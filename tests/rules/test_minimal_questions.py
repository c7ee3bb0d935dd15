"""The smallest set of questions: no smaller one could decide, and this one can."""

import datetime as dt
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.minimal_questions import MinimalQuestions, Question
from relieftool.rules.question_memo import QuestionMemo
from tests.support.agreement import FULL, only_open_conditions
from tests.support.reference_pack import joined
from tests.support.tiny_packs import FACTS as PLAIN_FACTS
from tests.support.tiny_packs import definition, evaluated, fact, home, pack_of, person, programme

HOUSE = -1
FIRST = programme("first", criteria={"safe": "is_safe", "car": "cars = 0"})
CARE = programme("care", "member", "is_ill")


def asked(condition, household, day=None, **keys):
    """Return the question search of a household, and the tree of a condition."""
    pack = pack_of([FIRST, CARE, programme("aid", criteria=condition)], **keys)
    evaluation = evaluated(pack, household, **({"as_of": day} if day else {}))
    (found,) = evaluation.households
    evaluator = Evaluator(evaluation.statement, found.row, [member.row for member in found.members])
    memo = QuestionMemo(evaluation.statement)
    return MinimalQuestions(evaluator, memo), evaluation.statement.rules["aid"].criteria["it"]


def fewest(condition, household, **keys):
    """Return the smallest sets that could make a condition true, and false."""
    search, node = asked(condition, household, **keys)
    found = [search.find(tree).questions for tree in (node, opposite_of(node))]
    return tuple(
        None
        if questions is None
        else [(question.place, question.name) for question in sorted(questions)]
        for questions in found
    )


def opposite_of(node):
    """Return the opposite of a truth."""
    return syntax.Not(syntax.TRUTH, node.owner, node)


@pytest.mark.parametrize(
    "condition, household, to_be_true, to_be_false",
    [
        ("is_urban", home(), [(HOUSE, "is_urban")], [(HOUSE, "is_urban")]),
        ("is_urban and is_safe", home(is_urban=1), [(HOUSE, "is_safe")], [(HOUSE, "is_safe")]),
        (
            "is_urban and is_safe",
            home(),
            [(HOUSE, "is_safe"), (HOUSE, "is_urban")],
            [(HOUSE, "is_urban")],
        ),
        (
            "is_urban or is_safe",
            home(),
            [(HOUSE, "is_urban")],
            [(HOUSE, "is_safe"), (HOUSE, "is_urban")],
        ),
        ("wages < line", home(), [(HOUSE, "wages")], [(HOUSE, "wages")]),
        (
            "wages < rent",
            home(),
            [(HOUSE, "rent"), (HOUSE, "wages")],
            [(HOUSE, "rent"), (HOUSE, "wages")],
        ),
        ("rent < 0", home(), None, [(HOUSE, "rent")]),
        ("wages > rent and wages < line", home(rent=999), None, [(HOUSE, "wages")]),
        (
            "wages > rent and wages < line",
            home(rent=998),
            [(HOUSE, "wages")],
            [(HOUSE, "wages")],
        ),
        (
            "first_known(wages, harvest / 12, rent) < line",
            home(),
            [(HOUSE, "wages")],
            [(HOUSE, "wages")],
        ),
        (
            "any_member(is_ill)",
            home([person(is_ill=0), person()]),
            [(1, "is_ill")],
            [(1, "is_ill")],
        ),
        (
            "all_members(is_ill)",
            home([person(), person()]),
            [(0, "is_ill"), (1, "is_ill")],
            [(0, "is_ill")],
        ),
        (
            "any_member(is_ill)",
            home([person(is_ill=0)], stated_size=2),
            None,
            [(HOUSE, "stated_size")],
        ),
        (
            "line * size > wages",
            home([person()], stated_size=3, wages=500),
            [(HOUSE, "stated_size")],
            None,
        ),
        (
            "any_member(is_ill)",
            home([person(is_ill=1, lives_together=None)]),
            [(0, "lives_together")],
            [(0, "lives_together")],
        ),
        (
            "sum_members(income) < line",
            home([person(income=999), person()]),
            [(1, "income")],
            [(1, "income")],
        ),
        (
            "sum_members(income) < line",
            home([person(income=1000), person()]),
            None,
            [(1, "income")],
        ),
        (
            "count_members(is_ill) = 2",
            home([person(is_ill=1), person()]),
            [(1, "is_ill")],
            [(1, "is_ill")],
        ),
        ("any_member(age >= 60)", home([person()]), [(0, "born_on")], [(0, "born_on")]),
        ("receives('first')", home(), [(HOUSE, "receipt:first")], [(HOUSE, "receipt:first")]),
        (
            "any_member(receives('care'))",
            home([person()]),
            [(0, "receipt:care")],
            [(0, "receipt:care")],
        ),
        ("eligible('first')", home(is_safe=1), [(HOUSE, "cars")], [(HOUSE, "cars")]),
        ("not eligible('first')", home(), [(HOUSE, "cars")], [(HOUSE, "cars"), (HOUSE, "is_safe")]),
        ("standing = 'two'", home(), [(HOUSE, "standing")], [(HOUSE, "standing")]),
        ("cars in (1, 3)", home(), [(HOUSE, "cars")], [(HOUSE, "cars")]),
        ("first_known(rent, wages) < line and is_urban", home(wages=999), [(HOUSE, "is_urban")],
            [(HOUSE, "is_urban")]),
        ("is_urban is null", home(), [], [(HOUSE, "is_urban")]),
    ],
)  # fmt: skip
def test_the_fewest_facts_to_make_it_true_and_false(condition, household, to_be_true, to_be_false):
    age = definition("age", "member", "years_since(born_on)")

    assert fewest(condition, household, definitions=[age]) == (to_be_true, to_be_false)


def test_a_presumed_fact_is_not_asked_for():
    facts = [*PLAIN_FACTS, fact("is_new", "household", "yes_no", presume=False)]

    assert fewest("is_new or is_urban", home(), facts=facts) == (
        [(HOUSE, "is_urban")],
        [(HOUSE, "is_urban")],
    )


def test_no_answer_of_a_household_makes_up_for_a_value_of_the_law():
    assert fewest("wages < line", home(wages=1), day=dt.date(2025, 6, 1)) == (None, None)


SMALL = st.recursive(
    st.sampled_from(
        [
            "is_urban",
            "is_safe",
            "wages < line",
            "wages >= line * multiple",
            "rent <= wages",
            "first_known(rent, wages) < line",
            "standing = 'two'",
            "standing <> 'none'",
            "any_member(is_ill)",
            "all_members(is_ill or is_pupil)",
            "count_members(is_ill) >= 1",
            "sum_members(income) < line",
            "receives('first')",
            "eligible('first')",
            "any_member(eligible('care'))",
        ]
    ),
    joined,
    max_leaves=4,
)
GRID = {
    "wages": [0, 999, 1000, 1001, 1499, 1500, 1501, 9000],
    "rent": [0, 999, 1000, 1001, 1499, 1500, 1501, 9000],
    "income": [0, 500, 999, 1000, 9000],
    "cars": [0, 1],
    "standing": ["none", "one", "two"],
}
TRUTHS = [1, 0]
OF_HOUSE = ["is_urban", "is_safe", "wages", "rent", "standing", "cars", "receipt:first"]
OF_MEMBER = ["is_ill", "is_pupil", "income"]
MAYBE = st.sampled_from([None, None, 1])
PARTLY = st.fixed_dictionaries(
    {
        "is_urban": MAYBE,
        "is_safe": MAYBE,
        "wages": st.sampled_from([None, None, 1000]),
        "rent": st.sampled_from([None, 1000]),
        "cars": st.sampled_from([None, 0]),
        "members": st.lists(
            st.fixed_dictionaries({"is_ill": MAYBE, "is_pupil": MAYBE}), max_size=2
        ),
    }
)


def named_in(condition):
    """Return the facts that a condition may rest on."""
    of_first = {"is_safe", "cars"} if "eligible('first')" in condition else set()
    of_care = {"is_ill"} if "eligible('care')" in condition else set()
    of_receipt = {"receipt:first"} if "receives('first')" in condition else set()
    names = {name for name in [*OF_HOUSE, *OF_MEMBER] if name in condition}
    return names | of_first | of_care | of_receipt


def by_trying(search, node, condition):
    """Return the size of the smallest set that could make a node true, by trying all."""
    evaluator, names = search.evaluator, named_in(condition)
    questions = [Question(HOUSE, name) for name in OF_HOUSE if name in names]
    questions += [
        Question(place, name)
        for place in range(len(evaluator.members))
        for name in OF_MEMBER
        if name in names
    ]
    if "first_known" in condition and evaluator.household["wages"] is not None:
        questions.remove(Question(HOUSE, "rent"))
    rows = {HOUSE: evaluator.household, **dict(enumerate(evaluator.members))}
    questions = [
        question for question in questions if rows[question.place][question.column] is None
    ]
    for count in range(len(questions) + 1):
        for some in combinations(questions, count):
            for values in product(*(GRID.get(question.name, TRUTHS) for question in some)):
                supposed = search.suppose(dict(zip(some, values, strict=True)))
                if supposed.truth(node) is True:
                    return count
    return None


@settings(FULL, max_examples=150)
@given(SMALL, PARTLY)
def test_no_smaller_set_could_do_it(condition, partly):
    members = [person(**member) for member in partly["members"]]
    always = f"({condition}) and size >= 0"
    with only_open_conditions():
        search, node = asked(always, {**home(members), **partly, "members": members})

    # nobody is asked for better than what is known, here wages
    is_asked_anyway = "rent <= wages" in condition
    assume(partly["wages"] is None or "first_known" not in condition or not is_asked_anyway)

    found = search.find(node).questions

    assert (None if found is None else len(found)) == by_trying(search, node, condition)


@settings(FULL, max_examples=60)
@given(SMALL, PARTLY)
def test_the_answers_that_come_with_a_set_were_evaluated_and_suffice(condition, partly):
    members = [person(**member) for member in partly["members"]]
    with only_open_conditions():
        search, node = asked(
            f"({condition}) and size >= 0", {**home(members), **partly, "members": members}
        )

    found = search.find(node)

    assert (found.questions is None) is (found.proof in ("impossible", "open"))
    assert found.questions is None or found.answers.keys() == found.questions
    assert found.questions is None or search.suppose(found.answers).truth(node) is True


def test_of_sets_of_one_size_the_first_by_place_then_in_the_pack_is_asked_and_receipts_last():
    condition = "any_member(is_ill) or rent < line or wages < line or receives('first')"
    members = [person(), person()]
    asked_first = [
        asked(condition, home(members, **known))[0:2]
        for known in ({}, {"wages": 5000}, {"wages": 5000, "rent": 5000})
    ]

    found = [search.find(node).questions for search, node in asked_first]

    wages, rent = Question(HOUSE, "wages"), Question(HOUSE, "rent")
    assert found == [{wages}, {rent}, {Question(0, "is_ill")}]


UNABLE = "stated_age >= 60 or (grade in ('one', 'two') and is_ill) or (grade = 'none' and is_pupil)"


@pytest.mark.parametrize("people", [1, 3, 8])
def test_a_large_household_of_whom_nothing_is_known_is_asked_one_fact_each(people):
    search, node = asked(f"all_members({UNABLE})", home([person() for _nobody in range(people)]))

    found = search.find(node)

    assert found.questions == {Question(place, "stated_age") for place in range(people)}
    assert found.proof == "fewest"


def test_what_contradicts_itself_is_proved_to_be_impossible():
    condition = "all_members(grade = 'one') and any_member(grade = 'two')"
    search, node = asked(condition, home([person(), person()]))

    assert search.find(node).proof == "impossible"


@pytest.mark.parametrize(
    "wages, is_alike", [(500, True), (999, True), (1000, False), (1001, False), (None, False)]
)
def test_households_on_the_same_side_of_a_line_are_asked_the_same(wages, is_alike):
    condition = "wages < line and is_urban"
    search, node = asked(condition, home(wages=600))
    other = MinimalQuestions(
        Evaluator(
            search.evaluator.statement,
            {**search.evaluator.household, "wages": wages},
            search.evaluator.members,
        ),
        search.memo,
    )

    search.find(node)
    other.find(node)

    assert (len(search.memo.found) == 1) is is_alike
