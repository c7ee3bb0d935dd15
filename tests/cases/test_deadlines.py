"""Time limits in working days: public holidays are none, working weekends are."""

from dataclasses import replace
from datetime import date

import pytest

from relieftool.cases.deadlines import (
    DueDay,
    add_deadlines,
    add_working_days,
    find_due_day,
    list_calendar_years,
)
from relieftool.cases.records import CaseRecord, CaseState
from relieftool.pack.loading import load_pack
from relieftool.pack.models import DatedValue, Parameter, TimeLimit
from relieftool.pack.pack_files import find_shipped_pack

PACK = load_pack(find_shipped_pack())


@pytest.mark.parametrize(
    "day, count, due",
    [
        (date(2024, 12, 10), 0, date(2024, 12, 10)),
        (date(2024, 12, 10), 1, date(2024, 12, 11)),
        (date(2024, 12, 13), 1, date(2024, 12, 16)),
        # 2024-09-29 is a Sunday worked for the holiday of 10-01 to 10-07
        (date(2024, 9, 27), 1, date(2024, 9, 29)),
        (date(2024, 9, 30), 1, date(2024, 10, 8)),
        (date(2024, 12, 31), 1, date(2025, 1, 2)),
        # Spring festival 2025: 01-28 to 02-04, worked on 01-26 and 02-08
        (date(2025, 1, 24), 5, date(2025, 2, 7)),
    ],
)
def test_working_days_leave_out_holidays_and_count_worked_weekends(day, count, due):
    assert add_working_days(day, count) == DueDay(due, is_by_holidays=True)


def test_beyond_the_years_of_the_calendar_weekdays_count_and_it_is_said():
    first, last = list_calendar_years()

    assert add_working_days(date(last, 12, 31), 1).is_by_holidays is False
    assert add_working_days(date(last + 1, 5, 1), 5).on == date(last + 1, 5, 7)
    assert add_working_days(date(first, 1, 1), 1).is_by_holidays is True
    # 1 May 2003 was a Thursday: Friday, and Monday to Thursday
    assert add_working_days(date(2003, 5, 1), 5) == DueDay(date(2003, 5, 8), is_by_holidays=False)


def record(**changes):
    plain = CaseRecord(
        *("C2024-0001", "HK-1", None, "河口下", "dibao", CaseState.FOUND),
        *("2024-12-10", None, None, None, None, None),
    )
    return replace(plain, **changes)


@pytest.mark.parametrize(
    "changes, due_on",
    [
        ({}, "2025-01-22"),
        ({"state": CaseState.REFERRED, "referred_on": "2024-12-13"}, "2025-01-26"),
        ({"state": CaseState.REOPENED, "reopened_on": "2024-12-13"}, "2025-01-26"),
        ({"state": CaseState.DECIDED, "referred_on": "2024-12-13"}, None),
        ({"state": CaseState.RECEIPT_SEEN}, None),
        ({"state": CaseState.CLOSED}, None),
        ({"programme": "priority"}, None),
        ({"programme": "medical-aid"}, None),
        ({"programme": "no-such"}, None),
    ],
)
def test_a_limit_runs_from_the_day_found_or_referred_until_the_decision(changes, due_on):
    (dated,) = add_deadlines([record(**changes)], PACK, date(2024, 12, 20))

    assert dated.due_on == due_on


@pytest.mark.parametrize("day, overdue", [("2025-01-22", False), ("2025-01-23", True)])
def test_a_case_is_overdue_the_day_after_its_last_day(day, overdue):
    (dated,) = add_deadlines([record()], PACK, date.fromisoformat(day))

    assert dated.is_overdue is overdue


def test_the_longest_overdue_stand_first_and_the_others_stay_in_order():
    cases = [
        record(case="A", opened_on="2025-02-10"),
        record(case="B", opened_on="2024-12-10"),
        record(case="C", opened_on="2024-06-10"),
        record(case="D", programme="medical-aid", opened_on="2020-01-01"),
    ]

    listed = add_deadlines(cases, PACK, date(2025, 2, 20))

    assert [one.case for one in listed] == ["C", "B", "A", "D"]


@pytest.mark.parametrize(
    "changes, days",
    [
        ({}, 10),
        ({"state": CaseState.REFERRED, "referred_on": "2024-12-15"}, 10),
        ({"state": CaseState.REOPENED, "reopened_on": "2024-12-15"}, 5),
        ({"state": CaseState.CLOSED}, None),
        ({"opened_on": "2024-12-25"}, 0),
    ],
)
def test_days_open_count_from_the_finding_or_the_reopening(changes, days):
    (dated,) = add_deadlines([record(**changes)], PACK, date(2024, 12, 20))

    assert dated.days_open == days


# 20 working days: 11 to 13 December, 16 to 20, 23 to 27, 30 and 31, 2 and 3 January, 6 to 8
@pytest.mark.parametrize("choice, due", [("street", "2025-01-08"), ("district", "2025-01-22")])
def test_a_setting_of_the_pack_may_choose_a_shorter_limit(choice, due):
    assert find_due_day(delegated(choice), "dibao", date(2024, 12, 10)).on.isoformat() == due


@pytest.mark.parametrize(
    "begun, due",
    [
        (date(2026, 1, 28), None),  # the day before the rule
        (date(2026, 1, 29), "2026-02-01"),  # a Sunday: days of the calendar count
        (date(2026, 2, 14), "2026-02-17"),  # in the Spring Festival
    ],
)
def test_small_sudden_aid_is_due_within_three_days_of_the_calendar(begun, due):
    (dated,) = add_deadlines(
        [record(programme="temporary-aid", opened_on=begun.isoformat())], PACK, begun
    )

    assert dated.due_on == due


def test_a_limit_is_the_one_of_the_day_it_began_whatever_was_set_since():
    pack = delegated("street", until=date(2025, 1, 1))
    referred = record(state=CaseState.REFERRED, referred_on="2024-12-13")

    (dated,) = add_deadlines([referred], pack, date(2025, 2, 1))

    # 20 working days: to 31 December 12, 2 and 3 January, 6 to 10, and the 13th
    assert dated.due_on == "2025-01-13"


def delegated(choice, until="open"):
    """Return the shipped pack with the power to decide delegated, or not."""
    named = {"zh": "确认权", "en": "who decides"}
    choices = [{"id": one, "labels": named} for one in ("street", "district")]
    dated = {"from": date(2020, 1, 1), "until": until, "value": choice}
    dated |= {"source": "民发〔2022〕83号", "confidence": "assumed"}
    value = DatedValue.model_validate(dated)
    parameter = Parameter.model_validate(
        {
            "id": "dibao_power",
            "labels": named,
            "unit": "choice",
            "choices": choices,
            "question": named,
            "values": [value],
        }
    )
    limit = TimeLimit(working_days=20, setting="dibao_power", choice="street", source="四(一)")
    dibao = PACK.programmes["dibao"].model_copy(update={"time_limits": [limit]})
    return PACK.model_copy(
        update={
            "parameters": PACK.parameters | {"dibao_power": parameter},
            "programmes": PACK.programmes | {"dibao": dibao},
        }
    )
