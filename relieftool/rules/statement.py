"""Compiles a pack into one SQL statement: tables of facts and receipts, and layers of columns.

A layer has a row per member, which repeats the columns of the household, and one row for a
household without members. The table layer_<n> adds the columns of a layer; asked_<n> counts or adds
up what they need over the members of a household. `check_pack` parses every expression, so that
errors show when a pack is loaded.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from relieftool.pack.facts import FEN_PER_YUAN, Owner
from relieftool.pack.loading import load_pack
from relieftool.pack.models import DatedValue, Pack, Parameter, Programme
from relieftool.rules.eligibility_sql import ProgrammeColumns
from relieftool.rules.parser import parse_condition, parse_definition, parse_money_expression
from relieftool.rules.programme_rules import (
    ProgrammeRules,
    list_programmes_in_force,
    parse_programmes,
)
from relieftool.rules.receipts_sql import (
    RosterCoverage,
    compile_paid,
    compile_paid_until,
    compile_receipt_tables,
    compile_received,
    name_oldest_day,
)
from relieftool.rules.sql import (
    UNIT,
    ColumnKind,
    ColumnPlan,
    PlanColumn,
    compile_number,
    compile_truth,
    compile_whole_fen,
    format_column_name,
    quote_column,
)
from relieftool.rules.syntax import FactRef, Node, OverMembers, walk

BoundValues = dict[str, int | str | None]


@dataclass(frozen=True, eq=False)  # compared as an object: what is compiled of it is kept
class Statement:
    """The SELECTs for households and for members, the values to bind, and the rules behind them."""

    household_sql: str
    member_sql: str
    bound: BoundValues
    rules: dict[str, ProgrammeRules]
    indicators: dict[str, Node]
    money: dict[str, Node]
    in_force: frozenset[str]
    as_of: dt.date
    pack: Pack
    plan: ColumnPlan


def compile_statement(
    pack: Pack,
    as_of: dt.date,
    coverage: RosterCoverage,
    *,
    only_eligibility: bool = False,
    is_restricted: bool = False,
) -> Statement:
    """Compile a pack for a day; `coverage` are the complete rosters in force.

    With `only_eligibility` the columns of claims and priority are left out, which is much faster.
    With `is_restricted` the statement evaluates only some households: whoever runs it binds their
    numbers with `bind_households`.

    Raises:
        ReliefError: An expression of the pack is wrong, or programmes refer to each other in a
            ring.
    """
    rules = parse_programmes(pack)
    in_force = list_programmes_in_force(pack, as_of)
    indicators, money = parse_priority(pack)
    columns = ProgrammeColumns(pack, rules, in_force)
    plan = columns.add_eligibility() if only_eligibility else columns.add_all()
    if not only_eligibility:
        _add_priority(plan, indicators, money)
    trees = [node for rule in rules.values() for node in rule.nodes]
    trees += [*indicators.values(), *money.values()]
    layers = _Layers(pack, plan, coverage, in_force, trees, is_restricted=is_restricted)
    return Statement(
        layers.select("household"),
        layers.select("member"),
        list_bound_values(pack, as_of),
        rules,
        indicators,
        money,
        in_force,
        as_of,
        pack,
        plan,
    )


def _add_priority(plan: ColumnPlan, indicators: dict[str, Node], money: dict[str, Node]) -> None:
    """Plan the columns of the indicators and amounts of priority.toml."""
    for name, node in indicators.items():
        plan.add(format_column_name(ColumnKind.INDICATOR, name), "household", node)
    for name, node in money.items():
        plan.add(name, "household", node)


def bind_households(numbers: Collection[str]) -> BoundValues:
    """Return the value to bind for the households that a restricted statement evaluates."""
    return {"households": json.dumps(sorted(numbers))}


def parse_priority(pack: Pack) -> tuple[dict[str, Node], dict[str, Node]]:
    """Return the trees of priority.toml: indicators by id, then amounts of money per month by name.

    The amounts are resources, spending and line.
    """
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


@dataclass(frozen=True)
class _Layers:
    """Writes the layers of a plan as common table expressions (a WITH clause)."""

    pack: Pack
    plan: ColumnPlan
    coverage: RosterCoverage
    in_force: frozenset[str]
    trees: list[Node]
    is_restricted: bool

    def select(self, unit: Owner) -> str:
        """Return the whole SELECT of one unit.

        Each layer reads only the table below it, once. Without MATERIALIZED, SQLite would merge a
        table into the one above and compute each column again wherever it is used, in every layer.
        """
        tables = [
            *compile_receipt_tables(
                self.pack.programmes.values(), self.coverage, self._restrict("AND", "receipt")
            ),
            *self._base(),
        ]
        below = "layer_0"
        for layer in range(1, self.plan.layers + 1):
            for name, selected in self._layer(layer):
                tables.append((name, f"SELECT {selected} FROM {below} unit"))
                below = name
        ctes = ",\n".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in tables)
        columns = ", ".join(f'unit."{name}"' for name in self._own_columns(unit))
        # Every member's row repeats the household's columns: one row per household is enough.
        rows = {"household": "unit.nth = 1", "member": "unit.member_no IS NOT NULL"}[unit]
        return (
            f"WITH {ctes}\nSELECT {columns} FROM {below} unit WHERE {rows} ORDER BY unit.{unit}_no"
        )

    def _own_columns(self, unit: Owner) -> list[str]:
        """Return the names of the columns of a unit's own row, from the base and all layers."""
        asked = [question.name for question in self.plan.questions.values() if unit == "household"]
        planned = [column.name for column in self.plan.columns.values() if column.owner == unit]
        size = ["size"] if unit == "household" else []
        return [*(name for name, _sql in self._base_columns(unit)), *size, *asked, *planned]

    def _facts(self, owner: Owner) -> set[str]:
        """Return the facts of a unit that the rules, or the count of the household's size, read."""
        used = {
            node.fact
            for tree in self.trees
            for node in walk(tree)
            if isinstance(node, FactRef) and node.owner == owner
        }
        needed = {"stated_size"} if owner == "household" else {"lives_together"}
        return used | (needed & self.pack.facts.keys())

    def _base(self) -> list[tuple[str, str]]:
        """Return the tables of facts and receipts of each unit, and layer_0, which joins them.

        The outer join keeps a household without members, as a row of its own.
        """
        household, member = (
            ", ".join(f'{sql} AS "{name}"' for name, sql in self._base_columns(unit))
            for unit in ("household", "member")
        )
        household_rows = f"""FROM households household LEFT JOIN household_receipts
            ON household_receipts.household_no = household.household_no
            {self._restrict("WHERE", "household")}"""
        member_rows = f"""FROM members member JOIN households household
            ON household.household_no = member.household_no
            LEFT JOIN member_receipts ON member_receipts.member_no = member.member_no
            LEFT JOIN unassigned_receipts
            ON unassigned_receipts.household_no = member.household_no
            {self._restrict("WHERE", "member")}"""
        member_columns = ", ".join(
            quote_column("member", name)
            for name, _sql in self._base_columns("member")
            if name != "household_no"
        )
        joined = f"""SELECT household.*, {member_columns}, ROW_NUMBER() OVER (
            PARTITION BY household.household_no ORDER BY member.member_no) AS nth
            FROM household_base household
            LEFT JOIN member_base member ON member.household_no = household.household_no"""
        return [
            ("household_base", f"SELECT {household} {household_rows}"),
            ("member_base", f"SELECT {member} {member_rows}"),
            ("layer_0", joined),
        ]

    def _restrict(self, word: str, table: str) -> str:
        """Return the SQL that keeps only rows of the households asked about; "" if all are."""
        if not self.is_restricted:
            return ""
        return f"{word} {table}.household_no IN (SELECT value FROM json_each(:households))"

    def _base_columns(self, unit: Owner) -> list[tuple[str, str]]:
        """Return name and SQL of each column in the base table of a unit."""
        own = {
            "household": ("household_no", "community_id", "listed_members", "dated_on"),
            "member": ("member_no", "household_no"),
        }[unit]
        lives = [("lives", self._lives_sql())] if unit == "member" else []
        stored = [(name, quote_column(unit, name)) for name in (*own, *sorted(self._facts(unit)))]
        return [*stored, *lives, *self._receipt_columns(unit)]

    def _lives_sql(self) -> str:
        """Return the SQL of whether a member lives with the household, as known or as presumed."""
        fact = self.pack.facts.get("lives_together")
        if fact is None:
            return "1"
        column = quote_column("member", fact.id)
        return f"COALESCE({column}, {int(fact.presume.value)})" if fact.presume else column

    def _receipt_columns(self, unit: Owner) -> list[tuple[str, str]]:
        """Return name and SQL of each receipt column of a unit's programmes."""
        columns: list[tuple[str, str]] = []
        for programme in self.pack.programmes.values():
            if programme.unit == unit:
                undated = format_column_name(ColumnKind.UNDATED, programme.id)
                sql_of = {
                    ColumnKind.RECEIVES: self._receives_sql(programme),
                    ColumnKind.PAID: compile_paid(programme),
                    ColumnKind.PAID_UNTIL: compile_paid_until(programme),
                    ColumnKind.UNDATED: quote_column(f"{unit}_receipts", undated),
                }
                columns += [
                    (format_column_name(kind, programme.id), sql) for kind, sql in sql_of.items()
                ]
        return columns

    def _receives_sql(self, programme: Programme) -> str:
        """Return the SQL of a receipt; if the programme is not in force, unknown counts as no."""
        received = compile_received(programme, self.coverage)
        if programme.id in self.in_force:
            return received
        return f"CASE WHEN ({received}) = 1 THEN 1 ELSE 0 END"

    def _layer(self, layer: int) -> Iterator[tuple[str, str]]:
        """Yield name and select list of the tables of a layer; asked_<n> only if it is needed."""
        asked, answered = self._questions(layer)
        if asked:
            over = (f"{sql} OVER (PARTITION BY unit.household_no) AS {name}" for name, sql in asked)
            yield f"asked_{layer}", ", ".join(["unit.*", *over])
        columns = [
            f"{_value_sql(column.node)} AS {column.name}"
            for column in self.plan.columns.values()
            if column.layer == layer
        ]
        yield f"layer_{layer}", ", ".join(["unit.*", *answered, *columns])

    def _questions(self, layer: int) -> tuple[list[tuple[str, str]], list[str]]:
        """Return the counts of a layer over members, and the SQL of the columns made of them."""
        if layer == 1:
            return self._size_columns()
        planned = [question for question in self.plan.questions.values() if question.layer == layer]
        asked = [counted for column in planned for counted in _count_answers(column)]
        return asked, [f"{_answer_sql(column)} AS {column.name}" for column in planned]

    def _size_columns(self) -> tuple[list[tuple[str, str]], list[str]]:
        """Return the columns of the household's size: the number of members who live together.

        The size is unknown if it is unknown of a member whether they live here, or if the sheet
        states a number that is neither that of the members living here nor that of all listed. If
        nobody is listed, it is unknown unless the sheet states 0.
        """
        unsure = "unit.member_no IS NOT NULL AND unit.lives IS NULL"
        asked = [
            ("living", "SUM(unit.lives)"),
            ("unsure", f"COUNT(CASE WHEN {unsure} THEN 1 END)"),
        ]
        is_agreed, is_empty = "unit.unsure = 0", "1 = 0"
        if "stated_size" in self.pack.facts:
            stated = quote_column(UNIT, "stated_size")
            is_agreed += (
                f" AND ({stated} IS NULL OR {stated} IN (unit.living, unit.listed_members))"
            )
            is_empty = f"unit.member_no IS NULL AND {stated} = 0"
        size = f"CASE WHEN {is_empty} THEN 0 WHEN {is_agreed} THEN unit.living END AS size"
        return asked, [size]


def _value_sql(node: Node) -> str:
    """Return the SQL of a planned column: 1, 0 or NULL for a condition, whole fen for money."""
    if node.type.sort == "truth":
        condition = compile_truth(node)
        return f"CASE WHEN {condition} THEN 1 WHEN NOT ({condition}) THEN 0 END"
    return compile_whole_fen(node)


def _count_answers(column: PlanColumn) -> list[tuple[str, str]]:
    """Return name and SQL of what is counted or added up over the members who live together.

    True and false answers are counted apart, and known numbers are counted beside their sum,
    because SUM skips NULL: unknown answers would go unnoticed.
    """
    node, lives = _get_question(column), "unit.lives = 1"
    if node.question == "sum":
        number = f"CASE WHEN {lives} THEN {compile_number(node.of).sql} END"
        return [
            (f"{column.name}__sum", f"SUM({number})"),
            (f"{column.name}__known", f"COUNT({number})"),
        ]
    condition = compile_truth(node.of)
    return [
        (f"{column.name}__true", f"COUNT(CASE WHEN {lives} AND ({condition}) THEN 1 END)"),
        (f"{column.name}__false", f"COUNT(CASE WHEN {lives} AND NOT ({condition}) THEN 1 END)"),
    ]


def _get_question(column: PlanColumn) -> OverMembers:
    if not isinstance(column.node, OverMembers):
        raise TypeError(column.name)
    return column.node


def _answer_sql(column: PlanColumn) -> str:
    """Return the SQL of a household's answer to a question over its members.

    It is unknown if a member who is not listed, or whose answer is unknown, could change it. `any`
    and `all` need as many answers as members live together, unless a single answer decides.
    """
    size, name = "unit.size", f"unit.{column.name}"
    true, false = f"{name}__true", f"{name}__false"
    match _get_question(column).question:
        case "any":
            return f"CASE WHEN {true} > 0 THEN 1 WHEN {size} = 0 OR {false} = {size} THEN 0 END"
        case "all":
            return f"CASE WHEN {false} > 0 THEN 0 WHEN {size} = 0 OR {true} = {size} THEN 1 END"
        case "count":
            known = f"{true} + {false} = {size}"
            return f"CASE WHEN {size} = 0 THEN 0 WHEN {known} THEN {true} END"
        case "sum":
            known = f"{name}__known = {size}"
            return f"CASE WHEN {size} = 0 THEN 0 WHEN {known} THEN {name}__sum END"


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
    for definition in pack.definitions.values():
        parse_definition(pack, definition)
    rules = parse_programmes(pack)
    parse_priority(pack)
    ordered = {name: rule.programme for name, rule in rules.items()}
    return pack.model_copy(update={"programmes": ordered})
