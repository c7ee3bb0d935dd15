"""Error cells and uncomputed formulas of an .xlsb; used in the child process only."""

import struct
import zipfile
from collections.abc import Iterator

from relieftool.spreadsheets.biff import ERROR_SIGNS
from relieftool.spreadsheets.prescan import SheetScan, sheet_parts

_ROW, _ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
_CELLS = range(12)


def scan_xlsb(archive: zipfile.ZipFile) -> list[SheetScan]:
    """Give, sheet by sheet, the cells of an .xlsb that hold an error.

    Raises:
        RefusedError: a sheet reaches further, or holds more, than can be read.
    """
    ids = [
        _relation(body)
        for kind, body in _records(archive.read("xl/workbook.bin"))
        if kind == _SHEET
    ]
    parts = sheet_parts(archive, "xl/_rels/workbook.bin.rels", ids)
    return [_scan_sheet(archive.read(part)) if part else SheetScan() for part in parts]


def _relation(body: bytes) -> bytes:
    """Give the id of the part that a sheet's record names."""
    if len(body) < 12:  # noqa: PLR2004 state, number and length come first
        return b""
    (length,) = struct.unpack_from("<I", body, 8)
    return body[12 : 12 + 2 * length].decode("utf-16-le", "replace").encode()


def _scan_sheet(part: bytes) -> SheetScan:
    scan, row = SheetScan(), 0
    for kind, body in _records(part):
        if kind == _ROW and len(body) >= 4:  # noqa: PLR2004 the row's number
            (row,) = struct.unpack_from("<I", body)
            scan.rows += 1
            scan.last_row = max(scan.last_row, row + 1)
        elif kind in _CELLS and len(body) >= 8:  # noqa: PLR2004 the column and the style
            (column,) = struct.unpack_from("<I", body)
            scan.cells += 1
            scan.last_column = max(scan.last_column, column)
            if kind in (_ERROR, _FORMULA_ERROR) and len(body) > 8:  # noqa: PLR2004
                scan.marks[row, column] = ERROR_SIGNS.get(body[8], "#N/A")
    scan.check()
    return scan


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the records of a part: a kind of one or two bytes, a length of one to four."""
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
