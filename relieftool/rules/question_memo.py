"""What the search for questions knows of the rules, and what it found, for all households.

The cone of a question is everything below it in the rules. What is found for one household serves
every other that is alike in all that the cone reads. Where a comparison reads nothing unknown, only
its truth counts: two incomes below the same line are alike. Otherwise the stored values count, for
they say where the line is. Members count in order.
"""

import datetime as dt
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from relieftool.pack.facts import RECEIPT
from relieftool.rules import syntax
from relieftool.rules.compiled_rules import (
    LIVES,
    NUMBERS,
    SIZE_READ,
    STATED_SIZE,
    Scope,
    Unit,
    Units,
    compile_rules,
)
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.sql import (
    ColumnKind,
    find_planned_column,
    find_stored_column,
    format_column_name,
)
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node
from relieftool.rules.ways import LIVES_TOGETHER, Question, TrialValue

# For whom a part of a cone is asked: the household, the member asked about, each who lives there.
Asked = Literal["household", "own", "each"]
ConePart = tuple[Node, Asked]

_OLDEST = 120  # years
FAR = 10**12  # an amount in fen beyond any line
# Whatever is kept of households is forgotten at this number, so that memory has a bound.
_MOST_KEPT = 50_000


class QuestionMemo:
    """What the rules of a statement read, looked up once, and what was found for households."""

    def __init__(self, statement: Statement) -> None:
        """Start with nothing looked up."""
        self.statement = statement
        self.rules = compile_rules(statement)
        self.found: dict[Hashable, Any] = {}  # the questions found, by pattern
        self.truths: dict[Hashable, Any] = {}  # of a leaf for each answer to its only question
        self._own_reads: dict[int, Sequence[tuple[Scope, str, str]]] = {}
        self._values: dict[str, Sequence[TrialValue]] = {}
        self._cones: dict[int, list[ConePart]] = {}
        self._atoms: dict[int, list[ConePart]] = {}
        self._comparisons: dict[int, list[tuple[syntax.Compare, Asked]]] = {}

    def keep(self, kept: dict[Hashable, Any], pattern: Hashable, found: Any) -> None:
        """Keep what was found for the next households; before there is too much, forget all."""
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[pattern] = found

    @cached_property
    def _nodes(self) -> list[Node]:
        return [node for column in self.rules.columns.values() for node in syntax.walk(column)]

    @cached_property
    def names(self) -> list[str]:
        """The names of all that can be asked, in the order of the pack: facts, then receipts.

        Nearly every rule reads two of them: who lives in the household, and how many people do.
        """
        read = {node.fact for node in self._nodes if isinstance(node, syntax.FactRef)}
        pack = self.statement.pack
        facts = [name for name in pack.facts if name in read - {LIVES_TOGETHER, STATED_SIZE}]
        receipts = [f"{RECEIPT}{programme}" for programme in pack.programmes]
        return [LIVES_TOGETHER, STATED_SIZE, *facts, *receipts]

    def list_values(self, question: Question) -> Sequence[TrialValue]:
        """Return the answers to try, on both sides of every line.

        Of a number, only of the lines that depend on nothing else.
        """
        name = question.name
        if name not in self._values:
            self._values[name] = list(self._list_values(name))
        return self._values[name]

    def _list_values(self, name: str) -> Sequence[TrialValue]:
        fact = self.statement.pack.facts.get(name)
        if name == STATED_SIZE:
            return [None]  # the correct answer: no longer another number than the rows show
        if fact is None or fact.type == "yes_no":
            return [1, 0]
        if fact.type == "choice":
            return [choice.id for choice in fact.choices]
        if fact.type == "date":
            return self._list_dates()
        return (
            sorted({*self._list_words(), ""}) if fact.type == "text" else self._list_numbers(name)
        )

    def is_figure(self, question: Question) -> bool:
        """Return whether a question is answered by an amount or a count."""
        fact = self.statement.pack.facts.get(question.name)
        return fact is not None and fact.is_figure and question.name != STATED_SIZE

    def reads_only_one(self, node: Node) -> bool:
        """Return whether a node reads a single column, so is the same for all households."""
        part = self.rules.part(node)
        return len(part.columns) == len(part.reads) == 1

    def _list_numbers(self, name: str) -> list[int]:
        """Return the numbers at and beside each line for a fact that depends on nothing else."""
        return sorted(number for number in {0, FAR, *self._lines.get(name, ())} if number >= 0)

    @cached_property
    def _lines(self) -> dict[str, set[int]]:
        lines: dict[str, set[int]] = {}
        for node in self._nodes:
            if isinstance(node, (syntax.OneOf, syntax.Compare)) and self.reads_only_one(node):
                name = self.rules.part(node).columns[0][1]
                found = lines.setdefault(name, set())
                if isinstance(node, syntax.OneOf):
                    found |= {value for value in node.values if isinstance(value, int)}
                elif node.left.type.sort in NUMBERS and self.is_figure(Question(0, name)):
                    found |= find_line(self._subtract(node, name, value) for value in (0, 1))
        return lines

    def list_own_reads(self, node: Node) -> Sequence[tuple[Scope, str, str]]:
        """Return what a node reads of its unit and of the household: scopes, columns, doubts.

        Empty if it reads anything of others, as of all members.
        """
        part = self.rules.part(node)
        if part.number not in self._own_reads:
            is_own = SIZE_READ not in part.reads and all(scope != "each" for scope, _ in part.reads)
            self._own_reads[part.number] = [
                (scope, column, format_column_name(ColumnKind.IN_DOUBT, column))
                for scope, column in (part.columns if is_own else ())
            ]
        return self._own_reads[part.number]

    def _subtract(self, node: syntax.Compare, name: str, value: int) -> Fraction | None:
        """Return left less right of a comparison that reads only one fact, which has a value."""
        units = Units(Unit({name: value}), [], [], None)
        left, right = (
            self.rules.part(side).value(units, units.home) for side in (node.left, node.right)
        )
        return None if left is None or right is None else Fraction(left) - Fraction(right)

    def _list_dates(self) -> list[str]:
        """Return dates as many full years ago as each number of the rules, a year more and less."""
        ages = {0, _OLDEST}
        for node in self._nodes:
            for side in syntax.list_read_parts(node) if isinstance(node, syntax.Compare) else ():
                part = self.rules.part(side)
                number = None if part.reads else part.read(_NOBODY, _NOBODY.home)
                if side.type.sort == "count" and number is not None:
                    ages |= {number // part.over + more for more in (-1, 0, 1)}
        as_of = self.statement.as_of
        return [_years_before(as_of, age) for age in sorted(ages) if 0 <= age <= _OLDEST]

    def _list_words(self) -> set[str]:
        """Return the words that something is compared with."""
        listed = [node.values for node in self._nodes if isinstance(node, syntax.OneOf)]
        written = [(node.value,) for node in self._nodes if isinstance(node, syntax.Constant)]
        return {word for values in (*listed, *written) for word in values if isinstance(word, str)}

    def list_cone(self, node: Node) -> list[ConePart]:
        """Return every leaf below a node, each once, and for whom it is asked.

        A leaf is a part whose truth does not follow from the truths below it.
        """
        number = self.rules.part(node).number
        if number not in self._cones:
            walked = self._walk([(node, _find_asked(node))], lambda part: not _is_join(part))
            self._cones[number] = list(walked)
        return self._cones[number]

    def list_atoms(self, leaf: Node) -> list[ConePart]:
        """Return the facts that a leaf reads, and the comparisons inside it instead of theirs."""
        number = self.rules.part(leaf).number
        if number not in self._atoms:
            below = self._list_below(leaf, _find_asked(leaf))
            self._atoms[number] = list(self._walk(below, lambda part: isinstance(part, _ATOMS)))
        return self._atoms[number]

    def list_comparisons(self, node: Node) -> list[tuple[syntax.Compare, Asked]]:
        """Return every comparison below a node, also inside of others, and for whom it is asked."""
        number = self.rules.part(node).number
        if number not in self._comparisons:
            self._comparisons[number] = [
                (part, asked)
                for part, asked in self._walk([(node, _find_asked(node))], None)
                if isinstance(part, syntax.Compare) and part.left.type.sort in NUMBERS
            ]
        return self._comparisons[number]

    def _walk(
        self, start: list[ConePart], is_end: Callable[[Node], bool] | None
    ) -> Iterator[ConePart]:
        """Yield the parts, also in columns, below which nothing more is looked for; None: all."""
        waiting = list(start)
        seen: set[tuple[int, Asked]] = set()
        while waiting:
            part, asked = waiting.pop()
            asked = "household" if part.owner == "household" else asked
            key = self.rules.part(part).number, asked
            if key in seen:
                continue
            seen.add(key)
            is_last = is_end is not None and is_end(part)
            if is_last or is_end is None:
                yield part, asked
            if not is_last:
                waiting += self._list_below(part, asked)

    def _list_below(self, node: Node, asked: Asked) -> list[ConePart]:
        column = find_planned_column(node)
        if column is not None:
            return [(self.rules.columns[column], asked)]
        below: Asked = "each" if isinstance(node, syntax.OverMembers) else asked
        return [(child, below) for child in syntax.children(node)]


def _find_in_doubt(node: Node, unit: Unit) -> bool:
    """Whether a fact for which something is presumed is in doubt, so that nothing is."""
    if not isinstance(node, syntax.FactRef) or not node.may_be_in_doubt:
        return False
    return bool(unit.row[format_column_name(ColumnKind.IN_DOUBT, node.fact)])


def find_line(differences: Iterable[Fraction | None]) -> set[int]:
    """Return the whole numbers at and beside the value of a fact where a comparison changes.

    `differences` are left less right for the fact at 0 and at 1; they are taken for a straight line
    which crosses 0 there.
    """
    first, second = differences
    if first is None or second is None or first == second:
        return set()
    line = first / (first - second)
    return {math.floor(line) - 1, math.floor(line), math.ceil(line), math.ceil(line) + 1}


_NOBODY = Units(Unit({}), [], [], None)


_STATED = (syntax.FactRef, syntax.RangeEnd, syntax.IsInDoubt)
_ATOMS = (syntax.Compare, syntax.OneOf, *_STATED, syntax.Receives, syntax.PaidAmount)


def _find_asked(node: Node) -> Asked:
    return "own" if node.owner == "member" else "household"


def _is_join(node: Node) -> bool:
    """Whether the truth of a node follows from the truths below it."""
    joins = (syntax.And, syntax.Or, syntax.Not, syntax.IsCertain, syntax.Eligible)
    return (
        isinstance(node, joins)
        or (isinstance(node, syntax.OverMembers) and node.question in ("any", "all"))
        or (isinstance(node, syntax.ColumnRef) and node.type.sort == "truth")
    )


def _years_before(day: dt.date, years: int) -> str:
    """Return the ISO date some full years before a day; 29 February becomes the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day).isoformat()


@dataclass(frozen=True)
class HouseholdPattern:
    """Describes one household by what questions read of it."""

    memo: QuestionMemo
    evaluator: Evaluator
    _states: dict[tuple[int, int | None], Hashable] = field(default_factory=dict)

    def describe(self, node: Node, place: int | None) -> Hashable:
        """Return a pattern; the same questions are found for all households that have it."""
        states = self._list_states(self.memo.list_cone(node), place)
        return self.memo.rules.part(node).number, place, self._size, states

    def _list_states(self, parts: list[ConePart], place: int | None) -> Hashable:
        states: list[Hashable] = []
        for part, asked in parts:
            if asked == "each":
                states += [
                    self._find_state(part, each) for each in range(len(self.evaluator.members))
                ]
            else:
                states.append(self._find_state(part, None if asked == "household" else place))
        return tuple(states)

    @cached_property
    def _size(self) -> Hashable:
        """The values from which the size of the household is computed."""
        household = self.evaluator.household
        lives = tuple(member[LIVES] for member in self.evaluator.members)
        return lives, household["listed_members"], household.get(STATED_SIZE)

    def _find_state(self, node: Node, place: int | None) -> Hashable:
        """Return a leaf's truth if it is settled, otherwise the states of its atoms."""
        key = self.memo.rules.part(node).number, place
        if key not in self._states:
            self._states[key] = self._compute_state(node, place)
        return self._states[key]

    def _compute_state(self, node: Node, place: int | None) -> Hashable:
        units = self.evaluator.units
        unit = units.home if place is None else units.members[place]
        column = find_stored_column(node)
        if column is not None:
            return unit.row[column], _find_in_doubt(node, unit)
        if self._is_settled(node, unit):
            truth: bool | None = self.memo.rules.part(node).read(units, unit)
            return truth
        return self._list_states(self.memo.list_atoms(node), place)

    def _is_settled(self, node: Node, unit: Unit) -> bool:
        """Return whether a value stays as it is, whatever answers there may be to what is unknown.

        Nobody is asked for a better source than the one that is used.
        """
        rules, units = self.memo.rules, self.evaluator.units
        column = find_planned_column(node)
        if column is not None:
            return self._is_settled(rules.columns[column], unit)
        below = rules.part(node).below
        match node:
            case syntax.RangeEnd(fact=fact) | syntax.IsInDoubt(fact=fact):
                return (units.home if node.owner == "household" else unit).row[fact] is not None
            case syntax.FactRef() | syntax.Receives() | syntax.PaidAmount():
                asked = units.home if node.owner == "household" else unit
                return asked.row[find_stored_column(node) or ""] is not None
            case syntax.HouseholdSize():
                return units.size is not None
            case syntax.OverMembers(of=of):
                members = [each for each in units.members if each.row[LIVES] != 0]
                return units.size is not None and all(self._is_settled(of, m) for m in members)
            case syntax.FirstKnown(parts=parts):
                below = parts[:1]
            case syntax.OnlyIf(when=when) if rules.part(when).read(units, unit) is False:
                below = (when,)
        return all(self._is_settled(part, unit) for part in below)
