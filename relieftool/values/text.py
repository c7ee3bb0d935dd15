"""The ways in which texts are normalised. Imports nothing from relieftool.

- `narrow_characters`: full-width characters become half-width.
- `drop_invisible`: joiners and direction marks are removed.
- `plain_text`: a cell's text with both of these done, without outer blanks.
- `simplify_characters`: traditional characters become simplified.
- `simplified_text`: plain text in simplified characters, to compare a cell with known words.
- `drop_spaces`: all blanks are removed.
- `squeeze_heading`: a heading in half-width characters without blanks.
- `fold_heading`: a heading in one form, however an office writes it.
- `fold_name`: the key of a person's name.
- `escape_surrogates`: characters that a database cannot store are escaped.
- `match_any`: a pattern of some words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

Cell = None | str | int | float | bool

_BLANK = frozenset({"", "-", "--", "—", "——", "/", "\\", "…", "……", "...", "......", "。。。"})
# Direction marks, joiners and other invisible characters, as copied text may have them.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_STARS = str.maketrans("", "", "*★☆⬇▼●")
UNIFIED_BRACKETS = str.maketrans("[]{}〔〕【】〈〉《》「」『』", "()" * 8)
# The number of results that are cached: the same texts are read several times, in many rows.
_REMEMBERED = 1 << 14
_LETTERS = 26


def narrow_characters(text: str) -> str:
    """Return a text with half-width characters instead of full-width characters (NFKC).

    >>> narrow_characters("（１２）")
    '(12)'
    """
    return unicodedata.normalize("NFKC", text)


def drop_invisible(text: str) -> str:
    """Return a text without direction marks, joiners and other invisible characters."""
    return _UNSEEN.sub("", text)


def plain_text(cell: Cell) -> str:
    """Return a cell as half-width text, without invisible characters and outer blanks.

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
    """Return a text in half-width, without invisible characters and outer blanks."""
    # ASCII text is half-width already and has no invisible characters
    return (text if text.isascii() else drop_invisible(narrow_characters(text))).strip()


def simplify_characters(text: str) -> str:
    """Return a text in simplified characters; names of people are stored without this change.

    >>> simplify_characters("沒有"), simplify_characters("二級")
    ('没有', '二级')
    """
    try:
        text.encode("gb2312")  # GB 2312 has only simplified characters: nothing to convert
    except UnicodeEncodeError:
        return _load_converter()(text)
    return text


@cache
def _load_converter() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 start-up time

    return OpenCC("t2s").convert


def simplified_text(cell: Cell) -> str:
    """Return a cell's plain text in simplified characters, to compare it with known words."""
    return simplify_characters(plain_text(cell))


def drop_spaces(cell: Cell) -> str:
    """Return a cell's text without blanks and line breaks; nothing else is changed.

    >>> drop_spaces(" 户 编号 "), drop_spaces(None)
    ('户编号', '')
    """
    return "" if cell is None else "".join(str(cell).split())


def squeeze_heading(header: str) -> str:
    """Return a heading in half-width characters without blanks, to find it in a mapping.

    >>> squeeze_heading("月收入 （元／年）") == squeeze_heading("月收入(元/年)")
    True
    """
    return narrow_characters(drop_spaces(header))


def fold_heading(text: str) -> str:
    """Return a heading in lower-case, half-width and simplified characters, to find its meaning.

    Blanks, invisible characters and signs such as ★ are removed, and all brackets become round.

    >>> fold_heading("★家庭　年收入【萬元】")
    '家庭年收入(万元)'
    """
    narrowed = narrow_characters(simplify_characters(text)).casefold()
    visible = "".join(c for c in narrowed if not c.isspace() and unicodedata.category(c) != "Cf")
    return visible.translate(UNIFIED_BRACKETS).translate(_STARS)


def fold_name(name: str) -> str:
    """Return a name in half-width lower case without blanks, as the key of a person's name.

    >>> fold_name("张　三") == fold_name("张三"), fold_name("ＢＯ ") == "bo"
    (True, True)
    """
    return drop_spaces(plain_text(name)).casefold()


def is_blank(cell: Cell) -> bool:
    """Whether a cell is empty or has only blanks, dashes, dots or a slash."""
    if cell is None:
        return True
    if not isinstance(cell, str) or cell[:1].isalnum():
        return False
    return plain_text(cell) in _BLANK


def is_empty_cell(cell: Cell) -> bool:
    """Whether a cell is empty or has only blanks. A cell with a dash is not empty."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def has_letter_or_digit(text: str) -> bool:
    """Whether a text has a letter or a digit, as a reason must have.

    >>> has_letter_or_digit("已到账"), has_letter_or_digit(" — "), has_letter_or_digit("")
    (True, False, False)
    """
    return any(character.isalnum() for character in text)


def escape_surrogates(text: str) -> str:
    r"""Return a text with lone surrogates escaped; file names in other encodings have them.

    >>> escape_surrogates("回执"), escape_surrogates("\udcbb.jpg")
    ('回执', '\\udcbb.jpg')
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def format_column_letter(number: int) -> str:
    """Return the letters that spreadsheets show for a column; `number` counts from 0.

    >>> [format_column_letter(number) for number in (0, 25, 26, 701)]
    ['A', 'Z', 'AA', 'ZZ']
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def format_runs(numbers: Iterable[int | None], most: int | None = None) -> str:
    """Return numbers in order, those that follow each other as a run; None is left out.

    Of more than `most` runs, only the first are shown.

    >>> format_runs([3, 4, 5, 9, None]), format_runs([None]), format_runs([1, 3, 5], 2)
    ('3-5, 9', '', '1, 3 …')
    """
    runs: list[list[int]] = []
    for number in sorted({number for number in numbers if number is not None}):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    shown = ", ".join("-".join(map(str, run)) for run in runs[:most])
    return shown if most is None or len(runs) <= most else f"{shown} …"


def match_any(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words and prefers the longest."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_REASON_LETTERS, _REASON_SIGNS = 4, 3


def is_reason(text: str) -> bool:
    """Whether a text can be a reason: four letters or characters, of which three differ.

    >>> is_reason("入户核查"), is_reason("visit"), is_reason("12345"), is_reason("aaaa")
    (True, True, False, False)
    """
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) >= _REASON_LETTERS and len(set(letters)) >= _REASON_SIGNS
