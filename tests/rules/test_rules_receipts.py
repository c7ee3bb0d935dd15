"""Who receives what: rosters, the own sheet, and what each of them leaves unknown."""

import datetime as dt

import pytest

from tests.support.tiny_packs import as_truth, home, pack_of, person, programme, receipt, rows_of

T, F, U = True, False, None
PACK = pack_of([programme("aid"), programme("care", "member"), programme("fire", is_event=True)])
YES, MAYBE = receipt("aid"), receipt("aid", "maybe")
SHEET_YES, SHEET_NO = receipt("aid", origin="sheet"), receipt("aid", "no", "sheet")
EVERYWHERE = {"programme": "aid"}
HERE = {"programme": "aid", "community_id": 1}
ELSEWHERE = {"programme": "aid", "community_id": 2}
NOVEMBER = {"covers_from": "2024-11-01", "covers_until": "2024-11-30"}


def household_receives(receipts, rosters=(), name="aid", as_of=dt.date(2024, 12, 10)):
    row, _members = rows_of(PACK, home(receipts=receipts), as_of, rosters)
    return as_truth(row[f"receives__{name}"])


@pytest.mark.parametrize(
    "receipts, uncovered, covered",
    [
        ([], U, F),
        ([YES], T, T),
        ([YES, MAYBE], T, T),
        ([YES, SHEET_NO], T, T),
        ([MAYBE], U, U),
        ([MAYBE, SHEET_YES], T, T),
        ([MAYBE, SHEET_NO], U, U),
        ([SHEET_YES], T, F),
        ([SHEET_NO], F, F),
        ([SHEET_YES, SHEET_NO], T, F),
    ],
)
def test_roster_goes_before_sheet_and_only_a_complete_roster_says_no_by_silence(
    receipts, uncovered, covered
):
    assert (household_receives(receipts), household_receives(receipts, [EVERYWHERE])) == (
        uncovered,
        covered,
    )


OCTOBER = {"covers_from": "2024-10-01", "covers_until": "2024-10-31"}
JUNE = {"covers_from": "2024-06-01", "covers_until": "2024-06-30"}


@pytest.mark.parametrize(
    "older, newer, receives",
    [
        ({**SHEET_YES, **JUNE}, {**SHEET_NO, **NOVEMBER}, F),
        ({**SHEET_NO, **JUNE}, {**SHEET_YES, **NOVEMBER}, T),
        (SHEET_YES, {**SHEET_NO, **NOVEMBER}, F),
        (SHEET_NO, {**SHEET_YES, **NOVEMBER}, T),
        ({**SHEET_YES, **NOVEMBER}, {**SHEET_NO, **NOVEMBER}, T),
    ],
)
def test_the_newest_sheet_speaks_and_an_undated_one_only_where_none_is_dated(
    older, newer, receives
):
    assert household_receives([older, newer]) is receives
    assert household_receives([newer, older]) is receives


@pytest.mark.parametrize(
    "open_in, as_of, receives",
    [(NOVEMBER, "2024-11-20", U), (NOVEMBER, "2024-10-20", T), (OCTOBER, "2024-11-20", T)],
)
def test_what_a_later_month_leaves_open_is_not_received_by_the_earlier(open_in, as_of, receives):
    of_person = {"member_no": "H1-1"}
    paid, left_open = receipt("aid", **OCTOBER), receipt("aid", "maybe", **open_in)
    home_of_two = home(
        [person()], [{**paid, **of_person}, {**left_open, "is_open": 1, **of_person}]
    )

    row, _members = rows_of(PACK, home_of_two, dt.date.fromisoformat(as_of))

    assert as_truth(row["receives__aid"]) is receives


def test_a_newer_sheet_speaks_for_its_own_member_only():
    denied = person([receipt("care", "no", "sheet", **NOVEMBER)])
    drawn = person([receipt("care", origin="sheet", **JUNE)])

    _row, members = rows_of(PACK, home([drawn, denied]))

    assert [as_truth(member["receives__care"]) for member in members] == [T, F]


@pytest.mark.parametrize(
    "receipts, receives", [([], F), ([MAYBE], F), ([SHEET_NO], F), ([SHEET_YES], T), ([YES], T)]
)
def test_what_is_not_in_force_is_received_only_where_a_list_says_so(receipts, receives):
    ended = pack_of([programme("aid", in_force_until=dt.date(2024, 12, 10))])

    row, _members = rows_of(ended, home(receipts=receipts))

    assert as_truth(row["receives__aid"]) is receives


@pytest.mark.parametrize(
    "rosters, receives",
    [
        ([], U),
        ([HERE], F),
        ([ELSEWHERE], U),
        ([ELSEWHERE, HERE], F),
        ([HERE, EVERYWHERE], F),
        ([EVERYWHERE, ELSEWHERE], F),
        ([{**HERE, "is_complete": 0}], U),
        ([{**HERE, "programme": "care"}], U),
        ([{**HERE, "programme": "unknown"}], U),
    ],
)
def test_a_complete_roster_speaks_for_its_own_community_and_programme(rosters, receives):
    assert household_receives([], rosters) is receives


@pytest.mark.parametrize(
    "as_of, receives",
    [
        ("2024-10-31", U),
        ("2024-11-01", F),
        ("2024-11-30", F),
        ("2025-01-29", F),
        ("2025-01-30", U),
    ],
)
def test_a_complete_roster_says_no_from_its_first_day_until_it_is_too_old(as_of, receives):
    roster = {**HERE, **NOVEMBER}

    assert household_receives([], [roster], as_of=dt.date.fromisoformat(as_of)) is receives


@pytest.mark.parametrize(
    "as_of, receives",
    [
        ("2024-10-31", U),
        ("2024-11-01", T),
        ("2024-11-30", T),
        ("2025-01-29", T),
        ("2025-01-30", U),
    ],
)
def test_a_roster_row_says_yes_from_its_first_day_until_it_is_too_old(as_of, receives):
    receipts = [receipt("aid", **NOVEMBER)]

    assert household_receives(receipts, as_of=dt.date.fromisoformat(as_of)) is receives


@pytest.mark.parametrize("as_of", ["2021-01-01", "2024-12-10", "2030-01-01"])
def test_an_undated_roster_holds_on_every_day(as_of):
    assert household_receives([YES], as_of=dt.date.fromisoformat(as_of)) is T


@pytest.mark.parametrize(
    "as_of, receives", [("2024-10-31", U), ("2024-11-01", T), ("2030-01-01", T)]
)
def test_the_own_sheet_does_not_age(as_of, receives):
    receipts = [receipt("aid", origin="sheet", **NOVEMBER)]

    assert household_receives(receipts, as_of=dt.date.fromisoformat(as_of)) is receives


@pytest.mark.parametrize(
    "receipts, receives",
    [
        ([], U),
        ([receipt("fire")], T),
        ([receipt("fire", "no", "sheet")], F),
    ],
)
def test_aid_for_an_event_is_never_denied_by_silence(receipts, receives):
    assert household_receives(receipts, [{"programme": "fire"}], "fire") is receives


@pytest.mark.parametrize(
    "of_household, of_member, others, receives",
    [
        ([], [], 0, U),
        ([], [receipt("care")], 0, T),
        ([], [receipt("care", "no", "sheet")], 0, F),
        ([], [receipt("care", "maybe")], 0, U),
        ([receipt("care", origin="sheet")], [], 0, T),
        ([receipt("care", origin="sheet")], [], 1, U),
        ([receipt("care", "no", "sheet")], [], 1, F),
        ([receipt("care", origin="sheet")], [receipt("care")], 1, T),
        ([receipt("care", origin="sheet")], [receipt("care", "no", "sheet")], 1, U),
    ],
)
def test_a_sheet_that_names_no_member_means_him_only_if_he_is_alone(
    of_household, of_member, others, receives
):
    household = home([person(of_member), *[person()] * others], of_household)

    _row, members = rows_of(PACK, household)

    assert as_truth(members[0]["receives__care"]) is receives


@pytest.mark.parametrize("receipts, receives", [([], F), ([receipt("care", "maybe")], U)])
def test_a_member_missing_from_a_complete_roster_does_not_receive_unless_a_row_may_mean_him(
    receipts, receives
):
    household = home([person(receipts)])

    _row, members = rows_of(PACK, household, rosters=[{"programme": "care"}])

    assert as_truth(members[0]["receives__care"]) is receives


def paid(amount, period="month", **keys):
    return receipt("aid", amount_fen=amount, amount_period=period, **keys)


@pytest.mark.parametrize(
    "receipts, fen",
    [
        ([], None),
        ([paid(500)], 500),
        ([paid(500), paid(300)], 800),
        ([paid(500), paid(None, None)], None),
        ([paid(500, "year")], None),
        (
            [paid(500, **NOVEMBER), paid(400, covers_from="2024-10-01", covers_until="2024-10-31")],
            500,
        ),
        ([paid(500, **NOVEMBER), paid(300, **NOVEMBER)], 800),
        ([paid(500), paid(900, origin="sheet")], 500),
        ([paid(900, origin="sheet")], 900),
        ([paid(700, says="maybe")], None),
    ],
)
def test_what_is_paid_adds_up_the_newest_roster_and_is_unknown_with_one_part(receipts, fen):
    row, _members = rows_of(PACK, home(receipts=receipts))

    assert row["paid__aid"] == fen


@pytest.mark.parametrize(
    "receipts, undated",
    [([], None), ([YES], 1), ([receipt("aid", **NOVEMBER)], 0), ([SHEET_NO], 0)],
)
def test_a_yes_without_a_date_is_marked(receipts, undated):
    row, _members = rows_of(PACK, home(receipts=receipts))

    assert row["undated__aid"] == undated


def test_a_pack_without_programmes_still_gives_every_household():
    row, members = rows_of(pack_of(), home([person()], [YES], is_safe=0))

    assert (row["indicator__unsafe"], len(members)) == (1, 1)
