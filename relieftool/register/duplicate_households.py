"""Finds households without a number, and people of one name, who may be the same as others.

Two households of one community may be the same if their heads have the same name and no different
ID numbers: none, the same, or nearly the same on different lists. A person decides; households are
never joined by name alone. Until then the people of both may be the same, and count once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from relieftool.messages import Message
from relieftool.register.lines import ProblemLog
from relieftool.register.people import GatheredHouseholds, RegisterHousehold, RegisterPerson
from relieftool.register.person_mentions import Mention
from relieftool.store.problem_decisions import (
    DIFFERENT,
    DUPLICATE,
    ONE_PERSON,
    PERSON,
    SAME,
    ProblemDecisions,
)

_MOST_CORRECTED = 3  # a day, or a figure, and the check digit


@dataclass(frozen=True)
class _Candidate:
    """A household with its head; `key` identifies it in decisions, also on later lists.

    Without a head, the person mentioned first takes their place.
    """

    household: RegisterHousehold
    head: Mention
    id_number: str | None
    key: str

    @property
    def newest_day(self) -> str:
        """Return the day of the newest list of the household; '' if none has a day."""
        return max(line.table.dated_on or "" for line in self.household.lines)


def join_duplicates(
    gathered: GatheredHouseholds, decisions: ProblemDecisions, problems: ProblemLog
) -> None:
    """Join households that were decided to be the same; report pairs not yet decided."""
    by_head: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
    for candidate in _list_candidates(gathered):
        if candidate.head.name:
            by_head[candidate.household.community, candidate.head.name].append(candidate)
    for where, candidates in by_head.items():
        if any(candidate.household.is_provisional for candidate in candidates[1:]):
            _DuplicateJoiner(gathered, decisions, problems, where).join_or_report(candidates)


@dataclass
class _DuplicateJoiner:
    """Joins or reports the households of one community whose heads have the same name.

    `where` is the community and that name. `joined` maps the number of each joined household to the
    household that it became part of.
    """

    gathered: GatheredHouseholds
    decisions: ProblemDecisions
    problems: ProblemLog
    where: tuple[str, str]
    joined: dict[str, _Candidate] = field(default_factory=dict)

    def join_or_report(self, candidates: list[_Candidate]) -> None:
        """Compare each household without number with the households before it.

        At most one problem is reported of each household: its answer may settle the other pairs.
        """
        for position, candidate in enumerate(candidates):
            if not candidate.household.is_provisional:
                continue
            for other in candidates[:position]:
                if _may_be_one(candidate, other) and self._is_resolved(candidate, other):
                    break

    def _is_resolved(self, candidate: _Candidate, other: _Candidate) -> bool:
        """Join two households or report the doubt; return False if they were decided to differ."""
        subject = self.decisions.subjects.name(DUPLICATE, *self.where, candidate.key, other.key)
        decided = self.decisions.of(subject)
        if decided and decided.choice == DIFFERENT:
            return False
        if decided and decided.choice == SAME:
            # the other may have been joined to an earlier household, and no longer exist
            into = self.joined.get(other.household.household_no, other)
            self.joined[candidate.household.household_no] = into
            self.gathered.join(candidate.household, candidate.head, into.household, into.head)
            return True
        line = candidate.head.line
        params = {**other.head.line.location_params, "household": other.household.household_no}
        target = "name" if line.has("name", candidate.head.place) else "head_name"
        self.problems.add(
            line, "household-doubled", _DUPLICATE, target, params=params, subject=subject
        )
        candidate.household.may_be_double = True
        if candidate.newest_day >= other.newest_day:  # what it states would count for the other
            other.household.may_be_double = True
        return True


def _may_be_one(candidate: _Candidate, other: _Candidate) -> bool:
    """Whether the heads have no different ID numbers, or one that was corrected on another list."""
    numbers = candidate.id_number, other.id_number
    if None in numbers or numbers[0] == numbers[1]:
        return True
    tables = {id(line.table) for line in candidate.household.lines}
    digits = zip(str(numbers[0]), str(numbers[1]), strict=False)
    return sum(
        digit != other_digit for digit, other_digit in digits
    ) <= _MOST_CORRECTED and not any(id(line.table) in tables for line in other.household.lines)


def _list_candidates(gathered: GatheredHouseholds) -> Iterator[_Candidate]:
    """Yield all households with people, numbered households first, then by file, sheet and row.

    Yield nothing if every household has a number.
    """
    if not any(household.is_provisional for household in gathered.households.values()):
        return
    counted: Counter[tuple[str | None, ...]] = Counter()
    for household in sorted(gathered.households.values(), key=_sort_key):
        mentions = gathered.mentions[household.household_no]
        heads = (mention for mention in mentions if mention.is_head)
        head = next(heads, next(iter(mentions), None))
        if head is None:
            continue
        ids = (mention.id.number for mention in mentions if mention.name == head.name)
        id_number = next(filter(None, ids), None)
        key = id_number or household.household_no
        if household.is_provisional and id_number is None:
            # its number is made of file, sheet and row, which differ on the list of a later month:
            # a decision keyed by it would be asked again every month
            table = head.line.table
            among = table.file_name, table.sheet, household.community, head.name
            file, sheet = table.undated_names
            key = f"{file}|{sheet}|{counted[among]}"
            counted[among] += 1
        yield _Candidate(household, head, id_number, key)


def _sort_key(household: RegisterHousehold) -> tuple[bool, tuple[str, str, int], str]:
    return household.is_provisional, household.lines[0].sort_key, household.household_no


_DUPLICATE = Message(
    "this household has no number, and its head has the same name as that of household {household}"
    " ({file}, {sheet}, row {row}) in the same community; decide whether they are one"
)


def join_namesakes(
    household: RegisterHousehold, decisions: ProblemDecisions, problems: ProblemLog
) -> None:
    """Join people of one name if it was decided that they are one; report who may be one.

    An ID number or birth date may have been corrected on a newer list. Whom a list has as two
    people, they are two. Until it is decided, it is unknown whether the one on the older list is a
    person of their own.
    """
    people = household.people
    for person in people if household.may_be_double else ():
        person.mark_double(household.first_line)
    if len({person.name for person in people}) == len(people):
        return
    by_name: dict[str, list[RegisterPerson]] = defaultdict(list)
    for person in people:
        by_name[person.name or ""].append(person)
    for name, namesakes in by_name.items():
        marks = pairwise(person.id.number or person.id.shown or "" for person in namesakes)
        person = namesakes[0]  # of those who were joined so far, the newest
        for numbers, other in zip(marks, namesakes[1:], strict=True) if name else ():
            pair, person = (person, other), other
            if _stand_together(*pair):
                continue
            older, newer = pair if pair[0].last_day < pair[1].last_day else pair[::-1]
            subject = decisions.subjects.name(PERSON, household.community, name, *sorted(numbers))
            decided = decisions.of(subject)
            if decided is None:
                line, params = older.mentions[0].line, newer.mentions[0].line.location_params
                older.mark_double(line)
                code, target = "namesakes", "name"
                problems.add(line, code, _NAMESAKES, target, params=params, subject=subject)
            elif decided.choice == ONE_PERSON:
                people.remove(older)
                newer.mentions += older.mentions
                person = newer


def _stand_together(person: RegisterPerson, other: RegisterPerson) -> bool:
    """Whether a list has both people."""
    tables = {id(mention.line.table) for mention in person.mentions}
    return any(id(mention.line.table) in tables for mention in other.mentions)


def join_newcomers(
    household: RegisterHousehold, decisions: ProblemDecisions, problems: ProblemLog
) -> None:
    """Join who is known only by an event to who is new on a later list, if they are one person.

    A newborn may be listed under another name, with the ID number that the event lacks. Until it is
    decided, it is unknown whether who came by the event is a person of their own.
    """
    came = [person for person in household.people if _is_on_no_list(person)]
    for person in came:
        for other in [each for each in household.people if _may_be_newcomer(person, each)]:
            names = (person.name or "", person.id.number or "", other.name or "")
            subject = decisions.subjects.name(
                PERSON, household.community, *names, other.id.number or ""
            )
            decided = decisions.of(subject)
            if decided is None:
                params: dict[str, str | int] = {"who": person.member_no, "day": person.last_day}
                line = other.mentions[0].line
                person.mark_double(line)
                problems.add(
                    line, "newcomer-listed", _NEWCOMER, "name", params=params, subject=subject
                )
                break
            if decided.choice == ONE_PERSON:
                household.people.remove(person)
                other.former += household.list_numbers(person)
                other.mentions += person.mentions
                break


def _is_on_no_list(person: RegisterPerson) -> bool:
    """Whether somebody is known only by the event that they came."""
    return all(mention.line.table.kind == "form" for mention in person.mentions)


def _may_be_newcomer(person: RegisterPerson, other: RegisterPerson) -> bool:
    """Whether somebody came to the lists after an event, and may be who came by it."""
    days = [mention.line.table.dated_on or "" for mention in other.mentions]
    has_numbers = person.id.number is not None and other.id.number is not None
    return not _is_on_no_list(other) and min(days) > person.last_day and not has_numbers


_NEWCOMER = Message(
    "{who} came by an event of {day} and is not on this newer list, where this person is new; until"
    " it is decided whether they are one person, they count once"
)
_NAMESAKES = Message(
    "somebody of this name stands in this household already ({file}, {sheet}, row {row}), with"
    " another birth date or ID number; until it is decided, they count once"
)
