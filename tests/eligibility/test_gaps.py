"""Who is owed a benefit and does not get it: statuses, amounts, and what each finding rests on."""

from datetime import date

import pytest

from relieftool.eligibility.gaps import find_gaps
from tests.support.tiny_gaps import MONEY, findings_of, gaps_of, no, paid
from tests.support.tiny_packs import (
    DAY,
    FACTS,
    PARAMETERS,
    fact,
    home,
    pack_of,
    parameter,
    person,
    programme,
    receipt,
    register_of,
)

T, F, U = True, False, None


def statuses_of(pack, *homes, **keys):
    found = gaps_of(pack, *homes, **keys).findings
    return {
        (finding.member_no or finding.household_no, finding.programme): finding.status
        for finding in found
    }


@pytest.mark.parametrize(
    "is_urban, receipts, expected",
    [
        (1, [no("aid")], "unclaimed"),
        (1, [], "undetermined"),
        (1, [receipt("aid")], "receiving"),
        (1, [paid("aid", 400)], "underpaid"),
        (1, [paid("aid", 500)], "receiving"),
        (1, [paid("aid", 499, "year")], "receiving"),
        (None, [no("aid")], "undetermined"),
        (None, [], "undetermined"),
        (None, [paid("aid", 499)], "receiving"),
        (0, [no("aid")], "ineligible"),
        (0, [], "ineligible"),
        (0, [paid("aid", 499)], "review"),
    ],
)
def test_each_cell_of_the_table_comes_out_of_a_register(is_urban, receipts, expected):
    aid = programme("aid", criteria="is_urban", amounts=["large"])
    pack = pack_of([aid], parameters=MONEY)

    found = statuses_of(pack, home(receipts=receipts, is_urban=is_urban))

    assert found == {("H1", "aid"): expected}


@pytest.mark.parametrize(
    "is_urban, receipts, why",
    [
        (1, [paid("aid", 500)], None),
        (1, [receipt("aid")], "paid-unknown"),
        (1, [paid("aid", 499, "year")], "paid-unknown"),
        (None, [paid("aid", 500)], None),
        (None, [paid("aid", 499)], "due-unknown"),
        (None, [receipt("aid")], "paid-unknown"),
        (1, [paid("aid", 499)], None),
        (0, [paid("aid", 499)], None),
    ],
)
def test_what_is_received_and_cannot_be_compared_says_why(is_urban, receipts, why):
    aid = programme("aid", criteria="is_urban", amounts=["large"])
    pack = pack_of([aid], parameters=MONEY)

    (found,) = gaps_of(pack, home(receipts=receipts, is_urban=is_urban)).findings

    assert found.uncompared == why
    assert why is None or found.status == "receiving"


def test_where_no_standard_is_in_force_what_is_due_is_unknown_and_so_is_whether_it_is_enough():
    past = {"from": date(2023, 1, 1), "until": date(2024, 1, 1)}
    over = parameter("large", "yuan", 5, "month", **past)
    aid = programme("aid", criteria="is_urban", amounts=["large"])
    pack = pack_of([aid], parameters=(*PARAMETERS, over))

    (found,) = gaps_of(pack, home(receipts=[paid("aid", 499)], is_urban=1)).findings

    assert (found.status, found.amount_fen, found.uncompared) == ("receiving", None, "due-unknown")


def test_a_programme_not_in_force_is_not_listed():
    later = programme("later", in_force_from=DAY.replace(day=11))

    assert statuses_of(pack_of([programme("aid"), later]), home()) == {
        ("H1", "aid"): "undetermined"
    }


def test_only_what_calls_for_something_is_listed_unless_asked_otherwise():
    pack = pack_of([programme("aid", criteria="is_urban")])
    homes = [home(is_urban=0), home(receipts=[receipt("aid")], is_urban=1), home(is_urban=None)]

    with register_of(pack, *homes) as db:
        found = find_gaps(db, pack, DAY).findings

    assert [(finding.household_no, finding.status) for finding in found] == [("H3", "undetermined")]


@pytest.mark.parametrize("cars, due", [(1, 300), (0, 500), (None, None)])
def test_an_amount_behind_an_unknown_condition_is_unknown_and_never_a_later_one(cars, due):
    amounts = [{"when": "cars > 0", "value": "small"}, {"value": "large"}]
    pack = pack_of([programme("aid", amounts=amounts)], parameters=MONEY)

    found = findings_of(pack, home(receipts=[no("aid")], cars=cars))

    assert (found["aid"].status, found["aid"].amount_fen) == ("unclaimed", due)


@pytest.mark.parametrize(
    "rosters, expected",
    [([], ("underpaid", 200)), ([{"programme": "aid"}], ("unclaimed", None))],
    ids=["no roster", "a complete roster without it"],
)
def test_what_is_said_to_be_paid_counts_only_where_it_is_received(rosters, expected):
    pack = pack_of([programme("aid", amounts=["large"])], parameters=MONEY)
    said = paid("aid", 200, origin="sheet")

    found = findings_of(pack, home(receipts=[said]), rosters=rosters)

    assert (found["aid"].status, found["aid"].paid_fen) == expected


EXCLUSIVE = pack_of(
    [
        programme("tekun", "member"),
        programme("dibao", excludes=["tekun"]),
        programme("edge", excludes=["dibao", "tekun"]),
    ]
)


@pytest.mark.parametrize(
    "received, second, expected",
    [
        (["edge", "dibao"], "no", ("conflict", "conflict", "receiving")),
        (["dibao"], "no", ("receiving", "ineligible", "receiving")),
        (["edge", "dibao"], "yes", ("conflict", "conflict", "conflict")),
        (["dibao"], "yes", ("conflict", "ineligible", "conflict")),
        ([], "yes", ("ineligible", "ineligible", "receiving")),
    ],
)
def test_a_conflict_marks_exactly_those_that_exclude_each_other(received, second, expected):
    said = [receipt(name) for name in received]
    members = [
        person([receipt("tekun")]),
        person([receipt("tekun", second, "sheet")]),
    ]

    found = statuses_of(EXCLUSIVE, home(members, said))

    places = [("H1", "dibao"), ("H1", "edge"), ("H1-1", "tekun")]
    assert tuple(found[place] for place in places) == expected


def test_a_claim_that_opens_another_is_named_step_by_step():
    pack = pack_of(
        [
            programme("disability-living", "member", {"on": "is_ill and receives('dibao-single')"}),
            programme("dibao-single", "member", {"on": "is_pupil and receives('edge')"}),
            programme("edge", criteria="is_urban"),
        ]
    )
    member = person([no("disability-living"), no("dibao-single")], is_ill=1, is_pupil=1)

    found = findings_of(pack, home([member], [no("edge")], is_urban=1))

    assert {name: (finding.status, finding.unlocked_by) for name, finding in found.items()} == {
        "edge": ("unclaimed", ()),
        "dibao-single": ("unlocked", ("edge",)),
        "disability-living": ("unlocked", ("edge", "dibao-single")),
    }


@pytest.mark.parametrize(
    "criteria, expected",
    [
        ({"it": "receives('first') and not receives('other')"}, ("first",)),
        ({"met": "is_urban or receives('other')", "it": "receives('first')"}, ("first",)),
        ({"it": "receives('first') or receives('none')"}, ("first",)),
        ({"it": "receives('first')", "and": "receives('other')"}, ("first", "other")),
        ({"it": "not (not receives('first') or receives('other'))"}, ("first",)),
        ({"it": "any_member(receives('care'))"}, ("care",)),
    ],
)
def test_an_unlocked_finding_names_only_what_opens_it(criteria, expected):
    names = ("first", "other", "none", "second")
    pack = pack_of(
        [
            programme("care", "member"),
            programme("first", criteria="is_urban"),
            programme("other", criteria="is_urban"),
            programme("none", criteria="cars > 9"),
            programme("second", criteria=criteria),
        ]
    )
    household = home([person([no("care")])], [no(name) for name in names], is_urban=1, cars=0)

    second = findings_of(pack, household)["second"]

    assert (second.status, second.unlocked_by) == ("unlocked", expected)


@pytest.mark.parametrize("back", [[], ["one"]], ids=["said once", "said of both"])
@pytest.mark.parametrize(
    "is_urban, expected",
    [
        (1, [("unclaimed", ("other",)), ("ineligible", ("one",))]),
        (None, [("unclaimed", ("other",)), ("undetermined", ("one",))]),
        (0, [("unclaimed", ()), ("ineligible", ())]),
    ],
)
def test_what_could_be_had_instead_or_might_be_is_named_once(is_urban, expected, back):
    pack = pack_of(
        [
            programme("one", amounts=["large"], excludes=["other"]),
            programme("other", criteria="is_urban", amounts=["small"], excludes=back),
        ],
        parameters=MONEY,
    )

    found = findings_of(pack, home(receipts=[no("one"), no("other")], is_urban=is_urban))

    assert [(found[name].status, found[name].alternative_to) for name in ("one", "other")] == (
        expected
    )


def test_a_finding_lists_what_is_missing_assumed_and_presumed():
    facts = (*FACTS, fact("securities", "household", "integer", presume=0))
    guessed = parameter("guessed", "yuan", 9, "month", confidence="assumed")
    aid = programme(
        "aid", criteria={"a": "wages < guessed", "b": "securities = 0", "c": "rent < line"}
    )
    pack = pack_of([aid], facts=facts, parameters=(*PARAMETERS, guessed))

    found = findings_of(pack, home(wages=1))["aid"]

    assert (found.status, found.missing) == ("undetermined", ("rent",))
    assert (found.assumed, found.presumed) == (("guessed",), ("securities",))
    assert found.criteria == (("a", T), ("b", T), ("c", U))


def test_what_is_decided_asks_for_nothing():
    pack = pack_of([programme("aid", criteria="is_urban or cars > 0")])

    found = findings_of(pack, home(receipts=[no("aid")], is_urban=1))["aid"]

    assert (found.status, found.missing) == ("unclaimed", ())


def test_what_is_to_be_reviewed_asks_for_no_fact():
    pack = pack_of([programme("aid", criteria={"a": "is_urban", "b": "cars > 0"})])

    found = findings_of(pack, home(receipts=[receipt("aid")], is_urban=0))["aid"]

    assert (found.status, found.missing) == ("review", ())


def test_what_one_member_could_have_instead_is_not_said_of_another():
    pack = pack_of(
        [
            programme("one", "member", excludes=["other"]),
            programme("other", "member", "is_ill"),
        ]
    )
    members = [person([no("one"), no("other")], is_ill=ill) for ill in (None, 0)]

    found = gaps_of(pack, home(members)).findings

    assert [finding.alternative_to for finding in found if finding.programme == "one"] == [
        ("other",),
        (),
    ]


NOVEMBER = {"covers_from": "2024-11-01", "covers_until": "2024-11-30"}


@pytest.mark.parametrize(
    "dated_on, dates, undated",
    [
        (None, {}, ("facts", "receipt")),
        (None, NOVEMBER, ("facts",)),
        ("2024-12-01", {}, ("receipt",)),
        ("2024-12-01", NOVEMBER, ()),
    ],
)
def test_what_carries_no_date_is_marked(dated_on, dates, undated):
    pack = pack_of([programme("aid", criteria="is_urban")])
    household = home(receipts=[receipt("aid", **dates)], is_urban=0, dated_on=dated_on)

    found = findings_of(pack, household)["aid"]

    assert (found.status, found.undated) == ("review", undated)
