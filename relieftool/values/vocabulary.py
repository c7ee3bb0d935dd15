"""The words in offices' tables that relief understands, from `vocabulary.toml`."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from relieftool.values.text import (
    UNIFIED_BRACKETS,
    Cell,
    drop_spaces,
    is_blank,
    simplified_text,
    strip_code,
)

_BRACKETED = re.compile(r"\(([^()]*)\)")
_REMEMBERED = 1 << 10  # the same few relations come again in all rows


@cache
def _load_vocabulary() -> Mapping[str, Mapping[str, list[str]]]:
    """Return the words of the whole vocabulary, by section and meaning."""
    return tomllib.loads((files(__package__) / "vocabulary.toml").read_text("utf-8"))


def list_words(section: str) -> Mapping[str, list[str]]:
    """Return the words in a section of the vocabulary by meaning, the preferred word first."""
    return _load_vocabulary()[section]


@cache
def list_cell_words(meaning: str) -> frozenset[str]:
    """Return the words that have a meaning such as `yes` in a cell."""
    return frozenset(list_words("cells")[meaning])


@lru_cache(_REMEMBERED, typed=True)
def read_relation(cell: Cell) -> str | None:
    """Return the relation to the head of household in a cell, without a code; None if blank.

    >>> read_relation("02-戶主"), read_relation("52-母亲"), read_relation(None)
    ('户主', '母亲', None)
    """
    return None if is_blank(cell) else strip_code(simplified_text(cell))


@lru_cache(_REMEMBERED, typed=True)
def is_head_word(relation: Cell) -> bool:
    """Whether a relation to the head of household means the head, such as 户主 or 本人.

    A remark in brackets may follow it, unless that is another relation.

    >>> is_head_word("户主"), is_head_word("户主/本人"), is_head_word("本　人（户主）")
    (True, True, True)
    >>> is_head_word("02-户主"), is_head_word("户主（已故）"), is_head_word("户主（配偶）")
    (True, True, False)
    >>> is_head_word("妻子"), is_head_word("户主之母"), is_head_word("非户主")
    (False, False, False)
    """
    text = drop_spaces(read_relation(relation)).casefold().translate(UNIFIED_BRACKETS)
    asides = _BRACKETED.findall(text)
    heads, relations = list_cell_words("head"), list_cell_words("relation")
    is_head = _match_heads().fullmatch(_BRACKETED.sub("", text)) is not None
    return text in heads or (is_head and relations.isdisjoint(asides))


@cache
def _match_heads() -> re.Pattern[str]:
    """Return a pattern for one or more words for the head, as in 户主/本人 or 本人或户主."""
    words = "|".join(sorted(list_cell_words("head") - {"0"}, key=len, reverse=True))
    return re.compile(rf"(?:(?:{words})(?:[/、,;|\-或兼及和]|(?=.)|$))+")


@lru_cache(_REMEMBERED, typed=True)
def is_head_mark(cell: Cell) -> bool:
    """Whether a cell under 是否户主 says yes.

    >>> is_head_mark("是"), is_head_mark(1.0), is_head_mark("√"), is_head_mark("户主")
    (True, True, True, True)
    >>> is_head_mark("否"), is_head_mark(0.0), is_head_mark(None)
    (False, False, False)
    """
    text = drop_spaces(simplified_text(cell)).casefold()
    return text in list_cell_words("yes") or (text != "0" and is_head_word(text))
