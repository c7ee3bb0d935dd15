"""Ways to a truth: sets of facts to ask for, each with the answers that would lead there.

A node of a condition has many ways. Joining two of them intersects the answers, so that a way that
contradicts itself (`age < 3` and `age > 60`) is dropped at once. Only a few of the smallest are
kept, which bounds the work for a household of whom nothing is known; `floor` remembers what may
have been lost by that.

Hundreds of ways are joined for every node, so questions and answers are bits of whole numbers.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from relieftool.pack.facts import RECEIPT
from relieftool.rules.sql import ColumnKind, format_column_name

LIVES_TOGETHER = "lives_together"
HOUSEHOLD = -1  # the place of a question about the household itself
# Few variants with the same questions, or the combinations of values crowd out other questions.
_MOST_VARIANTS = 3

TrialValue = int | str | None


class Question(NamedTuple):
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


class Way(NamedTuple):
    """Questions with the answers that lead to a truth.

    `questions` has a bit for each question, `banned` a bit for each value that does not lead there.
    `is_exact`: all answers that are not banned lead there. Otherwise only some of them do, as with
    amounts that are added up, so they must be tried.
    """

    questions: int
    banned: int = 0
    is_exact: bool = True


_Variant = tuple[int, bool]  # `banned` and `is_exact` of one of the ways with the same questions


class Ways(NamedTuple):
    """The ways kept of a node, smallest first.

    No way with fewer questions than `floor` was left out; `asked` are all questions of all ways,
    also of those left out.
    """

    kept: tuple[Way, ...]
    floor: float = math.inf
    asked: int = 0

    @property
    def fewest(self) -> float:
        """The least number of questions that any way has, kept or not."""
        return min(self.kept[0].questions.bit_count() if self.kept else math.inf, self.floor)

    @property
    def is_impossible(self) -> bool:
        """Whether there are no ways, not even ways that were left out."""
        return not self.kept and self.floor == math.inf


NOTHING_TO_ASK = Ways((Way(0),))
IMPOSSIBLE = Ways(())


class WayJoiner:
    """Numbers the questions of a household and their values, and joins ways of it.

    The first question has the highest bit, so that of two equally large sets the one that comes
    first, question by question, is the larger number. The values of a question are a field of bits
    with a guard above: adding 1 to a field whose values are all banned carries into the guard.
    """

    def __init__(self, names: Sequence[str], places: int, most: int) -> None:
        """Number every name for the household and for each of its members, all in order."""
        self._names = list(names)
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self._most = most
        self._highest = len(names) * (places + 1) - 1
        self._fields: dict[Question, int] = {}
        self._units = self._guards = self._width = 0
        receipts = [
            Question(place, name)
            for place in range(HOUSEHOLD, places)
            for name in names
            if name.startswith(RECEIPT)
        ]
        self._receipts = sum(map(self._find_bit, receipts))

    def _find_bit(self, question: Question) -> int:
        place, name = question
        return 1 << (self._highest - (place + 1) * len(self._names) - self._numbers[name])

    def list_questions(self, questions: int) -> list[Question]:
        """Return the questions of some bits, in order."""
        found = []
        while questions:
            highest = questions.bit_length() - 1
            place, number = divmod(self._highest - highest, len(self._names))
            found.append(Question(place - 1, self._names[number]))
            questions ^= 1 << highest
        return found

    def build(self, question: Question, *, banned: Iterable[int] = (), values: int = 0) -> Ways:
        """Return the single way of one question.

        `banned` are the numbers of those of its `values` that do not lead there.
        """
        numbers = list(banned)
        bit = self._find_bit(question)
        if not numbers:
            return Ways((Way(bit),), asked=bit)
        if question not in self._fields:
            self._fields[question] = self._width
            self._units |= 1 << self._width
            self._guards |= 1 << (self._width + values)
            self._width += values + 1
        field = self._fields[question]
        return Ways((Way(bit, sum(1 << (field + number) for number in numbers)),), asked=bit)

    def is_banned(self, way: Way, question: Question, number: int) -> bool:
        """Whether a way excludes the value of a question that has this number."""
        field = self._fields.get(question)
        return field is not None and bool(way.banned >> (field + number) & 1)

    def find_any(self, alternatives: Iterable[Ways]) -> Ways:
        """Return the ways to reach at least one of several results."""
        listed = [ways for ways in alternatives if ways.kept or ways.floor != math.inf]
        if len(listed) < 2:  # noqa: PLR2004 nothing to choose between
            return listed[0] if listed else IMPOSSIBLE
        floor, asked = math.inf, 0
        variants: dict[int, list[_Variant]] = {}
        for ways in listed:
            floor, asked = min(floor, ways.floor), asked | ways.asked
            for questions, banned, is_exact in ways.kept:
                variants.setdefault(questions, []).append((banned, is_exact))
        return self._choose(variants, floor, asked)

    def find_all(self, needed: Iterable[Ways]) -> Ways:
        """Return the ways to reach all of several results."""
        joined = NOTHING_TO_ASK
        for ways in needed:
            if ways is not NOTHING_TO_ASK:
                joined = ways if joined is NOTHING_TO_ASK else self._join(joined, ways)
            if joined.is_impossible:
                return IMPOSSIBLE
        return joined

    def _join(self, left: Ways, right: Ways) -> Ways:
        """Return the ways that lead to both of two things.

        What was left out on one side would have been joined with the other, and so have asked at
        least as much as the larger of the two, or as both together where they have no question in
        common.
        """
        count: Callable[[float, float], float] = max if left.asked & right.asked else _add
        floor = min(count(left.floor, right.fewest), count(left.fewest, right.floor))
        units, guards = self._units, self._guards
        variants: dict[int, list[_Variant]] = {}
        for questions, banned, is_exact in left.kept:
            for other_questions, other_banned, is_other_exact in right.kept:
                both = banned | other_banned
                if not (both + units) & guards:
                    variant = both, is_exact and is_other_exact
                    variants.setdefault(questions | other_questions, []).append(variant)
        return self._choose(variants, floor, left.asked | right.asked)

    def _choose(self, variants: dict[int, list[_Variant]], floor: float, asked: int) -> Ways:
        """Return the smallest ways, at most so many, without those that another one covers.

        `variants` are ways by their questions. Of equally small ones those with facts that a person
        can answer come before those with receipts on a roster, then by place and name.
        """
        if len(variants) == 1:
            ((questions, same),) = variants.items()
            if len(same) == 1:
                return Ways((Way(questions, *same[0]),), floor, asked)
        kept: list[Way] = []
        for questions in sorted(variants, key=self._order) if len(variants) > 1 else variants:
            if len(kept) >= self._most:
                return Ways(tuple(kept), min(floor, questions.bit_count()), asked)
            chosen = [
                Way(questions, banned, is_exact)
                for banned, is_exact in self._merge(variants[questions])
                if not _is_covered(banned, questions, kept)
            ]
            if len(chosen) > _MOST_VARIANTS:
                floor = min(floor, questions.bit_count())
            kept += chosen[:_MOST_VARIANTS]
        return Ways(tuple(kept), floor, asked)

    def _order(self, questions: int) -> tuple[int, int, int]:
        return questions.bit_count(), (questions & self._receipts).bit_count(), -questions

    def _merge(self, variants: list[_Variant]) -> list[_Variant]:
        """Join ways with the same questions where they differ in the answers to only one of them.

        The joined way stands for both exactly. It comes to rest: each joining leaves one less.
        """
        merged: list[_Variant] = []
        for variant in variants:
            way, place = variant, 0
            while place < len(merged):
                joined = self._merge_two(merged[place], way)
                if joined is None:
                    place += 1
                else:
                    merged.pop(place)
                    way, place = joined, 0
            merged.append(way)
        return merged

    def _merge_two(self, way: _Variant, other: _Variant) -> _Variant | None:
        """Return one way that stands for two with the same questions; None where none can."""
        (banned, is_exact), (other_banned, is_other_exact) = way, other
        if is_exact and not banned & ~other_banned:
            return way
        if is_other_exact and not other_banned & ~banned:
            return other
        if is_exact is not is_other_exact or self._differ_twice(banned ^ other_banned):
            return None
        return banned & other_banned, is_exact

    def _differ_twice(self, differing: int) -> bool:
        """Whether some bits of values belong to more than one question."""
        lowest = differing & -differing
        above = self._guards & ~(lowest - 1)
        return bool(differing & ~((above & -above) - 1))


def _is_covered(banned: int, questions: int, kept: list[Way]) -> bool:
    """Whether one of the ways kept asks no more, and allows all answers that a way allows."""
    for kept_questions, kept_banned, is_exact in kept:
        if is_exact and not kept_questions & ~questions and not kept_banned & ~banned:
            return True
    return False


def _add(left: float, right: float) -> float:
    return left + right
