"""Checks the content of a zip before any parser reads it, and unpacks archives safely.

Workbooks that would fill the memory are refused. In an .xlsx, also finds the cells that the parser
would show as blank: errors such as #N/A, and formulas saved without a result. Used in the child
process only.
"""

import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path, PurePosixPath
from typing import IO

from relieftool.spreadsheets.grid import HiddenParts, MergedCells, Span

_MOST_UNPACKED_BYTES = 4 << 30
_MOST_BYTES_UNSUSPECTED = 100 << 20
_HIGHEST_RATIO = 100
_MOST_CELLS = 50_000_000
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14
_MOST_CELLS_OF_SPARSE = 5_000_000
_MOST_EMPTY, _EMPTY_RATIO = 2_000_000, 20
_CHUNK = 1 << 20
_MOST_MEMBERS = 2000
_MOST_ARCHIVE_BYTES = 1 << 30
_LONGEST_NAME = 80
_IS_UTF8, _IS_LOCKED = 0x800, 0x1

# The XML of a sheet is searched with patterns, in pieces: parsing it in Python would take longer
# than the fast parser needs to read the whole workbook.
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\'](\d+)')
# It begins with the letters themselves, which are searched for much faster than a boundary.
_FAR_CELL = re.compile(rb"""r=(?<=\br=)["']([A-Z]{2,3})(\d+)""")
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
# The marks of a row or column that is hidden, filtered out, or in a collapsed group.
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\bhidden=["'](?:1|true)["'][^>]*""")
_HIDDEN_COLUMN = re.compile(rb"""<(?:\w+:)?col\b[^>]*?\bhidden=["'](?:1|true)["'][^>]*""")
_NUMBER = re.compile(rb"""\b(r|min|max)=["'](\d{1,7})["']""")
# The font of a cell is found through its style: <c s="5"> is <xf fontId="2"> is <font><strike/>.
_FONTS, _FONT, _STYLES, _STYLE = (
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rb"<(?:\w+:)?fonts\b(.*?)</(?:\w+:)?fonts>",
        rb"<(?:\w+:)?font\b(?:[^>]*/>|.*?</(?:\w+:)?font>)",
        rb"<(?:\w+:)?cellXfs\b(.*?)</(?:\w+:)?cellXfs>",
        rb"""<(?:\w+:)?xf\b[^>]*?\bfontId=["'](\d+)["']""",
    )
)
_STRIKE = re.compile(rb"""<(?:\w+:)?strike\b(?![^>]*val=["'](?:0|false))""")
_STYLED = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*?\bs=["'](\d+)["'])([^>]*[^/>])>""")
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\b\w+:id="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_DRIVE = re.compile(r"^[A-Za-z]:")

CellMarks = dict[tuple[int, int], str]


class RefusedError(Exception):
    """A file that must not be read; the first argument is the code of the reason."""


@dataclass
class SheetScan:
    """The size of a sheet, its merged and hidden parts, and the marks of cells read as blank.

    `marks` maps row and column, from 0, to the text that is shown: the sign of an error (#N/A) or a
    formula (=A1+B1). `last_row` counts from 1, `last_column` from 0. `rows` and `cells` are the
    numbers of rows and cells found in the file. A scan of an .xls or .et has no sizes and merges.
    """

    marks: CellMarks = field(default_factory=dict)
    merged: list[MergedCells] = field(default_factory=list)
    hidden: HiddenParts = field(default_factory=HiddenParts)
    last_row: int = 0
    last_column: int = 0
    rows: int = 0
    cells: int = 0

    @property
    def is_sparse(self) -> bool:
        """Whether the grid up to the last cell is huge, or is large and nearly empty.

        The fast parser allocates the whole grid, so such a sheet would fill the memory.
        """
        grid = self.last_row * (self.last_column + 1)
        return grid > _MOST_CELLS or (grid > _MOST_EMPTY and grid > _EMPTY_RATIO * self.cells)

    def check(self) -> None:
        """Raise RefusedError if a sheet cannot be this large, or if it would fill the memory."""
        is_beyond = self.last_row > _MOST_ROWS or self.last_column >= _MOST_COLUMNS
        is_full = self.rows > _MOST_ROWS or self.cells > _MOST_CELLS
        if is_beyond or is_full or (self.is_sparse and self.cells > _MOST_CELLS_OF_SPARSE):
            raise RefusedError("too-large")


def scan_zip(archive: zipfile.ZipFile) -> list[SheetScan]:
    """Return a scan of each sheet of an .xlsx; an empty list for another kind of workbook.

    Raises:
        RefusedError: The zip is not a workbook, or would fill the memory.
        zipfile.BadZipFile: The zip is damaged.
    """
    refuse_bombs(archive)
    names = archive.namelist()
    if "content.xml" not in names and not any(name.startswith("xl/") for name in names):
        raise RefusedError("not-a-spreadsheet")
    parts = list_sheet_parts(archive, "xl/_rels/workbook.xml.rels", _find_sheet_ids(archive))
    struck = _find_struck_styles(archive)
    return [_scan_sheet(archive, part, struck) for part in parts]


def _find_struck_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    """Return the numbers of the styles of cells whose font is struck through."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    styles = archive.read("xl/styles.xml")
    fonts, listed = _FONTS.search(styles), _STYLES.search(styles)
    if not (fonts and listed and b"strike" in fonts[1]):
        return frozenset()
    struck = {
        str(number).encode()
        for number, font in enumerate(_FONT.findall(fonts[1]))
        if _STRIKE.search(font)
    }
    used = enumerate(_STYLE.findall(listed[1]))
    return frozenset(str(number).encode() for number, font in used if font in struck)


def refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Raise RefusedError if the unpacked size is too large, or large and far above the packed."""
    size = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    is_dense = size > _MOST_BYTES_UNSUSPECTED and size > _HIGHEST_RATIO * packed
    if size > _MOST_UNPACKED_BYTES or is_dense:
        raise RefusedError("too-large")


def _find_sheet_ids(archive: zipfile.ZipFile) -> list[bytes]:
    if "xl/workbook.xml" not in archive.namelist():
        return []
    return _SHEET.findall(archive.read("xl/workbook.xml"))


def list_sheet_parts(archive: zipfile.ZipFile, relations: str, ids: list[bytes]) -> list[str]:
    """Return the path in the zip of each sheet's part; '' if the part is missing.

    `relations` is the path of the file that maps these sheet ids to parts; without that file the
    list is empty.
    """
    names = archive.namelist()
    if relations not in names:
        return []
    targets: dict[bytes, str] = {}
    for found in _RELATION.finditer(archive.read(relations)):
        relation = dict(re.findall(rb'(\w+)="([^"]*)"', found[0]))
        path = unescape(relation.get(b"Target", b"").decode("utf-8", "replace"))
        targets[relation.get(b"Id", b"")] = path[1:] if path.startswith("/") else f"xl/{path}"
    paths = (targets.get(sheet_id, "") for sheet_id in ids)
    return [path if path in names else "" for path in paths]


def _scan_sheet(archive: zipfile.ZipFile, part: str, struck: frozenset[bytes]) -> SheetScan:
    scan = SheetScan()
    if not part:
        return scan
    with archive.open(part) as stream:
        for chunk in _read_chunks(stream):
            rows = [int(row) for row in _ROW.findall(chunk)]
            far = [(_parse_column(letters), int(row)) for letters, row in _FAR_CELL.findall(chunk)]
            scan.last_row = max([scan.last_row, *rows, *(row for _, row in far)])
            scan.last_column = max([scan.last_column, *(column for column, _ in far)])
            scan.rows += chunk.count(b"<row") + chunk.count(b":row")
            scan.cells += chunk.count(b"<c ") + chunk.count(b"<c>") + chunk.count(b":c ")
            scan.check()
            scan.marks |= _find_marks(chunk)
            if b"mergeCell" in chunk:
                scan.merged += (_parse_merge(*found) for found in _MERGE.findall(chunk))
            if b"hidden=" in chunk:
                scan.hidden.rows += _list_hidden(_HIDDEN_ROW, chunk)
                scan.hidden.columns += _list_hidden(_HIDDEN_COLUMN, chunk)
            if struck:
                scan.hidden.struck += _list_struck(chunk, struck)
    return scan


def _list_hidden(tag: re.Pattern[bytes], chunk: bytes) -> Iterator[Span]:
    """Return the rows, or the columns, of the hidden tags; tags without a number are skipped."""
    for found in tag.finditer(chunk):
        numbers = [int(number) - 1 for _name, number in _NUMBER.findall(found[0])]
        if numbers:
            yield min(numbers), max(numbers)


def _list_struck(chunk: bytes, styles: frozenset[bytes]) -> Iterator[tuple[int, int]]:
    """Return the row and column of each cell with one of these styles, from 0."""
    for style, attributes in _STYLED.findall(chunk):
        if style in styles and (place := _PLACE.search(attributes)):
            yield int(place[2]) - 1, _parse_column(place[1])


def _parse_merge(left: bytes, top: bytes, right: bytes, bottom: bytes) -> MergedCells:
    return int(top) - 1, _parse_column(left), int(bottom) - 1, _parse_column(right)


def _read_chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Return the XML in pieces, each cut before a cell or a row, so that no cell is cut in two."""
    rest = b""
    while read := stream.read(_CHUNK):
        piece = rest + read
        cut = max(piece.rfind(b"<c "), piece.rfind(b"<row"), piece.rfind(b":c "), 0)
        yield piece[:cut]
        # A cell longer than a piece is skipped: no cell that must be marked is that long.
        rest = piece[cut:] if len(piece) - cut < _CHUNK else b""
    yield rest


def _find_marks(chunk: bytes) -> CellMarks:
    """Return the marks of the cells with an error, or with a formula without a result."""
    marks: CellMarks = {}
    if b't="e"' in chunk:
        for found in _ERROR.finditer(chunk):
            _add_mark(marks, found[1], found[2].decode("utf-8", "replace"))
    if b"<f" in chunk or b":f" in chunk:
        for found in _UNCOMPUTED.finditer(chunk):
            # t="str" with an empty value is a computed result: an empty text.
            if not (found[3] and b't="str"' in found[1]):
                formula = unescape((found[2] or b"").decode("utf-8", "replace"))
                _add_mark(marks, found[1], f"={formula}")
    return marks


def _add_mark(marks: CellMarks, attributes: bytes, text: str) -> None:
    if place := _PLACE.search(attributes):
        marks[int(place[2]) - 1, _parse_column(place[1])] = text


def _parse_column(letters: bytes) -> int:
    """Return the number, from 0, of a column with these letters.

    >>> _parse_column(b"A"), _parse_column(b"AA"), _parse_column(b"XFD")
    (0, 26, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def decode_member_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member of an archive.

    Chinese Windows writes names in GBK without marking the encoding, and zipfile then reads them as
    code page 437. So an unmarked name is decoded again, as UTF-8 or, if that fails, as GB18030.

    >>> decode_member_name(zipfile.ZipInfo("名单.csv".encode("gbk").decode("cp437")))
    '名单.csv'
    """
    if entry.flag_bits & _IS_UTF8:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def unpack_members(
    stream: IO[bytes], folder: Path, endings: tuple[str, ...], unread: tuple[str, ...] = ()
) -> None:
    """Unpack the members of an archive whose names end in one of `endings`, and no others.

    Of those whose names end in one of `unread`, only an empty file is made.

    Raises:
        RefusedError: The archive is locked or too large, has another archive in it, has a name
            twice, or has a name that leads out of the folder.
        zipfile.BadZipFile: The archive is damaged.
    """
    with zipfile.ZipFile(stream) as archive:
        refuse_bombs(archive)
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        size = sum(entry.file_size for entry in entries)
        if len(entries) > _MOST_MEMBERS or size > _MOST_ARCHIVE_BYTES:
            raise RefusedError("archive-too-large")
        for entry in entries:
            name = decode_member_name(entry).replace("\\", "/")
            if _leads_out(name):
                raise RefusedError("archive-leads-out")
            if name.lower().endswith(".zip"):
                raise RefusedError("archive-in-archive")
            if name.lower().endswith(endings):
                _unpack_member(archive, entry, folder / name)
            elif name.lower().endswith(unread):
                _prepare_place(folder / name).touch()


def _leads_out(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.startswith("/") or ".." in parts or _DRIVE.match(name) is not None


def _unpack_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Unpack a member.

    Raise RefusedError if the member is locked or a file with this name exists already.
    """
    if entry.flag_bits & _IS_LOCKED:
        raise RefusedError("password")
    path = _prepare_place(path)
    if path.exists():
        raise RefusedError("archive-twice")
    with archive.open(entry) as packed, path.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)


def _prepare_place(path: Path) -> Path:
    """Return the path for a member, a long name cut at its start; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name[-_LONGEST_NAME:])
