"""The ways in which a household's unknown facts could make a condition true or false.

The tree is walked from the question down: `and` joins the ways of its parts, `or` chooses among
them, and each leaf says which answers to its one unknown fact would do.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from relieftool.pack.facts import RECEIPT
from relieftool.rules import syntax
from relieftool.rules.base_tables import BELONGS
from relieftool.rules.compiled_rules import NUMBERS, STATED_SIZE, Part
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.question_memo import FAR, QuestionMemo, find_line
from relieftool.rules.syntax import Node
from relieftool.rules.ways import (
    HOUSEHOLD,
    IMPOSSIBLE,
    LIVES_TOGETHER,
    NOTHING_TO_ASK,
    Question,
    TrialValue,
    Way,
    WayJoiner,
    Ways,
)
from relieftool.values.stored_values import UnitRow

# As long as nothing more is known, which the answers to other questions may change.
_NOTHING_YET = Ways((Way(0, is_exact=False),))


@dataclass(frozen=True)
class TrialHousehold:
    """A household as it is, and as it would be with a single answer."""

    memo: QuestionMemo
    evaluator: Evaluator
    _supposed: dict[tuple[Question, TrialValue], Evaluator] = field(default_factory=dict)

    def suppose_one(self, question: Question, value: TrialValue) -> Evaluator:
        """Return the household as it would be if one fact had a value; cached."""
        key = question, value
        if key not in self._supposed:
            answer = {(question.place, question.column): value}
            self._supposed[key] = self.evaluator.suppose(answer)
        return self._supposed[key]

    def list_truths(
        self, question: Question, leaf: Node, place: int | None
    ) -> Sequence[bool | None]:
        """Return the truth of a leaf for each answer to its only question.

        They are the answers of the memo; of a number whose line depends on more, some around it.
        Where the leaf reads only facts and receipts of its unit, and of the household, all who are
        alike in the others have the same.
        """
        others = self._list_others(question, leaf, place)
        key = self.memo.rules.part(leaf).number, question.column, others
        found: Sequence[bool | None] | None = self.memo.truths.get(key) if others else None
        if found is None:
            found = list(self._find_truths(question, leaf, place))
            if others:
                self.memo.keep(self.memo.truths, key, found)
        return found

    def is_between_lines(self, question: Question, leaf: Node) -> bool:
        """Whether a question is answered by a number, and its line in a leaf depends on more."""
        return self.memo.is_figure(question) and not self.memo.reads_only_one(leaf)

    def _find_truths(
        self, question: Question, leaf: Node, place: int | None
    ) -> Iterator[bool | None]:
        values = self.memo.list_values(question)
        if self.is_between_lines(question, leaf):
            values = sorted({0, FAR, *self._list_numbers(question, leaf, place)})
        for value in values:
            supposed = self.suppose_one(question, value)
            yield supposed.truth(leaf, None if place is None else supposed.members[place])

    def _list_others(self, question: Question, leaf: Node, place: int | None) -> Hashable:
        """Return all that a leaf reads but a question; None if it reads what others have too."""
        if question.name == LIVES_TOGETHER:
            return None
        home = self.evaluator.household
        own = home if place is None else self.evaluator.members[place]
        asked_of = "home" if question.place == HOUSEHOLD else "own"
        read = self.memo.list_own_reads(leaf)
        return read and (
            *(
                (row[column], row.get(in_doubt))
                for scope, column, in_doubt in read
                for row in [home if scope == "home" else own]
                if (scope, column) != (asked_of, question.column)
            ),
            asked_of,
        )

    def _list_numbers(self, question: Question, leaf: Node, place: int | None) -> set[int]:
        """Return the numbers at and beside the line of a leaf, all else left as it is."""
        if not isinstance(leaf, syntax.Compare) or leaf.left.type.sort not in NUMBERS:
            values = leaf.values if isinstance(leaf, syntax.OneOf) else ()
            return {value for value in values if isinstance(value, int)}
        at_0, at_1 = (self.suppose_one(question, value) for value in (0, 1))
        return find_line_between(leaf, place, at_0, at_1)

    @cached_property
    def places(self) -> Sequence[int]:
        """The indexes of the members who live here, or of whom that is unknown."""
        members = enumerate(self.evaluator.members)
        return [place for place, member in members if member["lives"] != 0]


def find_line_between(
    comparison: syntax.Compare, place: int | None, at_0: Evaluator, at_1: Evaluator
) -> set[int]:
    """Return the numbers at and beside the value of a fact where a comparison changes.

    The household is given with the fact at 0 and at 1.
    """
    differences = []
    for supposed in (at_0, at_1):
        member = None if place is None else supposed.members[place]
        left, right = (
            supposed.number(side, member) for side in (comparison.left, comparison.right)
        )
        differences.append((left - right).known)
    return {number for number in find_line(differences) if number >= 0}


@dataclass(frozen=True)
class WayFinder:
    """Finds the ways of one household; `joiner` limits their number for each node."""

    trial: TrialHousehold
    joiner: WayJoiner
    _found: dict[tuple[int, int | None, bool | None], Ways] = field(default_factory=dict)

    def find(self, node: Node, place: int | None, *, wanted: bool | None) -> Ways:
        """Return the ways that make a node true or false, as `wanted`; if None, that it is known.

        `place` is that of the member, if the node is a member's.
        """
        rules = self.trial.memo.rules
        part = rules.part(node)
        while part.planned is not None:
            node = part.planned
            part = rules.part(node)
        place = place if node.owner == "member" else None
        key = part.number, place, wanted
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._find(part, node, place, wanted)
        return found

    def _find(self, part: Part, node: Node, place: int | None, wanted: bool | None) -> Ways:  # noqa: FBT001
        if node.type.sort != "truth":
            return self._find_known(node, place, wanted)
        if wanted is not None and not part.may_turn:
            units = self.trial.evaluator.units
            truth = part.read(units, units.home if place is None else units.members[place])
            if truth is not None:
                return NOTHING_TO_ASK if truth is wanted else IMPOSSIBLE
        return self._find_truth(node, place, wanted)

    def _find_truth(self, node: Node, place: int | None, wanted: bool | None) -> Ways:  # noqa: C901, FBT001, PLR0911 one line per form
        """Return the ways of a condition."""
        if wanted is None:
            return self.joiner.find_any(self.find(node, place, wanted=w) for w in (True, False))
        match node:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                each = (self.find(part, place, wanted=wanted) for part in parts)
                needs_all = isinstance(node, syntax.And) is wanted
                return (self.joiner.find_all if needs_all else self.joiner.find_any)(each)
            case syntax.Not(of=of):
                return self.find(of, place, wanted=not wanted)
            case syntax.AsResident(of=of) if place is not None:
                return self._find_resident_ways(of, place, wanted=wanted)
            case syntax.IsCertain(of=of, wanted=sure):
                ways = self.find(of, place, wanted=sure is wanted)
                if wanted or self._current_truth(of, place) is sure:
                    return ways
                # While `of` is unknown nothing is certain: to make it false, nothing need be asked.
                return self.joiner.find_any([_NOTHING_YET, ways])
            case syntax.IsUnknown(of=of):
                if not wanted:
                    return self.find(of, place, wanted=None)
                is_known = self.trial.evaluator.is_known(of, self._row(place))
                return IMPOSSIBLE if is_known else _NOTHING_YET
            case syntax.FirstKnown():
                return self._find_source_ways(node, place, wanted)
            case syntax.OverMembers(question=question):
                needs_all = (question == "all") is wanted
                find = self._find_ways_of_all if needs_all else self._find_ways_of_one
                return find(node, wanted=wanted)
        known = self._find_known_leaf(node, place)
        found = (self._restrict(way, node, place, wanted=wanted) for way in known.kept)
        return Ways(tuple(way for way in found if way is not None), known.floor, known.asked)

    def _find_source_ways(
        self,
        node: syntax.FirstKnown,
        place: int | None,
        wanted: bool | None,  # noqa: FBT001
    ) -> Ways:
        """Return the ways that make a `first_known` as `wanted` (None: known, true or false).

        If a part is already known, no better source is asked for.
        """
        used = self.trial.evaluator.list_used_parts(node, self._row(place))
        return self.joiner.find_any(
            _doubt_after(number, self.find(part, place, wanted=wanted))
            for number, part in enumerate(used)
        )

    def _find_known_leaf(self, node: Node, place: int | None) -> Ways:
        """Return the ways to make a fact, a receipt or a comparison known, whatever it then is."""
        match node:
            case syntax.Compare(left=left, right=right):
                sides = [self.find(side, place, wanted=None) for side in (left, right)]
                return self.joiner.find_all(sides)
            case syntax.OneOf(of=of):
                return self.find(of, place, wanted=None)
        return self._find_stored_ways(node, place)

    def _restrict(self, way: Way, node: Node, place: int | None, *, wanted: bool) -> Way | None:
        """Return a way limited to the answers that make a node as wanted; None if there are none.

        Answers to several questions are not tried here, and of a number whose line depends on more
        than the number, only whether there are any.
        """
        if not way.questions:  # settled, so it must be the wanted one already
            return way if self._current_truth(node, place) is wanted else None
        (question, *more) = self.joiner.list_questions(way.questions)
        if more:
            return way._replace(is_exact=False)
        truths = self.trial.list_truths(question, node, place)
        if self.trial.is_between_lines(question, node):
            return way._replace(is_exact=False) if wanted in truths else None
        banned = [
            number
            for number, truth in enumerate(truths)
            if truth is not wanted or self.joiner.is_banned(way, question, number)
        ]
        if len(banned) == len(truths):
            return None
        (fitting,) = self.joiner.build(question, banned=banned, values=len(truths)).kept
        return fitting._replace(is_exact=way.is_exact)

    def _find_stored_ways(self, node: Node, place: int | None) -> Ways:
        """Return the way to make a stored fact or receipt known: the question for it."""
        match node:
            case syntax.FactRef(fact=fact) if fact == BELONGS and place is not None:
                return self._find_lives_ways(place)
            case syntax.FactRef(fact=fact, presumed=presumed):
                name, is_presumed = fact, presumed is not None
            case syntax.Receives(programme=programme):
                name, is_presumed = f"{RECEIPT}{programme}", False
            case syntax.BeyondLeast():
                return IMPOSSIBLE
            case _:
                raise TypeError(node)
        question = Question(HOUSEHOLD if place is None else place, name)
        row = self._row(place) or self.trial.evaluator.household
        is_presumed = is_presumed and self.trial.evaluator.is_known(node, self._row(place))
        is_known = row[question.column] is not None or is_presumed
        return NOTHING_TO_ASK if is_known else self.joiner.build(question)

    def _find_known(self, node: Node, place: int | None, _wanted: bool | None) -> Ways:  # noqa: FBT001, PLR0911 one line per form
        """Return the ways that make a number, a word or a date known, whatever it then is."""
        match node:
            case syntax.Constant():
                return NOTHING_TO_ASK
            case syntax.ParameterRef() | syntax.PaidAmount():
                is_known = self.trial.evaluator.is_known(node, self._row(place))
                return NOTHING_TO_ASK if is_known else IMPOSSIBLE
            case (
                syntax.Arithmetic() | syntax.YearsSince() | syntax.AtLeastZero() | syntax.SharedBy()
            ):
                parts = syntax.children(node)
                return self.joiner.find_all(self.find(part, place, wanted=None) for part in parts)
            case syntax.OnlyIf(when=when, of=of):
                fails, holds = (self.find(when, place, wanted=each) for each in (False, True))
                known = self.joiner.find_all([holds, self.find(of, place, wanted=None)])
                return self.joiner.find_any([fails, known])
            case syntax.FirstKnown():
                return self._find_source_ways(node, place, None)
            case syntax.HouseholdSize():
                return self._find_size_ways()
            case syntax.OverMembers():
                return self._find_ways_of_all(node, wanted=None)
        return self._find_stored_ways(node, place)

    def _find_ways_of_all(self, node: syntax.OverMembers, *, wanted: bool | None) -> Ways:
        """Return the ways that make a node as wanted for all who live here."""
        each = (
            self._or_lives_elsewhere(place, self.find(node.of, place, wanted=wanted))
            for place in self.trial.places
        )
        return self.joiner.find_all([self._find_size_ways(), *each])

    def _find_ways_of_one(self, node: syntax.OverMembers, *, wanted: bool) -> Ways:
        """Return the ways that make a condition as wanted for somebody who lives here."""
        return self.joiner.find_any(
            self.joiner.find_all(
                [
                    self._find_lives_ways(place, wanted=True),
                    self.find(node.of, place, wanted=wanted),
                ]
            )
            for place in self.trial.places
        )

    def _or_lives_elsewhere(self, place: int, ways: Ways) -> Ways:
        """Return the ways with a member who lives here, and the way in which they live elsewhere.

        If the member is known to live here, the ways are returned unchanged.
        """
        if self.trial.evaluator.members[place]["lives"] is not None:
            return ways
        here = self.joiner.find_all([self._find_lives_ways(place, wanted=True), ways])
        return self.joiner.find_any([self._find_lives_ways(place, wanted=False), here])

    def _find_lives_ways(self, place: int, *, wanted: bool | None = None) -> Ways:
        """Return the ways to know whether a member lives here, or that it is as `wanted`."""
        if self.trial.evaluator.members[place]["lives"] is not None:
            return NOTHING_TO_ASK
        question = Question(place, LIVES_TOGETHER)
        pool = self.trial.memo.list_values(question)
        banned = [n for n, value in enumerate(pool) if wanted is not None and value != wanted]
        return self.joiner.build(question, banned=banned, values=len(pool))

    def _find_resident_ways(self, of: Node, place: int, *, wanted: bool) -> Ways:
        """Return the ways in which a member lives here and a condition holds, or not."""
        lives = self.trial.evaluator.members[place]["lives"]
        if lives == 0:
            return IMPOSSIBLE if wanted else NOTHING_TO_ASK
        holds = self.find(of, place, wanted=wanted)
        if lives == 1:
            return holds
        join = self.joiner.find_all if wanted else self.joiner.find_any
        return join([self._find_lives_ways(place, wanted=wanted), holds])

    def _find_size_ways(self) -> Ways:
        """Return the ways to know how many live together."""
        needed = [self._find_lives_ways(place) for place in self.trial.places]
        if self.trial.evaluator.is_size_disputed:
            needed.append(self.joiner.build(Question(HOUSEHOLD, STATED_SIZE)))
        return self.joiner.find_all(needed)

    def _row(self, place: int | None) -> UnitRow | None:
        return None if place is None else self.trial.evaluator.members[place]

    def _current_truth(self, node: Node, place: int | None) -> bool | None:
        return self.trial.evaluator.truth(node, self._row(place))


def _doubt_after(number: int, ways: Ways) -> Ways:
    """Return the ways of a source; of any but the first they hold only while no better is known."""
    if number == 0:
        return ways
    return ways._replace(kept=tuple(way._replace(is_exact=False) for way in ways.kept))
