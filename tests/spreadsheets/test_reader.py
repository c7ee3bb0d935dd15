"""Bytes to sheets: every kind of file an office has, and every refusal."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
import xlwt

from relieftool.errors import ReliefError
from relieftool.spreadsheets.reader import Sheet, read_sheets

ROSTER = [["姓名", "金额"], ["李小明", "300"]]
XLSX_SHEET = "xl/worksheets/sheet1.xml"


def save_xlsx(path, change=lambda _sheet: None):
    workbook = openpyxl.Workbook()
    workbook.active.title = "名单"
    change(workbook.active)
    workbook.save(path)
    return path


def save_xls(path, rows):
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("名单")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    workbook.save(str(path))
    return path


def save_with_cells(path, cells):
    """Save a workbook whose only sheet holds these cells as XML."""
    whole = io.BytesIO()
    save_xlsx(whole, lambda sheet: sheet.append(["x"]))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            xml = old.read(name)
            swapped = re.sub(
                rb"<sheetData>.*</sheetData>", b"<sheetData>%s</sheetData>" % cells, xml
            )
            new.writestr(name, swapped if name == XLSX_SHEET else xml)
    return path


def test_cells_of_an_xlsx_arrive_word_for_word_at_their_own_place(tmp_path):
    def fill(sheet):
        sheet["C3"], sheet["D3"], sheet["E3"], sheet["F3"] = "序号", 3, 2.5, True
        sheet["C4"] = "'3603021990"

    path = save_xlsx(tmp_path / "a.xlsx", fill)

    (sheet,) = read_sheets(path)

    assert (sheet.name, sheet.is_hidden) == ("名单", False)
    assert sheet.rows == [
        [],
        [],
        [None, None, "序号", 3, 2.5, True],
        [None, None, "'3603021990"],
    ]


def test_dates_arrive_as_iso_text(tmp_path):
    def fill(sheet):
        sheet.append([dt.date(2024, 12, 10), dt.datetime.fromisoformat("2024-12-10T08:30")])

    path = save_xlsx(tmp_path / "a.xlsx", fill)

    (sheet,) = read_sheets(path)

    assert sheet.rows == [["2024-12-10", "2024-12-10 08:30:00"]]


def test_a_number_too_long_to_be_exact_stays_a_float(tmp_path):
    path = save_xlsx(
        tmp_path / "a.xlsx", lambda sheet: sheet.append([360302199001011234, 13800138000])
    )

    (sheet,) = read_sheets(path)

    long, short = sheet.rows[0]
    assert (type(long), type(short)) == (float, int)
    assert long >= 1e15


def test_merged_cells_and_hidden_sheets_are_returned_as_such(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active["B2"] = "户主"
    workbook.active.merge_cells("B2:B4")
    workbook.create_sheet("字典").sheet_state = "hidden"
    workbook.save(path)

    first, second = read_sheets(path)

    assert first.merged == [(1, 1, 3, 1)]
    assert (first.is_hidden, second.is_hidden, second.rows) == (False, True, [])


def test_an_error_and_an_uncomputed_formula_are_shown_not_blank(tmp_path):
    def fill(sheet):
        sheet["A1"], sheet["B1"], sheet["D6"] = "#N/A", "=SUM(C1:C3)", "=1+1"

    path = save_xlsx(tmp_path / "a.xlsx", fill)

    (sheet,) = read_sheets(path)

    assert sheet.rows[0][:2] == ["#N/A", "=SUM(C1:C3)"]
    assert sheet.rows[5] == [None, None, None, "=1+1"]


def test_a_formula_with_an_empty_text_result_is_blank(tmp_path):
    cells = (
        b'<row r="1"><c r="A1" t="str"><f>IF(1,"","")</f><v></v></c><c r="B1"><v>2</v></c></row>'
    )
    path = save_with_cells(tmp_path / "a.xlsx", cells)

    (sheet,) = read_sheets(path)

    assert sheet.rows == [[None, 2]]


def test_an_xls_under_any_name_is_read(tmp_path):
    path = save_xls(tmp_path / "名单.csv", ROSTER)

    (sheet,) = read_sheets(path)

    assert sheet == Sheet("名单", ROSTER, [], is_hidden=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_each_encoding_offices_use(tmp_path, encoding):
    path = tmp_path / "发放表.csv"
    path.write_bytes("姓名,住址\n李䶮,河口下𠮷巷\n".encode(encoding))

    (sheet,) = read_sheets(path)

    assert sheet == Sheet("发放表", [["姓名", "住址"], ["李䶮", "河口下𠮷巷"]], [], is_hidden=False)


@pytest.mark.parametrize(
    "text",
    ["姓名,金额\n李小明,300\n", "姓名\t金额\n李小明\t300\n", "姓名;金额\r\n李小明;300\r\n"],
)
def test_each_separator_is_recognised(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())

    (sheet,) = read_sheets(path)

    assert sheet.rows == ROSTER


def test_text_keeps_blank_lines_blanks_and_breaks_within_quotes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes('姓名,住址\n\n李小明,"一栋\n二号"\n  ,\n'.encode())

    (sheet,) = read_sheets(path)

    assert sheet.rows == [["姓名", "住址"], [], ["李小明", "一栋\n二号"], ["  "]]


HTML = "<html><p>姓名</p></html>".encode()
XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le")
CUT_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le")


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"", r"a\.xls: the file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", r"a\.xls: this is not a spreadsheet\nName a list saved as"),
        (WORD, r"a\.xls: this is not a spreadsheet"),
        (
            HTML,
            r"a\.xls: this is a web page or an XML file without a table.*\nOpen it in WPS and save",
        ),
        (b"\xef\xbb\xbf" + XML_2003, r"a\.xls: this is a web page or an XML file"),
        (LOCKED, r"a\.xls: the workbook is locked with a password\n.*remove the password"),
        (CUT_XLS, r"a\.xls: the workbook is damaged"),
        (b"PK\x03\x04" + b"cut short" * 9, r"a\.xls: the workbook is damaged"),
        (b'a,"b\nc,d\n', r"a\.xls: a quotation mark is opened and never closed"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence_of_its_own(
    tmp_path, content, expected
):
    path = tmp_path / "a.xls"
    path.write_bytes(content)

    with pytest.raises(ReliefError, match=expected):
        read_sheets(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ReliefError, match=r"没有\.xlsx: there is no such file"):
        read_sheets(tmp_path / "没有.xlsx")
    with pytest.raises(ReliefError, match="this is a folder"):
        read_sheets(tmp_path)


def test_a_zip_of_other_things_is_not_a_spreadsheet(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    with pytest.raises(ReliefError, match="this is not a spreadsheet"):
        read_sheets(path)


@pytest.mark.parametrize(
    "place, rows", [("XFD1048576", 1048576), ("XFD10000", 10000), ("A1048576", 1048576)]
)
def test_one_stray_cell_at_the_far_end_of_a_sheet_does_not_hinder(tmp_path, place, rows):
    last = int(place.lstrip("XFDA"))
    first = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    cells = first + f'<row r="{last}"><c r="{place}"><v>7</v></c></row>'.encode()
    path = save_with_cells(tmp_path / "a.xlsx", cells)

    (sheet,) = read_sheets(path)

    assert (len(sheet.rows), sheet.rows[0], sheet.rows[-1][-1]) == (rows, [1], 7)


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="4294967295"><c r="A4294967295"/></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="XFE1"><v>1</v></c></row>',
        b'<row r="1"/>' * 1_048_577,
    ],
    ids=["a row beyond the last", "a column beyond the last", "more rows than there are"],
)
def test_a_workbook_claiming_more_than_a_sheet_holds_is_refused_as_too_large(tmp_path, cells):
    path = save_with_cells(tmp_path / "a.xlsx", cells)

    with pytest.raises(ReliefError, match="the workbook is too large"):
        read_sheets(path)


def test_a_zip_that_unpacks_to_far_more_is_refused_as_too_large(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (101 << 20))

    with pytest.raises(ReliefError, match="the workbook is too large"):
        read_sheets(path)


def test_a_workbook_that_kills_its_parser_is_refused_and_the_next_one_is_read(tmp_path):
    # The lower-case place passes the scan, and asks the parser for 549,755,813,888 bytes.
    cells = b'<row r="1"><c r="A1"><v>1</v></c><c r="xfd1048576"><v>1</v></c></row>'
    killer = save_with_cells(tmp_path / "a.xlsx", cells)
    good = save_xlsx(tmp_path / "b.xlsx", lambda sheet: sheet.append(["姓名"]))

    with pytest.raises(ReliefError, match=r"a\.xlsx: the workbook is damaged, or far too large"):
        read_sheets(killer)

    assert read_sheets(good)[0].rows == [["姓名"]]


def test_modules_lying_among_the_spreadsheets_are_not_imported(tmp_path, monkeypatch):
    (tmp_path / "python_calamine.py").write_text("raise SystemExit", "utf-8")
    monkeypatch.chdir(tmp_path)
    killer = save_with_cells(
        tmp_path / "a.xlsx", b'<row><c r="A1"><v>1</v></c><c r="xfd1048576"><v>1</v></c></row>'
    )
    good = save_xlsx(tmp_path / "b.xlsx", lambda sheet: sheet.append(["姓名"]))

    with pytest.raises(ReliefError, match="damaged"):
        read_sheets(killer)

    assert read_sheets(good)[0].rows == [["姓名"]]


@pytest.mark.parametrize(
    "name, content",
    [
        ("gen.py", 'NAMES = ["姓名", "身份证号"]\n'),
        ("README.md", "| 姓名 | 身份证号 |\n| --- | --- |\n"),
        ("import.toml", 'map = { "甲" = "-" }\n"\n'),
        ("函.docx", "姓名,金额\n"),
        ("函.xls", '%PDF-1.4\n"姓名,金额\n'),
        ("函.csv", "{\\rtf1\\ansi 姓名,金额}\n"),
    ],
)
def test_a_text_that_is_no_list_is_called_no_spreadsheet(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, "utf-8")

    with pytest.raises(ReliefError, match=f"{name}: this is not a spreadsheet\nName a list"):
        read_sheets(path)


def test_a_workbook_is_read_under_the_ending_of_a_document(tmp_path):
    path = save_xlsx(tmp_path / "a.docx", lambda sheet: sheet.append(["姓名"]))

    assert read_sheets(path)[0].rows == [["姓名"]]
