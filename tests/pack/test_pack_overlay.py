"""Values put over a pack's, examples that start from another one, and settings as choices."""

import datetime as dt
import re

import pytest

from relieftool.authoring.examples import run_examples
from relieftool.errors import ReliefError
from relieftool.pack.models import DatedValue, Parameter, inherit_examples
from relieftool.pack.value_overrides import override_values
from relieftool.rules.sql import ColumnKind, format_column_name
from tests.support.tiny_packs import LABELS, PARAMETERS, home, pack_of, programme, rows_of

MODE = Parameter.model_validate(
    {
        "id": "mode",
        "labels": LABELS,
        "unit": "choice",
        "choices": [{"id": choice, "labels": LABELS} for choice in ("exact", "grades")],
        "values": [
            {
                "value": "exact",
                "from": dt.date(2024, 1, 1),
                "until": "open",
                "source": "a rule",
                "confidence": "assumed",
            }
        ],
    }
)


def value(number, first, until="open"):
    return DatedValue.model_validate(
        {
            "value": number,
            "from": dt.date.fromisoformat(first),
            "until": until if until == "open" else dt.date.fromisoformat(until),
            "source": "the office",
            "confidence": "reported",
        }
    )


def line_of(pack, day):
    found = pack.parameters["line"].in_force(dt.date.fromisoformat(day))
    return found.value if found else None


@pytest.mark.parametrize(
    "first, until, expected",
    [
        # the pack's own value 10 holds in 2024; before and after there is none
        ("2024-06-01", "2024-07-01", {"2024-05-31": 10, "2024-06-01": 7, "2024-07-01": 10}),
        ("2023-06-01", "2024-02-01", {"2023-05-31": None, "2023-06-01": 7, "2024-02-01": 10}),
        ("2024-06-01", "open", {"2024-05-31": 10, "2024-12-31": 7, "2025-01-01": 7}),
        ("2025-03-01", "open", {"2024-12-31": 10, "2025-02-28": None, "2025-03-01": 7}),
        ("2024-01-01", "2025-01-01", {"2024-01-01": 7, "2024-12-31": 7, "2025-01-01": None}),
    ],
)
def test_a_value_put_over_the_pack_holds_on_its_days_and_no_others(first, until, expected):
    pack = override_values(pack_of(), [("line", value(7, first, until))])

    assert {day: line_of(pack, day) for day in expected} == expected


def test_of_two_values_put_over_the_same_days_the_later_one_holds():
    pack = override_values(
        pack_of(), [("line", value(7, "2024-03-01")), ("line", value(8, "2024-04-01"))]
    )

    assert (line_of(pack, "2024-03-31"), line_of(pack, "2024-04-01")) == (7, 8)


@pytest.mark.parametrize("number", ["seven", "7.001"])
def test_a_value_that_is_none_of_the_unit_is_refused(number):
    with pytest.raises(ValueError, match=re.escape(f"'{number}' is")):
        override_values(pack_of(), [("line", value(number, "2024-03-01"))])


@pytest.mark.parametrize("mode, expected", [("exact", 1000), ("grades", 500)])
def test_a_setting_chooses_the_amount_for_everybody(mode, expected):
    amounts = [
        {"when": "mode = 'exact'", "value": "line"},
        {"when": "mode = 'grades'", "value": "line / 2"},
    ]
    pack = pack_of([programme("aid", amounts=amounts)], parameters=[*PARAMETERS, MODE])
    chosen = override_values(pack, [("mode", value(mode, "2024-01-01"))])

    row, _members = rows_of(chosen, home())

    first = row[format_column_name(ColumnKind.AMOUNT_APPLIES, "aid", 1)] == 1
    amount = row[format_column_name(ColumnKind.AMOUNT, "aid", 1 if first else 2)]
    assert amount == expected


def test_a_setting_none_of_whose_choices_is_meant_is_refused():
    amounts = [{"when": "mode = 'both'", "value": "line"}]

    with pytest.raises(ReliefError, match="'both' is none of the choices"):
        pack_of([programme("aid", amounts=amounts)], parameters=[*PARAMETERS, MODE])


def test_a_condition_on_the_law_alone_may_open_a_programme_but_not_be_a_criterion():
    opened = pack_of([programme("aid", trigger="line > 0")])
    row, _members = rows_of(opened, home())
    assert row[format_column_name(ColumnKind.ELIGIBLE, "aid")] == 1

    with pytest.raises(ReliefError, match="the same for everybody"):
        pack_of([programme("aid", criteria="line > 0")])


def example(name, **keys):
    return {"name": name, "as_of": dt.date(2024, 6, 30), "expect": "eligible", **keys}


def test_an_example_takes_over_what_it_does_not_say_otherwise():
    first = example("first", household={"wages": 1, "cars": 2}, members=[{"income": 1}, {}])
    second = {
        "name": "second",
        "like": "first",
        "without": ["cars", "members.1.income"],
        "household": {"rent": 3},
        "members": [{}, {"income": 5}],
        "expect": "ineligible",
    }

    (_first, resolved) = inherit_examples([{**first, "amount": 7}, second])

    assert resolved == {
        "name": "second",
        "as_of": dt.date(2024, 6, 30),
        "expect": "ineligible",
        "household": {"wages": 1, "rent": 3},
        "members": [{}, {"income": 5}],
    }


@pytest.mark.parametrize(
    "keys, words",
    [
        ({"like": "nobody"}, "no example before this one is named 'nobody'"),
        ({"like": "first", "without": ["rent"]}, "'rent' under `without` is not in this example"),
        ({"like": "first", "without": ["members.3.income"]}, "'members.3.income' under"),
    ],
)
def test_an_example_that_starts_from_nothing_is_refused(keys, words):
    first = example("first", household={"wages": 1}, members=[{}])

    with pytest.raises(ValueError, match=re.escape(words)):
        inherit_examples([first, {"name": "second", "expect": "eligible", **keys}])


def test_an_examples_own_value_of_the_law_holds_for_it_alone():
    examples = [
        example("with its own", household={"wages": 1100}, parameters={"line": 2000}),
        example("as in the pack", household={"wages": 1100}, expect="ineligible"),
    ]
    pack = pack_of([programme("aid", criteria="wages < line", examples=examples)])

    assert [result.is_met for result in run_examples(pack)] == [True, True]


@pytest.mark.parametrize(
    "parameters, words",
    [({"lines": 1}, "Did you mean 'line'?"), ({"line": "much"}, "'much' is not a number")],
)
def test_an_examples_own_value_must_be_one_of_a_parameter(parameters, words):
    examples = [example("odd", parameters=parameters)]
    pack = pack_of([programme("aid", criteria="wages < line", examples=examples)])

    with pytest.raises(ReliefError, match=re.escape(words)):
        run_examples(pack)
