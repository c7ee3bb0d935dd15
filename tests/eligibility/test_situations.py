"""What is found of one household serves those in the same situation, and no others."""

from dataclasses import asdict, replace
from random import Random

import pytest

from relieftool.eligibility import household_results
from relieftool.eligibility.findings import QuestionValue, replace_fields
from relieftool.eligibility.household_results import HouseholdEvaluator
from relieftool.eligibility.situations import SituationMemo, share_situations
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.statement import compile_statement, load_checked_pack
from tests.support.random_registers import Drawn
from tests.support.tiny_packs import DAY

# What changes between households that are else alike: dates around lines of age, and amounts.
CHANGED = {
    "birth_date": ["2008-12-31", "2008-12-30", "1964-12-31", "1944-12-31", None],
    "stated_age": [None, 15, 16, 80],
    "homes": [0, 1, 2, None],
    "deposits": [0, 1, 10**9, None],
    "income": [None, 30000, 93500],
    "lives_together": [1, 1, None],
}


@pytest.fixture(scope="module")
def street():
    """Return a register of drawn households, each with others that differ in a fact or two."""
    pack, random = load_checked_pack(find_shipped_pack()), Random(7)  # noqa: S311 no secret
    drawn = Drawn(pack, DAY, compile_statement(pack, DAY, {}), random)
    with open_throwaway_register(pack) as register:
        register.table("communities").insert({"community_id": 1, "name": "花园"})
        drawn.add_rosters(register, 1)
        for number in range(16):
            drawn.random = Random(number // 8)  # noqa: S311 the same household eight times
            drawn.add_household(register, 1, f"H{number}")
            for fact, values in CHANGED.items():
                table = pack.facts[fact].owner
                if random.random() < 0.4:
                    register.execute(
                        f"UPDATE {table}s SET {fact} = ? WHERE household_no = ?",
                        [random.choice(values), f"H{number}"],
                    )
        yield register, pack


def evaluate(street):
    """Return what is found of each household, with what to ask; nothing is kept before."""
    register, pack = street
    share_situations.cache_clear()
    numbers = [number for (number,) in register.execute("SELECT household_no FROM households")]
    found = {}
    for result in HouseholdEvaluator(register, pack, DAY).evaluate(numbers):
        asked = [asdict(each.find_questions()) for each in result.findings]
        plain = [replace_fields(each, find_questions=QuestionValue) for each in result.findings]
        found[result.household_no] = replace(result, findings=plain), asked
    return found


def test_a_household_is_found_the_same_alone_and_after_others_like_it(street, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(SituationMemo, "keep", lambda *_kept: None)
        alone = evaluate(street)
    computed, real = [], household_results.find_household_findings
    monkeypatch.setattr(
        household_results,
        "find_household_findings",
        lambda *of, **how: computed.append(of) or real(*of, **how),
    )

    found = evaluate(street)

    assert found == alone
    assert len(computed) < len(alone)
