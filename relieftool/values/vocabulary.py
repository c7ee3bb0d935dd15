"""The words in offices' tables that relief understands, from `vocabulary.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from relieftool.values.text import Cell, drop_spaces, simplified_text


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


@lru_cache
def is_head_word(relation: Cell) -> bool:
    """Whether a relation to the head of household means the head, such as 户主 or 本人.

    >>> is_head_word("户主"), is_head_word("申请人"), is_head_word("本　人"), is_head_word("妻子")
    (True, True, True, False)
    """
    return drop_spaces(simplified_text(relation)) in list_cell_words("head")


@lru_cache
def is_ditto(cell: Cell) -> bool:
    """Whether a cell means the same as the cell above, as 〃 and 同上 do; dashes may be beside it.

    >>> is_ditto("〃"), is_ditto(' - " - '), is_ditto("同上"), is_ditto("同心村")
    (True, True, True, False)
    """
    return drop_spaces(simplified_text(cell)).strip("-—–.·") in list_cell_words("ditto")
