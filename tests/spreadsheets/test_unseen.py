"""What the office does not see: under merged cells, in hidden parts, and control characters."""

import re
import zipfile

import openpyxl
import pytest
import xlwt

from relieftool.spreadsheets.grid import HiddenParts
from relieftool.spreadsheets.reader import read_sheets
from tests.layouts.files import OFFICE, SS, save_xlsb

ROWS = [["序号", "姓名", "金额"], [1, "钱测一", 900], [2, "孙测二", 900], [3, "李测三", 800]]
SEEN = [*ROWS[:2], [None, "孙测二"], ROWS[3]]
# the merged cells A2:A3 and C2:C3 whose lower cells still have a value
MERGES = [(1, 0, 2, 0), (1, 2, 2, 2)]


def save_xlsx(path, **far):
    """Save what is left where formats were pasted: merge_cells would empty the cells."""
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    for place, cell in far.items():
        book.active[place] = cell
    for merge in ("A2:A3", "C2:C3"):
        book.active.merged_cells.add(merge)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(path)


def save_xls(path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("x", cell_overwrite_ok=True)
    for top, left, bottom, right in MERGES:
        sheet.merge(top, bottom, left, right)
    for number, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    sheet.row(2).hidden = True
    sheet.col(1).hidden = True
    book.save(str(path))


def save_ods(path):
    texts = [[f"<text:p>{cell}</text:p>" for cell in row] for row in ROWS]
    span = ' table:number-rows-spanned="2" table:number-columns-spanned="1"'
    lines = ""
    for number, row in enumerate(texts):
        cells = ""
        for column, text in enumerate(row):
            top = span if number == 1 and column != 1 else ""
            tag = "covered-table-cell" if number == 2 and column != 1 else "table-cell"
            kind = 'office:value-type="string"'
            if isinstance(ROWS[number][column], int):
                kind = f'office:value-type="float" office:value="{ROWS[number][column]}"'
            cells += f"<table:{tag}{top} {kind}>{text}</table:{tag}>"
        shown = ' table:visibility="filter"' if number == 2 else ""
        lines += f"<table:table-row{shown}>{cells}</table:table-row>"
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        f' xmlns:office="{OFFICE}office:1.0" xmlns:table="{OFFICE}table:1.0"'
        f' xmlns:text="{OFFICE}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="x">{columns}{lines}</table:table>'
        f"</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest></manifest:manifest>")


def save_xml(path):
    kinds = {int: "Number", str: "String"}
    lines = ""
    for number, row in enumerate(ROWS):
        cells = ""
        for column, cell in enumerate(row):
            down = ' ss:MergeDown="1"' if number == 1 and column != 1 else ""
            kind = kinds[type(cell)]
            cells += f'<Cell ss:Index="{column + 1}"{down}>'
            cells += f'<Data ss:Type="{kind}">{cell}</Data></Cell>'
        hidden = ' ss:Hidden="1"' if number == 2 else ""
        lines += f"<Row{hidden}>{cells}</Row>"
    columns = '<Column ss:Index="2" ss:Hidden="1"/>'
    sheet = f'<Worksheet ss:Name="x"><Table>{columns}{lines}</Table></Worksheet>'
    path.write_text(f'<Workbook xmlns="{SS}" xmlns:ss="{SS}">{sheet}</Workbook>', "utf-8")


def save_binary(path):
    save_xlsb(path, {"x": ROWS}, MERGES)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.bin"
    row = re.compile(rb"(\x00\x11\x02\x00\x00\x00.{7})\x00", re.DOTALL)
    parts[part] = row.sub(lambda found: found[1] + b"\x10", parts[part], count=1)
    # columns: first, last, width, style, marks; before the rows
    column = b"\x3c\x12" + bytes([1, 0, 0, 0, 1, 0, 0, 0]) + bytes(8) + b"\x01\x00"
    parts[part] = parts[part].replace(b"\x91\x01\x00", column + b"\x91\x01\x00", 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


SAVED = {
    ".xlsx": save_xlsx,
    ".xls": save_xls,
    ".ods": save_ods,
    ".xml": save_xml,
    ".xlsb": save_binary,
}


@pytest.mark.parametrize("ending", SAVED)
def test_cells_under_a_merged_cell_are_blank_and_hidden_parts_are_known(tmp_path, ending):
    path = tmp_path / f"x{ending if ending != '.xml' else '.xls'}"
    SAVED[ending](path)

    (sheet,) = read_sheets(path)

    assert list(sheet.rows) == SEEN
    assert sheet.hidden == HiddenParts([[2, 2]], [[1, 1]])


def test_a_sparse_workbook_is_read_alike(tmp_path):
    path = tmp_path / "x.xlsx"
    save_xlsx(path, XFD900000="x")

    (sheet,) = read_sheets(path)

    assert [sheet.rows[number] for number in range(4)] == SEEN


def test_a_sparse_workbook_has_no_control_characters_either(tmp_path):
    path = tmp_path / "x.xlsx"
    save_xlsx(path, A2="H1_x001B_", B2="_x005F_x0041_", XFD900000="x")

    (sheet,) = read_sheets(path)

    assert sheet.rows[1] == ["H1", "_x0041_", 900]


def test_a_web_page_hides_rows_and_columns_by_its_style(tmp_path):
    path = tmp_path / "x.xls"
    path.write_text(
        "<table><col><col span=2 style='DISPLAY: none'><tr><td>a<td>b<td>c</tr>"
        "<tr style='height:0;display:none'><td>1<td>2<td>3</tr><tr hidden><td>4</tr></table>",
        "utf-8",
    )

    (sheet,) = read_sheets(path)

    assert sheet.hidden == HiddenParts([[1, 1], [2, 2]], [[1, 2]])


@pytest.mark.parametrize("merge", ["A1:XFD1048576", "B2:C4", "A2:A2"])
def test_merges_of_any_size_leave_their_corner(tmp_path, merge):
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    for _number in range(4):
        book.active.append(["a", "b", "c"])
    book.active.merged_cells.add(merge)
    book.save(path)

    (sheet,) = read_sheets(path)

    filled = [
        (row, column)
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell is not None
    ]
    assert len(filled) == {"A1:XFD1048576": 1, "B2:C4": 7, "A2:A2": 12}[merge]


@pytest.mark.parametrize(
    "written, read",
    [
        ("H1_x0000_", "H1"),
        ("H1_x001B_[31m", "H1[31m"),
        ("H1\x7f", "H1"),
        ("一\n二\t三", "一\n二\t三"),
        (r"C:\u0001", r"C:\u0001"),
        (r"C:\_x0001_", "C:\\"),
        (r"a\b", r"a\b"),
        ("_x0008__x000C_", ""),
        ("_x0085_", ""),
    ],
)
def test_control_characters_are_in_no_cell_of_a_workbook(tmp_path, written, read):
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["a", written, "z"])
    book.save(path)

    (sheet,) = read_sheets(path)

    assert list(sheet.rows) == [["a", read, "z"]]
