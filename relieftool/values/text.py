"""How texts are compared: each way of writing a thing plainly, once. Imports nothing of relieftool.

They differ in what they take away, and no two take away the same:
`narrow_characters` makes full-width characters half-width; `drop_invisible` removes what nobody sees; `plain_text` is a
cell's text with both done and stripped; `simplify_characters` turns traditional characters; `simplified_text` is plain
and simplified; `drop_spaces` removes blanks and nothing else; `squeeze_heading` is a heading unspaced and
narrow, its case kept; `fold_heading` is a heading with everything taken away that offices vary;
`fold_name` is the key of a helper's name, `clean_name` the name of a person as it is stored.
`escape_surrogates` changes what no database can keep and nothing else.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

Cell = None | str | int | float | bool

_BLANK = frozenset({"", "-", "--", "—", "——", "/", "\\"})
# Marks of direction, joiners and the like, which a copied text carries without showing them.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_STARS = str.maketrans("", "", "*★☆⬇▼●")
UNIFIED_BRACKETS = str.maketrans("[]{}〔〕【】〈〉《》「」『』", "()" * 8)
# Cells come again, in the same row's other readings and in later rows; so many are remembered.
_REMEMBERED = 1 << 14


def narrow_characters(text: str) -> str:
    """Return a text with full-width characters made half-width.

    >>> narrow_characters("（１２）")
    '(12)'
    """
    return unicodedata.normalize("NFKC", text)


def drop_invisible(text: str) -> str:
    """Return a text without the marks of direction and joiners that nobody sees."""
    return _UNSEEN.sub("", text)


def plain_text(cell: Cell) -> str:
    """Return a cell as plain text: narrow, without unseen characters and outer blanks.

    >>> plain_text("　１２ "), plain_text(12.0), plain_text(None)
    ('12', '12', '')
    """
    if isinstance(cell, str):
        return _plain_text(cell)
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


@lru_cache(_REMEMBERED)
def _plain_text(text: str) -> str:
    """Return a text narrowed and stripped; one of ASCII alone is narrow and has nothing unseen."""
    return (text if text.isascii() else drop_invisible(narrow_characters(text))).strip()


def simplify_characters(text: str) -> str:
    """Turn traditional characters into simplified ones; never used on names of people.

    >>> simplify_characters("沒有"), simplify_characters("二級")
    ('没有', '二级')
    """
    try:
        text.encode("gb2312")  # holds simplified characters only, so there is nothing to turn
    except UnicodeEncodeError:
        return _converter()(text)
    return text


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 start-up time

    return OpenCC("t2s").convert


def simplified_text(cell: Cell) -> str:
    """Return a cell as a plain text whose meaning is in question: in simplified characters."""
    return simplify_characters(plain_text(cell))


def drop_spaces(cell: Cell) -> str:
    """Return a cell's text without any blanks or line breaks, and otherwise as it is written.

    >>> drop_spaces(" 户 编号 "), drop_spaces(None)
    ('户编号', '')
    """
    return "" if cell is None else "".join(str(cell).split())


def squeeze_heading(header: str) -> str:
    """Return a heading as what is said of columns is compared: unspaced and narrow, case kept.

    >>> squeeze_heading("月收入 （元／年）") == squeeze_heading("月收入(元/年)")
    True
    """
    return narrow_characters(drop_spaces(header))


def fold_heading(text: str) -> str:
    """Return a heading simplified, narrow, unspaced, with one kind of brackets and no stars.

    >>> fold_heading("★家庭　年收入【萬元】")
    '家庭年收入(万元)'
    """
    narrowed = narrow_characters(simplify_characters(text)).casefold()
    seen = "".join(c for c in narrowed if not c.isspace() and unicodedata.category(c) != "Cf")
    return seen.translate(UNIFIED_BRACKETS).translate(_STARS)


def fold_name(name: str) -> str:
    """Return a name as one person's: without any blank, of one width and case.

    >>> fold_name("张　三") == fold_name("张三"), fold_name("ＢＯ ") == "bo"
    (True, True)
    """
    return drop_spaces(plain_text(name)).casefold()


def clean_name(cell: Cell) -> str | None:
    """Return a name as it is stored, neither narrowed nor simplified; None if blank.

    Only a name in Latin letters keeps its inner blanks; all dots in names become one kind.

    >>> clean_name(" 王 芳 "), clean_name("阿依古丽•买买提"), clean_name("John Smith")
    ('王芳', '阿依古丽·买买提', 'John Smith')
    """
    if isinstance(cell, str) and cell.isalpha():
        return cell  # nothing but letters: no blank, dot or mark to take out
    if is_blank(cell):
        return None
    text = drop_invisible(str(cell)).strip().strip("'`")
    for dot in "•‧・．":
        text = text.replace(dot, "·")
    is_latin = any(char.isascii() and char.isalpha() for char in text)
    return " ".join(text.split()) if is_latin else drop_spaces(text)


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: empty, blanks, or a dash or slash put in its place."""
    if cell is None:
        return True
    if not isinstance(cell, str) or cell[:1].isalnum():
        return False
    return plain_text(cell) in _BLANK


def is_empty_cell(cell: Cell) -> bool:
    """Whether a cell shows nothing: no value, or blanks of any width; a dash shows something."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def has_letter_or_digit(text: str) -> bool:
    """Whether a text has a letter or a digit: blanks and dashes are no reason.

    >>> has_letter_or_digit("已到账"), has_letter_or_digit(" — "), has_letter_or_digit("")
    (True, False, False)
    """
    return any(character.isalnum() for character in text)


def escape_surrogates(text: str) -> str:
    r"""Write half characters, as in a file name of another encoding, in a form that can be kept.

    >>> escape_surrogates("回执"), escape_surrogates("\udcbb.jpg")
    ('回执', '\\udcbb.jpg')
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


_LETTERS = 26


def format_column_letter(number: int) -> str:
    """Name a sheet's column, counted from 0, as spreadsheets do.

    >>> format_column_letter(0), format_column_letter(25), format_column_letter(26), format_column_letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
