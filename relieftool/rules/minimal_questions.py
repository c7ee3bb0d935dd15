"""The fewest unknown facts that could decide a truth: which questions are worth asking.

The ways that could make a truth so are found first. Then the household is supposed to have the
answers of a way, smallest first, and is evaluated: only questions whose answers prove themselves so
are returned. Of each node only a few ways are kept, so the work grows with the size of the rules
and of the household, not with the combinations of what they could answer.
"""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Literal

from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds
from relieftool.rules.question_memo import ConePatterns, HouseholdPattern
from relieftool.rules.rule_reads import RuleReads, keep_some
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node
from relieftool.rules.trial_values import NodeForMember, TrialValues
from relieftool.rules.way_finder import WayFinder
from relieftool.rules.ways import Question, QuestionSet, TrialValue, Way, WayJoiner, Ways

__all__ = ["FoundQuestions", "MinimalQuestions", "Proof", "Question", "QuestionSet"]

# The ways kept per node: first a few, and many where the few do not prove that nothing less would
# do, as long as no more questions than these are at hand.
_FEW_WAYS, _MANY_WAYS, _MOST_QUESTIONS = 20, 300, 14
# Combinations of values tried, per truth and per way.
_MOST_TRIES, _MOST_TRIES_OF_WAY = 600, 200

# "fewest": it is proved that no fewer questions would do. "enough": these do, fewer might.
# "impossible": it is proved that no answers would do. "open": none were found, nothing is proved.
Proof = Literal["fewest", "enough", "impossible", "open"]
Answers = Mapping[Question, TrialValue]


@dataclass(frozen=True)
class FoundQuestions:
    """The smallest set of questions found, and answers to them that make the condition true.

    `questions` is None if no set was found; `proof` says whether one can exist.
    """

    questions: QuestionSet | None
    answers: Answers
    proof: Proof


class QuestionMemo:
    """The questions found so far, by the pattern of a household; each pattern is searched once."""

    def __init__(self, statement: Statement) -> None:
        """Start with nothing found."""
        self.reads = RuleReads(statement)
        self.patterns = ConePatterns(self.reads)
        self.found: dict[Hashable, FoundQuestions] = {}


@dataclass(frozen=True)
class MinimalQuestions:
    """Finds questions for one household; `place` is a member's index, None the household.

    `memo` is shared by the households of one evaluation.
    """

    bounds: Bounds
    memo: QuestionMemo
    _finders: dict[int, WayFinder] = field(default_factory=dict)

    @cached_property
    def values(self) -> TrialValues:
        """The answers that can be supposed for the household."""
        return TrialValues(HouseholdPattern(self.memo.patterns, self.bounds))

    def smallest(self, node: Node, place: int | None = None) -> QuestionSet | None:
        """Return the smallest set of questions found that could make a node true, or None."""
        return self.find(node, place).questions

    def find(self, node: Node, place: int | None = None) -> FoundQuestions:
        """Return the smallest set of questions found that could make a node true, with proof."""
        pattern = self.values.pattern.describe(node, place)
        if pattern not in self.memo.found:
            keep_some(self.memo.found, pattern, self._search(node, place))
        return self.memo.found[pattern]

    def _search(self, node: Node, place: int | None) -> FoundQuestions:
        """Try a few ways; try many if these do not prove that fewer questions would not do."""
        finder = self._finder(_FEW_WAYS)
        ways = finder.find(node, place, wanted=True)
        found = self._try_ways(finder, ways, node, place)
        if found.proof in ("fewest", "impossible") or ways.asked.bit_count() > _MOST_QUESTIONS:
            return found
        finder = self._finder(_MANY_WAYS)
        again = self._try_ways(finder, finder.find(node, place, wanted=True), node, place)
        return found if again.proof == "open" else again

    def suppose(self, values: Answers) -> Bounds:
        """Return the household as it would be if these facts had these values."""
        return self.values.suppose(values)

    def _finder(self, most: int) -> WayFinder:
        """Return the finder that keeps at most `most` ways of each node."""
        if most not in self._finders:
            joiner = WayJoiner(self.values.reads.names, len(self.bounds.members), most)
            self._finders[most] = WayFinder(self.values, joiner)
        return self._finders[most]

    def _try_ways(
        self, finder: WayFinder, ways: Ways, node: Node, place: int | None
    ) -> FoundQuestions:
        """Return the questions of the first way with answers that make a node true.

        A smaller way is refuted only if all combinations of its answers were tried and failed.
        """
        left, unrefuted = _MOST_TRIES, ways.floor
        for way in ways.kept:
            count, size = 0, way.questions.bit_count()
            most = min(left, _MOST_TRIES_OF_WAY)
            for count, answers in enumerate(
                self._list_answers(finder.joiner, way, node, place), start=1
            ):
                if count > most:
                    unrefuted = min(unrefuted, size)
                    break
                if self._holds_if(answers, node, place):
                    is_fewest = size <= unrefuted
                    proof: Proof = "fewest" if is_fewest else "enough"
                    return FoundQuestions(frozenset(answers), answers, proof)
            left -= min(count, most)
        return FoundQuestions(None, {}, "open" if unrefuted < math.inf else "impossible")

    def _holds_if(self, answers: Answers, node: Node, place: int | None) -> bool:
        """Whether a node is true with these answers."""
        supposed = self.suppose(answers)
        return supposed.truth(node, None if place is None else supposed.members[place]) is True

    def _list_answers(
        self, joiner: WayJoiner, way: Way, node: Node, place: int | None
    ) -> Iterator[Answers]:
        """Yield the combinations of a way's answers, the one that is quickest to make first."""
        questions = joiner.list_questions(way.questions)
        pools = [self.values.list_alone(question) for question in questions]
        allowed: list[Sequence[TrialValue]] = [
            [v for number, v in enumerate(pool) if not joiner.is_banned(way, question, number)]
            for question, pool in zip(questions, pools, strict=True)
        ]
        yield {question: values[0] for question, values in zip(questions, allowed, strict=True)}
        if not way.is_exact and len(questions) > 1:
            comparisons = list(dict.fromkeys(self._list_comparisons(node, place)))
            allowed = [
                values
                if len(values) < len(pool)
                else self.values.list_together(question, questions, comparisons)
                for question, pool, values in zip(questions, pools, allowed, strict=True)
            ]
        for values in product(*allowed):
            yield dict(zip(questions, values, strict=True))

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
                    waiting += [(of, member) for member in self.values.list_places()]
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
