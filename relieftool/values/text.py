"""Every way in which texts are normalised for comparison. Imports nothing from relieftool.

- `narrow_characters`: full-width characters become half-width.
- `drop_invisible`: without joiners and direction marks.
- `plain_text`: a cell's text with both done, and stripped.
- `simplify_characters`: traditional characters become simplified.
- `simplified_text`: plain and simplified, for cells whose meaning is asked.
- `drop_spaces`: without blanks, and otherwise unchanged.
- `squeeze_heading`: a heading without blanks and narrow, its case kept.
- `fold_heading`: a heading without anything that offices write in different ways.
- `fold_name`: the key of a helper's name.
- `clean_name`: the name of a person as it is stored.
- `escape_surrogates`: what a database cannot keep is escaped, and nothing else changes.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

Cell = None | str | int | float | bool

_BLANK = frozenset({"", "-", "--", "—", "——", "/", "\\"})
# Marks of direction, joiners and the like, which text copied from elsewhere carries unseen.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_STARS = str.maketrans("", "", "*★☆⬇▼●")
UNIFIED_BRACKETS = str.maketrans("[]{}〔〕【】〈〉《》「」『』", "()" * 8)
# The same cells are read several times and come again in later rows: this many are cached.
_REMEMBERED = 1 << 14
_LETTERS = 26


def narrow_characters(text: str) -> str:
    """Return a text with full-width characters made half-width.

    >>> narrow_characters("（１２）")
    '(12)'
    """
    return unicodedata.normalize("NFKC", text)


def drop_invisible(text: str) -> str:
    """Return a text without direction marks, joiners and other characters that do not show."""
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
    """Return a text narrowed and stripped."""
    # ASCII text is narrow already and has no invisible characters
    return (text if text.isascii() else drop_invisible(narrow_characters(text))).strip()


def simplify_characters(text: str) -> str:
    """Return a text in simplified characters. Names of people are never changed so.

    >>> simplify_characters("沒有"), simplify_characters("二級")
    ('没有', '二级')
    """
    try:
        text.encode("gb2312")  # has simplified characters only, so there is nothing to convert
    except UnicodeEncodeError:
        return _load_converter()(text)
    return text


@cache
def _load_converter() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 start-up time

    return OpenCC("t2s").convert


def simplified_text(cell: Cell) -> str:
    """Return a cell's plain text in simplified characters, to look up what it means."""
    return simplify_characters(plain_text(cell))


def drop_spaces(cell: Cell) -> str:
    """Return a cell's text without blanks and line breaks, otherwise as it is written.

    >>> drop_spaces(" 户 编号 "), drop_spaces(None)
    ('户编号', '')
    """
    return "" if cell is None else "".join(str(cell).split())


def squeeze_heading(header: str) -> str:
    """Return a heading without blanks and narrow, its case kept, to compare with stated mappings.

    >>> squeeze_heading("月收入 （元／年）") == squeeze_heading("月收入(元/年)")
    True
    """
    return narrow_characters(drop_spaces(header))


def fold_heading(text: str) -> str:
    """Return a heading simplified, narrow, without blanks and stars, with one kind of brackets.

    >>> fold_heading("★家庭　年收入【萬元】")
    '家庭年收入(万元)'
    """
    narrowed = narrow_characters(simplify_characters(text)).casefold()
    seen = "".join(c for c in narrowed if not c.isspace() and unicodedata.category(c) != "Cf")
    return seen.translate(UNIFIED_BRACKETS).translate(_STARS)


def fold_name(name: str) -> str:
    """Return a name without blanks, of one width and case, as the key of a person.

    >>> fold_name("张　三") == fold_name("张三"), fold_name("ＢＯ ") == "bo"
    (True, True)
    """
    return drop_spaces(plain_text(name)).casefold()


def clean_name(cell: Cell) -> str | None:
    """Return a name as it is stored, neither narrowed nor simplified; None if blank.

    Only names in Latin letters keep their inner blanks. All dots in names become one kind.

    >>> clean_name(" 王 芳 "), clean_name("阿依古丽•买买提"), clean_name("John Smith")
    ('王芳', '阿依古丽·买买提', 'John Smith')
    """
    if isinstance(cell, str) and cell.isalpha():
        return cell  # letters only: no blank, dot or mark to remove
    if is_blank(cell):
        return None
    text = drop_invisible(str(cell)).strip().strip("'`")
    for dot in "•‧・．":
        text = text.replace(dot, "·")
    is_latin = any(char.isascii() and char.isalpha() for char in text)
    return " ".join(text.split()) if is_latin else drop_spaces(text)


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: it is empty, blank, or has only a dash or slash."""
    if cell is None:
        return True
    if not isinstance(cell, str) or cell[:1].isalnum():
        return False
    return plain_text(cell) in _BLANK


def is_empty_cell(cell: Cell) -> bool:
    """Whether a cell shows nothing: it has no value or only blanks. A dash shows something."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def has_letter_or_digit(text: str) -> bool:
    """Whether a text has a letter or a digit, as a stated reason must.

    >>> has_letter_or_digit("已到账"), has_letter_or_digit(" — "), has_letter_or_digit("")
    (True, False, False)
    """
    return any(character.isalnum() for character in text)


def escape_surrogates(text: str) -> str:
    r"""Return a text with half characters, as in file names of another encoding, escaped.

    >>> escape_surrogates("回执"), escape_surrogates("\udcbb.jpg")
    ('回执', '\\udcbb.jpg')
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def format_column_letter(number: int) -> str:
    """Return the letters by which spreadsheets call a column; `number` counts from 0.

    >>> [format_column_letter(number) for number in (0, 25, 26, 701)]
    ['A', 'Z', 'AA', 'ZZ']
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
