"""Reads cells as one of a fact's choices, or as choices of two facts, such as 肢体二级.

Whatever stands in a cell beside known words must be a separator or a filler such as 残疾;
otherwise the cell is not read.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from relieftool.messages import Message
from relieftool.values.cells import ValueProblem
from relieftool.values.coded_words import list_words_in
from relieftool.values.text import UNIFIED_BRACKETS, Cell, drop_spaces, match_any, simplified_text
from relieftool.values.vocabulary import list_cell_words

_NONE = "none"
_REMEMBERED = 1 << 12  # a column repeats the same few cells
_Writings = tuple[tuple[str, ...], ...]
_GAPS = r"[/、,;+&|()\-—和及与兼.:]+"
_NUMERAL = re.compile(r"[\dIV一二三四五六七八九壹贰叁肆伍陆柒捌玖]{1,3}")


class ChoiceLike(Protocol):
    """The attributes of `pack.facts.Choice` that are used here; `values` must not import it."""

    @property
    def id(self) -> str:
        """The id that is stored."""

    @property
    def written(self) -> list[str]:
        """The words that spreadsheets use for the choice."""


def parse_choice(cell: Cell, choices: Iterable[ChoiceLike], several: str | None = None) -> str:
    """Return the id of the choice that a cell states; raise ValueProblem if it states none.

    The cell may have a code before or behind the word, a ticked box, or several words for one
    choice. Words for several choices mean the choice `several`, if there is one.
    """
    listed = list(choices)
    written = _index_words(_list_writings(listed))
    for text in list_words_in(simplified_text(cell)):
        if text in written:
            return written[text]
        stated = {written[word] for word in _find_words(text, written)}
        if chosen := _join_choices(stated, several):
            return chosen
    words = ", ".join(choice.written[0] if choice.written else choice.id for choice in listed)
    raise ValueProblem(
        Message("this word is not known here; write one of {words}", {"words": words})
    )


def split_choices(
    cell: Cell,
    choices: Iterable[ChoiceLike],
    others: Iterable[ChoiceLike],
    several: tuple[str | None, str | None] = (None, None),
) -> tuple[str, str] | None:
    """Return the choices of two facts that are written in one cell, such as 肢体二级.

    The words may be in either order. A mere numeral is only a choice of the second fact behind a
    word for the first, as in 肢体2: before it, it is a code. The result is None for any other text.
    """
    return _split_choices(cell, _list_writings(choices), _list_writings(others), several)


@lru_cache(_REMEMBERED, typed=True)
def _split_choices(
    cell: Cell,
    choices: _Writings,
    others: _Writings,
    several: tuple[str | None, str | None],
) -> tuple[str, str] | None:
    first, second = _index_words(choices), _index_words(others)
    for text in list_words_in(simplified_text(cell)):
        found = _find_words(text, second | first, numerals=second)
        numerals = {word for word in found if _NUMERAL.fullmatch(word)}
        own = {word for word in found if word in first} - numerals
        chosen = _join_choices({first[word] for word in own}, several[0])
        other = _join_choices({second[word] for word in found if word not in own}, several[1])
        # in 肢体(4) the 4 may be the grade, or the code of 肢体
        is_code = any(first.get(word) == chosen for word in numerals)
        if chosen and other and not is_code:
            return chosen, other
    return None


def _list_writings(choices: Iterable[ChoiceLike]) -> _Writings:
    """Return the id of each choice and, behind it, the words for it."""
    return tuple((choice.id, *choice.written) for choice in choices)


@lru_cache
def _index_words(choices: _Writings) -> dict[str, str]:
    """Return the id of the choice for each word, and for each id."""
    return {
        drop_spaces(simplified_text(writing)): writings[0]
        for writings in choices
        for writing in writings
    }


def _find_words(text: str, known: Iterable[str], numerals: Iterable[str] = ()) -> list[str]:
    """Return the known words of a text in order; none if the text has anything else.

    Mere numerals count only if they are among `numerals` and stand behind another word.
    """
    words = match_any(word for word in known if not _NUMERAL.fullmatch(word))
    behind = match_any(word for word in numerals if _NUMERAL.fullmatch(word)) or "(?!)"
    fillers = match_any(list_cell_words("choice_fillers"))
    token = re.compile(rf"(?P<word>{words})|(?P<numeral>{behind})(?=\W|$)|{fillers}|{_GAPS}")
    found: list[str] = []
    place, plain = 0, text.translate(UNIFIED_BRACKETS)
    while place < len(plain):
        part = token.match(plain, place)
        if part is None or (part["numeral"] and not found):
            return []
        found += filter(None, (part["word"], part["numeral"]))
        place = part.end()
    return found


def _join_choices(stated: set[str], several: str | None) -> str | None:
    """Return the only choice, or `several` for more than one; None if neither can be said."""
    if len(stated) > 1:
        return None if _NONE in stated else several
    return next(iter(stated), None)
