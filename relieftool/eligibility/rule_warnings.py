"""Finds the parameters that rules use on a day, and those among them that have no value then."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from relieftool.pack.models import Parameter
from relieftool.rules import syntax
from relieftool.rules.programme_rules import (
    LawSettings,
    ProgrammeRules,
    decide_by_settings,
    list_live_nodes,
)
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node


def list_missing_parameters(
    statement: Statement, programmes: Iterable[str] = (), *, with_priority: bool = False
) -> tuple[str, ...]:
    """Return the parameters that programmes in force use and that have no value on the day.

    With `programmes`, only the parameters used by these or by programmes they refer to. With
    `with_priority`, the parameters of priority.toml too. A part of a rule that a setting of the day
    rules out is not used.
    """
    asked = _list_referenced(statement.rules, programmes) or set(statement.in_force)
    rules = [rule for name, rule in statement.rules.items() if name in asked & statement.in_force]
    priority_trees = (
        [*statement.indicators.values(), *statement.money.values()] if with_priority else []
    )
    parameters = statement.pack.parameters
    used = list_used_parameters(rules, priority_trees, parameters, statement.as_of)
    return tuple(name for name in used if parameters[name].in_force(statement.as_of) is None)


def _list_referenced(rules: Mapping[str, ProgrammeRules], programmes: Iterable[str]) -> set[str]:
    """Return `programmes` and the programmes they refer to, directly or through others."""
    found: set[str] = set()
    waiting = list(programmes)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += rules[name].references
    return found


def list_used_parameters(
    rules: Iterable[ProgrammeRules],
    other_trees: Iterable[Node],
    known: Mapping[str, Parameter],
    as_of: dt.date,
) -> list[str]:
    """Return the parameters that rules and `other_trees` use on a day, in the order of `known`."""
    settings = list_settings(known, as_of)
    nodes = [node for rule in rules for tree in rule.live_trees(settings) for node in tree]
    nodes += [node for tree in other_trees for node in list_live_nodes(tree, settings)]
    used = {node.parameter for node in nodes if isinstance(node, syntax.ParameterRef)}
    return [name for name in known if name in used]


def list_assumed_amounts(statement: Statement) -> Iterator[str]:
    """Yield the programmes in force with an amount that is only assumed on the day.

    A line that conditions read, such as the dibao line, decides as if it were in force.
    """
    parameters, as_of = statement.pack.parameters, statement.as_of
    settings = list_settings(parameters, as_of)
    trees = [*statement.indicators.values(), *statement.money.values()]
    for rules in statement.rules.values():
        trees += [*rules.criteria.values(), *([rules.trigger] if rules.trigger else [])]
    lines = list_parameters(trees, parameters)
    for name in statement.in_force:
        nodes = [
            node
            for when, value in statement.rules[name].amounts
            if when is None or decide_by_settings(when, settings) is not False
            for node in list_live_nodes(value, settings)
        ]
        amounts = {node.parameter for node in nodes if isinstance(node, syntax.ParameterRef)}
        dated = (parameters[amount].in_force(as_of) for amount in amounts.difference(lines))
        if any(value is not None and value.confidence == "assumed" for value in dated):
            yield name


def list_settings(parameters: Mapping[str, Parameter], as_of: dt.date) -> LawSettings:
    """Return the choices in force on a day, by setting; settings without a choice are left out."""
    return {
        name: str(dated.value)
        for name, parameter in parameters.items()
        if parameter.unit == "choice" and (dated := parameter.in_force(as_of)) is not None
    }


def list_parameters(trees: Iterable[Node], known: Iterable[str]) -> list[str]:
    """Return the parameters that trees use, whatever the settings, in the order of `known`."""
    used = {
        node.parameter
        for tree in trees
        for node in syntax.walk(tree)
        if isinstance(node, syntax.ParameterRef)
    }
    return [name for name in known if name in used]
