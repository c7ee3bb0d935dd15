import pytest

from relieftool.output.clean import clean
from relieftool.output.masking import mask_id, mask_name


@pytest.mark.parametrize(
    "name, expected",
    [
        ("李四", "李*"),
        ("李小四", "李*"),
        (" 李四 ", "李*"),
        ("李", "李*"),
        ("欧阳修文", "欧阳*"),
        ("歐陽修", "歐陽*"),
        ("司马", "司*"),
        ("𠮷田", "𠮷*"),
        ("买买提·艾力", "买*"),
        ("O'Brien \"; DROP TABLE", "O*"),
        ("Łukasz Nowak", "Ł*"),
        ("李*", "李*"),
        ("欧阳*", "欧阳*"),
        ("", ""),
        (None, None),
    ],
)
def test_a_masked_name_keeps_the_surname_only(name, expected):
    masked = mask_name(name)

    assert masked == expected


@pytest.mark.parametrize(
    "number, expected",
    [
        ("360302199001011234", "3603************34"),
        ("36030219900101123x", "3603************3x"),
        ("360302900101123", "3603*********23"),
        ("36030219900101123411", "3603**************11"),
        ("3.60302199001011E+17", "3.60**************17"),
        ("360302199001", "3603******01"),
        ("36030219900", "***********"),
        ("7", "*"),
        ("", ""),
        (None, None),
    ],
)
def test_a_masked_number_keeps_four_characters_in_front_and_two_behind(number, expected):
    masked = mask_id(number)

    assert masked == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("河口下 李四·O'Brien", "河口下 李四·O'Brien"),
        ("a\u3000b\u00a0c", "a\u3000b\u00a0c"),
        ("\x1b[2J", "\\u{1B}[2J"),
        ("a\tb\nc\x00", "a\\u{9}b\\u{A}c\\u{0}"),
        ("\x9b\x7f", "\\u{9B}\\u{7F}"),
        ("\u202e\u200b\ufeff", "\\u{202E}\\u{200B}\\u{FEFF}"),
        ("\ud800", "\\u{D800}"),
        ("\ue000\U000e0041", "\\u{E000}\\u{E0041}"),
        ("\u0378", "\\u{378}"),
        ("\u2028\u2029", "\\u{2028}\\u{2029}"),
        ("[red]:warning:\\", "[red]:warning:\\"),
    ],
)
def test_every_invisible_character_is_shown_and_every_other_left_alone(text, expected):
    shown = clean(text)

    assert shown == expected
