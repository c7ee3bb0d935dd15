"""The people that a line mentions, and whether two mentions in a household are the same person.

Two valid ID numbers decide it. Otherwise the names must be the same, and nothing may contradict it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog
from relieftool.spreadsheets.text_files import UNREADABLE
from relieftool.store.problem_decisions import UNLISTED, ProblemDecisions
from relieftool.values.cells import (
    DITTO_LEFT,
    ERROR_LEFT,
    ValueProblem,
    is_error,
    is_rounded,
    parse_date,
)
from relieftool.values.id_numbers import IdNumber, can_be_same_number, read_id_number
from relieftool.values.names import clean_name, read_name
from relieftool.values.similarity import is_same_name
from relieftool.values.text import (
    Cell,
    drop_spaces,
    is_blank,
    plain_text,
)
from relieftool.values.vocabulary import (
    is_ditto,
    is_head_mark,
    is_head_word,
    list_cell_words,
    read_relation,
)

HEAD_PLACE = 0  # the place of a head who has no other columns; no column of a fact has this place
_REMEMBERED = 1 << 10  # the rows of a household follow each other, and each is read several times
_NUMBER_DAMAGED = Message(
    "the household number was kept as a figure and lost its last digits; type it again as text"
)
_MARKED = Message(
    "something stands beside the name that is not used; write it into a column of its own"
)
_DATE = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d(?:00:00:00)?")


@dataclass(slots=True)
class Mention:
    """A person mentioned on a line.

    `place` is the number in the headings of their columns, as in 成员2姓名; None for the line's own
    columns; 0 for a head named beside a member, about whom the line has no other columns.
    `id_target` is the meaning of the column that the ID number was read from. `is_gone`: a mark at
    the name says that they died or moved away, or the row is struck through. `is_chosen`: nobody of
    the household is a head, and they were taken for it. `shared_number` is the ID number that their
    row has, and that is not used because their list has it for somebody else of the household too.
    """

    line: Line
    place: int | None
    name: str | None
    id: IdNumber
    relation: str | None
    is_head: bool
    id_target: str = "id_number"
    is_gone: bool = False
    is_chosen: bool = False
    shared_number: str | None = None

    def choose(self) -> None:
        """Take the person for the head."""
        self.is_head = self.is_chosen = True


def read_household_no(line: Line, problems: ProblemLog | None) -> str | None:
    """Return a line's household number; None if it is blank or damaged.

    Damage is reported unless `problems` is None; so is a date, which still counts as the number.
    """
    cell = line.shared_cell("household_no")
    if isinstance(cell, str) and cell.isascii() and cell.isalnum():
        return cell  # letters and digits only: nothing to clean, and no date
    number, fault = _parse_household_no(cell)
    if number is not None and _DATE.fullmatch(number):
        fault = _format_date_number(number)
    if fault and problems is not None and not is_blank(line.cell("household_no")):
        problems.add(line, "household-no-damaged", fault, "household_no")
    return number


def _group_homes(rows: Iterable[Line]) -> Iterable[list[Line]]:
    """Return the rows of a roster in groups, each of one household as far as the roster shows it.

    Rows belong together by a household number, as continued rows, or one after another beside the
    same name of a head. What is not shown is not guessed: such a row is a group of its own.
    """
    groups: dict[object, list[Line]] = defaultdict(list)
    key: object = None
    last_head = None
    for line in rows:
        head = line.name("head_name") if line.has("name") else None
        is_same = line.head is not None or (head is not None and head == last_head)
        if number := read_household_no(line, None):
            key = number, line.shared_cell("community")
        elif not is_same:
            key = line.row_id
        groups[key].append(line)
        last_head = head or (last_head if line.head is not None else None)
    return groups.values()


def ask_once_of_homes(
    rows: Iterable[Line],
    paid: AbstractSet[int],
    problems: ProblemLog,
    decisions: ProblemDecisions,
    begun: int,
) -> None:
    """Ask once of all people of a household that no household list has.

    Each of them was reported as a `NOT_IN_REGISTER`, after the first `begun` problems. `paid` are
    the rows that mean somebody: a household with such a row is not unlisted.
    """
    found = problems.found[begun:]
    unlisted = {row for _import, row, _stage, each in found if each.code == NOT_IN_REGISTER}
    subjects: dict[int | None, tuple[str, int]] = {}
    for home in _group_homes(rows) if len(unlisted) > 1 else ():
        asked = [line for line in home if line.row_id in unlisted]
        if len(asked) > 1 and paid.isdisjoint(line.row_id for line in home):
            written = (plain_text(line.cell(line.id_target)) or line.name() for line in asked)
            named = sorted(map(str, written))
            subject = decisions.subjects.name(UNLISTED, home[0].table.area, *named)
            subjects |= dict.fromkeys((line.row_id for line in asked), (subject, len(asked)))
    problems.found[begun:] = [
        (imported, row, stage, _ask_of_home(each, *subjects[row]) if row in subjects else each)
        for imported, row, stage, each in found
        if row not in subjects or decisions.of(subjects[row][0]) is None
    ]


def _ask_of_home(problem: Problem, subject: str, count: int) -> Problem:
    message = Message(_HOME_IN_NO_LIST.template, {"count": count})
    return replace(problem, message=message, subject=subject)


NOT_IN_REGISTER = "roster-person-not-in-register"
_HOME_IN_NO_LIST = Message(
    "the {count} people of this household are in no household list; check whether a list is missing"
)


def _format_date_number(number: str) -> Message:
    return Message(
        "this household number is a date; Excel makes dates of numbers such as 1-2. Format the"
        " column as text and type the number again; {number} counts as it stands until then",
        {"number": number[:10]},
    )


@lru_cache(_REMEMBERED, typed=True)
def _parse_household_no(cell: Cell) -> tuple[str | None, Message | None]:
    """Return the household number in a cell, or None and, if it is damaged, the reason."""
    if is_error(cell):
        return None, ERROR_LEFT
    if is_ditto(cell):
        return None, DITTO_LEFT
    if is_rounded(cell):
        return None, _NUMBER_DAMAGED
    if is_blank(cell) or UNREADABLE in plain_text(cell):
        return None, None  # a character that cannot be read was reported when the file was read
    return drop_spaces(plain_text(cell).lstrip("'")) or None, None


def list_mentions(line: Line, problems: ProblemLog) -> Iterator[Mention]:
    """Yield the people that a line mentions: first in numbered columns, then its own person."""
    places = line.table.places
    for place in places:
        found = _read_mention(line, place, "name", "id_number", problems)
        if found:
            yield found
    if _has_own_columns(line):
        found = _read_mention(line, None, "name", "id_number", problems)
        if found:
            found.is_head |= _is_named_head(line, found)
            yield found
    else:
        # without another name column, 户主姓名 is the column of all people's names
        found = _read_mention(line, None, "head_name", line.id_target, problems)
        if found:
            found.is_head |= line.head is None and found.relation is None
            yield found


def _has_own_columns(line: Line) -> bool:
    """Whether the person of a line has columns of their own beside those of the head."""
    return line.has("name") or (line.has("id_number") and line.has("head_id_number"))


def find_unlisted_head(
    lines: Sequence[Line], mentions: Iterable[Mention], problems: ProblemLog
) -> Iterator[Mention]:
    """Yield the head who is named beside a member, unless a mention is already the head."""
    if any(mention.is_head for mention in mentions):
        return
    for line in lines:
        if not (line.table.names_heads and _has_own_columns(line)):
            continue
        found = _read_mention(line, None, "head_name", "head_id_number", problems)
        if found:
            found.place, found.relation, found.is_head = HEAD_PLACE, None, True
            yield found
            return


def _read_mention(
    line: Line, place: int | None, name_target: str, id_target: str, problems: ProblemLog
) -> Mention | None:
    """Return the person whose name and ID number are in two columns; None if both are missing.

    An Excel error counts as missing.
    """
    name, read = line.name(name_target, place), line.id_number(id_target, place)
    if name is None and is_error(line.cell(name_target, place)):
        problems.add(line, "value-unreadable", ERROR_LEFT, name_target, place)
    if read.number is None or read.problem:
        number = line.cell(id_target, place)
        has_no_name = name is None or name in list_cell_words("no_name")
        if is_blank(number) and has_no_name:
            return None
        if read.problem:
            code = "id-number-damaged" if read.is_damaged else "id-number-wrong"
            code = "card-in-id-column" if read.number else code
            problems.add(line, code, read.problem, id_target, place)
        if is_error(number) and has_no_name:
            return None
    stated = read_name(line.cell(name_target, place))
    if stated.is_marked and not stated.is_gone:
        problems.add(line, "name-marked", _MARKED, name_target, place)
    cell = line.cell("relation", place)
    relation = read_relation(cell) or stated.relation
    is_head = is_head_word(cell) or is_head_mark(line.cell("is_head", place))
    is_head = is_head or (relation is None and stated.is_head)
    is_gone = stated.is_gone or line.is_struck
    return Mention(line, place, name, read, relation, is_head, id_target, is_gone)


def _is_named_head(line: Line, found: Mention) -> bool:
    """Whether the head columns mean this person: by ID number, or by name if one is missing."""
    if not line.table.names_heads:
        return False
    cell = line.shared_cell("head_id_number")
    number = read_id_number(cell, line.table.imported_on).number
    if number and found.id.number:
        return number == found.id.number
    name = clean_name(line.shared_cell("head_name"))
    return name is not None and name == found.name


def choose_head(mentions: list[Mention]) -> None:
    """Make the first person mentioned the head if nobody is."""
    if mentions and not any(mention.is_head for mention in mentions):
        mentions[0].choose()


def doubt_shared_numbers(mentions: list[Mention], problems: ProblemLog) -> None:
    """Use no ID number that a list has for people of a household by several names; report each."""
    by_number: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.id.number and mention.name:
            by_number[mention.id.number].append(mention)
    for number, same in by_number.items():
        others = [_find_other_name(mention, same) for mention in same]
        for mention, other in zip(same, others, strict=True):
            if other is not None:
                message = Message(_SHARED_NUMBER.template, {"row": other.line.number})
                at = mention.id_target, mention.place
                problems.add(mention.line, "id-number-of-several", message, *at)
                mention.id, mention.shared_number = IdNumber(problem=message), number


def _find_other_name(mention: Mention, same: Iterable[Mention]) -> Mention | None:
    """Return the first of some mentions with another name than a mention has; None if none has."""
    names = ((each, each.name or "") for each in same)
    return next((each for each, name in names if not is_same_name(mention.name or "", name)), None)


_SHARED_NUMBER = Message(
    "the person in row {row} has the same ID number and another name, so it is used for neither."
    " Check it with their ID cards"
)


def is_same_person(known: Sequence[Mention], mention: Mention) -> bool:
    """Whether a mention is about the same person as the `known` mentions in its household.

    Two valid ID numbers decide it. Otherwise the names must be the same, no list may show the
    mentions as two people, and no birth date or visible digit may differ. In doubt they are kept
    apart, because joining two people would lose one of them.
    """
    number = next((other.id.number for other in known if other.id.number), None)
    if number and mention.id.number:
        return number == mention.id.number
    names = {other.name for other in known if other.name}
    return (
        mention.name in names
        and not any(_is_beside(other, mention) for other in known)
        and not _is_contradicted(known, mention)
    )


def _is_beside(other: Mention, mention: Mention) -> bool:
    """Whether a list shows two mentions as two people, in two columns of a row or on two rows."""
    if other.line is mention.line:
        # the person in a line's own columns may be repeated in its numbered columns
        return None not in (other.place, mention.place)
    # a list does not repeat a person on two rows, unless an ID number shows that it did
    return (
        other.line.table is mention.line.table
        and not other.id.number
        and not mention.id.number
        and other.place == mention.place
    )


def _is_contradicted(known: Iterable[Mention], mention: Mention) -> bool:
    """Whether a birth date or ID number contradicts any known mention."""
    number = mention.id.number or mention.id.shown
    birth_date = mention.id.birth_date or _read_birth_date(mention)
    for other in known:
        other_number = other.id.number or other.id.shown
        if number and other_number and not can_be_same_number(other_number, number):
            return True
        births = {birth_date, other.id.birth_date or _read_birth_date(other)} - {None}
        if len(births) > 1:
            return True
    return False


def _read_birth_date(mention: Mention) -> str | None:
    """Return the date of birth in the mention's own column; None if blank or unreadable."""
    cell = mention.line.cell("birth_date", mention.place)
    try:
        return None if is_blank(cell) else parse_date(cell)
    except ValueProblem:
        return None
