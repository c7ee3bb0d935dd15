"""What the settings of the law leave of an expression: branches they rule out count for nothing."""

from collections.abc import Iterable, Iterator, Mapping

from relieftool.rules import syntax
from relieftool.rules.syntax import Node
from relieftool.rules.truth import decide_all, decide_any, negate

LawSettings = Mapping[str, str]  # the choice in force, by parameter


def decide_by_settings(node: Node, settings: LawSettings) -> bool | None:
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
            return negate(decide_by_settings(of, settings))
        case syntax.And(parts=parts):
            return decide_all(decide_by_settings(part, settings) for part in parts)
        case syntax.Or(parts=parts):
            return decide_any(decide_by_settings(part, settings) for part in parts)
    return None


def list_live_nodes(node: Node, settings: LawSettings) -> Iterator[Node]:
    """Give a node and those below it that can still matter under the settings."""
    yield node
    for part in _live_parts(node, settings):
        yield from list_live_nodes(part, settings)


def _live_parts(node: Node, settings: LawSettings) -> Iterable[Node]:
    """Give the parts that can matter: the one that decides alone, or all."""
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            wins = isinstance(node, syntax.Or)
            deciding = [part for part in parts if decide_by_settings(part, settings) is wins]
            return deciding[:1] or parts
        case syntax.OnlyIf(when=when) if decide_by_settings(when, settings) is False:
            return [when]
    return syntax.children(node)
