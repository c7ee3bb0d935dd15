"""Compiles a pack into one SQL statement: tables of facts and receipts, and layers of columns.

`check_pack` parses every expression, so that errors show when a pack is loaded.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from relieftool.pack.facts import FEN_PER_YUAN
from relieftool.pack.loading import load_pack
from relieftool.pack.models import DatedValue, Pack, Parameter
from relieftool.rules.base_tables import LAW_MEMBER, BaseTables
from relieftool.rules.doubts import NO_DOUBTS, Doubts
from relieftool.rules.eligibility_sql import ProgrammeColumns
from relieftool.rules.layers import OWNERS, UnitColumns, place_columns
from relieftool.rules.lower_bounds import leave_open, leave_rules_open, list_least_known
from relieftool.rules.programme_rules import (
    ProgrammeRules,
    list_programmes_in_force,
    parse_programmes,
)
from relieftool.rules.receipts_sql import RosterCoverage, name_oldest_day
from relieftool.rules.sql import ColumnKind, ColumnPlan, format_column_name
from relieftool.rules.syntax import Node

Value = int | str | None
BoundValues = dict[str, Value]


@dataclass(frozen=True, eq=False)  # compared as an object: what is compiled of it is kept
class Statement:
    """The SELECT, its columns of each unit, the values to bind, and the rules behind it.

    `stored_sql` selects the stored columns alone. SQLite takes a tenth of a second to prepare the
    whole: for few households, an `Evaluator` computes the planned columns sooner.
    """

    sql: str
    stored_sql: str
    columns: UnitColumns
    bound: BoundValues
    rules: dict[str, ProgrammeRules]
    indicators: dict[str, Node]
    money: dict[str, Node]
    definitions: dict[str, Node]
    in_force: frozenset[str]
    as_of: dt.date
    pack: Pack
    plan: ColumnPlan

    def list_output_names(self) -> list[str]:
        """Return a unique name for each column of the SELECT, made of unit and column."""
        return [f"{unit}__{name}" for unit in OWNERS for name in self.columns[unit]]

    def list_stored(self) -> UnitColumns:
        """Return the columns of each unit that are stored, not planned."""
        return {
            unit: [name for name in names if self.plan.find(name) is None]
            for unit, names in self.columns.items()
        }

    def group_rows(
        self, rows: Iterable[tuple[Value, ...]], columns: UnitColumns | None = None
    ) -> Iterator[tuple[dict[str, Value], list[dict[str, Value]]]]:
        """Yield each household's row, and those of its members, from the rows of the SELECT.

        `columns` are those of the rows; None means all of the statement.
        """
        households, members = ((columns or self.columns)[unit] for unit in OWNERS)
        start = len(households)
        for _number, group in groupby(rows, key=itemgetter(0)):
            listed = list(group)
            # A household without members has one row, in which the columns of the member are NULL.
            yield (
                dict(zip(households, listed[0], strict=False)),
                [
                    dict(zip(members, row[start:], strict=True))
                    for row in listed
                    if row[start] is not None
                ],
            )


def compile_statement(  # noqa: PLR0913 the rules, and all that shapes the statement
    pack: Pack,
    as_of: dt.date,
    coverage: RosterCoverage,
    doubts: Doubts = NO_DOUBTS,
    *,
    kinds: Collection[ColumnKind] | None = None,
    is_restricted: bool = False,
) -> Statement:
    """Compile a pack for a day; `coverage` are the complete rosters in force.

    `doubts` are the facts that are in doubt in any household that is evaluated.
    `kinds` are the kinds of columns to select; None means all, and facts and priority as well. With
    `is_restricted` the statement evaluates only the households that `bind_households` names.

    Raises:
        ReliefError: An expression of the pack is wrong, or programmes refer to each other in a
            ring.
    """
    rules, indicators, money, definitions = _parse_on(pack, as_of, doubts)
    in_force = list_programmes_in_force(pack, as_of)
    plan, trees = _plan_columns(pack, rules, in_force, indicators, money)
    by_law = definitions.get(LAW_MEMBER)
    doubts = doubts.narrow([*trees, *([by_law] if by_law else [])], {"lives_together"})
    base = BaseTables(pack, coverage, in_force, is_restricted, by_law, doubts)
    stored = {unit: base.list_columns(unit, trees) for unit in OWNERS}
    columns = {
        unit: _choose_columns([*stored[unit], *plan.list_names(unit)], kinds) for unit in OWNERS
    }
    sql, stored_sql = (_write_select(base, plan, listed) for listed in (columns, stored))
    return Statement(
        *(sql, stored_sql, columns, list_bound_values(pack, as_of), rules, indicators, money),
        *(definitions, in_force, as_of, pack, plan),
    )


def _write_select(base: BaseTables, plan: ColumnPlan, columns: UnitColumns) -> str:
    """Return the SELECT of some columns of each unit."""
    layers = place_columns(plan, columns)
    tables = [*base.list_tables(layers), *layers.list_tables()]
    ctes = ",\n".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in tables)
    return f"WITH {ctes}\n{layers.select()}"


def _parse_on(
    pack: Pack, as_of: dt.date, doubts: Doubts
) -> tuple[dict[str, ProgrammeRules], dict[str, Node], dict[str, Node], dict[str, Node]]:
    """Return programmes, indicators and amounts of priority, and definitions as trees for a day."""
    least = list_least_known(pack, as_of)
    indicators, money = parse_priority(pack)
    return (
        {
            name: doubts.mark_rules(leave_rules_open(rules, least))
            for name, rules in parse_programmes(pack).items()
        },
        {name: doubts.mark(leave_open(node, least)) for name, node in indicators.items()},
        {name: doubts.mark(node) for name, node in money.items()},
        {name: doubts.mark(node) for name, node in parse_definitions(pack).items()},
    )


def _plan_columns(
    pack: Pack,
    rules: dict[str, ProgrammeRules],
    in_force: frozenset[str],
    indicators: dict[str, Node],
    money: dict[str, Node],
) -> tuple[ColumnPlan, list[Node]]:
    """Return the plan of all columns, and the trees that they are planned for."""
    plan = ProgrammeColumns(pack, rules, in_force).add_all()
    named = {
        format_column_name(ColumnKind.INDICATOR, name): indicators[name] for name in indicators
    }
    for name, node in (named | money).items():
        plan.add(name, "household", node)
    trees = [node for rule in rules.values() for node in rule.nodes]
    trees += [*indicators.values(), *money.values()]
    return plan, trees


def _choose_columns(names: list[str], kinds: Collection[ColumnKind] | None) -> list[str]:
    """Return the columns that have one of some kinds, and those that number households or members.

    If `kinds` is None, all are returned.
    """
    if kinds is None:
        return names
    chosen = {"household_no", "member_no", *kinds}
    return [name for name in names if name.partition("__")[0] in chosen]


def bind_households(numbers: Collection[str]) -> BoundValues:
    """Return the value to bind for the households that a restricted statement evaluates."""
    return {"households": json.dumps(sorted(numbers))}


def parse_priority(pack: Pack) -> tuple[dict[str, Node], dict[str, Node]]:
    """Return the trees of priority.toml: indicators by id, then amounts of money per month by name.

    The amounts are resources, spending and line.
    """
    from relieftool.rules.parser import (  # noqa: PLC0415 start-up time
        parse_condition,
        parse_money_expression,
    )

    rule = pack.priority
    indicators = {
        indicator.id: parse_condition(
            pack, indicator.when, "household", f"priority.toml: indicators.{indicator.id}.when"
        )
        for indicator in rule.indicators
    }
    texts = {"resources": rule.resources, "spending": rule.spending, "line": rule.line}
    money = {
        name: parse_money_expression(pack, text, "household", f"priority.toml: {name}", "month")
        for name, text in texts.items()
    }
    return indicators, money


def parse_definitions(pack: Pack) -> dict[str, Node]:
    """Return the trees of a pack's definitions by id; raise ReliefError if one is wrong."""
    from relieftool.rules.parser import parse_definition  # noqa: PLC0415 start-up time

    return {name: parse_definition(pack, named) for name, named in pack.definitions.items()}


def list_bound_values(pack: Pack, as_of: dt.date) -> BoundValues:
    """Return the values to bind: the day, the oldest valid day of rosters, and the parameters."""
    bound: BoundValues = {
        "as_of": as_of.isoformat(),
        "as_of_number": as_of.year * 10000 + as_of.month * 100 + as_of.day,
    }
    for programme in pack.programmes.values():
        since = as_of - dt.timedelta(days=programme.roster_valid_days)
        bound[name_oldest_day(programme.id).removeprefix(":")] = since.isoformat()
    for name, value in list_parameter_values(pack, as_of).items():
        if pack.parameters[name].unit == "ratio":
            bound[f"p_{name}_den"] = value.denominator if isinstance(value, Fraction) else 1
        bound[f"p_{name}_num"] = value.numerator if isinstance(value, Fraction) else value
    return bound


def list_parameter_values(pack: Pack, as_of: dt.date) -> dict[str, Fraction | str | None]:
    """Return the value in force of every parameter.

    It is an exact number (fen for money), the id of a choice, or None if none is in force.
    """
    values: dict[str, Fraction | str | None] = {}
    for name, parameter in pack.parameters.items():
        dated = parameter.in_force(as_of)
        if parameter.unit == "choice":
            values[name] = str(dated.value) if dated else None
        else:
            values[name] = convert_parameter_value(parameter, dated)
    return values


def convert_parameter_value(parameter: Parameter, dated: DatedValue | None) -> Fraction | None:
    """Return a parameter's value as an exact number (fen for money); None if `dated` is None."""
    if dated is None:
        return None
    return dated.number * (FEN_PER_YUAN if parameter.unit == "yuan" else 1)


def load_checked_pack(folder: Path) -> Pack:
    """Load a rule pack and check all its expressions.

    In the pack returned, each programme comes after those it refers to.

    Raises:
        ReliefError: The pack is wrong; the message names the first fault with file, key and remedy.
    """
    return check_pack(load_pack(folder))


def check_pack(pack: Pack) -> Pack:
    """Parse every expression of a pack; return it with each programme after those it refers to.

    Raises:
        ReliefError: An expression is wrong, or programmes refer to each other in a ring.
    """
    parse_definitions(pack)
    rules = parse_programmes(pack)
    parse_priority(pack)
    ordered = {name: rule.programme for name, rule in rules.items()}
    return pack.model_copy(update={"programmes": ordered})
