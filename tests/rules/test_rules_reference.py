"""The compiled SQL and the plain reference agree, on any register and on any expression."""

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relieftool.eligibility.evaluation import evaluate_register
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules import syntax
from relieftool.rules.programme_rules import parse_programmes
from relieftool.rules.statement import compile_statement, load_checked_pack
from relieftool.rules.syntax import walk
from tests.support.agreement import FULL, assert_agreement, only_open_conditions, stored
from tests.support.drawn_households import households as households_of
from tests.support.reference_pack import (
    CONDITIONS,
    HOUSEHOLD,
    MODES,
    PACK,
    PACK_DEFINITIONS,
    PACK_FACTS,
    PACK_PARAMETERS,
    PROGRAMMES,
)
from tests.support.tiny_packs import (
    DAY,
    pack_of,
    programme,
    register_of,
)


@pytest.mark.slow
def test_sql_and_reference_agree_on_2000_random_households():
    seen = Counter()

    @settings(FULL, max_examples=100)
    @given(st.lists(HOUSEHOLD, min_size=20, max_size=24))
    def agree(households):
        seen["households"] += len(households)
        assert_agreement(PACK, households)

    agree()

    assert seen["households"] >= 2000


@pytest.mark.slow
def test_sql_and_reference_agree_on_the_shipped_pack_and_its_own_facts():
    pack = load_checked_pack(find_shipped_pack())
    drawn = households_of(pack, DAY, compile_statement(pack, DAY, {}))
    seen = Counter()

    @settings(FULL, max_examples=30)
    @given(st.lists(drawn, min_size=10, max_size=12))
    def agree(households):
        seen["households"] += len(households)
        assert_agreement(pack, households)

    agree()

    assert seen["households"] >= 300


@settings(FULL, max_examples=10)
@given(st.lists(HOUSEHOLD, min_size=4, max_size=6))
def test_some_households_alone_have_the_rows_that_they_have_among_all(households):
    asked = {"H2", "H4", "H9"}

    with register_of(PACK, *map(stored, households)) as register:
        everybody = evaluate_register(register, PACK, DAY).households
        some = evaluate_register(register, PACK, DAY, asked).households
        nobody = evaluate_register(register, PACK, DAY, ()).households

    assert some == tuple(each for each in everybody if each.household_no in asked)
    assert nobody == ()


def trees_compared():
    """Return every tree that the random registers are asked about."""
    return [tree for rules in parse_programmes(PACK).values() for tree in rules.nodes]


def test_every_form_that_can_be_written_is_compared():
    made_by_the_planner = {syntax.Node, syntax.IsCertain, syntax.ColumnRef, syntax.PaidAmount}
    made_by_the_planner |= {syntax.RangeEnd, syntax.IsInDoubt}
    forms = {
        form
        for form in vars(syntax).values()
        if isinstance(form, type) and issubclass(form, syntax.Node)
    }

    compared = {type(node) for tree in trees_compared() for node in walk(tree)}

    assert compared == forms - made_by_the_planner


def test_every_operator_and_question_is_compared():
    nodes = [node for tree in trees_compared() for node in walk(tree)]

    compared = {node.operator for node in nodes if isinstance(node, syntax.Compare)}
    calculated = {node.operator for node in nodes if isinstance(node, syntax.Arithmetic)}
    asked = {node.question for node in nodes if isinstance(node, syntax.OverMembers)}

    assert compared == {"=", "<>", "<", "<=", ">", ">="}
    assert calculated == {"+", "-", "*", "/"}
    assert asked == set(get_args(syntax.OverMembers.__annotations__["question"]))


def test_a_setting_and_a_trigger_on_values_of_the_law_alone_are_compared():
    rules = parse_programmes(PACK)

    alone = [rules[name].trigger for name in MODES]

    assert not any(map(syntax.is_about_unit, alone))


@settings(FULL, max_examples=120)
@given(CONDITIONS, st.lists(HOUSEHOLD, min_size=4, max_size=6))
def test_sql_and_reference_agree_on_random_expressions(condition, households):
    asked = programme(
        "asked", criteria={"always": "size >= 0", "it": f"({condition}) and cars >= 0"}
    )

    with only_open_conditions():
        pack = pack_of([*PROGRAMMES, asked], PACK_DEFINITIONS, PACK_FACTS, PACK_PARAMETERS)
    assert_agreement(pack, households)
