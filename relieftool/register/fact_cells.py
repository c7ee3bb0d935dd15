"""Cells as the facts of a pack: what a cell says, or why it cannot be read; no place, no tables."""

import re

from relieftool.messages import Message
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack
from relieftool.register.fact_units import find_base_unit
from relieftool.values.cells import (
    ERROR_LEFT,
    StoredValue,
    ValueProblem,
    is_error,
    parse_date,
    parse_integer,
    parse_measure,
    parse_money,
    parse_text,
    parse_yes_no,
)
from relieftool.values.choices import parse_choice, split_choices
from relieftool.values.text import Cell, fold_heading, is_blank, simplified_text
from relieftool.values.units import list_column_parts, split_heading
from relieftool.values.words import list_cell_words

_NONE_OF = re.compile(r"(?:无|没有|没)(?P<what>[一-鿿]{2,8})")
_NONE_OR_UNKNOWN = Message("'无' may mean none, or that nothing is known; write 0 if there is none")
# Facts that offices write in one cell, as 肢体二级.
_PAIRS = {"disability_kind": "disability_grade", "disability_grade": "disability_kind"}
_OLDEST = 130


def parse_fact(
    fact: Fact, cell: Cell, scale: str | None = None, *, two_is_no: bool = False
) -> StoredValue:
    """Read a cell as a fact is stored; `scale` is what its heading says it is measured in.

    With `two_is_no` its column has proved that it codes no as 2. A figure may be stated as none of
    just what its heading names: 无收入 under 月收入 is 0, and 无固定收入 is not. 无 alone is 0
    where a blank means none as well; elsewhere it may mean that nothing is known, and is told.

    Raises:
        ValueProblem: It cannot be read.
    """
    if is_error(cell):
        raise ValueProblem(ERROR_LEFT)
    if fact.is_figure and _says_none(fact, simplified_text(cell)):
        return 0
    value: StoredValue
    match fact.type:
        case "money":
            value = parse_money(cell, scale, fact.period)
        case "integer":
            base = find_base_unit(fact)
            stated = next(iter(list_column_parts(scale)), None)
            value = parse_measure(cell, base, stated) if base else parse_integer(cell)
            value = _no_year(fact, value)
        case "date":
            value = parse_date(cell)
        case "yes_no":
            value = parse_yes_no(cell, two_is_no=two_is_no)
        case "choice":
            value = parse_choice(cell, fact.choices)
        case "text":
            value = parse_text(cell)
    return value


def _says_none(fact: Fact, text: str) -> bool:
    """Say whether a text states that there is none of what a fact counts.

    Raises:
        ValueProblem: It may also say that nothing is known.
    """
    if text in list_cell_words("none"):
        if fact.blank != "none":
            raise ValueProblem(_NONE_OR_UNKNOWN)
        return True
    found = _NONE_OF.fullmatch(text)
    if found is None:
        return False
    names = {split_heading(fold_heading(heading))[0] for heading in fact.headers}
    return any(name.endswith(found["what"]) for name in names)


def split_fact_pair(pack: Pack, fact: str, cell: Cell) -> tuple[str, str] | None:
    """Give a fact and the one that is written with it, where a cell holds both."""
    one, other = pack.facts.get(fact), pack.facts.get(_PAIRS.get(fact, ""))
    if one is None or other is None or is_blank(cell):
        return None
    return split_choices(cell, one.choices, other.choices)


def _no_year(fact: Fact, value: int) -> int:
    """Refuse a year of birth where an age belongs."""
    if fact.id == "stated_age" and value > _OLDEST:
        raise ValueProblem(Message("this is no age; a year of birth belongs under 出生日期"))
    return value
