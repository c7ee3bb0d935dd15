"""Fact cells read where they stand; what cannot be read is told and unknown."""

from dataclasses import dataclass, field

from relieftool.messages import Message
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack
from relieftool.register.doubled import DuplicateCells, read_duplicate_cells
from relieftool.register.fact_cells import parse_fact, split_fact_pair
from relieftool.register.fact_units import find_unit_fault
from relieftool.register.lines import Line, ProblemLog
from relieftool.values.cells import StoredValue, ValueProblem
from relieftool.values.text import Cell, is_blank

# A column says the same few things over and over; so many are remembered.
_MOST_SEEN = 1 << 14


@dataclass(frozen=True)
class FactReader:
    """Reads fact cells by the pack's list of facts; what cannot be read is told and unknown."""

    pack: Pack
    findings: ProblemLog
    _faulty: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[object, ...], StoredValue] = field(default_factory=dict, repr=False)

    def read(self, fact: Fact, line: Line, cell: Cell, place: int | None = None) -> StoredValue:
        """Read one cell as a fact; a blank cell is what the fact says blank means.

        Under a heading whose unit does not belong every cell is unknown, a blank one too.
        """
        scale = line.table.columns[fact.id, place].scale
        if scale is not None and self._is_faulty(fact, scale):
            return None
        if is_blank(cell):
            return self._of_blank(fact, line, place)
        try:
            return self._past(fact, line, self._parse(fact, line, cell, place))
        except ValueProblem as problem:
            self.findings.add(line, problem.code, problem.message, fact.id, place)
            return None

    def _past(self, fact: Fact, line: Line, value: StoredValue) -> StoredValue:
        """Give a value; nobody was born after the day of the import."""
        latest = line.table.imported_on
        if fact.id == "birth_date" and latest and isinstance(value, str) and value > latest:
            raise ValueProblem(Message("this day has not come yet; check the year"))
        return value

    def _is_faulty(self, fact: Fact, scale: str) -> bool:
        """Say whether a heading's unit is none the fact is measured in; told with its column."""
        key = fact.id, scale
        if key not in self._faulty:
            self._faulty[key] = find_unit_fault(fact, scale) is not None
        return self._faulty[key]

    def _of_blank(self, fact: Fact, line: Line, place: int | None) -> StoredValue:
        """Give what a blank means; merged with the amount above it is not none, but unknown."""
        if fact.blank != "none":
            return None
        top = line.table.columns[fact.id, place].covered.get(line.number)
        if top is None:
            return fact.none_value
        if fact.owner == "member":  # a household's amount stands with its first row as a rule
            self.findings.add(line, "amount-merged", _merged(top), fact.id, place)
        return None

    def _parse(self, fact: Fact, line: Line, cell: Cell, place: int | None) -> StoredValue:
        is_coded = (fact.id, place) in line.table.two_is_no
        scale = line.table.columns[fact.id, place].scale
        if isinstance(cell, DuplicateCells):
            return read_duplicate_cells(
                cell, scale, lambda one, own: self._value(fact, one, own, is_coded=is_coded)
            )
        return self._value(fact, cell, scale, is_coded=is_coded)

    def _value(self, fact: Fact, cell: Cell, scale: str | None, *, is_coded: bool) -> StoredValue:
        """Give the value of one cell, remembered."""
        key = fact.id, scale, is_coded, type(cell), cell
        if key not in self._seen:
            both = split_fact_pair(self.pack, fact.id, cell)
            value = both[0] if both else parse_fact(fact, cell, scale, two_is_no=is_coded)
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen[key] = value
        return self._seen[key]


def _merged(top: int) -> Message:
    return Message(
        "this cell is merged with row {row}: one amount for several rows, and how much of it is"
        " this one's nobody says; write each his own, or 0",
        {"row": top},
    )
