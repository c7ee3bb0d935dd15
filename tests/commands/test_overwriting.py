"""A workbook people filled in is never written over by the one that would take its place."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.dibao_cases import dibao_case
from tests.support.dibao_cases import street as cases  # noqa: F401 a fixture
from tests.support.survey_forms import fill
from tests.support.survey_forms import street as street  # noqa: PLC0414 a fixture that the files share

REFER = (
    "refer",
    "--by",
    "王五",
    "--on",
    "2024-12-12",
    "--department",
    "民政",
    "--out",
    "转办.xlsx",
)


def fill_form():
    fill({"need:care": "√"})
    Path("filled.xlsx").replace("forms.xlsx")


def other_workbook(name="forms.xlsx"):
    workbook = Workbook()
    workbook.active.append(["名册"])
    workbook.save(name)


def other_text():
    Path("forms.xlsx").write_bytes(b"\x00\x01")


@pytest.mark.parametrize("put_there", [fill_form, other_workbook, other_text])
def test_a_form_is_not_written_over_what_holds_answers_or_is_no_form(street, put_there):
    put_there()
    before = Path("forms.xlsx").read_bytes()

    refused = street("form", "H1", "--out", "forms.xlsx")
    kept = Path("forms.xlsx").read_bytes()
    told_to = street("form", "H1", "--out", "forms.xlsx", "--overwrite")

    assert (refused.exit_code, kept) == (1, before)
    assert "holds answers already, or is not the workbook" in refused.stderr
    assert told_to.exit_code == 0
    assert load_workbook("forms.xlsx").sheetnames == ["H1"]


def test_a_form_nobody_filled_in_is_written_anew(street):
    again = street("form", "H2", "--out", "forms.xlsx")

    assert (again.exit_code, load_workbook("forms.xlsx").sheetnames) == (0, ["H2"])


@pytest.mark.parametrize("column, lang", [(12, "en"), (13, "zh"), (15, "en")])
def test_a_list_with_a_decision_is_not_written_over(cases, column, lang):  # noqa: F811
    cases(*REFER, "--lang", lang)
    sheet = load_workbook("转办.xlsx")
    sheet.worksheets[0].cell(2, column).value = "批准"
    sheet.save("转办.xlsx")
    before = Path("转办.xlsx").read_bytes()

    reminder = REFER[0], dibao_case(cases), *REFER[1:5], *REFER[7:]
    refused = cases(*reminder)
    kept = Path("转办.xlsx").read_bytes()
    rehearsed = cases(*reminder, "--dry-run")
    told_to = cases(*reminder, "--overwrite")

    assert (refused.exit_code, kept) == (1, before)
    assert "--overwrite writes over it" in refused.stderr
    assert (rehearsed.exit_code, told_to.exit_code) == (0, 0)
    assert load_workbook("转办.xlsx").worksheets[0].cell(2, column).value is None


def test_a_list_nobody_filled_in_is_written_anew_and_another_workbook_is_not(cases):  # noqa: F811
    cases(*REFER)

    reminder = REFER[0], dibao_case(cases), *REFER[1:5], *REFER[7:]
    again = cases(*reminder)
    other_workbook("转办.xlsx")

    assert (again.exit_code, cases(*reminder).exit_code) == (0, 1)


def test_a_form_in_any_other_kind_of_file_is_refused_at_once(street):
    refused = [street("form", "H1", "--out", f"x.{one}") for one in ("ods", "csv", "xls")]

    assert {one.exit_code for one in refused} == {1}
    assert all("End the file name in .xlsx." in one.stderr for one in refused)
