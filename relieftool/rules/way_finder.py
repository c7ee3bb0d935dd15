"""The ways in which a household's unknown facts could make a condition true or false.

The tree is walked from the question down: `and` joins the ways of its parts, `or` chooses among
them, and each comparison says which answers to its one unknown fact would do.
"""

from dataclasses import dataclass, field

from relieftool.pack.facts import RECEIPT
from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, list_used_parts
from relieftool.rules.rule_reads import LIVES, STATED_SIZE
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import Node
from relieftool.rules.trial_values import TrialValues
from relieftool.rules.ways import (
    HOUSEHOLD,
    IMPOSSIBLE,
    NOTHING_TO_ASK,
    Question,
    Way,
    WayJoiner,
    Ways,
)
from relieftool.values.cells import UnitRow

# As long as nothing more is known, which the answers to other questions may change.
_NOTHING_YET = Ways((Way(0, is_exact=False),))


@dataclass(frozen=True)
class WayFinder:
    """Finds the ways of one household; `joiner` limits their number for each node."""

    values: TrialValues
    joiner: WayJoiner
    _column_ways: dict[tuple[str, int | None, bool], Ways] = field(default_factory=dict)
    _leaf_ways: dict[tuple[int, int | None], Ways] = field(default_factory=dict)
    _known_ways: dict[tuple[str, int | None], Ways] = field(default_factory=dict)

    @property
    def bounds(self) -> Bounds:
        """The household as it is."""
        return self.values.bounds

    def find(self, node: Node, place: int | None, *, wanted: bool) -> Ways:  # noqa: C901, PLR0911 one line per form
        """Return the ways of facts that could make a node true, or false, as `wanted`."""
        if not self.values.reads.may_turn(node):
            truth = self._current_truth(node, place)
            if truth is not None:
                return NOTHING_TO_ASK if truth is wanted else IMPOSSIBLE
        match node:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                each = (self.find(part, place, wanted=wanted) for part in parts)
                needs_all = isinstance(node, syntax.And) is wanted
                return (self.joiner.find_all if needs_all else self.joiner.find_any)(each)
            case syntax.Not(of=of):
                return self.find(of, place, wanted=not wanted)
            case syntax.IsCertain(of=of, wanted=sure):
                ways = self.find(of, place, wanted=sure is wanted)
                if wanted or self._current_truth(of, place) is sure:
                    return ways
                # While `of` is unknown nothing is certain: to make it false, nothing need be asked.
                return self.joiner.find_any([_NOTHING_YET, ways])
            case syntax.IsUnknown(of=of):
                if not wanted:
                    return self._find_known_ways(of, place)
                is_known = self.bounds.is_known(of, self._row(place))
                return IMPOSSIBLE if is_known else _NOTHING_YET
            case syntax.FirstKnown():
                return self._find_source_ways(node, place, wanted=wanted)
            case syntax.OverMembers(question=question):
                needs_all = (question == "all") is wanted
                find = self._find_ways_of_all if needs_all else self._find_ways_of_one
                return find(node, wanted=wanted)
            case syntax.Eligible(programme=programme):
                name = format_column_name(ColumnKind.ELIGIBLE, programme)
                return self._find_column_ways(name, place, wanted=wanted)
            case syntax.ColumnRef(column=name):
                return self._find_column_ways(name, place, wanted=wanted)
        return self._find_leaf_ways(node, place, wanted=wanted)

    def _find_source_ways(
        self, node: syntax.FirstKnown, place: int | None, *, wanted: bool | None
    ) -> Ways:
        """Return the ways that make a `first_known` as `wanted` (None: known, true or false).

        If a part is already known, no better source is asked for.
        """
        used = list_used_parts(self.bounds, node, self._row(place))
        return self.joiner.find_any(
            _doubt_after(
                number,
                self._find_known_ways(part, place)
                if wanted is None
                else self.find(part, place, wanted=wanted),
            )
            for number, part in enumerate(used)
        )

    def _find_column_ways(self, name: str, place: int | None, *, wanted: bool) -> Ways:
        planned = self.bounds.statement.plan.by_name(name)
        place = place if planned.owner == "member" else None
        key = name, place, wanted
        if key not in self._column_ways:
            self._column_ways[key] = self.find(planned.node, place, wanted=wanted)
        return self._column_ways[key]

    def _find_leaf_ways(self, node: Node, place: int | None, *, wanted: bool) -> Ways:
        """Return the ways that make a fact, a receipt or a comparison true, or false."""
        node = self.values.reads.find_same(node)
        place = place if node.owner == "member" else None
        key = id(node), place
        if key not in self._leaf_ways:
            self._leaf_ways[key] = self._find_known_leaf_ways(node, place)
        known = self._leaf_ways[key]
        found = (self._restrict(way, node, place, wanted=wanted) for way in known.kept)
        return Ways(tuple(way for way in found if way is not None), known.floor, known.asked)

    def _find_known_leaf_ways(self, node: Node, place: int | None) -> Ways:
        """Return the ways to make a fact, a receipt or a comparison known, whatever it then is."""
        match node:
            case syntax.Compare(left=left, right=right):
                both = [self._find_known_ways(left, place), self._find_known_ways(right, place)]
                return self.joiner.find_all(both)
            case syntax.OneOf(of=of):
                return self._find_known_ways(of, place)
        return self._find_stored_ways(node, place)

    def _restrict(self, way: Way, node: Node, place: int | None, *, wanted: bool) -> Way | None:
        """Return a way limited to the answers that make a node as wanted; None if there are none.

        Answers to several questions are not tried here: their combinations would be many.
        """
        if not way.questions:  # settled, so it must be the wanted one already
            return way if self._current_truth(node, place) is wanted else None
        if way.questions & (way.questions - 1):
            return way._replace(is_exact=False)
        (question,) = self.joiner.list_questions(way.questions)
        pool = self.values.list_alone(question)
        banned = [
            number
            for number, value in enumerate(pool)
            if self.joiner.is_banned(way, question, number)
            or self.values.truth_if(question, value, node, place) is not wanted
        ]
        if len(banned) == len(pool):
            return None
        (fitting,) = self.joiner.build(question, banned=banned, values=len(pool)).kept
        return fitting._replace(is_exact=way.is_exact)

    def _find_stored_ways(self, node: Node, place: int | None) -> Ways:
        """Return the way to make a stored fact or receipt known: the question for it."""
        match node:
            case syntax.FactRef(fact=fact, presumed=presumed):
                name, is_presumed = fact, presumed is not None
            case syntax.Receives(programme=programme):
                name, is_presumed = f"{RECEIPT}{programme}", False
            case _:
                raise TypeError(node)
        owner = HOUSEHOLD if node.owner == "household" or place is None else place
        question = Question(owner, name)
        row = self.bounds.household if owner == HOUSEHOLD else self.bounds.members[owner]
        is_known = row[question.column] is not None or is_presumed
        return NOTHING_TO_ASK if is_known else self.joiner.build(question)

    def _find_known_ways(self, node: Node, place: int | None) -> Ways:  # noqa: C901, PLR0911 one line per form
        """Return the ways that make a value known, whatever it then is."""
        if node.type.sort == "truth":
            return self.joiner.find_any(
                self.find(node, place, wanted=each) for each in (True, False)
            )
        match node:
            case syntax.Constant():
                return NOTHING_TO_ASK
            case syntax.ParameterRef() | syntax.PaidAmount():
                is_known = self.bounds.is_known(node, self._row(place))
                return NOTHING_TO_ASK if is_known else IMPOSSIBLE
            case syntax.Arithmetic(left=left, right=right):
                both = [self._find_known_ways(left, place), self._find_known_ways(right, place)]
                return self.joiner.find_all(both)
            case syntax.YearsSince(of=of) | syntax.AtLeastZero(of=of):
                return self._find_known_ways(of, place)
            case syntax.OnlyIf(when=when, of=of):
                holds = self.find(when, place, wanted=True)
                fails = self.find(when, place, wanted=False)
                return self.joiner.find_any(
                    [fails, self.joiner.find_all([holds, self._find_known_ways(of, place)])]
                )
            case syntax.FirstKnown():
                return self._find_source_ways(node, place, wanted=None)
            case syntax.HouseholdSize():
                return self._find_size_ways()
            case syntax.OverMembers(of=of):
                each = (
                    self._or_lives_elsewhere(member, self._find_known_ways(of, member))
                    for member in self.values.list_places()
                )
                return self.joiner.find_all([self._find_size_ways(), *each])
            case syntax.ColumnRef(column=name):
                return self._find_known_column_ways(name, place)
        return self._find_stored_ways(node, place)

    def _find_known_column_ways(self, name: str, place: int | None) -> Ways:
        planned = self.bounds.statement.plan.by_name(name)
        place = place if planned.owner == "member" else None
        key = name, place
        if key not in self._known_ways:
            self._known_ways[key] = self._find_known_ways(planned.node, place)
        return self._known_ways[key]

    def _find_ways_of_all(self, node: syntax.OverMembers, *, wanted: bool) -> Ways:
        """Return the ways that make a condition as wanted for all who live here."""
        each = (
            self._or_lives_elsewhere(place, self.find(node.of, place, wanted=wanted))
            for place in self.values.list_places()
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
            for place in self.values.list_places()
        )

    def _or_lives_elsewhere(self, place: int, ways: Ways) -> Ways:
        """Return the ways with a member who lives here, and the way in which they live elsewhere.

        If the member is known to live here, the ways are returned unchanged.
        """
        if self.bounds.members[place]["lives"] is not None:
            return ways
        here = self.joiner.find_all([self._find_lives_ways(place, wanted=True), ways])
        return self.joiner.find_any([self._find_lives_ways(place, wanted=False), here])

    def _find_lives_ways(self, place: int, *, wanted: bool | None = None) -> Ways:
        """Return the ways to know whether a member lives here, or that it is as `wanted`."""
        if self.bounds.members[place]["lives"] is not None:
            return NOTHING_TO_ASK
        question = Question(place, LIVES)
        pool = self.values.list_alone(question)
        banned = [n for n, value in enumerate(pool) if wanted is not None and value != wanted]
        return self.joiner.build(question, banned=banned, values=len(pool))

    def _find_size_ways(self) -> Ways:
        """Return the ways to know how many live together."""
        needed = [self._find_lives_ways(place) for place in self.values.list_places()]
        if self.bounds.is_size_disputed:
            needed.append(self.joiner.build(Question(HOUSEHOLD, STATED_SIZE)))
        return self.joiner.find_all(needed)

    def _row(self, place: int | None) -> UnitRow | None:
        return None if place is None else self.bounds.members[place]

    def _current_truth(self, node: Node, place: int | None) -> bool | None:
        return self.bounds.truth(node, self._row(place))


def _doubt_after(number: int, ways: Ways) -> Ways:
    """Return the ways of a source; of any but the first they hold only while no better is known."""
    if number == 0:
        return ways
    return ways._replace(kept=tuple(way._replace(is_exact=False) for way in ways.kept))
