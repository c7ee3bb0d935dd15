"""The best set of claims is the best of all sets, however many claims touch."""

import math
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from relieftool.eligibility.claim_values import ClaimSets, Worth, choose_claims
from relieftool.eligibility.evaluation import evaluate_register
from relieftool.eligibility.household_findings import find_household_findings
from relieftool.rules.sql import ColumnKind, format_column_name
from tests.support.tiny_gaps import no
from tests.support.tiny_packs import (
    DAY,
    PARAMETERS,
    home,
    pack_of,
    parameter,
    person,
    programme,
    register_of,
)


def subsets(places):
    """Return all sets of some places, small ones first."""
    counts = range(len(places) + 1)
    return list(chain.from_iterable(combinations(sorted(places), count) for count in counts))


@st.composite
def worths(draw, count=5):
    """Return worths about five claims: which claims each reads, and its amount for each set."""
    read = draw(st.lists(st.frozensets(st.integers(0, count - 1), max_size=3), max_size=5))
    amount = st.integers(-5, 5)
    tables = [{frozenset(some): draw(amount) for some in subsets(places)} for places in read]
    return [Worth(places, table.__getitem__) for places, table in zip(read, tables, strict=True)]


@settings(deadline=None)
@given(worths())
def test_the_best_set_is_the_first_smallest_of_those_that_bring_most(drawn):
    def total(some):
        return sum(worth.find(worth.places & frozenset(some)) for worth in drawn)

    best = min(subsets(range(5)), key=lambda some: (-total(some), len(some), some))

    assert choose_claims(drawn) == (total(best), best)


MONEY = (
    *PARAMETERS,
    parameter("large", "yuan", 12, "month"),
    parameter("middle", "yuan", 8, "month"),
)
# dibao falls with each tekun, allowance is barred by tekun and lowered by dibao
PACK = pack_of(
    [
        programme("tekun", "member", "is_ill", amounts=["large"]),
        programme(
            "dibao", amounts=["line * count_members(not receives('tekun'))"], excludes=["edge"]
        ),
        programme("edge", "household", "is_urban", amounts=["large"]),
        programme(
            "allowance",
            "member",
            "is_pupil",
            amounts=["middle - only_if(receives('dibao'), line / 2)"],
            excludes=["tekun"],
        ),
    ],
    parameters=MONEY,
)
TRUTHS = st.sampled_from([True, None])
PEOPLE = st.lists(st.fixed_dictionaries({"is_ill": TRUTHS, "is_pupil": TRUTHS}), max_size=3)


def bring(evaluator, claims, places):
    """Return the most that claims bring a year if all of them are granted at once."""
    cells = [(places[claim.member_no], f"receives__{claim.programme}") for claim in claims]
    supposed = evaluator.suppose(dict.fromkeys(cells, 1))
    total = 0
    for claim in claims:
        row = None if claim.member_no is None else supposed.members[places[claim.member_no]]
        barred, eligible = (
            supposed.column(format_column_name(kind, claim.programme), row)
            for kind in (ColumnKind.BARRED, ColumnKind.ELIGIBLE)
        )
        due = supposed.amount(evaluator.statement.rules[claim.programme], row)
        high = 0 if due.high == math.inf else due.high
        total += 12 * round(high) * (not barred and eligible is not False)
    return total


@settings(deadline=None, max_examples=30)
@given(people=PEOPLE, is_urban=TRUTHS)
def test_the_most_that_claims_bring_is_that_of_the_best_of_all_sets(people, is_urban):
    nothing = [no("tekun"), no("allowance")]
    members = [person(nothing, **facts) for facts in people]
    with register_of(PACK, home(members, [no("dibao"), no("edge")], is_urban=is_urban)) as db:
        evaluation = evaluate_register(db, PACK, DAY)
    (household,) = evaluation.households
    found = find_household_findings(evaluation, household)
    claims = [each for each in found if each.status in ("unclaimed", "undetermined")]
    places = {None: -1} | {each.member_no: place for place, each in enumerate(household.members)}

    evaluator = household.evaluator(evaluation.statement)
    most = ClaimSets(evaluator, household, found).find_most()

    assert most == max(bring(evaluator, some, places) for some in subsets_of(claims))


def subsets_of(claims):
    """Return all sets of some claims."""
    return [[claims[place] for place in some] for some in subsets(range(len(claims)))]
