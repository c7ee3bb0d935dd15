"""Groups lines into households, and the mentions on them into people.

A household is recognised by its number; if it has none, by the ID number of its head. A person is
recognised by ID number; if they have none, by name within the household. In doubt, both are kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog, find_line_community
from relieftool.register.person_mentions import (
    HEAD_PLACE,
    Mention,
    choose_head,
    doubt_shared_numbers,
    find_unlisted_head,
    is_same_person,
    list_mentions,
    read_household_no,
)
from relieftool.register.sheet_communities import format_missing_community, may_be_one_community
from relieftool.store.problem_decisions import (
    ProblemDecisions,
)
from relieftool.store.settings import keyed_hash
from relieftool.values.id_numbers import IdNumber, read_id_number

# Of two million households, two get the same hash of 16 digits in one of ten million registers;
# with 8 digits that would happen in every register.
_HASH_LENGTH = 16
NUMBER_KEY = "number:"  # begins a key that is a number on a list
_NO_ID = IdNumber()


@dataclass(eq=False)
class RegisterPerson:
    """A member of a household, with all mentions of them.

    `place` is the member's position in the household, from 1; the member number ends with it.
    `gone_line` is a line by which they may have died or moved away, or live in another household,
    while nobody has decided it; `may_be_gone` if a list says so, or a newer list lacks them.
    `said_gone_on` is the first day on which a list says that, '' unknown, None if none says it;
    `left_on` is the day since which they are, '' unknown. A day may be only a year or month.
    `is_double`: it is undecided whether they are somebody else of whom another list writes.
    `left_elsewhere_on` is the day on which they left another household that lists them too.
    `former` are the numbers that they had in households which are one with theirs.
    """

    mentions: list[Mention] = field(default_factory=list)
    member_no: str = ""
    place: int = 0
    gone_line: Line | None = None
    may_be_gone: bool = False
    said_gone_on: str | None = None
    left_on: str = ""
    is_double: bool = False
    left_elsewhere_on: str | None = None
    former: list[str] = field(default_factory=list)

    def mark_double(self, line: Line) -> None:
        """Mark that they may be somebody else of whom another list writes."""
        self.gone_line, self.may_be_gone, self.is_double = line, True, True

    def mark_gone(self, line: Line, day: str) -> None:
        """Mark that a line says that they died or moved away on a day, '' unknown."""
        self.gone_line, self.may_be_gone = line, True
        self.said_gone_on = day if self.said_gone_on is None else min(self.said_gone_on, day)

    def is_paid_gone(self, until: str | None) -> bool:
        """Whether what is paid until a day, None unknown, is perhaps paid after they were gone."""
        return self.said_gone_on is not None and (until or "9999") > self.said_gone_on

    @property
    def last_day(self) -> str:
        """Return the day of the newest list that has them; '' if none has a day."""
        return max(mention.line.table.dated_on or "" for mention in self.mentions)

    @property
    def newest_mention(self) -> Mention:
        """Return the mention on the newest list; a list without a day is the oldest."""
        return max(self.mentions, key=lambda mention: mention.line.table.dated_on or "")

    @property
    def first_day(self) -> str:
        """Return the day of the oldest list that has them; '' if one of them has no day."""
        return min(mention.line.table.dated_on or "" for mention in self.mentions)

    @property
    def name(self) -> str | None:
        """Return the name from the first mention with a name; None if there is none."""
        for mention in self.mentions:
            if mention.name:
                return mention.name
        return None

    @property
    def id(self) -> IdNumber:
        """Return the first valid ID number; a blank `IdNumber` if no mention has any."""
        for mention in self.mentions:
            if mention.id.number:
                return mention.id
        return _NO_ID

    @property
    def relation(self) -> str | None:
        """Return the first stated relation to the head of household; None if none is stated."""
        for mention in self.mentions:
            if mention.relation:
                return mention.relation
        return None

    @property
    def is_head(self) -> bool:
        """Whether this person is the head in any mention."""
        for mention in self.mentions:  # noqa: SIM110 called for everybody: a generator is twice as slow
            if mention.is_head:
                return True
        return False


@dataclass
class RegisterHousehold:
    """A household: its number, community, lines and people.

    `is_provisional`: no list states its number. `has_made_number`: nor is it an ID number, which
    no output may show; so it was made here. `keys` are what lists call it, by which its identities
    are known; `labels` are all numbers of each of these, the first that by which it is called.
    `decided_head` is the head that somebody decided on, by an event of the day `headed_on` if
    there is one. `moved_rows` are the rows of members who by decision live elsewhere or
    have left: what these rows state about receipt does not apply to the members who remain.
    `left` are those who have left it for no other household, `left_count` is the number of those
    who live here no longer although the newest list has them. What lists
    until `divided_on` state of the household is of the whole that it was a part of.
    `may_be_double`: it is undecided whether it is another household of the register.
    """

    household_no: str
    community: str
    lines: list[Line]
    people: list[RegisterPerson] = field(default_factory=list)
    is_provisional: bool = False
    has_made_number: bool = False
    keys: list[str] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)
    decided_head: RegisterPerson | None = None
    moved_rows: set[int] = field(default_factory=set)
    left: list[RegisterPerson] = field(default_factory=list)
    left_count: int = 0
    divided_on: str | None = None
    headed_on: str | None = None
    may_be_double: bool = False

    @property
    def identity(self) -> int:
        """Return the identity by which the household is called."""
        return next(iter(self.labels))

    @property
    def first_line(self) -> Line:
        """Return the line that was imported first; of a part of a household, of its people."""
        lines = self.lines or [each.line for person in self.people for each in person.mentions]
        return min(lines, key=lambda line: (line.table.table_id, line.number))

    @property
    def former(self) -> list[str]:
        """Return the numbers that the household had before, in their order."""
        numbers = (number for labels in self.labels.values() for number in labels)
        return [number for number in numbers if number != self.household_no]

    def find_member(self, number: str | None) -> RegisterPerson | None:
        """Return the member who has a number, or had it before; None if nobody is called so."""
        called = (person for person in self.people if number in self.list_numbers(person))
        return next(called, None)

    def find_members(self, numbers: Iterable[str]) -> list[RegisterPerson]:
        """Return the members who have these numbers, or had them before."""
        found = map(self.find_member, numbers)
        return [person for person in found if person is not None]

    def list_numbers(self, person: RegisterPerson) -> list[str]:
        """Return the number of a member, and after it those that they had before."""
        own = self.labels.get(self.identity, ()) if self.labels else ()
        before = (f"{label}-{person.place:02}" for label in own if label != self.household_no)
        return [person.member_no, *before, *person.former]

    @property
    def heads(self) -> list[RegisterPerson]:
        """Return all members who are the head in any mention."""
        return [person for person in self.people if person.is_head]

    @property
    def head(self) -> RegisterPerson | None:
        """Return the head; None if the household has no members.

        It is the decided head if they are a member, otherwise the first of `heads`, otherwise the
        first member.
        """
        if self.decided_head in self.people:
            return self.decided_head
        return next(iter(self.heads), next(iter(self.people), None))


Households = dict[str, RegisterHousehold]
HouseholdMember = tuple[RegisterHousehold, RegisterPerson]


def list_person_keys(person: RegisterPerson, household: RegisterHousehold) -> list[str]:
    """Return the keys that decisions about a person may be kept under, the current key first."""
    if person.id.number:
        return [person.id.number]
    return [f"{number}|{person.name}" for number in (household.household_no, *household.former)]


def list_members(households: Mapping[str, RegisterHousehold]) -> list[HouseholdMember]:
    """Return the members of all households, each with their household."""
    return [(household, person) for household in households.values() for person in household.people]


def index_by_id_number(members: Iterable[HouseholdMember]) -> dict[str, list[HouseholdMember]]:
    """Index members by ID number; several households may have members with the same number."""
    found = defaultdict(list)
    for household, person in members:
        if person.id.number:
            found[person.id.number].append((household, person))
    return dict(found)


def strip_leading_zeros(number: str) -> str:
    """Return a household number without leading zeros, which a sheet drops from figures.

    >>> [strip_leading_zeros(number) for number in ("0012", "12", "0", "H01")]
    ['12', '12', '0', 'H01']
    """
    return number.lstrip("0") or number[:1]


@dataclass
class SimilarNumbers:
    """The household numbers of each community, grouped by their form without leading zeros."""

    _seen: dict[tuple[str, str], dict[str, Line]] = field(default_factory=dict)

    def add(self, number: str, community: str, line: Line) -> None:
        """Add a number with its line; for a number added before, the first line stays."""
        key = community, strip_leading_zeros(number)
        self._seen.setdefault(key, {}).setdefault(number, line)

    def report(self, problems: ProblemLog) -> None:
        """Report numbers of one community that differ only by leading zeros.

        They stay two households: an office may well use both 12 and 0012.
        """
        for lines in self._seen.values():
            first, *others = sorted(lines, key=len)
            for number in others:
                params = {"other": first, **lines[first].location_params}
                line = lines[number]
                problems.add(line, "household-no-similar", _SIMILAR, "household_no", params=params)

    def find_in_any_community(self, number: str) -> str | None:
        """Return the only number of any community that differs at most by leading zeros.

        None if there is no such number, or several, or `number` is an ID number.
        """
        key = strip_leading_zeros(number)
        found = {
            similar
            for (_community, stripped), lines in self._seen.items()
            if stripped == key
            for similar in lines
        }
        # a message must not show an ID number that is used as household number
        return found.pop() if len(found) == 1 and not read_id_number(number).number else None


_SIMILAR = Message(
    "a list also has the household number {other} ({file}, {sheet}, row {row}), the same but for"
    " zeros in front; they count as two households. If it is one, write both alike, as text"
)


@dataclass
class LineGroup:
    """The lines of one household in one table, whose final number is not known yet."""

    lines: list[Line]
    number: str | None
    community: str | None
    mentions: list[Mention]

    @property
    def heads(self) -> list[Mention]:
        """Return the mentions that are a head."""
        return [mention for mention in self.mentions if mention.is_head]

    @cached_property
    def head(self) -> Mention | None:
        """Return the first mention that is a head, otherwise the first mention, if any."""
        heads = (mention for mention in self.mentions if mention.is_head)
        return next(heads, next(iter(self.mentions), None))

    @cached_property
    def is_of_list_of_people(self) -> bool:
        """Whether its list is of people and not of households, as a list of the disabled.

        It says nothing of who lives together, or names the head of each without a number.
        """
        line, head = self.lines[0], self.head
        if self.number is not None or head is None or line.has("stated_size"):
            return False
        is_alone = len(self.mentions) == 1 and head.is_chosen and _leaves_head_open(line)
        return is_alone or (head.place == HEAD_PLACE and not head.id.number)

    def sort_key(self) -> tuple[bool, bool, bool, str, tuple[str, str, int]]:
        """Return a sort key that puts groups with number and community first.

        These create the households that groups with less information then join, whatever the
        order of files. Without number, those of older lists come first; people of whom nothing says
        with whom they live come last.
        """
        day = self.lines[0].table.dated_on or "" if self.number is None else ""
        is_last = self.is_of_list_of_people
        return self.number is None, is_last, self.community is None, day, self.lines[0].sort_key


@dataclass
class GatheredHouseholds:
    """Households by number, and the mentions on their lines, which are not yet joined to people."""

    households: dict[str, RegisterHousehold] = field(default_factory=dict)
    mentions: dict[str, list[Mention]] = field(default_factory=lambda: defaultdict(list))
    _same_people: list[tuple[str, Mention, Mention]] = field(default_factory=list)

    def join(
        self,
        household: RegisterHousehold,
        head: Mention,
        into: RegisterHousehold,
        into_head: Mention,
    ) -> None:
        """Join `household` to `into`; the mentions of their heads become one person."""
        into.lines += household.lines
        into.labels |= household.labels
        self.mentions[into.household_no] += self.mentions.pop(household.household_no)
        del self.households[household.household_no]
        self._same_people.append((into.household_no, into_head, head))

    def join_people(self, problems: ProblemLog) -> dict[str, RegisterHousehold]:
        """Join mentions to people; return the households, with people in order of numbering.

        Households without head are reported.
        """
        for number, household in self.households.items():
            household.people = _join_mentions(self.mentions[number])
        for number, mention, same in self._same_people:
            _merge_people(self.households[number].people, mention, same)
        for household in self.households.values():
            _report_headless(household, problems)
            _order_people(household)
        return self.households


def _merge_people(people: list[RegisterPerson], mention: Mention, same: Mention) -> None:
    """Join the two people who have these mentions, because a decision says they are the same."""
    person = next(person for person in people if _has_mention(person, mention))
    double = next(person for person in people if _has_mention(person, same))
    if person is not double:
        people.remove(double)
        person.mentions += double.mentions


def _has_mention(person: RegisterPerson, mention: Mention) -> bool:
    return any(own is mention for own in person.mentions)


def gather_households(
    lines: Iterable[Line], decisions: ProblemDecisions, problems: ProblemLog
) -> GatheredHouseholds:
    """Group lines into households, and return these with their mentions.

    Lines of a household without people and number are reported as unused, and so are lines of a
    household whose community is unknown.
    """
    groups = list(group_lines(lines, problems))
    communities = _list_users(groups)
    if any(len(users) > 1 for users in communities.values()):
        _unite_groups(groups, communities, decisions)
        communities = _list_users(groups)
    similar = _find_similar_numbers(groups)
    similar.report(problems)
    gathered = GatheredHouseholds()
    by_head: dict[str, RegisterHousehold] = {}
    by_person: dict[str, RegisterHousehold | None] = {}
    for group in sorted(groups, key=LineGroup.sort_key):
        found = _find_household(group, communities, by_head, decisions.subjects.secret)
        key = found and _name_key(group, found.community, decisions.subjects.secret)
        if found and found.is_provisional and found.household_no not in gathered.households:
            found = _find_earlier(group, groups, by_person, gathered) or found
        if (known := _find_known_home(group, by_person, gathered)) and known is not found:
            found, key = known, None
        if found is None:
            _report_missing_community(group, similar, problems)
            continue
        household = gathered.households.setdefault(found.household_no, found)
        if key and key not in household.keys:
            household.keys.append(key)
        household.lines += group.lines
        gathered.mentions[household.household_no] += group.mentions
        if group.head and group.head.id.number:
            by_head.setdefault(group.head.id.number, household)
        for mention in group.mentions:
            number = mention.id.number or ""
            if by_person.setdefault(number, household) is not household:
                by_person[number] = None
    return gathered


def _find_similar_numbers(groups: Iterable[LineGroup]) -> SimilarNumbers:
    """Return the household numbers of groups; ID numbers are left out."""
    similar = SimilarNumbers()
    for group in groups:
        if group.number and group.community and not read_id_number(group.number).number:
            similar.add(group.number, group.community, group.lines[0])
    return similar


def _list_users(groups: Iterable[LineGroup]) -> dict[str, set[str]]:
    """Return the communities that use each household number."""
    users: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        if group.number and group.community:
            users[group.number].add(group.community)
    return users


def _unite_groups(
    groups: Iterable[LineGroup], users: Mapping[str, set[str]], decisions: ProblemDecisions
) -> None:
    """Unite the communities of the groups of one number, if these have nearly one name.

    The community is that of the head; groups with different heads stay apart.
    """
    by_number: dict[str, list[LineGroup]] = defaultdict(list)
    for group in groups:
        if group.number and group.community and len(users[group.number]) > 1:
            by_number[group.number].append(group)
    for same in by_number.values():
        same.sort(key=lambda group: (not group.heads, -len(group.lines), group.lines[0].sort_key))
        for place, group in enumerate(same):
            for other in same[:place]:
                names = str(other.community), str(group.community)
                is_one = may_be_one_community(*names, decisions)
                if is_one and _may_share_head(other.heads, group.heads):
                    group.community = other.community
                    break


def _may_share_head(first: list[Mention], second: list[Mention]) -> bool:
    """Whether a head is among both mentions, or one of them has none."""
    return not first or not second or any(is_same_person(first, head) for head in second)


def _find_earlier(
    group: LineGroup,
    groups: Iterable[LineGroup],
    by_person: Mapping[str, RegisterHousehold | None],
    gathered: GatheredHouseholds,
) -> RegisterHousehold | None:
    """Return the household that a group without number was on an older list of the same name.

    Its head may be another since, as after a death. Most of the group's people must be of that
    household, by ID number, nobody of another, and nobody else on the newer list of it either:
    otherwise it may have divided, and who lives where is asked.
    """
    numbers = [mention.id.number for mention in group.mentions if mention.id.number]
    known = [home for home in map(by_person.get, numbers) if home is not None]
    if not known or len(known) * 2 <= len(numbers) or any(home is not known[0] for home in known):
        return None
    home, table = known[0], group.lines[0].table
    day, names = table.dated_on or "", table.undated_names
    lists = [line.table for line in home.lines]
    if not any((lst.dated_on or "9999") < day and lst.undated_names == names for lst in lists):
        return None
    people = {mention.id.number for mention in gathered.mentions[home.household_no]} - {None}
    others = (other for other in groups if other is not group and other.lines[0].table is table)
    is_divided = any(mention.id.number in people for other in others for mention in other.mentions)
    return None if is_divided or any(lst is table for lst in lists) else home


def _find_known_home(
    group: LineGroup,
    by_person: Mapping[str, RegisterHousehold | None],
    gathered: GatheredHouseholds,
) -> RegisterHousehold | None:
    """Return the household that has all people of a group by their ID numbers; None if none has.

    A list of people, as of the disabled, need not say with whom they live if other lists do; what
    it says of their community and head must not contradict these. `by_person` maps an ID number to
    its household, or to None if several have it.
    """
    homes = [by_person.get(mention.id.number) for mention in group.mentions if mention.id.number]
    home = homes[0] if homes and group.number is None else None
    if home is None or any(other is not home for other in homes):
        return None
    heads = {mention.name for mention in gathered.mentions[home.household_no] if mention.is_head}
    is_same_head = all(
        mention.is_chosen or (mention.name in heads if mention.is_head else mention.id.number)
        for mention in group.mentions
    )
    is_here = group.is_of_list_of_people and is_same_head and home.community == group.community
    is_nowhere = group.community is None and (len(group.mentions) == 1 or is_same_head)
    if not (is_here or is_nowhere):
        return None
    for mention in group.mentions:
        mention.is_head &= not mention.is_chosen  # their household says who heads it
    return home


def _report_missing_community(
    group: LineGroup, similar: SimilarNumbers, problems: ProblemLog
) -> None:
    """Report each line of a group whose community is unknown."""
    other = similar.find_in_any_community(group.number) if group.number else None
    is_numbered = bool(group.number)
    message = format_missing_community(group.lines[0].table, other, is_numbered=is_numbered)
    for line in group.lines:
        problems.add(line, "community-unknown", message, "community", is_unused=True)


def group_lines(lines: Iterable[Line], problems: ProblemLog) -> Iterator[LineGroup]:
    """Yield the lines of each household: those of one number, or of one row and its continuations.

    A household's lines are all in one table. Lines without a number or a person are reported.
    """
    groups: dict[tuple[int, str | None, str | int | None], list[Line]] = defaultdict(list)
    for line in lines:
        number = read_household_no(line, problems)
        place = find_line_community(line) if number else (line.head or line).number
        groups[id(line.table), number, place].append(line)
    for (_table, number, _place), grouped in groups.items():
        communities = filter(None, map(find_line_community, grouped))
        mentions = [mention for line in grouped for mention in list_mentions(line, problems)]
        doubt_shared_numbers(mentions, problems)
        mentions += find_unlisted_head(grouped, mentions, problems)
        if not mentions and number is None:
            for line in grouped:
                problems.add(line, "row-unusable", _NO_IDENTITY, is_unused=True)
            continue
        if number is None:
            _report_no_head(grouped[0], mentions, problems)
            choose_head(mentions)
        yield LineGroup(grouped, number, next(communities, None), mentions)


def _report_no_head(line: Line, mentions: list[Mention], problems: ProblemLog) -> None:
    """Report a household without number whose first row states a relation, but that has no head."""
    if mentions[0].relation is not None and not any(mention.is_head for mention in mentions):
        problems.add(line, "relation-without-head", _NO_HEAD, "relation", mentions[0].place)


_NO_HEAD = Message(
    "this row states a relation to a head (户主), and no head stands above it; it was kept as a"
    " household of its own. Put it below its head, or give both the same 户编号"
)
_NO_IDENTITY = Message("the row has no name, no ID number and no household number; fill one in")


def _find_household(
    group: LineGroup,
    communities: Mapping[str, set[str]],
    by_head: dict[str, RegisterHousehold],
    secret: str,
) -> RegisterHousehold | None:
    """Return the household of a group, found or new; None if its community is unknown.

    `communities` maps each household number to the communities that use it. If only one community
    uses it, a list without communities means that community. If several do, the community becomes
    part of the number, because each office counts its households from 1.
    """
    head = group.head
    community = group.community
    users = communities.get(group.number or "", set())
    if group.number and community is None and len(users) == 1:
        (community,) = users
    if group.number and community is not None:
        number = f"{community}-{group.number}" if len(users) > 1 else group.number
        if read_id_number(group.number).number:
            # some sheets number households by ID numbers, which no output may show
            number = _name_key(group, community, secret)
            return RegisterHousehold(number, community, [], has_made_number=True)
        return RegisterHousehold(number, community, [])
    if head and head.id.number in by_head:
        return by_head[head.id.number]
    if community is None:
        return None
    number = _name_key(group, community, secret)
    return RegisterHousehold(number, community, [], is_provisional=True, has_made_number=True)


def _name_key(group: LineGroup, community: str, secret: str) -> str:
    """Return what a household is known by on every list: the same for all groups of it.

    With the head's ID number a household without number is known on every list; without it, only
    its row on this list distinguishes the household from others.
    """
    if group.number:
        is_id = read_id_number(group.number).number
        number = keyed_hash(secret, group.number, _HASH_LENGTH) if is_id else group.number
        return f"{NUMBER_KEY}{community}|{number}"
    head = group.head
    if head and head.id.number:
        return f"head:{keyed_hash(secret, head.id.number, _HASH_LENGTH)}"
    row = (community, *group.lines[0].sort_key, (head and head.name) or "")
    return f"row:{keyed_hash(secret, '|'.join(map(str, row)), _HASH_LENGTH)}"


def _join_mentions(mentions: list[Mention]) -> list[RegisterPerson]:
    """Return the people of a household, with mentions of the same person joined.

    Mentions with an ID number are taken first. Otherwise a mention without ID number would be
    joined to whichever of two namesakes comes earlier, and the order of files would matter.
    """
    numbers = {mention.id.number for mention in mentions}
    if len(numbers) == len(mentions) and None not in numbers:
        return [RegisterPerson([mention]) for mention in mentions]
    people: list[RegisterPerson] = []
    for mention in sorted(mentions, key=lambda mention: mention.id.number is None):
        same = (person for person in people if is_same_person(person.mentions, mention))
        person = next(same, None)
        if person is None:
            person = RegisterPerson()
            people.append(person)
        person.mentions.append(mention)
    position = {id(mention): place for place, mention in enumerate(mentions)}
    for person in people:
        person.mentions.sort(key=lambda mention: position[id(mention)])
    return sorted(people, key=lambda person: position[id(person.mentions[0])])


def _report_headless(household: RegisterHousehold, problems: ProblemLog) -> None:
    """Report a household whose members all state a relation to a head, but that has no head."""
    people = household.people
    if people and not household.heads and all(person.relation for person in people):
        line = people[0].mentions[0].line
        problems.add(line, "household-without-head", _HEADLESS, "relation")


_HEADLESS = Message(
    "everybody of this household states a relation, and nobody is 户主; one of them was taken for"
    " the head. Mark the head, or add the row that is missing"
)


def _rank_mention(mention: Mention) -> tuple[bool, str, tuple[str, str, int], bool, int]:
    """Return whether a mention's list leaves open who is head, its day, and its place on it.

    On one row the head comes first, and then the others in the order of their columns.
    """
    line, place = mention.line, mention.place
    is_open = _leaves_head_open(line, place)
    return is_open, line.table.dated_on or "", line.sort_key, not mention.is_head, place or 0


def _leaves_head_open(line: Line, place: int | None = None) -> bool:
    """Whether a line's list leaves open who is head."""
    names_head = any(line.has(target, place) for target in ("relation", "is_head"))
    return not (names_head or line.table.names_heads)


def _order_people(household: RegisterHousehold) -> None:
    """Sort people for numbering: by their oldest list, then in the order of its rows.

    The oldest list comes first, so that a later list appends members and renumbers nobody; but a
    list that says who is head comes before one that only mentions people. If no line names a head,
    the person who came first before sorting is made the head.
    """
    if household.people and not household.heads:
        household.people[0].mentions[0].choose()
    household.people.sort(key=lambda person: min(map(_rank_mention, person.mentions)))
