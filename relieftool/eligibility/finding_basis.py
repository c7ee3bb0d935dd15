"""What a finding rests on: unknown facts to ask for, presumed facts, assumed values, claims.

What a part of the rules comes to for one household, read off the rows the statement gave.

Serves explanations: which part of a condition decided. Outcomes come from the statement alone.

Which parts of a condition decided it, so that only what mattered is told.

Of an "or" that is true one true part decides, of an "and" that is false one false part; of several
that would each do, the one with least to tell. Otherwise all parts are needed.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from relieftool.eligibility.evaluation import Household
from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.bounds import UnitRow
from relieftool.rules.eligibility_sql import widen_receipts
from relieftool.rules.evaluator import Evaluator, ExpressionValue
from relieftool.rules.programme_rules import ProgrammeRules, build_and
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement, list_parameter_values
from relieftool.rules.syntax import Node


class RowEvaluator(Evaluator[UnitRow]):
    """Answers for one household of an evaluation; a member is his row."""

    def __init__(self, statement: Statement, household: Household) -> None:
        self._statement = statement
        self._parameters = list_parameter_values(statement.pack, statement.as_of)
        self._household = household.row
        self.listed: list[UnitRow] = [member.row for member in household.members]
        self._living: list[UnitRow] = [row for row in self.listed if row["lives"] == 1]

    @property
    def as_of(self) -> dt.date:
        """Return the day asked about."""
        return self._statement.as_of

    @property
    def living(self) -> list[UnitRow]:
        """Return the rows of those known to live with the household."""
        return self._living

    @property
    def size(self) -> int | None:
        """Return how many live together, as the statement counted them."""
        size = self._household["size"]
        return None if size is None else int(size)

    def parameter(self, name: str) -> ExpressionValue:
        """Return the value of the law on the day; for a setting its choice."""
        return self._parameters[name]

    def stored(self, node: Node, place: UnitRow) -> ExpressionValue:
        """Return what stands in a column of the household's or the member's row."""
        return (self._household if node.owner == "household" else place)[_column(node)]


def _column(node: Node) -> str:
    """Name the column that holds a node's value."""
    match node:
        case syntax.FactRef(fact=name):
            return name
        case syntax.ColumnRef(column=name):
            return name
        case syntax.Receives(programme=name):
            return format_column_name(ColumnKind.RECEIVES, name)
        case syntax.Eligible(programme=name):
            return format_column_name(ColumnKind.ELIGIBLE, name)
    raise TypeError(type(node).__name__)


# What is to be told of a node without parts, for the member it is about.
NameParts = Callable[[Node, UnitRow], Iterable[str]]


class DecisiveParts:
    """Gathers what is to be told of the parts that decided; each thing once, in order."""

    def __init__(self, meaning: RowEvaluator, tell: NameParts, tell_living: NameParts) -> None:
        self._meaning = meaning
        self._tell = tell
        self._tell_living = tell_living

    def told(self, node: Node, member: UnitRow) -> list[str]:
        """Return what is to be told of a node."""
        match node:
            case syntax.And(parts=parts):
                return self.joined([(part, member) for part in parts], decisive=False)
            case syntax.Or(parts=parts):
                return self.joined([(part, member) for part in parts], decisive=True)
            case syntax.OverMembers():
                return self._of_members(node)
            case syntax.FirstKnown(parts=parts):
                return self._together((part, member) for part in self._up_to_known(parts, member))
            case syntax.OnlyIf(when=when) if self._meaning.value(when, member) is False:
                return self.told(when, member)
        below = self._together((child, member) for child in syntax.children(node))
        return _once([*below, *self._tell(node, member)])

    def joined(self, parts: list[tuple[Node, UnitRow]], *, decisive: bool) -> list[str]:
        """Return what is to be told of truths of which one that is `decisive` decides."""
        alone = [
            self.told(node, member)
            for node, member in parts
            if self._meaning.value(node, member) is decisive
        ]
        return min(alone, key=len) if alone else self._together(parts)

    def _together(self, parts: Iterable[tuple[Node, UnitRow]]) -> list[str]:
        """Return what is to be told of several parts."""
        return _once(name for node, member in parts for name in self.told(node, member))

    def _up_to_known(self, parts: tuple[Node, ...], member: UnitRow) -> list[Node]:
        """Return the part that is used: the first known one; all where none is known."""
        known = [part for part in parts if self._meaning.value(part, member) is not None]
        return known[:1] or list(parts)

    def _of_members(self, node: syntax.OverMembers) -> list[str]:
        """Return what is to be told of one member who decides, or of all who live here."""
        each = [(row, self._of_member(node, row)) for row in self._meaning.living]
        decisive = {"any": True, "all": False}.get(node.question)
        alone = [
            told
            for row, told in each
            if decisive is not None and self._meaning.value(node.of, row) is decisive
        ]
        return min(alone, key=len) if alone else _once(name for _row, told in each for name in told)

    def _of_member(self, node: syntax.OverMembers, row: UnitRow) -> list[str]:
        """Return what is to be told of a question put to one member, and of his living here."""
        return _once([*self.told(node.of, row), *self._tell_living(node, row)])


def _once(names: Iterable[str]) -> list[str]:
    """Return each name once, in the order they come."""
    return list(dict.fromkeys(names))


_NO_MEMBER: UnitRow = {}
# What is asked for where it is not known who lives in the household at all.
MEMBERS = "members"


class FindingBasis:
    """Answers for one household, and for one member where `member` is given."""

    def __init__(
        self, statement: Statement, household: Household, member: UnitRow = _NO_MEMBER
    ) -> None:
        self._statement = statement
        self._household = household.row
        self._member = member
        self._meaning = RowEvaluator(statement, household)
        self._claims = {
            format_column_name(ColumnKind.OPEN_TO_CLAIM, name): name for name in statement.rules
        }

    def missing(self, programme: str) -> list[str]:
        """Name the unknown facts and receipts that leave a programme undetermined."""
        rules = self._statement.rules[programme]
        row = self._row(programme, self._member)
        found = [
            name for node in rules.criteria.values() for name in self._unknown(node, self._member)
        ]
        if not found and row[format_column_name(ColumnKind.RECEIVES, programme)] is None:
            found = [f"receipt:{programme}"]
        if not found:
            found = [f"receipt:{name}" for name in self._open_exclusions(rules)]
        if not found and row[format_column_name(ColumnKind.BARRED, programme)] is None:
            found = self._unsure_of_members()
        return list(dict.fromkeys(found))

    def missing_for_priority(self) -> list[str]:
        """Name the unknown facts behind what is left to live on, and behind the indicators."""
        nodes = [*self._statement.indicators.values(), *self._statement.money.values()]
        found = [name for node in nodes for name in self._unknown(node, _NO_MEMBER)]
        return list(dict.fromkeys(found))

    def rests_on(self, programme: str) -> tuple[list[str], list[str]]:
        """Name the assumed values of the law and the presumed facts that decided, also the amount.

        Nothing is due where a condition does not hold.
        """
        found = self._of_criteria(programme, self._member, self._doubt, self._presumed_living)
        row = self._row(programme, self._member)
        if (
            row[format_column_name(ColumnKind.ELIGIBLE, programme)] != 0
            or row[format_column_name(ColumnKind.UNLOCKED, programme)] == 1
        ):
            deciding = self._deciding(self._doubt, self._presumed_living)
            amount = self._amount(self._statement.rules[programme])
            found += [name for node in amount for name in deciding.told(node, self._member)]
        parameters = self._statement.pack.parameters
        assumed = {name for name in found if name in parameters}
        return sorted(assumed), sorted({*found} - assumed)

    def claims(self, programme: str) -> list[str]:
        """Name what must be claimed for an unlocked programme, the first to be claimed first."""
        return self._of_criteria(programme, self._member, self._claim, _nothing)

    def _row(self, programme: str, member: UnitRow) -> UnitRow:
        """Return the row that speaks of a programme."""
        return self._household if self._unit(programme) == "household" else member

    def _unit(self, programme: str) -> Owner:
        """Return the unit of a programme."""
        return self._statement.rules[programme].programme.unit

    # ---- what is told of the parts that decided ----

    def _of_criteria(
        self, programme: str, member: UnitRow, tell: NameParts, tell_living: NameParts
    ) -> list[str]:
        """Gather what is to be told of a programme's criteria as they stand for a member."""
        rules = self._statement.rules[programme]
        if self._row(programme, member)[format_column_name(ColumnKind.UNLOCKED, programme)] == 1:
            criteria = [widen_receipts(node, programme) for node in rules.criteria.values()]
        else:
            criteria = list(rules.criteria.values())
        begun = [rules.trigger] if rules.trigger else []
        whole = build_and(rules.programme.unit, [*begun, *criteria])
        return self._deciding(tell, tell_living).told(whole, member)

    def _deciding(self, tell: NameParts, tell_living: NameParts) -> DecisiveParts:
        """Make a gatherer that looks through eligible() and into what is claimed first."""

        def told(node: Node, member: UnitRow) -> Iterable[str]:
            match node:
                case syntax.Eligible(programme=name) if name in self._statement.in_force:
                    return self._of_criteria(name, member, tell, tell_living)
                case syntax.ColumnRef(column=column):
                    name = self._claims[column]
                    below = self._of_criteria(name, member, tell, tell_living)
                    return [*below, *tell(node, member)]
            return tell(node, member)

        return DecisiveParts(self._meaning, told, tell_living)

    def _amount(self, rules: ProgrammeRules) -> Iterator[Node]:
        """Return the conditions up to the amount that is due, and that amount."""
        for when, value in rules.amounts:
            holds = True if when is None else self._meaning.value(when, self._member)
            if when is not None:
                yield when
            if holds:
                yield value
            if holds is not False:
                return

    def _doubt(self, node: Node, member: UnitRow) -> list[str]:
        """Name the assumed value of the law or the presumed fact at a node."""
        match node:
            case syntax.ParameterRef(parameter=name):
                value = self._statement.pack.parameters[name].in_force(self._statement.as_of)
                return [name] if value is not None and value.confidence == "assumed" else []
            case syntax.FactRef(fact=name, presumed=presumed) if presumed is not None:
                row = self._household if node.owner == "household" else member
                return [name] if row[name] is None else []
            case syntax.HouseholdSize():
                living = self._meaning.living
                return [name for row in living for name in self._presumed_living(node, row)]
        return []

    def _presumed_living(self, _node: Node, member: UnitRow) -> list[str]:
        """Name the presumption that a member lives with the household."""
        is_known = member.get("lives_together", member["lives"]) is not None
        return [] if is_known else ["lives_together"]

    def _claim(self, node: Node, _member: UnitRow) -> list[str]:
        """Name the programme whose claim a node waits for."""
        return [self._claims[node.column]] if isinstance(node, syntax.ColumnRef) else []

    # ---- what is to be asked ----

    def _open_exclusions(self, rules: ProgrammeRules) -> Iterator[str]:
        """Name exclusive programmes one qualifies for and whose receipt is unknown."""
        for exclusion in rules.programme.excludes:
            name = exclusion.programme
            own = [self._member] if self._member else self._meaning.living
            rows = [self._household] if self._unit(name) == "household" else own
            received, eligible = (
                format_column_name(ColumnKind.RECEIVES, name),
                format_column_name(ColumnKind.ELIGIBLE, name),
            )
            if any(row[received] is None and row[eligible] == 1 for row in rows):
                yield name

    def _unknown(self, node: Node, member: UnitRow) -> list[str]:
        """Name what leaves a node unknown; nothing where it is known."""
        if self._meaning.value(node, member) is not None:
            return []
        match node:
            case syntax.FirstKnown(parts=parts):
                each = (self._unknown(part, member) for part in parts)
                return next((names for names in each if names), [])
            case syntax.Eligible(programme=name):
                criteria = self._statement.rules[name].criteria.values()
                return [
                    found for criterion in criteria for found in self._unknown(criterion, member)
                ]
            case syntax.OverMembers(of=of):
                return [*self._unknown_of_members(of), *self._unsure_of_members()]
        own = self._unknown_here(node)
        below = [name for child in syntax.children(node) for name in self._unknown(child, member)]
        return [*below, *own]

    def _unknown_of_members(self, node: Node) -> list[str]:
        """Name what is unknown of those who live here, or may."""
        rows = [row for row in self._meaning.listed if row["lives"] != 0]
        return [name for row in rows for name in self._unknown(node, row)]

    def _unsure_of_members(self) -> list[str]:
        """Name what is to be asked where it is not sure who lives here."""
        if self._household["size"] is not None:
            return []
        if not self._meaning.listed:
            return [MEMBERS]
        is_unsure = any(row["lives"] is None for row in self._meaning.listed)
        return ["lives_together" if is_unsure else "stated_size"]

    def _unknown_here(self, node: Node) -> Sequence[str]:
        """Name what is unknown at a node without parts."""
        match node:
            case syntax.FactRef(fact=name):
                return [name]
            case syntax.Receives(programme=name):
                return [f"receipt:{name}"]
            case syntax.ParameterRef(parameter=name):
                return [f"parameter:{name}"]
            case syntax.HouseholdSize():
                return self._unsure_of_members()
        return []


def _nothing(_node: Node, _member: UnitRow) -> list[str]:
    """Tell nothing."""
    return []
