"""The words in offices' tables that relief understands, from `vocabulary.toml`."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from relieftool.values.coded_words import list_words_in
from relieftool.values.text import (
    UNIFIED_BRACKETS,
    Cell,
    drop_spaces,
    is_blank,
    match_any,
    plain_text,
    simplified_text,
    simplify_characters,
)

_BRACKETED = re.compile(r"\(([^()]*)\)")
_CHINESE = re.compile(r"[一-鿿]{2,4}|[一-鿿]+(?:·[一-鿿]+)+")
_LONGEST_DITTO = len("- 同上一行 -")
_REMEMBERED = 1 << 10  # the same few relations come again in all rows


@cache
def _load_vocabulary() -> Mapping[str, Mapping[str, list[str]]]:
    """Return the words of the whole vocabulary, by section and meaning."""
    import tomllib  # noqa: PLC0415 start-up time

    return tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))


def list_words(section: str) -> Mapping[str, list[str]]:
    """Return the words in a section of the vocabulary by meaning, the preferred word first."""
    return _load_vocabulary()[section]


@cache
def match_words(section: str) -> Mapping[str, str]:
    """Return, by meaning, the part of a pattern that matches any word in a section's list."""
    return {meaning: f"(?:{match_any(words)})" for meaning, words in list_words(section).items()}


@cache
def list_cell_words(meaning: str) -> frozenset[str]:
    """Return the words that have a meaning such as `yes` in a cell."""
    return frozenset(list_words("cells")[meaning])


def list_gone_words(*kinds: str) -> list[str]:
    """Return the words for people who are gone, of kinds such as `dead` and `left`."""
    words = list_words("gone")
    return [word for kind in kinds for word in words[kind]]


@cache
def list_gone_marks() -> frozenset[str]:
    """Return the marks beside a name of somebody who is gone, such as 已故 or 户口已迁出."""
    kinds = ("dead", "left", "settled", "missing", "prison", "signs", "only_marks")
    before = list_words("gone")["before_marks"]
    return frozenset(sign + word for word in list_gone_words(*kinds) for sign in before)


@cache
def _list_family_names() -> frozenset[str]:
    names = list_words("family_names")
    return frozenset(chain(*names["single"], names["double"]))


def is_chinese_name(cell: Cell) -> bool:
    """Whether a cell looks like a person's name: two to four characters after a family name."""
    name = simplify_characters(drop_spaces(cell))
    is_named = not _list_family_names().isdisjoint((name[:1], name[:2])) or "·" in name
    return is_named and bool(_CHINESE.fullmatch(name))


@lru_cache(_REMEMBERED, typed=True)
def read_relation(cell: Cell) -> str | None:
    """Return the relation to the head of household in a cell, without a code; None if blank.

    >>> read_relation("02-戶主"), read_relation("52-母亲"), read_relation(None)
    ('户主', '母亲', None)
    """
    if is_blank(cell):
        return None
    *_coded, word = list_words_in(simplified_text(cell))
    return word


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
    return re.compile(rf"(?:(?:{words})(?:(?:[/、,;|\-或兼及和即为是]|就是|同时)|(?=.)|$))+")


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


def is_relation(cell: Cell) -> bool:
    """Whether a cell is a known relation to the head of household, or means the head.

    >>> is_relation("10-配偶"), is_relation("户主的儿子"), is_relation("低保")
    (True, True, False)
    """
    text = drop_spaces(read_relation(cell))
    last = text.rpartition("的")[2].rpartition("之")[2]
    return is_head_word(cell) or last in list_cell_words("relation")


def are_relations(cells: Iterable[Cell]) -> bool:
    """Whether all filled cells are relations to the head of household, and one is the head.

    Figures alone are none, although 0 is a code of the head: a column of amounts may be all 0.

    >>> are_relations(["户主", None, "10-配偶"]), are_relations(["低保", "户主"])
    (True, False)
    """
    filled = [cell for cell in cells if not is_blank(cell)]
    if all(plain_text(cell).isdigit() for cell in filled):
        return False
    return all(map(is_relation, filled)) and any(map(is_head_word, filled))


def are_head_marks(cells: Iterable[Cell]) -> bool:
    """Whether the cells under 户主 are no names but say yes or no, or 户主 or 成员.

    >>> are_head_marks(["√", None]), are_head_marks([1, 2]), are_head_marks(["王是"])
    (True, True, False)
    """
    filled = [drop_spaces(simplified_text(cell)) for cell in cells if not is_blank(cell)]
    if {"1"} < set(filled) <= {"1", "2"}:
        return True
    marks = list_cell_words("yes") | list_cell_words("no") | list_cell_words("relation")
    return bool(filled) and all(text.casefold() in marks or is_head_word(text) for text in filled)


def is_ditto(cell: Cell) -> bool:
    """Whether a cell means the same as the cell above, as 〃 and 同上 do; dashes may be beside it.

    >>> is_ditto("〃"), is_ditto(' - " - '), is_ditto("同上"), is_ditto("同心村")
    (True, True, True, False)
    """
    return isinstance(cell, str) and len(cell) <= _LONGEST_DITTO and _is_ditto(cell)


@lru_cache(_REMEMBERED)
def _is_ditto(text: str) -> bool:
    return drop_spaces(simplified_text(text)).strip("-—–.·") in list_cell_words("ditto")
