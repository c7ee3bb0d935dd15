"""The words of offices' tables that mean something, as `words.toml` lists them; no rule is here."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from relieftool.text import Cell, unspaced, word


@cache
def list_words(section: str) -> Mapping[str, list[str]]:
    """Return a section of the catalogue: each meaning with its words, the preferred one first."""
    catalogue: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
        (files(__package__) / "words.toml").read_text("utf-8")
    )
    return catalogue[section]


@cache
def words_of_cells(meaning: str) -> frozenset[str]:
    """Return the words that mean one thing in a cell, such as `yes`."""
    return frozenset(list_words("cells")[meaning])


def means_head(relation: Cell) -> bool:
    """Whether a relation to the head is the head's own.

    >>> means_head("户主"), means_head("申请人"), means_head("本　人"), means_head("妻子")
    (True, True, True, False)
    """
    return unspaced(word(relation)) in words_of_cells("head")
