"""Files that replace one another in turn: only the newest that was not taken back counts."""

import csv
import json

import pytest
from openpyxl import Workbook

from relieftool.intake.undo import list_imports, redo_import, undo_import
from relieftool.store.database import open_register, write
from relieftool.store.import_status import record_replacements
from tests.support.registers import fact, keep, register, table

COLUMNS = "household_no name household_income"
IN_TURN = [
    table(COLUMNS, ["H1", "赵大山", income], file="困难家庭.csv") for income in (500, 600, 700)
]


def replaced_in_turn(folder):
    db = register(folder)
    keep(db, *IN_TURN)
    with write(db):
        record_replacements(db, 2, [1])
        record_replacements(db, 3, [2])
    return db


def states(db):
    return [(record.state, record.replaced_by) for record in list_imports(db)]


LIVE, UNDONE = ("live", None), ("undone", None)


def replaced(by):
    return "replaced", by


@pytest.mark.parametrize(
    "taken_back, found",
    [
        ([], [replaced(2), replaced(3), LIVE]),
        ([3], [replaced(2), LIVE, UNDONE]),
        ([2], [replaced(3), UNDONE, LIVE]),
        ([1], [UNDONE, replaced(3), LIVE]),
        ([3, 2], [LIVE, UNDONE, UNDONE]),
        ([2, 3], [LIVE, UNDONE, UNDONE]),
        ([3, 1], [UNDONE, LIVE, UNDONE]),
        ([1, 2, 3], [UNDONE, UNDONE, UNDONE]),
    ],
)
def test_of_three_in_turn_the_newest_that_is_left_counts(tmp_path, taken_back, found):
    db = replaced_in_turn(tmp_path)

    with write(db):
        steps = [undo_import(db, number) for number in taken_back]

    assert states(db) == found
    assert len(steps) == len(taken_back)


@pytest.mark.parametrize("number, back", [(3, [2]), (2, []), (1, [])])
def test_undoing_brings_back_only_what_was_replaced_last(tmp_path, number, back):
    db = replaced_in_turn(tmp_path)

    with write(db):
        done = undo_import(db, number)
        again = redo_import(db, number)

    assert (done.back, done.gone) == (back, [])
    assert (again.back, again.gone) == ([], back)
    assert states(db) == [replaced(2), replaced(3), LIVE]


def test_imports_that_replace_each_other_end_no_search(tmp_path):
    db = register(tmp_path)
    keep(db, *IN_TURN[:2])

    with write(db):
        record_replacements(db, 1, [2])
        record_replacements(db, 2, [1])

    assert states(db) == [replaced(2), replaced(1)]


HEADINGS = ["户编号", "社区", "姓名", "家庭月收入"]


def write_csv(path, income):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, ["H1", "河口下", "赵大山", income]])


def write_workbook(path, income):
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(["H1", "河口下", "赵大山", income])
    book.save(path)


@pytest.mark.parametrize(
    "name, fill", [("名册.csv", write_csv), ("名册.xlsx", write_workbook)], ids=["csv", "xlsx"]
)
def test_a_list_corrected_twice_says_what_it_says_last(relief, tmp_path, name, fill):
    path = tmp_path / name
    for income in (500, 600, 700):
        fill(path, income)
        done = relief("import", path, "--replace")

    with open_register(tmp_path / "relief.db") as db:
        assert fact(db, "household_income") == [70000]
        assert states(db) == [replaced(2), replaced(3), LIVE]
    assert "--replace" not in done.stderr


def write_roster(path):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["序号", "姓名", "身份证号", "发放金额"]])
    return path


def states_of(folder):
    with open_register(folder / "relief.db") as db:
        return states(db)


DIBAO = ("--roster", "dibao", "--complete")


@pytest.mark.parametrize(
    "imports, found",
    [
        ([DIBAO, ("--roster", "tekun", "--complete")], [LIVE, LIVE]),
        ([(*DIBAO, "--month", f"2024-{month}") for month in (10, 11, 12)], [LIVE, LIVE, LIVE]),
        ([(*DIBAO, "--area", area) for area in ("河口下", "花园")], [LIVE, LIVE]),
        # what was not said before is only added, and what is no part of it changed
        ([("--area", "河口下"), ("--area", "河口下", *DIBAO)], [replaced(2), LIVE]),
        ([DIBAO, DIBAO[:2], (*DIBAO, "--month", "2024-11")], [replaced(2), replaced(3), LIVE]),
        ([DIBAO, DIBAO, DIBAO], [LIVE]),
    ],
)
def test_an_import_is_its_bytes_and_what_it_is_declared_to_be(relief, tmp_path, imports, found):
    write_csv(tmp_path / "户.csv", 500)
    relief("import", tmp_path / "户.csv")
    path = write_roster(tmp_path / "空表.csv")

    for said in imports:
        assert relief("import", path, *said).exit_code in (0, 3)

    assert states_of(tmp_path)[1:] == [
        (state, None if by is None else by + 1) for state, by in found
    ]


def test_the_bare_file_is_known_where_its_bytes_are_several_imports(relief, tmp_path):
    write_csv(tmp_path / "户.csv", 500)
    relief("import", tmp_path / "户.csv")
    path = write_roster(tmp_path / "空表.csv")
    relief("import", path, *DIBAO)
    relief("import", path, "--roster", "tekun", "--complete")

    again = relief("import", path)

    assert "known before" in again.stdout
    assert states_of(tmp_path) == [LIVE, LIVE, LIVE]


def test_replace_that_fits_nothing_says_so(relief, tmp_path):
    write_csv(tmp_path / "十一月.csv", 500)
    write_csv(tmp_path / "十二月.csv", 600)

    relief("import", tmp_path / "十一月.csv")
    new = relief("import", tmp_path / "十二月.csv", "--replace")
    known = relief("import", tmp_path / "十二月.csv", "--replace")

    assert (new.exit_code, "so nothing was replaced" in new.stderr) == (3, True)
    assert "十二月.csv" in new.stderr
    assert "nothing was replaced" not in known.stderr
    assert states_of(tmp_path) == [LIVE, LIVE]


def test_imports_says_what_each_is_about(relief, tmp_path):
    write_csv(tmp_path / "户.csv", 500)
    relief("import", tmp_path / "户.csv")
    path = write_roster(tmp_path / "低保.csv")
    relief("import", path, *DIBAO, "--month", "2024-11", "--area", "河口下")
    relief("import", write_roster(tmp_path / "特困.csv"), "--roster", "tekun")

    found = json.loads(relief("imports", "--format", "json").stdout)["imports"]

    keys = ("programmes", "communities", "months", "is_complete")
    assert [tuple(record[key] for key in keys) for record in found] == [
        ([], ["河口下"], [], None),
        (["dibao"], ["河口下"], ["2024-11"], True),
        (["tekun"], [], [], False),
    ]
    shown = relief("imports").stdout.splitlines()
    assert [word for word in ("低保", "河口下", "2024-11", "yes") if word not in shown[2]] == []
