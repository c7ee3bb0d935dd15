"""The whole path on the sample street, compared with what was planted, household by household."""

import csv
import io
import json
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack

pytestmark = pytest.mark.slow
SAMPLE = Path(__file__).parent.parent.parent / "sample_data"


def run(db, *arguments):
    line = [*arguments, "--db", str(db), "--lang", "en"]
    return CliRunner().invoke(app, [str(part) for part in line])


def answer(db, *arguments):
    result = run(db, *arguments, "--format", "json")
    assert result.exit_code in (0, 3), result.stderr
    return json.loads(result.stdout)


def read_truth(name):
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Import the sample street once; tests only read it."""
    db = tmp_path_factory.mktemp("street") / "street.db"
    assert run(db, "import", SAMPLE).exit_code == 3
    return db


@pytest.fixture(scope="module")
def gaps(street):
    """Ask for the gaps of the street once; tests only look at the answer."""
    return answer(street, "gaps")


@pytest.fixture(scope="module")
def priority(street):
    """Ask for the priority households of the street once; tests only look at the answer."""
    return answer(street, "priority")


@pytest.fixture
def copied(tmp_path):
    """Return a copy of the street's files to change one thing in."""
    folder = tmp_path / "files"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("generator"))
    return folder


def id_numbers(db):
    with sqlite3.connect(db) as register:
        members = dict(register.execute("SELECT member_no, id_number FROM members"))
        heads = dict(register.execute("SELECT household_no, head_member_no FROM households"))
    return members, {number: members[head] for number, head in heads.items()}


def test_every_planted_gap_is_found_and_no_other(street, gaps):
    members, heads = id_numbers(street)
    planted = {
        (row["head_id"], row["member_id"], row["programme"], row["status"])
        for row in read_truth("truth.csv")
        if row["programme"] != "priority"
    }

    found = {
        (
            heads[one["household_no"]],
            members.get(one["member_no"], ""),
            one["programme"],
            one["status"],
        )
        for one in gaps["findings"]
    }

    assert found - planted == set()
    assert planted - found == set()


def findings_of(street, gaps, archetype):
    """Return the findings of all households planted as this kind, by programme."""
    kinds = {row["head_id"]: row["archetype"] for row in read_truth("truth_households.csv")}
    _members, heads = id_numbers(street)
    return [one for one in gaps["findings"] if kinds[heads[one["household_no"]]] == archetype]


def test_every_programme_that_the_day_allows_is_found_somewhere(gaps):
    pack = load_pack(find_shipped_pack())

    found = {one["programme"] for one in gaps["findings"]}

    # all but the last begin later, that one only in months of dear food
    assert pack.programmes.keys() - found == {
        *("rigid-expenditure", "childcare-subsidy", "elderly-care-voucher", "dibao-extra"),
        *("flexible-insurance", "price-supplement"),
    }


def test_one_claim_opens_the_next_and_that_one_the_third(street, gaps):
    found = findings_of(street, gaps, "edge-unclaimed-chain")

    opened = {one["programme"]: (one["status"], one["unlocked_by"]) for one in found}
    assert opened["edge"] == ("unclaimed", [])
    assert opened["dibao-single"][0] == "unlocked"
    assert "edge" in opened["dibao-single"][1]
    assert opened["disability-living"][0] == "unlocked"
    assert "dibao-single" in opened["disability-living"][1]


def test_medical_aid_is_seven_tenths_of_what_insurance_left_over(street, gaps):
    (aid,) = findings_of(street, gaps, "medical-chain-unclaimed")

    own = 20000 - 16000 - 600
    assert (aid["programme"], aid["status"]) == ("medical-aid", "unclaimed")
    assert aid["amount_fen"] == own * 100 * 7 // 10


def test_every_planted_priority_household_is_found_and_no_other(street, priority):
    _members, heads = id_numbers(street)
    planted = {
        (row["head_id"], row["status"], int(row["members"]))
        for row in read_truth("truth.csv")
        if row["programme"] == "priority"
    }

    found = {
        (heads[one["household_no"]], "priority", one["members"]) for one in priority["findings"]
    }
    found |= {
        (heads[one["household_no"]], "undecided", one["members"]) for one in priority["undecided"]
    }
    assert found == planted


def test_every_household_of_the_street_is_in_the_register(street):
    _members, heads = id_numbers(street)
    with sqlite3.connect(street) as register:
        rows = register.execute(
            "SELECT household_no, communities.name, listed_members FROM households"
            " JOIN communities USING (community_id)"
        )
        found = {(heads[number], community, size) for number, community, size in rows}

    planted = {
        (row["head_id"], row["community"], int(row["members"]))
        for row in read_truth("truth_households.csv")
    }

    assert found == planted


def test_the_streets_figures_are_those_of_the_founding_case(gaps, priority):
    totals = gaps["totals"]
    assert (totals["households"], totals["members"], totals["communities"]) == (937, 1484, 12)
    assert totals["unclaimed_households"] == 101
    assert priority["totals"]["priority_households"] == 24
    assert priority["totals"]["priority_members"] == 26
    assert totals["undetermined_households"] <= 937 * 0.15


def test_the_figures_of_the_communities_add_up_to_the_streets(gaps):
    summed = Counter()
    for community in gaps["communities"]:
        summed.update({key: value for key, value in community.items() if key != "community"})

    rounded = {key for key in summed if key.startswith("unclaimed_fen")}  # twelfths of a year
    assert [
        key
        for key in rounded
        if abs(summed.pop(key) - gaps["totals"][key]) > len(gaps["communities"]) / 2
    ] == []
    assert dict(summed) == {
        key: value for key, value in gaps["totals"].items() if key not in rounded
    }


def test_one_community_gives_its_own_part_under_any_of_its_names(street, priority):
    own = [one for one in priority["findings"] if one["community"] == "河口下"]

    given = [
        answer(street, "priority", "--community", name)["findings"]
        for name in ("河口下", "河口下社区", "河口下社區")
    ]

    assert own != []
    assert given == [own, own, own]


def test_importing_the_same_files_again_changes_nothing(street, tmp_path):
    again = tmp_path / "again.db"
    shutil.copy(street, again)

    result = run(again, "import", SAMPLE)

    assert result.exit_code == 3
    assert dump(again) == dump(street)


def dump(db):
    with sqlite3.connect(db) as register:
        return list(register.iterdump())


def test_a_line_less_on_a_roster_is_one_more_unclaimed_household(copied, tmp_path):
    workbook = load_workbook(copied / "高龄补贴发放表.xlsx")
    sheet = workbook.active
    gone = sheet.cell(row=sheet.max_row // 2, column=1).row
    sheet.delete_rows(gone)
    workbook.save(copied / "高龄补贴发放表.xlsx")

    run(tmp_path / "less.db", "import", copied)

    found = answer(tmp_path / "less.db", "gaps")
    assert found["totals"]["unclaimed_households"] == 102


def test_a_deciding_fact_left_blank_is_undetermined_and_never_unclaimed(copied, tmp_path):
    path = copied / "梧桐里社区摸底表.csv"
    text = path.read_text("gb18030")
    number, income = find_unclaimed_dibao(text)

    path.write_text(blanked(text, number, income), "gb18030")
    run(tmp_path / "blank.db", "import", copied)

    found = answer(tmp_path / "blank.db", "gaps")
    assert found["totals"]["unclaimed_households"] == 100
    assert found["totals"]["undetermined_households"] == 83


def find_unclaimed_dibao(text):
    """Find the head's ID of a planted dibao gap in this file, and the column of income."""
    heads = {
        row["head_id"]
        for row in read_truth("truth.csv")
        if (row["programme"], row["status"], row["community"]) == ("dibao", "unclaimed", "梧桐里")
    }
    lines = list(csv.reader(text.splitlines()))
    (header,) = (line for line in lines if "月收入" in line)
    number = next(cell for line in lines for cell in line if cell in heads)
    return number, header.index("月收入")


def blanked(text, number, income):
    lines = list(csv.reader(text.splitlines()))
    for line in lines:
        if number in line:
            line[income] = ""
    rows = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    return "\n".join(rows) + "\n"


OFFICE = {
    "dibao_deposit_limit": 20000,
    "vehicle_limit": 0,
    "dibao_amount_mode": '"exact"',
    "job_cost_deduction": '"none"',
    "spending_deduction": '"none"',
}
# What the notices of 2025 say, in yuan; of dibao the line, of the others the sums there are.
NOTICES = {
    "shenzhen": {
        "dibao": 1535,
        "unemployment-benefit": {1535},
        "tekun": {2456},
        "orphan": {2700},
        "disability-living": {400, 300},
        "disability-care": {452},
        "dibao-extra": {461, 307},
        "old-age-allowance": {200, 300, 500, 1000},
        "student-aid": {625, 750, 2300},
    },
    "hangzhou": {
        "dibao": 1301,
        "unemployment-benefit": {1301},
        "tekun": {2255},
        "orphan": {2525},
        "unsupported-child": {2525},
        "hardship-child": {612, 368},
        "disability-living": {390.3},  # 30 % of the line
        "disability-care": {500, 250, 125},
        "student-aid": {625, 750, 2300},
    },
}


def write_answered(folder, city):
    """Write a pack over a city's with what its office answered to the questions left open."""
    folder.mkdir()
    text = "{{ zh = '{0}', en = '{0}' }}".format("answered")
    head = f'id = "answered"\nextends = "{city}"\nversion = "1"\ntitle = {text}\narea = {text}\n'
    values = "".join(
        f'\n[[values]]\nparameter = "{name}"\nfrom = 2025-01-01\nuntil = "open"\nvalue = {value}\n'
        'confidence = "reported"\nsource = "区民政局"\n'
        for name, value in OFFICE.items()
    )
    (folder / "pack.toml").write_text(head + values, "utf-8")
    return folder


def line_less_income(db, line):
    """Return what dibao is due for each household whose income is stated: plain arithmetic."""
    sql = """
        SELECT household_no, household_income, household_income_year, exempt_income,
            (SELECT sum(basic_pension) FROM members m WHERE m.household_no = h.household_no),
            (SELECT count(*) FROM members m WHERE m.household_no = h.household_no)
        FROM households h"""
    with sqlite3.connect(db) as register:
        return {
            number: max(line * 100 * people - max(income - (exempt or 0) - (pension or 0), 0), 0)
            for number, monthly, yearly, exempt, pension, people in register.execute(sql)
            for income in [monthly if monthly is not None else yearly and yearly / 12]
            if income is not None
        }


@pytest.mark.parametrize("city", NOTICES)
def test_under_another_city_every_sum_is_that_of_its_notices(street, tmp_path, city):
    pack = write_answered(tmp_path / "answered", city)
    db = tmp_path / "street.db"
    shutil.copy(street, db)

    asked = run(db, "gaps", "--pack", pack, "--as-of", "2025-07-15", "--format", "csv")

    names = {str(each.names): name for name, each in load_pack(pack).programmes.items()}
    found = [
        (names[row["programme"]], row["household_no"], round(float(row["amount"]) * 100))
        for row in csv.DictReader(io.StringIO(asked.stdout))
        if row.get("amount")
    ]
    sums, due = NOTICES[city], line_less_income(db, NOTICES[city]["dibao"])
    dibao = {number: fen for name, number, fen in found if name == "dibao"}
    others = {(name, fen / 100) for name, _number, fen in found if name != "dibao"}
    assert {name for name, *_rest in found} <= sums.keys()
    assert others <= {(name, fen) for name in sums.keys() - {"dibao"} for fen in sums[name]}
    assert len(dibao.keys() & due.keys()) > 150
    assert [no for no in dibao.keys() & due.keys() if abs(dibao[no] - due[no]) > 1] == []
