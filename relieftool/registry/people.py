"""Lines into households and people: who belongs together, and who is the same person."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from relieftool.idnumbers import IdNumber, read_id_number
from relieftool.messages import Message
from relieftool.registry.communities import normal_community
from relieftool.registry.lines import Findings, Line
from relieftool.values import Cell, is_blank, plain

_HEAD_WORDS = frozenset({"户主", "本人", "户主本人", "戶主", "0"})
_DAMAGED_FROM = 1e15
_KEY_LENGTH = 8


@dataclass
class Sighting:
    """One person on one line: at a place of repeated columns, or None for the line's own."""

    line: Line
    place: int | None
    name: str | None
    id: IdNumber
    relation: str | None
    is_head: bool


@dataclass
class Person:
    """A member: all lines that speak of the same person, in the order of file, sheet and row."""

    sightings: list[Sighting] = field(default_factory=list)
    member_no: str = ""
    place: int = 0

    @property
    def name(self) -> str | None:
        """Give the name as first written."""
        return next((one.name for one in self.sightings if one.name), None)

    @property
    def id(self) -> IdNumber:
        """Give the first valid ID number, or none."""
        return next((one.id for one in self.sightings if one.id.number), IdNumber())

    @property
    def relation(self) -> str | None:
        """Give the relation to the head as first written."""
        return next((one.relation for one in self.sightings if one.relation), None)

    @property
    def is_head(self) -> bool:
        """Say whether any line calls this person the head."""
        return any(one.is_head for one in self.sightings)


@dataclass
class Household:
    """A household: its number, community, lines and people (head first)."""

    household_no: str
    community: str
    lines: list[Line]
    people: list[Person] = field(default_factory=list)
    is_provisional: bool = False


@dataclass
class _Group:
    """Lines of one household within one table, before it has a number."""

    lines: list[Line]
    number: str | None
    community: str | None
    sightings: list[Sighting]


def gather_households(
    lines: Iterable[Line], secret: str, findings: Findings
) -> dict[str, Household]:
    """Give households by number. Rows without name, ID and household number are told as unused."""
    groups = [group for group in _groups(lines, findings) if group is not None]
    used = defaultdict(set)
    for group in groups:
        if group.number and group.community:
            used[group.number].add(group.community)
    households: dict[str, Household] = {}
    by_head: dict[str, str] = {}
    for group in sorted(groups, key=lambda one: (one.number is None, one.lines[0].order)):
        named = _numbered(group, used, by_head, secret, findings)
        if named is None:
            continue
        number, community = named
        household = households.setdefault(number, Household(number, community, []))
        household.lines += group.lines
        household.is_provisional |= group.number is None
        _join_people(household, group.sightings)
        head = next((one.id.number for one in group.sightings if one.is_head), None)
        if head:
            by_head.setdefault(head, number)
    for household in households.values():
        _order_people(household, findings)
    return households


def _groups(lines: Iterable[Line], findings: Findings) -> Iterator[_Group]:
    """Put lines of one household together: by number, else by the row they continue."""
    groups: dict[object, list[Line]] = defaultdict(list)
    for line in lines:
        number = _household_no(line, findings)
        first = line.head or line
        table = id(line.table)
        groups[(table, number, _community(line)) if number else (table, first.number)].append(line)
    for grouped in groups.values():
        number = _household_no(grouped[0], None)
        communities = (_community(line) for line in grouped)
        sightings = [one for line in grouped for one in _sightings(line, findings)]
        if not sightings and number is None:
            findings.add(grouped[0], "row-unusable", _NOBODY, is_unused=True)
            continue
        if number is None:
            _mark_head(sightings)
        yield _Group(grouped, number, next(filter(None, communities), None), sightings)


_NOBODY = Message("the row has no name, no ID number and no household number; fill one in")
_NO_COMMUNITY = Message(
    "no community is known for this row; add a 社区 column, or `area` in import.toml"
)
_NUMBER_DAMAGED = Message(
    "the household number was kept as a figure and lost its last digits; type it again as text"
)


def _household_no(line: Line, findings: Findings | None) -> str | None:
    """Give the sheet's own household number of a line."""
    cell = line.shared_cell("household_no")
    if isinstance(cell, float) and abs(cell) >= _DAMAGED_FROM:
        if findings is not None:
            findings.add(line, "household-no-damaged", _NUMBER_DAMAGED, "household_no")
        return None
    return None if is_blank(cell) else plain(cell).lstrip("'")


def _community(line: Line) -> str | None:
    """Give the community of a line: its own column, else what the table says."""
    cell = line.shared_cell("community")
    text = line.table.community if is_blank(cell) else plain(cell)
    return normal_community(text) if text else None


def _sightings(line: Line, findings: Findings) -> Iterator[Sighting]:
    """Give the people a line speaks of."""
    places = line.table.places
    for place in places:
        found = _sighting(line, place, "name", "id_number", findings)
        if found:
            yield found
    if line.has("name") or line.has("id_number"):
        found = _sighting(line, None, "name", "id_number", findings)
        if found:
            found.is_head |= _is_named_head(line, found)
            yield found
    elif line.has("head_name") or line.has("head_id_number"):
        found = _sighting(line, None, "head_name", "head_id_number", findings)
        if found:
            found.is_head = line.head is None
            yield found


def _sighting(
    line: Line, place: int | None, name_target: str, id_target: str, findings: Findings
) -> Sighting | None:
    """Give the person at one place of a line; None where neither name nor ID stands."""
    name, number = line.cell(name_target, place), line.cell(id_target, place)
    if is_blank(name) and is_blank(number):
        return None
    read = read_id_number(number)
    if read.problem:
        code = "id-number-damaged" if read.is_damaged else "id-number-wrong"
        code = "card-in-id-column" if read.number else code
        findings.add(line, code, read.problem, id_target, place)
    relation = line.cell("relation", place)
    word = None if is_blank(relation) else plain(relation)
    return Sighting(line, place, clean_name(name), read, word, word in _HEAD_WORDS)


def clean_name(cell: Cell) -> str | None:
    """Give a name with outer and inner blanks of a two-letter name taken out; None if blank.

    >>> clean_name(" 王 芳 "), clean_name("阿依古丽•买买提"), clean_name("John Smith")
    ('王芳', '阿依古丽·买买提', 'John Smith')
    """
    if is_blank(cell):
        return None
    text = str(cell).strip().strip("'`")
    for dot in "•‧・．":
        text = text.replace(dot, "·")
    is_latin = any(char.isascii() and char.isalpha() for char in text)
    return " ".join(text.split()) if is_latin else "".join(text.split())


def _is_named_head(line: Line, found: Sighting) -> bool:
    """Say whether the line's household names this person as head."""
    number = read_id_number(line.shared_cell("head_id_number")).number
    if number and found.id.number:
        return number == found.id.number
    name = clean_name(line.shared_cell("head_name"))
    return name is not None and name == found.name


def _mark_head(sightings: list[Sighting]) -> None:
    """Let the first line's first person be head where no line names one."""
    if sightings and not any(one.is_head for one in sightings):
        sightings[0].is_head = True


def _numbered(
    group: _Group,
    used: dict[str, set[str]],
    by_head: dict[str, str],
    secret: str,
    findings: Findings,
) -> tuple[str, str] | None:
    """Give a group's household number and community; None where no community is known."""
    community = group.community
    if group.number and community is None and len(used[group.number]) == 1:
        (community,) = used[group.number]
    head = next((one for one in group.sightings if one.is_head), None)
    known = by_head.get(head.id.number) if head and head.id.number else None
    if community is None and known is None:
        for line in group.lines:
            findings.add(line, "community-unknown", _NO_COMMUNITY, "community", is_unused=True)
        return None
    if group.number:
        shared = len(used[group.number]) > 1
        return f"{community}-{group.number}" if shared else group.number, community or ""
    if known:
        return known, community or ""
    first = group.lines[0]
    seed = head.id.number if head and head.id.number else "|".join(map(str, first.order))
    return f"{community}-{keyed_hash(secret, seed)}", community or ""


def keyed_hash(secret: str, text: str) -> str:
    """Give a short hash that nobody without the register's secret can try out numbers against."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:_KEY_LENGTH]


def _join_people(household: Household, sightings: Iterable[Sighting]) -> None:
    """Let lines about the same person meet: by ID number, else by name within the household."""
    for one in sightings:
        person = next((each for each in household.people if _is_same(each, one)), None)
        if person is None:
            person = Person()
            household.people.append(person)
        person.sightings.append(one)


def _is_same(person: Person, sighting: Sighting) -> bool:
    """Say whether a line speaks of a person of the same household."""
    if person.id.number and sighting.id.number:
        return person.id.number == sighting.id.number
    # two places of one line are two people; the line's own head may stand again at a place
    same_line = any(
        one.line is sighting.line and None not in (one.place, sighting.place)
        for one in person.sightings
    )
    return not same_line and person.name is not None and person.name == sighting.name


def _order_people(household: Household, findings: Findings) -> None:
    """Put the head first, then the oldest; number the people; tell when there is not one head."""
    if household.people and not any(one.is_head for one in household.people):
        household.people[0].sightings[0].is_head = True
    heads = [one for one in household.people if one.is_head]
    if len(heads) > 1:
        line = heads[1].sightings[0].line
        findings.add(line, "two-heads", Message("two people are head; mark one"), "relation")
    household.people.sort(
        key=lambda one: (
            one is not (heads[0] if heads else None),
            one.id.birth_date or "9999",
            one.id.number or "",
            one.name or "",
        )
    )
    for place, person in enumerate(household.people, start=1):
        person.place = place
        person.member_no = f"{household.household_no}-{place:02}"
