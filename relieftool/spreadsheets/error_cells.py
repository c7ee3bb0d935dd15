"""Finds what the parser does not show of .xls, .et, .xlsb and .ods.

These are cells with an error, rows and columns that are hidden, in .ods and .xlsb also merged
cells, in .xls and .et cells that are struck through, and in .ods formulas without a result. In an
.xlsx they are found by `archive_guard`, while it checks the zip. Used in the child process only.
"""

import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from relieftool.spreadsheets.archive_guard import (
    RefusedError,
    SheetScan,
    list_sheet_parts,
    scan_zip,
)
from relieftool.spreadsheets.grid import Span

_CHAIN_END, _CHAIN_FREE = 0xFFFFFFFE, 0xFFFFFFFF
_OLE_ENTRY = 128
_SHORT_SECTOR = 64
_BIFF_SHEET, _BIFF_FORMULAS, _BIFF_ERROR, _BIFF_END, _BIFF_LOCK = (
    0x0085,
    {0x0006, 0x0206, 0x0406},
    0x0205,
    0x000A,
    0x002F,
)
_ERROR_SIGNS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BIFF_ROW, _BIFF_COLUMNS = 0x0208, 0x007D
_BIFF_HIDDEN_ROW, _BIFF_HIDDEN_COLUMNS = 0x20, 0x01
_BIFF_FONT, _BIFF_STYLE, _BIFF_STRUCK = 0x0031, 0x00E0, 0x08
_BIFF_NO_FONT = 4  # no font has this number
# Number, text, compressed number, logical value, formula, and a row of compressed numbers.
_BIFF_CELLS, _BIFF_NUMBERS = {0x0203, 0x0204, 0x00FD, 0x00D6, 0x027E, 0x0205, 0x0006}, 0x00BD
_XLSB_COLUMNS, _XLSB_MERGE, _XLSB_HIDDEN_ROW = 60, 176, 0x10
_XLSB_ROW, _XLSB_ERROR, _XLSB_FORMULA_ERROR, _XLSB_SHEET = 0, 3, 11, 156
_XLSB_CELLS = range(12)
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_CELL, _COVERED = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"
_COLUMN, _HIDDEN = f"{_TABLE}table-column", ("collapse", "filter")
_LONGEST_SIGN = 20


def scan_zip_workbook(archive: zipfile.ZipFile) -> list[SheetScan]:
    """Return a scan of each sheet of an .xlsx, .xlsb or .ods.

    Raises:
        RefusedError: The file is locked, is not a workbook, or is too large to be read.
        zipfile.BadZipFile: The zip is damaged.
    """
    scans = scan_zip(archive)
    if "content.xml" in archive.namelist():
        return _scan_opendocument(archive)
    return _scan_xlsb(archive) if "xl/workbook.bin" in archive.namelist() else scans


def scan_ole_workbook(content: bytes, names: Sequence[str]) -> list[SheetScan]:
    """Return a scan of each sheet of an .xls or .et, with its error cells.

    `names` are the possible names of the stream with the workbook. A damaged file is not reported
    here, because the parser refuses it later.

    Raises:
        RefusedError: The workbook is locked.
    """
    return _scan_biff(_read_ole_stream(content, names))


def _read_ole_stream(content: bytes, names: Sequence[str]) -> bytes:
    """Return the content of the stream with one of these names; b"" if there is none.

    `content` is a compound file (OLE), the container of an .xls or .et.
    """
    if len(content) < 1 << 9:
        return b""
    (power,) = struct.unpack_from("<H", content, 30)
    if power not in (9, 12):
        return b""
    file = _CompoundFile(content, 1 << power)
    directory = file.read_chain(struct.unpack_from("<I", content, 48)[0])
    for start in range(0, len(directory) - _OLE_ENTRY + 1, _OLE_ENTRY):
        entry = directory[start : start + _OLE_ENTRY]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(length - 2, 0)].decode("utf-16-le", "replace") in names:
            first, size = struct.unpack_from("<II", entry, 116)
            return file.read_stream(first, size, directory)
    return b""


class _CompoundFile:
    """The sectors of a compound file, and the table that links each sector to the next."""

    def __init__(self, content: bytes, sector: int) -> None:
        self._content = content
        self._sector = sector
        places = list(struct.unpack_from("<109I", content, 76))
        following, limit = struct.unpack_from("<I", content, 68)[0], len(content) // sector
        while following not in (_CHAIN_END, _CHAIN_FREE) and limit > 0:
            more = self._unpack_numbers(self._read(following))
            places += more[:-1]
            following, limit = more[-1] if more else _CHAIN_END, limit - 1
        self._next = [
            n
            for place in places
            if place < _CHAIN_END
            for n in self._unpack_numbers(self._read(place))
        ]

    def _read(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        return self._content[start : start + self._sector]

    @staticmethod
    def _unpack_numbers(sector: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4]))

    def read_chain(self, sector: int) -> bytes:
        """Return the bytes of a chain of sectors; a chain in a circle ends before it repeats."""
        parts, seen = [], set()
        while sector < len(self._next) and sector not in seen:
            seen.add(sector)
            parts.append(self._read(sector))
            sector = self._next[sector]
        return b"".join(parts)

    def read_stream(self, first: int, size: int, directory: bytes) -> bytes:
        """Return the `size` bytes of a stream that starts at sector `first`.

        A short stream is stored in small pieces inside the stream of the directory's root.
        """
        (shortest,) = struct.unpack_from("<I", self._content, 56)
        if size >= shortest:
            return self.read_chain(first)[:size]
        pool = self.read_chain(struct.unpack_from("<I", directory, 116)[0])
        table = self._unpack_numbers(
            self.read_chain(struct.unpack_from("<I", self._content, 60)[0])
        )
        parts, seen = [], set()
        while first < len(table) and first not in seen:
            seen.add(first)
            parts.append(pool[first * _SHORT_SECTOR : (first + 1) * _SHORT_SECTOR])
            first = table[first]
        return b"".join(parts)[:size]


def _scan_biff(book: bytes) -> list[SheetScan]:
    scans = []
    fonts: list[bool] = []
    styles: list[bool] = []
    for kind, body in _list_biff_records(book, 0):
        if kind == _BIFF_FONT and len(body) >= 4:  # noqa: PLR2004 the height and the options
            fonts.append(bool(body[2] & _BIFF_STRUCK))
        if kind == _BIFF_STYLE and len(body) >= 2:  # noqa: PLR2004 the number of the font
            (font,) = struct.unpack_from("<H", body)
            place = font - (font > _BIFF_NO_FONT)
            styles.append(place < len(fonts) and fonts[place])
        if kind == _BIFF_END:
            break
        if kind == _BIFF_LOCK:
            raise RefusedError("password")
        if kind == _BIFF_SHEET and len(body) >= 4:  # noqa: PLR2004 the place is 4 bytes
            struck = {number for number, is_struck in enumerate(styles) if is_struck}
            scans.append(_scan_biff_sheet(book, struct.unpack_from("<I", body)[0], struck))
    return scans


def _scan_biff_sheet(book: bytes, start: int, struck: set[int]) -> SheetScan:
    scan = SheetScan()
    for kind, body in _list_biff_records(book, start):
        if kind == _BIFF_END:
            break
        _note_biff_hidden(scan, kind, body)
        if struck:
            scan.hidden.struck += _list_biff_struck(kind, body, struck)
        code = _find_biff_error(kind, body)
        if code is not None:
            row, column = struct.unpack_from("<HH", body)
            scan.marks[row, column] = _ERROR_SIGNS.get(code, "#N/A")
    return scan


def _note_biff_hidden(scan: SheetScan, kind: int, body: bytes) -> None:
    """Add a row or columns to a scan if their record says that they are hidden."""
    if kind == _BIFF_ROW and len(body) >= 14 and body[12] & _BIFF_HIDDEN_ROW:  # noqa: PLR2004 as the record is built
        (row,) = struct.unpack_from("<H", body)
        scan.hidden.rows.append((row, row))
    if kind == _BIFF_COLUMNS and len(body) >= 9 and body[8] & _BIFF_HIDDEN_COLUMNS:  # noqa: PLR2004
        scan.hidden.columns.append(struct.unpack_from("<HH", body))


def _list_biff_struck(kind: int, body: bytes, styles: set[int]) -> Iterator[tuple[int, int]]:
    """Return the row and column of the cells of a record that have one of these styles."""
    is_row = kind == _BIFF_NUMBERS and len(body) >= 6  # noqa: PLR2004 as the record is built
    if is_row or (kind in _BIFF_CELLS and len(body) >= 6):  # noqa: PLR2004
        row, column = struct.unpack_from("<HH", body)
        ends = range(4, len(body) - 2, 6) if is_row else range(4, 5)
        for number, start in enumerate(ends):
            if struct.unpack_from("<H", body, start)[0] in styles:
                yield row, column + number


def _find_biff_error(kind: int, body: bytes) -> int | None:
    """Return the error code in a cell's record; None if the cell has no error."""
    if kind == _BIFF_ERROR and len(body) >= 8 and body[7]:  # noqa: PLR2004 as the record is built
        return body[6]
    is_special = kind in _BIFF_FORMULAS and len(body) >= 14 and body[12:14] == b"\xff\xff"  # noqa: PLR2004
    return body[8] if is_special and body[6] == 2 else None  # noqa: PLR2004 2: the result is an error


def _list_biff_records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Return the kind and body of each record from byte `start` to the end of the stream."""
    while start + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, start)
        yield kind, book[start + 4 : start + 4 + size]
        start += 4 + size


def _scan_xlsb(archive: zipfile.ZipFile) -> list[SheetScan]:
    ids = [
        _read_xlsb_relation(body)
        for kind, body in _list_xlsb_records(archive.read("xl/workbook.bin"))
        if kind == _XLSB_SHEET
    ]
    parts = list_sheet_parts(archive, "xl/_rels/workbook.bin.rels", ids)
    return [_scan_xlsb_sheet(archive.read(part)) if part else SheetScan() for part in parts]


def _read_xlsb_relation(body: bytes) -> bytes:
    """Return the id in a sheet's record that leads to the part with the sheet's cells."""
    if len(body) < 12:  # noqa: PLR2004 state, number and length come first
        return b""
    (length,) = struct.unpack_from("<I", body, 8)
    return body[12 : 12 + 2 * length].decode("utf-16-le", "replace").encode()


def _scan_xlsb_sheet(part: bytes) -> SheetScan:
    scan, row = SheetScan(), 0
    for kind, body in _list_xlsb_records(part):
        if kind == _XLSB_ROW and len(body) >= 4:  # noqa: PLR2004 the row's number
            (row,) = struct.unpack_from("<I", body)
            scan.rows += 1
            scan.last_row = max(scan.last_row, row + 1)
            if len(body) >= 12 and body[11] & _XLSB_HIDDEN_ROW:  # noqa: PLR2004
                scan.hidden.rows.append((row, row))
        elif kind in _XLSB_CELLS and len(body) >= 8:  # noqa: PLR2004 the column and the style
            (column,) = struct.unpack_from("<I", body)
            scan.cells += 1
            scan.last_column = max(scan.last_column, column)
            if kind in (_XLSB_ERROR, _XLSB_FORMULA_ERROR) and len(body) > 8:  # noqa: PLR2004
                scan.marks[row, column] = _ERROR_SIGNS.get(body[8], "#N/A")
        elif kind == _XLSB_COLUMNS and len(body) >= 17 and body[16] & 1:  # noqa: PLR2004
            scan.hidden.columns.append(struct.unpack_from("<II", body))
        elif kind == _XLSB_MERGE and len(body) >= 16:  # noqa: PLR2004
            top, bottom, left, right = struct.unpack_from("<4I", body)
            scan.merged.append((top, left, bottom, right))
    scan.check()
    return scan


def _list_xlsb_records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the kind and body of each record of a part.

    The kind is stored in one or two bytes, the length in one to four, with seven bits in each byte.
    """
    place = 0
    while place < len(part):
        kind, place = part[place], place + 1
        if kind & 0x80 and place < len(part):
            kind, place = (kind & 0x7F) | (part[place] & 0x7F) << 7, place + 1
        size = shift = 0
        while place < len(part) and shift < 28:  # noqa: PLR2004 four times seven bits
            size |= (part[place] & 0x7F) << shift
            shift, place = shift + 7, place + 1
            if not part[place - 1] & 0x80:
                break
        yield kind, part[place : place + size]
        place += size


@dataclass
class _TablePlace:
    """The current position on a sheet, from 0, and what was found in the current row.

    `columns` is the number of columns declared so far.
    """

    scan: SheetScan = field(default_factory=SheetScan)
    row: int = 0
    column: int = 0
    columns: int = 0
    marks: dict[int, str] = field(default_factory=dict)
    is_filled: bool = False


def _scan_opendocument(archive: zipfile.ZipFile) -> list[SheetScan]:
    """Return a scan of each sheet of an .ods.

    In an .ods, repeated cells and rows are written once, with the number of repetitions.
    """
    _refuse_locked(archive)
    scans: list[SheetScan] = []
    place = _TablePlace()
    with archive.open("content.xml") as stream:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    place = _TablePlace()
                    scans.append(place.scan)
            elif element.tag in (_CELL, _COVERED):
                _read_cell(place, element)
            elif element.tag == f"{_TABLE}table-row":
                times = _count_repeats(element, "rows")
                place.scan.hidden.rows += _list_hidden(element, place.row, times)
                _read_row(place, times)
                element.clear()
            elif element.tag == _COLUMN:
                times = _count_repeats(element, "columns")
                place.scan.hidden.columns += _list_hidden(element, place.columns, times)
                place.columns += times
    return scans


def _list_hidden(element: Element, first: int, times: int) -> list[Span]:
    """Return the rows or columns that an element describes, if it says that they are hidden."""
    is_hidden = element.get(f"{_TABLE}visibility") in _HIDDEN
    return [(first, first + times - 1)] if is_hidden else []


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    """Raise RefusedError if an OpenDocument file is locked or is not a spreadsheet."""
    names, manifest = archive.namelist(), "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in archive.read(manifest):
        raise RefusedError("password")
    kind = archive.read("mimetype") if "mimetype" in names else b"spreadsheet"
    if b"spreadsheet" not in kind:
        raise RefusedError("not-a-spreadsheet")


def _read_cell(place: _TablePlace, cell: Element) -> None:
    """Count a cell, and mark it if it has an error or a formula without a result."""
    value_type = cell.get(f"{_OFFICE}value-type")
    text = "".join("".join(part.itertext()) for part in cell.iter(_TEXT))
    formula = cell.get(f"{_TABLE}formula")
    times = _count_repeats(cell, "columns")
    down, across = (_count_repeats(cell, what, "spanned") for what in ("rows", "columns"))
    if down > 1 or across > 1:
        right, bottom = place.column + across - 1, place.row + down - 1
        place.scan.merged.append((place.row, place.column, bottom, right))
    if value_type is not None or text or formula:
        place.is_filled = True
        place.scan.cells += times
        place.scan.last_column = max(place.scan.last_column, place.column + times - 1)
    is_error = cell.get(f"{_CALC}value-type") == "error" or (formula and text.startswith("#"))
    if is_error:
        place.marks[place.column] = text[:_LONGEST_SIGN] or "#N/A"
    elif formula and value_type is None and not text:
        place.marks[place.column] = f"={formula.rpartition('=')[2]}"
    place.column += times


def _read_row(place: _TablePlace, times: int) -> None:
    """Finish the current row, which is repeated `times` times; marks go to its first repetition.

    Raise RefusedError if the sheet is too large.
    """
    for column, mark in place.marks.items():
        place.scan.marks[place.row, column] = mark
    if place.is_filled:
        place.scan.rows += times
        place.scan.last_row = place.row + times
        place.scan.check()
        if place.scan.is_sparse:
            raise RefusedError("too-large")
    place.row += times
    place.column, place.marks, place.is_filled = 0, {}, False


def _count_repeats(element: Element, what: str, how: str = "repeated") -> int:
    """Return how many times a row or cell is repeated, or how many rows or columns it spans.

    It is 1 if that is not stated or not usable. `what` is "rows" or "columns".
    """
    text = element.get(f"{_TABLE}number-{what}-{how}", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004
