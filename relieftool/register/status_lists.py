"""Settles by lists of all people of a sort, as of the disabled, that others are none of them.

A list counts only where it was declared whole. Of whom one of its rows may mean, written otherwise,
nothing is settled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from relieftool.pack.facts import FACT_PAIRS, Fact
from relieftool.pack.models import Pack
from relieftool.register.fact_cells import parse_fact
from relieftool.register.lines import Line, SheetTable
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.register.person_mentions import Mention
from relieftool.values.cells import ValueProblem
from relieftool.values.similarity import SimilarPeople, read_written_number
from relieftool.values.text import is_blank


@dataclass
class StatusList:
    """A list of the people of whom facts hold, and how its rows name them.

    `is_readable`: every row names somebody.
    """

    table: SheetTable
    facts: tuple[Fact, ...]
    is_readable: bool = True
    _names: set[str] = field(default_factory=set)
    _numbers: set[str] = field(default_factory=set)
    _similar: SimilarPeople[None] = field(default_factory=SimilarPeople)

    def add(self, line: Line) -> None:
        """Add the person of a row."""
        name, number = line.name("name"), line.id_number()
        written = read_written_number(line.cell("id_number"), number)
        self.is_readable &= name is not None or written is not None
        if name is not None:
            self._names.add(name)
        if number.number:
            self._numbers.add(number.number)
        # nearly a name counts only where no number tells whom the row means
        self._similar.add(None, None if number.number else name, written)

    def leaves_out(self, person: RegisterPerson, household: RegisterHousehold) -> bool:
        """Whether the list is whole, of the household's community, and has no row of a person."""
        if not (self.table.is_complete and self.is_readable):
            return False
        if self.table.area not in {None, household.community}:
            return False
        return not any(map(self._may_have, person.mentions))

    def _may_have(self, mention: Mention) -> bool:
        """Whether a mention of somebody is on the list, or may be on it written otherwise."""
        if mention.line.table.table_id == self.table.table_id:
            return True
        if mention.name in self._names or mention.id.number in self._numbers:
            return True
        cell = mention.line.cell(mention.id_target, mention.place or None)
        alike = self._similar.find_by_number(read_written_number(cell, mention.id))
        return bool(alike or self._similar.find_by_name(mention.name))


def find_status_lists(
    pack: Pack, read: Iterable[tuple[SheetTable, Iterable[Line]]], as_of: str | None = None
) -> Iterator[StatusList]:
    """Yield the tables whose every row has a person and a fact of which offices keep lists.

    With `as_of`, lists that begin after that day are left out.
    """
    listed = [fact for fact in pack.facts.values() if fact.is_listed]
    for table, lines in read:
        facts = [fact for fact in listed if (fact.id, None) in table.columns]
        if not (facts and table.lists_people) or (as_of and (table.begins_on or "") > as_of):
            continue
        ids = dict.fromkeys(name for fact in facts for name in (fact.id, FACT_PAIRS.get(fact.id)))
        found = StatusList(table, tuple(pack.facts[name] for name in ids if name in pack.facts))
        rows = [line for line in lines if line.role != "total"]
        for line in rows:
            found.add(line)
        if rows and all(any(_holds(fact, line) for fact in facts) for line in rows):
            yield found


def _holds(fact: Fact, line: Line) -> bool:
    """Whether a row says that somebody has a fact, or may say so."""
    cell = line.cell(fact.id)
    try:
        return not is_blank(cell) and parse_fact(fact, cell) != fact.none_value
    except ValueProblem:
        return True
