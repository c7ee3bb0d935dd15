"""What is computed of a few households is what the statement finds, column by column."""

import pytest

from relieftool.eligibility.evaluation import compile_for_register, evaluate_register
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.evaluator import complete_rows
from relieftool.rules.statement import compile_statement, load_checked_pack
from tests.support.random_registers import fill_with_random_registers
from tests.support.reference_pack import PACK
from tests.support.tiny_packs import DAY

PACKS = {"shipped": load_checked_pack(find_shipped_pack()), "of the reference": PACK}


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_a_column_that_is_computed_when_read_has_what_the_statement_finds(pack):
    with open_throwaway_register(pack) as register:
        fill_with_random_registers(register, pack, DAY, compile_statement(pack, DAY, {}), 30)
        statement = compile_for_register(register, pack, DAY)
        found = evaluate_register(register, pack, DAY).households
    stored = statement.list_stored()
    # the statement keeps these as numerators, which nothing but its own later columns reads
    numerators = {
        column.name
        for question, column in statement.plan.questions.items()
        if question.type.sort != "truth"
    }

    differences, compared = [], 0
    for household in found:
        given = (household, *household.members)
        bare = [{name: each.row[name] for name in stored["household"]} for each in given[:1]]
        bare += [{name: each.row[name] for name in stored["member"]} for each in given[1:]]
        home, members = complete_rows(statement, bare[0], bare[1:])
        for each, completed in zip(given, (home, *members), strict=True):
            compared += len(each.row)
            differences += [
                (household.household_no, name, value, completed[name])
                for name, value in each.row.items()
                if name not in numerators and completed[name] != value
            ]

    assert compared > 5_000
    assert differences == []


def test_a_column_that_no_rule_plans_is_not_made_up():
    statement = compile_statement(PACK, DAY, {})

    home, _members = complete_rows(
        statement, dict.fromkeys(statement.list_stored()["household"]), []
    )

    with pytest.raises(KeyError, match="eligible__nothing"):
        home["eligible__nothing"]
