"""The street two years on, under the law of that day: what was planted is found and no more."""

import csv
import io
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.eligibility.findings import STATUS_WORDS
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("street two years on")]
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
