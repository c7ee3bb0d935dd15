"""Cells as the facts of a pack: what a cell says, or why it cannot be read; no place, no tables."""

from relieftool.messages import Message
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack
from relieftool.values import (
    ERROR_LEFT,
    Cell,
    Stored,
    ValueProblem,
    is_blank,
    is_error,
    parse_choice,
    parse_date,
    parse_integer,
    parse_money,
    parse_text,
    parse_yes_no,
    split_choices,
    word,
)

_NONE_WORDS = frozenset({"无", "没有", "否"})
# Facts that offices write in one cell, as 肢体二级.
_PAIRS = {"disability_kind": "disability_grade", "disability_grade": "disability_kind"}
_OLDEST = 130


def parse_fact(
    fact: Fact, cell: Cell, scale: str | None = None, *, two_is_no: bool = False
) -> Stored:
    """Read a cell as a fact is stored; `scale` is what its heading says it is measured in.

    With `two_is_no` its column has proved that it codes no as 2.

    Raises:
        ValueProblem: It cannot be read.
    """
    if is_error(cell):
        raise ValueProblem(ERROR_LEFT)
    is_figure = fact.type in ("money", "integer")
    if is_figure and fact.blank == "none" and word(cell) in _NONE_WORDS:
        return 0
    value: Stored
    match fact.type:
        case "money":
            check_period(fact.period, scale)
            value = parse_money(cell, scale)
        case "integer":
            value = _no_year(fact, parse_integer(cell))
        case "date":
            value = parse_date(cell)
        case "yes_no":
            value = parse_yes_no(cell, two_is_no=two_is_no)
        case "choice":
            value = parse_choice(cell, fact.choices)
        case "text":
            value = parse_text(cell)
    return value


def split_pair(pack: Pack, fact: str, cell: Cell) -> tuple[str, str] | None:
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


def check_period(period: str | None, scale: str | None) -> None:
    """Refuse a year's amount where a month's belongs, and the other way round."""
    stated = next((part for part in (scale or "").split("/") if part in ("month", "year")), None)
    if stated and period in ("month", "year") and stated != period:
        raise ValueProblem(
            Message("the heading states another period than belongs here; map the column anew")
        )
