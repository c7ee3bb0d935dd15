"""The fewest unknown facts that could decide a truth, found on its tree by three-valued logic.

For each node there are sets of unknown facts that could make it true, and others that could make
it false; and, or, not and questions over members join them. Which values could do so is then tried
out, smallest set first, so that a set given here really can decide.
"""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product

from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, UnitRow
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import Node

RECEIPT = "receipt:"
_LIVES, _STATED = "lives_together", "stated_size"
_HOUSEHOLD = -1
_MOST_SETS, _MOST_TRIES = 300, 600
_FAR = 10**12  # beyond any line, in fen
_OLDEST = 120


@dataclass(frozen=True, order=True)
class Question:
    """One thing to ask: a fact, or "receipt:programme", of the household (-1) or of a member."""

    place: int
    name: str

    @property
    def is_receipt(self) -> bool:
        """Return whether it is asked whether a programme is received."""
        return self.name.startswith(RECEIPT)

    @property
    def column(self) -> str:
        """Return the column of the row it stands in."""
        is_receipt = self.is_receipt
        return (
            format_column_name(ColumnKind.RECEIVES, self.name.removeprefix(RECEIPT))
            if is_receipt
            else self.name
        )


QuestionSet = frozenset[Question]
AnswerSets = tuple[QuestionSet, ...]  # any one of these sets may do; of none: nothing can
_AT_ONCE: AnswerSets = (frozenset(),)
_NEVER: AnswerSets = ()


def _order(atoms: QuestionSet) -> tuple[int, int, list[Question]]:
    """Put fewer before more, and what a person knows before what a roster says."""
    return len(atoms), sum(atom.is_receipt for atom in atoms), sorted(atoms)


def _any_of(families: Iterable[AnswerSets]) -> AnswerSets:
    """Join ways any of which does."""
    found = {atoms for family in families for atoms in family}
    return tuple(sorted(found, key=_order)[:_MOST_SETS])


def _all_of(families: Iterable[AnswerSets]) -> AnswerSets:
    """Join ways all of which are needed."""
    joined = _AT_ONCE
    for family in families:
        joined = _any_of([tuple(one | two for one in joined for two in family)])
    return joined


@dataclass(frozen=True)
class MinimalQuestions:
    """Answers for one household by its row and those of all its members."""

    bounds: Bounds
    _columns: dict[tuple[str, int | None, bool], AnswerSets] = field(default_factory=dict)

    def smallest(self, node: Node, place: int | None = None) -> QuestionSet | None:
        """Return the smallest set whose knowledge could make a node true; None where none can.

        `place` is the member asked about, from 0. Of somebody of whom hardly anything is known not
        everything can be tried out: then the smallest set not yet refuted is given.
        """
        left = _MOST_TRIES
        for atoms in self._truths(node, place, wanted=True):
            is_possible, tries = self._is_possible(atoms, node, place, left)
            left -= tries
            if is_possible or left <= 0:
                return atoms
        return None

    # ---- which sets may do ----

    def _truths(self, node: Node, place: int | None, *, wanted: bool) -> AnswerSets:  # noqa: PLR0911 one line per form
        truth = self._now(node, place)
        if truth is not None and not _is_passing(node):
            return _AT_ONCE if truth is wanted else _NEVER
        match node:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                each = (self._truths(part, place, wanted=wanted) for part in parts)
                return (_all_of if isinstance(node, syntax.And) is wanted else _any_of)(each)
            case syntax.Not(of=of):
                return self._truths(of, place, wanted=not wanted)
            case syntax.IsCertain(of=of, wanted=sure):
                turned = self._truths(of, place, wanted=sure is wanted)
                is_open = self._now(of, place) is not sure
                return _any_of([turned, _AT_ONCE]) if is_open and not wanted else turned
            case syntax.IsUnknown(of=of):
                is_unknown = not self.bounds.is_known(of, self._row(place))
                return self._known(of, place) if not wanted else _AT_ONCE if is_unknown else _NEVER
            case syntax.FirstKnown():
                return _any_of(
                    self._truths(one, place, wanted=wanted) for one in self._used(node, place)
                )
            case syntax.OverMembers(question=question):
                is_each = (question == "all") is wanted
                return (self._every if is_each else self._some)(node, wanted=wanted)
            case syntax.Eligible(programme=name):
                return self._of_column(
                    format_column_name(ColumnKind.ELIGIBLE, name), place, wanted=wanted
                )
            case syntax.ColumnRef(column=name):
                return self._of_column(name, place, wanted=wanted)
        return self._leaf(node, place, wanted=wanted)

    def _of_column(self, name: str, place: int | None, *, wanted: bool) -> AnswerSets:
        planned = self.bounds.statement.plan.by_name(name)
        place = place if planned.owner == "member" else None
        key = name, place, wanted
        if key not in self._columns:
            self._columns[key] = self._truths(planned.node, place, wanted=wanted)
        return self._columns[key]

    def _leaf(self, node: Node, place: int | None, *, wanted: bool) -> AnswerSets:
        """Return the sets that make a fact, a receipt or a comparison known, as wanted."""
        match node:
            case syntax.Compare(left=left, right=right):
                ways = _all_of([self._known(left, place), self._known(right, place)])
            case syntax.OneOf(of=of):
                ways = self._known(of, place)
            case _:
                ways = self._stored(node, place)
        is_so = self._now(node, place) is wanted
        return tuple(atoms for atoms in ways if atoms or is_so)

    def _stored(self, node: Node, place: int | None) -> AnswerSets:
        """Return the ways to know what a row holds."""
        match node:
            case syntax.FactRef(fact=fact, presumed=presumed):
                name, is_presumed = fact, presumed is not None
            case syntax.Receives(programme=programme):
                name, is_presumed = f"{RECEIPT}{programme}", False
            case _:
                raise TypeError(node)
        owner = _HOUSEHOLD if node.owner == "household" or place is None else place
        atom = Question(owner, name)
        row = self.bounds.household if owner == _HOUSEHOLD else self.bounds.members[owner]
        is_known = row[atom.column] is not None or is_presumed
        return _AT_ONCE if is_known else (frozenset({atom}),)

    def _known(self, node: Node, place: int | None) -> AnswerSets:  # noqa: C901, PLR0911 one line per form
        """Return the ways to know a value, whatever it is."""
        if node.type.sort == "truth":
            return _any_of(self._truths(node, place, wanted=each) for each in (True, False))
        match node:
            case syntax.Constant():
                return _AT_ONCE
            case syntax.ParameterRef() | syntax.PaidAmount():
                return _AT_ONCE if self.bounds.is_known(node, self._row(place)) else _NEVER
            case syntax.Arithmetic(left=left, right=right):
                return _all_of([self._known(left, place), self._known(right, place)])
            case syntax.YearsSince(of=of) | syntax.AtLeastZero(of=of):
                return self._known(of, place)
            case syntax.OnlyIf(when=when, of=of):
                holds = self._truths(when, place, wanted=True)
                fails = self._truths(when, place, wanted=False)
                return _any_of([fails, _all_of([holds, self._known(of, place)])])
            case syntax.FirstKnown():
                return _any_of(self._known(one, place) for one in self._used(node, place))
            case syntax.HouseholdSize():
                return self._size()
            case syntax.OverMembers(of=of):
                each = (self._if_living(one, self._known(of, one)) for one in self._places())
                return _all_of([self._size(), *each])
            case syntax.ColumnRef(column=name):
                return self._known(self.bounds.statement.plan.by_name(name).node, place)
        return self._stored(node, place)

    def _used(self, node: syntax.FirstKnown, place: int | None) -> Iterator[Node]:
        """Return the part that is known, else all: nobody is asked for better than what is known."""
        row = self._row(place)
        known = (part for part in node.parts if self.bounds.is_known(part, row))
        yield from ((first,) if (first := next(known, None)) is not None else node.parts)

    def _every(self, node: syntax.OverMembers, *, wanted: bool) -> AnswerSets:
        """Return the sets that make everybody's answer the wanted one."""
        each = (
            self._if_living(place, self._truths(node.of, place, wanted=wanted))
            for place in self._places()
        )
        return _all_of([self._size(), *each])

    def _some(self, node: syntax.OverMembers, *, wanted: bool) -> AnswerSets:
        """Return the sets that make somebody's answer the wanted one."""
        return _any_of(
            _all_of([self._lives(place), self._truths(node.of, place, wanted=wanted)])
            for place in self._places()
        )

    def _if_living(self, place: int, family: AnswerSets) -> AnswerSets:
        """Let a member about whom that is unknown also turn out to live elsewhere."""
        if self.bounds.members[place]["lives"] is not None:
            return family
        return _any_of([self._lives(place), _all_of([self._lives(place), family])])

    def _lives(self, place: int) -> AnswerSets:
        is_known = self.bounds.members[place]["lives"] is not None
        return _AT_ONCE if is_known else (frozenset({Question(place, _LIVES)}),)

    def _size(self) -> AnswerSets:
        """Return the ways to know who lives together."""
        ways = [self._lives(place) for place in self._places()]
        if self.bounds.is_size_disputed:
            ways.append((frozenset({Question(_HOUSEHOLD, _STATED)}),))
        return _all_of(ways)

    def _places(self) -> list[int]:
        return [place for place, member in enumerate(self.bounds.members) if member["lives"] != 0]

    def _row(self, place: int | None) -> UnitRow | None:
        return None if place is None else self.bounds.members[place]

    def _now(self, node: Node, place: int | None) -> bool | None:
        return self.bounds.truth(node, self._row(place))

    # ---- whether a set can do, by values that lie on both sides of each line ----

    def _is_possible(
        self, atoms: QuestionSet, node: Node, place: int | None, most: int
    ) -> tuple[bool, int]:
        """Return whether some values of these facts make a node true, all else left as it is.

        Also how many were tried, at most so many.
        """
        ordered = sorted(atoms)
        leaves = list(dict.fromkeys(self._leaves(node, place)))
        pools = [self._values(atom, ordered, leaves) for atom in ordered]
        count = 0
        for count, each in enumerate(islice(product(*pools), most), start=1):
            if self._holds(dict(zip(ordered, each, strict=True)), node, place):
                return True, count
        return False, count

    def _holds(
        self, values: dict[Question, int | str | None], node: Node, place: int | None
    ) -> bool:
        supposed = self.suppose(values)
        member = None if place is None else supposed.members[place]
        return supposed.truth(node, member) is True

    def suppose(self, values: dict[Question, int | str | None]) -> Bounds:
        """Return the household as it would be if these facts had these values."""
        rows: list[dict[str, int | str | None]] = [dict(member) for member in self.bounds.members]
        household = dict(self.bounds.household)
        for atom, value in values.items():
            row = household if atom.place == _HOUSEHOLD else rows[atom.place]
            row[atom.column] = value
            if atom.name == _LIVES:
                row["lives"] = value
        return Bounds(self.bounds.statement, household, rows)

    def _leaves(self, node: Node, place: int | None) -> Iterator[tuple[Node, int | None]]:
        """Return every comparison a node rests on, through columns, and for whom it is made."""
        waiting = [(node, place)]
        seen: set[tuple[str, int | None]] = set()
        while waiting:
            node, place = waiting.pop()
            match node:
                case syntax.Eligible(programme=name):
                    waiting += self._behind(
                        format_column_name(ColumnKind.ELIGIBLE, name), place, seen
                    )
                case syntax.ColumnRef(column=name):
                    waiting += self._behind(name, place, seen)
                case syntax.OverMembers(of=of):
                    waiting += [(of, one) for one in self._places()]
                case _:
                    if isinstance(node, (syntax.Compare, syntax.OneOf)):
                        yield node, place
                    waiting += [(child, place) for child in syntax.children(node)]

    def _behind(
        self, name: str, place: int | None, seen: set[tuple[str, int | None]]
    ) -> list[tuple[Node, int | None]]:
        """Return the tree of a column, the first time it is met."""
        planned = self.bounds.statement.plan.by_name(name)
        place = place if planned.owner == "member" else None
        is_new = (name, place) not in seen
        seen.add((name, place))
        return [(planned.node, place)] if is_new else []

    def _values(
        self, atom: Question, atoms: Sequence[Question], leaves: Sequence[tuple[Node, int | None]]
    ) -> Sequence[int | str | None]:
        """Return values of a fact to try: every choice, and for numbers both sides of each line."""
        fact = self.bounds.statement.pack.facts.get(atom.name)
        if atom.name == _STATED:
            return [None]  # put right: it no longer says otherwise than the rows
        if fact is None or fact.type == "yes_no":
            return [1, 0]
        if fact.type == "choice":
            return [choice.id for choice in fact.choices]
        if fact.type == "date":
            return self._birthdays(leaves)
        if fact.type == "text":
            return sorted({*_words(leaves), ""})
        numbers = {0, _FAR}
        for leaf, place in leaves:
            if _names_fact(leaf, atom.name):
                numbers |= self._beside_line(atom, atoms, leaf, place)
        return sorted(numbers)

    def _beside_line(
        self, atom: Question, atoms: Sequence[Question], leaf: Node, place: int | None
    ) -> set[int]:
        """Return the whole numbers on and beside the value at which a comparison turns."""
        if not isinstance(leaf, syntax.Compare):
            words = leaf.values if isinstance(leaf, syntax.OneOf) else ()
            return {value for value in words if isinstance(value, int)}
        at_none, at_one = (self._difference(atom, value, atoms, leaf, place) for value in (0, 1))
        if at_none is None or at_one is None or at_none == at_one:
            return set()
        root = at_none / (at_none - at_one)
        near = {math.floor(root) - 1, math.floor(root), math.ceil(root), math.ceil(root) + 1}
        return {number for number in near if number >= 0}

    def _difference(
        self,
        atom: Question,
        value: int,
        atoms: Sequence[Question],
        leaf: syntax.Compare,
        place: int | None,
    ) -> Fraction | None:
        """Return by how much the sides of a comparison differ, the other facts asked for being 0."""
        if leaf.left.type.sort not in ("money", "count", "ratio"):
            return None
        supposed = self.suppose({**{one: self._plain(one) for one in atoms}, atom: value})
        member = None if place is None else supposed.members[place]
        left, right = supposed.number(leaf.left, member), supposed.number(leaf.right, member)
        return (left - right).known

    def _plain(self, atom: Question) -> int | str | None:
        """Return an ordinary value of a fact, to hold it still."""
        fact = self.bounds.statement.pack.facts.get(atom.name)
        if atom.name == _STATED:
            return None
        if fact is not None and fact.type == "choice":
            return fact.choices[0].id
        if fact is not None and fact.type == "date":
            return self.bounds.statement.as_of.isoformat()
        return 1 if atom.name == _LIVES else 0

    def _birthdays(self, leaves: Sequence[tuple[Node, int | None]]) -> list[str]:
        """Return days so many full years ago, on both sides of every number that is compared."""
        ages = {0, _OLDEST}
        for leaf, place in leaves:
            for node in syntax.children(leaf):
                number = node.type.sort == "count" and self.bounds.number(node, self._row(place))
                if number and number.known is not None:
                    ages |= {int(number.known) - 1, int(number.known), int(number.known) + 1}
        return [_years_before(self.bounds.statement.as_of, age) for age in sorted(ages) if age >= 0]


def _is_passing(node: Node) -> bool:
    """Return whether a truth may turn as more is known, as what is unknown or not sure does."""
    turning = (syntax.IsCertain, syntax.IsUnknown, syntax.ColumnRef, syntax.Eligible)
    return any(isinstance(part, turning) for part in syntax.walk(node))


def _years_before(day: dt.date, years: int) -> str:
    """Return the day some full years before another; 29 February becomes 28."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(
        year=max(1, day.year - years), day=28 if is_leap_day else day.day
    ).isoformat()


def _names_fact(leaf: Node, fact: str) -> bool:
    """Return whether a comparison rests on a fact, perhaps by way of a column."""
    return any(
        isinstance(part, syntax.ColumnRef)
        or (isinstance(part, syntax.FactRef) and part.fact == fact)
        for part in syntax.walk(leaf)
    )


def _words(leaves: Sequence[tuple[Node, int | None]]) -> set[str]:
    """Return the words that are compared with something."""
    nodes = [part for leaf, _place in leaves for part in syntax.walk(leaf)]
    listed = {word for node in nodes if isinstance(node, syntax.OneOf) for word in node.values}
    written = {node.value for node in nodes if isinstance(node, syntax.Constant)}
    return {word for word in listed | written if isinstance(word, str)}
