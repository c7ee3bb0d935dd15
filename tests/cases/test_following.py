"""Month after month: receipts that arrive, closings that are borne out, findings that come back."""

from dataclasses import replace
from datetime import date

import pytest

from relieftool.cases.case_list import find_case, list_cases, open_cases
from relieftool.cases.case_status import SubjectStatus, find_subject_statuses
from relieftool.cases.follow_up import FollowUp, record_follow_up, record_receipts_seen
from relieftool.cases.verify import verify_ledger
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.store.database import write
from tests.support.ledger_register import (
    DAY,
    DIBAO,
    MEMBERS_CASE,
    PRIORITY_CASE,
    UNDERPAID,
    add_receipt,
    add_roster,
    close,
    ledger_rows,
    new_register,
    rows_of,
    seen,
)

CASE = "C2024-0001"
NEXT = date(2025, 1, 31)


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    yield register
    register.close()


@pytest.mark.parametrize(
    "status, moved, state",
    [
        ("unclaimed", FollowUp(), "found"),
        ("underpaid", FollowUp(), "found"),
        ("receiving", FollowUp(receipt_seen=(CASE,)), "receipt_seen"),
        ("undetermined", FollowUp(undecided=(CASE,)), "found"),
        ("ineligible", FollowUp(gone=(CASE,)), "found"),
        ("review", FollowUp(gone=(CASE,)), "found"),
        ("", FollowUp(gone=(CASE,)), "found"),
    ],
)
def test_an_open_case_follows_its_finding(db, status, moved, state):
    open_cases(db, [DIBAO], DAY)

    found = record_follow_up(db, seen(status), NEXT)

    assert (found, find_case(db, CASE).state) == (moved, state)


@pytest.mark.parametrize(
    "covers, moved",
    [
        ({}, FollowUp(gone=(CASE,))),
        ({"covers_from": "2024-11-01", "covers_until": "2024-11-30"}, FollowUp(gone=(CASE,))),
        (
            {"covers_from": "2024-12-01", "covers_until": "2024-12-31"},
            FollowUp(receipt_seen=(CASE,)),
        ),
    ],
)
def test_who_was_paid_too_little_is_paid_anew_only_by_a_month_after_the_finding(db, covers, moved):
    open_cases(db, [UNDERPAID], DAY)
    add_receipt(db, "HY-1", **covers)

    assert record_follow_up(db, seen("receiving", of=UNDERPAID), NEXT) == moved


@pytest.mark.parametrize(
    "month, moved",
    [
        ("2024-12", FollowUp(month_unknown=(CASE,))),
        ("2025-01", FollowUp(receipt_seen=(CASE,))),
    ],
)
def test_where_the_month_of_the_finding_is_unknown_only_one_after_its_day_counts(db, month, moved):
    open_cases(db, [replace(UNDERPAID, paid_until=None)], DAY)
    add_receipt(db, "HY-1", covers_from=f"{month}-01", covers_until=f"{month}-31")

    assert record_follow_up(db, seen("receiving", of=UNDERPAID), NEXT) == moved


@pytest.mark.parametrize("changed", [{"says": "maybe"}, {"origin": "sheet"}])
def test_only_a_roster_that_surely_means_them_shows_that_more_is_paid(db, changed):
    open_cases(db, [UNDERPAID], DAY)
    add_receipt(db, "HY-1", covers_from="2025-01-01", covers_until="2025-01-31", **changed)

    assert record_follow_up(db, seen("receiving", of=UNDERPAID), NEXT) == FollowUp(gone=(CASE,))


@pytest.mark.parametrize(
    "until, moved",
    [("2025-01-31", FollowUp(gone=(CASE,))), ("2024-12-31", FollowUp(receipt_seen=(CASE,)))],
)
def test_what_comes_back_underpaid_waits_for_a_month_after_that_one(db, until, moved):
    open_cases(db, [DIBAO], DAY)
    record_follow_up(db, seen("receiving"), DAY)
    record_follow_up(db, seen("underpaid", paid_until=until), date(2025, 1, 20))
    add_receipt(db, covers_from="2025-01-01", covers_until="2025-01-31")

    assert record_follow_up(db, seen("receiving"), NEXT) == moved
    assert find_case(db, CASE).paid_until == until
    assert verify_ledger(db) == []


def test_a_receipt_seen_once_is_written_once(db):
    open_cases(db, [DIBAO], DAY)
    record_follow_up(db, seen("receiving"), NEXT)
    before = ledger_rows(db)

    again = record_follow_up(db, seen("receiving"), NEXT)

    assert (again, ledger_rows(db)) == (FollowUp(), before)


def test_a_receipt_that_stops_opens_its_case_again(db):
    open_cases(db, [DIBAO], DAY)
    record_follow_up(db, seen("receiving"), NEXT)

    found = record_follow_up(db, seen("unclaimed"), date(2025, 2, 28))

    assert found == FollowUp(came_back=(CASE,))
    assert (find_case(db, CASE).state, find_case(db, CASE).reopened_on) == (
        "reopened",
        "2025-02-28",
    )
    assert rows_of(db, "case_entries")[-1]["note"] == "unclaimed"


@pytest.mark.parametrize(
    "outcome, is_on_roster, status, moved",
    [
        ("receiving", True, "unclaimed", FollowUp(came_back=(CASE,))),
        ("receiving", True, "underpaid", FollowUp(came_back=(CASE,))),
        ("receiving", True, "receiving", FollowUp()),
        ("receiving", True, "ineligible", FollowUp()),
        ("receiving", False, "unclaimed", FollowUp()),
        ("refused", False, "unclaimed", FollowUp()),
        ("declined", True, "unclaimed", FollowUp()),
    ],
)
def test_only_what_was_once_seen_to_be_over_comes_back(db, outcome, is_on_roster, status, moved):
    open_cases(db, [DIBAO], DAY)
    if is_on_roster:
        add_receipt(db)
    close(db, CASE, outcome)

    assert record_follow_up(db, seen(status), NEXT) == moved


@pytest.mark.parametrize(
    "is_priority, moved",
    [
        (True, FollowUp()),
        (None, FollowUp()),
        (False, FollowUp(gone=(CASE,))),
    ],
)
def test_a_priority_case_is_gone_only_where_the_household_is_known_not_to_come_first(
    db, is_priority, moved
):
    open_cases(db, [PRIORITY_CASE], DAY)

    assert record_follow_up(db, seen("", is_priority, PRIORITY_CASE), NEXT) == moved


@pytest.mark.parametrize(
    "status, receipt, arrived",
    [
        ("receiving", {}, [CASE]),
        ("receiving", {"origin": "sheet"}, []),
        ("underpaid", {}, []),
        ("unclaimed", {}, []),
        ("receiving", {"household_no": "HY-1"}, []),
    ],
)
def test_a_closing_is_verified_when_a_roster_arrives_by_an_entry_of_its_own(
    db, status, receipt, arrived
):
    open_cases(db, [DIBAO], DAY)
    close(db, CASE, "receiving")
    add_receipt(db, **receipt)
    before = rows_of(db, "case_entries")

    found = record_receipts_seen(db, seen(status), NEXT)

    added = rows_of(db, "case_entries")[len(before) :]
    assert found == FollowUp(verified=tuple(arrived))
    assert [(one["entry_type"], one["by"], one["entered_on"]) for one in added] == [
        ("verified", None, "2025-01-31") for _case in arrived
    ]
    assert find_case(db, CASE).verified is bool(arrived)
    assert verify_ledger(db) == []


UNCOMPARED = [
    (DIBAO, "due-unknown", False),
    (DIBAO, "other-values", False),
    (DIBAO, "paid-unknown", True),
    (DIBAO, None, True),
    (UNDERPAID, "due-unknown", False),
    (UNDERPAID, "other-values", False),
    (UNDERPAID, "paid-unknown", False),
    (UNDERPAID, None, True),
]


@pytest.mark.parametrize("of, why, is_enough", UNCOMPARED)
def test_what_may_be_less_than_is_due_is_told_and_not_taken_as_enough(db, of, why, is_enough):
    open_cases(db, [of], DAY)
    add_receipt(db, of.household_no, covers_from="2025-01-01", covers_until="2025-01-31")

    found = record_follow_up(db, seen("receiving", of=of, uncompared=why), NEXT)

    moved = FollowUp(receipt_seen=(CASE,)) if is_enough else FollowUp(uncompared=(CASE,))
    assert (found, find_case(db, CASE).state) == (moved, "receipt_seen" if is_enough else "found")


@pytest.mark.parametrize("of, why, is_enough", UNCOMPARED)
def test_what_may_be_less_than_is_due_verifies_no_closing(db, of, why, is_enough):
    open_cases(db, [of], DAY)
    add_receipt(db, of.household_no, covers_from="2025-01-01", covers_until="2025-01-31")

    closed = close(db, CASE, "receiving", subject=SubjectStatus("receiving", uncompared=why))
    found = record_receipts_seen(db, seen("receiving", of=of, uncompared=why), NEXT)

    assert (closed.is_verified, closed.is_uncompared) == (is_enough, not is_enough)
    assert found == (FollowUp() if is_enough else FollowUp(uncompared=(CASE,)))


@pytest.mark.parametrize(
    "closed_on, found",
    [("2025-02-01", FollowUp(later=(CASE,))), ("2025-01-31", FollowUp(verified=(CASE,)))],
)
def test_a_closing_later_than_the_day_is_not_verified_before_it_was(db, closed_on, found):
    open_cases(db, [DIBAO], DAY)
    close(db, CASE, "receiving", closed_on=date.fromisoformat(closed_on))
    add_receipt(db)

    assert record_receipts_seen(db, seen("receiving"), NEXT) == found
    assert verify_ledger(db) == []


@pytest.mark.parametrize("is_priority, status", [(True, "priority"), (None, None), (False, None)])
def test_only_a_household_known_to_come_first_is_found_as_one(db, is_priority, status):
    open_cases(db, [PRIORITY_CASE], DAY)

    standing = seen("", is_priority, PRIORITY_CASE).of(find_case(db, CASE))

    assert (standing.status, standing.is_case_needed) == (status, status is not None)


def test_what_is_verified_is_not_verified_again(db):
    open_cases(db, [DIBAO, UNDERPAID], DAY)
    close(db, CASE, "receiving")
    close(db, "C2024-0002", "refused")
    add_receipt(db)
    record_receipts_seen(db, seen("receiving"), NEXT)

    assert record_receipts_seen(db, seen("receiving"), NEXT) == FollowUp()


def test_a_rehearsal_says_the_same_and_writes_nothing(db):
    open_cases(db, [DIBAO], DAY)
    before = ledger_rows(db)

    found = record_follow_up(db, seen("receiving"), NEXT, is_rehearsal=True)

    assert found == FollowUp(receipt_seen=(CASE,))
    assert ledger_rows(db) == before


NOVEMBER = {"covers_from": "2024-11-01", "covers_until": "2024-11-30"}
DECEMBER = {"covers_from": "2024-12-01", "covers_until": "2024-12-31"}
OCTOBER = {"covers_from": "2024-10-01", "covers_until": "2024-10-31"}


@pytest.mark.parametrize(
    "status, roster, receipt, told",
    [
        ("unclaimed", DECEMBER, {}, True),
        ("undetermined", DECEMBER, {}, True),
        ("unclaimed", DECEMBER, OCTOBER, True),
        ("unclaimed", NOVEMBER, {}, False),  # it ends before the case was closed
        ("unclaimed", DECEMBER, DECEMBER, False),
        ("undetermined", DECEMBER, DECEMBER | {"says": "maybe"}, False),
        ("unclaimed", DECEMBER | {"is_complete": 0}, {}, False),
        ("unclaimed", DECEMBER | {"community_id": 2}, {}, False),
        ("unclaimed", DECEMBER | {"programme": "edge"}, {}, False),
        ("ineligible", DECEMBER, {}, False),
    ],
)
def test_a_closing_as_receiving_that_the_newest_complete_roster_speaks_against_is_told(
    db, status, roster, receipt, told
):
    open_cases(db, [DIBAO], DAY)
    close(db, CASE, "receiving")
    add_roster(db, **({"community_id": 1} | roster))
    if receipt:
        add_receipt(db, **receipt)

    found = record_receipts_seen(db, seen(status), NEXT)

    assert found == (FollowUp(not_listed=(CASE,)) if told else FollowUp())
    assert find_case(db, CASE).state == "closed"


@pytest.mark.parametrize("on, moved", [("2024-12-05", FollowUp()), ("2024-12-11", "later")])
def test_what_came_back_is_told_also_where_it_is_looked_at_from_the_past(db, on, moved):
    open_cases(db, [DIBAO], DAY)
    add_receipt(db)
    close(db, CASE, "receiving", closed_on=date(2025, 2, 1))
    before = ledger_rows(db)

    found = record_follow_up(db, seen("unclaimed"), date.fromisoformat(on))

    assert found == (FollowUp(later=(CASE,)) if moved == "later" else moved)
    assert ledger_rows(db) == before


def test_a_case_looked_at_from_before_its_last_entry_is_left_alone(db):
    open_cases(db, [DIBAO], DAY)

    assert record_follow_up(db, seen("receiving"), date(2024, 12, 9)) == FollowUp()


@pytest.mark.parametrize(
    "wanted",
    [{"community": "花园"}, {"programmes": {"edge"}}],
)
def test_cases_of_other_communities_and_programmes_are_left_alone(db, wanted):
    open_cases(db, [DIBAO], DAY)

    assert record_follow_up(db, seen("receiving"), NEXT, **wanted) == FollowUp()


def test_the_register_itself_says_what_is_received_and_who_comes_first(db):
    open_cases(db, [DIBAO], DAY)
    add_receipt(db)
    pack = load_pack(find_shipped_pack())

    standings = find_subject_statuses(db, pack, DAY)

    assert standings.of(list_cases(db)[0]).status == "receiving"
    assert set(standings.priority) == {"HK-1"}
    chosen = find_subject_statuses(db, pack, DAY, households={"HK-2", "HY-1"})
    assert set(chosen.priority) == {"HK-2", "HY-1"}


def test_a_household_that_goes_by_another_number_since_keeps_its_cases_followed(db):
    former = [replace(DIBAO, household_no="OLD-1"), replace(UNDERPAID, household_no="OLD-2")]
    open_cases(db, former, DAY)
    add_receipt(db)
    add_receipt(db, "HY-1", covers_from="2025-01-01", covers_until="2025-01-31")
    with write(db):
        db.execute("INSERT INTO former_numbers VALUES ('OLD-1', 'HK-1', ''), ('OLD-2', 'HY-1', '')")
    pack = load_pack(find_shipped_pack())

    standings = find_subject_statuses(db, pack, NEXT)

    assert {one.household_no for one in list_cases(db)} == set(standings.priority)
    assert [standings.of(one).status for one in list_cases(db)] == ["receiving", "receiving"]
    found = record_follow_up(db, standings, NEXT)
    assert found == FollowUp(receipt_seen=(CASE,), uncompared=("C2024-0002",))


def test_a_member_who_goes_by_another_number_since_is_paid_under_the_new_one(db):
    paid = {"status": "underpaid", "paid_until": "2024-11-30"}
    of = replace(MEMBERS_CASE, member_no="OLD-2-2", **paid)
    open_cases(db, [of], DAY)
    with write(db):
        db.execute("INSERT INTO former_numbers VALUES ('OLD-2-2', 'HK-2-2', 'HK-2')")
    said = {"covers_from": "2025-01-01", "covers_until": "2025-01-31"}
    add_receipt(db, "HK-2", "HK-2-1", of.programme, **said)
    now = seen("receiving", of=replace(of, member_no="HK-2-2"))

    another = record_follow_up(db, now, NEXT, is_rehearsal=True)
    add_receipt(db, "HK-2", "HK-2-2", of.programme, **said)

    assert another == FollowUp(gone=(CASE,))
    assert record_follow_up(db, now, NEXT) == FollowUp(receipt_seen=(CASE,))
