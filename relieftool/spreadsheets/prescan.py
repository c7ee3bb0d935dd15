"""What a workbook's zip declares, read before any parser sees it; imports nothing of ours.

Refuses what would fill the memory, and finds the cells that the parser would show as blank though
they are not: errors such as #N/A, and formulas that were saved without their result.
"""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import IO, Literal

Refusal = Literal["not-a-spreadsheet", "too-large"]

_MOST_BYTES = 4 << 30
_MOST_BYTES_UNSUSPECTED = 100 << 20
_HIGHEST_RATIO = 100
_MOST_CELLS = 50_000_000
_CHUNK = 1 << 20

_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\'](\d+)')
_FAR_CELL = re.compile(rb"""\br=["']([A-Z]{2,3})(\d+)""")
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:(?!</?(?:\w+:)?c\b).)*?<(?:\w+:)?v>([^<]{1,20})<',
    re.DOTALL,
)
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\b([^>]*[^/])><(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)""")
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\b\w+:id="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")

Marks = dict[tuple[int, int], str]


class RefusedError(Exception):
    """A workbook that no parser should be given; its first argument says why."""


def scan_zip(stream: IO[bytes]) -> list[Marks]:
    """Give, sheet by sheet, the cells that are not blank though a parser shows them so.

    A mark is the error's own sign (#N/A) or the formula (=A1+B1). Empty for other than .xlsx.

    Raises:
        RefusedError: it is no workbook, or would fill the memory.
        zipfile.BadZipFile: the zip is damaged.
    """
    with zipfile.ZipFile(stream) as archive:
        _refuse_bombs(archive)
        names = archive.namelist()
        if "content.xml" not in names and not any(name.startswith("xl/") for name in names):
            raise RefusedError("not-a-spreadsheet")
        return [_scan_sheet(archive, part) for part in _sheet_parts(archive)]


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    size = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    is_dense = size > _MOST_BYTES_UNSUSPECTED and size > _HIGHEST_RATIO * packed
    if size > _MOST_BYTES or is_dense:
        raise RefusedError("too-large")


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """List the parts that hold the sheets of an .xlsx, in order; '' for a lost one."""
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return []
    targets: dict[bytes, str] = {}
    for found in _RELATION.finditer(archive.read("xl/_rels/workbook.xml.rels")):
        relation = dict(re.findall(rb'(\w+)="([^"]*)"', found[0]))
        path = unescape(relation.get(b"Target", b"").decode("utf-8"))
        targets[relation.get(b"Id", b"")] = path[1:] if path.startswith("/") else f"xl/{path}"
    ids = _SHEET.findall(archive.read("xl/workbook.xml"))
    return [targets[i] if targets.get(i) in names else "" for i in ids]


def _scan_sheet(archive: zipfile.ZipFile, part: str) -> Marks:
    marks: Marks = {}
    last_row = last_column = 0
    if not part:
        return marks
    with archive.open(part) as stream:
        for chunk in _chunks(stream):
            rows = [int(row) for row in _ROW.findall(chunk)]
            far = [(_column(letters), int(row)) for letters, row in _FAR_CELL.findall(chunk)]
            last_row = max([last_row, *rows, *(row for _, row in far)])
            last_column = max([last_column, *(column for column, _ in far)])
            if last_row * (last_column + 1) > _MOST_CELLS:
                raise RefusedError("too-large")
            marks |= _marks(chunk)
    return marks


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Give the XML in pieces that end where a cell or row begins; none is cut in two."""
    rest = b""
    while read := stream.read(_CHUNK):
        piece = rest + read
        cut = max(piece.rfind(b"<c "), piece.rfind(b"<row"), piece.rfind(b":c "), 0)
        yield piece[:cut]
        # A cell of megabytes is not looked into: nothing worth marking is that long.
        rest = piece[cut:] if len(piece) - cut < _CHUNK else b""
    yield rest


def _marks(chunk: bytes) -> Marks:
    marks: Marks = {}
    if b't="e"' in chunk:
        for found in _ERROR.finditer(chunk):
            _mark(marks, found[1], found[2].decode("utf-8", "replace"))
    if b"<f" in chunk or b":f" in chunk:
        for found in _UNCOMPUTED.finditer(chunk):
            # A text result that is really empty is saved as t="str" with an empty value.
            if not (found[3] and b't="str"' in found[1]):
                formula = unescape((found[2] or b"").decode("utf-8", "replace"))
                _mark(marks, found[1], f"={formula}")
    return marks


def _mark(marks: Marks, attributes: bytes, text: str) -> None:
    if place := _PLACE.search(attributes):
        marks[int(place[2]) - 1, _column(place[1])] = text


def _column(letters: bytes) -> int:
    """Give the number of a column from 0.

    >>> _column(b"A"), _column(b"AA"), _column(b"XFD")
    (0, 26, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
