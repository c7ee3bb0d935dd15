"""Files into the register: what import.toml changes, what a bad file leaves, what comes again."""

import csv
import json
import re

import pytest

from relieftool.errors import ReliefError
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_register
from relieftool.store.imports import list_problems
from tests.support.registers import (
    GRAN,
    QIAN,
    ZHAO,
    codes,
    empty_register,
    fact,
    households,
    people,
    rows,
    said,
    shipped_pack,
)

HEADINGS = ["户编号", "姓名", "身份证号", "与户主关系", "社区"]
ZHAOS = [["H1", "赵大山", ZHAO, "户主", "河口下"], ["H1", "钱小花", QIAN, "妻", "河口下"]]
PAYMENT = [["序号", "姓名", "身份证号", "金额"], ["1", "赵大山", ZHAO, "300"]]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "表"
    path.mkdir()
    return path


@pytest.fixture
def db(tmp_path):
    with open_register(empty_register(tmp_path / "relief.db")) as register:
        yield register


def save(folder, name, *lines):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    return path


def declare(folder, *entries):
    text = "\n".join(f"[[file]]\n{entry}" for entry in entries)
    (folder / "import.toml").write_text(text, "utf-8")


def bring(db, *paths):
    return record_files(db, shipped_pack(), read_paths(shipped_pack(), list(paths)))


def test_a_declared_roster_is_read_as_declared(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    save(folder, "某表.csv", *PAYMENT)
    declare(
        folder,
        'path = "某表.csv"\nkind = "roster"\nprogramme = "tekun"\narea = "河口下社区"\n'
        'date = "2024-11"\ncomplete = true',
    )

    bring(db, folder)

    assert said(db, "tekun") == [("H1-01", "yes", "roster", 30000)]
    assert rows(db, "SELECT programme, community_id, covers_until, is_complete FROM rosters") == [
        ("tekun", 1, "2024-11-30", 1)
    ]


def test_a_declared_programme_alone_makes_a_roster(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    save(folder, "某表.csv", *PAYMENT)
    declare(folder, 'path = "某表.csv"\nprogramme = "dibao"')

    bring(db, folder)

    assert said(db, "dibao") == [("H1-01", "yes", "roster", 30000)]
    assert households(db) == [("H1",)]


def test_a_roster_with_its_amount_under_its_own_name_is_read(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    save(folder, "低保金发放表.csv", ["姓名", "身份证号", "低保金"], ["赵大山", ZHAO, "420"])

    bring(db, folder)

    assert said(db, "dibao") == [("H1-01", "yes", "roster", 42000)]


def test_a_list_declared_as_households_is_no_roster(db, folder):
    save(folder, "低保金发放表.csv", *PAYMENT)
    declare(folder, 'path = "低保金发放表.csv"\nkind = "households"\narea = "花园"')

    bring(db, folder)

    assert rows(db, "SELECT name FROM communities") == [("花园",)]
    assert said(db, "dibao") == []


@pytest.mark.parametrize("target", ["household_income", "家庭月收入", "家庭月收入（元）"])
def test_a_map_names_a_fact_or_a_known_heading_and_keeps_the_unit(db, folder, target):
    save(folder, "户.csv", [*HEADINGS, "进账（万元）"], [*ZHAOS[0], "0.08"])
    declare(folder, f'path = "户.csv"\nmap = {{ "进账（万元）" = "{target}" }}')

    bring(db, folder)

    assert fact(db, "household_income") == [80000]


def test_a_mapped_column_goes_before_one_that_is_known(db, folder):
    save(folder, "户.csv", [*HEADINGS, "家庭月收入", "核实后"], [*ZHAOS[0], "1", "800"])
    declare(folder, 'path = "户.csv"\nmap = { "核实后" = "household_income" }')

    bring(db, folder)

    assert fact(db, "household_income") == [80000]


def test_a_dash_leaves_a_column_unused(db, folder):
    save(folder, "户.csv", [*HEADINGS, "家庭月收入"], [*ZHAOS[0], "1"])
    declare(folder, 'path = "户.csv"\nmap = { "家庭月收入" = "-" }')

    bring(db, folder)

    assert fact(db, "household_income") == [None]
    assert codes(db) == []


def test_a_map_of_a_heading_that_is_not_there_is_told(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    declare(folder, 'path = "户.csv"\nmap = { "家庭收人" = "household_income" }')

    bring(db, folder)

    ((file_name, column),) = [
        (recorded.file_name, recorded.problem.column) for recorded in list_problems(db)
    ]
    assert (file_name, column, codes(db)) == ("户.csv", "家庭收人", ["map-unused"])


@pytest.mark.parametrize(
    "entry, words",
    [
        ('programme = "diboa"', "import.toml: 户.csv: programme: 'diboa' is not a programme"),
        ('kind = "openings"', "户.csv: no list of openings was found in this file"),
        ('map = { "社区" = "comunity" }', "map: 社区: 'comunity' is neither a fact nor a heading"),
        ('map = { "社区" = "家庭住止" }', "Did you mean: 家庭住址"),
    ],
)
def test_a_declaration_that_cannot_be_met_stops_before_anything_is_written(
    db, folder, entry, words
):
    save(folder, "a.csv", HEADINGS, *ZHAOS)
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    declare(folder, f'path = "户.csv"\n{entry}')

    with pytest.raises(ReliefError, match=re.escape(words)):
        bring(db, folder)

    assert rows(db, "SELECT * FROM imports") == []


def test_a_bad_file_among_good_ones_leaves_nothing_written(db, folder):
    save(folder, "a.csv", HEADINGS, *ZHAOS)
    (folder / "b.xlsx").write_bytes(b"no spreadsheet")

    with pytest.raises(ReliefError, match=r"^b\.xlsx: "):
        bring(db, folder)

    assert rows(db, "SELECT * FROM imports") == []


def test_a_file_that_is_no_list_of_anybody_names_its_headings(db, folder):
    save(folder, "车.csv", ["牌照", "颜色", "型号"], ["a", "b", "c"])

    with pytest.raises(ReliefError, match=r"it has: 牌照, 颜色, 型号"):
        bring(db, folder)


def test_importing_again_changes_nothing(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    first = bring(db, folder)
    before = list(db.conn.iterdump())

    (again,) = bring(db, folder)

    assert list(db.conn.iterdump()) == before
    assert (first[0].is_new, again.is_new) == (True, False)
    assert (again.rows, again.households, again.members, again.problems) == (2, 1, 2, 0)


def test_the_same_file_under_two_names_is_imported_once(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    save(folder, "户（副本）.csv", HEADINGS, *ZHAOS)

    reports = bring(db, folder)

    assert [report.is_new for report in reports] == [True, False]
    assert rows(db, "SELECT count(*) FROM imports") == [(1,)]
    assert len(people(db)) == 2


def test_the_same_bytes_declared_in_two_ways_stay_both_and_come_again_unchanged(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    save(folder, "十月.csv", *PAYMENT)
    save(folder, "十一月.csv", *PAYMENT)
    declare(
        folder,
        'path = "十月.csv"\nprogramme = "dibao"\ndate = "2024-10"',
        'path = "十一月.csv"\nprogramme = "dibao"\ndate = "2024-11"',
    )
    bring(db, folder)
    before = list(db.conn.iterdump())

    bring(db, folder)

    assert list(db.conn.iterdump()) == before
    assert rows(db, "SELECT covers_from FROM receipts ORDER BY 1") == [
        ("2024-10-01",), ("2024-11-01",)
    ]  # fmt: skip


@pytest.mark.parametrize("is_replacing", [False, True])
def test_a_file_declared_to_be_another_roster_is_another_import(db, folder, is_replacing):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    path = save(folder, "某表.csv", *PAYMENT)
    declare(folder, 'path = "某表.csv"\nprogramme = "tekun"')
    bring(db, folder)

    declare(folder, 'path = "某表.csv"\nprogramme = "dibao"')
    bring(db, path)
    read = read_paths(shipped_pack(), [path])
    (report,) = record_files(db, shipped_pack(), read, replace_namesakes=is_replacing)

    assert (report.is_new, report.beside) == (False, int(not is_replacing))
    assert (len(said(db, "tekun")), len(said(db, "dibao"))) == (int(not is_replacing), 1)


@pytest.mark.parametrize("name", ["Sheet1.csv", "摸底.csv"])
def test_a_list_whose_community_nobody_names_is_kept_and_told(db, folder, name):
    save(folder, name, HEADINGS[:4], [*ZHAOS[0][:4]])

    (report,) = bring(db, folder)

    assert (report.rows, report.households, report.problems) == (1, 0, 1)
    assert codes(db) == ["community-unknown"]


def test_a_list_that_bears_the_bare_name_of_a_community_belongs_to_it(db, folder):
    save(folder, "总表.csv", HEADINGS, *ZHAOS)
    save(folder, "河口下.csv", HEADINGS[:4], ["H2", "孙老太", GRAN, "户主"])

    bring(db, folder)

    assert [number for number, _place, _name, _id in people(db)] == ["H1", "H1", "H2"]
    assert codes(db) == []


def test_what_was_declared_is_kept_without_the_path(db, folder):
    save(folder, "户.csv", HEADINGS, *ZHAOS)
    declare(folder, 'path = "户.csv"\narea = "河口下"\ncomplete = false')

    bring(db, folder)

    ((declared,),) = rows(db, "SELECT declared FROM imports")
    assert json.loads(declared) == {"area": "河口下", "complete": False}
