"""How a form stands on its sheet: lists to choose from, and where its pages end."""

import pytest
from openpyxl import load_workbook

from relieftool.eligibility.survey_questions import FormPerson, SurveyForm, SurveyQuestion
from relieftool.messages import use_language
from relieftool.output.survey_form import PaperRow, find_page_ends, write_form_workbook
from tests.support.registers import shipped_pack


def test_a_list_too_long_for_a_drop_down_stands_in_a_hidden_column(tmp_path):
    long = [f"选项{number:02}，{'长' * 20}" for number in range(20)]
    fact = shipped_pack().facts["employment"]
    choices = [fact.choices[0].model_copy(update={"id": one, "labels": one}) for one in long]
    pack = shipped_pack()
    facts = {**pack.facts, "employment": fact.model_copy(update={"choices": choices})}
    person = FormPerson("H1-01", "赵大山", "ab12")
    form = SurveyForm(
        *("H1", "河口下", "赵大山", (person,), (SurveyQuestion("employment", person),), (), (), ()),
    )

    write_form_workbook(
        [form],
        pack.model_copy(update={"facts": facts}),
        tmp_path / "long.xlsx",
        is_revealed=True,
    )

    sheet = load_workbook(tmp_path / "long.xlsx")["H1"]
    formulas = {one.formula1 for one in sheet.data_validations.dataValidation}
    offered = [cell.value for (cell,) in sheet["I2:I22"]]
    assert "$I$2:$I$22" in formulas
    assert offered == [*long, "不清楚"]
    assert sheet.column_dimensions["I"].hidden


@pytest.mark.parametrize(
    "rows, ends",
    [
        ([PaperRow(100)] * 7, []),
        ([PaperRow(100)] * 8, [7]),
        ([*[PaperRow(100)] * 6, PaperRow(100, is_kept=True), PaperRow(100)], [6]),
        ([PaperRow(100)] * 14, [7, 13]),  # later pages begin with the rows repeated
        ([PaperRow(100, is_kept=True)] * 8, [7]),  # nothing may be cut: cut where it must
        ([PaperRow(900)] * 3, [1, 2]),
    ],
)
def test_a_page_ends_where_the_next_row_has_no_room_and_never_below_a_heading(rows, ends):
    assert find_page_ends(rows, repeated=50) == ends


def known_of(people):
    """Return what is known of a household of so many: seven facts of its own, 15 of each member."""
    facts = shipped_pack().facts.values()
    own = [one.id for one in facts if one.owner == "household"][:13]
    each = [one.id for one in facts if one.owner == "member"][:15]
    asked = [SurveyQuestion(name, None, 1) for name in own]
    return (*asked, *(SurveyQuestion(name, one, 1) for one in people for name in each))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_of_four_people_stands_on_few_pages_with_numbers_on_one_line(tmp_path, lang):
    people = tuple(FormPerson(f"H1-0{place}", "赵大山", "ab12") for place in range(1, 5))
    known = (SurveyQuestion("phone", None, "13800138000"), *known_of(people))
    form = SurveyForm("H1", "河口下", "赵大山", people, (), (), known, ())

    use_language(lang)
    try:
        write_form_workbook([form], shipped_pack(), tmp_path / "four.xlsx", is_revealed=True)
    finally:
        use_language("en")

    sheet = load_workbook(tmp_path / "four.xlsx")["H1"]
    (row,) = [cell.row for cell in sheet["D"] if cell.value == "13800138000"]
    assert len(sheet.row_breaks.brk) <= {"zh": 2, "en": 3}[lang]
    assert sheet.column_dimensions["D"].width >= len("13800138000") + 2
    assert sheet.row_dimensions[row].height == 16
    assert sheet.cell(row, 3).value == {"zh": "联系电话", "en": "telephone"}[lang]
