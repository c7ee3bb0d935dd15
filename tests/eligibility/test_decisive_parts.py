"""Only what decided is named: the branch used, the criterion that fails, the chain of claims."""

import pytest

from tests.support.tiny_gaps import findings_of, gaps_of, no, paid
from tests.support.tiny_packs import (
    FACTS,
    PARAMETERS,
    fact,
    home,
    pack_of,
    parameter,
    person,
    programme,
    receipt,
)

GUESSED = (
    *PARAMETERS,
    *(
        parameter(name, "yuan", yuan, "month", confidence="assumed")
        for name, yuan in {"low": 2, "middle": 4, "high": 8}.items()
    ),
)
PRESUMING = (
    *FACTS,
    fact("savings", "household", "money", "month", presume=0),
    fact("is_new", "household", "yes_no", presume=False),
)


def aid(criteria="is_urban", household=None, **keys):
    """Return the finding of one programme for a household that does not receive it."""
    pack = pack_of([programme("aid", criteria=criteria, **keys)], (), PRESUMING, GUESSED)
    return findings_of(pack, {**(household or home(is_urban=1)), "receipts": [no("aid")]})["aid"]


@pytest.mark.parametrize(
    "standing, assumed",
    [("none", ("low",)), ("one", ("middle",)), ("two", ("high",)), (None, ())],
)
def test_of_several_amounts_only_the_one_that_is_due_is_named(standing, assumed):
    amounts = [
        {"when": "standing = 'none'", "value": "low"},
        {"when": "standing = 'one'", "value": "middle"},
        {"value": "high"},
    ]

    found = aid(household=home(is_urban=1, standing=standing), amounts=amounts)

    assert (found.status, found.assumed) == ("unclaimed", assumed)


@pytest.mark.parametrize(
    "condition, facts, assumed",
    [
        ("wages < low or rent < high", {"wages": 100, "rent": 900}, ("low",)),
        ("wages < low or rent < high", {"wages": 300, "rent": 700}, ("high",)),
        ("wages < low or is_urban", {"wages": 100, "is_urban": 1}, ()),
        ("wages < low or is_urban", {"wages": 300, "is_urban": None}, ("low",)),
        ("wages < low and rent < high", {"wages": 100, "rent": 700}, ("high", "low")),
        ("not (wages >= low and rent >= high)", {"wages": 100, "rent": 900}, ("low",)),
        ("first_known(wages, rent + high) < line", {"wages": 100}, ()),
        ("first_known(wages, rent + high) < line", {"rent": 100}, ("high",)),
        ("only_if(is_urban, low) < line and is_safe", {"is_urban": 0, "is_safe": 1}, ()),
        ("only_if(is_urban, low) < line and is_safe", {"is_urban": 1, "is_safe": 1}, ("low",)),
    ],
)
def test_of_a_condition_only_the_parts_that_decided_are_named(condition, facts, assumed):
    assert aid(condition, home(**facts)).assumed == assumed


@pytest.mark.parametrize(
    "condition, facts, presumed",
    [
        ("savings = 0 or is_urban", {"is_urban": 1}, ()),
        ("savings = 0 or is_urban", {"is_urban": 0}, ("savings",)),
        ("savings = 0 or is_urban", {"is_urban": 0, "savings": 0}, ()),
        ("savings = 0 and not is_new", {}, ("is_new", "savings")),
        ("savings = 0 and not is_new", {"is_new": 0}, ("savings",)),
    ],
)
def test_a_presumption_is_named_only_where_it_mattered(condition, facts, presumed):
    assert aid(condition, home(**facts)).presumed == presumed


def test_one_ill_member_decides_whatever_is_presumed_of_the_others():
    facts = (*FACTS, fact("is_local", "member", "yes_no", presume=True))
    pack = pack_of([programme("aid", criteria="any_member(is_ill and is_local)")], facts=facts)
    known, unknown = person(is_ill=1, is_local=1), person(is_ill=1)

    named = [
        findings_of(pack, home(members, [no("aid")]))["aid"].presumed
        for members in ([unknown, known], [unknown, unknown])
    ]

    assert named == [(), ("is_local",)]


def test_a_receipt_to_review_names_the_criterion_that_is_false_and_rests_on_it_alone():
    criteria = {"poor": "wages < low", "small": "rent < high", "urban": "is_urban"}
    pack = pack_of([programme("aid", criteria=criteria, amounts=["middle"])], (), FACTS, GUESSED)

    found = findings_of(pack, home(receipts=[receipt("aid")], wages=100, rent=900))["aid"]

    assert (found.status, found.amount_fen) == ("review", None)
    assert found.criteria == (("poor", True), ("small", False), ("urban", None))
    assert found.assumed == ("high",)


def test_what_is_unlocked_rests_on_what_the_claims_before_rest_on():
    pack = pack_of(
        [
            programme("edge", criteria="wages < low"),
            programme("single", "member", "is_pupil and receives('edge')"),
            programme("living", "member", "is_ill and receives('single')"),
        ],
        (),
        FACTS,
        GUESSED,
    )
    member = person([no("single"), no("living")], is_ill=1, is_pupil=1)

    found = findings_of(pack, home([member], [no("edge")], wages=100))

    assert {name: (finding.unlocked_by, finding.assumed) for name, finding in found.items()} == {
        "edge": ((), ("low",)),
        "single": (("edge",), ("low",)),
        "living": (("edge", "single"), ("low",)),
    }


def test_of_two_claims_that_would_each_do_the_one_with_least_before_it_is_named():
    pack = pack_of(
        [
            programme("edge", criteria="is_urban"),
            programme("single", "member", "receives('edge')"),
            programme("pupil", "member", "is_pupil and (receives('single') or receives('edge'))"),
        ]
    )
    member = person([no("single"), no("pupil")], is_pupil=1)

    found = findings_of(pack, home([member], [no("edge")], is_urban=1))

    assert (found["pupil"].status, found["pupil"].unlocked_by) == ("unlocked", ("edge",))


@pytest.mark.parametrize(
    "cars, is_urban, status",
    [
        (None, 1, "receiving"),
        (None, None, "receiving"),
        (None, 0, "review"),
        (0, 1, "review"),
        (2, 1, "receiving"),
        (2, 0, "review"),
    ],
)
def test_an_event_that_is_not_recorded_refutes_no_receipt(cars, is_urban, status):
    pack = pack_of([programme("aid", criteria="is_urban", trigger="cars > 1")])

    found = findings_of(pack, home(receipts=[receipt("aid")], cars=cars, is_urban=is_urban))

    assert found["aid"].status == status


@pytest.mark.parametrize(
    "is_urban, other, amount, status",
    [
        (0, "yes", 499, "conflict"),
        (1, "yes", 499, "conflict"),
        (0, "no", 499, "review"),
        (1, "no", 499, "underpaid"),
        (1, "no", 800, "receiving"),
    ],
)
def test_conflict_goes_before_review_and_review_before_underpaid(is_urban, other, amount, status):
    pack = pack_of(
        [
            programme("aid", criteria="is_urban", amounts=["high"], excludes=["other"]),
            programme("other"),
        ],
        (),
        FACTS,
        GUESSED,
    )
    said = receipt("other", other, "sheet" if other == "no" else "roster")

    found = findings_of(pack, home(receipts=[paid("aid", amount), said], is_urban=is_urban))

    assert found["aid"].status == status


@pytest.mark.parametrize(
    "stated_size, status, missing", [(None, "undetermined", ("members",)), (0, "ineligible", ())]
)
def test_a_household_without_listed_members_is_asked_who_lives_there(stated_size, status, missing):
    pack = pack_of([programme("aid", criteria="wages < line * size")])

    (found,) = gaps_of(pack, home([], [no("aid")], wages=0, stated_size=stated_size)).findings

    assert (found.status, found.missing) == (status, missing)
