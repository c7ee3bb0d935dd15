"""The same list in every format an office saves, and what each format must not hide."""

import re
import zipfile

import pytest
import xlwt

from relieftool.errors import ReliefError
from relieftool.spreadsheets.reader import read_sheets
from tests.layouts.files import (
    save_csv,
    save_html,
    save_ods,
    save_xls,
    save_xlsb,
    save_xlsx,
    save_xml_2003,
)

ROWS = [
    ["某某表", None, None],
    ["户主", None, "金额"],
    ["姓名", "身份证号", None],
    ["赵甲", "36030219680229007X", 300],
    [None, "一栋\n二号", 2.5],
]
MERGES = [(0, 0, 0, 2), (1, 0, 1, 1), (1, 2, 2, 2)]
AS_TEXT = [[cell if cell is None else str(cell) for cell in row] for row in ROWS]


def cells_of(sheet):
    return [[*row, None, None, None][:3] for row in sheet.rows]


@pytest.mark.parametrize(
    "save, name",
    [
        (save_xlsx, "a.xlsx"),
        (save_xlsx, "a.xls"),
        (save_xls, "a.xls"),
        (save_xls, "a.et"),
        (save_xls, "a.xlsx"),
        (save_xml_2003, "a.xls"),
        (save_ods, "a.ods"),
        (save_xlsb, "a.xlsb"),
        (save_xlsb, "a.xlsx"),
    ],
)
def test_a_workbook_is_read_by_what_it_holds_whatever_its_name_ends_in(tmp_path, save, name):
    path = save(tmp_path / name, {"名单": ROWS}, MERGES)

    (sheet,) = read_sheets(path)

    assert (sheet.name, cells_of(sheet)) == ("名单", ROWS)


@pytest.mark.parametrize("save", [save_xlsx, save_xls, save_xml_2003, save_html])
def test_merged_cells_are_told(tmp_path, save):
    path = save(tmp_path / "a.xls", {"名单": ROWS}, MERGES)

    (sheet,) = read_sheets(path)

    assert sorted(sheet.merged) == MERGES


def test_a_web_page_that_calls_itself_a_workbook_is_read_as_text(tmp_path):
    path = save_html(tmp_path / "名单.xls", {"x": ROWS}, MERGES)

    (sheet,) = read_sheets(path)

    assert (sheet.name, cells_of(sheet)) == ("名单", AS_TEXT)


ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_is_read_in_every_encoding_and_separator(tmp_path, encoding, separator):
    path = save_csv(tmp_path / "a.tsv", {"x": ROWS}, encoding=encoding, separator=separator)

    (sheet,) = read_sheets(path)

    assert cells_of(sheet) == AS_TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("save", [save_html, save_xml_2003])
def test_markup_is_read_in_either_encoding(tmp_path, save, encoding):
    path = save(tmp_path / "a.xls", {"名单": [["姓名"], ["赵甲"]]}, encoding=encoding)

    (sheet,) = read_sheets(path)

    assert sheet.rows == [["姓名"], ["赵甲"]]


BIG5 = [["戶主姓名", "身份證號"], ["趙甲", "36030219680229007X"]]


def test_traditional_text_is_read_as_big5_where_no_heading_is_known_otherwise(tmp_path):
    path = save_csv(tmp_path / "a.csv", {"x": BIG5}, encoding="big5")

    (sheet,) = read_sheets(path, {"戶主姓名", "身份證號"}.__contains__)

    assert sheet.rows == BIG5


def test_simplified_text_without_a_known_heading_is_never_read_as_big5(tmp_path):
    rows = [["牌照", "颜色"], ["赣", "红"]]
    path = save_csv(tmp_path / "a.csv", {"x": rows}, encoding="gb18030")

    (sheet,) = read_sheets(path, lambda _text: False)

    assert sheet.rows == rows


def test_a_page_saved_as_one_file_is_read(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/html; charset=gb2312\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<table><tr><td>=D0=D5=C3=FB</td></tr></table>\r\n--x--\r\n"
    )

    (sheet,) = read_sheets(path)

    assert sheet.rows == [["姓名"]]


def test_tables_and_text_of_a_page_stand_one_below_the_other(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text(
        "<body><h3>花园社区</h3><table><tr><th>姓名<td>&nbsp;赵甲 </td></tr><tr><td>"
        "<table><tr><td>内</td></tr></table></table><script>x</script><p>制表人：钱乙</p>",
        "utf-8",
    )

    (sheet,) = read_sheets(path)

    assert sheet.rows == [["花园社区"], ["姓名", "\xa0赵甲"], ["内"], ["制表人：钱乙"]]


def test_a_number_that_a_program_kept_as_text_in_a_csv_stays_whole(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('sep=;\n姓名;证号\n赵甲;="360302196802290010"\n', "utf-8")

    (sheet,) = read_sheets(path)

    assert sheet.rows == [[], ["姓名", "证号"], ["赵甲", "360302196802290010"]]


def test_a_long_number_is_damaged_in_every_format(tmp_path):
    rows = [["证号"], [360302199001011234]]
    saved = [
        save_xlsx(tmp_path / "a.xlsx", {"x": rows}),
        save_xls(tmp_path / "a.xls", {"x": rows}),
        save_xml_2003(tmp_path / "b.xls", {"x": rows}),
        save_ods(tmp_path / "a.ods", {"x": rows}),
        save_xlsb(tmp_path / "a.xlsb", {"x": rows}),
    ]

    long = [read_sheets(path)[0].rows[1][0] for path in saved]

    assert [type(cell) for cell in long] == [float] * 5


def save_xls_with_errors(path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    sheet.write(0, 0, "甲")
    sheet.row(0).set_cell_error(1, 0x2A)
    sheet.row(3).set_cell_error(2, 0x07)
    book.save(str(path))
    return path


SHOWN = [["甲", "#N/A"], [], [], [None, None, "#DIV/0!"]]
ODS_ERROR = (
    '<table:table-cell table:formula="of:=NA()" office:value-type="string"'
    ' office:string-value="" calcext:value-type="error"><text:p>{}</text:p></table:table-cell>'
)


@pytest.mark.parametrize(
    "save",
    [
        save_xls_with_errors,
        lambda path: save_xlsb(path, {"x": SHOWN}),
        lambda path: save_xlsx(path, {"x": SHOWN}),
        lambda path: save_ods(
            path,
            {
                "x": [
                    ["甲", ODS_ERROR.format("#N/A")], [], [],
                    [None, None, ODS_ERROR.format("#DIV/0!")],
                ]
            },
        ),
        lambda path: save_xml_2003(path, {"x": SHOWN}),
        lambda path: save_html(path, {"x": SHOWN}),
        lambda path: save_csv(path, {"x": SHOWN}),
    ],
    ids=["xls", "xlsb", "xlsx", "ods", "xml 2003", "html", "csv"],
)  # fmt: skip
def test_an_error_is_shown_and_not_blank_in_every_format(tmp_path, save):
    (sheet,) = read_sheets(save(tmp_path / "a.xls"))

    assert sheet.rows == SHOWN


def test_a_formula_without_its_result_is_shown_in_an_ods_and_in_xml(tmp_path):
    cell = '<table:table-cell table:formula="of:=[.A1]+1"/>'
    ods = save_ods(tmp_path / "a.ods", {"x": [["甲", cell]]})
    xml = tmp_path / "a.xls"
    text = save_xml_2003(xml, {"x": [["甲", "乙"]]}).read_text("utf-8")
    xml.write_text(
        re.sub(r'(<Cell ss:Index="2")[^>]*>.*?</Cell>', r'\1 ss:Formula="=RC[-1]+1"/>', text),
        "utf-8",
    )

    shown = [read_sheets(path)[0].rows[0][1] for path in (ods, xml)]

    assert shown == ["=[.A1]+1", "=RC[-1]+1"]


def test_hidden_sheets_of_xml_are_told(tmp_path):
    path = tmp_path / "a.xls"
    hide = (
        '<x:WorksheetOptions xmlns:x="urn:schemas-microsoft-com:office:excel">'
        "<x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
    )
    text = save_xml_2003(path, {"字典": [["男"]]}).read_text("utf-8")
    path.write_text(text.replace("</Worksheet>", hide), "utf-8")

    (sheet,) = read_sheets(path)

    assert sheet.is_hidden


def test_thousands_of_formatted_empty_rows_end_with_the_last_filled_one(tmp_path):
    path = save_ods(
        tmp_path / "a.ods", {"x": [["姓名"], ["赵甲"], *[["<table:table-cell/>"]] * 6580]}
    )

    (sheet,) = read_sheets(path)

    assert sheet.rows == [["姓名"], ["赵甲"]]


LOCK = b"\x2f\x00\x06\x00" + bytes(6)


def lock_xls(path):
    """Save an .xls that says it is enciphered: the FILEPASS record right behind the first."""
    save_xls(path, {"x": [["姓名"]]})
    content = path.read_bytes()
    start = content.index(b"\x09\x08\x10\x00")
    body, rest = content[start + 20 : 512 + 4096 - len(LOCK)], content[512 + 4096 :]
    path.write_bytes(content[: start + 20] + LOCK + body + rest)
    return path


@pytest.mark.parametrize(
    "save", [lock_xls, lambda path: save_ods(path, {"x": [["姓名"]]}, locked=True)]
)
def test_a_locked_workbook_of_any_kind_is_told_as_such(tmp_path, save):
    path = save(tmp_path / "a.xls")

    with pytest.raises(ReliefError, match="locked with a password"):
        read_sheets(path)


BOMB = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell'
BOMB += ' table:number-columns-repeated="1000" office:value-type="string"><text:p>x</text:p>'
BOMB += "</table:table-cell></table:table-row>"
ENTITIES = '<!DOCTYPE a [<!ENTITY x "y">]>'


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("<table:table-row>", BOMB + "<table:table-row>", "too large"),
        ("<office:document-content", ENTITIES + "<office:document-content", "damaged"),
        ("</office:body>", "", "damaged"),
    ],
    ids=["repeated beyond all bounds", "entities", "cut short"],
)
def test_a_hostile_ods_is_refused(tmp_path, old, new, words):
    path = save_ods(tmp_path / "a.ods", {"x": [["姓名"]]})
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content.replace(old, new, 1))

    with pytest.raises(ReliefError, match=words):
        read_sheets(path)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda text: text.replace("<Workbook", ENTITIES + "<Workbook"), "damaged"),
        (lambda text: text[:-30], "damaged"),
        (lambda text: text.replace('ss:Index="1"', 'ss:Index="9999999"'), "too large"),
    ],
)
def test_a_hostile_xml_workbook_is_refused(tmp_path, change, words):
    path = save_xml_2003(tmp_path / "a.xls", {"x": [["姓名"]]})
    path.write_text(change(path.read_text("utf-8")), "utf-8")

    with pytest.raises(ReliefError, match=words):
        read_sheets(path)
