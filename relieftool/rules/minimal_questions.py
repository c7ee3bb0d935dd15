"""The fewest unknown facts that could decide a truth: which questions are worth asking.

First the tree is walked to find, for each node, the sets of unknown facts that could make it true
or false: `and` joins sets, `or` chooses among them. That looks only at which facts matter, so a set
may fail for every value (`age < 3 and age > 60`). Therefore values are tried out next, smallest set
first, and only a set that some values make decide is returned.
"""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product

from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, UnitRow, list_used_parts
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import Node

RECEIPT = "receipt:"
_LIVES, _STATED_SIZE = "lives_together", "stated_size"
_HOUSEHOLD = -1
# The most sets kept per node, and combinations of values tried per truth: a large household of whom
# nothing is known would otherwise have more than can be looked at.
_MOST_SETS, _MOST_TRIES = 300, 600
_FAR = 10**12  # an amount in fen beyond any line
_OLDEST = 120  # years

TrialValue = int | str | None


@dataclass(frozen=True, order=True)
class Question:
    """One thing to ask: a fact, or "receipt:programme", of the household (-1) or of a member."""

    place: int
    name: str

    @property
    def is_receipt(self) -> bool:
        """Whether it asks if a programme is received."""
        return self.name.startswith(RECEIPT)

    @property
    def column(self) -> str:
        """The column of the unit's row that the answer is for."""
        if self.is_receipt:
            return format_column_name(ColumnKind.RECEIVES, self.name.removeprefix(RECEIPT))
        return self.name


QuestionSet = frozenset[Question]
AnswerSets = tuple[QuestionSet, ...]  # to know any one of these sets is enough
_NOTHING_TO_ASK: AnswerSets = (frozenset(),)
_IMPOSSIBLE: AnswerSets = ()
NodeForMember = tuple[Node, int | None]  # a node, and the member it is asked for


def _order(questions: QuestionSet) -> tuple[int, int, list[Question]]:
    """Sort small sets first, and facts a person can answer before receipts on a roster."""
    return len(questions), sum(question.is_receipt for question in questions), sorted(questions)


def _any_of(alternatives: Iterable[AnswerSets]) -> AnswerSets:
    """Return the sets that are enough if one of several things is."""
    found = {questions for sets in alternatives for questions in sets}
    return tuple(sorted(found, key=_order)[:_MOST_SETS])


def _all_of(needed: Iterable[AnswerSets]) -> AnswerSets:
    """Return the sets that are enough if all of several things are needed."""
    joined = _NOTHING_TO_ASK
    for sets in needed:
        joined = _any_of([tuple(left | right for left in joined for right in sets)])
    return joined


@dataclass(frozen=True)
class MinimalQuestions:
    """Finds questions for one household; `place` is a member's index, None the household."""

    bounds: Bounds
    _column_sets: dict[tuple[str, int | None, bool], AnswerSets] = field(default_factory=dict)

    def smallest(self, node: Node, place: int | None = None) -> QuestionSet | None:
        """Return the smallest set whose knowledge could make a node true; None if there is none.

        If hardly anything is known of a household, not every value can be tried. Then the smallest
        set that is not refuted so far is returned.
        """
        left = _MOST_TRIES
        for questions in self._find_sets(node, place, wanted=True):
            is_possible, tries = self._can_hold(questions, node, place, left)
            left -= tries
            if is_possible or left <= 0:
                return questions
        return None

    def suppose(self, values: Mapping[Question, TrialValue]) -> Bounds:
        """Return the household as it would be if these facts had these values."""
        rows: list[dict[str, TrialValue]] = [dict(member) for member in self.bounds.members]
        household = dict(self.bounds.household)
        for question, value in values.items():
            row = household if question.place == _HOUSEHOLD else rows[question.place]
            row[question.column] = value
            if question.name == _LIVES:
                row["lives"] = value
        return Bounds(self.bounds.statement, household, rows)

    def _find_sets(self, node: Node, place: int | None, *, wanted: bool) -> AnswerSets:  # noqa: C901, PLR0911 one line per form
        """Return the sets of facts that could make a node true, or false, as `wanted`."""
        truth = self._current_truth(node, place)
        if truth is not None and not _may_turn(node):
            return _NOTHING_TO_ASK if truth is wanted else _IMPOSSIBLE
        match node:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                each = (self._find_sets(part, place, wanted=wanted) for part in parts)
                return (_all_of if isinstance(node, syntax.And) is wanted else _any_of)(each)
            case syntax.Not(of=of):
                return self._find_sets(of, place, wanted=not wanted)
            case syntax.IsCertain(of=of, wanted=sure):
                sets = self._find_sets(of, place, wanted=sure is wanted)
                # While `of` is unknown nothing is certain: to make it false, nothing need be asked.
                is_open = self._current_truth(of, place) is not sure
                return _any_of([sets, _NOTHING_TO_ASK]) if is_open and not wanted else sets
            case syntax.IsUnknown(of=of):
                if not wanted:
                    return self._find_known_sets(of, place)
                is_known = self.bounds.is_known(of, self._row(place))
                return _IMPOSSIBLE if is_known else _NOTHING_TO_ASK
            case syntax.FirstKnown():
                # A part that is known is used, and nobody is asked for a better source.
                used = list_used_parts(self.bounds, node, self._row(place))
                return _any_of(self._find_sets(part, place, wanted=wanted) for part in used)
            case syntax.OverMembers(question=question):
                needs_all = (question == "all") is wanted
                find = self._find_sets_of_all if needs_all else self._find_sets_of_one
                return find(node, wanted=wanted)
            case syntax.Eligible(programme=programme):
                name = format_column_name(ColumnKind.ELIGIBLE, programme)
                return self._find_column_sets(name, place, wanted=wanted)
            case syntax.ColumnRef(column=name):
                return self._find_column_sets(name, place, wanted=wanted)
        return self._find_leaf_sets(node, place, wanted=wanted)

    def _find_column_sets(self, name: str, place: int | None, *, wanted: bool) -> AnswerSets:
        planned = self.bounds.statement.plan.by_name(name)
        place = place if planned.owner == "member" else None
        key = name, place, wanted
        if key not in self._column_sets:
            self._column_sets[key] = self._find_sets(planned.node, place, wanted=wanted)
        return self._column_sets[key]

    def _find_leaf_sets(self, node: Node, place: int | None, *, wanted: bool) -> AnswerSets:
        """Return the sets that make a fact, a receipt or a comparison known, and as wanted."""
        match node:
            case syntax.Compare(left=left, right=right):
                both = [self._find_known_sets(left, place), self._find_known_sets(right, place)]
                sets = _all_of(both)
            case syntax.OneOf(of=of):
                sets = self._find_known_sets(of, place)
            case _:
                sets = self._find_stored_sets(node, place)
        # Where nothing need be asked the truth is settled, so it must be the wanted one already.
        is_so = self._current_truth(node, place) is wanted
        return tuple(questions for questions in sets if questions or is_so)

    def _find_stored_sets(self, node: Node, place: int | None) -> AnswerSets:
        """Return the sets that make a stored fact or receipt known: the question for it."""
        match node:
            case syntax.FactRef(fact=fact, presumed=presumed):
                name, is_presumed = fact, presumed is not None
            case syntax.Receives(programme=programme):
                name, is_presumed = f"{RECEIPT}{programme}", False
            case _:
                raise TypeError(node)
        owner = _HOUSEHOLD if node.owner == "household" or place is None else place
        question = Question(owner, name)
        row = self.bounds.household if owner == _HOUSEHOLD else self.bounds.members[owner]
        is_known = row[question.column] is not None or is_presumed
        return _NOTHING_TO_ASK if is_known else (frozenset({question}),)

    def _find_known_sets(self, node: Node, place: int | None) -> AnswerSets:  # noqa: C901, PLR0911 one line per form
        """Return the sets that make a value known, whatever it then is."""
        if node.type.sort == "truth":
            return _any_of(self._find_sets(node, place, wanted=each) for each in (True, False))
        match node:
            case syntax.Constant():
                return _NOTHING_TO_ASK
            case syntax.ParameterRef() | syntax.PaidAmount():
                is_known = self.bounds.is_known(node, self._row(place))
                return _NOTHING_TO_ASK if is_known else _IMPOSSIBLE
            case syntax.Arithmetic(left=left, right=right):
                both = [self._find_known_sets(left, place), self._find_known_sets(right, place)]
                return _all_of(both)
            case syntax.YearsSince(of=of) | syntax.AtLeastZero(of=of):
                return self._find_known_sets(of, place)
            case syntax.OnlyIf(when=when, of=of):
                holds = self._find_sets(when, place, wanted=True)
                fails = self._find_sets(when, place, wanted=False)
                return _any_of([fails, _all_of([holds, self._find_known_sets(of, place)])])
            case syntax.FirstKnown():
                used = list_used_parts(self.bounds, node, self._row(place))
                return _any_of(self._find_known_sets(part, place) for part in used)
            case syntax.HouseholdSize():
                return self._find_size_sets()
            case syntax.OverMembers(of=of):
                each = (
                    self._or_lives_elsewhere(member, self._find_known_sets(of, member))
                    for member in self._list_places()
                )
                return _all_of([self._find_size_sets(), *each])
            case syntax.ColumnRef(column=name):
                return self._find_known_sets(self.bounds.statement.plan.by_name(name).node, place)
        return self._find_stored_sets(node, place)

    def _find_sets_of_all(self, node: syntax.OverMembers, *, wanted: bool) -> AnswerSets:
        """Return the sets that make the answer of all who live here the wanted one."""
        each = (
            self._or_lives_elsewhere(place, self._find_sets(node.of, place, wanted=wanted))
            for place in self._list_places()
        )
        return _all_of([self._find_size_sets(), *each])

    def _find_sets_of_one(self, node: syntax.OverMembers, *, wanted: bool) -> AnswerSets:
        """Return the sets that make the answer of one who lives here the wanted one."""
        return _any_of(
            _all_of([self._find_lives_sets(place), self._find_sets(node.of, place, wanted=wanted)])
            for place in self._list_places()
        )

    def _or_lives_elsewhere(self, place: int, sets: AnswerSets) -> AnswerSets:
        """Return sets for a member who may turn out to live elsewhere, and then not to count."""
        if self.bounds.members[place]["lives"] is not None:
            return sets
        lives = self._find_lives_sets(place)
        return _any_of([lives, _all_of([lives, sets])])

    def _find_lives_sets(self, place: int) -> AnswerSets:
        is_known = self.bounds.members[place]["lives"] is not None
        return _NOTHING_TO_ASK if is_known else (frozenset({Question(place, _LIVES)}),)

    def _find_size_sets(self) -> AnswerSets:
        """Return the sets that make known who lives together."""
        needed = [self._find_lives_sets(place) for place in self._list_places()]
        if self.bounds.is_size_disputed:
            needed.append((frozenset({Question(_HOUSEHOLD, _STATED_SIZE)}),))
        return _all_of(needed)

    def _list_places(self) -> list[int]:
        """Return the members who live here or may."""
        return [place for place, member in enumerate(self.bounds.members) if member["lives"] != 0]

    def _row(self, place: int | None) -> UnitRow | None:
        return None if place is None else self.bounds.members[place]

    def _current_truth(self, node: Node, place: int | None) -> bool | None:
        return self.bounds.truth(node, self._row(place))

    def _can_hold(
        self, questions: QuestionSet, node: Node, place: int | None, most: int
    ) -> tuple[bool, int]:
        """Return whether some values of these facts make a node true, all else left as it is.

        Also how many combinations were tried, at most `most`.
        """
        ordered = sorted(questions)
        comparisons = list(dict.fromkeys(self._list_comparisons(node, place)))
        pools = [self._list_trial_values(question, ordered, comparisons) for question in ordered]
        count = 0
        for count, values in enumerate(islice(product(*pools), most), start=1):
            supposed = self.suppose(dict(zip(ordered, values, strict=True)))
            member = None if place is None else supposed.members[place]
            if supposed.truth(node, member) is True:
                return True, count
        return False, count

    def _list_comparisons(self, node: Node, place: int | None) -> Iterator[NodeForMember]:
        """Yield every comparison that a node rests on, also through columns, for each member."""
        waiting = [(node, place)]
        seen: set[tuple[str, int | None]] = set()
        while waiting:
            node, place = waiting.pop()
            match node:
                case syntax.Eligible(programme=programme):
                    name = format_column_name(ColumnKind.ELIGIBLE, programme)
                    waiting += self._open_column(name, place, seen)
                case syntax.ColumnRef(column=name):
                    waiting += self._open_column(name, place, seen)
                case syntax.OverMembers(of=of):
                    waiting += [(of, member) for member in self._list_places()]
                case _:
                    if isinstance(node, (syntax.Compare, syntax.OneOf)):
                        yield node, place
                    waiting += [(child, place) for child in syntax.children(node)]

    def _open_column(
        self, name: str, place: int | None, seen: set[tuple[str, int | None]]
    ) -> list[NodeForMember]:
        """Return the tree of a column; nothing if it was opened before."""
        planned = self.bounds.statement.plan.by_name(name)
        place = place if planned.owner == "member" else None
        is_new = (name, place) not in seen
        seen.add((name, place))
        return [(planned.node, place)] if is_new else []

    def _list_trial_values(
        self,
        question: Question,
        questions: Sequence[Question],
        comparisons: Sequence[NodeForMember],
    ) -> Sequence[TrialValue]:
        """Return the values to try for a fact: every choice, or numbers on both sides of each line.

        A comparison can only change at its line, so values between two lines all do the same.
        """
        fact = self.bounds.statement.pack.facts.get(question.name)
        if question.name == _STATED_SIZE:
            return [None]  # the correct answer: no longer another number than the rows show
        if fact is None or fact.type == "yes_no":
            return [1, 0]
        if fact.type == "choice":
            return [choice.id for choice in fact.choices]
        if fact.type == "date":
            return self._list_trial_dates(comparisons)
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
        at_0, at_1 = (
            self._find_difference(question, value, questions, node, place) for value in (0, 1)
        )
        if at_0 is None or at_1 is None or at_0 == at_1:
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
        if node.left.type.sort not in ("money", "count", "ratio"):
            return None
        ordinary = {other: self._find_ordinary_value(other) for other in questions}
        supposed = self.suppose({**ordinary, question: value})
        member = None if place is None else supposed.members[place]
        left, right = supposed.number(node.left, member), supposed.number(node.right, member)
        return (left - right).known

    def _find_ordinary_value(self, question: Question) -> TrialValue:
        fact = self.bounds.statement.pack.facts.get(question.name)
        if question.name == _STATED_SIZE:
            return None
        if fact is not None and fact.type == "choice":
            return fact.choices[0].id
        if fact is not None and fact.type == "date":
            return self.bounds.statement.as_of.isoformat()
        return 1 if question.name == _LIVES else 0

    def _list_trial_dates(self, comparisons: Sequence[NodeForMember]) -> list[str]:
        """Return dates as many full years ago as each number compared, and a year more and less."""
        ages = {0, _OLDEST}
        for comparison, place in comparisons:
            for node in syntax.children(comparison):
                number = node.type.sort == "count" and self.bounds.number(node, self._row(place))
                if number and number.known is not None:
                    ages |= {int(number.known) - 1, int(number.known), int(number.known) + 1}
        return [_years_before(self.bounds.statement.as_of, age) for age in sorted(ages) if age >= 0]


def _may_turn(node: Node) -> bool:
    """Return whether a known truth can change as more becomes known.

    A condition that is true stays true. But what is not certain, or unknown, today may no longer be
    so tomorrow, also in a column, where that does not show.
    """
    turning = (syntax.IsCertain, syntax.IsUnknown, syntax.ColumnRef, syntax.Eligible)
    return any(isinstance(part, turning) for part in syntax.walk(node))


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
