"""Eligibility x receipt gives the status: the table of the design, cell by cell."""

import pytest

from relieftool.eligibility.evaluation import find_amount_due
from relieftool.eligibility.household_findings import decide_status
from tests.support.tiny_packs import evaluated, home, pack_of, person, programme

STANDING, EVENT = programme("aid"), programme("aid", is_event=True)


def status(received, eligible, *, of=STANDING, due=None, has_conflict=False, **more):
    """Return the status of a row; barred, lesser and unlocked are false unless given."""
    row = {"barred": 0, "gives_way": 0, "unlocked": 0, "paid": None, "paid_to_gone": 0, **more}
    row |= {"receives": received, "eligible": eligible}
    columns = {
        kind if kind.startswith("criterion__") else f"{kind}__aid": value
        for kind, value in row.items()
    }
    return decide_status(of, columns, due, has_conflict=has_conflict)


@pytest.mark.parametrize(
    "eligible, not_received, unknown, received",
    [
        (1, "unclaimed", "undetermined", "receiving"),
        (None, "undetermined", "undetermined", "receiving"),
        (0, "ineligible", "ineligible", "review"),
    ],
)
def test_each_cell_of_eligibility_and_receipt_has_its_status(
    eligible, not_received, unknown, received
):
    found = [status(receipt, eligible) for receipt in (0, None, 1)]

    assert found == [not_received, unknown, received]


@pytest.mark.parametrize(
    "trigger, criterion, expected",
    [
        (None, None, "receiving"),
        (None, 1, "receiving"),
        (None, 0, "review"),
        (0, None, "review"),
        (1, 0, "review"),
    ],
)
def test_an_unknown_criterion_casts_no_doubt_on_what_is_received(trigger, criterion, expected):
    begun = programme("aid", trigger="is_urban")

    found = status(1, 0, of=begun, trigger=trigger, criterion__aid__it=criterion)

    assert found == expected


@pytest.mark.parametrize(
    "received, eligible, more, expected",
    [
        (0, 0, {"unlocked": 1}, "unlocked"),
        (0, 1, {"barred": 1}, "ineligible"),
        (0, None, {"barred": 1}, "ineligible"),
        (None, 1, {"barred": 1}, "ineligible"),
        (0, 1, {"barred": None}, "undetermined"),
        (0, 0, {"barred": None}, "ineligible"),
        (0, 1, {"gives_way": 1}, "ineligible"),
        (None, 1, {"gives_way": 1}, "ineligible"),
        (0, None, {"gives_way": 1}, "undetermined"),
    ],
)
def test_what_is_not_received_may_be_barred_lesser_or_unlocked(received, eligible, more, expected):
    assert status(received, eligible, **more) == expected


@pytest.mark.parametrize(
    "eligible, paid, due, expected",
    [
        (1, 400, 500, "underpaid"),
        (1, 401, 500, "receiving"),
        (1, 500, 500, "receiving"),
        (1, 501, 500, "receiving"),
        (1, None, 500, "receiving"),
        (1, 499, None, "receiving"),
        (None, 499, 500, "receiving"),
        (0, 499, 500, "review"),
    ],
)
def test_only_who_surely_is_eligible_can_be_underpaid(eligible, paid, due, expected):
    assert status(1, eligible, paid=paid, due=due) == expected


@pytest.mark.parametrize(
    "eligible, paid, expected", [(1, 499, "conflict"), (0, None, "conflict"), (None, 1, "conflict")]
)
def test_a_conflict_goes_before_review_and_review_before_underpaid(eligible, paid, expected):
    assert status(1, eligible, paid=paid, due=500, has_conflict=True) == expected


@pytest.mark.parametrize("eligible", [1, 0, None])
def test_aid_given_for_an_event_stays_given(eligible):
    assert status(1, eligible, of=EVENT, paid=1, due=500, has_conflict=True) == "receiving"


@pytest.mark.parametrize("grade, due", [("one", 100), ("two", 200), ("none", 300), (None, None)])
def test_the_amount_is_the_first_whose_condition_holds_and_unknown_before_that(grade, due):
    amounts = [
        {"when": "grade = 'one'", "value": "income"},
        {"when": "grade = 'two'", "value": "income * 2"},
        {"value": "income * 3"},
    ]
    pack = pack_of([programme("aid", "member", amounts=amounts)])

    evaluation = evaluated(pack, home([person(grade=grade, income=100)]))

    row = evaluation.households[0].members[0].row
    assert find_amount_due(evaluation.statement.rules["aid"], row) == due


def test_no_amount_is_due_where_no_condition_holds():
    amounts = [{"when": "cars > 0", "value": "wages"}]
    evaluation = evaluated(pack_of([programme("aid", amounts=amounts)]), home(cars=0, wages=5))

    assert find_amount_due(evaluation.statement.rules["aid"], evaluation.households[0].row) is None
