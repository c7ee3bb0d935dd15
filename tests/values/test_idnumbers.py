"""Identity numbers: check digit and day decide; none that is right is refused, none repaired."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relieftool.values.id_numbers import IdNumber, read_id_number

ONE_FOR_EACH_CHECK_DIGIT = [
    "360302196802290010", "360302196802290061", "360302196802290192", "360302196802290053",
    "360302196802290184", "360302196802290045", "360302196802290096", "360302196802290037",
    "360302196802290088", "360302196802290029", "36030219680229007X",
]  # fmt: skip


@pytest.mark.parametrize("number", ONE_FOR_EACH_CHECK_DIGIT)
def test_every_check_digit_is_accepted(number):
    assert read_id_number(number).number == number


@pytest.mark.parametrize("digit", list("0123456789X"))
def test_only_one_check_digit_is_right(digit):
    is_right = read_id_number(f"36030219680229007{digit}").number is not None

    assert is_right == (digit == "X")


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X", "36030219000101123X", "321119199001011230", "230119199001011238",
        "999999199001011238", "500101196001011236",
    ],
)  # fmt: skip
def test_no_right_number_is_refused_for_its_age_or_county(number):
    assert read_id_number(number).number == number


@pytest.mark.parametrize(
    "cell",
    [
        "11010519491231002X", "11010519491231002x", "11010519491231002Х", "11010519491231002х",
        "11010519491231002×", "11010519491231002*", "11010519491231002＊", "11010519491231002Ｘ",
        "'11010519491231002X", "`11010519491231002x", " 11010519491231002X\n",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ", "11010519491231\u00a0002X",
        "\u200e11010519491231002X\u200b",
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_typed(cell):
    read = read_id_number(cell)

    assert read == IdNumber("11010519491231002X", "1949-12-31", "female")


@pytest.mark.parametrize(
    "latest, is_right",
    [(None, True), ("1970-03-06", True), ("1970-03-05", True), ("1970-03-04", False)],
)
@pytest.mark.parametrize("cell", ["360302197003051237", "36030219700305123742", "360302700305123"])
def test_a_birth_after_the_latest_day_makes_a_number_wrong(cell, latest, is_right):
    read = read_id_number(cell, latest)

    assert (read.number is not None, read.birth_date is not None) == (is_right, is_right)
    assert is_right or "after the day of the import" in read.problem.template


def test_the_last_but_one_digit_tells_the_sex():
    assert read_id_number("360302197003051237").sex == "male"
    assert read_id_number("360302197511114564").sex == "female"


@pytest.mark.parametrize("cell", ["360302620815331", 360302620815331, 360302620815331.0])
def test_fifteen_digits_are_brought_to_eighteen(cell):
    read = read_id_number(cell)

    assert (read.number, read.birth_date, read.problem) == (
        "360302196208153312",
        "1962-08-15",
        None,
    )


@pytest.mark.parametrize(
    "cell",
    [
        "36030219700305123744",
        "36030219700305123744B1",
        "36030219700305123744b2",
        " '36030219700305123744",
    ],
)
def test_a_disability_card_number_gives_the_number_and_two_hints(cell):
    read = read_id_number(cell)

    assert (read.number, read.card_kind, read.card_grade) == (
        "360302197003051237",
        "limb",
        "grade4",
    )
    assert "disability card number" in str(read.problem)


def test_a_card_number_with_x_keeps_its_hints():
    read = read_id_number("36030220150607021x61")

    assert (read.number, read.card_kind, read.card_grade) == (
        "36030220150607021X",
        "mental",
        "grade1",
    )


def test_a_card_number_with_a_wrong_digit_is_no_identity_but_still_hints():
    read = read_id_number("36030219700305123644")

    assert (read.number, read.card_kind, read.card_grade) == (None, "limb", "grade4")


@pytest.mark.parametrize(
    "cell",
    [
        3.60302199001011e17,
        360302199001011008,
        1e15,
        float("inf"),
        "3.60302E+17",
        "3.60302199001011e+17",
    ],
)
def test_a_number_kept_as_a_figure_is_damaged_and_never_repaired(cell):
    read = read_id_number(cell)

    assert (read.number, read.birth_date, read.is_damaged) == (None, None, True)
    assert "lost its last digits" in str(read.problem)


@pytest.mark.parametrize(
    "cell, words",
    [
        ("36030219700305123", "18 characters"),
        ("3603021970030512377", "18 characters"),
        ("110101********1233", "is hidden"),
        ("36030219751111456*", "is hidden"),
        ("36030219751111456＊", "is hidden"),
        ("36030219751111****", "is hidden"),
        ("36030219700305123744Z", "18 characters"),
        ("36030219700305123784", "18 characters"),
        ("36030219700305123745", "18 characters"),
        ("٣٦٠٣٠٢١٩٧٠٠٣٠٥١٢٣٧", "18 characters"),
        ("暂无", "18 characters"),
        (float("nan"), "18 characters"),
        (True, "18 characters"),
        ("360302197003051238", "check digit"),
        ("360302199902291233", "the date"),
        ("360302192313011230", "the date"),
        ("360302189912311235", "the date"),
        ("360302621315331", "the date"),
        ("#N/A", "formula"),
        ("=B3", "formula"),
    ],
)
def test_a_wrong_number_is_told_and_not_used(cell, words):
    read = read_id_number(cell)

    assert (read.number, read.birth_date, read.sex, read.is_damaged) == (None, None, None, False)
    assert words in str(read.problem)


@pytest.mark.parametrize("cell", [None, "", "  ", "'", "-", "／"])
def test_a_blank_cell_is_no_number_and_no_problem(cell):
    assert read_id_number(cell) == IdNumber()


@st.composite
def right_numbers(draw):
    """Return a right number of any county there is or was, born from 1900 on, and its birthday."""
    county = draw(st.integers(110000, 829999))
    day = draw(st.dates(dt.date(1900, 1, 1), dt.date(2030, 12, 31)))
    body = f"{county}{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11], day


@settings(derandomize=True, deadline=None, max_examples=2000)
@given(right_numbers(), st.sampled_from(["{}", " {}", "'{}", "{}\u3000", "`{}`"]), st.booleans())
def test_no_right_number_of_any_county_and_birthday_is_refused(right, writing, is_lower):
    number, day = right
    cell = writing.format(number.lower() if is_lower else number)

    read = read_id_number(cell)

    assert (read.number, read.birth_date, read.problem) == (number, day.isoformat(), None)


@settings(derandomize=True, deadline=None, max_examples=1000)
@given(right_numbers(), st.sampled_from([str, int, float]))
def test_no_right_number_of_fifteen_digits_is_refused(right, kind):
    number, day = right
    short = number[:6] + number[8:17]
    expected = number[:6] + "19" + number[8:17]

    read = read_id_number(kind(short))

    is_real = day.year % 100 or (day.month, day.day) != (2, 29)
    assert (read.number or "")[:17] == (expected if is_real else "")


@settings(derandomize=True, deadline=None, max_examples=1000)
@given(right_numbers(), st.integers(0, 17), st.integers(1, 9))
def test_a_number_with_one_digit_changed_is_never_taken(right, place, step):
    number, _day = right
    digits = "0123456789X"
    changed = digits[(digits.index(number[place]) + step) % (11 if place == 17 else 10)]

    read = read_id_number(number[:place] + changed + number[place + 1 :])

    assert read.number is None
