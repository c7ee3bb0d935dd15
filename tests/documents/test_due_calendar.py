"""Cases due soon, by who helps the household, and as a calendar file."""

import json
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.support.own_files import ZHAO
from tests.support.ready_folders import fill_folder
from tests.support.small_street import import_small_street
from tests.support.two_months import roster

LATE = ("--as-of", "2025-01-20")


@pytest.fixture
def street(relief):
    return fill_folder(_open, relief)


def _open(relief):
    import_small_street(relief)
    relief("gaps", "--open-cases", "--as-of", "2024-12-10")
    for name, household in (("周华", "X-2"), ("白云", "X-1")):
        relief("helpers", "add", name)
        relief("assign", household, name, "--by", "王五", "--on", "2024-12-10")


def listed(relief, *line):
    result = relief("cases", *LATE, *line, "--format", "json")
    return json.loads(result.stdout)["cases"]


def test_cases_due_by_a_day_are_listed_by_helper(street):
    every = {case["case"]: case["due_on"] for case in listed(street) if case["due_on"]}
    first = min(every.values())

    due = listed(street, "--due", first)

    assert {case["case"] for case in due} == {no for no, day in every.items() if day <= first}
    assert [case["helpers"] for case in due] == sorted(case["helpers"] for case in due)
    assert {name for case in listed(street, "--due", "month") for name in case["helpers"]} != set()


def test_what_is_due_later_than_the_week_is_left_out(street):
    week, month = (listed(street, "--due", word) for word in ("week", "month"))

    assert {case["case"] for case in week} <= {case["case"] for case in month}
    assert [case for case in week if case["due_on"] > "2025-01-27"] == []
    assert month != []


def test_due_days_go_into_a_calendar_that_names_no_family(street):
    due = {case["case"]: case["due_on"] for case in listed(street, "--due", "month")}
    street("cases", *LATE, "--due", "month", "--out", "到期.ics")

    read = Calendar.from_ical(Path("到期.ics").read_bytes())

    events = [
        (str(each["uid"]), each.decoded("dtstart").isoformat()) for each in read.walk("VEVENT")
    ]
    assert sorted(events) == sorted((f"{no}-{day}@relief", day) for no, day in due.items())
    text = " ".join(str(each["description"]) for each in read.walk("VEVENT"))
    assert ("周华" in text or "白云" in text, "孙老太" in text or "赵大山" in text) == (True, False)


def test_who_must_be_examined_again_is_due_too(street):
    street("import", roster(12, ["1", "赵大山", ZHAO, "500"]))
    line = ("cases", "--due", "2025-12-31", "--format", "json")
    again = json.loads(street(*line).stdout)["examinations"]
    street("cases", "--due", "2025-12-31", "--out", "到期.ics")

    assert {(each["household_no"], each["programme"]) for each in again} == {("X-1", "dibao")}
    (due,) = again
    read = Calendar.from_ical(Path("到期.ics").read_bytes())
    named = {str(each["uid"]): str(each["description"]) for each in read.walk("VEVENT")}
    assert f"dibao-X-1-{due['due_on']}@relief" in named
    assert due["words"] in named.values()


@pytest.mark.parametrize(
    "line, words",
    [(("--out", "x.ics"), "a calendar needs --due"), (("--due", "soon"), "'soon' is not a day")],
)
def test_a_calendar_without_a_time_is_a_usage_error(street, line, words):
    result = street("cases", *line)

    assert (result.exit_code, words in result.stderr) == (2, True)
