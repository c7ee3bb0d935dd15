"""Error cells of an .xls or .et, which the parser shows as blank; used in the child process only.

Whatever does not hang together here is left to the parser to refuse.
"""

import struct
from collections.abc import Iterator, Sequence

from relieftool.spreadsheets.prescan import RefusedError, SheetScan

_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_ENTRY = 128
_SHORT_SECTOR = 64
_BOUNDSHEET, _FORMULA, _ERROR, _EOF, _LOCK = (
    0x0085,
    {0x0006, 0x0206, 0x0406},
    0x0205,
    0x000A,
    0x002F,
)
ERROR_SIGNS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def read_ole_stream(content: bytes, names: Sequence[str]) -> bytes:
    """Give the stream of a compound file that bears one of these names; nothing if none does."""
    if len(content) < 1 << 9:
        return b""
    (power,) = struct.unpack_from("<H", content, 30)
    if power not in (9, 12):
        return b""
    file = _Compound(content, 1 << power)
    directory = file.chain(struct.unpack_from("<I", content, 48)[0])
    for start in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        entry = directory[start : start + _ENTRY]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(length - 2, 0)].decode("utf-16-le", "replace") in names:
            first, size = struct.unpack_from("<II", entry, 116)
            return file.stream(first, size, directory)
    return b""


class _Compound:
    """The sectors of a compound file and the table that chains them."""

    def __init__(self, content: bytes, sector: int) -> None:
        self._content = content
        self._sector = sector
        places = list(struct.unpack_from("<109I", content, 76))
        following, limit = struct.unpack_from("<I", content, 68)[0], len(content) // sector
        while following not in (_END, _FREE) and limit > 0:
            more = self._numbers(self._read(following))
            places += more[:-1]
            following, limit = more[-1] if more else _END, limit - 1
        self._next = [
            n for place in places if place < _END for n in self._numbers(self._read(place))
        ]

    def _read(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        return self._content[start : start + self._sector]

    @staticmethod
    def _numbers(sector: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4]))

    def chain(self, sector: int) -> bytes:
        """Give the sectors that follow one another from this one on; a ring ends in itself."""
        parts, seen = [], set()
        while sector < len(self._next) and sector not in seen:
            seen.add(sector)
            parts.append(self._read(sector))
            sector = self._next[sector]
        return b"".join(parts)

    def stream(self, first: int, size: int, directory: bytes) -> bytes:
        """Give a stream; a short one lies in pieces within the root's own stream."""
        (shortest,) = struct.unpack_from("<I", self._content, 56)
        if size >= shortest:
            return self.chain(first)[:size]
        pool = self.chain(struct.unpack_from("<I", directory, 116)[0])
        table = self._numbers(self.chain(struct.unpack_from("<I", self._content, 60)[0]))
        parts, seen = [], set()
        while first < len(table) and first not in seen:
            seen.add(first)
            parts.append(pool[first * _SHORT_SECTOR : (first + 1) * _SHORT_SECTOR])
            first = table[first]
        return b"".join(parts)[:size]


def scan_biff(book: bytes) -> list[SheetScan]:
    """Give, sheet by sheet, the error cells of a workbook's stream.

    Raises:
        RefusedError: the workbook is locked.
    """
    scans = []
    for kind, body in _records(book, 0):
        if kind == _EOF:
            break
        if kind == _LOCK:
            raise RefusedError("password")
        if kind == _BOUNDSHEET and len(body) >= 4:  # noqa: PLR2004 the place is 4 bytes
            scans.append(_scan_sheet(book, struct.unpack_from("<I", body)[0]))
    return scans


def _scan_sheet(book: bytes, start: int) -> SheetScan:
    scan = SheetScan()
    for kind, body in _records(book, start):
        if kind == _EOF:
            break
        code = _error(kind, body)
        if code is not None:
            row, column = struct.unpack_from("<HH", body)
            scan.marks[row, column] = ERROR_SIGNS.get(code, "#N/A")
    return scan


def _error(kind: int, body: bytes) -> int | None:
    """Give the error code that a cell holds; None if it holds none."""
    if kind == _ERROR and len(body) >= 8 and body[7]:  # noqa: PLR2004 as the record is built
        return body[6]
    is_special = kind in _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff"  # noqa: PLR2004
    return body[8] if is_special and body[6] == 2 else None  # noqa: PLR2004 2: the result is an error


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Give the records from a place on, until they end or run out of the stream."""
    while start + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, start)
        yield kind, book[start + 4 : start + 4 + size]
        start += 4 + size
