"""Past its last known value a line is the least it can be: only what is below it is decided."""

import datetime as dt

import pytest

from relieftool.eligibility.gaps import find_gaps
from relieftool.output.gaps import format_gap_totals
from relieftool.pack.models import Parameter
from tests.support.tiny_gaps import no
from tests.support.tiny_packs import (
    DAY,
    amount_of,
    home,
    pack_of,
    parameter,
    programme,
    register_of,
    truth_of,
)

T, F, U = True, False, None
LATER = dt.date(2026, 11, 30)  # the values of these packs end with 2024


def line(value=10, *, known=True):
    """Return the line, of which after 2024 only the least is known, or exactly this value."""
    until = {} if known is True else {"until": "open"}
    return Parameter.model_validate(
        {
            **parameter("line", "yuan", value, "month", **until).model_dump(by_alias=True),
            "lower_bound": True,
        }
    )


def truth(condition, wages, law):
    facts = {"rent": 10000} if wages is None else {"rent": 10000, "wages": wages}
    return truth_of(condition, home(**facts), as_of=LATER, parameters=(law,))


CONDITIONS = [
    ("wages < line", 999, T),
    ("wages < line", 1000, U),
    ("wages < line", 0, T),
    ("wages < line", None, U),
    ("wages <= line", 1000, T),
    ("wages >= line", 999, F),
    ("wages >= line", 1000, U),
    ("wages > line", 1001, U),
    ("wages = line", 1000, U),
    ("line - wages > wages", 499, T),
    ("line - wages > wages", 500, U),
    ("wages < rent - line", 8999, U),
    ("wages < rent - line", 9000, F),
    ("at_least_zero(line - wages) > wages", 499, T),
    ("only_if(is_urban is null, wages) < line * 2", 1999, T),
    ("wages * 2 < line * 2 - rent / 10", 499, T),
    ("wages between line and line * 3", 999, F),
    ("wages between line and line * 3", 2000, U),
    ("not (wages < line)", 999, F),
    ("wages < line or wages >= line", 2000, U),
]


@pytest.mark.parametrize("condition, wages, expected", CONDITIONS)
def test_what_is_below_the_last_known_line_is_below_and_the_rest_is_open(
    condition, wages, expected
):
    assert truth(condition, wages, line()) is expected


@pytest.mark.parametrize("value", [10, 11, 25, 1000])
def test_no_greater_line_gives_another_truth_than_the_one_told(value):
    told = [
        (condition, wages, expected)
        for condition, wages, expected in CONDITIONS
        if expected is not U
    ]

    found = [truth(condition, wages, line(value, known="open")) for condition, wages, _ in told]

    assert found == [expected for _condition, _wages, expected in told]


def test_on_a_day_with_a_value_nothing_is_open():
    assert truth_of("wages < line", home(wages=1000), as_of=DAY, parameters=(line(),)) is F


@pytest.mark.parametrize(
    "condition, wages, expected",
    [
        ("wages < line", 0, T),
        ("wages < line", 1, U),
        ("wages < line * 2", 0, T),
        ("wages < line - rent", 0, U),
        ("wages <= line", 0, U),
        ("wages >= line", 0, U),
    ],
)
def test_a_line_without_any_value_is_more_than_nothing(condition, wages, expected):
    asked = home(wages=wages, rent=100)

    assert truth_of(condition, asked, as_of=dt.date(2023, 1, 1), parameters=(line(),)) is expected


@pytest.mark.parametrize(
    "value, fen", [("line - wages", 600), ("wages", 400), ("rent - line", None)]
)
def test_an_amount_that_may_only_be_more_is_told_as_the_least(value, fen):
    asked = home(wages=400, rent=10000)

    assert amount_of(value, asked, as_of=LATER, parameters=(line(),)) == fen


def test_the_last_value_counts_as_assumed_and_says_whose_it_is():
    least = line().in_force(LATER)

    assert (least.confidence, least.from_, least.until) == (
        "assumed",
        dt.date(2025, 1, 1),
        "open",
    )
    assert "a rule" in least.source


AID = programme("aid", criteria="is_urban", amounts=["line - wages"])


@pytest.mark.parametrize(
    "day, urban, wages, least_and_most",
    [
        (DAY, 1, 400, (600, 600, 600, 0)),
        (LATER, 1, 400, (600, None, 600, 1)),
        (LATER, None, 400, (0, None, 600, 1)),
        (LATER, 0, 400, (0, 0, 0, 0)),
        (LATER, 1, None, (0, None, 1000, 1)),
    ],
)
def test_of_an_amount_of_which_the_least_is_known_the_most_is_not(
    day, urban, wages, least_and_most
):
    pack = pack_of([AID], parameters=[line()])

    with register_of(pack, home([], [no("aid")], is_urban=urban, wages=wages)) as db:
        totals = find_gaps(db, pack, day).totals

    assert (
        totals.unclaimed_fen_per_month,
        totals.unclaimed_fen_per_month_at_most,
        totals.unclaimed_fen_per_month_as_known,
        totals.households_without_limit,
    ) == least_and_most


def test_what_may_be_more_than_anybody_can_tell_is_said_in_the_first_sentence():
    pack = pack_of([AID], parameters=[line()])

    with register_of(pack, home([], [no("aid")], is_urban=1, wages=400)) as db:
        found = {day: format_gap_totals(find_gaps(db, pack, day), ()) for day in (DAY, LATER)}

    assert "without a known upper limit" in found[LATER]
    assert "limit" not in found[DAY]


def test_the_stake_of_a_question_has_no_limit_where_the_amount_has_none():
    pack = pack_of([AID], parameters=[line()])

    with register_of(pack, home([], [no("aid")], is_urban=None, wages=400)) as db:
        stakes = {day: find_gaps(db, pack, day).findings[0] for day in (DAY, LATER)}

    assert stakes[DAY].at_stake_fen_per_month == 600
    assert stakes[LATER].at_stake_fen_per_month is None
