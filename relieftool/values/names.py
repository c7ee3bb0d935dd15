"""Reads the names of people, and the marks that offices write around them, such as 李四（已故）."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from relieftool.values.text import (
    UNIFIED_BRACKETS,
    Cell,
    drop_invisible,
    drop_spaces,
    is_blank,
    match_any,
    simplify_characters,
)
from relieftool.values.vocabulary import (
    is_ditto,
    is_head_word,
    list_cell_words,
    list_gone_marks,
    list_words,
)

# The number of results that are cached: the same names are read several times, in many rows.
_REMEMBERED = 1 << 14
_WORDS = list_words("name_marks")
_GONE, _RELATIONS = list_gone_marks(), frozenset(_WORDS["relations"])
# In brackets, at either end; a bracket that is not closed ends the cell.
_BRACKETS = re.compile(r"\(([^()]*)(?:\)|$)")
# Without brackets, only words that no name ends or begins with.
_LONG = match_any(word for word in (*_GONE, *_WORDS["head"]) if len(word) > 1)
_ENDS = frozenset(
    sign
    for words in (_GONE, _WORDS["head"], list_cell_words("ditto"))
    for word in words
    for sign in (word[0], word[-1])
)
# A text, which is compiled when a name is first read: that takes as long as many a command.
_BARE = (
    rf"(?:(?P<before>{_LONG})[\s/、,:：;_\-—]*)?(?P<name>.{{2,}}?)"
    rf"(?:[\s/、,:：;_\-—]*(?P<after>{_LONG})|[\s/、,:：;_\-—]+(?P<short>亡|故|殁))?"
)
_MARKS = frozenset((*_GONE, *_WORDS["head"]))
_LONG_NUMBER = re.compile(r"(?<!\d)\d{15}(?:\d{2}[\dXx])?(?!\d)")
_UNKNOWN_MARK = "?"
# Not within brackets, as in 李四（户主、已故）.
_BETWEEN_PEOPLE = re.compile(r"[\n\r、，,;；/|]+(?![^(（]*[)）])")
_PARTS = re.compile(r"[/、,，;；和]")
_DAY = re.compile(r"[\d年月日.\-/\s]+|于|因")


class StatedName(NamedTuple):
    """The name in a cell (None: blank), and what marks around it say.

    `is_gone`: the person died or moved away. `relation` is a relation to the head of household, if
    a mark is one. `is_marked`: there are other marks, whose meaning is unknown.
    """

    name: str | None
    is_head: bool = False
    is_gone: bool = False
    relation: str | None = None
    is_marked: bool = False


def clean_name(cell: Cell) -> str | None:
    """Return a name as it is stored; None if blank.

    Full-width letters and traditional characters stay as written. Spaces stay only in names with
    half-width Latin letters. Dots such as • become ·, and outer apostrophes are removed. So are
    marks, as `read_name` finds them.

    >>> clean_name(" 王 芳 "), clean_name("阿依古丽•买买提"), clean_name("John Smith")
    ('王芳', '阿依古丽·买买提', 'John Smith')
    >>> clean_name("李四（已故）")
    '李四'
    """
    return read_name(cell).name


@lru_cache(_REMEMBERED, typed=True)
def read_name(cell: Cell) -> StatedName:
    """Return the name in a cell, and what the marks around it say.

    >>> read_name("李四(户主)").is_head, read_name("已故李四").is_gone
    (True, True)
    >>> read_name("李四（孙子）").relation
    '孙子'
    """
    if isinstance(cell, str) and cell.isalpha() and _ENDS.isdisjoint((cell[0], cell[-1])):
        return StatedName(cell)  # the common case: letters only, and no word for a mark in sight
    if is_blank(cell) or is_ditto(cell):
        return StatedName(None, is_marked=not is_blank(cell))
    text = drop_invisible(str(cell)).strip().strip("'`")
    marks: list[str] = []
    if not text.isalpha():
        text, marks = _split_brackets(text)
    if _LONG_NUMBER.search(text):  # a number beside the name is used for nothing
        text, *rest = _LONG_NUMBER.sub(" ", text).split() or [""]
        marks += [*rest, _UNKNOWN_MARK]
    if (found := re.fullmatch(_BARE, text)) and (
        found["before"] or found["after"] or found["short"]
    ):
        marks += filter(None, (found["before"], found["after"], found["short"]))
        text = found["name"]
    for dot in "•‧・．":
        text = text.replace(dot, "·")
    is_latin = any(char.isascii() and char.isalpha() for char in text)
    name = " ".join(text.split()) if is_latin else drop_spaces(text)
    return _describe(name, marks) if marks else StatedName(name)


def split_people(name: Cell, number: Cell) -> list[str]:
    """Return the names of the people in a cell, who may stand in it one below the other.

    They are separated by line breaks, 、 and the like; by blanks only if the cell of ID numbers has
    as many parts.

    >>> split_people("李四、王五", None), split_people("李四 王五", "1、2")
    (['李四', '王五'], ['李四', '王五'])
    >>> split_people("买买提 艾力江", "1")
    ['买买提 艾力江']
    """
    if not isinstance(name, str) or name.isalpha():
        return [str(name)]
    names = [part for part in map(str.strip, _BETWEEN_PEOPLE.split(name)) if part]
    if len(names) == 1 and len(words := name.split()) > 1:
        is_names = all(len(word) > 1 and not word.isascii() for word in words)
        names = words if is_names and split_cell(number, len(words)) else names
    # 李四/户主 is one person
    return [name] if any(part in _MARKS for part in names) else names


def can_split_people(pairs: Iterable[tuple[Cell, Cell]], *, has_numbers: bool) -> bool:
    """Whether most cells with several names, if there are any, have as many ID numbers beside.

    `pairs` are the cells of names and of ID numbers.
    """
    counts = ((len(split_people(name, number)), number) for name, number in pairs)
    joined = [split_cell(number, count) is not None for count, number in counts if count > 1]
    return not joined or (has_numbers and sum(joined) * 2 >= len(joined))


def split_cell(cell: Cell, count: int) -> list[str] | None:
    """Return the parts of a cell with a value for each of `count` people; None if it has not."""
    text = "" if cell is None else str(cell)
    for split in (_BETWEEN_PEOPLE.split(text), text.split()):
        parts = [part for part in map(str.strip, split) if part]
        if len(parts) == count:
            return parts
    return None


def _split_brackets(text: str) -> tuple[str, list[str]]:
    """Return a text without its parts in brackets, and these parts; all of it if nothing stays."""
    unified = text.translate(_ROUND)
    rest = _BRACKETS.sub(" ", unified).strip()
    if rest == unified or not rest:
        return text, []
    return rest, [mark for mark in map(drop_spaces, _BRACKETS.findall(unified)) if mark]


_ROUND = UNIFIED_BRACKETS | str.maketrans("（）", "()")


def _describe(name: str, marks: list[str]) -> StatedName:
    """Return a name with what its marks say."""
    parts = (part for mark in marks for part in _PARTS.split(simplify_characters(mark)))
    words = [word for part in parts if (word := _DAY.sub("", part))]
    heads = [word for word in words if is_head_word(word) or word in _WORDS["head"]]
    relations = [word for word in words if word in _RELATIONS]
    is_gone = any(word in _GONE for word in words)
    known = {*heads, *relations, *_GONE}
    return StatedName(
        name,
        bool(heads),
        is_gone,
        next(iter(relations), None),
        not known.issuperset(words),
    )
