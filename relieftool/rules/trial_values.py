"""Supposing answers of one household: which values are worth trying, and what follows from them.

A comparison changes only at its line, so two values between two lines all do the same. What the
rules read is looked up once for all households; a truth that reads none of the supposed answers is
taken from the household as it is.
"""

import datetime as dt
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, Range
from relieftool.rules.question_memo import HouseholdPattern
from relieftool.rules.rule_reads import LIVES, STATED_SIZE, RuleReads, keep_some
from relieftool.rules.syntax import Node
from relieftool.rules.ways import HOUSEHOLD, Question, TrialValue
from relieftool.values.cells import UnitRow

_FAR = 10**12  # an amount in fen beyond any line
_OLDEST = 120  # years
_NUMBERS = ("money", "count", "ratio")

NodeForMember = tuple[Node, int | None]  # a node, and the member it is asked for


@dataclass
class SupposedBounds(Bounds):
    """A household as it would be if some facts had other values."""

    base: Bounds
    reads: RuleReads
    changed: frozenset[str]
    originals: Mapping[int, UnitRow]

    def column(self, name: str, member: UnitRow | None = None) -> bool | None:
        """Return whether a column holds; its present value if it reads no supposed answer."""
        if self.reads.of_column(name).isdisjoint(self.changed):
            return self.base.column(name, self.originals.get(id(member), member))
        return super().column(name, member)

    def number(self, node: Node, member: UnitRow | None = None) -> Range:
        """Return the range of a number; its present range if it reads no supposed answer."""
        if isinstance(node, syntax.ColumnRef) and self.reads.of_column(node.column).isdisjoint(
            self.changed
        ):
            return self.base.number(node, self.originals.get(id(member), member))
        return super().number(node, member)


@dataclass(frozen=True)
class TrialValues:
    """Supposes answers for one household, and lists which are worth supposing."""

    pattern: HouseholdPattern
    _alone: dict[tuple[Question, TrialValue], Bounds] = field(default_factory=dict)
    _pools: dict[Question, Sequence[TrialValue]] = field(default_factory=dict)

    @property
    def bounds(self) -> Bounds:
        """The household as it is."""
        return self.pattern.bounds

    @property
    def reads(self) -> RuleReads:
        """What the rules read."""
        return self.pattern.patterns.reads

    def suppose(self, values: Mapping[Question, TrialValue]) -> Bounds:
        """Return the household as it would be if these facts had these values."""
        household = self.bounds.household
        members = list(self.bounds.members)
        originals: dict[int, UnitRow] = {}
        changed: set[str] = set()
        for place in {question.place for question in values}:
            answers = {
                question.column: value
                for question, value in values.items()
                if question.place == place
            }
            if LIVES in answers:
                answers["lives"] = answers[LIVES]
            changed |= answers.keys()
            if place == HOUSEHOLD:
                household = {**household, **answers}
                continue
            row = {**members[place], **answers}
            originals[id(row)] = members[place]
            members[place] = row
        return SupposedBounds(
            self.bounds.statement,
            household,
            members,
            self.bounds,
            self.reads,
            frozenset(changed),
            originals,
        )

    def suppose_one(self, question: Question, value: TrialValue) -> Bounds:
        """Return the household as it would be if one fact had a value; cached."""
        key = question, value
        if key not in self._alone:
            self._alone[key] = self.suppose({question: value})
        return self._alone[key]

    def truth_if(
        self, question: Question, value: TrialValue, node: Node, place: int | None
    ) -> bool | None:
        """Return the truth of a leaf if one question is answered by a value."""
        key = *self._describe(node, place, question), value
        if key not in self.reads.truths:
            supposed = self.suppose_one(question, value)
            truth = supposed.truth(node, None if place is None else supposed.members[place])
            keep_some(self.reads.truths, key, truth)
        return self.reads.truths[key]

    def _describe(self, node: Node, place: int | None, question: Question) -> tuple[Hashable, ...]:
        """Return what an answer's effect on a leaf follows from, whichever household it is."""
        of_whom = "own" if question.place == place else question.place
        return id(node), self.pattern.find_stored(node, place), of_whom, question.name

    def list_alone(self, question: Question) -> Sequence[TrialValue]:
        """Return the values to try for a fact, on both sides of every line of the rules.

        All else is left as it is, so a comparison with another unknown has no line.
        """
        if question not in self._pools:
            compared = [
                (node, place)
                for node in self.reads.find_comparisons(question.name)
                for place in self._find_places(question, node)
            ]
            self._pools[question] = self.list_together(question, [question], compared)
        return self._pools[question]

    def _find_places(self, question: Question, node: Node) -> list[int | None]:
        """Return the members (None: the household) for whom an answer may change a comparison."""
        if node.owner == "household":
            return [None]
        return list(self.list_places()) if question.place == HOUSEHOLD else [question.place]

    def list_places(self) -> list[int]:
        """Return the indexes of the members who live here, or of whom that is unknown."""
        return [place for place, member in enumerate(self.bounds.members) if member["lives"] != 0]

    def list_together(
        self,
        question: Question,
        questions: Sequence[Question],
        comparisons: Sequence[NodeForMember],
    ) -> Sequence[TrialValue]:
        """Return the values to try for a fact: every choice, or numbers on both sides of each line.

        `questions` are all that are supposed together.
        """
        fact = self.bounds.statement.pack.facts.get(question.name)
        if question.name == STATED_SIZE:
            return [None]  # the correct answer: no longer another number than the rows show
        if fact is None or fact.type == "yes_no":
            return [1, 0]
        if fact.type == "choice":
            return [choice.id for choice in fact.choices]
        if fact.type == "date":
            return self._list_dates(comparisons)
        if fact.type == "text":
            return sorted({*_list_words(comparisons), ""})
        numbers = {0, _FAR}
        for node, place in comparisons:
            if _may_read_fact(node, question.name):
                numbers |= self._list_numbers_at_line(question, questions, node, place)
        return sorted(numbers)

    def _list_numbers_at_line(
        self, question: Question, questions: Sequence[Question], node: Node, place: int | None
    ) -> set[int]:
        """Return the whole numbers at and beside the value where a comparison changes.

        The difference of the two sides is taken for a straight line in the one fact: its values at
        0 and at 1 show where it crosses 0.
        """
        if not isinstance(node, syntax.Compare):
            values = node.values if isinstance(node, syntax.OneOf) else ()
            return {value for value in values if isinstance(value, int)}
        if len(questions) > 1:
            return self._find_line(question, questions, node, place)
        key = self._describe(node, place, question)
        if key not in self.reads.lines:
            keep_some(self.reads.lines, key, self._find_line(question, questions, node, place))
        return self.reads.lines[key]

    def _find_line(
        self,
        question: Question,
        questions: Sequence[Question],
        node: syntax.Compare,
        place: int | None,
    ) -> set[int]:
        at_0 = self._find_difference(question, 0, questions, node, place)
        if at_0 is None:
            return set()
        at_1 = self._find_difference(question, 1, questions, node, place)
        if at_1 is None or at_0 == at_1:
            return set()
        line = at_0 / (at_0 - at_1)
        beside = {math.floor(line) - 1, math.floor(line), math.ceil(line), math.ceil(line) + 1}
        return {number for number in beside if number >= 0}

    def _find_difference(
        self,
        question: Question,
        value: int,
        questions: Sequence[Question],
        node: syntax.Compare,
        place: int | None,
    ) -> Fraction | None:
        """Return left less right of a comparison for a value of one fact; None if unknown.

        The other facts of the set are kept at an ordinary value.
        """
        if node.left.type.sort not in _NUMBERS:
            return None
        if len(questions) == 1:
            supposed = self.suppose_one(question, value)
        else:
            ordinary = {other: self._find_ordinary_value(other) for other in questions}
            supposed = self.suppose({**ordinary, question: value})
        member = None if place is None else supposed.members[place]
        left, right = supposed.number(node.left, member), supposed.number(node.right, member)
        return (left - right).known

    def _find_ordinary_value(self, question: Question) -> TrialValue:
        fact = self.bounds.statement.pack.facts.get(question.name)
        if question.name == STATED_SIZE:
            return None
        if fact is not None and fact.type == "choice":
            return fact.choices[0].id
        if fact is not None and fact.type == "date":
            return self.bounds.statement.as_of.isoformat()
        return 1 if question.name == LIVES else 0

    def _list_dates(self, comparisons: Sequence[NodeForMember]) -> list[str]:
        """Return dates as many full years ago as each number compared, and a year more and less."""
        ages = {0, _OLDEST}
        for comparison, place in comparisons:
            member = None if place is None else self.bounds.members[place]
            for node in syntax.children(comparison):
                number = node.type.sort == "count" and self.bounds.number(node, member)
                if number and number.known is not None:
                    ages |= {int(number.known) - 1, int(number.known), int(number.known) + 1}
        return [_years_before(self.bounds.statement.as_of, age) for age in sorted(ages) if age >= 0]


def _years_before(day: dt.date, years: int) -> str:
    """Return the ISO date some full years before a day; 29 February becomes the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(
        year=max(1, day.year - years), day=28 if is_leap_day else day.day
    ).isoformat()


def _may_read_fact(comparison: Node, fact: str) -> bool:
    """Return whether a comparison reads a fact; one that reads a column may."""
    return any(
        isinstance(part, syntax.ColumnRef)
        or (isinstance(part, syntax.FactRef) and part.fact == fact)
        for part in syntax.walk(comparison)
    )


def _list_words(comparisons: Sequence[NodeForMember]) -> set[str]:
    """Return the words that something is compared with."""
    nodes = [part for comparison, _place in comparisons for part in syntax.walk(comparison)]
    listed = {word for node in nodes if isinstance(node, syntax.OneOf) for word in node.values}
    written = {node.value for node in nodes if isinstance(node, syntax.Constant)}
    return {word for word in listed | written if isinstance(word, str)}
