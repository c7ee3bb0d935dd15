"""An answer begins with the parameters that it needs and that have no value, and no others."""

import pytest

from relieftool.eligibility.rule_warnings import list_missing_parameters
from relieftool.rules.statement import compile_statement
from tests.support.tiny_packs import DAY, PARAMETERS, pack_of, parameter, programme, setting

BARE = "bare"
LAPSED = parameter(BARE, "yuan", 10, "month", until=DAY)  # without a value on the day


def missing(**keys):
    """Return the parameters without a value on the day, in a pack whose top-up is exact."""
    parameters = [*PARAMETERS, LAPSED, setting("mode", "exact")]
    pack = pack_of([programme("aid", **keys)], parameters=parameters)
    return list_missing_parameters(compile_statement(pack, DAY, {}))


@pytest.mark.parametrize(
    "condition, lacking",
    [
        ("wages < bare", (BARE,)),
        ("mode = 'exact' and wages < bare", (BARE,)),
        ("mode = 'grades' and wages < bare", ()),
        ("is_urban and (mode = 'grades' and wages < bare)", ()),
        ("mode = 'exact' or wages < bare", ()),
        ("mode = 'grades' or wages < bare", (BARE,)),
        ("wages < only_if(mode = 'grades', bare * size)", ()),
        ("wages < only_if(mode = 'exact', bare * size)", (BARE,)),
        ("wages > 0", ()),
    ],
)
def test_what_a_setting_rules_out_for_everybody_is_not_asked_for(condition, lacking):
    assert missing(criteria=condition) == lacking


@pytest.mark.parametrize(
    "when, lacking", [("mode = 'exact'", (BARE,)), ("mode = 'grades' and is_urban", ())]
)
def test_an_amount_that_is_never_granted_needs_no_value(when, lacking):
    amounts = [{"when": when, "value": "bare"}]

    assert missing(criteria="is_urban", amounts=amounts) == lacking
