"""Letters to the offices: each asks what hangs on its values, and its answers are read back."""

import json
from pathlib import Path

import pytest
from docx import Document

from tests.support.small_street import import_small_street

OUT = Path("函询.docx")


@pytest.fixture
def letters(relief):
    """Return relief with two households and letters about their law."""
    import_small_street(relief)
    written = relief("questions", "--kind", "law-value", "--out", OUT, "--lang", "zh")
    assert written.exit_code == 0, written.stderr
    return relief


def asked(relief):
    listed = relief("questions", "--kind", "law-value", "--format", "json").stdout
    return {each["parameter"]: each for each in json.loads(listed)["questions"]}


def fill(number, answer, day="", changed=None):
    """Fill in the row of a question, as an office would, and save the letters again."""
    letter = Document(str(OUT))
    (row,) = [
        row for table in letter.tables for row in table.rows if row.cells[0].text == str(number)
    ]
    row.cells[-2].text, row.cells[-1].text = day, answer
    row.cells[0].text = changed or row.cells[0].text
    letter.save(str(OUT))


def test_each_office_has_a_page_with_the_households_and_yuan_that_hang_on_its_values(letters):
    letter = Document(str(OUT))

    offices = [each.text for each in letter.paragraphs if each.text.endswith("局：")]
    rows = {row.cells[0].text: row.cells for table in letter.tables for row in table.rows[1:]}
    asking = asked(letters)
    assert "区民政局：" in offices
    assert len(letter.tables) == len(letter.sections) >= len(offices)
    assert {str(each["question"]) for each in asking.values()} == rows.keys()
    limit = asking["dibao_deposit_limit"]
    cells = rows[str(limit["question"])]
    assert cells[1].text == limit["text_zh"]
    assert cells[3].text == str(limit["households"])


def test_an_answer_with_its_day_is_read_back_and_what_is_empty_stays_open(letters):
    before = asked(letters)
    fill(before["dibao_deposit_limit"]["question"], "24000", "2024年7月1日")

    result = letters("answer", "--file", OUT, "--by", "王五")

    assert result.exit_code == 0, result.stderr
    assert before.keys() - asked(letters).keys() == {"dibao_deposit_limit"}
    (value,) = json.loads(letters("pack", "values", "--format", "json").stdout)["values"]
    assert (value["value"], value["from"], value["until"]) == ("24000", "2024-07-01", "open")
    assert value["source"] == "函询.docx"


@pytest.mark.parametrize("answer, day", [("很多", ""), ("24000", "明年")])
def test_an_answer_that_is_no_value_is_refused_with_its_number_and_nothing_is_written(
    letters, answer, day
):
    before = asked(letters)
    fill(before["dibao_deposit_limit"]["question"], answer, day)

    result = letters("answer", "--file", OUT, "--by", "王五")

    assert result.exit_code == 1
    assert asked(letters) == before


def test_a_changed_number_is_refused_and_nothing_is_written(letters):
    before = asked(letters)
    other = before["vehicle_limit"]["question"]
    fill(before["dibao_deposit_limit"]["question"], "24000", changed=str(other))

    result = letters("answer", "--file", OUT, "--by", "王五")

    assert (result.exit_code, f"{other}: this question is closed" in result.stderr) == (1, True)
    assert asked(letters) == before


@pytest.mark.parametrize("width", [2, 3])
def test_a_document_that_is_no_letter_answers_nothing(letters, width):
    before = asked(letters)
    other = Document()
    cells = other.add_table(rows=1, cols=width).rows[0].cells
    for cell in cells:
        cell.text = "1"
    other.save(str(OUT))

    result = letters("answer", "--file", OUT, "--by", "王五")

    assert (result.exit_code, asked(letters)) == (0, before)


def test_a_wider_table_of_the_letter_is_skipped_and_the_answers_are_read(letters):
    before = asked(letters)
    fill(before["dibao_deposit_limit"]["question"], "24000", "2024年7月1日")
    letter = Document(str(OUT))
    cells = letter.add_table(rows=1, cols=9).rows[0].cells
    cells[0].text, cells[-1].text = "1", "回执"
    letter.save(str(OUT))

    result = letters("answer", "--file", OUT, "--by", "王五")

    assert result.exit_code == 0, result.stderr
    assert before.keys() - asked(letters).keys() == {"dibao_deposit_limit"}


def test_only_questions_about_values_go_into_letters(letters):
    result = letters("questions", "--out", "全部.docx")

    assert (result.exit_code, "--kind law-value" in result.stderr) == (2, True)


def test_a_document_without_answers_answers_nothing_and_a_broken_one_is_refused(letters):
    before = asked(letters)
    empty = letters("answer", "--file", OUT, "--by", "王五")
    Path("坏.docx").write_bytes(OUT.read_bytes()[:900])

    broken = letters("answer", "--file", "坏.docx", "--by", "王五")

    assert (empty.exit_code, broken.exit_code) == (0, 1)
    assert asked(letters) == before
