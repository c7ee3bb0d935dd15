"""A filled form with cells moved or written over: no answer goes astray, none is lost unsaid."""

import pytest
from openpyxl import load_workbook

from tests.support.survey_forms import VISIT, codes, fill, marks, of_h1, one_row
from tests.support.survey_forms import street as street  # noqa: PLC0414 a fixture that the files share

GRADES = (
    "SELECT group_concat(ifnull(disability_grade, '?'), ' ') FROM members WHERE member_no < 'H2'"
)
INCOME = "fact:household::household_income"


def grade_row(sheet, place):
    """Return the row that asks the member at a place for the grade of the disability."""
    return next(
        row
        for mark, row in marks(sheet).items()
        if str(mark).startswith(f"fact:{place}:") and str(mark).endswith(":disability_grade")
    )


def move_cells_up(sheet):
    """Let what is printed about member 2, its answer too, stand over the row of member 1."""
    first, second = grade_row(sheet, "01"), grade_row(sheet, "02")
    for column in range(1, 7):
        sheet.cell(first, column).value = sheet.cell(second, column).value
        sheet.cell(second, column).value = None


def swap_marks(sheet, columns=(7,)):
    first, second = grade_row(sheet, "01"), grade_row(sheet, "02")
    for column in columns:
        one, other = sheet.cell(first, column), sheet.cell(second, column)
        one.value, other.value = other.value, one.value


def swap_marks_and_seals(sheet):
    swap_marks(sheet, (7, 8))


def move_whole_rows(sheet):
    """Sort the rows of two members the other way round, their hidden cells with them."""
    swap_marks(sheet, range(1, 9))


def of_old_print(sheet):
    """Take the seals off: forms of before had none."""
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, 8).value = None


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("move", [move_cells_up, swap_marks, swap_marks_and_seals])
def test_an_answer_about_one_person_is_never_taken_for_another(street, tmp_path, move, is_old):
    def change(sheet):
        if is_old:
            of_old_print(sheet)
        sheet.cell(grade_row(sheet, "02"), 5).value = "一级"
        move(sheet)

    fill(VISIT, change=change)

    result = street("import", "filled.xlsx")

    ((code, row),) = codes(tmp_path)
    answers = [cell.value for (cell,) in load_workbook("filled.xlsx")["H1"]["E1:E60"]]
    assert (result.exit_code, code, row) == (3, "form-person-differs", answers.index("一级") + 1)
    assert one_row(tmp_path, GRADES) == ("grade2 none",)


@pytest.mark.parametrize("move", [move_whole_rows, of_old_print])
def test_rows_moved_whole_and_forms_printed_before_there_were_seals_are_read(
    street, tmp_path, move
):
    def change(sheet):
        sheet.cell(grade_row(sheet, "02"), 5).value = "一级"
        move(sheet)

    fill(VISIT, change=change)

    assert (street("import", "filled.xlsx").exit_code, codes(tmp_path)) == (0, [])
    assert one_row(tmp_path, GRADES) == ("grade2 grade1",)


def test_a_need_ticked_under_a_swapped_mark_is_told_and_not_used(street, tmp_path):
    def swap(sheet):
        rows = marks(sheet)
        one, other = (sheet.cell(rows[mark], 7) for mark in ("need:care", "need:work"))
        one.value, other.value = other.value, one.value

    fill({**VISIT, "need:care": "√"}, change=swap)

    street("import", "filled.xlsx")

    assert [code for code, _row in codes(tmp_path)] == ["form-row-altered"]
    assert of_h1(tmp_path)[2:] == (1, 0)


def test_of_a_row_whose_seal_was_taken_off_nothing_is_used(street, tmp_path):
    def unseal(sheet):
        sheet.cell(marks(sheet)[INCOME], 8).value = None

    fill({**VISIT, INCOME: 1200}, change=unseal)

    street("import", "filled.xlsx")

    assert [code for code, _row in codes(tmp_path)] == ["form-row-altered"]
    assert of_h1(tmp_path)[0] == 80000


def test_a_question_the_pack_asks_otherwise_by_now_is_told(street, tmp_path):
    def reword(sheet):
        of_old_print(sheet)
        sheet.cell(marks(sheet)[INCOME], 3).value = "年收入"

    fill({**VISIT, INCOME: 1200}, change=reword)

    street("import", "filled.xlsx")

    assert [code for code, _row in codes(tmp_path)] == ["form-question-differs"]
    assert of_h1(tmp_path)[0] == 80000


def test_answers_of_people_who_changed_since_printing_are_told(street, tmp_path):
    def other_people(sheet):
        row = grade_row(sheet, "02")
        of_old_print(sheet)
        sheet.cell(row, 5).value = "一级"
        sheet.cell(row, 7).value = "fact:02:00000000:disability_grade"

    fill(VISIT, change=other_people)

    street("import", "filled.xlsx")

    assert [code for code, _row in codes(tmp_path)] == ["form-member-changed"]
    assert one_row(tmp_path, GRADES) == ("grade2 none",)


@pytest.mark.parametrize("answers", [VISIT, {}])
def test_a_correction_written_over_what_is_known_is_told_with_its_place(street, tmp_path, answers):
    def correct(sheet):
        sheet.cell(marks(sheet)[INCOME], 4).value = "1200"

    fill(answers, change=correct)

    result = street("import", "filled.xlsx")

    row = marks(load_workbook("filled.xlsx")["H1"])[INCOME]
    told = street("problems").stdout
    assert (result.exit_code, codes(tmp_path)) == (3, [("form-known-changed", row)])
    assert f"filled.xlsx\tH1\t{row}\t1\tD" in told
    assert "write the correction in the answer beside it" in told
    assert of_h1(tmp_path)[0] == 80000


def test_an_answer_beside_a_changed_known_value_is_used_all_the_same(street, tmp_path):
    def correct(sheet):
        sheet.cell(marks(sheet)[INCOME], 4).value = "900"

    fill({**VISIT, INCOME: 1200}, change=correct)

    street("import", "filled.xlsx")

    assert [code for code, _row in codes(tmp_path)] == ["form-known-changed"]
    assert of_h1(tmp_path)[0] == 120000


def test_an_answer_that_says_the_same_as_the_value_written_over_is_used_without_a_word(
    street, tmp_path
):
    def correct(sheet):
        sheet.cell(marks(sheet)[INCOME], 4).value = "1200"

    fill({**VISIT, INCOME: 1200}, change=correct)

    assert (street("import", "filled.xlsx").exit_code, codes(tmp_path)) == (0, [])
    assert of_h1(tmp_path)[0] == 120000


def test_a_form_of_a_visit_that_changed_nothing_is_no_empty_list(street, tmp_path):
    fill(VISIT)

    assert (street("import", "filled.xlsx").exit_code, codes(tmp_path)) == (0, [])


@pytest.mark.parametrize(
    "field, words",
    [("visit:found", "√"), ("visit:found", "？！"), ("visit:by-2", "—"), ("visit:by-2", "张 三")],
)
def test_words_that_say_nothing_are_a_problem_of_the_form_and_stop_no_import(
    street, tmp_path, field, words
):
    fill({**VISIT, field: words, INCOME: 1200, "need:care": "√"})

    result = street("import", "filled.xlsx")

    row = marks(load_workbook("filled.xlsx")["H1"])[field]
    assert (result.exit_code, codes(tmp_path)) == (3, [("form-visit-incomplete", row)])
    assert of_h1(tmp_path)[::2] == (80000, 0)


def test_a_tick_in_the_place_of_a_familys_words_is_told_and_the_rest_is_used(street, tmp_path):
    fill({**VISIT, "need:words": "√", "need:care": "√"})

    result = street("import", "filled.xlsx")

    row = marks(load_workbook("filled.xlsx")["H1"])["need:words"]
    assert (result.exit_code, codes(tmp_path)) == (3, [("form-needs-empty", row)])
    assert of_h1(tmp_path)[2:] == (1, 1)
