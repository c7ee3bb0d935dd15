"""Who stands on a line: the people a row speaks of, each as one sighting.

Who is the same person on several lines of one household: by ID number, else by the name.

What speaks against it counts: two lines are never one person where a birth date or the digits left
visible of a hidden ID number differ.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog
from relieftool.values.cells import ERROR_LEFT, ValueProblem, is_error, is_rounded, parse_date
from relieftool.values.id_numbers import IdNumber, can_be_same_number, read_id_number
from relieftool.values.text import (
    Cell,
    clean_name,
    drop_spaces,
    is_blank,
    plain_text,
    simplified_text,
)
from relieftool.values.words import is_head_word, list_cell_words

_OF_HEAD = 0  # the place of a head who stands in the head's columns alone: no fact has this place
_REMEMBERED = 1 << 10  # the rows of a household stand together, and each is read several times
_NUMBER_DAMAGED = Message(
    "the household number was kept as a figure and lost its last digits; type it again as text"
)


_DATE = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d(?:00:00:00)?")


@dataclass(slots=True)
class Mention:
    """One person on one line: at a place of repeated columns, None for the line's own.

    Place 0 is a head named beside a member: nothing else on the line is about that head.
    `id_target` is what the column means that the ID number was read from.
    """

    line: Line
    place: int | None
    name: str | None
    id: IdNumber
    relation: str | None
    is_head: bool
    id_target: str = "id_number"


def read_household_no(line: Line, findings: ProblemLog | None) -> str | None:
    """Return the sheet's own household number of a line."""
    number, fault = _parse_household_no(line.shared_cell("household_no"))
    if number is not None and _DATE.fullmatch(number):
        fault = _is_date(number)
    if fault and findings is not None and not is_blank(line.cell("household_no")):
        findings.add(line, "household-no-damaged", fault, "household_no")
    return number


def _is_date(number: str) -> Message:
    return Message(
        "this household number is a date; Excel makes dates of numbers such as 1-2. Format the"
        " column as text and type the number again; {number} counts as it stands until then",
        {"number": number[:10]},
    )


@lru_cache(_REMEMBERED, typed=True)
def _parse_household_no(cell: Cell) -> tuple[str | None, Message | None]:
    """Read a household number; None and why, where it is damaged."""
    if is_error(cell):
        return None, ERROR_LEFT
    if is_rounded(cell):
        return None, _NUMBER_DAMAGED
    return None if is_blank(cell) else drop_spaces(plain_text(cell).lstrip("'")) or None, None


def _head_number(line: Line) -> str | None:
    """Return the valid ID number that a line names its household's head by."""
    return read_id_number(line.shared_cell("head_id_number"), line.table.imported_on).number


def find_mentions(line: Line, findings: ProblemLog) -> Iterator[Mention]:
    """Return the people a line speaks of."""
    places = line.table.places
    for place in places:
        found = _mention(line, place, "name", "id_number", findings)
        if found:
            yield found
    own_number = "id_number" if line.has("id_number") else "head_id_number"
    if _has_own_columns(line):
        found = _mention(line, None, "name", "id_number", findings)
        if found:
            found.is_head |= _is_named_head(line, found)
            yield found
    else:
        # 户主姓名 heads the column of all people where nobody else has one
        found = _mention(line, None, "head_name", own_number, findings)
        if found:
            found.is_head |= line.head is None and found.relation is None
            yield found


def _has_own_columns(line: Line) -> bool:
    """Return whether the person of a line stands in other columns than the head."""
    return line.has("name") or (line.has("id_number") and line.has("head_id_number"))


def find_unlisted_head(
    lines: Sequence[Line], sightings: Iterable[Mention], findings: ProblemLog
) -> Iterator[Mention]:
    """Return the head who is named beside the members and has no row among them."""
    if any(sighting.is_head for sighting in sightings):
        return
    for line in filter(_has_own_columns, lines):
        found = _mention(line, None, "head_name", "head_id_number", findings)
        if found:
            found.place, found.relation, found.is_head = _OF_HEAD, None, True
            yield found
            return


def _mention(
    line: Line, place: int | None, name_target: str, id_target: str, findings: ProblemLog
) -> Mention | None:
    """Return the person at one place of a line; None where neither name nor ID stands."""
    name, number = line.cell(name_target, place), line.cell(id_target, place)
    if is_error(name):
        findings.add(line, "value-unreadable", ERROR_LEFT, name_target, place)
        name = None
    called = clean_name(name)
    has_no_name = called is None or called in list_cell_words("no_name")
    if is_blank(number) and has_no_name:
        return None
    read = line.id_number(id_target, place)
    if read.problem:
        code = "id-number-damaged" if read.is_damaged else "id-number-wrong"
        code = "card-in-id-column" if read.number else code
        findings.add(line, code, read.problem, id_target, place)
    if is_error(number) and has_no_name:
        return None
    relation = _read_relation(line.cell("relation", place))
    return Mention(line, place, called, read, relation, is_head_word(relation), id_target)


@lru_cache(_REMEMBERED, typed=True)
def _read_relation(cell: Cell) -> str | None:
    """Read what a person is to the head; None if nothing is said."""
    return None if is_blank(cell) else simplified_text(cell)


def _is_named_head(line: Line, found: Mention) -> bool:
    """Return whether the line's household names this person as head."""
    number = _head_number(line)
    if number and found.id.number:
        return number == found.id.number
    name = clean_name(line.shared_cell("head_name"))
    return name is not None and name == found.name


def choose_head(sightings: list[Mention]) -> None:
    """Let the first line's first person be head where no line names one."""
    if sightings and not any(sighting.is_head for sighting in sightings):
        sightings[0].is_head = True


def is_same_person(seen: Sequence[Mention], one: Mention) -> bool:
    """Return whether a line speaks of the person that other lines of the household speak of."""
    number = next((each.id.number for each in seen if each.id.number), None)
    if number and one.id.number:
        return number == one.id.number
    names = {each.name for each in seen if each.name}
    return one.name in names and not _is_beside(seen, one) and not _is_contradicted(seen, one)


def _is_beside(seen: Iterable[Mention], one: Mention) -> bool:
    """Return whether a line stands beside those of another: two places of a row, or two rows."""
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
    """Return whether a birth date or a digit of the ID number tells a line from some others."""
    own = _evidence_on(one)
    return any(_differs(_evidence_on(each), own) for each in seen)


def _evidence_on(one: Mention) -> _Evidence:
    """Return what tells a person from a namesake."""
    return _Evidence(one.id.number or one.id.shown, one.id.birth_date or _stated_birth(one))


def _differs(one: _Evidence, other: _Evidence) -> bool:
    if one.number and other.number and not can_be_same_number(one.number, other.number):
        return True
    births = {one.birth_date, other.birth_date} - {None}
    return len(births) > 1


def _stated_birth(one: Mention) -> str | None:
    """Return the date of birth in a line's own column; None where none can be read."""
    cell = one.line.cell("birth_date", one.place)
    try:
        return None if is_blank(cell) else parse_date(cell)
    except ValueProblem:
        return None
