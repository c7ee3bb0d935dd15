"""Values of the law that the rules need on a day and nobody has given."""

import datetime as dt
from collections.abc import Iterable

from relieftool.pack.models import Parameter
from relieftool.rules import syntax
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node


def unvalued(statement: Statement, *, with_priority: bool = False) -> tuple[str, ...]:
    """Name the parameters that programmes in force use and that have no value on the day.

    What only priority.toml uses counts where the answer rests on it.
    """
    trees = [
        tree
        for name, rules in statement.rules.items()
        if name in statement.in_force
        for tree in rules.nodes
    ]
    if with_priority:
        trees += [*statement.indicators.values(), *statement.money.values()]
    parameters = statement.pack.parameters
    return tuple(
        name
        for name in parameters_in(trees, parameters)
        if parameters[name].in_force(statement.as_of) is None
    )


def parameters_in(trees: Iterable[Node], known: Iterable[str]) -> list[str]:
    """Name the parameters that some trees use, in the order of the pack."""
    used = {
        node.parameter
        for tree in trees
        for node in syntax.walk(tree)
        if isinstance(node, syntax.ParameterRef)
    }
    return [name for name in known if name in used]


def first_day_without(parameter: Parameter, as_of: dt.date) -> dt.date:
    """Give the day from which a parameter without a value on a day has none; else that day."""
    ends = [one.until for one in parameter.values if one.until != "open" and one.until <= as_of]
    return max(ends, default=as_of)
