"""Lines into households and people: who belongs together, and who is the same person.

Household numbers that may be one: alike but for zeros in front, which figures lose.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog, find_line_community
from relieftool.register.person_mentions import (
    Mention,
    choose_head,
    find_mentions,
    find_unlisted_head,
    is_same_person,
    read_household_no,
)
from relieftool.register.sheet_communities import format_missing_community
from relieftool.store.settings import keyed_hash
from relieftool.values.id_numbers import IdNumber, read_id_number


def strip_leading_zeros(number: str) -> str:
    """Return a household number as a figure would keep it.

    >>> strip_leading_zeros("0012"), strip_leading_zeros("12"), strip_leading_zeros("0"), strip_leading_zeros("H01")
    ('12', '12', '0', 'H01')
    """
    return number.lstrip("0") or number[:1]


@dataclass
class SimilarNumbers:
    """The numbers that the lists of each community use, by what they are as figures."""

    _seen: dict[tuple[str, str], dict[str, Line]] = field(default_factory=dict)

    def add(self, number: str, community: str, line: Line) -> None:
        """Note a number and the first row that states it."""
        key = community, strip_leading_zeros(number)
        self._seen.setdefault(key, {}).setdefault(number, line)

    def tell(self, findings: ProblemLog) -> None:
        """Tell numbers of one community that differ only by zeros in front; they stay apart."""
        for numbers in self._seen.values():
            (first, *others), lines = sorted(numbers, key=len), numbers
            for number in others:
                told = {"other": first, **lines[first].place_params}
                findings.add(lines[number], "household-no-similar", _similar(told), "household_no")

    def find_in_any_community(self, number: str) -> str | None:
        """Return the one number like this on lists with communities; None if none or several."""
        key = strip_leading_zeros(number)
        found = {
            one for (_place, figure), some in self._seen.items() if figure == key for one in some
        }
        return found.pop() if len(found) == 1 and not read_id_number(number).number else None


def _similar(told: dict[str, str | int]) -> Message:
    return Message(
        "a list also has the household number {other} ({file}, {sheet}, row {row}), the same but"
        " for zeros in front; they count as two households. If it is one, write both alike, as"
        " text",
        told,
    )


# Of two million keys so long, two are alike once in ten million registers; of 8 digits, always.
_KEY_LENGTH = 16
_NO_NUMBER = IdNumber()


@dataclass(eq=False)
class RegisterPerson:
    """A member: all lines that speak of the same person, in the order of file, sheet and row."""

    sightings: list[Mention] = field(default_factory=list)
    member_no: str = ""
    place: int = 0

    @property
    def name(self) -> str | None:
        """Return the name as first written."""
        for sighting in self.sightings:
            if sighting.name:
                return sighting.name
        return None

    @property
    def id(self) -> IdNumber:
        """Return the first valid ID number, or none."""
        for sighting in self.sightings:
            if sighting.id.number:
                return sighting.id
        return _NO_NUMBER

    @property
    def relation(self) -> str | None:
        """Return the relation to the head as first written."""
        return next((sighting.relation for sighting in self.sightings if sighting.relation), None)

    @property
    def is_head(self) -> bool:
        """Return whether any line calls this person the head."""
        for sighting in self.sightings:  # noqa: SIM110 asked of everybody: a generator costs as much again
            if sighting.is_head:
                return True
        return False


@dataclass
class RegisterHousehold:
    """A household: its number, community, lines and people (head first).

    `stated_head` is whom a person decided to be head. `moved` are the rows of those who live in
    another household by decision: what the rows say of receipt is about them, not those left.
    """

    household_no: str
    community: str
    lines: list[Line]
    people: list[RegisterPerson] = field(default_factory=list)
    is_provisional: bool = False
    stated_head: RegisterPerson | None = None
    moved: set[int] = field(default_factory=set)

    @property
    def heads(self) -> list[RegisterPerson]:
        """Return everybody that a line calls the head."""
        return [person for person in self.people if person.is_head]

    @property
    def head(self) -> RegisterPerson | None:
        """Return the head: whom a person decided on, else whom a line names, else the first."""
        if self.stated_head in self.people:
            return self.stated_head
        return next(iter(self.heads), next(iter(self.people), None))


@dataclass
class _Group:
    """Lines of one household within one table, before it has a number."""

    lines: list[Line]
    number: str | None
    community: str | None
    sightings: list[Mention]

    @property
    def head(self) -> Mention | None:
        """Return the first sighting of a head, else the first of anybody."""
        return next(
            (sighting for sighting in self.sightings if sighting.is_head),
            next(iter(self.sightings), None),
        )

    def order(self) -> tuple[bool, bool, tuple[str, str, int]]:
        """Return the place to sort by: what says most of where it belongs comes first."""
        return self.number is None, self.community is None, self.lines[0].order


@dataclass
class GatheredHouseholds:
    """Households by number, and whom their lines speak of, before these are joined to people."""

    households: dict[str, RegisterHousehold] = field(default_factory=dict)
    sightings: dict[str, list[Mention]] = field(default_factory=lambda: defaultdict(list))
    _same: list[tuple[str, Mention, Mention]] = field(default_factory=list)

    def join(
        self, one: RegisterHousehold, head: Mention, into: RegisterHousehold, other: Mention
    ) -> None:
        """Make two households one; their heads, on these lines, are one person."""
        into.lines += one.lines
        self.sightings[into.household_no] += self.sightings.pop(one.household_no)
        del self.households[one.household_no]
        self._same.append((into.household_no, other, head))

    def settled(self, findings: ProblemLog) -> dict[str, RegisterHousehold]:
        """Return the households with their people, in the order to be numbered."""
        for number, household in self.households.items():
            household.people = _joined(self.sightings[number])
        for number, one, other in self._same:
            _unite(self.households[number].people, one, other)
        for household in self.households.values():
            _report_namesakes(household.people, findings)
            _report_headless(household, findings)
            _order_people(household)
        return self.households


def _unite(people: list[RegisterPerson], one: Mention, other: Mention) -> None:
    """Let two lines that were decided to be about one person be about one."""
    bearer = next(each for each in people if _is_on(each, one))
    double = next(each for each in people if _is_on(each, other))
    if bearer is not double:
        people.remove(double)
        bearer.sightings += double.sightings


def _is_on(person: RegisterPerson, sighting: Mention) -> bool:
    return any(one is sighting for one in person.sightings)


def gather_households(
    lines: Iterable[Line], secret: str, findings: ProblemLog
) -> GatheredHouseholds:
    """Return households by number. Rows without name, ID and household number are told as unused."""
    groups = list(_groups(lines, findings))
    used = defaultdict(set)
    similar = SimilarNumbers()
    for group in groups:
        if group.number and group.community:
            used[group.number].add(group.community)
            if read_id_number(group.number).number is None:
                similar.add(group.number, group.community, group.lines[0])
    similar.tell(findings)
    gathered = GatheredHouseholds()
    households, sightings = gathered.households, gathered.sightings
    by_head: dict[str, RegisterHousehold] = {}
    for group in sorted(groups, key=_Group.order):
        household = _numbered(group, used, by_head, secret)
        if household is None:
            other = similar.find_in_any_community(group.number) if group.number else None
            is_numbered = bool(group.number)
            message = format_missing_community(group.lines[0].table, other, is_numbered=is_numbered)
            for line in group.lines:
                findings.add(line, "community-unknown", message, "community", is_unused=True)
            continue
        household = households.setdefault(household.household_no, household)
        household.lines += group.lines
        sightings[household.household_no] += group.sightings
        if group.head and group.head.id.number:
            by_head.setdefault(group.head.id.number, household)
    return gathered


def _groups(lines: Iterable[Line], findings: ProblemLog) -> Iterator[_Group]:
    """Put lines of one household together: by number, else by the row they continue."""
    groups: dict[object, list[Line]] = defaultdict(list)
    for line in lines:
        number = read_household_no(line, findings)
        table = id(line.table)
        first = (line.head or line).number
        groups[(table, number, find_line_community(line)) if number else (table, first)].append(
            line
        )
    for grouped in groups.values():
        number = read_household_no(grouped[0], None)
        communities = (find_line_community(line) for line in grouped)
        sightings = [mention for line in grouped for mention in find_mentions(line, findings)]
        sightings += find_unlisted_head(grouped, sightings, findings)
        if not sightings and number is None:
            for line in grouped:
                findings.add(line, "row-unusable", _NO_IDENTITY, is_unused=True)
            continue
        if number is None:
            _report_no_head(grouped[0], sightings, findings)
            choose_head(sightings)
        yield _Group(grouped, number, next(filter(None, communities), None), sightings)


def _report_no_head(line: Line, sightings: list[Mention], findings: ProblemLog) -> None:
    """Tell a household without number whose first row says whose wife or son it is, and no head."""
    if sightings[0].relation is not None and not any(sighting.is_head for sighting in sightings):
        findings.add(line, "relation-without-head", _NO_HEAD, "relation", sightings[0].place)


_NO_HEAD = Message(
    "this row states a relation to a head (户主), and no head stands above it; it was kept as a"
    " household of its own. Put it below its head, or give both the same 户编号"
)
_NO_IDENTITY = Message("the row has no name, no ID number and no household number; fill one in")


def _numbered(
    group: _Group, used: dict[str, set[str]], by_head: dict[str, RegisterHousehold], secret: str
) -> RegisterHousehold | None:
    """Return the household a group belongs to; None where no community is known."""
    head = group.head
    community = group.community
    places = used.get(group.number or "", set())
    if group.number and community is None and len(places) == 1:
        (community,) = places
    if group.number and community is not None and read_id_number(group.number).number:
        # a sheet that numbers households by ID numbers, which no output may show
        number = f"{community}-{keyed_hash(secret, group.number, _KEY_LENGTH)}"
        return RegisterHousehold(number, community, [])
    if group.number and community is not None:
        number = f"{community}-{group.number}" if len(places) > 1 else group.number
        return RegisterHousehold(number, community, [])
    if head and head.id.number in by_head:
        return by_head[head.id.number]
    if community is None:
        return None
    seed = "|".join(map(str, (*group.lines[0].order, (head and head.name) or "")))
    seed = head.id.number if head and head.id.number else seed
    return RegisterHousehold(
        f"{community}-{keyed_hash(secret, seed, _KEY_LENGTH)}", community, [], is_provisional=True
    )


def _joined(sightings: list[Mention]) -> list[RegisterPerson]:
    """Let lines about the same person meet: by ID number, else by name within the household.

    Those with a number come first, so that the order of lines decides nothing.
    """
    numbers = {one.id.number for one in sightings}
    if len(numbers) == len(sightings) and None not in numbers:
        return [RegisterPerson([one]) for one in sightings]
    people: list[RegisterPerson] = []
    for sighting in sorted(sightings, key=lambda each: each.id.number is None):
        person = next((each for each in people if is_same_person(each.sightings, sighting)), None)
        if person is None:
            person = RegisterPerson()
            people.append(person)
        person.sightings.append(sighting)
    position = {id(one): place for place, one in enumerate(sightings)}
    for person in people:
        person.sightings.sort(key=lambda one: position[id(one)])
    return sorted(people, key=lambda person: position[id(person.sightings[0])])


def _report_namesakes(people: list[RegisterPerson], findings: ProblemLog) -> None:
    """Tell who bears the name of another of the household and is kept apart from him by a date."""
    by_name: dict[str, list[RegisterPerson]] = defaultdict(list)
    for person in people:
        by_name[person.name or ""].append(person)
    for name, namesakes in by_name.items():
        for one, other in pairwise(namesakes) if name else ():
            line, elsewhere = other.sightings[0].line, one.sightings[0].line
            is_unsure = one.id.number is None or other.id.number is None
            if is_unsure and line.table is not elsewhere.table:
                findings.add(line, "namesakes", _namesakes(elsewhere.place_params), "name")


def _namesakes(told: Mapping[str, str | int]) -> Message:
    return Message(
        "somebody of this name stands in this household already ({file}, {sheet}, row {row}), with"
        " another birth date or ID number; both were kept. If they are one person, correct either",
        told,
    )


def _report_headless(household: RegisterHousehold, findings: ProblemLog) -> None:
    """Tell a household whose people all state a relation to a head, and none is the head."""
    people = household.people
    if people and not household.heads and all(person.relation for person in people):
        line = people[0].sightings[0].line
        findings.add(line, "household-without-head", _HEADLESS, "relation")


_HEADLESS = Message(
    "everybody of this household states a relation, and nobody is 户主; one of them was taken for"
    " the head. Mark the head, or add the row that is missing"
)


def _order_people(household: RegisterHousehold) -> None:
    """Put people in the order to be numbered: those seen first, among them the head, the oldest."""
    heads = household.heads
    if household.people and not heads:
        household.people[0].sightings[0].is_head = True
    first_head = next(iter(heads), next(iter(household.people), None))
    household.people.sort(
        key=lambda one: (
            min([seen.line.table.dated_on or "" for seen in one.sightings]),
            one is not first_head,
            one.id.birth_date or "9999",
            one.id.number or "",
            one.name or "",
        )
    )
