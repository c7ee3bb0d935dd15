"""Survey forms of a small street, printed and filled in."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from relieftool.fieldwork.needs import list_needs
from relieftool.fieldwork.visits import list_visits
from relieftool.store.database import open_register
from relieftool.store.imports import find_newest_date, list_problems
from tests.support.ready_folders import fill_folder
from tests.support.registers import GRAN, QIAN, ZHAO

HEADINGS = [
    *("户编号", "姓名", "身份证号", "与户主关系", "社区", "家庭月收入", "机动车", "残疾等级"),
    "已享受政策",
]


PEOPLE = [
    ["H1", "赵大山", ZHAO, "户主", "河口下", "800", "", "二级", "无"],
    ["H1", "钱小花", QIAN, "妻", "河口下", "", "", "", "无"],
    ["H2", "李奶奶", GRAN, "户主", "河口下", "", "", "", ""],
]


VISIT = {
    "visit:on": "2024-12-12",
    "visit:level": "社区",
    "visit:method": "上门",
    "visit:by-1": "张三",
    "visit:by-2": "李四",
    "visit:found": "卧床",
    "visit:knows-policy": "否",
}


@pytest.fixture
def street(relief):
    """Return the runner, with two households imported and a form for each written."""
    return fill_folder(_write_forms, relief)


def _write_forms(relief):
    with Path("户 2024-11.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, *PEOPLE])
    relief("import", "户 2024-11.csv")
    assert relief("form", "H1", "H2", "--out", "forms.xlsx").exit_code == 0


def marks(sheet):
    return {sheet.cell(row, 7).value: row for row in range(1, sheet.max_row + 1)}


def fill(answers, sheet="H1", change=lambda _sheet: None):
    """Fill in the form of a household by what its rows are marked with, and save it."""
    workbook = load_workbook("forms.xlsx")
    filled = workbook[sheet]
    rows = marks(filled)
    for mark, answer in answers.items():
        (row,) = [row for text, row in rows.items() if matches(text, mark)]
        filled.cell(row, 5).value = answer
    change(filled)
    workbook.save("filled.xlsx")


def matches(text, mark):
    """Return whether a mark is meant; the keyed hash of a person is passed over."""
    parts = str(text).split(":")
    return mark in (text, ":".join([*parts[:2], *parts[3:]]))


def codes(folder):
    with open_register(folder / "relief.db") as db:
        found = list_problems(db)
    return [(one.problem.code, one.problem.row) for one in found if one.file_name == "filled.xlsx"]


def one_row(folder, statement):
    with open_register(folder / "relief.db") as db:
        return db.execute(statement).fetchone()


def of_h1(folder):
    """Return the income of H1, the newest day of the register, and its visits and needs."""
    (income,) = one_row(folder, "SELECT household_income FROM households WHERE household_no = 'H1'")
    with open_register(folder / "relief.db") as db:
        return income, find_newest_date(db), len(list_visits(db)), len(list_needs(db))
