"""Text files as sheets: which encoding, which separator, which cells."""

import csv
import io
import re
from collections.abc import Sequence

from relieftool.spreadsheets.grid import Cell

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SEPARATORS = ",\t;"
_STATED = re.compile(r"\ufeff?sep=([,;\t])\r?\n", re.IGNORECASE)
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_LINES_LOOKED_AT = 50
_BYTES_LOOKED_AT = 4096


def decode_text(content: bytes, encoding: str | None = None) -> tuple[str, str] | None:
    r"""Read bytes as text and name the encoding; None if it is no text.

    By BOM, then as UTF-8, GB18030 and Big5, each strictly, unless an encoding is asked for.

    >>> decode_text("姓名".encode("gb18030")), decode_text(b"\x89PNG\x00")
    (('姓名', 'gb18030'), None)
    """
    marked = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    for name in [encoding] if encoding else [marked] if marked else _guesses(content):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        return None if _NOT_TEXT.search(text) else (text, name)
    return None


def _guesses(content: bytes) -> list[str]:
    """List the encodings to try, the likeliest first; about every other byte 0 is UTF-16."""
    start = content[:_BYTES_LOOKED_AT]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) > 4 * min(even, odd):
        return ["utf-16-le" if odd > even else "utf-16-be"]
    return ["utf-8", "gb18030", "cp950"]


def read_text_rows(text: str) -> list[list[Cell]]:
    """Read the cells of comma-, tab- or semicolon-separated text; an empty cell is None.

    Raises:
        csv.Error: a quotation mark is opened and never closed, or a cell is endless.
    """
    stated = _STATED.match(text)
    body = text[stated.end() :] if stated else text
    separator = stated[1] if stated else _separator(body)
    lines = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    rows = [[_cell(cell) for cell in line] for line in lines]
    return [[], *rows] if stated else rows


def _cell(text: str) -> Cell:
    """Give a cell's text; ="0123" is how a program keeps Excel from making it a number."""
    kept = _KEPT_AS_TEXT.fullmatch(text) if text.startswith("=") else None
    return (kept[1] if kept else text) or None


def _separator(text: str) -> str:
    """Choose the separator that parts the first lines into the most cells."""
    start = io.StringIO(text, newline="")
    lines = [line for line, _ in zip(start, range(_LINES_LOOKED_AT), strict=False)]
    return max(_SEPARATORS, key=lambda separator: _cell_count(lines, separator))


def _cell_count(lines: Sequence[str], separator: str) -> int:
    return sum(len(line) for line in csv.reader(lines, delimiter=separator))
