"""Values of the law that the rules need on a day and nobody has given."""

import datetime as dt
from collections.abc import Iterable, Iterator

from relieftool.pack.models import Parameter
from relieftool.rules import syntax
from relieftool.rules.meaning import all_of, any_of
from relieftool.rules.programmes import Rules
from relieftool.rules.statement import Statement, parameter_values
from relieftool.rules.syntax import Node
from relieftool.rules.trial_meaning import Stated, TrialMeaning


def unvalued(statement: Statement, *, with_priority: bool = False) -> tuple[str, ...]:
    """Name the parameters that programmes in force use and that have no value on the day.

    What a setting of the office rules out is not needed: grades where the top-up is exact. What
    only priority.toml uses counts where the answer rests on it.
    """
    law = _Law(statement)
    trees = [
        tree
        for name, rules in statement.rules.items()
        if name in statement.in_force
        for tree in law.needed_of(rules)
    ]
    if with_priority:
        trees += [*statement.indicators.values(), *statement.money.values()]
    parameters = statement.pack.parameters
    reached = [
        part
        for tree in trees
        for part in law.reached(tree)
        if isinstance(part, syntax.ParameterRef)
    ]
    return tuple(
        name
        for name in parameters_in(reached, parameters)
        if parameters[name].in_force(statement.as_of) is None
    )


class _Law:
    """Says what the values of a day settle for everybody, whoever is asked about."""

    def __init__(self, statement: Statement) -> None:
        values = parameter_values(statement.pack, statement.as_of)
        nobody = Stated(statement.as_of, values, {}, [], [], {}, [])
        self._meaning = TrialMeaning(nobody, {})

    def needed_of(self, rules: Rules) -> Iterator[Node]:
        """Give the trees of a programme, without amounts whose condition holds for nobody."""
        yield from (tree for tree in (rules.trigger, *rules.criteria.values()) if tree is not None)
        for when, value in rules.amounts:
            if when is None or self._settled(when) is not False:
                yield from (tree for tree in (when, value) if tree is not None)

    def reached(self, node: Node) -> Iterator[Node]:
        """Give the nodes that can still matter; one that the day's values settle does not."""
        if self._settled(node) is not None:
            return
        if isinstance(node, syntax.OnlyIf) and self._settled(node.when) is False:
            return
        yield node
        for child in syntax.children(node):
            yield from self.reached(child)

    def _settled(self, node: Node) -> bool | None:
        """Give the truth that a condition has for everybody; None where it can differ."""
        if node.type.sort != "truth":
            return None
        if not syntax.is_about_somebody(node):
            return self._meaning.truth(node, None)
        match node:
            case syntax.And(parts=parts):
                return all_of(map(self._settled, parts))
            case syntax.Or(parts=parts):
                return any_of(map(self._settled, parts))
        return None


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
