"""Syntax tree -> expression text, as the author of a pack writes it."""

from collections.abc import Mapping

from relieftool.rules import syntax
from relieftool.rules.syntax import Node

_LOOSE = {syntax.Or: 1, syntax.And: 2, syntax.Not: 3}  # higher binds closer; all others 4 and up
_COMPARISON, _SUM, _PRODUCT, _WORD = 4, 5, 6, 7


def format_expression(node: Node, names: Mapping[int, str] | None = None) -> str:
    """Write a tree as an expression; nodes named by identity, such as definitions, by name."""
    return _ExpressionWriter(names or {}).text(node)


class _ExpressionWriter:
    """Writes nodes, with brackets only where they are needed."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names

    def text(self, node: Node, closer_than: int = 0) -> str:
        """Write a node, in brackets where it binds no closer than what is around it."""
        if id(node) in self._names:
            return self._names[id(node)]
        text, binds = self._bare(node), _closeness(node)
        return f"({text})" if binds <= closer_than else text

    def _bare(self, node: Node) -> str:  # noqa: PLR0911 one line per form of the language
        """Write a node without brackets around it."""
        match node:
            case syntax.And(parts=parts):
                return " and ".join(self.text(part, 1) for part in parts)
            case syntax.Or(parts=parts):
                return " or ".join(self.text(part, 0) for part in parts)
            case syntax.Not(of=of):
                return f"not {self.text(of, 2)}"
            case syntax.Compare(operator=sign, left=left, right=right):
                return f"{self.text(left, _COMPARISON)} {sign} {self.text(right, _COMPARISON)}"
            case syntax.Arithmetic(operator=sign, left=left, right=right):
                binds = _closeness(node)
                return f"{self.text(left, binds - 1)} {sign} {self.text(right, binds)}"
            case syntax.OneOf(of=of, values=values):
                return f"{self.text(of, _COMPARISON)} in ({', '.join(map(_literal, values))})"
            case syntax.IsUnknown(of=of):
                return f"{self.text(of, _COMPARISON)} is null"
            case syntax.FirstKnown(parts=parts):
                return f"first_known({', '.join(map(self.text, parts))})"
        return self._word(node)

    def _word(self, node: Node) -> str:  # noqa: PLR0911 one line per form of the language
        """Write a node that is one name, value or function."""
        match node:
            case syntax.FactRef(fact=name) | syntax.ParameterRef(parameter=name):
                return name
            case syntax.Constant(value=value):
                return _literal(value)
            case syntax.Receives(programme=name):
                return f"receives({_literal(name)})"
            case syntax.Eligible(programme=name):
                return f"eligible({_literal(name)})"
            case syntax.YearsSince(of=of):
                return f"years_since({self.text(of)})"
            case syntax.OverMembers(question=question, of=of):
                ending = "member" if question == "any" else "members"
                return f"{question}_{ending}({self.text(of)})"
        return "size"


def _closeness(node: Node) -> int:
    """Say how close a node holds its parts."""
    match node:
        case syntax.Compare() | syntax.OneOf() | syntax.IsUnknown():
            return _COMPARISON
        case syntax.Arithmetic(operator=sign):
            return _SUM if sign in "+-" else _PRODUCT
    return _LOOSE.get(type(node), _WORD)


def _literal(value: int | str) -> str:
    """Write a constant; words are quoted."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
