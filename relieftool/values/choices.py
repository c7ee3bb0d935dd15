"""Words for choices, as spreadsheets write them; imports no pack."""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from relieftool.messages import Message
from relieftool.values.cells import ValueProblem
from relieftool.values.text import Cell, drop_spaces, simplified_text

_BETWEEN = re.compile(r"[\s/、,;+]+")


class ChoiceLike(Protocol):
    """A choice of a fact: its id and how spreadsheets write it."""

    @property
    def id(self) -> str:
        """Give the id that is stored."""

    @property
    def written(self) -> list[str]:
        """Give the words it is written with."""


def parse_choice(cell: Cell, choices: Iterable[ChoiceLike]) -> str:
    """Read a word that means one of the choices, by its exact writing; blanks do not matter."""
    text = drop_spaces(simplified_text(cell))
    listed = list(choices)
    written: Mapping[str, str] = {
        drop_spaces(simplified_text(writing)): choice.id
        for choice in listed
        for writing in [choice.id, *choice.written]
    }
    if text in written:
        return written[text]
    words = ", ".join(choice.written[0] if choice.written else choice.id for choice in listed)
    raise ValueProblem(
        Message("this word is not known here; write one of {words}", {"words": words})
    )


def split_choices(
    cell: Cell, choices: Iterable[ChoiceLike], others: Iterable[ChoiceLike]
) -> tuple[str, str] | None:
    """Read a word of each of two facts from one cell, as 肢体二级; None where it is not both."""
    text = _BETWEEN.sub("", simplified_text(cell))
    return next(
        (
            (one.id, other.id)
            for one in choices
            for other in others
            for first in map(simplified_text, one.written)
            for second in map(simplified_text, other.written)
            if text in (first + second, second + first)
        ),
        None,
    )
