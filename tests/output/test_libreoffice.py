"""A real office program fills in, saves and prints what relief wrote, and relief reads it back."""

import csv
import os
import re
import shutil

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.fieldwork.needs import list_needs
from relieftool.fieldwork.visits import Visit, VisitLevel, VisitMethod, VisitStep, list_visits
from relieftool.store.database import open_register
from relieftool.store.imports import list_problems
from tests.support.office import NEEDED, Office, needs_libreoffice, pages_of, saved
from tests.support.registers import GRAN, QIAN, ZHAO

pytestmark = pytest.mark.slow
HEADINGS = [
    *("户编号", "姓名", "身份证号", "与户主关系", "社区", "家庭月收入", "机动车", "残疾等级"),
    "已享受政策",
]
PEOPLE = [
    ["H1", "赵大山", ZHAO, "户主", "河口下", "800", "", "二级", "无"],
    ["H1", "钱小花", QIAN, "妻", "河口下", "", "", "", "无"],
    ["H2", "李奶奶", GRAN, "户主", "河口下", "", "", "", ""],
]
# How a clerk fills each cell: as text, as a number, or typed so that the program makes of it what
# it will; a drop-down's answer is one of what LibreOffice offers there.
ANSWERS = {
    "visit:on": ("typed", "2024-12-12"),
    "visit:level": ("text", "街道"),
    "visit:method": ("text", "上门"),
    "visit:by-1": ("text", "张三"),
    "visit:by-2": ("text", "李四"),
    "visit:knows-policy": ("text", "否"),
    "visit:found": ("text", '卧床，"=1+1"，O\'Brien'),
    "need:home-work": ("text", "√"),
    "need:words": ("text", "想在家做活"),
    "fact:household:deposits": ("number", "3500.5"),
    "fact:household:homes": ("number", "1"),
    "fact:household:household_income": ("typed", "1200"),
    "fact:household:vehicles": ("text", "不清楚"),
    "fact:01:employment": ("text", "失业"),
    "fact:01:income": ("typed", "0"),
    "fact:02:disability_grade": ("text", "一级"),
}
VISIT = Visit(
    *("H1", "2024-12-12", VisitStep.SURVEY, VisitLevel.STREET, VisitMethod.HOME, ("张三", "李四")),
    *('卧床，"=1+1"，O\'Brien', False),
)
KINDS = ("xlsx", "ods", "xls", "et")


def run(folder, *line):
    result = CliRunner(env={"RELIEF_DB": str(folder / "relief.db"), "RELIEF_LANG": "zh"}).invoke(
        app, [str(one) for one in line]
    )
    assert result.exit_code in (0, 3), result.stderr
    return result


def places(path, sheet):
    """Return the row of every mark, counted as LibreOffice counts; people's hashes left out."""
    rows = {}
    for number, (cell,) in enumerate(load_workbook(path)[sheet].iter_rows(min_col=7, max_col=7)):
        parts = str(cell.value).split(":")
        is_of_register = parts[0] in ("fact", "receipt")
        rows[":".join([*parts[:2], *parts[3:]] if is_of_register else parts)] = number
    return rows


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    needs_libreoffice()
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def desk(office, tmp_path_factory):
    """Return the folder of a clerk who filled in a form, and saved one unfilled, in every kind."""
    folder = tmp_path_factory.mktemp("desk")
    with (folder / "户 2024-11.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, *PEOPLE])
    run(folder, "import", folder / "户 2024-11.csv")
    run(folder, "gaps", "--open-cases", "--as-of", "2024-12-12")
    run(folder, "form", "H1", "H2", "--out", folder / "forms.xlsx")
    run(folder, "cases", "--out", folder / "ledger.xlsx")
    run(folder, "refer", "--by", "王五", "--on", "2024-12-12", "--out", folder / "referral.xlsx")
    rows = places(folder / "forms.xlsx", "H1")
    (referral, *_others) = sorted(folder.glob("referral*.xlsx"))
    told = office.follow(
        ("open", folder / "forms.xlsx"),
        *(saved(folder / f"unfilled.{kind}") for kind in ("xlsx", "ods", "xls", "pdf")),
        *(("list", "H1", 4, rows[mark]) for mark in ("visit:level", "fact:02:disability_grade")),
        *((how, "H1", 4, rows[mark], text) for mark, (how, text) in ANSWERS.items()),
        *(saved(folder / f"filled.{kind}") for kind in ("xlsx", "ods", "xls")),
        ("close",),
        *(("open", folder / "ledger.xlsx"), saved(folder / "ledger.pdf"), ("close",)),
        *(("open", referral), saved(folder / "referral.pdf"), ("close",)),
    )
    for name in ("filled", "unfilled"):
        shutil.copy(folder / f"{name}.xls", folder / f"{name}.et")  # WPS's own kind is xls inside
    (folder / "told.txt").write_text("\n".join(told), "utf-8")
    return folder


@pytest.fixture
def street(desk, tmp_path):
    """Return a folder with the register as it was when the forms were written."""
    shutil.copy(desk / "relief.db", tmp_path / "relief.db")
    return tmp_path


def register(folder):
    with open_register(folder / "relief.db") as db:
        households = list(db.query("SELECT * FROM households ORDER BY household_no"))
        return households, list(db.query("SELECT * FROM members ORDER BY member_no"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_filled_in_by_libreoffice_comes_back_right(desk, street, kind):
    result = run(street, "import", desk / f"filled.{kind}")

    with open_register(street / "relief.db") as db:
        visits, needs = list_visits(db), [(one.need, one.words) for one in list_needs(db)]
        problems = [one.problem.code for one in list_problems(db) if "filled" in one.file_name]
    (first, _second), (zhao, qian, _gran) = register(street)
    names = ("household_income", "deposits", "homes", "vehicles")
    assert (result.exit_code, problems) == (0, [])
    assert [first[name] for name in names] == [120000, 350050, 1, 0]
    assert [zhao[name] for name in ("employment", "income", "disability_grade")] == [
        *("unemployed", 0, "grade2"),
    ]
    assert [qian[name] for name in ("employment", "income", "disability_grade")] == [
        *(None, None, "grade1"),
    ]
    assert (visits, needs) == ([VISIT], [("home-work", None), ("words", "想在家做活")])


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_only_saved_again_by_libreoffice_changes_nothing(desk, street, kind):
    before = register(street)

    result = run(street, "import", desk / f"unfilled.{kind}")

    with open_register(street / "relief.db") as db:
        problems = [one.problem.code for one in list_problems(db) if "filled" in one.file_name]
        said = (list_visits(db), list_needs(db))
    assert (result.exit_code, problems, said) == (0, [], ([], []))
    assert register(street) == before


def test_libreoffice_offers_the_answers_in_a_drop_down(desk):
    level, grade = (desk / "told.txt").read_text("utf-8").splitlines()

    assert re.findall('"([^"]+)"', level) == ["社区", "街道", "帮扶单位"]
    assert re.findall('"([^"]+)"', grade) == ["无", "一级", "二级", "三级", "四级", "不清楚"]


def test_a_form_is_printed_on_a4_with_no_page_but_those_that_were_planned(desk):
    sheets = load_workbook(desk / "forms.xlsx").worksheets

    planned = sum(len(sheet.row_breaks.brk) + 1 for sheet in sheets)

    assert pages_of(desk / "unfilled.pdf") == [(595, 842)] * planned


@pytest.mark.parametrize("name, pages", [("ledger", 3), ("referral", 2)])
def test_a_list_is_printed_on_landscape_a4_no_wider_than_the_page(desk, name, pages):
    assert pages_of(desk / f"{name}.pdf") == [(842, 595)] * pages  # one for each of its sheets


def test_where_libreoffice_must_be_its_absence_is_a_failure(monkeypatch):
    monkeypatch.setattr("tests.support.office.SOFFICE", None)
    monkeypatch.setenv(NEEDED, "1")

    with pytest.raises(pytest.fail.Exception, match="must be here"):
        needs_libreoffice()


def test_where_libreoffice_need_not_be_its_absence_is_told(monkeypatch):
    monkeypatch.setattr("tests.support.office.SOFFICE", None)
    monkeypatch.delenv(NEEDED, raising=False)

    with pytest.raises(pytest.skip.Exception, match="LibreOffice is not installed"):
        needs_libreoffice()
    assert NEEDED not in os.environ
