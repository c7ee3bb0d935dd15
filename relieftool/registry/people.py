"""Lines into households and people: who belongs together, and who is the same person."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from relieftool.idnumbers import IdNumber, read_id_number
from relieftool.messages import Message
from relieftool.registry.communities import normal_community
from relieftool.registry.lines import Findings, Line, SheetTable
from relieftool.values import ERROR_LEFT, Cell, is_blank, is_error, is_rounded, plain, visible

_HEAD_WORDS = frozenset({"户主", "本人", "户主本人", "戶主", "0"})
_NO_NAMES = frozenset({"无", "没有"})
_KEY_LENGTH = 8
_OF_HEAD = 0  # the place of a head who stands in the head's columns alone: no fact has this place


@dataclass
class Sighting:
    """One person on one line: at a place of repeated columns, None for the line's own.

    Place 0 is a head named beside a member: nothing else on the line is about that head.
    """

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

    @property
    def head(self) -> Sighting | None:
        """Give the first sighting of a head, else the first of anybody."""
        return next(
            (one for one in self.sightings if one.is_head), next(iter(self.sightings), None)
        )

    def order(self) -> tuple[bool, bool, tuple[str, str, int]]:
        """Give the place to sort by: what says most of where it belongs comes first."""
        return self.number is None, self.community is None, self.lines[0].order


def name_by_sheet(
    read: Iterable[tuple[SheetTable, list[Line]]],
) -> list[tuple[SheetTable, list[Line]]]:
    """Let a sheet that says no community but bears the bare name of one speak for it."""
    listed = list(read)
    lists = (lines for table, lines in listed if table.kind == "households")
    known = {_community(line) for lines_ in lists for line in lines_}
    named = []
    for table, lines in listed:
        name = normal_community(table.sheet)
        settled = table
        if table.community is None and name in known and ("community", None) not in table.columns:
            settled = replace(table, community=name)
        for line in lines:
            line.table = settled
        named.append((settled, lines))
    return named


def gather_households(
    lines: Iterable[Line], secret: str, findings: Findings
) -> dict[str, Household]:
    """Give households by number. Rows without name, ID and household number are told as unused."""
    groups = list(_groups(lines, findings))
    used = defaultdict(set)
    for group in groups:
        if group.number and group.community:
            used[group.number].add(group.community)
    households: dict[str, Household] = {}
    sightings: dict[str, list[Sighting]] = defaultdict(list)
    by_head: dict[str, Household] = {}
    for group in sorted(groups, key=_Group.order):
        household = _numbered(group, used, by_head, secret)
        if household is None:
            for line in group.lines:
                findings.add(line, "community-unknown", _NO_COMMUNITY, "community", is_unused=True)
            continue
        household = households.setdefault(household.household_no, household)
        household.lines += group.lines
        sightings[household.household_no] += group.sightings
        if group.head and group.head.id.number:
            by_head.setdefault(group.head.id.number, household)
    for number, household in households.items():
        household.people = _joined(sightings[number])
        _order_people(household, findings)
    return households


def _groups(lines: Iterable[Line], findings: Findings) -> Iterator[_Group]:
    """Put lines of one household together: by number, else by the row they continue."""
    groups: dict[object, list[Line]] = defaultdict(list)
    for line in lines:
        number = _household_no(line, findings)
        table = id(line.table)
        first = (line.head or line).number
        groups[(table, number, _community(line)) if number else (table, first)].append(line)
    for grouped in groups.values():
        number = _household_no(grouped[0], None)
        communities = (_community(line) for line in grouped)
        sightings = [one for line in grouped for one in _sightings(line, findings)]
        sightings += _unlisted_head(grouped, sightings, findings)
        if not sightings and number is None:
            for line in grouped:
                findings.add(line, "row-unusable", _NOBODY, is_unused=True)
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
    if is_rounded(cell) or is_error(cell):
        if findings is not None and not is_blank(line.cell("household_no")):
            message = ERROR_LEFT if is_error(cell) else _NUMBER_DAMAGED
            findings.add(line, "household-no-damaged", message, "household_no")
        return None
    return None if is_blank(cell) else "".join(plain(cell).lstrip("'").split()) or None


def _head_number(line: Line) -> str | None:
    """Give the valid ID number that a line names its household's head by."""
    return read_id_number(line.shared_cell("head_id_number")).number


def _community(line: Line) -> str | None:
    """Give the community of a line: its own column, else what the table says."""
    cell = line.shared_cell("community")
    text = line.table.community if is_blank(cell) or is_error(cell) else plain(cell)
    return normal_community(text) if text else None


def _sightings(line: Line, findings: Findings) -> Iterator[Sighting]:
    """Give the people a line speaks of."""
    places = line.table.places
    for place in places:
        found = _sighting(line, place, "name", "id_number", findings)
        if found:
            yield found
    own_number = "id_number" if line.has("id_number") else "head_id_number"
    if _has_own_columns(line):
        found = _sighting(line, None, "name", "id_number", findings)
        if found:
            found.is_head |= _is_named_head(line, found)
            yield found
    else:
        # 户主姓名 heads the column of all people where nobody else has one
        found = _sighting(line, None, "head_name", own_number, findings)
        if found:
            found.is_head |= line.head is None and found.relation is None
            yield found


def _has_own_columns(line: Line) -> bool:
    """Say whether the person of a line stands in other columns than the head."""
    return line.has("name") or (line.has("id_number") and line.has("head_id_number"))


def _unlisted_head(
    lines: Sequence[Line], sightings: Iterable[Sighting], findings: Findings
) -> Iterator[Sighting]:
    """Give the head who is named beside the members and has no row among them."""
    if any(one.is_head for one in sightings):
        return
    for line in filter(_has_own_columns, lines):
        found = _sighting(line, None, "head_name", "head_id_number", findings)
        if found:
            found.place, found.relation, found.is_head = _OF_HEAD, None, True
            yield found
            return


def _sighting(
    line: Line, place: int | None, name_target: str, id_target: str, findings: Findings
) -> Sighting | None:
    """Give the person at one place of a line; None where neither name nor ID stands."""
    name, number = line.cell(name_target, place), line.cell(id_target, place)
    if is_error(name):
        findings.add(line, "value-unreadable", ERROR_LEFT, name_target, place)
        name = None
    has_no_name = is_blank(name) or plain(name) in _NO_NAMES
    if is_blank(number) and has_no_name:
        return None
    read = read_id_number(number)
    if read.problem:
        code = "id-number-damaged" if read.is_damaged else "id-number-wrong"
        code = "card-in-id-column" if read.number else code
        findings.add(line, code, read.problem, id_target, place)
    if is_error(number) and has_no_name:
        return None
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
    text = visible(str(cell)).strip().strip("'`")
    for dot in "•‧・．":
        text = text.replace(dot, "·")
    is_latin = any(char.isascii() and char.isalpha() for char in text)
    return " ".join(text.split()) if is_latin else "".join(text.split())


def _is_named_head(line: Line, found: Sighting) -> bool:
    """Say whether the line's household names this person as head."""
    number = _head_number(line)
    if number and found.id.number:
        return number == found.id.number
    name = clean_name(line.shared_cell("head_name"))
    return name is not None and name == found.name


def _mark_head(sightings: list[Sighting]) -> None:
    """Let the first line's first person be head where no line names one."""
    if sightings and not any(one.is_head for one in sightings):
        sightings[0].is_head = True


def _numbered(
    group: _Group, used: dict[str, set[str]], by_head: dict[str, Household], secret: str
) -> Household | None:
    """Give the household a group belongs to; None where no community is known."""
    head = group.head
    community = group.community
    places = used.get(group.number or "", set())
    if group.number and community is None and len(places) == 1:
        (community,) = places
    if group.number and community is not None and read_id_number(group.number).number:
        # a sheet that numbers households by ID numbers, which no output may show
        number = f"{community}-{keyed_hash(secret, group.number)}"
        return Household(number, community, [])
    if group.number and community is not None:
        number = f"{community}-{group.number}" if len(places) > 1 else group.number
        return Household(number, community, [])
    if head and head.id.number in by_head:
        return by_head[head.id.number]
    if community is None:
        return None
    seed = "|".join(map(str, (*group.lines[0].order, (head and head.name) or "")))
    seed = head.id.number if head and head.id.number else seed
    return Household(f"{community}-{keyed_hash(secret, seed)}", community, [], is_provisional=True)


def keyed_hash(secret: str, text: str) -> str:
    """Give a short hash that nobody without the register's secret can try out numbers against."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:_KEY_LENGTH]


def _joined(sightings: list[Sighting]) -> list[Person]:
    """Let lines about the same person meet: by ID number, else by name within the household.

    Those with a number come first, so that the order of lines decides nothing.
    """
    people: list[Person] = []
    for one in sorted(sightings, key=lambda each: each.id.number is None):
        person = next((each for each in people if _is_same(each, one)), None)
        if person is None:
            person = Person()
            people.append(person)
        person.sightings.append(one)
    position = {id(one): place for place, one in enumerate(sightings)}
    for person in people:
        person.sightings.sort(key=lambda one: position[id(one)])
    return sorted(people, key=lambda person: position[id(person.sightings[0])])


def _is_same(person: Person, sighting: Sighting) -> bool:
    """Say whether a line speaks of a person of the same household."""
    if person.id.number and sighting.id.number:
        return person.id.number == sighting.id.number
    # two places of one line are two people; the line's own head may stand again at a place
    same_line = any(
        one.line is sighting.line and None not in (one.place, sighting.place)
        for one in person.sightings
    )
    # two rows of one table without ID numbers are two people, however they are called
    same_table = not sighting.id.number and any(
        one.line.table is sighting.line.table
        and one.line is not sighting.line
        and not one.id.number
        and one.place == sighting.place
        for one in person.sightings
    )
    names = {one.name for one in person.sightings if one.name}
    return not same_line and not same_table and sighting.name in names


def _order_people(household: Household, findings: Findings) -> None:
    """Number the people: those seen first, among them the head, then the oldest.

    So a person who joins later takes the next number and moves nobody. Tell when there is not one
    head.
    """
    if household.people and not any(one.is_head for one in household.people):
        household.people[0].sightings[0].is_head = True
    heads = [one for one in household.people if one.is_head]
    if len(heads) > 1:
        line = heads[1].sightings[0].line
        findings.add(line, "two-heads", Message("two people are head; mark one"), "relation")
    household.people.sort(
        key=lambda one: (
            min(seen.line.table.dated_on or "" for seen in one.sightings),
            one is not (heads[0] if heads else None),
            one.id.birth_date or "9999",
            one.id.number or "",
            one.name or "",
        )
    )
    for place, person in enumerate(household.people, start=1):
        person.place = place
        person.member_no = f"{household.household_no}-{place:02}"
