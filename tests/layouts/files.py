"""Files as offices save them: the same rows written in any format or encoding.

A sheet is a list of rows; None is an empty cell; merges are (top, left, bottom, right) from 0.
"""

import csv
import io
import struct
import zipfile
from html import escape

import openpyxl
import xlwt

SS = "urn:schemas-microsoft-com:office:spreadsheet"


def save_xlsx(path, sheets, merges=()):
    """Save sheets by name; `merges` are those of the first."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row, start=1):
                if cell is not None:
                    sheet.cell(number, column, cell)
    for top, left, bottom, right in merges:
        book.worksheets[0].merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )
    book.save(path)
    return path


def save_xls(path, sheets, merges=()):
    """Save an old workbook, as .xls and WPS's .et both are."""
    book = xlwt.Workbook(encoding="utf-8")
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_sheet(name)
        covered = set()
        for top, left, bottom, right in merges if place == 0 else ():
            sheet.write_merge(top, bottom, left, right, _at(rows, top, left))
            covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None and (number, column) not in covered:
                    sheet.write(number, column, cell)
    book.save(str(path))
    return path


def _at(rows, row, column):
    return rows[row][column] if column < len(rows[row]) else None


def save_html(path, sheets, merges=(), encoding="utf-8"):
    """Save a web page that calls itself .xls."""
    tables = "".join(_html_table(rows, merges) for rows in list(sheets.values())[:1])
    page = (
        f'<html><head><meta charset="{encoding}"><title>t</title>'
        f"<style>td{{color:red}}</style></head><body>{tables}</body></html>"
    )
    path.write_bytes(page.encode(encoding))
    return path


def _html_table(rows, merges):
    starts = {
        (top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges
    }
    covered = {
        (r, c)
        for top, left, bottom, right in merges
        for r in range(top, bottom + 1)
        for c in range(left, right + 1)
    } - set(starts)
    lines = []
    for number, row in enumerate(rows):
        cells = ""
        for column, cell in enumerate(row):
            if (number, column) not in covered:
                down, across = starts.get((number, column), (1, 1))
                text = "" if cell is None else escape(str(cell)).replace("\n", "<br>")
                cells += f'<td rowspan="{down}" colspan="{across}">{text}</td>'
        lines.append(f"<tr>{cells}</tr>")
    return f"<table border=1>{''.join(lines)}</table>"


def save_xml_2003(path, sheets, merges=(), encoding="utf-8"):
    """Save a Spreadsheet-2003 XML that calls itself .xls."""
    starts = {(top, left): (bottom - top, right - left) for top, left, bottom, right in merges}
    body = ""
    for name, rows in sheets.items():
        lines = ""
        for number, row in enumerate(rows):
            cells = "".join(
                _xml_cell(column, cell, starts.get((number, column), (0, 0)))
                for column, cell in enumerate(row)
                if cell is not None
            )
            lines += f'<Row ss:Index="{number + 1}">{cells}</Row>' if cells else ""
        body += f'<Worksheet ss:Name="{escape(name)}"><Table>{lines}</Table></Worksheet>'
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    )
    text += f'<Workbook xmlns="{SS}" xmlns:ss="{SS}">{body}</Workbook>'
    path.write_bytes(text.encode(encoding))
    return path


def _xml_cell(column, cell, merged):
    down, across = merged
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    of_type = "Number" if is_number else "String"
    return (
        f'<Cell ss:Index="{column + 1}" ss:MergeDown="{down}" ss:MergeAcross="{across}">'
        f'<Data ss:Type="{of_type}">{escape(str(cell))}</Data></Cell>'
    )


def save_csv(path, sheets, merges=(), encoding="utf-8", separator=","):
    """Save the first sheet as text; what is merged is blank but for its first cell."""
    del merges
    text = io.StringIO(newline="")
    for rows in list(sheets.values())[:1]:
        csv.writer(text, delimiter=separator).writerows(
            [["" if cell is None else cell for cell in row] for row in rows]
        )
    path.write_bytes(text.getvalue().encode(encoding))
    return path


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def save_ods(path, sheets, merges=(), *, locked=False):
    """Save an OpenDocument spreadsheet; a cell that is an XML text is taken as it is."""
    starts = {
        (top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges
    }
    body = ""
    for name, rows in sheets.items():
        lines = ""
        for number, row in enumerate(rows):
            cells = "".join(
                _ods_cell(cell, starts.get((number, column), (1, 1)))
                for column, cell in enumerate(row)
            )
            lines += f"<table:table-row>{cells or '<table:table-cell/>'}</table:table-row>"
        body += f'<table:table table:name="{escape(name)}">{lines}</table:table>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        f' xmlns:office="{OFFICE}office:1.0" xmlns:table="{OFFICE}table:1.0"'
        f' xmlns:text="{OFFICE}text:1.0" xmlns:calcext="urn:org:documentfoundation:names:'
        f'experimental:calc:xmlns:calcext:1.0"><office:body><office:spreadsheet>{body}'
        f"</office:spreadsheet></office:body></office:document-content>"
    )
    lock = "<manifest:encryption-data/>" if locked else ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest>{lock}</manifest:manifest>")
    return path


def _ods_cell(cell, merged):
    down, across = merged
    span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
    span = span if (down, across) != (1, 1) else ""
    if cell is None:
        return f"<table:table-cell{span}/>"
    if isinstance(cell, (int, float)):
        return (
            f'<table:table-cell{span} office:value-type="float" office:value="{cell!r}">'
            f"<text:p>{cell}</text:p></table:table-cell>"
        )
    if cell.startswith("<table:"):
        return cell
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
    return f'<table:table-cell{span} office:value-type="string">{lines}</table:table-cell>'


def _record(kind, body=b""):
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(body), b""
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return number + length + body


def _wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


ERRORS = {"#N/A": 0x2A, "#REF!": 0x17, "#DIV/0!": 0x07}


def save_xlsb(path, sheets, merges=()):
    """Save a binary workbook; an error sign is saved as the error."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related, book = "", _record(131) + _record(153, bytes(12)) + _record(143)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            part = f"worksheets/sheet{number}.bin"
            related += (
                f'<Relationship Id="rId{number}" Type="{relation}/worksheet" Target="{part}"/>'
            )
            book += _record(
                156, struct.pack("<II", 0, number) + _wide(f"rId{number}") + _wide(name)
            )
            archive.writestr(f"xl/{part}", _xlsb_sheet(rows, merges if number == 1 else ()))
        archive.writestr("xl/workbook.bin", book + _record(144) + _record(132))
        xmlns = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'{head}<Relationships xmlns="{xmlns}">{related}</Relationships>',
        )
        archive.writestr("[Content_Types].xml", f"{head}<Types/>")
    return path


def _xlsb_sheet(rows, merges):
    last = max(map(len, rows), default=1) - 1
    data = _record(129) + _record(
        148, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, max(last, 0))
    )
    data += _record(145)
    for number, row in enumerate(rows):
        data += _record(0, struct.pack("<IIHBBB", number, 0, 300, 0, 0, 0) + struct.pack("<I", 0))
        data += b"".join(_xlsb_cell(column, cell) for column, cell in enumerate(row))
    data += _record(146)
    if merges:
        data += _record(177, struct.pack("<I", len(merges)))
        for top, left, bottom, right in merges:
            data += _record(176, struct.pack("<4I", top, bottom, left, right))
        data += _record(178)
    return data + _record(130)


def _xlsb_cell(column, cell):
    place = struct.pack("<II", column, 0)
    if cell is None:
        return b""
    if isinstance(cell, (int, float)):
        return _record(5, place + struct.pack("<d", cell))
    if cell in ERRORS:
        return _record(3, place + bytes([ERRORS[cell]]))
    return _record(6, place + _wide(cell))


class Unmarked(zipfile.ZipInfo):
    """A member whose name is written as it is, without the mark of UTF-8."""

    def _encodeFilenameFlags(self):  # noqa: N802 as the library names it
        return self.filename.encode("cp437"), self.flag_bits


def pack_zip(path, members, encoding="gbk"):
    """Pack members by name, named as a Chinese Windows does: without saying so."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = Unmarked(name.encode(encoding).decode("cp437"))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path
