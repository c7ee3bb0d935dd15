"""The street two years on, under the law of that day: what was planted is found and no more."""

import csv
import io
import sqlite3
from collections import defaultdict
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.eligibility.findings import STATUS_WORDS
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack

pytestmark = pytest.mark.slow
SAMPLE = Path(__file__).parent.parent.parent / "sample_data"
NEW = ("childcare-subsidy", "elderly-care-voucher", "dibao-extra", "flexible-insurance")


@pytest.fixture(scope="module")
def street():
    """Run the demo of 2026; return its findings, its ID numbers and what it showed."""
    line = ("demo", "--year", "2026", "--pack", "pingxiang", "--lang", "en")
    shown = CliRunner().invoke(app, line)
    assert shown.exit_code == 0, shown.stderr
    db = Path(shown.stdout.splitlines()[-1])
    asked = CliRunner().invoke(app, ["gaps", "--format", "csv", "--db", str(db), "--lang", "en"])
    with sqlite3.connect(db) as register:
        members = dict(register.execute("SELECT member_no, id_number FROM members"))
    findings = [row for row in csv.DictReader(io.StringIO(asked.stdout)) if "status" in row]
    return findings, members, shown.stdout


def rows(street):
    """Return the amounts of the findings of the new programmes, as the truth names these."""
    findings, members, _shown = street
    pack = load_pack(find_shipped_pack())
    names = {str(pack.programmes[name].names): name for name in (*NEW, "medical-premium")}
    status = {str(word): name for name, word in STATUS_WORDS.items()}
    return {
        (
            *(row["household_no"], members.get(row["member_no"])),
            *(names[row["programme"]], status[row["status"]]),
        ): row["amount"]
        for row in findings
        if row["programme"] in names
    }


def test_what_was_planted_of_the_new_programmes_is_found_and_no_more(street):
    with (SAMPLE / "2026" / "truth.csv").open(encoding="utf-8", newline="") as lines:
        planted = {
            (row["household_no"], row["member_id"], row["programme"], row["status"])
            for row in csv.DictReader(lines)
        }

    assert rows(street).keys() == planted
    assert {programme for *_who, programme, _status in planted} == {*NEW, "medical-premium"}


def test_the_demo_of_2026_is_of_the_same_households_and_thirty_people_more(street):
    _findings, members, shown = street

    assert len(members) == 1484 + 30
    assert "937 households, 1,514 members" in shown


def test_sums_of_the_new_programmes_are_those_of_the_notices_and_vouchers_are_no_money(street):
    sums = {(key[2], amount) for key, amount in rows(street).items() if key[3] == "unclaimed"}

    # from two years on the months of the childcare subsidy are not worked out
    children = {("childcare-subsidy", "3600.00"), ("childcare-subsidy", "")}
    assert sums == children | {
        *(("medical-premium", "320.00"), ("medical-premium", "400.00")),
        *((name, "") for name in NEW[1:]),
    }


# Of 2025 and the last that is known: who is below it is so under any later line too.
LINE, DISABLED = 980, "110.00"


def read_list():
    """Return the rows of each household on the list of October 2026, without the program."""
    sheet = load_workbook(SAMPLE / "2026" / "河湾街道困难居民台账202610.xlsx").worksheets[0]
    homes = defaultdict(list)
    for number, _place, _name, member, _relation, income, _kind, grade, *_rest in sheet.iter_rows(
        min_row=4, values_only=True
    ):
        homes[number].append((member, income, grade))
    return homes


def read_roster(name):
    """Return the ID numbers on a roster of October 2026."""
    sheet = load_workbook(SAMPLE / "2026" / f"2026年10月{name}发放表.xlsx").worksheets[0]
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    return {cell for cell in cells if len(cell) == 18 and cell[:17].isdecimal()}


def amounts_of(street, programme):
    """Return the known amounts of what may be claimed, by household and ID number of the member."""
    findings, members, _shown = street
    name = str(load_pack(find_shipped_pack()).programmes[programme].names)
    return {
        (row["household_no"], members.get(row["member_no"])): row["amount"]
        for row in findings
        if row["programme"] == name and row["status"] == str(STATUS_WORDS["undetermined"])
        if row["amount"]
    }


def test_what_dibao_would_pay_in_2026_is_the_line_of_all_who_draw_nothing_less_the_income(street):
    drawn = read_roster("城市低保金")
    apart = read_roster("特困人员救助供养金") | read_roster("孤儿基本生活费")
    apart |= read_roster("单人户低保金")

    due = {}
    for home, people in read_list().items():
        size = sum(member not in apart for member, _income, _grade in people)
        income = next((income for _member, income, _grade in people if income is not None), None)
        is_paid = any(member in drawn for member, _income, _grade in people)
        if income is not None and income < LINE * size and not is_paid:
            due[home, None] = f"{LINE * size - income:.2f}"

    assert amounts_of(street, "dibao") == due
    assert len(due) == 70


def test_the_disabled_may_have_the_subsidies_of_2026_unless_they_draw_tekun(street):
    drawn, alone = read_roster("城市低保金"), read_roster("单人户低保金")
    destitute = read_roster("特困人员救助供养金")

    living, care = {}, {}
    for home, people in read_list().items():
        is_on_dibao = any(member in drawn for member, _income, _grade in people)
        for member, _income, grade in people:
            if grade != "无" and (is_on_dibao or member in alone):
                living[home, member] = DISABLED
            if grade in ("一级", "二级") and member not in destitute:
                care[home, member] = DISABLED

    assert amounts_of(street, "disability-living") == living
    assert amounts_of(street, "disability-care") == care
    assert (len(living), len(care)) == (103, 96)


def test_nobody_is_told_an_amount_for_tekun_but_that_of_its_last_notice(street):
    assert set(amounts_of(street, "tekun").values()) == {"1275.00"}
