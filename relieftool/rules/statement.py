"""The one statement: facts and receipts at the bottom, one layer of columns upon the other.

Layer n has a household row h<n> and a member row m<n>; q<n> gathers members' answers. The same text
serves both units and, translated by sqlglot, other engines.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from relieftool.pack.models import FEN_PER_YUAN, DatedValue, Owner, Pack, Parameter
from relieftool.rules.parsing import parse_money, parse_truth
from relieftool.rules.plan import Column, Plan
from relieftool.rules.programmes import ProgrammeColumns, Rules, parse_programmes
from relieftool.rules.receipts import (
    Coverage,
    paid_sql,
    receipt_ctes,
    received_sql,
    since_name,
)
from relieftool.rules.sql import column_name, number_sql, quoted, truth_sql, whole_sql
from relieftool.rules.syntax import FactRef, Node, OverMembers, walk

Bound = dict[str, int | str | None]


@dataclass(frozen=True)
class Statement:
    """What to run: one SELECT per unit with the values to bind, and the trees behind it."""

    household_sql: str
    member_sql: str
    bound: Bound
    rules: dict[str, Rules]
    indicators: dict[str, Node]
    money: dict[str, Node]
    in_force: frozenset[str]
    as_of: dt.date
    pack: Pack


def compile_statement(
    pack: Pack, as_of: dt.date, coverage: Coverage, *, only_eligibility: bool = False
) -> Statement:
    """Compile a pack for a day, given where complete rosters are in force.

    With `only_eligibility` it says nothing of claims and priority, and is ready much sooner.

    Raises:
        ReliefError: An expression of the pack is wrong, or programmes refer to each other in a
            ring.
    """
    rules = parse_programmes(pack)
    in_force = frozenset(n for n, one in pack.programmes.items() if one.is_in_force(as_of))
    indicators, money = parse_priority(pack)
    columns = ProgrammeColumns(pack, rules, in_force)
    plan = columns.add_eligibility() if only_eligibility else columns.add_all()
    asked = {column_name("i", name): node for name, node in indicators.items()} | money
    if not only_eligibility:
        for name, node in asked.items():
            plan.add(name, "household", node)
    trees = [node for one in rules.values() for node in one.nodes]
    layers = _Layers(pack, plan, coverage, [*trees, *indicators.values(), *money.values()])
    return Statement(
        layers.select("household"),
        layers.select("member"),
        bind(pack, as_of),
        rules,
        indicators,
        money,
        in_force,
        as_of,
        pack,
    )


def parse_priority(pack: Pack) -> tuple[dict[str, Node], dict[str, Node]]:
    """Read priority.toml: the indicators, and resources, spending and line in fen per month."""
    rule = pack.priority
    indicators = {
        one.id: parse_truth(pack, one.when, "household", f"priority.toml: indicators.{one.id}.when")
        for one in rule.indicators
    }
    texts = {"resources": rule.resources, "spending": rule.spending, "line": rule.line}
    money = {
        name: parse_money(pack, text, "household", f"priority.toml: {name}", "month")
        for name, text in texts.items()
    }
    return indicators, money


def bind(pack: Pack, as_of: dt.date) -> Bound:
    """Give the values to bind: the day, the parameters in force, how old a roster may be."""
    bound: Bound = {
        "as_of": as_of.isoformat(),
        "as_of_number": as_of.year * 10000 + as_of.month * 100 + as_of.day,
    }
    for programme in pack.programmes.values():
        since = as_of - dt.timedelta(days=programme.roster_valid_days)
        bound[since_name(programme.id).removeprefix(":")] = since.isoformat()
    for name, value in parameter_values(pack, as_of).items():
        if pack.parameters[name].unit == "ratio":
            bound[f"p_{name}_den"] = value.denominator if isinstance(value, Fraction) else 1
        bound[f"p_{name}_num"] = value.numerator if isinstance(value, Fraction) else value
    return bound


def parameter_values(pack: Pack, as_of: dt.date) -> dict[str, Fraction | str | None]:
    """Give the value in force of every parameter: exact numbers, money in fen, ids of choices."""
    values: dict[str, Fraction | str | None] = {}
    for name, parameter in pack.parameters.items():
        dated = parameter.in_force(as_of)
        if parameter.unit == "choice":
            values[name] = str(dated.value) if dated else None
        else:
            values[name] = parameter_value(parameter, dated)
    return values


def parameter_value(parameter: Parameter, dated: DatedValue | None) -> Fraction | None:
    """Give a parameter's value: fen for money, else as written; None without one in force."""
    if dated is None:
        return None
    return dated.number * (FEN_PER_YUAN if parameter.unit == "yuan" else 1)


@dataclass(frozen=True)
class _Layers:
    """Writes the layers of a plan as common tables."""

    pack: Pack
    plan: Plan
    coverage: Coverage
    trees: list[Node]

    def select(self, unit: Owner) -> str:
        """Give the whole SELECT of one unit."""
        tables = [*receipt_ctes(self.pack.programmes.values(), self.coverage), *self._base()]
        for layer in range(1, self.plan.layers + 1):
            tables += self._layer(layer)
        ctes = ",\n".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in tables)
        row = f"{unit[0]}{self.plan.layers}"
        return f"WITH {ctes}\nSELECT * FROM {row} ORDER BY {row}.{unit}_no"

    def _facts(self, owner: Owner) -> set[str]:
        """Name the facts of a unit that the rules use, or that every row needs."""
        used = {
            node.fact
            for tree in self.trees
            for node in walk(tree)
            if isinstance(node, FactRef) and node.owner == owner
        }
        needed = {"stated_size"} if owner == "household" else {"lives_together"}
        return used | (needed & self.pack.facts.keys())

    def _base(self) -> list[tuple[str, str]]:
        """Give h0 and m0: facts and receipts as they are in the register."""
        household = [
            "household.household_no",
            "household.community_id",
            "household.listed_members",
            "household.dated_on",
            *(quoted("household", fact) for fact in sorted(self._facts("household"))),
            *self._receipts("household"),
        ]
        member = [
            "member.member_no",
            "member.household_no",
            f"{self._lives_sql()} AS lives",
            *(quoted("member", fact) for fact in sorted(self._facts("member"))),
            *self._receipts("member"),
        ]
        household_joins = """LEFT JOIN household_receipts
            ON household_receipts.household_no = household.household_no"""
        member_joins = """JOIN households household
            ON household.household_no = member.household_no
            LEFT JOIN member_receipts ON member_receipts.member_no = member.member_no
            LEFT JOIN unassigned_receipts
            ON unassigned_receipts.household_no = member.household_no"""
        return [
            ("h0", f"SELECT {', '.join(household)} FROM households household {household_joins}"),
            ("m0", f"SELECT {', '.join(member)} FROM members member {member_joins}"),
        ]

    def _lives_sql(self) -> str:
        """Say whether a member lives with the household; unknown unless the pack presumes."""
        fact = self.pack.facts.get("lives_together")
        if fact is None:
            return "1"
        column = quoted("member", fact.id)
        return f"COALESCE({column}, {int(fact.presume.value)})" if fact.presume else column

    def _receipts(self, unit: Owner) -> list[str]:
        """Give the receipt columns of a unit's programmes."""
        table = f"{unit}_receipts"
        return [
            column
            for programme in self.pack.programmes.values()
            if programme.unit == unit
            for column in (
                f"{received_sql(programme, self.coverage)} AS {column_name('r', programme.id)}",
                f"{paid_sql(programme)} AS {column_name('paid', programme.id)}",
                f"{table}.{column_name('und', programme.id)}",
            )
        ]

    def _layer(self, layer: int) -> list[tuple[str, str]]:
        """Give q<n>, h<n> and m<n> of one layer; q<n> only where members are asked something."""
        below = f"FROM m{layer - 1} member JOIN h{layer - 1} household"
        below += " ON household.household_no = member.household_no"
        asked, answered = self._questions(layer)
        gathering, join = [], ""
        if asked:
            selected = ", ".join(["member.household_no", *asked])
            gathering = [
                (f"q{layer}", f"SELECT {selected} {below} GROUP BY member.household_no"),
            ]
            join = f"LEFT JOIN q{layer} asked ON asked.household_no = household.household_no"
        households = ", ".join(["household.*", *answered, *self._columns("household", layer)])
        members = ", ".join(["member.*", *self._columns("member", layer)])
        return [
            *gathering,
            (f"h{layer}", f"SELECT {households} FROM h{layer - 1} household {join}"),
            (f"m{layer}", f"SELECT {members} {below}"),
        ]

    def _columns(self, owner: Owner, layer: int) -> list[str]:
        """Give the planned columns of a unit in a layer."""
        return [
            f"{_value_sql(column.node)} AS {column.name}"
            for column in self.plan.columns.values()
            if column.owner == owner and column.layer == layer
        ]

    def _questions(self, layer: int) -> tuple[list[str], list[str]]:
        """Give what is gathered over members, and the household's columns made of it."""
        if layer == 1:
            return self._size_columns()
        planned = [one for one in self.plan.questions.values() if one.layer == layer]
        asked = [sql for column in planned for sql in _asked_sql(column)]
        return asked, [f"{_answer_sql(column)} AS {column.name}" for column in planned]

    def _size_columns(self) -> tuple[list[str], list[str]]:
        """Count who lives together; unknown where that is unknown of one, or the sheet differs."""
        asked = ["SUM(member.lives) AS living", "COUNT(*) - COUNT(member.lives) AS unsure"]
        living = "CASE WHEN asked.household_no IS NULL THEN 0 ELSE asked.living END"
        agreed = "(asked.unsure IS NULL OR asked.unsure = 0)"
        if "stated_size" in self.pack.facts:
            stated = quoted("household", "stated_size")
            agreed += f" AND ({stated} IS NULL OR {stated} IN ({living}, household.listed_members))"
        return asked, [f"CASE WHEN {agreed} THEN {living} END AS size"]


def _value_sql(node: Node) -> str:
    """Give the SQL of a column: 1, 0 or NULL for a truth, whole fen for money."""
    if node.type.sort == "truth":
        condition = truth_sql(node)
        return f"CASE WHEN {condition} THEN 1 WHEN NOT ({condition}) THEN 0 END"
    return whole_sql(node)


def _asked_sql(column: Column) -> list[str]:
    """Give what is counted or added up over the members living together, for a question."""
    node, lives = _question(column), "member.lives = 1"
    if node.question == "sum":
        number = f"CASE WHEN {lives} THEN {number_sql(node.of).sql} END"
        return [f"SUM({number}) AS {column.name}__sum", f"COUNT({number}) AS {column.name}__known"]
    condition = truth_sql(node.of)
    return [
        f"COUNT(CASE WHEN {lives} AND ({condition}) THEN 1 END) AS {column.name}__true",
        f"COUNT(CASE WHEN {lives} AND NOT ({condition}) THEN 1 END) AS {column.name}__false",
    ]


def _question(column: Column) -> OverMembers:
    """Give the question a column answers."""
    if not isinstance(column.node, OverMembers):
        raise TypeError(column.name)
    return column.node


def _answer_sql(column: Column) -> str:
    """Give the household's answer; unknown where an unknown or unlisted member could change it."""
    size, name = "household.size", f"asked.{column.name}"
    true, false = f"{name}__true", f"{name}__false"
    match _question(column).question:
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
