"""Who is the same person on several lines of one household: by ID number, else by the name.

What speaks against it counts: two lines are never one person where a birth date or the digits left
visible of a hidden ID number differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from relieftool.register.person_mentions import Mention
from relieftool.values.cells import ValueProblem, parse_date
from relieftool.values.id_numbers import can_be_same_number
from relieftool.values.text import is_blank


def is_same_person(seen: Sequence[Mention], one: Mention) -> bool:
    """Say whether a line speaks of the person that other lines of the household speak of."""
    number = next((each.id.number for each in seen if each.id.number), None)
    if number and one.id.number:
        return number == one.id.number
    names = {each.name for each in seen if each.name}
    return one.name in names and not _is_beside(seen, one) and not _is_contradicted(seen, one)


def _is_beside(seen: Iterable[Mention], one: Mention) -> bool:
    """Say whether a line stands beside those of another: two places of a row, or two rows."""
    for each in seen:
        # two places of one line are two people; the line's own head may stand again at a place
        if each.line is one.line:
            if None not in (each.place, one.place):
                return True
        # two rows of one table without ID numbers are two people, however they are called
        elif (
            each.line.table is one.line.table
            and not each.id.number
            and not one.id.number
            and each.place == one.place
        ):
            return True
    return False


@dataclass(frozen=True)
class _Evidence:
    """What may speak against two lines being one person; None where a line does not say."""

    number: str | None
    birth_date: str | None


def _is_contradicted(seen: Iterable[Mention], one: Mention) -> bool:
    """Say whether a birth date or a digit of the ID number tells a line from some others."""
    own = _evidence_on(one)
    return any(_differs(_evidence_on(each), own) for each in seen)


def _evidence_on(one: Mention) -> _Evidence:
    """Give what tells a person from a namesake."""
    return _Evidence(one.id.number or one.id.shown, one.id.birth_date or _stated_birth(one))


def _differs(one: _Evidence, other: _Evidence) -> bool:
    if one.number and other.number and not can_be_same_number(one.number, other.number):
        return True
    births = {one.birth_date, other.birth_date} - {None}
    return len(births) > 1


def _stated_birth(one: Mention) -> str | None:
    """Give the date of birth in a line's own column; None where none can be read."""
    cell = one.line.cell("birth_date", one.place)
    try:
        return None if is_blank(cell) else parse_date(cell)
    except ValueProblem:
        return None
