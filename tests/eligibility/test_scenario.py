"""Adding to what is known: `+1000` is on top of the present value, never on top of nothing."""

import pytest

from relieftool.eligibility.scenario import (
    HouseholdCopy,
    SupposedFact,
    Suppositions,
    apply_suppositions,
)
from relieftool.errors import ReliefError
from tests.support.tiny_packs import DAY, FACTS, definition, fact, home, pack_of, person, programme

MEANS = definition("means", "household", "first_known(wages, harvest / 12, sum_members(income))")
PRESUMED = fact("exempt", "household", "money", "month", presume=0)
PACK = pack_of([programme("aid", criteria="means < line")], [MEANS], facts=(*FACTS, PRESUMED))


def after(household, name, fen, place=None):
    """Return the value of a fact after fen were added to it."""
    unknown = dict.fromkeys(PACK.facts)
    members = [
        {**unknown, **known, "member_no": "H1-1", "place": 1} for known in household["members"]
    ]
    copy = HouseholdCopy({**unknown, **household}, "花园", members, [], [])
    setting = SupposedFact(name, fen, place, is_added=True)
    copy = apply_suppositions(PACK, copy, Suppositions((setting,)), DAY)
    return (copy.household if place is None else copy.members[place - 1])[name]


def test_a_known_value_is_raised_a_presumed_one_too():
    assert after(home([person()], wages=500), "wages", 100) == 600
    assert after(home([person(income=0)]), "income", 100, place=1) == 100
    assert after(home([person()]), "exempt", 100) == 100


@pytest.mark.parametrize(
    "household, told",
    [
        (home([person()], harvest=1200), r"Known instead: .* \(harvest\)"),
        (home([person(income=5)]), r"Known instead: .* \(income\)"),
        (home([person()]), "Write the whole value: wages=VALUE"),
        (home([person()], rent=5), "Write the whole value: wages=VALUE"),
    ],
    ids=["yearly", "members", "nothing", "another"],
)
def test_nothing_is_added_to_an_unknown_value(household, told):
    with pytest.raises(ReliefError, match="is unknown for this household") as raised:
        after(household, "wages", 100)

    assert raised.match(told)
