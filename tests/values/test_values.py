"""Cells become values: what can be read is read exactly, everything else is refused."""

import pytest

from relieftool.values.cells import (
    ValueProblem,
    is_error,
    is_rounded,
    parse_date,
    parse_integer,
    parse_money,
    parse_text,
    parse_yes_no,
)
from relieftool.values.choices import parse_choice
from relieftool.values.text import is_blank, plain_text
from tests.support.registers import shipped_pack

NOT_A_NUMBER = float("nan")
INFINITE = float("inf")


@pytest.mark.parametrize(
    "cell, scale, fen",
    [
        (0, None, 0),
        (935, None, 93500),
        (1250.5, None, 125050),
        (0.1, None, 10),
        (333.3333333333333, None, 33333),
        ("1250.50", None, 125050),
        ("1,234.50", None, 123450),
        ("１２", None, 1200),
        ("１，２３４．５", None, 123450),
        ("￥1,234元", None, 123400),
        ("¥ 12", None, 1200),
        ("+5", None, 500),
        ("\u200e12\u200b", None, 1200),
        ("1.5万", None, 1500000),
        ("1.5 万元", None, 1500000),
        (0.12, "wan", 120000),
        ("2", "wan/year", 2000000),
        ("2万", "wan", 2000000),
        (12, "yuan/month", 1200),
        (99_999_999_999.99, None, 9_999_999_999_999),
    ],
)
def test_an_amount_becomes_fen(cell, scale, fen):
    assert parse_money(cell, scale) == fen


@pytest.mark.parametrize(
    "cell",
    [
        NOT_A_NUMBER, INFINITE, -INFINITE, 1e308, 10**20, True, False, None, "", "1_000", "1e5",
        "nan", "12,34", "1,2345", "500 600", "500\n2024.3.1", "٥٠", "#N/A", "=SUM(A1)", "无",
        "约300",
        -500, "-500", "(500)", "1,570.4415", "0.001",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_told_and_never_guessed(cell):
    with pytest.raises(ValueProblem, match="amount"):
        parse_money(cell)


@pytest.mark.parametrize(
    "cell, number", [(3, 3), (3.0, 3), ("3", 3), ("３人", 3), ("1 辆", 1), ("0", 0), ("2套", 2)]
)
def test_a_whole_number_is_read_with_or_without_its_counting_word(cell, number):
    assert parse_integer(cell) == number


@pytest.mark.parametrize(
    "cell",
    [
        3.5, "3.5", -1, "-1", True, NOT_A_NUMBER, INFINITE, 1e308, "1_000", "三", "٣", "2元",
        "1234567", "",
    ],
)  # fmt: skip
def test_what_is_no_whole_number_is_told(cell):
    with pytest.raises(ValueProblem, match="whole number"):
        parse_integer(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "1950-03-04", "1950-3-4", "1950/03/04", "1950.3.4", "1950年3月4日", "1950年03月04",
        "19500304",
        19500304, 19500304.0, "１９５０．３．４", "1950-03-04 00:00:00", "1950-03-04 08:30",
        " 1950-03-04 ",
    ],
)  # fmt: skip
def test_a_whole_day_is_read_however_it_is_written(cell):
    assert parse_date(cell) == "1950-03-04"


@pytest.mark.parametrize(
    "cell, words",
    [
        ("1950年3月", "the day is missing"),
        ("1950-03", "the day is missing"),
        ("195003", "the day is missing"),
        ("1950", "the day is missing"),
        (1950.0, "the day is missing"),
        ("2023-02-29", "no such day"),
        ("1950-13-01", "no such day"),
        ("19501301", "no such day"),
        ("1899-12-31", "before 1900"),
        ("七十岁", "not a day"),
        ("50-3-4", "not a day"),
        (True, "not a day"),
        (NOT_A_NUMBER, "not a day"),
        (1e308, "not a day"),
        ("=TODAY()", "not a day"),
    ],
)
def test_a_day_that_is_not_whole_or_not_real_is_told(cell, words):
    with pytest.raises(ValueProblem, match=words):
        parse_date(cell)


@pytest.mark.parametrize(
    "cell, truth",
    [
        ("是", 1), ("有", 1), ("√", 1), ("✓", 1), ("Y", 1), ("已参保", 1), ("安全", 1), (True, 1),
        (1, 1), (1.0, 1),
        ("否", 0), ("无", 0), ("×", 0), ("n", 0), ("未参保", 0), ("危房", 0), (False, 0), (0, 0),
        ("０", 0),
    ],
)  # fmt: skip
def test_yes_and_no_are_read(cell, truth):
    assert parse_yes_no(cell) == truth


@pytest.mark.parametrize(
    "cell", ["2", 2, 2.0, "", None, "不详", "是/否", "尿毒症", NOT_A_NUMBER, "#N/A"]
)
def test_what_is_neither_yes_nor_no_is_told_even_a_2(cell):
    with pytest.raises(ValueProblem, match="neither yes nor no"):
        parse_yes_no(cell)


@pytest.mark.parametrize(
    "name, cell, choice",
    [
        ("disability_grade", "二级", "grade2"),
        ("disability_grade", " Ⅱ级", "grade2"),
        ("disability_grade", 2.0, "grade2"),
        ("disability_grade", "无", "none"),
        ("sex", "男", "male"),
        ("sex", "female", "female"),
        ("school_stage", "高 中".replace(" ", ""), "senior"),
    ],
)
def test_a_choice_is_read_by_its_exact_writings(name, cell, choice):
    assert parse_choice(cell, shipped_pack().facts[name].choices) == choice


@pytest.mark.parametrize("cell", ["五级", "肢体二级", True, "", "2.5", "男女"])
def test_a_word_that_is_none_of_the_choices_is_told_with_them(cell):
    with pytest.raises(ValueProblem, match="this word is not known here") as told:
        parse_choice(cell, shipped_pack().facts["disability_grade"].choices)

    assert str(told.value.message).endswith("write one of 无, 一级, 二级, 三级, 四级")


@pytest.mark.parametrize(
    "cell, text",
    [
        (" 河口下 ", "河口下"),
        (13800001234.0, "13800001234"),
        ("#3楼", "#3楼"),
        ("０７９９-6", "0799-6"),
    ],
)
def test_a_text_is_kept_plain(cell, text):
    assert parse_text(cell) == text


@pytest.mark.parametrize(
    "cell, words",
    [
        ("#N/A", "formula"),
        ("#REF!", "formula"),
        ("=A1", "formula"),
        (3.60302199001011e17, "lost its last digits"),
        (360302199001011008, "lost its last digits"),
        ("3.60302E+17", "lost its last digits"),
    ],
)
def test_a_broken_text_is_told(cell, words):
    with pytest.raises(ValueProblem, match=words):
        parse_text(cell)


@pytest.mark.parametrize(
    "cell", [None, "", "  ", "　", "\u200b", "-", "－", "--", "—", "——", "/", "／", "\\"]
)
def test_nothing_and_a_dash_in_its_place_are_blank(cell):
    assert is_blank(cell)


@pytest.mark.parametrize("cell", [0, 0.0, False, "0", "无", "#N/A", "-1", "."])
def test_a_zero_and_a_word_are_not_blank(cell):
    assert not is_blank(cell)


@pytest.mark.parametrize(
    "cell, answer",
    [("=A1", True), ("#DIV/0!", True), ("#NAME?", True), ("#", False), ("=", False), (1, False)],
)
def test_an_error_left_in_a_cell_is_seen(cell, answer):
    assert is_error(cell) is answer


@pytest.mark.parametrize(
    "cell, answer",
    [
        (1e15, True),
        (999999999999999.0, False),
        ("1E+15", True),
        ("360302", False),
        (None, False),
        (True, False),
    ],
)
def test_a_rounded_number_is_seen(cell, answer):
    assert is_rounded(cell) is answer


def test_plain_text_keeps_inner_blanks_and_narrows_wide_characters():
    assert plain_text("　Ｏ'Ｂｒｉｅｎ　Ｘ ") == "O'Brien X"
