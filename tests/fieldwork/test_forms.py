"""Forms go out, are filled in, and come back: facts with their cells, visits and needs."""

import csv
import json
from datetime import date

import pytest
from openpyxl import load_workbook

from relieftool.eligibility.findings import Finding
from relieftool.eligibility.survey_questions import SurveyQuestion
from relieftool.fieldwork.needs import list_needs
from relieftool.fieldwork.visits import VisitLevel, VisitMethod, VisitStep, list_visits
from relieftool.output.survey_form import YES_NO, format_claim, list_answers
from relieftool.register.origins import find_origins
from relieftool.spreadsheets.form_row_keys import LEVELS, METHODS
from relieftool.store.database import open_register
from relieftool.values.choices import parse_choice
from tests.support.registers import LI, shipped_pack
from tests.support.survey_forms import HEADINGS, VISIT, codes, fill, marks, of_h1, one_row
from tests.support.survey_forms import street as street  # noqa: PLC0414 a fixture that files share

UNTOUCHED = (80000, date(2024, 11, 30), 0, 0)


def test_a_form_asks_first_what_decides(street):
    workbook = load_workbook("forms.xlsx")
    sheet = workbook["H1"]
    texts = [row[0].value for row in sheet.iter_rows(min_col=1, max_col=1)]

    assert workbook.sheetnames == ["H1", "H2"]
    looked_up = texts.index("Look up, without asking the family")
    assert looked_up < texts.index("Difficulties and needs")
    assert "household deposits" in str(sheet.cell(looked_up + 3, 3).value)
    assert street("form", "--out", "x.xlsx").exit_code == 2
    assert street("form", "H9", "--out", "x.xlsx").exit_code == 1
    assert street("form", "H1", "--out", "x.csv").exit_code == 1


def test_what_may_be_claimed_is_told_in_plain_words_with_place_amount_and_papers():
    claim = Finding(
        *("H1", "河口下", None, "H1-01", "赵大山", "disability-living", "unlocked", 7000, "month"),
        *(None, (), "District Civil Affairs Bureau"),
        unlocked_by=("dibao",),
    )

    words = format_claim(shipped_pack(), claim, "赵*")

    assert words.startswith("For 赵*: ")
    assert "may be claimed at District Civil Affairs Bureau. In yuan: 70.00 a month." in words
    assert words.endswith("First claim: minimum living guarantee (dibao).")


def test_the_papers_to_bring_are_named_with_a_claim():
    claim = Finding(
        *("H1", "河口下", None, None, None, "dibao", "unclaimed", None, "month", None, ()),
        "District Civil Affairs Bureau",
    )

    words = format_claim(shipped_pack(), claim, None)

    assert "Bring: application, identity cards, household register;" in words


@pytest.mark.usefixtures("street")
def test_a_form_is_set_out_for_a4_with_its_marks_hidden():
    sheet = load_workbook("forms.xlsx")["H1"]
    lists = {one.formula1 for one in sheet.data_validations.dataValidation}

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$2:$3"
    assert (sheet.column_dimensions["G"].hidden, sheet.row_dimensions[1].hidden) == (True, True)
    assert {'"是,否,不清楚"', '"社区,街道,帮扶单位"', '"√"'} <= lists


def test_names_and_private_facts_are_masked_unless_revealed(street):
    street("form", "H1", "--out", "full.xlsx", "--reveal", "--reason", "入户核查")

    texts = [
        [str(cell.value) for row in load_workbook(name)["H1"].iter_rows() for cell in row]
        for name in ("forms.xlsx", "full.xlsx")
    ]
    assert [any("赵大山" in text for text in one) for one in texts] == [False, True]
    assert "***" in texts[0]
    assert "***" not in texts[1]


def test_answers_become_facts_that_are_traced_to_their_cells(street, tmp_path):
    fill(
        VISIT
        | {
            "fact:household:household_income": 1200,
            "fact:household:vehicles": "1",
            "fact:01:disability_grade": "一级",
        }
    )

    result = street("import", "filled.xlsx")

    assert (result.exit_code, codes(tmp_path)) == (0, [])
    assert one_row(
        tmp_path, "SELECT household_income, vehicles FROM households WHERE household_no = 'H1'"
    ) == (120000, 1)
    assert one_row(tmp_path, "SELECT disability_grade FROM members WHERE member_no = 'H1-01'") == (
        "grade1",
    )
    with open_register(tmp_path / "relief.db") as db:
        found = find_origins(db, shipped_pack(), "H1")
    rows = {mark: row for mark, row in marks(load_workbook("filled.xlsx")["H1"]).items() if mark}
    (place,) = found.household["household_income"]
    assert (place.file, place.sheet, place.column) == ("filled.xlsx", "H1", "E")
    assert place.row == rows["fact:household::household_income"]


@pytest.mark.parametrize("answer", ["不清楚", None, "  "])
def test_unclear_and_blank_answers_change_nothing(street, tmp_path, answer):
    fill({**VISIT, "fact:household:household_income": answer, "fact:household:vehicles": answer})

    street("import", "filled.xlsx")

    assert one_row(
        tmp_path, "SELECT household_income, vehicles FROM households WHERE household_no = 'H1'"
    ) == (80000, 0)


def test_a_form_leaves_what_no_list_says_one_question_of_all_others(street):
    before = asked(street)
    fill({**VISIT, "fact:household:deposits": 0, "fact:household:homes": 1})

    street("import", "filled.xlsx")

    after = asked(street)
    assert [before["deposits"], after["deposits"], after["homes"]] == [["H1", "H2"], ["H2"], ["H2"]]


def asked(relief):
    """Return whom each fact is asked of that no list says, and the others by number."""
    found = json.loads(relief("questions", "--format", "json").stdout)["questions"]
    return {
        each["fact"] if each["kind"] == "no-list" else each["question"]: each["household_nos"]
        for each in found
    }


def test_a_visit_and_needs_are_written_down_once(street, tmp_path):
    fill({**VISIT, "need:home-work": "√", "need:care": "否", "need:words": "想在家做活"})

    first = street("import", "filled.xlsx")
    street("import", "filled.xlsx")

    with open_register(tmp_path / "relief.db") as db:
        (visit,), needs = list_visits(db), list_needs(db)
    assert "Forms: 1. Written down: visits 1, needs 2." in first.stderr
    assert (visit.household_no, visit.visited_on, visit.step) == (
        *("H1", "2024-12-12"),
        VisitStep.SURVEY,
    )
    assert (visit.investigators, visit.level, visit.method) == (
        *(("张三", "李四"), VisitLevel.COMMUNITY),
        VisitMethod.HOME,
    )
    assert (visit.found, visit.knows_policy) == ("卧床", False)
    assert [(one.need, one.words) for one in needs] == [
        ("home-work", None),
        ("words", "想在家做活"),
    ]


def test_needs_are_matched_with_measures(street):
    fill({**VISIT, "need:home-work": "√", "need:schooling": "√"})
    street("import", "filled.xlsx")
    done = ("--kind", "居家就业", "--done-on", "2024-12-20", "--by", "王五")
    street("measure", "H1", *done)

    found = json.loads(street("needs", "--format", "json").stdout)["needs"]

    states = {one["need"]: (one["state"], one["measure_kinds"]) for one in found}
    assert states == {"home-work": ("done", ["居家就业"]), "schooling": ("open", ["助学"])}


@pytest.mark.parametrize("is_form_first", [True, False], ids=["form first", "list first"])
def test_a_form_printed_under_a_former_number_is_of_the_same_household(
    street, tmp_path, is_form_first
):
    with (tmp_path / "花园.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, ["H1", "周华", LI, "户主", "花园", *[""] * 4]])
    fill({**VISIT, "fact:household:household_income": 1200, "need:home-work": "√"})

    for name in ("filled.xlsx", "花园.csv") if is_form_first else ("花园.csv", "filled.xlsx"):
        street("import", name)

    with open_register(tmp_path / "relief.db") as db:
        incomes = db.execute(
            "SELECT household_no, household_income FROM households WHERE household_no LIKE '%H1'"
        ).fetchall()
        visited = [one.household_no for one in (*list_visits(db), *list_needs(db))]
    assert sorted(incomes) == [("河口下-H1", 120000), ("花园-H1", None)]
    assert (visited, codes(tmp_path)) == (["河口下-H1"] * 2, [])


def test_a_receipt_stated_at_the_door_counts_as_the_households_own_word(street, tmp_path):
    sheet = load_workbook("forms.xlsx")["H2"]
    asked = [one for one in marks(sheet) if str(one).startswith("receipt:household::dibao")]
    (mark,) = asked or ["receipt:household::dibao"]
    fill({**VISIT, mark: "是"} if asked else VISIT, "H2")

    street("import", "filled.xlsx")

    assert asked
    assert one_row(
        tmp_path,
        "SELECT says, origin FROM receipts WHERE programme = 'dibao' AND household_no = 'H2'",
    ) == ("yes", "sheet")


@pytest.mark.parametrize(
    "left_out, code",
    [
        ("visit:on", "form-undated"),
        ("visit:level", "form-visit-incomplete"),
        ("visit:method", "form-visit-incomplete"),
        ("visit:by-2", "form-visit-incomplete"),
    ],
)
def test_of_a_form_whose_visit_lacks_something_nothing_is_used_and_it_is_told_at_its_row(
    street, tmp_path, left_out, code
):
    fill({**VISIT, left_out: None, "fact:household:household_income": 1200, "need:care": "√"})

    result = street("import", "filled.xlsx")

    row = marks(load_workbook("filled.xlsx")["H1"])[left_out]
    assert (result.exit_code, codes(tmp_path)) == (3, [(code, row)])
    assert of_h1(tmp_path) == UNTOUCHED


def delete_marks(sheet):
    sheet.delete_cols(7)


def delete_first_row(sheet):
    sheet.delete_rows(1)


def other_version(sheet):
    sheet["G1"] = "relief-form:99"


def no_answer_column(sheet):
    sheet.delete_cols(5)


def other_household(sheet):
    sheet["C3"] = "H2"


def unknown_household(sheet):
    sheet["C3"], sheet["G2"] = "H9", "household:H9"


def reworded(sheet):
    sheet.cell(marks(sheet)["fact:household::household_income"], 3).value = "年收入"


def other_fact(sheet):
    row = marks(sheet)["fact:household::household_income"]
    sheet.cell(row, 7).value = "fact:household::deposits"


def other_person(sheet):
    for mark, row in marks(sheet).items():
        if str(mark).startswith("fact:household::household_income"):
            sheet.cell(row, 7).value = "fact:01:00000000:disability_grade"
            sheet.cell(row, 3).value = str(shipped_pack().facts["disability_grade"].labels.en)


@pytest.mark.parametrize(
    "change, code",
    [
        (delete_marks, "form-marks-gone"),
        (delete_first_row, "form-marks-gone"),
        (other_version, "form-version"),
        (no_answer_column, "form-altered"),
        (other_household, "form-household-differs"),
        (unknown_household, "form-household-unknown"),
        (reworded, "form-row-altered"),
        (other_fact, "form-row-altered"),
        (other_person, "form-person-differs"),
    ],
)
def test_a_form_altered_beyond_recognition_is_told_and_not_guessed(street, tmp_path, change, code):
    fill({**VISIT, "fact:household:household_income": 1200}, change=change)

    result = street("import", "filled.xlsx")

    assert result.exit_code == 3
    assert code in [one for one, _row in codes(tmp_path)]
    assert one_row(
        tmp_path, "SELECT household_income FROM households WHERE household_no = 'H1'"
    ) == (80000,)


def test_columns_and_rows_put_in_by_hand_move_nothing(street, tmp_path):
    def insert(sheet):
        # WPS moves merged cells along, which this library does not
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(4)
        sheet.insert_rows(5)

    workbook = load_workbook("forms.xlsx")
    sheet = workbook["H1"]
    sheet.cell(marks(sheet)["fact:household::household_income"], 5).value = 1200
    for mark, answer in {**VISIT, "visit:on": "2024年12月12日"}.items():
        sheet.cell(marks(sheet)[mark], 5).value = answer
    insert(sheet)
    workbook.save("filled.xlsx")

    street("import", "filled.xlsx")

    assert one_row(
        tmp_path, "SELECT household_income FROM households WHERE household_no = 'H1'"
    ) == (120000,)


def test_an_answer_that_cannot_be_read_is_told_at_its_cell(street, tmp_path):
    fill({**VISIT, "fact:household:household_income": "不少"})

    street("import", "filled.xlsx")

    row = marks(load_workbook("filled.xlsx")["H1"])["fact:household::household_income"]
    assert codes(tmp_path) == [("value-unreadable", row)]


def test_a_form_in_chinese_is_read_like_one_in_english(street, tmp_path):
    street("form", "H1", "--out", "forms.xlsx", "--lang", "zh")
    fill({**VISIT, "fact:household:household_income": 1200})

    result = street("import", "filled.xlsx")

    assert (result.exit_code, codes(tmp_path)) == (0, [])
    assert one_row(
        tmp_path, "SELECT household_income FROM households WHERE household_no = 'H1'"
    ) == (120000,)


def test_of_a_form_of_a_day_to_come_nothing_is_used_and_no_date_moves(street, tmp_path):
    answers = {"fact:household:household_income": 1200, "need:care": "√"}
    fill({**VISIT, "visit:on": "2999-01-01", **answers})

    result = street("import", "filled.xlsx")

    row = marks(load_workbook("filled.xlsx")["H1"])["visit:on"]
    assert (result.exit_code, codes(tmp_path)) == (3, [("form-ahead", row)])
    assert of_h1(tmp_path) == UNTOUCHED


def test_a_form_with_its_day_put_right_is_used_and_no_longer_told(street, tmp_path):
    fill({**VISIT, "visit:on": "2999-01-01", "fact:household:household_income": 1200})
    street("import", "filled.xlsx")
    fill({**VISIT, "fact:household:household_income": 1200})

    result = street("import", "filled.xlsx", "--replace")

    assert (result.exit_code, codes(tmp_path)) == (0, [])
    assert of_h1(tmp_path) == (120000, date(2024, 12, 12), 1, 0)


def test_a_form_corrected_twice_says_what_it_says_last(street, tmp_path):
    for income in (1200, 1300, 1400):
        fill({**VISIT, "fact:household:household_income": income})
        result = street("import", "filled.xlsx", "--replace")

    assert (result.exit_code, codes(tmp_path)) == (0, [])
    assert of_h1(tmp_path)[0] == 140000


def test_a_households_form_on_the_screen_lists_needs_visits_and_measures(street):
    fill({**VISIT, "need:home-work": "√", "need:words": "想在家做活"})
    street("import", "filled.xlsx")
    street("measure", "H1", "--kind", "居家就业", "--done-on", "2024-12-20", "--by", "王五")

    shown = street("show", "H1").stdout
    found = json.loads(street("show", "H1", "--format", "json").stdout)

    assert [(one["need"], one["state"], one["words"]) for one in found["needs"]] == [
        ("home-work", "done", None),
        ("words", "open", "***"),
    ]
    assert ([one["kind"] for one in found["measures"]], len(found["visits"])) == (["居家就业"], 1)
    assert "work that can be done at home" in shown


def test_words_are_kept_as_they_were_written(street, tmp_path):
    fill({**VISIT, "visit:found": " 卧床，无人照护（急）"})

    street("import", "filled.xlsx")

    with open_register(tmp_path / "relief.db") as db:
        assert [one.found for one in list_visits(db)] == ["卧床，无人照护（急）"]


def test_the_marks_know_the_levels_and_methods_of_visits():
    assert tuple(str(one) for one in VisitLevel) == LEVELS
    assert tuple(str(one) for one in VisitMethod) == METHODS


CHOICES = [one for one in shipped_pack().facts.values() if one.choices]


@pytest.mark.parametrize("fact", CHOICES, ids=lambda fact: fact.id)
def test_every_word_of_a_drop_down_can_be_read_back(fact):
    words = list_answers(shipped_pack(), SurveyQuestion(fact.id, None))

    assert [parse_choice(word, fact.choices) for word in words[:-1]] == [
        choice.id for choice in fact.choices
    ]
    assert words[-1] == YES_NO[-1]
