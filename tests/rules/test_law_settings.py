"""A part that a setting of the law rules out is not used, and a value it needs is not missed."""

import pytest

from relieftool.eligibility.rule_warnings import list_missing_parameters
from relieftool.rules.statement import compile_statement
from tests.support.tiny_packs import DAY, evaluated, home, pack_of, parameter, programme, setting

# A parameter with a value in 2023 only: missing on the day.
GONE = {"from": DAY.replace(year=2023, month=1, day=1), "until": DAY.replace(month=1, day=1)}


def pack_with(chosen="exact", **keys):
    return pack_of(
        [programme("aid", **keys)],
        parameters=[
            parameter("line", "yuan", 10, "month"),
            parameter("grade", "yuan", 5, "month", **GONE),
            setting("mode", chosen),
        ],
    )


def missing_of(pack):
    return list_missing_parameters(compile_statement(pack, DAY, {}))


def missing(chosen="exact", **keys):
    return missing_of(pack_with(chosen, **keys))


@pytest.mark.parametrize(
    "condition",
    [
        "mode = 'grades' and wages < grade or is_safe",
        "mode <> 'exact' and wages < grade or is_safe",
        "mode in ('grades') and wages < grade or is_safe",
        "not mode = 'exact' and wages < grade or is_safe",
        "(mode = 'exact' or wages < grade) and is_safe",
        "wages < line + only_if(mode = 'grades', grade)",
    ],
)
def test_a_branch_the_setting_rules_out_needs_no_value(condition):
    assert missing(criteria=condition) == ()


@pytest.mark.parametrize(
    "condition",
    [
        "mode = 'exact' and wages < grade or is_safe",
        "(mode = 'grades' or wages < grade) and is_safe",
        "wages < grade",
        "is_safe and wages < grade",
        "wages < line + only_if(mode = 'exact', grade)",
        "wages < line + only_if(is_safe, grade)",
    ],
)
def test_a_branch_it_leaves_open_does(condition):
    assert missing(criteria=condition) == ("grade",)


@pytest.mark.parametrize("chosen, expected", [("exact", ()), ("grades", ("grade",))])
def test_of_the_amounts_only_those_the_setting_leaves(chosen, expected):
    amounts = [
        {"when": "mode = 'exact'", "value": "line - wages"},
        {"when": "mode = 'grades'", "value": "grade"},
    ]

    assert missing(chosen, amounts=amounts) == expected


def test_an_amount_after_one_that_surely_applies_is_never_reached():
    assert missing(amounts=[{"when": "mode = 'exact'", "value": "line"}, "grade"]) == ()
    assert missing(amounts=["line", "grade"]) == ()
    assert missing(amounts=[{"when": "is_safe", "value": "line"}, "grade"]) == ("grade",)


def test_a_setting_without_a_choice_on_the_day_rules_out_nothing_and_is_missing():
    pack = pack_with(criteria="mode = 'grades' and wages < grade or is_safe")
    mode = pack.parameters["mode"]
    gone = mode.values[0].model_copy(update={"from_": GONE["from"], "until": GONE["until"]})
    without = {**pack.parameters, "mode": mode.model_copy(update={"values": [gone]})}

    assert missing_of(pack.model_copy(update={"parameters": without})) == ("grade", "mode")


def test_with_programmes_only_theirs_and_those_they_refer_to_count():
    pack = pack_of(
        [
            programme("aid", criteria="wages < grade"),
            programme("more", criteria="eligible('aid') and is_safe"),
            programme("other", criteria="is_urban"),
        ],
        parameters=[
            parameter("line", "yuan", 10, "month"),
            parameter("grade", "yuan", 5, "month", **GONE),
        ],
    )
    statement = evaluated(pack, home()).statement

    assert list_missing_parameters(statement, ["other"]) == ()
    assert (
        list_missing_parameters(statement, ["more"])
        == list_missing_parameters(statement)
        == ("grade",)
    )
