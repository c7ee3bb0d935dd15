"""Keeps compiled statements in the user's cache folder, so that most commands parse no expression.

A file there has the SQL, and the nodes of all trees in one list: each node comes after those below
it and has their places in the list, so that what several trees share is kept once.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

from relieftool.pack.models import Pack
from relieftool.pack.pack_cache import (
    UNREADABLE,
    find_kept_file,
    format_pack,
    hash_program,
    keep,
    read_kept,
)
from relieftool.rules import syntax
from relieftool.rules.doubts import NO_DOUBTS, Doubts
from relieftool.rules.lower_bounds import list_least_known
from relieftool.rules.programme_rules import ProgrammeRules, list_programmes_in_force
from relieftool.rules.receipts_sql import RosterCoverage
from relieftool.rules.sql import ColumnPlan, PlanColumn
from relieftool.rules.statement import Statement, compile_statement, list_bound_values
from relieftool.rules.syntax import Node, Type

_FORMS = {form.__name__: form for form in Node.__subclasses__()}
_TYPE_AND_OWNER = len(fields(Node))
_Days = tuple[tuple[Any, ...], ...]  # of each programme its id, then (community, day) pairs


def load_kept_statement(
    pack: Pack, as_of: dt.date, coverage: RosterCoverage, doubts: Doubts = NO_DOUBTS
) -> Statement:
    """Return the restricted statement of all columns, as `compile_statement` does."""
    days = tuple((name, *days.items()) for name, days in coverage.items())
    return share_statement(pack, tuple(pack.programmes), as_of, days, doubts)


@lru_cache(maxsize=8)  # with what is made of it: one command evaluates several times
def share_statement(
    pack: Pack, order: tuple[str, ...], as_of: dt.date, days: _Days, doubts: Doubts
) -> Statement:
    """Return the statement for a pack with its programmes in an order; `days` is its coverage."""
    in_force = list_programmes_in_force(pack, as_of)
    # The values of parameters and the day are bound, so that the SQL is the same for all of them.
    rules = format_pack(pack, with_values=False)
    in_doubt = sorted(doubts.facts), sorted(doubts.ranged)
    least = sorted(list_least_known(pack, as_of))
    basis = json.dumps([order, sorted(in_force), days, least, in_doubt])
    file = find_kept_file("statement", hash_program("pack", "rules"), rules, basis)
    try:
        return _read_statement(read_kept(file), pack, as_of, in_force)
    except UNREADABLE:
        coverage = {name: dict(areas) for name, *areas in days}
        statement = compile_statement(pack, as_of, coverage, doubts, is_restricted=True)
        keep(file, NodeWriter().write_statement(statement))
        return statement


class NodeWriter:
    """Writes trees as places in a list of nodes, in which equal nodes stand once."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def write_statement(self, statement: Statement) -> dict[str, Any]:
        """Return a statement as plain values."""
        plan = statement.plan
        kept = {
            "sql": statement.sql,
            "stored_sql": statement.stored_sql,
            "columns": statement.columns,
            "rules": {
                name: [
                    self._write(rules.trigger),
                    self._write_all(rules.criteria),
                    [[self._write(when), self._write(value)] for when, value in rules.amounts],
                ]
                for name, rules in statement.rules.items()
            },
            "indicators": self._write_all(statement.indicators),
            "money": self._write_all(statement.money),
            "definitions": self._write_all(statement.definitions),
            "planned": [self._write_column(column) for column in plan.columns.values()],
            "questions": [
                [self._write(node), *self._write_column(column)]
                for node, column in plan.questions.items()
            ],
        }
        return kept | {"nodes": [json.loads(text) for text in self._places]}

    def _write_all(self, nodes: Mapping[str, Node]) -> dict[str, Any]:
        return {name: self._write(node) for name, node in nodes.items()}

    def _write_column(self, column: PlanColumn) -> list[Any]:
        return [column.name, column.owner, self._write(column.node)]

    def _write(self, value: object) -> Any:
        """Return a plain value for a field: for a node, its place."""
        match value:
            case Node():
                parts = [self._write(getattr(value, part.name)) for part in fields(value)]
                text = json.dumps([type(value).__name__, *parts])
                return self._places.setdefault(text, len(self._places))
            case Type():
                return [value.sort, value.period, sorted(value.choices)]
            case tuple():
                return [self._write(part) for part in value]
        return value


def _read_statement(
    kept: Mapping[str, Any], pack: Pack, as_of: dt.date, in_force: frozenset[str]
) -> Statement:
    """Return a statement from what was kept of it."""
    nodes = _read_nodes(kept["nodes"])

    def read_all(places: Mapping[str, int]) -> dict[str, Node]:
        return {name: nodes[place] for name, place in places.items()}

    rules = {
        name: ProgrammeRules(
            pack.programmes[name],
            None if trigger is None else nodes[trigger],
            read_all(criteria),
            tuple((None if when is None else nodes[when], nodes[value]) for when, value in amounts),
        )
        for name, (trigger, criteria, amounts) in kept["rules"].items()
    }
    plan = ColumnPlan(
        {name: PlanColumn(name, owner, nodes[place]) for name, owner, place in kept["planned"]},
        {
            nodes[question]: PlanColumn(name, owner, nodes[place])
            for question, name, owner, place in kept["questions"]
        },
    )
    return Statement(
        sql=kept["sql"],
        stored_sql=kept["stored_sql"],
        columns=kept["columns"],
        bound=list_bound_values(pack, as_of),
        rules=rules,
        indicators=read_all(kept["indicators"]),
        money=read_all(kept["money"]),
        definitions=read_all(kept["definitions"]),
        in_force=in_force,
        as_of=as_of,
        pack=pack,
        plan=plan,
    )


def _read_nodes(kept: Iterable[list[Any]]) -> list[Node]:
    """Return the nodes of a list in which each comes after those below it."""
    nodes: list[Node] = []
    readers: dict[str, list[Callable[[Any], Any]]] = {}
    for name, (sort, period, choices), owner, *rest in kept:
        if name not in readers:
            parts = syntax.list_child_fields(_FORMS[name])
            readers[name] = [
                (lambda place: _read_part(nodes, place)) if field.name in parts else _read_plain
                for field in fields(_FORMS[name])[_TYPE_AND_OWNER:]
            ]
        values = [read(value) for read, value in zip(readers[name], rest, strict=True)]
        nodes.append(_FORMS[name](Type(sort, period, frozenset(choices)), owner, *values))
    return nodes


def _read_part(nodes: list[Node], place: int | list[int]) -> Node | tuple[Node, ...]:
    return tuple(nodes[each] for each in place) if isinstance(place, list) else nodes[place]


def _read_plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
