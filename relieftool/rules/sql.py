"""Turns syntax trees into SQL, and plans which layer of the statement computes which column.

Conditions are 1, 0 or NULL (unknown). Column names are always qualified by a table: SQLite reads an
unknown quoted name without a table as a string, so that a misspelt fact would make everybody
ineligible. Parameters are bound as :p_<parameter>_num, ratios also as _den.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache

from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.syntax import Node

# The alias of the table that a layer reads; a row has the columns of a member and the household.
UNIT = "unit"


class ColumnKind(StrEnum):
    """The kinds of columns in the statement; a column is named by its kind and the ids it is about.

    `barred_by` and `gives_way_to` are about one other programme, `barred` and `gives_way` about all
    others. A programme is `claimable` if it can be claimed now, `unlocked` if it can be claimed
    after another claim, and `open_to_claim` if either is true. A fact is `in_doubt` if it is
    unknown although cells state it; `low` and `high` are the ends of what it can be.
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
    PAID_TO_GONE = "paid_to_gone"
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
    IN_DOUBT = "in_doubt"
    LOW = "low"
    HIGH = "high"
    OLDEST_DAY = "oldest_day"


class ReceiptCount(StrEnum):
    """The counts, sums and last days of a programme's receipts for a household or member."""

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
    """An exact number as SQL: a numerator, and the factors of its denominator, each positive.

    Comparisons multiply by the denominators instead of dividing, because a division of whole
    numbers would lose the remainder. This needs positive denominators.
    """

    sql: str
    over: tuple[str, ...] = ()

    def times(self, factors: tuple[str, ...]) -> str:
        """Return the SQL of the numerator multiplied by `factors`."""
        return " * ".join([f"({self.sql})", *factors])


@cache
def format_column_name(kind: ColumnKind | ReceiptCount, *parts: str | int) -> str:
    """Return the name of a column of the statement.

    >>> format_column_name(ColumnKind.RECEIVES, "dibao-single")
    'receives__dibao_single'
    """
    return "__".join([kind, *(str(part).replace("-", "_") for part in parts)])


def quote_column(table: str, name: str) -> str:
    """Return the SQL of a column, qualified by its table."""
    return f'{table}."{name}"'


def compile_truth(node: Node) -> str:  # noqa: C901, PLR0911 one line per form of the language
    """Return the SQL of a condition: 1 if it holds, 0 if it does not, NULL if it is unknown."""
    match node:
        case syntax.And(parts=parts):
            return " AND ".join(f"({compile_truth(part)})" for part in parts) or "1 = 1"
        case syntax.Or(parts=parts):
            return " OR ".join(f"({compile_truth(part)})" for part in parts) or "1 = 0"
        case syntax.Not(of=of):
            return f"NOT ({compile_truth(of)})"
        case syntax.AsResident(of=of):
            return f"{quote_column(UNIT, 'lives')} = 1 AND ({compile_truth(of)})"
        case syntax.IsCertain(of=of, wanted=wanted):
            return f"({compile_truth(of)}) IS {str(wanted).upper()}"
        case syntax.IsUnknown(of=of):
            return f"({compile_number(of).sql if _is_number(of) else _value_sql(of)}) IS NULL"
        case syntax.OneOf(of=of, values=values):
            return _compile_in_list(of, values)
        case syntax.Compare():
            return _compile_comparison(node)
        case syntax.FirstKnown(parts=parts, doubts=doubts):
            # other engines want truths beside each other, not a truth beside a 1 that is stored
            return _compile_first_known([f"({compile_truth(part)})" for part in parts], doubts)
        case syntax.BeyondLeast():
            return "NULL"
    return f"{_value_sql(node)} = 1"


def compile_number(node: Node) -> SqlNumber:  # noqa: PLR0911 one line per form of the language
    """Return the SQL of a number as numerator and denominators; numerator NULL is unknown."""
    match node:
        case syntax.ParameterRef(parameter=parameter):
            ratio = node.type.sort == "ratio"
            return SqlNumber(f":p_{parameter}_num", (f":p_{parameter}_den",) if ratio else ())
        case syntax.ColumnRef(over=over):
            return SqlNumber(_value_sql(node), over)
        case syntax.Arithmetic():
            return _compile_arithmetic(node)
        case syntax.FirstKnown(parts=parts, doubts=doubts):
            # A numerator is picked unchanged, so all need the same denominator first.
            numbers = [compile_number(part) for part in parts]
            over = tuple(factor for number in numbers for factor in number.over)
            scaled = [number.times(_remove_factors(over, number.over)) for number in numbers]
            return SqlNumber(_compile_first_known(scaled, doubts), over)
        case syntax.OnlyIf(when=when, of=of):
            number, holds = compile_number(of), compile_truth(when)
            # No ELSE: an unknown condition enters neither branch, and the number is NULL.
            sql = f"CASE WHEN {holds} THEN {number.sql} WHEN NOT ({holds}) THEN 0 END"
            return SqlNumber(sql, number.over)
        case syntax.AtLeastZero(of=of):
            number = compile_number(of)
            sql = f"CASE WHEN {number.sql} < 0 THEN 0 ELSE {number.sql} END"
            return SqlNumber(sql, number.over)
        case syntax.SharedBy(of=of, by=by):
            number, people = compile_number(of), compile_number(by).sql
            factors = " * ".join([*number.over, f"({people})"])
            sql = f"CAST(({number.sql}) / ({factors}) AS INTEGER)"
            return SqlNumber(f"CASE WHEN {people} > 0 THEN {sql} END")
    return SqlNumber(_value_sql(node))


def compile_whole_fen(node: Node) -> str:
    """Return the SQL of an amount in whole fen, halves rounded up; it must not be negative."""
    number = compile_number(node)
    if not number.over:
        return number.sql
    # (2n + d) / 2d is n/d + 1/2 in whole numbers. SQLite cuts a quotient towards 0, which rounds
    # down if the amount is not negative.
    over = " * ".join(number.over)
    return f"CAST((2 * ({number.sql}) + {over}) / (2 * {over}) AS INTEGER)"


def _is_number(node: Node) -> bool:
    """Return whether a node is money, a count or a ratio, compared by numerator and denominator."""
    return node.type.sort in ("money", "count", "ratio")


def _compile_arithmetic(node: syntax.Arithmetic) -> SqlNumber:
    """Return the SQL of a calculation; a sum brings both sides to one denominator."""
    left, right = compile_number(node.left), compile_number(node.right)
    if node.operator == "/":
        # The divisor is a positive written number (parser, type_rules): it has no denominator.
        return SqlNumber(left.sql, (*left.over, right.sql))
    if node.operator == "*":
        return SqlNumber(f"({left.sql}) * ({right.sql})", (*left.over, *right.over))
    if left.over == right.over:
        return SqlNumber(f"({left.sql}) {node.operator} ({right.sql})", left.over)
    joined = f"{left.times(right.over)} {node.operator} {right.times(left.over)}"
    return SqlNumber(joined, (*left.over, *right.over))


def _remove_factors(factors: tuple[str, ...], removed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the factors of a product without those of `removed`, each removed once."""
    remaining = list(factors)
    for factor in removed:
        remaining.remove(factor)
    return tuple(remaining)


def _compile_first_known(values: Sequence[str], doubts: Sequence[Node]) -> str:
    """Return the SQL of the first value that is known, up to the first that is in doubt."""
    if not doubts:
        return f"COALESCE({', '.join(values)})"
    cases = [
        f"WHEN ({value}) IS NOT NULL THEN {value} WHEN {compile_truth(doubt)} THEN NULL"
        for value, doubt in zip(values, doubts, strict=True)
    ]
    return f"CASE {' '.join(cases)} END"


def _compile_comparison(node: syntax.Compare) -> str:
    """Return the SQL of a comparison; numbers are multiplied out instead of divided."""
    if node.bounds:
        surely, possibly = map(compile_truth, node.bounds)
        return f"CASE WHEN {surely} THEN 1 WHEN NOT ({possibly}) THEN 0 END = 1"
    if not _is_number(node.left):
        return f"{_value_sql(node.left)} {node.operator} {_value_sql(node.right)}"
    left, right = compile_number(node.left), compile_number(node.right)
    if left.over == right.over:
        return f"({left.sql}) {node.operator} ({right.sql})"
    return f"{left.times(right.over)} {node.operator} {right.times(left.over)}"


def _compile_in_list(node: Node, values: tuple[int | str, ...]) -> str:
    """Return the SQL of whether a value is in a list."""
    if not _is_number(node):
        return f"{_value_sql(node)} IN ({', '.join(map(quote_literal, values))})"
    number = compile_number(node)
    listed = (SqlNumber(quote_literal(value)).times(number.over) for value in values)
    return f"({number.sql}) IN ({', '.join(listed)})"


def _value_sql(node: Node) -> str:  # noqa: PLR0911 one line per form of the language
    """Return the SQL of a value without a denominator; a condition is put in brackets."""
    match node:
        case syntax.Constant(value=value):
            return quote_literal(value)
        case syntax.YearsSince(of=of):
            return _compile_years(_value_sql(of))
        case syntax.FirstKnown(parts=parts, doubts=doubts) if node.type.sort != "truth":
            return _compile_first_known(list(map(_value_sql, parts)), doubts)
        case syntax.IsInDoubt():
            return quote_column(UNIT, find_stored_column(node) or "")
        case syntax.ParameterRef(parameter=parameter):
            return f":p_{parameter}_num"
    if (name := find_column(node)) is None:
        return f"({compile_truth(node)})"
    column = quote_column(UNIT, name)
    if not isinstance(node, (syntax.FactRef, syntax.RangeEnd)) or node.presumed is None:
        return column
    # Only the pack's written `presume` replaces an unknown; findings list presumed facts.
    presumed = quote_literal(node.presumed)
    if isinstance(node, syntax.FactRef) and not node.may_be_in_doubt:
        return f"COALESCE({column}, {presumed})"
    in_doubt = quote_column(UNIT, format_column_name(ColumnKind.IN_DOUBT, node.fact))
    return f"CASE WHEN {in_doubt} = 1 THEN {column} ELSE COALESCE({column}, {presumed}) END"


def find_column(node: Node) -> str | None:
    """Return the name of the column that has the value of a node; None if none has."""
    if isinstance(node, syntax.HouseholdSize):
        return "size"
    return find_stored_column(node) or find_planned_column(node)


def find_stored_column(node: Node) -> str | None:
    """Return the column that a fact or receipt is stored in; None for any other node."""
    match node:
        case syntax.FactRef(fact=name):
            return name
        case syntax.RangeEnd(fact=name, end=end):
            return format_column_name(ColumnKind(end), name)
        case syntax.IsInDoubt(fact=name):
            return format_column_name(ColumnKind.IN_DOUBT, name)
        case syntax.Receives(programme=name):
            return format_column_name(ColumnKind.RECEIVES, name)
        case syntax.PaidAmount(programme=name):
            return format_column_name(ColumnKind.PAID, name)
    return None


def find_planned_column(node: Node) -> str | None:
    """Return the planned column that a node refers to; None for any other node."""
    match node:
        case syntax.ColumnRef(column=name):
            return name
        case syntax.Eligible(programme=name):
            return format_column_name(ColumnKind.ELIGIBLE, name)
    return None


def _compile_years(day: str) -> str:
    """Return the SQL of full years from a date to the as-of date; NULL if unknown or later."""
    # The difference of two dates written as yyyymmdd, cut to ten-thousands, is the full years.
    number = f"CAST(REPLACE({day}, '-', '') AS INTEGER)"
    return f"CASE WHEN {day} <= :as_of THEN CAST((:as_of_number - {number}) / 10000 AS INTEGER) END"


def quote_literal(value: int | str) -> str:
    """Return a number or text as an SQL literal; a pack writes it in the same way."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class PlanColumn:
    """A planned column: its name, its owner, and the node that it computes."""

    name: str
    owner: Owner
    node: Node


@dataclass
class ColumnPlan:
    """The columns planned so far, in the order in which they were added.

    A question over members needs all rows of a household, so it becomes a column of its own.
    """

    columns: dict[str, PlanColumn] = field(default_factory=dict)
    questions: dict[syntax.OverMembers, PlanColumn] = field(default_factory=dict)

    def add(self, name: str, owner: Owner, node: Node) -> syntax.ColumnRef:
        """Plan a column for a node; the questions in the node get columns before it.

        Returns a reference to the column.
        """
        self.columns[name] = PlanColumn(name, owner, self._lift_questions(node))
        return syntax.ColumnRef(node.type, owner, name)

    def list_names(self, owner: Owner) -> list[str]:
        """Return the names of the columns of a unit; questions are the household's."""
        planned = [*self.questions.values(), *self.columns.values()]
        return [column.name for column in planned if column.owner == owner]

    def find(self, name: str) -> PlanColumn | None:
        """Return a planned column or question by its name; None if there is none."""
        if name in self.columns:
            return self.columns[name]
        return next((column for column in self.questions.values() if column.name == name), None)

    def by_name(self, name: str) -> PlanColumn:
        """Return a planned column or question by its name."""
        if (column := self.find(name)) is None:
            raise KeyError(name)
        return column

    def _lift_questions(self, node: Node) -> Node:
        """Return a node with each question over members replaced by a reference to a column."""
        if isinstance(node, syntax.OverMembers):
            return self._plan_question(node)
        return syntax.replace_children(node, map(self._lift_questions, syntax.children(node)))

    def _plan_question(self, node: syntax.OverMembers) -> syntax.ColumnRef:
        """Plan and return the column of a question over members; equal questions share it."""
        inner = self._lift_questions(node.of)
        if node not in self.questions:
            name = format_column_name(ColumnKind.QUESTION, len(self.questions) + 1)
            self.questions[node] = PlanColumn(name, "household", replace(node, of=inner))
        # The column of a sum holds its numerator; every member's number has the same denominator.
        over = compile_number(inner).over if node.question == "sum" else ()
        return syntax.ColumnRef(node.type, "household", self.questions[node].name, over)
