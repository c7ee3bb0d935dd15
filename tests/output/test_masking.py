import pytest

from relieftool.output.files import format_html, format_json
from relieftool.output.result import Column, PlainTable, RecordTable, Result
from relieftool.output.result_cells import (
    HiddenValue,
    MaskedIdNumber,
    MaskedName,
    build_sentence,
    hide_value,
    join_texts,
    mask_id,
    mask_name,
    reveal_or_mask,
    when_hidden,
)
from relieftool.output.terminal import show_table, show_text
from relieftool.output.workbooks import write_workbook
from relieftool.values.screen_text import escape_invisible

NAME = MaskedName("李小四")
MARKED = [
    NAME,
    MaskedIdNumber("360302199001011234"),
    HiddenValue("肢体"),
    build_sentence("{who}", who=NAME),
]


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
    shown = escape_invisible(text)

    assert shown == expected


@pytest.mark.parametrize(
    "value, masked, full",
    [
        (NAME, "李*", "李小四"),
        (MaskedName(None), None, None),
        (MaskedIdNumber("360302199001011234"), "3603************34", "360302199001011234"),
        (HiddenValue("肢体"), "***", "肢体"),
        (HiddenValue(500, instead=None), None, 500),
        (hide_value(None), None, None),
        (hide_value(0), "***", 0),
        (build_sentence("{who}: {count}", who=NAME, count=2), "李*: 2", "李小四: 2"),
        (join_texts(" ", ["1", build_sentence("{who}?", who=NAME)]), "1 李*?", "1 李小四?"),
        (when_hidden("hidden"), "hidden", None),
        (
            {"a": [{"b": NAME}], "c": 1},
            {"a": [{"b": "李*"}], "c": 1},
            {"a": [{"b": "李小四"}], "c": 1},
        ),
    ],
)
def test_a_private_value_is_masked_wherever_it_stands_and_in_full_only_when_revealed(
    value, masked, full
):
    assert (reveal_or_mask(value, is_revealed=False), reveal_or_mask(value, is_revealed=True)) == (
        masked,
        full,
    )


def test_a_sentence_without_private_parts_is_plain_text():
    assert build_sentence("{who}: {count}", who="户主", count=2) == "户主: 2"
    assert join_texts("; ", ["a", "b"]) == "a; b"


@pytest.mark.parametrize("marked", MARKED)
@pytest.mark.parametrize("write", [str, "{}".format, lambda one: f"{one}", lambda one: f"{one:>9}"])
def test_a_private_value_has_no_text_of_its_own(marked, write):
    with pytest.raises(TypeError, match="was written without being resolved"):
        write(marked)


@pytest.mark.parametrize("marked", MARKED)
def test_the_name_of_an_object_in_a_log_tells_nothing_private(marked):
    shown = repr([marked])

    assert not any(word in shown for word in ("李小四", "3603", "肢体"))


@pytest.mark.parametrize("marked", MARKED)
@pytest.mark.parametrize(
    "write",
    [
        show_table,
        lambda table: format_html([table]),
        lambda table: write_workbook([table], "unused.xlsx"),
        lambda table: format_json({"value": table.rows[0][0]}),
        lambda table: show_text([table.rows[0][0]]),
    ],
)
def test_no_writer_takes_a_private_value_that_nobody_resolved(marked, write):
    with pytest.raises(
        (TypeError, AttributeError), match=r"being resolved|no form in JSON|has no attribute"
    ):
        write(PlainTable("名单", (Column("value", "值"),), [[marked]]))


def test_one_list_of_columns_is_the_table_and_the_document_masked_alike():
    columns = (
        Column("name", "Name", unit="name", value=lambda row: row[0]),
        Column.money("amount", "Yuan", "fen", value=lambda row: row[1]),
        Column("code", only="json", value=lambda row: row[2]),
        Column("note", "Note", words=lambda row: row[2].upper(), only="table"),
    )
    table = RecordTable(build_sentence("List of {who}", who=NAME), columns, [("李小四", 150, "x")])

    masked, full = (
        Result({"rows": table.documents()}, [table]).shown(is_revealed=one) for one in (False, True)
    )

    assert (masked.tables[0].title, full.tables[0].title) == ("List of 李*", "List of 李小四")
    assert [column.key for column in masked.tables[0].columns] == ["name", "amount", "note"]
    assert [list(map(str, row)) for row in masked.tables[0].rows] == [["李*", "1.50", "X"]]
    assert masked.document == {"rows": [{"name": "李*", "fen": 150, "code": "x"}]}
    assert full.document == {"rows": [{"name": "李小四", "fen": 150, "code": "x"}]}


def test_a_line_that_says_what_is_hidden_is_left_out_once_it_is_revealed():
    notes = ["a note", when_hidden("a name is hidden")]
    table = RecordTable("名单", Column.by_place(Column("value", "值")), [[NAME]], notes)

    masked, full = (table.shown(is_revealed=one) for one in (False, True))

    assert (masked.rows, masked.footer) == ([["李*"]], ["a note", "a name is hidden"])
    assert (full.rows, full.footer) == ([["李小四"]], ["a note"])
