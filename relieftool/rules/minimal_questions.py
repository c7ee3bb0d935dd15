"""The fewest unknown facts that could decide a truth: which questions are worth asking.

The ways that could make a truth so are found first. Then the household is supposed to have the
answers of a way, smallest first, and is evaluated: only questions whose answers prove themselves so
are returned. Of each node only a few ways are kept, so the work grows with the size of the rules
and of the household, not with the combinations of what they could answer.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Literal

from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.question_memo import HouseholdPattern, QuestionMemo
from relieftool.rules.syntax import Node
from relieftool.rules.way_finder import TrialHousehold, WayFinder, find_line_between
from relieftool.rules.ways import Question, QuestionSet, TrialValue, Way, WayJoiner, Ways

__all__ = ["FoundQuestions", "MinimalQuestions", "Proof", "Question", "QuestionSet"]

# The ways kept per node: first a few, and many where the few do not prove that nothing less would
# do, as long as no more questions than these are at hand.
_FEW_WAYS, _MANY_WAYS, _MOST_QUESTIONS = 20, 100, 14
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


@dataclass(frozen=True)
class MinimalQuestions:
    """Finds questions for one household; `place` is a member's index, None the household.

    `memo` is shared by the households of one evaluation.
    """

    evaluator: Evaluator
    memo: QuestionMemo
    _finders: dict[int, WayFinder] = field(default_factory=dict)
    # What the trial before supposed but for its last answer, evaluated once it comes again.
    _shared: dict[tuple[tuple[Question, TrialValue], ...], Evaluator | None] = field(
        default_factory=dict
    )

    @cached_property
    def _pattern(self) -> HouseholdPattern:
        return HouseholdPattern(self.memo, self.evaluator)

    @cached_property
    def _trial(self) -> TrialHousehold:
        return TrialHousehold(self.memo, self.evaluator)

    def find(self, node: Node, place: int | None = None) -> FoundQuestions:
        """Return the smallest set of questions found that could make a node true, with proof."""
        pattern = self._pattern.describe(node, place)
        found: FoundQuestions | None = self.memo.found.get(pattern)
        if found is None:
            found = self._search(node, place)
            self.memo.keep(self.memo.found, pattern, found)
        return found

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

    def suppose(self, values: Answers) -> Evaluator:
        """Return the household as it would be if these facts had these values."""
        return self.evaluator.suppose(
            {(question.place, question.column): value for question, value in values.items()}
        )

    def _finder(self, most: int) -> WayFinder:
        """Return the finder that keeps at most `most` ways of each node."""
        if most not in self._finders:
            joiner = WayJoiner(self.memo.names, len(self.evaluator.members), most)
            self._finders[most] = WayFinder(self._trial, joiner)
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
                    proof: Proof = "fewest" if size <= unrefuted else "enough"
                    return FoundQuestions(frozenset(answers), answers, proof)
            left -= min(count, most)
        return FoundQuestions(None, {}, "open" if unrefuted < math.inf else "impossible")

    def _holds_if(self, answers: Answers, node: Node, place: int | None) -> bool:
        """Whether a node is true with these answers."""
        supposed = self._suppose_next(answers)
        return supposed.truth(node, None if place is None else supposed.members[place]) is True

    def _suppose_next(self, answers: Answers) -> Evaluator:
        """Suppose answers; those that differ from the ones before in the last share the others."""
        if not answers:
            return self.evaluator
        *others, (question, value) = answers.items()
        key = tuple(others)
        if key not in self._shared:
            self._shared.clear()
            self._shared[key] = None
            return self.suppose(answers)
        before = self._shared[key] = self._shared[key] or self.suppose(dict(others))
        return before.suppose({(question.place, question.column): value})

    def _list_answers(
        self, joiner: WayJoiner, way: Way, node: Node, place: int | None
    ) -> Iterator[Answers]:
        """Yield the combinations of a way's answers, the one that is quickest to make first."""
        questions = joiner.list_questions(way.questions)
        pools = [self.memo.list_values(question) for question in questions]
        allowed: list[Sequence[TrialValue]] = [
            [v for number, v in enumerate(pool) if not joiner.is_banned(way, question, number)]
            for question, pool in zip(questions, pools, strict=True)
        ]
        yield {question: values[0] for question, values in zip(questions, allowed, strict=True)}
        if not way.is_exact:
            lines = [self._list_numbers(each, questions, node, place) for each in questions]
            tried = [
                (bool(numbers), question, list(dict.fromkeys([*values, *sorted(numbers)])))
                for question, values, numbers in zip(questions, allowed, lines, strict=True)
            ]
            # Numbers whose line depends on other answers vary fastest: all else fits nearly always.
            tried.sort(key=lambda each: each[0])
            for answers in product(*(values for _is_line, _question, values in tried)):
                yield {each[1]: answer for each, answer in zip(tried, answers, strict=True)}

    def _list_numbers(
        self, question: Question, questions: Sequence[Question], node: Node, place: int | None
    ) -> set[int]:
        """Return the numbers at and beside every line for a fact, of the comparisons below a node.

        A comparison changes only there, so two values between two lines all do the same. The other
        questions are kept at an ordinary answer.
        """
        if not self.memo.is_figure(question):
            return set()
        ordinary = {other: self._find_ordinary_value(other) for other in questions}
        at_0, at_1 = (self.suppose({**ordinary, question: value}) for value in (0, 1))
        numbers: set[int] = set()
        for comparison, member in self._list_comparisons(question, node, place):
            numbers |= find_line_between(comparison, member, at_0, at_1)
        return numbers

    def _list_comparisons(
        self, question: Question, node: Node, place: int | None
    ) -> Iterator[tuple[syntax.Compare, int | None]]:
        """Yield the comparisons below a node that read an answer and more, each with its member."""
        for comparison, asked in self.memo.list_comparisons(node):
            columns = {name for _scope, name in self.memo.rules.part(comparison).columns}
            if question.column in columns and not self.memo.reads_only_one(comparison):
                places = self._trial.places if asked == "each" else [place]
                for member in places:
                    yield comparison, None if asked == "household" else member

    def _find_ordinary_value(self, question: Question) -> TrialValue:
        fact = self.evaluator.statement.pack.facts.get(question.name)
        if fact is not None and fact.type == "date":
            return self.evaluator.statement.as_of.isoformat()
        is_yes_no = fact is not None and fact.type == "yes_no"
        return 0 if is_yes_no else self.memo.list_values(question)[0]
