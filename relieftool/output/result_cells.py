"""One value of a table and its three written forms: for eyes, for programs, for a spreadsheet.

Unknown is None; a cell that does not apply is "". Money is a Decimal of yuan, exact to the fen.
"""

import re
from decimal import Decimal

from relieftool.messages import _
from relieftool.output.clean import escape_invisible

ResultCell = None | str | bool | int | Decimal
UNKNOWN_SIGN = "?"
# Excel, WPS and LibreOffice start a formula, or a command, from any of these in front of a text.
_FORMULA_START = re.compile(r"\s*[=+\-@|%＝＋－＠｜％]")


def convert_to_yuan(fen: int | None) -> Decimal | None:
    """Give money as a cell: fen in, exact yuan out; None, unknown, stays None.

    >>> convert_to_yuan(123450), convert_to_yuan(None)
    (Decimal('1234.50'), None)
    """
    return None if fen is None else Decimal(fen).scaleb(-2)


def format_yuan(fen: int | None) -> str:
    """Write money for a sentence, exact to the fen; unknown is the sign for unknown.

    >>> format_yuan(123450), format_yuan(-5), format_yuan(None)
    ('1,234.50', '-0.05', '?')
    """
    return format_cell(convert_to_yuan(fen))


def format_cell(cell: ResultCell) -> str:
    """Write a cell for eyes, on one line; only money gets thousands marks.

    >>> format_cell(None), format_cell(2024), format_cell(Decimal("1234.50"))
    ('?', '2024', '1,234.50')
    """
    if cell is None:
        return UNKNOWN_SIGN
    return f"{cell:,f}" if isinstance(cell, Decimal) else format_plain(cell)


def format_plain(cell: ResultCell) -> str:
    """Write a cell for a program: no thousands marks, and nothing at all for unknown.

    >>> format_plain(None), format_plain(Decimal("1234.50"))
    ('', '1234.50')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    return escape_invisible(str(cell))


def format_unarmed(cell: ResultCell) -> str:
    """Write a cell for CSV so that no spreadsheet runs it: a text that looks like one gets a quote.

    Numbers are left alone, so that an income of -500 stays a number.

    >>> format_unarmed("=1+1"), format_unarmed(-500)
    ("'=1+1", '-500')
    """
    text = format_plain(cell)
    return "'" + text if isinstance(cell, str) and _FORMULA_START.match(text) else text
