"""Syntax tree -> SQL. Truths are 1, 0 or NULL; numbers are exact: a numerator over denominators.

Written in the part of SQL that all engines share. Names are always qualified, because SQLite reads
a lone misspelt name as a string. Values of the law are bound as :p_<parameter>_num and _den.
"""

from dataclasses import dataclass

from relieftool.rules import syntax
from relieftool.rules.syntax import Node


@dataclass(frozen=True)
class Number:
    """A number as SQL: `over` are the factors of its denominator, each positive."""

    sql: str
    over: tuple[str, ...] = ()

    def times(self, factors: tuple[str, ...]) -> str:
        """Give the numerator multiplied by some factors."""
        return " * ".join([f"({self.sql})", *factors]) if factors else self.sql


def column_name(kind: str, *parts: str | int) -> str:
    """Give the name of a column of the statement, such as r__dibao_single."""
    return "__".join([kind, *(str(part).replace("-", "_") for part in parts)])


def quoted(owner: str, name: str) -> str:
    """Give a qualified column of the household or the member."""
    return f'{owner}."{name}"'


def truth_sql(node: Node) -> str:
    """Give the SQL of a condition: 1 it holds, 0 it does not, NULL unknown."""
    match node:
        case syntax.And(parts=parts):
            return " AND ".join(f"({truth_sql(part)})" for part in parts) or "1 = 1"
        case syntax.Or(parts=parts):
            return " OR ".join(f"({truth_sql(part)})" for part in parts) or "1 = 0"
        case syntax.Not(of=of):
            return f"NOT ({truth_sql(of)})"
        case syntax.Surely(of=of, wanted=wanted):
            return f"CASE WHEN {'' if wanted else 'NOT '}({truth_sql(of)}) THEN 1 ELSE 0 END = 1"
        case syntax.IsUnknown(of=of):
            return f"({_plain_sql(of)}) IS NULL"
        case syntax.OneOf(of=of, values=values):
            return f"{_plain_sql(of)} IN ({', '.join(map(_literal, values))})"
        case syntax.Compare():
            return _comparison(node)
    return f"{_plain_sql(node)} = 1"


def number_sql(node: Node) -> Number:
    """Give the SQL of a number as a numerator over denominators; NULL is unknown."""
    match node:
        case syntax.ParameterRef(parameter=parameter):
            ratio = node.type.sort == "ratio"
            return Number(f":p_{parameter}_num", (f":p_{parameter}_den",) if ratio else ())
        case syntax.Arithmetic(operator="/", left=left, right=right):
            number = number_sql(left)
            return Number(number.sql, (*number.over, number_sql(right).sql))
        case syntax.Arithmetic(operator="*", left=left, right=right):
            one, other = number_sql(left), number_sql(right)
            return Number(f"({one.sql}) * ({other.sql})", (*one.over, *other.over))
        case syntax.Arithmetic(operator=operator, left=left, right=right):
            one, other = number_sql(left), number_sql(right)
            if one.over == other.over:
                return Number(f"({one.sql}) {operator} ({other.sql})", one.over)
            joined = f"{one.times(other.over)} {operator} {other.times(one.over)}"
            return Number(joined, (*one.over, *other.over))
        case syntax.FirstKnown(parts=parts):
            numbers = [number_sql(part) for part in parts]
            over = tuple(factor for number in numbers for factor in number.over)
            scaled = [number.times(_without(over, number.over)) for number in numbers]
            return Number(f"COALESCE({', '.join(scaled)})", over)
    return Number(_plain_sql(node))


def whole_sql(node: Node) -> str:
    """Give the SQL of an amount in whole fen, halves rounded up; amounts are not negative."""
    number = number_sql(node)
    if not number.over:
        return number.sql
    over = " * ".join(number.over)
    return f"CAST((2 * ({number.sql}) + {over}) / (2 * {over}) AS INTEGER)"


def _without(factors: tuple[str, ...], some: tuple[str, ...]) -> tuple[str, ...]:
    """Take some factors out of a product, each once."""
    left = list(factors)
    for factor in some:
        left.remove(factor)
    return tuple(left)


def _comparison(node: syntax.Compare) -> str:
    """Compare numbers by multiplying out, never by dividing; other values as they are."""
    if node.left.type.sort in ("money", "count", "ratio"):
        left, right = number_sql(node.left), number_sql(node.right)
        if left.over == right.over:
            return f"({left.sql}) {node.operator} ({right.sql})"
        return f"{left.times(right.over)} {node.operator} {right.times(left.over)}"
    return f"{_plain_sql(node.left)} {node.operator} {_plain_sql(node.right)}"


def _plain_sql(node: Node) -> str:
    """Give the SQL of a single value."""
    match node:
        case syntax.FactRef(owner=owner, fact=fact, presumed=None):
            return quoted(owner, fact)
        case syntax.FactRef(owner=owner, fact=fact, presumed=presumed):
            # The pack's written `presume`, shown by every finding; no other constant stands in.
            return f"COALESCE({quoted(owner, fact)}, {_literal(presumed or 0)})"
        case syntax.ColumnRef(owner=owner, column=column):
            return quoted(owner, column)
        case syntax.Size():
            return quoted("household", "size")
        case syntax.Receives(owner=owner, programme=programme):
            return quoted(owner, column_name("r", programme))
        case syntax.Eligible(owner=owner, programme=programme):
            return quoted(owner, column_name("e", programme))
        case syntax.Constant(value=value):
            return _literal(value)
        case syntax.YearsSince(of=of):
            day = f"CAST(REPLACE({_plain_sql(of)}, '-', '') AS INTEGER)"
            return f"CAST((:as_of_number - {day}) / 10000 AS INTEGER)"
        case syntax.FirstKnown(parts=parts) if node.type.sort not in ("money", "count", "ratio"):
            return f"COALESCE({', '.join(_plain_sql(part) for part in parts)})"
    if node.type.sort == "truth":
        return f"({truth_sql(node)})"
    number = number_sql(node)
    if number.over:
        raise AssertionError(node)
    return number.sql


def _literal(value: int | str) -> str:
    """Write a constant of the pack; words are quoted."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
