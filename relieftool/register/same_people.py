"""Finds households and people who may be the same as others: of one name, or on newer lists.

Two households of one community may be the same if their heads have the same name and no different
ID numbers: none, the same, or nearly the same on different lists. A person decides; households are
never joined by name alone. Until then the people of both may be the same, and count once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, permutations

from relieftool.messages import Message
from relieftool.register.lines import ProblemLog
from relieftool.register.people import (
    GatheredHouseholds,
    HouseholdMember,
    Households,
    RegisterHousehold,
    RegisterPerson,
    list_members,
)
from relieftool.register.person_mentions import Mention
from relieftool.store.problem_decisions import (
    DIFFERENT,
    DUPLICATE,
    MOVED_IN,
    ONE_PERSON,
    PERSON,
    SAME,
    SPLIT,
    TO_COMMUNITY,
    ProblemDecisions,
)
from relieftool.values.id_numbers import is_corrected_number
from relieftool.values.similarity import is_similar_name

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
    if any(mention.shared_number for person in people for mention in person.mentions):
        _ask_of_shared_numbers(household, decisions, problems)
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
            subject = decisions.subjects.name(PERSON, household.community, name, *sorted(numbers))
            person = _join_or_ask(people, pair, subject, decisions, problems) or person


def _ask_of_shared_numbers(
    household: RegisterHousehold, decisions: ProblemDecisions, problems: ProblemLog
) -> None:
    """Ask whether two people with nearly one name and one ID number are the same person."""
    people = household.people
    for pair in combinations(people[:], 2):
        first, second = (
            {each.shared_number for each in person.mentions if each.shared_number}
            for person in pair
        )
        shared, names = first & second, sorted(person.name or "" for person in pair)
        if shared and is_similar_name(*names) and all(person in people for person in pair):
            subject = decisions.subjects.name(PERSON, household.community, *names, *sorted(shared))
            _join_or_ask(people, pair, subject, decisions, problems, _NEARLY_ONE)


def _join_or_ask(  # noqa: PLR0913, PLR0917 whom, how it was decided, and how it is asked
    people: list[RegisterPerson],
    pair: tuple[RegisterPerson, RegisterPerson],
    subject: str,
    decisions: ProblemDecisions,
    problems: ProblemLog,
    question: Message | None = None,
) -> RegisterPerson | None:
    """Ask whether two people are one; if it was decided that they are, join and return them."""
    older, newer = pair if pair[0].last_day < pair[1].last_day else pair[::-1]
    decided = decisions.of(subject)
    if decided is None:
        line, params = older.mentions[0].line, newer.mentions[0].line.location_params
        older.mark_double(line)
        asked = question or _NAMESAKES
        problems.add(line, "namesakes", asked, "name", params=params, subject=subject)
    elif decided.choice == ONE_PERSON:
        people.remove(older)
        newer.mentions += older.mentions
        return newer
    return None


def join_moved(
    household: RegisterHousehold,
    person: RegisterPerson,
    decisions: ProblemDecisions,
    problems: ProblemLog,
    *,
    is_answer: bool,
) -> bool:
    """Join who came by an event to their namesake on a list of the household; ask if it is unclear.

    `is_answer`: the event is the answer to whether they moved, and an ID number was corrected.
    Returns whether they are joined.
    """
    numbered = person.name and person.id.number and person in household.people
    for other in list(household.people) if numbered else ():
        ids = person.id.number or "", other.id.number or ""
        if other.name != person.name or "" in ids or ids[0] == ids[1]:
            continue
        if _stand_together(person, other):
            continue
        if is_answer and _may_be_corrected(person, other):
            household.people.remove(person)
            other.mentions += person.mentions
            other.former += household.list_numbers(person)
            return True
        names = household.community, person.name, *sorted(ids)
        subject = decisions.subjects.name(PERSON, *names)
        former = [*household.list_numbers(person)], [*household.list_numbers(other)]
        joined = _join_or_ask(household.people, (person, other), subject, decisions, problems)
        if joined is not None:
            joined.former += former[joined is person]
            return True
    return False


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
_NEARLY_ONE = Message(
    "somebody with nearly this name stands in this household already ({file}, {sheet}, row {row}),"
    " with the same ID number; until it is decided, they count once"
)
_NAMESAKES = Message(
    "somebody of this name stands in this household already ({file}, {sheet}, row {row}), with"
    " another birth date or ID number; until it is decided, they count once"
)


def find_move(
    members: Sequence[HouseholdMember],
) -> tuple[HouseholdMember, HouseholdMember] | None:
    """Return where somebody was on older lists, and where they are on newer ones.

    None if they are in more than two households, or no dates tell which list is newer.
    """
    first, *others = sorted(members, key=_date_mention)
    if len(others) == 1 and "" < _date_mention(first) < _date_mention(others[0]):
        return first, others[0]
    return None


def _date_mention(member: HouseholdMember) -> str:
    """Return the day of the newest list that has a member in this household; "" if it has none."""
    return member[1].newest_mention.line.table.dated_on or ""


def may_have_moved(before: RegisterHousehold, now: RegisterHousehold) -> bool:
    """Whether two households are of people who moved; not one household under two numbers."""
    return before.community != now.community or not _is_whole(before, now)


def _is_whole(part: RegisterHousehold, whole: RegisterHousehold) -> bool:
    """Whether all of one household stand in another, and are most of it."""
    ids = {person.id.number for person in whole.people}
    is_in = all(
        person.id.number in ids or any(_may_be_corrected(person, other) for other in whole.people)
        for person in part.people
        if person.id.number
    )
    return is_in and len(part.people) * 2 > len(whole.people)


def _may_be_corrected(person: RegisterPerson, other: RegisterPerson) -> bool:
    """Whether two people have one name, and ID numbers that differ by a corrected mistake."""
    ids = person.id.number or "", other.id.number or ""
    has_one_name = person.name is not None and person.name == other.name
    return has_one_name and "" not in ids and ids[0] != ids[1] and is_corrected_number(*ids)


def name_move(
    before: RegisterHousehold,
    now: RegisterHousehold,
    people: Sequence[tuple[RegisterPerson, RegisterPerson]],
) -> str:
    """Return what the move of some people is, if it is one: the choice by which it is answered."""
    if before.community != now.community and _is_whole(before, now):
        return TO_COMMUNITY
    return SPLIT if len(people) == len(now.people) < len(before.people) else MOVED_IN


def list_corrected(
    households: Households,
) -> Iterator[tuple[HouseholdMember, HouseholdMember]]:
    """Yield who was in one household until a newer list has them in another, with another number.

    They have the same name, and the ID numbers differ by a corrected mistake. Whom one list has in
    both households, they are two; and so they are if anybody else may be the one or the other.
    """
    by_name: dict[str, list[HouseholdMember]] = {}
    for household, person in list_members(households):
        if person.name and person.id.number and not person.is_double:
            by_name.setdefault(person.name, []).append((household, person))
    for namesakes in by_name.values():
        pairs = [
            (old, new)
            for old, new in permutations(namesakes, 2)
            if _may_be_corrected(old[1], new[1])
            and "" < old[1].last_day < new[1].first_day
            and old[0] is not new[0]
        ]
        seen = Counter(id(person) for pair in pairs for _home, person in pair)
        yield from (pair for pair in pairs if all(seen[id(person)] == 1 for _home, person in pair))


def word_move(kind: str, *, is_corrected: bool) -> Message:
    """Return what is asked of a move; `is_corrected`: if an ID number was corrected."""
    return (_MOVED_CORRECTED if is_corrected else _MOVED)[kind]


_MOVED = {
    SPLIT: Message(
        "members {who} of household {household} are a household of their own on this newer list,"
        " {other}; until it is decided, it is unknown in which they live"
    ),
    MOVED_IN: Message(
        "{who} of household {household} stand in household {other} on a newer list; until it is"
        " decided, it is unknown in which they live"
    ),
    TO_COMMUNITY: Message(
        "household {household} stands in {community} on a newer list, as {other}; until it is"
        " decided, it is unknown where they live"
    ),
}
_MOVED_CORRECTED = {
    SPLIT: Message(
        "members {who} of household {household} are a household of their own on this newer list,"
        " {other}, if an ID number was corrected: it differs by a digit or two; until it is"
        " decided, it is unknown in which they live"
    ),
    MOVED_IN: Message(
        "{who} of household {household} stand in household {other} on a newer list, if an ID number"
        " was corrected: it differs by a digit or two; until it is decided, it is unknown in which"
        " they live"
    ),
    TO_COMMUNITY: Message(
        "household {household} stands in {community} on a newer list, as {other}, if an ID number"
        " was corrected: it differs by a digit or two; until it is decided, it is unknown where"
        " they live"
    ),
}
