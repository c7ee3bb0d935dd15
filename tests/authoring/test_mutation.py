"""Mutation testing reports each change of a rule that no example notices, and no other."""

import pytest

from relieftool.authoring.examples import run_examples
from relieftool.authoring.mutation_testing import build_trials, find_survivors, parse_shared_trees
from relieftool.messages import no_progress
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from tests.support.agreement import nought_or_more
from tests.support.pack_folders import CARE, WHOLE, broken
from tests.support.tiny_packs import DAY, definition, pack_of, programme


def survivors(pack):
    """Return what no example of a pack notices: place, text before and after."""
    report = find_survivors(pack, run_examples(pack), no_progress)
    return [(each.place, each.before, each.after) for each in report.survivors]


def pack_with(criteria, *examples, definitions=(), **keys):
    """Return a pack of one programme; each example is what it expects, its facts, its amount."""
    listed = [written(number, *one) for number, one in enumerate(examples, start=1)]
    return pack_of([programme("aid", criteria=criteria, examples=listed, **keys)], definitions)


def written(number, expect, facts, *amount):
    """Return an example of a household of one."""
    stated = {"name": f"{number}", "as_of": DAY, "household": facts, "members": [{}]}
    return {**stated, "expect": expect, "amount": amount[0] if amount else None}


@pytest.mark.parametrize("folder", [find_shipped_pack(), WHOLE], ids=["shipped", "whole"])
def test_the_evaluator_of_mutants_and_the_statement_answer_every_example_alike(folder):
    pack = load_checked_pack(folder)
    source = parse_shared_trees(pack)

    in_sql = [(each.got, nought_or_more(each.got_fen)) for each in run_examples(pack)]
    tried = [trial.answer(source.rules) for trial in build_trials(pack, source)]

    assert [(outcome, nought_or_more(fen)) for outcome, fen in tried] == in_sql


AID = "aid"
POOR, EDGE, RICH = {"wages": "9.99"}, {"wages": 10}, {"wages": "10.01"}
ELIGIBLE, INELIGIBLE, UNDETERMINED = "eligible", "ineligible", "undetermined"
BELOW, TURNED = "wages < line", "wages <= line"
WHEN = f"{AID}: criteria.it.when"


@pytest.mark.parametrize(
    "condition, examples, unnoticed",
    [
        (BELOW, [(ELIGIBLE, POOR), (INELIGIBLE, EDGE)], []),
        (BELOW, [(ELIGIBLE, POOR), (INELIGIBLE, RICH)], [(WHEN, BELOW, TURNED)]),
        (
            BELOW,
            [(ELIGIBLE, POOR)],
            [(f"{AID}: criteria.it", BELOW, None), (WHEN, BELOW, TURNED)],
        ),
        (TURNED, [(ELIGIBLE, EDGE), (INELIGIBLE, RICH)], []),
        (TURNED, [(ELIGIBLE, POOR), (INELIGIBLE, RICH)], [(WHEN, TURNED, BELOW)]),
        ("cars > 1", [(ELIGIBLE, {"cars": 2}), (INELIGIBLE, {"cars": 1})], []),
        (
            "cars > 1",
            [(ELIGIBLE, {"cars": 2}), (INELIGIBLE, {"cars": 0})],
            [(WHEN, "cars > 1", "cars >= 1")],
        ),
        ("cars >= 1", [(ELIGIBLE, {"cars": 1}), (INELIGIBLE, {"cars": 0})], []),
        (
            "cars >= 1",
            [(ELIGIBLE, {"cars": 2}), (INELIGIBLE, {"cars": 0})],
            [(WHEN, "cars >= 1", "cars > 1")],
        ),
        (
            "cars = 1",
            [(UNDETERMINED, {})],
            [(WHEN, "cars = 1", "cars <> 1")],
        ),
        ("cars <> 1", [(ELIGIBLE, {"cars": 0}), (INELIGIBLE, {"cars": 1})], []),
        (
            "is_urban and is_safe",
            [(ELIGIBLE, {"is_urban": True, "is_safe": True}), (INELIGIBLE, {"is_urban": False})],
            [(WHEN, "is_safe", None)],
        ),
        (
            "is_urban or is_safe",
            [(ELIGIBLE, {"is_safe": True}), (INELIGIBLE, {"is_urban": False, "is_safe": False})],
            [(WHEN, "is_urban", None)],
        ),
        (
            "any_member(not (is_ill and is_pupil))",
            [(UNDETERMINED, {})],
            [(WHEN, "is_ill", None), (WHEN, "is_pupil", None)],
        ),
    ],
)
def test_what_no_example_notices_is_named_with_its_place(condition, examples, unnoticed):
    assert survivors(pack_with(condition, *examples)) == unnoticed


def test_a_chain_is_taken_apart_piece_by_piece():
    whole = {"is_urban": True, "is_safe": True, "cars": 1}

    pack = pack_with(
        "is_urban and is_safe and cars = 1", (ELIGIBLE, whole), (INELIGIBLE, {"cars": 0})
    )

    assert [before for _place, before, _after in survivors(pack)] == ["is_urban", "is_safe"]


def test_a_trigger_is_a_condition_too():
    pack = pack_with(
        BELOW,
        (ELIGIBLE, {"wages": 0, "cars": 2}),
        (INELIGIBLE, {"wages": 10, "cars": 2}),
        trigger="cars > 1",
    )

    assert survivors(pack) == [
        (f"{AID}: trigger", "cars > 1", None),
        (f"{AID}: trigger", "cars > 1", "cars >= 1"),
    ]


AMOUNTS = [{"value": "line", "when": "cars > 1"}, {"value": "line * 2"}]


@pytest.mark.parametrize(
    "examples, unnoticed",
    [
        (
            [
                (ELIGIBLE, {"cars": 2, "is_urban": True}, 10),
                (ELIGIBLE, {"cars": 1, "is_urban": True}, 20),
            ],
            [],
        ),
        (
            [
                (ELIGIBLE, {"cars": 2, "is_urban": True}, 10),
                (ELIGIBLE, {"cars": 1, "is_urban": True}),
            ],
            [(f"{AID}: amounts.1.when", "cars > 1", "cars >= 1")],
        ),
    ],
)
def test_the_condition_of_an_amount_counts_where_an_example_states_it(examples, unnoticed):
    pack = pack_with("is_urban", *examples, (INELIGIBLE, {"is_urban": False}), amounts=AMOUNTS)

    assert survivors(pack) == unnoticed


def test_a_condition_inside_an_amount_is_tried_too():
    amounts = ["line * count_members(points > 1)"]
    examples = [(ELIGIBLE, {"is_urban": True}), (INELIGIBLE, {"is_urban": False})]

    pack = pack_with("is_urban", *examples, amounts=amounts)

    assert survivors(pack) == [(f"{AID}: amounts.1.value", "points > 1", "points >= 1")]


POORLY = [definition("is_poor", "household", BELOW), definition("unused", "household", BELOW)]


def test_a_definition_is_tried_once_in_its_own_name():
    criteria = {"poor": "is_poor", "urban": "is_urban and is_poor"}
    examples = [
        (ELIGIBLE, {"wages": 0, "is_urban": True}),
        (INELIGIBLE, {"wages": 0, "is_urban": False}),
    ]

    pack = pack_with(criteria, *examples, definitions=POORLY[:1])

    assert survivors(pack) == [
        (f"{AID}: criteria.poor", "is_poor", None),
        (f"{AID}: criteria.urban.when", "is_poor", None),
        ("definitions.toml: is_poor.value", BELOW, TURNED),
    ]


def test_an_example_of_another_programme_that_asks_about_this_one_notices_too():
    first = programme(
        "first", criteria="is_urban", examples=[written(1, ELIGIBLE, {"is_urban": True})]
    )
    then = programme(
        "then",
        criteria="not eligible('first')",
        examples=[
            written(1, ELIGIBLE, {"is_urban": False}),
            written(2, INELIGIBLE, {"is_urban": True}),
        ],
    )

    assert survivors(pack_of([first, then])) == []


def test_an_example_that_is_not_met_tells_nothing_apart(tmp_path):
    good = load_checked_pack(broken(tmp_path))
    (tmp_path / "whole").rename(tmp_path / "good")
    wrong = load_checked_pack(
        broken(tmp_path, (CARE, 'expect = "eligible"', 'expect = "ineligible"'))
    )

    assert (f"{CARE}: criteria.ill", "is_ill", None) in survivors(good)
    assert len(survivors(wrong)) == len(survivors(good))


def test_the_halves_of_asking_whether_a_fact_is_stated_are_no_conditions():
    stated = pack_with(
        "is_urban",
        (ELIGIBLE, {"is_urban": True}),
        (INELIGIBLE, {"is_urban": False}),
        trigger="is_urban or not is_urban",
    )
    either = pack_with(
        "is_urban",
        (ELIGIBLE, {"is_urban": True}),
        (INELIGIBLE, {"is_urban": False}),
        trigger="is_urban or is_safe",
    )

    halves = [before for place, before, _after in survivors(stated) if "trigger" in place]
    parts = [before for place, before, _after in survivors(either) if "trigger" in place]

    assert "not is_urban" not in halves
    assert "is_safe" in parts


@pytest.mark.slow
def test_no_change_of_the_shipped_pack_goes_unnoticed():
    pack = load_checked_pack(find_shipped_pack())

    report = find_survivors(pack, run_examples(pack), no_progress)

    assert report.survivors == ()
    assert report.tried > 250
