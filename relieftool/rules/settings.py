"""What the settings of the law leave of an expression: branches they rule out count for nothing."""

from collections.abc import Iterable, Iterator, Mapping

from relieftool.rules import syntax
from relieftool.rules.syntax import Node
from relieftool.rules.truth import all_of, any_of, opposite

Settings = Mapping[str, str]  # the choice in force, by parameter


def decided(node: Node, settings: Settings) -> bool | None:
    """Say whether a condition is true or false by the settings alone; None where they leave it."""
    match node:
        case syntax.Compare(
            operator="=" | "<>" as operator,
            left=syntax.ParameterRef(parameter=name),
            right=syntax.Constant(value=value),
        ) if name in settings:
            return (settings[name] == value) == (operator == "=")
        case syntax.OneOf(of=syntax.ParameterRef(parameter=name), values=values) if (
            name in settings
        ):
            return settings[name] in values
        case syntax.Not(of=of):
            return opposite(decided(of, settings))
        case syntax.And(parts=parts):
            return all_of(decided(part, settings) for part in parts)
        case syntax.Or(parts=parts):
            return any_of(decided(part, settings) for part in parts)
    return None


def live_nodes(node: Node, settings: Settings) -> Iterator[Node]:
    """Give a node and those below it that can still matter under the settings."""
    yield node
    for part in _live_parts(node, settings):
        yield from live_nodes(part, settings)


def _live_parts(node: Node, settings: Settings) -> Iterable[Node]:
    """Give the parts that can matter: the one that decides alone, or all."""
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            wins = isinstance(node, syntax.Or)
            deciding = [part for part in parts if decided(part, settings) is wins]
            return deciding[:1] or parts
        case syntax.OnlyIf(when=when) if decided(when, settings) is False:
            return [when]
    return syntax.children(node)
