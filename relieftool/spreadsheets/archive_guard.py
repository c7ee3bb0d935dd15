"""What a workbook's zip declares, read before any parser sees it; imports nothing of ours.

Refuses what would fill the memory, and finds the cells that the parser would show as blank though
they are not: errors such as #N/A, and formulas that were saved without their result.

A .zip of spreadsheets, unpacked into a folder; used in the child process only.

Names that a Chinese Windows wrote are read as such. Nothing leaves the folder.
"""

import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from relieftool.spreadsheets.grid import MergedCells

Refusal = Literal["not-a-spreadsheet", "too-large", "password"]

_MOST_UNPACKED_BYTES = 4 << 30
_MOST_BYTES_UNSUSPECTED = 100 << 20
_HIGHEST_RATIO = 100
_MOST_CELLS = 50_000_000
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14
_MOST_CELLS_OF_SPARSE = 5_000_000
_MOST_EMPTY, _EMPTY_RATIO = 2_000_000, 20
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
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\b\w+:id="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")

CellMarks = dict[tuple[int, int], str]


class RefusedError(Exception):
    """A file that no parser should be given; its first argument says why."""


@dataclass
class SheetScan:
    """What a sheet declares: the cells to mark, what is merged, how far it reaches.

    A mark is the error's own sign (#N/A) or the formula (=A1+B1). `is_sparse`: it reaches so far
    beyond what it holds that the fast parser would ask for all the memory.
    """

    marks: CellMarks = field(default_factory=dict)
    merged: list[MergedCells] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0
    rows: int = 0
    cells: int = 0

    @property
    def is_sparse(self) -> bool:
        """Return whether the sheet's grid is too large to be held whole, or nearly all of it empty."""
        grid = self.last_row * (self.last_column + 1)
        return grid > _MOST_CELLS or (grid > _MOST_EMPTY and grid > _EMPTY_RATIO * self.cells)

    def check(self) -> None:
        """Refuse what no office's sheet is: more rows or cells than a sheet or a memory has."""
        is_beyond = self.last_row > _MOST_ROWS or self.last_column >= _MOST_COLUMNS
        is_full = self.rows > _MOST_ROWS or self.cells > _MOST_CELLS
        if is_beyond or is_full or (self.is_sparse and self.cells > _MOST_CELLS_OF_SPARSE):
            raise RefusedError("too-large")


def scan_zip(archive: zipfile.ZipFile) -> list[SheetScan]:
    """Give, sheet by sheet, what an .xlsx declares; empty for another kind of workbook.

    Raises:
        RefusedError: it is no workbook, or would fill the memory.
        zipfile.BadZipFile: the zip is damaged.
    """
    refuse_bombs(archive)
    names = archive.namelist()
    if "content.xml" not in names and not any(name.startswith("xl/") for name in names):
        raise RefusedError("not-a-spreadsheet")
    parts = list_sheet_parts(archive, "xl/_rels/workbook.xml.rels", _sheet_ids(archive))
    return [_scan_sheet(archive, part) for part in parts]


def refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Refuse a zip that unpacks to far more than it holds, or to more than can be kept."""
    size = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    is_dense = size > _MOST_BYTES_UNSUSPECTED and size > _HIGHEST_RATIO * packed
    if size > _MOST_UNPACKED_BYTES or is_dense:
        raise RefusedError("too-large")


def _sheet_ids(archive: zipfile.ZipFile) -> list[bytes]:
    if "xl/workbook.xml" not in archive.namelist():
        return []
    return _SHEET.findall(archive.read("xl/workbook.xml"))


def list_sheet_parts(archive: zipfile.ZipFile, relations: str, ids: list[bytes]) -> list[str]:
    """List the parts that hold a workbook's sheets, by their ids; '' for a lost one."""
    names = archive.namelist()
    if relations not in names:
        return []
    targets: dict[bytes, str] = {}
    for found in _RELATION.finditer(archive.read(relations)):
        relation = dict(re.findall(rb'(\w+)="([^"]*)"', found[0]))
        path = unescape(relation.get(b"Target", b"").decode("utf-8", "replace"))
        targets[relation.get(b"Id", b"")] = path[1:] if path.startswith("/") else f"xl/{path}"
    return [targets[i] if targets.get(i) in names else "" for i in ids]


def _scan_sheet(archive: zipfile.ZipFile, part: str) -> SheetScan:
    scan = SheetScan()
    if not part:
        return scan
    with archive.open(part) as stream:
        for chunk in _chunks(stream):
            rows = [int(row) for row in _ROW.findall(chunk)]
            far = [(_column(letters), int(row)) for letters, row in _FAR_CELL.findall(chunk)]
            scan.last_row = max([scan.last_row, *rows, *(row for _, row in far)])
            scan.last_column = max([scan.last_column, *(column for column, _ in far)])
            scan.rows += chunk.count(b"<row") + chunk.count(b":row")
            scan.cells += chunk.count(b"<c ") + chunk.count(b"<c>") + chunk.count(b":c ")
            scan.check()
            scan.marks |= _marks(chunk)
            if b"mergeCell" in chunk:
                scan.merged += (_merge(*found) for found in _MERGE.findall(chunk))
    return scan


def _merge(left: bytes, top: bytes, right: bytes, bottom: bytes) -> MergedCells:
    return int(top) - 1, _column(left), int(bottom) - 1, _column(right)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Return the XML in pieces that end where a cell or row begins; none is cut in two."""
    rest = b""
    while read := stream.read(_CHUNK):
        piece = rest + read
        cut = max(piece.rfind(b"<c "), piece.rfind(b"<row"), piece.rfind(b":c "), 0)
        yield piece[:cut]
        # A cell of megabytes is not looked into: nothing worth marking is that long.
        rest = piece[cut:] if len(piece) - cut < _CHUNK else b""
    yield rest


def _marks(chunk: bytes) -> CellMarks:
    marks: CellMarks = {}
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


def _mark(marks: CellMarks, attributes: bytes, text: str) -> None:
    if place := _PLACE.search(attributes):
        marks[int(place[2]) - 1, _column(place[1])] = text


def _column(letters: bytes) -> int:
    """Return the number of a column from 0.

    >>> _column(b"A"), _column(b"AA"), _column(b"XFD")
    (0, 26, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


_MOST_MEMBERS = 2000
_MOST_ARCHIVE_BYTES = 1 << 30
_LONGEST_NAME = 80
_IS_UTF8, _IS_LOCKED = 0x800, 0x1
_DRIVE = re.compile(r"^[A-Za-z]:")


def decode_member_name(entry: zipfile.ZipInfo) -> str:
    """Return a member's name; one not marked as UTF-8 is tried as UTF-8, then as GB18030.

    >>> decode_member_name(zipfile.ZipInfo("名单.csv".encode("gbk").decode("cp437")))
    '名单.csv'
    """
    if entry.flag_bits & _IS_UTF8:
        return entry.filename
    try:
        written = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def unpack_members(stream: IO[bytes], folder: Path, endings: tuple[str, ...]) -> None:
    """Unpack the members of an archive that end so; all others stay packed.

    Raises:
        RefusedError: it is locked, would fill the disk, or holds another archive or a name that
            leads out of the folder.
        zipfile.BadZipFile: it is damaged.
    """
    with zipfile.ZipFile(stream) as archive:
        refuse_bombs(archive)
        wanted = [entry for entry in archive.infolist() if not entry.is_dir()]
        if (
            len(wanted) > _MOST_MEMBERS
            or sum(entry.file_size for entry in wanted) > _MOST_ARCHIVE_BYTES
        ):
            raise RefusedError("archive-too-large")
        for entry in wanted:
            name = decode_member_name(entry).replace("\\", "/")
            if _leads_out(name):
                raise RefusedError("archive-leads-out")
            if name.lower().endswith(".zip"):
                raise RefusedError("archive-in-archive")
            if name.lower().endswith(endings):
                _write(archive, entry, folder / name)


def _leads_out(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.startswith("/") or ".." in parts or _DRIVE.match(name) is not None


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Unpack one member under a name of bearable length; no earlier one is written over."""
    if entry.flag_bits & _IS_LOCKED:
        raise RefusedError("password")
    path = path.with_name(path.name[-_LONGEST_NAME:])
    if path.exists():
        raise RefusedError("archive-twice")
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as packed, path.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
