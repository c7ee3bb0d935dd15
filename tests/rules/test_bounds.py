"""Bounds agree with the SQL where a value is known, and contain it where it is not."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relieftool.rules.evaluator import Evaluator, build_exact_range
from tests.support.agreement import FULL, only_open_conditions, stored
from tests.support.reference_pack import (
    CONDITIONS,
    HOUSEHOLD,
    PACK,
    PACK_DEFINITIONS,
    PACK_FACTS,
    PACK_PARAMETERS,
    PROGRAMMES,
)
from tests.support.tiny_packs import InDoubt, as_truth, evaluated, home, pack_of, person, programme

EXCLUSIVE = (
    programme("grant", criteria="is_urban", amounts=["line * size"], excludes=["loan"]),
    programme("loan", criteria="is_safe", amounts=["line * 2"]),
    programme("wide", "member", "receives('grant') or receives('care')", amounts=["line"]),
)
FULL_PACK = pack_of(
    [*PACK.programmes.values(), *EXCLUSIVE],
    PACK_DEFINITIONS,
    PACK_FACTS,
    PACK_PARAMETERS,
)


def bounds_of(pack, one):
    """Return the ranges for one household, and its row and those of its members."""
    evaluation = evaluated(pack, one)
    (household,) = evaluation.households
    members = [member.row for member in household.members]
    return Evaluator(evaluation.statement, household.row, members), household.row, members


def assert_truths(pack, households):
    """Compare every column that is a truth with what the SQL says, of households and members."""
    evaluation = evaluated(pack, *map(stored, households))
    columns = evaluation.statement.plan.columns
    names = {
        owner: [
            name
            for name, column in columns.items()
            if column.owner == owner and column.node.type.sort == "truth"
        ]
        for owner in ("household", "member")
    }
    for household in evaluation.households:
        rows = [member.row for member in household.members]
        # without answers, so that it computes what the rows of the statement have
        bounds = Evaluator(evaluation.statement, household.row, rows).suppose({})
        said = {name: as_truth(household.row[name]) for name in names["household"]}
        assert {name: bounds.column(name) for name in names["household"]} == said
        for place, row in enumerate(rows):
            of_member = {name: as_truth(row[name]) for name in names["member"]}
            assert {
                name: bounds.column(name, bounds.members[place]) for name in names["member"]
            } == of_member


@settings(FULL, max_examples=20)
@given(st.lists(HOUSEHOLD, min_size=6, max_size=10))
def test_every_truth_of_random_registers_is_the_one_of_the_sql(households):
    assert_truths(FULL_PACK, households)


@settings(FULL, max_examples=30)
@given(CONDITIONS, st.lists(HOUSEHOLD, min_size=4, max_size=6))
def test_every_truth_of_random_expressions_is_the_one_of_the_sql(condition, households):
    asked = programme("asked", criteria=f"({condition}) and cars >= 0")

    with only_open_conditions():
        pack = pack_of([*PROGRAMMES, asked], PACK_DEFINITIONS, PACK_FACTS, PACK_PARAMETERS)
    assert_truths(pack, households)


# without `is null` and first_known, whose answer changes once more is known
OF_MEMBERS = st.sampled_from(
    ["is_ill", "not is_pupil", "grade = 'one' or is_ill", "income > household.wages", "points = 3"]
)
PLAIN_AMOUNTS = st.recursive(
    st.sampled_from(
        ["wages", "rent", "line", "harvest / 12", "sum_members(income)", "line * size"]
    ),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from(["+", "-"]), parts).map(
            lambda sides: f"({sides[0]} {sides[1]} {sides[2]})"
        ),
        st.tuples(
            parts, st.sampled_from(["* multiple", "/ 7", "* cars", "* 3", "* (cars - 1)"])
        ).map(lambda sides: f"({sides[0]} {sides[1]})"),
        OF_MEMBERS.map(lambda condition: f"(line * count_members({condition}))"),
        OF_MEMBERS.map(lambda condition: f"(line * (cars - count_members({condition})))"),
    ),
    max_leaves=5,
)


def filled_up(stated):
    """Return a household as it may be once every unknown fact has been asked for."""

    def asked(key, value):
        if isinstance(value, InDoubt) and value.state == "range":
            return value.low or value.high
        return known.get(key) if value is None or isinstance(value, InDoubt) else value

    known = {
        "wages": 1000, "rent": 1500, "harvest": 12000, "cars": 2, "is_urban": 1, "is_safe": 0,
        "standing": "one", "rank": "two", "savings": 0, "is_new": 0, "lives_together": 1,
        "income": 3000, "cost": 18000, "points": 3, "stated_age": 60, "born_on": "1964-12-10",
        "is_ill": 1, "is_pupil": 1, "grade": "one",
    }  # fmt: skip
    members = [
        {key: asked(key, value) for key, value in member.items()} for member in stated["members"]
    ]
    return {
        **{key: asked(key, value) for key, value in stated.items()},
        "members": members,
        "stated_size": None if members else 0,
    }


@settings(FULL, max_examples=60)
@given(PLAIN_AMOUNTS, HOUSEHOLD)
def test_what_the_sql_works_out_lies_inside_before_and_after_asking(amount, stated):
    pack = pack_of(
        [programme("asked", amounts=[amount])], PACK_DEFINITIONS, PACK_FACTS, PACK_PARAMETERS
    )
    bounds, row, _members = bounds_of(pack, stored(stated))
    found = bounds.amount(bounds.statement.rules["asked"])
    _bounds, later, _members = bounds_of(pack, stored(filled_up(stated)))

    # amounts are rounded to whole fen by the SQL, and are at least nothing
    low, high = max(found.low, 0), max(found.high, 0)
    assert (row["amount__asked__1"] is None) == (found.known is None)
    assert found.known is None or abs(low - row["amount__asked__1"]) <= 1
    assert low - 1 <= later["amount__asked__1"] <= high + 1


@pytest.mark.parametrize(
    "amount, household, low, high",
    [
        ("line * size - wages", home([person()], wages=400), 600, 600),
        ("line * size - wages", home([person()]), -math.inf, 1000),
        ("line * size", home([person(), person(lives_together=None)]), 1000, 2000),
        ("line * size", home([person()], stated_size=3), 1000, 3000),
        ("line * cars", home(), 0, math.inf),
        ("rent - wages", home(), -math.inf, math.inf),
        ("sum_members(income)", home([person(income=5), person()]), 5, math.inf),
        ("sum_members(income)", home([person(income=5)], stated_size=2), 5, math.inf),
        ("line * count_members(is_ill)", home([person(is_ill=1), person()]), 1000, 2000),
        ("line * count_members(is_ill)", home([person(is_ill=1)], stated_size=3), 1000, 3000),
        ("first_known(wages, rent)", home(rent=7), 7, 7),
        ("first_known(wages, rent - rent)", home(), -math.inf, math.inf),
        ("wages * multiple / 3", home(wages=2), 1, 1),
    ],
)
def test_an_unknown_is_anything_from_nothing_up(amount, household, low, high):
    bounds, _row, _members = bounds_of(pack_of([programme("aid", amounts=[amount])]), household)

    found = bounds.amount(bounds.statement.rules["aid"])

    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "is_urban, expected",
    [(1, (3000, 3000)), (0, (1000, 1000)), (None, (1000, 3000))],
)
def test_an_amount_that_hangs_on_an_unknown_fact_is_the_range_of_all_it_may_be(is_urban, expected):
    amounts = [{"value": "line * 3", "when": "is_urban"}, {"value": "line"}]
    bounds, _row, _members = bounds_of(
        pack_of([programme("aid", amounts=amounts)]), home(is_urban=is_urban)
    )

    found = bounds.amount(bounds.statement.rules["aid"])

    assert (found.low, found.high) == expected


@pytest.mark.parametrize("is_urban, expected", [(1, (1000, 1000)), (0, None), (None, (0, 1000))])
def test_where_no_amount_may_hold_there_is_none(is_urban, expected):
    pack = pack_of([programme("aid", amounts=[{"value": "line", "when": "is_urban"}])])
    bounds, _row, _members = bounds_of(pack, home(is_urban=is_urban))

    found = bounds.amount(bounds.statement.rules["aid"])

    assert (found and (found.low, found.high)) == expected


def test_nothing_times_no_end_is_nothing():
    assert (build_exact_range(0) * build_exact_range(3)).known == Fraction(0)
