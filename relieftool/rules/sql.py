"""Syntax tree -> SQL. Truths are 1, 0 or NULL; numbers are exact: a numerator over denominators.

Written in the part of SQL that all engines share. Names are always qualified, because SQLite reads
a lone misspelt name as a string. Values of the law are bound as :p_<parameter>_num and _den.

What columns the statement has and in which layer each can be computed.

A column may use facts and receipts, and columns of earlier layers. Questions over members become
columns of the household, one layer above the members' columns they rest on.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any

from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.syntax import Node

# The row a rule is asked of: a member's own columns beside those of the household.
UNIT = "unit"


class ColumnKind(StrEnum):
    """What a column of the statement holds; its name is this word and the ids it is about.

    `barred_by` and `gives_way_to` are about one other programme, `barred` and `gives_way` about
    any. A programme is `open_to_claim` where it can be claimed now, or once another is claimed.
    """

    CRITERION = "criterion"
    TRIGGER = "trigger"
    ELIGIBLE = "eligible"
    AMOUNT = "amount"
    AMOUNT_APPLIES = "amount_applies"
    RECEIVES = "receives"
    PAID = "paid"
    PAID_UNTIL = "paid_until"
    UNDATED = "undated"
    BARRED_BY = "barred_by"
    BARRED = "barred"
    GIVES_WAY_TO = "gives_way_to"
    GIVES_WAY = "gives_way"
    CLAIMABLE = "claimable"
    WIDENED_CRITERION = "widened_criterion"
    WIDENED_ELIGIBLE = "widened_eligible"
    UNLOCKED = "unlocked"
    OPEN_TO_CLAIM = "open_to_claim"
    QUESTION = "question"
    INDICATOR = "indicator"
    OLDEST_DAY = "oldest_day"


class ReceiptCount(StrEnum):
    """What is gathered of a programme's receipts for one household or member."""

    ROSTER_YES = "roster_yes"
    ROSTER_MAYBE = "roster_maybe"
    ROSTER_ENDED = "roster_ended"
    SHEET_YES = "sheet_yes"
    SHEET_NO = "sheet_no"
    UNASSIGNED_YES = "unassigned_yes"
    UNASSIGNED_NO = "unassigned_no"
    PAID_ROSTER = "paid_by_roster"
    PAID_SHEET = "paid_by_sheet"
    UNTIL_ROSTER = "covered_by_roster"
    UNTIL_SHEET = "covered_by_sheet"


@dataclass(frozen=True)
class SqlNumber:
    """A number as SQL: `over` are the factors of its denominator, each positive."""

    sql: str
    over: tuple[str, ...] = ()

    def times(self, factors: tuple[str, ...]) -> str:
        """Return the numerator multiplied by some factors."""
        return " * ".join([f"({self.sql})", *factors])


@cache
def format_column_name(kind: ColumnKind | ReceiptCount, *parts: str | int) -> str:
    """Return the name of a column of the statement, such as receives__dibao_single."""
    return "__".join([kind, *(str(part).replace("-", "_") for part in parts)])


def quote_column(table: str, name: str) -> str:
    """Return a qualified column of a table."""
    return f'{table}."{name}"'


def compile_truth(node: Node) -> str:  # noqa: PLR0911 one line per form of the language
    """Return the SQL of a condition: 1 it holds, 0 it does not, NULL unknown."""
    match node:
        case syntax.And(parts=parts):
            return " AND ".join(f"({compile_truth(part)})" for part in parts) or "1 = 1"
        case syntax.Or(parts=parts):
            return " OR ".join(f"({compile_truth(part)})" for part in parts) or "1 = 0"
        case syntax.Not(of=of):
            return f"NOT ({compile_truth(of)})"
        case syntax.IsCertain(of=of, wanted=wanted):
            return (
                f"CASE WHEN {'' if wanted else 'NOT '}({compile_truth(of)}) THEN 1 ELSE 0 END = 1"
            )
        case syntax.IsUnknown(of=of):
            return f"({compile_number(of).sql if _is_number(of) else _value_sql(of)}) IS NULL"
        case syntax.OneOf(of=of, values=values):
            return _one_of(of, values)
        case syntax.Compare():
            return _comparison(node)
    return f"{_value_sql(node)} = 1"


def compile_number(node: Node) -> SqlNumber:  # noqa: PLR0911 one line per form of the language
    """Return the SQL of a number as a numerator over denominators; NULL is unknown."""
    match node:
        case syntax.ParameterRef(parameter=parameter):
            ratio = node.type.sort == "ratio"
            return SqlNumber(f":p_{parameter}_num", (f":p_{parameter}_den",) if ratio else ())
        case syntax.ColumnRef(column=column, over=over):
            return SqlNumber(quote_column(UNIT, column), over)
        case syntax.Arithmetic():
            return _calculation(node)
        case syntax.FirstKnown(parts=parts):
            numbers = [compile_number(part) for part in parts]
            over = tuple(factor for number in numbers for factor in number.over)
            scaled = [number.times(_without(over, number.over)) for number in numbers]
            return SqlNumber(f"COALESCE({', '.join(scaled)})", over)
        case syntax.OnlyIf(when=when, of=of):
            number, holds = compile_number(of), compile_truth(when)
            text = f"CASE WHEN {holds} THEN {number.sql} WHEN NOT ({holds}) THEN 0 END"
            return SqlNumber(text, number.over)
        case syntax.AtLeastZero(of=of):
            number = compile_number(of)
            text = f"CASE WHEN {number.sql} < 0 THEN 0 ELSE {number.sql} END"
            return SqlNumber(text, number.over)
    return SqlNumber(_value_sql(node))


def compile_whole_fen(node: Node) -> str:
    """Return the SQL of an amount in whole fen, halves rounded up; amounts are not negative."""
    number = compile_number(node)
    if not number.over:
        return number.sql
    over = " * ".join(number.over)
    return f"CAST((2 * ({number.sql}) + {over}) / (2 * {over}) AS INTEGER)"


def _is_number(node: Node) -> bool:
    """Return whether a node is a number, exact to its last part."""
    return node.type.sort in ("money", "count", "ratio")


def _calculation(node: syntax.Arithmetic) -> SqlNumber:
    """Join two numbers; sums bring both sides over one denominator."""
    one, other = compile_number(node.left), compile_number(node.right)
    if node.operator == "/":
        return SqlNumber(one.sql, (*one.over, other.sql))
    if node.operator == "*":
        return SqlNumber(f"({one.sql}) * ({other.sql})", (*one.over, *other.over))
    if one.over == other.over:
        return SqlNumber(f"({one.sql}) {node.operator} ({other.sql})", one.over)
    joined = f"{one.times(other.over)} {node.operator} {other.times(one.over)}"
    return SqlNumber(joined, (*one.over, *other.over))


def _without(factors: tuple[str, ...], some: tuple[str, ...]) -> tuple[str, ...]:
    """Take some factors out of a product, each once."""
    left = list(factors)
    for factor in some:
        left.remove(factor)
    return tuple(left)


def _comparison(node: syntax.Compare) -> str:
    """Compare numbers by multiplying out, never by dividing; other values as they are."""
    if not _is_number(node.left):
        return f"{_value_sql(node.left)} {node.operator} {_value_sql(node.right)}"
    left, right = compile_number(node.left), compile_number(node.right)
    if left.over == right.over:
        return f"({left.sql}) {node.operator} ({right.sql})"
    return f"{left.times(right.over)} {node.operator} {right.times(left.over)}"


def _one_of(node: Node, values: tuple[int | str, ...]) -> str:
    """Test whether a value is in a list."""
    if not _is_number(node):
        return f"{_value_sql(node)} IN ({', '.join(map(_literal, values))})"
    number = compile_number(node)
    listed = (SqlNumber(_literal(value)).times(number.over) for value in values)
    return f"({number.sql}) IN ({', '.join(listed)})"


def _value_sql(node: Node) -> str:
    """Return the SQL of anything but a calculated number, a truth in brackets."""
    match node:
        case syntax.Constant(value=value):
            return _literal(value)
        case syntax.YearsSince(of=of):
            return _years_sql(_value_sql(of))
        case syntax.FirstKnown(parts=parts):
            return f"COALESCE({', '.join(_value_sql(part) for part in parts)})"
    return _stored_sql(node) or f"({compile_truth(node)})"


def _stored_sql(node: Node) -> str | None:  # noqa: PLR0911 one line per kind of column
    """Return the column that holds a value, with the pack's presumption where it has one."""
    match node:
        case syntax.HouseholdSize():
            return quote_column(UNIT, "size")
        case syntax.ColumnRef(column=column):
            return quote_column(UNIT, column)
        case syntax.ParameterRef(parameter=parameter):
            return f":p_{parameter}_num"
        case syntax.Receives(programme=programme):
            return quote_column(UNIT, format_column_name(ColumnKind.RECEIVES, programme))
        case syntax.PaidAmount(programme=programme):
            return quote_column(UNIT, format_column_name(ColumnKind.PAID, programme))
        case syntax.Eligible(programme=programme):
            return quote_column(UNIT, format_column_name(ColumnKind.ELIGIBLE, programme))
        case syntax.FactRef(fact=fact, presumed=presumed):
            # The pack's written `presume`, shown by every finding; no other constant stands in.
            column = quote_column(UNIT, fact)
            return column if presumed is None else f"COALESCE({column}, {_literal(presumed)})"
    return None


def _years_sql(day: str) -> str:
    """Count full years up to the as-of date; from a later day they are unknown."""
    number = f"CAST(REPLACE({day}, '-', '') AS INTEGER)"
    return f"CASE WHEN {day} <= :as_of THEN CAST((:as_of_number - {number}) / 10000 AS INTEGER) END"


def _literal(value: int | str) -> str:
    """Write a constant of the pack; words are quoted."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class PlanColumn:
    """A named column of the household's or member's row, in a layer from 1 up."""

    name: str
    owner: Owner
    node: Node
    layer: int


@dataclass
class ColumnPlan:
    """The columns found so far, in the order they were asked for."""

    columns: dict[str, PlanColumn] = field(default_factory=dict)
    questions: dict[syntax.OverMembers, PlanColumn] = field(default_factory=dict)

    def add(self, name: str, owner: Owner, node: Node) -> syntax.ColumnRef:
        """Plan a column for a node, and first those it rests on."""
        lowered = self._lower(node)
        layer = 1 + max((self._layer(part) for part in syntax.walk(lowered)), default=0)
        self.columns[name] = PlanColumn(name, owner, lowered, layer)
        return syntax.ColumnRef(node.type, owner, name)

    @property
    def layers(self) -> int:
        """Return the number of layers."""
        planned = [*self.columns.values(), *self.questions.values()]
        return max((column.layer for column in planned), default=0)

    def _layer(self, node: Node) -> int:
        """Return the layer a node must wait for; facts and receipts are there from the start."""
        match node:
            case syntax.ColumnRef(column=name):
                return self.by_name(name).layer
            case syntax.Eligible(programme=programme):
                return self.by_name(format_column_name(ColumnKind.ELIGIBLE, programme)).layer
            case syntax.HouseholdSize():
                return 1
        return 0

    def by_name(self, name: str) -> PlanColumn:
        """Find a planned column or question by its name."""
        if name in self.columns:
            return self.columns[name]
        return next(column for column in self.questions.values() if column.name == name)

    def _lower(self, node: Node) -> Node:
        """Replace every question over members by a reference to its own column."""
        if isinstance(node, syntax.OverMembers):
            return self._question(node)
        changes: dict[str, Any] = {
            name: tuple(self._lower(part) if isinstance(part, Node) else part for part in value)
            if isinstance(value, tuple)
            else self._lower(value)
            for name, value in vars(node).items()
            if isinstance(value, Node)
            or (isinstance(value, tuple) and any(isinstance(part, Node) for part in value))
        }
        return replace(node, **changes) if changes else node

    def _question(self, node: syntax.OverMembers) -> syntax.ColumnRef:
        """Plan the column of a question over members, once for the same question."""
        inner = self._lower(node.of)
        if node not in self.questions:
            # the size of the household, which every answer needs, stands from layer 1 on
            layer = 1 + max(1, *(self._layer(part) for part in syntax.walk(inner)))
            name = format_column_name(ColumnKind.QUESTION, len(self.questions) + 1)
            self.questions[node] = PlanColumn(name, "household", replace(node, of=inner), layer)
        # the column holds the numerator of a sum, over what every member's number is over
        over = compile_number(inner).over if node.question == "sum" else ()
        return syntax.ColumnRef(node.type, "household", self.questions[node].name, over)
