"""Reads a text file as a sheet: finds its encoding and separator, and splits it into cells."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from relieftool.values.text import Cell

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# How wrong bytes are treated in a damaged file, and the character in place of each.
DAMAGED, UNREADABLE = "replace", "\ufffd"
_BYTES_PER_FAULT = 1000
# More zeros than one in so many bytes are those of UTF-16; fewer may be control characters.
_BYTES_PER_ZERO = 50
_FOREIGN_PER_FAULT = 3
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SEPARATORS = ",\t;"
_STATED = re.compile(r"\ufeff?sep=([,;\t])\r?\n", re.IGNORECASE)
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_LINES_LOOKED_AT = 50
_BYTES_LOOKED_AT = 4096
_BYTES_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class TextEncoding:
    """The encoding of a text file, and its number of line ends.

    `is_damaged`: a few of its bytes are no text; they are replaced by `UNREADABLE`.
    """

    encoding: str
    lines: int
    is_damaged: bool = False


def find_encoding(stream: IO[bytes], encoding: str | None = None) -> TextEncoding | None:
    r"""Return the encoding of a stream, and its number of line ends; None if it is not text.

    With `encoding`, only that encoding is tried. A byte order mark settles the encoding. Without
    such a mark, UTF-16 is tried if many bytes are 0, otherwise UTF-8, GB18030 and Big5 in this
    order. Last, one byte in a thousand may be wrong, and one in any file.

    >>> from io import BytesIO
    >>> find_encoding(BytesIO("姓名".encode("gb18030")))
    TextEncoding(encoding='gb18030', lines=0, is_damaged=False)
    >>> find_encoding(BytesIO("姓名,备注".encode("gb18030") + b"\x80"))
    TextEncoding(encoding='gb18030', lines=0, is_damaged=True)
    >>> find_encoding(BytesIO(b"\x89PNG\x00")) is None
    True
    """
    start = stream.read(_BYTES_LOOKED_AT)
    marked = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    for name, errors in _list_tries(start, encoding or marked, is_stated=encoding is not None):
        stream.seek(0)
        try:
            lines = _check_text(stream, codecs.getincrementaldecoder(name)(errors))
        except UnicodeDecodeError:
            continue
        if lines is not None:
            return TextEncoding(name, lines, is_damaged=errors == DAMAGED)
    return None


def _list_tries(start: bytes, only: str | None, *, is_stated: bool) -> list[tuple[str, str]]:
    """Return the encodings to try, and how to treat wrong bytes, the likeliest first."""
    if only is not None:
        return [(only, "strict")] + ([] if is_stated else [(only, DAMAGED)])
    names = _list_likely_encodings(start)
    tries = [(name, "strict") for name in names]
    if "utf-8" in names:
        # damaged UTF-8 is often valid GB18030, but then nonsense, so it is tried before
        tries = [tries[0], ("utf-8", DAMAGED), *tries[1:], ("gb18030", DAMAGED)]
    return tries


def _check_text(stream: IO[bytes], decoder: codecs.IncrementalDecoder) -> int | None:
    """Return the number of line ends of a stream; None if it is not text to its end.

    Raise UnicodeDecodeError if it has another encoding. It is read in pieces to save memory.
    """
    lines, wrong, foreign, size = 0, 0, 0, 0
    is_strict = decoder.errors != DAMAGED
    for piece in chain(iter(lambda: stream.read(_BYTES_AT_ONCE), b""), [b""]):
        text = decoder.decode(piece, final=not piece)
        lines += text.count("\n")
        size += len(piece)
        found = _NOT_TEXT.findall(text)
        if found and is_strict:
            return None
        if not is_strict:
            wrong += text.count(UNREADABLE)
            foreign += sum(not character.isascii() for character in text)
            if len(found) + wrong > 1 + size // _BYTES_PER_FAULT:
                return None
    # in a text of another encoding, most foreign characters are wrong
    return lines if foreign >= _FOREIGN_PER_FAULT * wrong else None


def _list_likely_encodings(start: bytes) -> list[str]:
    """Return the encodings to try, the likeliest first.

    In UTF-16, every other byte of digits, separators and line ends is 0.
    """
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) > max(4 * min(even, odd), len(start) // _BYTES_PER_ZERO):
        return ["utf-16-le" if odd > even else "utf-16-be"]
    return ["utf-8", "gb18030", "cp950"]


def replace_control_characters(text: Iterable[str]) -> Iterator[str]:
    """Return the lines of a damaged file, with `UNREADABLE` for each control character."""
    return (_NOT_TEXT.sub(UNREADABLE, line) for line in text)


def read_text_rows(text: Iterator[str]) -> Iterator[list[Cell]]:
    """Return the cells of lines separated by commas, tabs or semicolons; an empty cell is None.

    Raises:
        csv.Error: A quotation mark is opened and never closed, or a cell is too long.
    """
    start = list(islice(text, _LINES_LOOKED_AT))
    stated = _STATED.match(start[0]) if start else None
    if stated:
        yield []  # in place of the line sep=…, so that row numbers agree with the file's lines
        del start[0]
    separator = stated[1] if stated else _find_separator(start)
    for line in csv.reader(chain(start, text), delimiter=separator, strict=True):
        yield [cell if cell and cell[0] != "=" else _unwrap_cell(cell) or None for cell in line]


def _unwrap_cell(text: str) -> str:
    """Return the text of a cell, without the =" and " of a text such as ="0123".

    Programs write it so to keep Excel from turning the text into a number.
    """
    kept = _KEPT_AS_TEXT.fullmatch(text)
    return kept[1] if kept else text


def _find_separator(lines: Sequence[str]) -> str:
    """Return the separator that splits the first lines into the most cells."""

    def count_cells(separator: str) -> int:
        return sum(len(line) for line in csv.reader(lines, delimiter=separator))

    return max(_SEPARATORS, key=count_cells)
