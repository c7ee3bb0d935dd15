"""Writes the columns of a plan as the tables of one SELECT.

A table has a row for each member, which repeats the columns of the household, and one row for a
household without members. layer_0 has facts and receipts; asked_<n> counts or adds up what
questions need over the members of a household. A column that several others read is computed once,
in layer_<n>. Any other is written out where it is read, because SQLite takes longer to copy a row
into a further table than to compute most conditions. A table has only the columns that are still
read above it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.sql import (
    UNIT,
    ColumnPlan,
    PlanColumn,
    compile_number,
    compile_truth,
    compile_whole_fen,
    find_column,
    quote_column,
)
from relieftool.rules.syntax import Node, OverMembers

# SQLite keeps at most 100 open parts of an expression while it reads it, and each level of a tree
# opens several: a column whose tree is deeper is not written out in another.
_DEEPEST = 12
OWNERS: tuple[Owner, Owner] = ("household", "member")
UnitColumns = Mapping[Owner, list[str]]


@dataclass(frozen=True)
class _PlacedColumn:
    """A planned column with all that is written out in its node, and the layer that it reads.

    If it is shared, it is a column of the next layer; otherwise whatever reads it computes it.
    """

    name: str
    owner: Owner
    node: Node
    layer: int
    is_shared: bool

    def is_made_in(self, layer: int) -> bool:
        """Whether the table above a layer is the first that has this column."""
        return self.is_shared and self.layer == layer

    def is_stored_in(self, layer: int) -> bool:
        """Whether a layer's table can have this column."""
        return self.is_shared and self.layer < layer


@dataclass(frozen=True)
class Layers:
    """The layers of a plan; `outputs` are the columns asked for, planned ones and stored ones."""

    columns: Mapping[str, _PlacedColumn]
    outputs: UnitColumns

    @cached_property
    def highest(self) -> int:
        """The number of the highest layer."""
        return max((column.layer + column.is_shared for column in self.columns.values()), default=0)

    @cached_property
    def _last_reads(self) -> dict[str, int]:
        """The highest layer in which each column is read."""
        last = {name: self.highest for owner in OWNERS for name in self.outputs[owner]}
        for column in self.columns.values():
            # What is neither shared nor asked for is written out in the node of what reads it.
            if column.is_shared or column.name in self.outputs[column.owner]:
                layer = column.layer if column.is_shared else self.highest
                for name in _list_stored(column.node):
                    last[name] = max(layer, last.get(name, 0))
        return last

    def list_stored(self, layer: int) -> list[str]:
        """Return the columns of a layer's table: all that are read from this layer on.

        In layer 0 they are facts and receipts.
        """
        return sorted(
            name
            for name, last in self._last_reads.items()
            if last >= layer
            and (name not in self.columns or self.columns[name].is_stored_in(layer))
        )

    def list_tables(self) -> Iterator[tuple[str, str]]:
        """Yield name and SQL of each table above layer_0, which has the facts and receipts.

        Each reads only the table before it, once: SQLite plans a table anew for each table that
        reads it, so that with two readers per layer the planning would take longer than the rest.
        """
        below = "layer_0"
        for layer in range(self.highest):
            made = [column for column in self.columns.values() if column.is_made_in(layer)]
            names = self.list_stored(layer)
            over = f"OVER (PARTITION BY {UNIT}.household_no)"
            asked = [
                f"{sql} {over} AS {name}" for column in made for name, sql in _count_answers(column)
            ]
            if asked:
                yield f"asked_{layer}", _select(names, asked, below)
                below = f"asked_{layer}"
            kept = sorted(set(names) & set(self.list_stored(layer + 1)))
            values = [f"{_compile_value(column)} AS {column.name}" for column in made]
            yield f"layer_{layer + 1}", _select(kept, values, below)
            below = f"layer_{layer + 1}"

    def select(self) -> str:
        """Return the SELECT of the columns asked for; the rows of a household follow each other."""
        columns = [
            f'{self._output_sql(name)} AS "{name}"'
            for owner in OWNERS
            for name in self.outputs[owner]
        ]
        order = f" ORDER BY {UNIT}.household_no, {UNIT}.member_no"
        return _select([], columns, f"layer_{self.highest}") + order

    def _output_sql(self, name: str) -> str:
        column = self.columns.get(name)
        if column is None or column.is_shared:
            return quote_column(UNIT, name)
        return _compile_value(column)


def _select(names: Iterable[str], added: Iterable[str], below: str) -> str:
    """Return the SELECT of columns of the table below, by name, and of others, by their SQL."""
    columns = [*(quote_column(UNIT, name) for name in names), *added]
    return f"SELECT {', '.join(columns)} FROM {below} {UNIT}"


def place_columns(plan: ColumnPlan, outputs: UnitColumns) -> Layers:
    """Return the layers of the columns asked for, and of those that they read."""
    wanted: dict[str, PlanColumn] = {}
    for owner in OWNERS:
        for name in outputs[owner]:
            _add_wanted(plan, name, wanted)
    uses = Counter(read for column in wanted.values() for read in _list_read(column.node))
    placed: dict[str, _PlacedColumn] = {}
    for name, column in wanted.items():
        node = _write_out(column.node, placed)
        layer = max((placed[read].layer + 1 for read in _list_read(node)), default=0)
        is_worth = uses[name] > 1 or _measure_depth(node) > _DEEPEST or node.type.sort != "truth"
        is_shared = isinstance(node, OverMembers) or (uses[name] > 0 and is_worth)
        placed[name] = _PlacedColumn(name, column.owner, node, layer, is_shared)
    return Layers(placed, outputs)


def _add_wanted(plan: ColumnPlan, name: str, wanted: dict[str, PlanColumn]) -> None:
    """Add a planned column, after those that it reads."""
    column = plan.find(name)
    if column is None or name in wanted:
        return
    for read in _list_read(column.node):
        _add_wanted(plan, read, wanted)
    wanted[name] = column


def _list_read(node: Node) -> list[str]:
    """Return the planned columns that a node reads, as often as it reads them."""
    planned = (syntax.ColumnRef, syntax.Eligible)
    return [
        name
        for part in syntax.walk(node)
        if isinstance(part, planned) and (name := find_column(part))
    ]


def _list_stored(node: Node) -> set[str]:
    """Return the columns that the SQL of a node reads."""
    parts = list(syntax.walk(node))
    read = {name for part in parts if (name := find_column(part))}
    read |= {"lives"} if any(isinstance(part, syntax.AsResident) for part in parts) else set()
    return read | {"size", "lives"} if isinstance(node, OverMembers) else read


def _write_out(node: Node, placed: Mapping[str, _PlacedColumn]) -> Node:
    """Return a node with each column that is not shared written out in it."""
    if isinstance(node, (syntax.ColumnRef, syntax.Eligible)):
        column = placed[find_column(node) or ""]
        return node if column.is_shared else column.node
    return syntax.replace_children(
        node, [_write_out(part, placed) for part in syntax.children(node)]
    )


def _measure_depth(node: Node) -> int:
    return 1 + max(map(_measure_depth, syntax.children(node)), default=0)


def _compile_value(column: _PlacedColumn) -> str:
    """Return the SQL of a planned column: 1, 0 or NULL for a condition, whole fen for money."""
    if isinstance(column.node, OverMembers):
        return _answer_sql(column.node, column.name)
    if column.node.type.sort == "truth":
        return f"CAST(({compile_truth(column.node)}) AS INTEGER)"
    return compile_whole_fen(column.node)


def _count_answers(column: _PlacedColumn) -> list[tuple[str, str]]:
    """Return name and SQL of what is counted or added up over the members who live together.

    True and false answers are counted apart, and known numbers are counted beside their sum,
    because SUM skips NULL: unknown answers would go unnoticed.
    """
    node, lives = column.node, f"{UNIT}.lives = 1"
    if not isinstance(node, OverMembers):
        return []
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


def _answer_sql(question: OverMembers, name: str) -> str:
    """Return the SQL of a household's answer to a question over its members.

    It is unknown if a member who is not listed, or whose answer is unknown, could change it. `any`
    and `all` need as many answers as members live together, unless a single answer decides.
    """
    size, asked = f"{UNIT}.size", f"{UNIT}.{name}"
    true, false = f"{asked}__true", f"{asked}__false"
    match question.question:
        case "any":
            return f"CASE WHEN {true} > 0 THEN 1 WHEN {size} = 0 OR {false} = {size} THEN 0 END"
        case "all":
            return f"CASE WHEN {false} > 0 THEN 0 WHEN {size} = 0 OR {true} = {size} THEN 1 END"
        case "count":
            known = f"{true} + {false} = {size}"
            return f"CASE WHEN {size} = 0 THEN 0 WHEN {known} THEN {true} END"
        case "sum":
            known = f"{asked}__known = {size}"
            return f"CASE WHEN {size} = 0 THEN 0 WHEN {known} THEN {asked}__sum END"
