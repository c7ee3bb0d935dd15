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
_LINES_LOOKED_AT = 50


def decode_text(content: bytes) -> str | None:
    r"""Read bytes as text by BOM, then as UTF-8, then as GB18030, each strictly; None if not text.

    >>> decode_text("姓名".encode("gb18030")), decode_text(b"\x89PNG\x00")
    ('姓名', None)
    """
    marked = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _NOT_TEXT.search(text) else text
    return None


def read_text_rows(text: str) -> list[list[Cell]]:
    """Read the cells of comma-, tab- or semicolon-separated text; an empty cell is None.

    Raises:
        csv.Error: a quotation mark is opened and never closed, or a cell is endless.
    """
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    return [[cell or None for cell in line] for line in lines]


def _separator(text: str) -> str:
    """Choose the separator that parts the first lines into the most cells."""
    start = io.StringIO(text, newline="")
    lines = [line for line, _ in zip(start, range(_LINES_LOOKED_AT), strict=False)]
    return max(_SEPARATORS, key=lambda separator: _cell_count(lines, separator))


def _cell_count(lines: Sequence[str], separator: str) -> int:
    return sum(len(line) for line in csv.reader(lines, delimiter=separator))
