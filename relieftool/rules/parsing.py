"""Expression text -> syntax tree. Every name and node type is checked against an allow-list."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Fact, Owner, Pack, Parameter
from relieftool.rules import syntax
from relieftool.rules.arithmetic import combine, compared
from relieftool.rules.mistakes import Mistake
from relieftool.rules.syntax import COUNT, DATE, RATIO, TRUTH, Node, Type

_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expression], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
}
_SORTS = {"yes_no": "truth", "integer": "count"}


@dataclass(frozen=True)
class _Reader:
    """Reads one expression from the side of a household or of a member."""

    pack: Pack
    scope: Owner
    inside: tuple[str, ...] = ()

    def read(self, tree: exp.Expression) -> Node:
        """Turn a parsed expression into a checked node."""
        for kinds, reader in _READERS:
            if isinstance(tree, kinds):
                return reader(self, tree)
        raise Mistake(
            _("'{text}' is not allowed in a rule").format(text=tree.sql()),
            _("Use facts, parameters, and or not, comparisons, in, between, is null and + - * /."),
        )

    def truth(self, tree: exp.Expression) -> Node:
        """Read a part that must be true, false or unknown."""
        node = self.read(tree)
        if node.type.sort != "truth":
            raise Mistake(
                _("'{text}' is not something that is true or false").format(text=tree.sql()),
                _("Compare it with something."),
            )
        return node

    def _paren(self, tree: exp.Expression) -> Node:
        return self.read(tree.this)

    def _joined(self, tree: exp.Expression) -> Node:
        parts = (self.truth(tree.this), self.truth(tree.expression))
        node = syntax.And if isinstance(tree, exp.And) else syntax.Or
        return node(TRUTH, syntax.joined_owner(*parts), parts)

    def _not(self, tree: exp.Expression) -> Node:
        part = self.truth(tree.this)
        return syntax.Not(TRUTH, part.owner, part)

    def _compare(self, tree: exp.Expression) -> Node:
        left, right = self.read(tree.this), self.read(tree.expression)
        return compared(_COMPARISONS[type(tree)], left, right)

    def _arithmetic(self, tree: exp.Expression) -> Node:
        left, right = self.read(tree.this), self.read(tree.expression)
        return combine(_ARITHMETIC[type(tree)], left, right)

    def _negative(self, tree: exp.Expression) -> Node:
        zero = syntax.Constant(COUNT, "household", 0)
        return combine("-", zero, self.read(tree.this))

    def _between(self, tree: exp.Expression) -> Node:
        of = self.read(tree.this)
        low = compared(">=", of, self.read(tree.args["low"]))
        high = compared("<=", of, self.read(tree.args["high"]))
        return syntax.And(TRUTH, syntax.joined_owner(low, high), (low, high))

    def _in(self, tree: exp.Expression) -> Node:
        of = self.read(tree.this)
        constants = [compared("=", of, self.read(part)) for part in tree.expressions]
        values = [node.right for node in constants if isinstance(node, syntax.Compare)]
        words = tuple(node.value for node in values if isinstance(node, syntax.Constant))
        if not words or len(words) < len(constants):
            raise Mistake(
                _("'in' needs a list of plain values"), _("Write in ('a', 'b') or in (1, 2).")
            )
        return syntax.OneOf(TRUTH, of.owner, of, words)

    def _is(self, tree: exp.Expression) -> Node:
        if not isinstance(tree.expression, exp.Null):
            raise Mistake(
                _("'is' goes only with null"), _("Write `is null`, `is not null`, or use =.")
            )
        of = self.read(tree.this)
        return syntax.IsUnknown(TRUTH, of.owner, of)

    def _constant(self, tree: exp.Expression) -> Node:
        if tree.is_string:
            return syntax.Constant(Type("text"), "household", str(tree.this))
        if not str(tree.this).isdigit():
            raise Mistake(
                _("'{text}' is not a whole number").format(text=tree.this),
                _("Put the number into parameters.toml, with its source."),
            )
        return syntax.Constant(COUNT, "household", int(tree.this))

    def _name(self, tree: exp.Expression) -> Node:
        table = tree.args.get("table")
        name = tree.name
        if table is None:
            return self._plain_name(name)
        if table.name == "household" and self.scope == "member":
            return replace(self, scope="household")._plain_name(name)
        raise Mistake(
            _("'{text}' is not a name").format(text=tree.sql()),
            _("Only a member's rule may write household.<fact>."),
        )

    def _plain_name(self, name: str) -> Node:
        if name == "size" and self.scope == "household":
            return syntax.Size(COUNT, "household")
        if name in self.pack.parameters:
            return _parameter(self.pack.parameters[name])
        if name in self.pack.definitions:
            return self._definition(name)
        fact = self.pack.facts.get(name)
        if fact is None or fact.owner != self.scope:
            raise self._unknown_name(name)
        return _fact(fact)

    def _definition(self, name: str) -> Node:
        definition = self.pack.definitions[name]
        if definition.owner != self.scope:
            raise self._unknown_name(name)
        if name in self.inside:
            raise Mistake(
                _("the definition '{name}' refers to itself").format(name=name),
                _("Take the reference out of definitions.toml."),
            )
        reader = replace(self, inside=(*self.inside, name))
        return reader.read(_parsed(definition.value))

    def _unknown_name(self, name: str) -> Mistake:
        names = [*self.pack.parameters, *self.pack.definitions, *self.pack.facts, "size"]
        near = get_close_matches(name, [other for other in names if other != name], 1)
        if name in names:
            remedy = _(
                "It belongs to the other unit: a member's rule writes household.<fact>, a"
                " household's rule uses any_member, all_members, count_members or sum_members."
            )
        elif near:
            remedy = _("Did you mean '{near}'?").format(near=near[0])
        else:
            remedy = _("facts.toml lists every fact.")
        return Mistake(_("'{name}' is no fact of this unit").format(name=name), remedy)

    def _call(self, tree: exp.Expression) -> Node:
        name, arguments = str(tree.this).lower(), list(tree.expressions)
        match name, arguments:
            case "receives" | "eligible", [argument]:
                return self._about_programme(name, argument)
            case "any_member" | "all_members" | "count_members" | "sum_members", [argument]:
                return self._over_members(name, argument)
            case "years_since", [argument]:
                of = self.read(argument)
                if of.type != DATE:
                    raise Mistake(_("years_since needs a date"), _("Give it a date fact."))
                return syntax.YearsSince(COUNT, of.owner, of)
            case "first_known", [_first, _second, *_rest]:
                return self._first_known(arguments)
        raise Mistake(
            _("'{text}' is not a function of the rules").format(text=tree.sql()),
            _(
                "There are receives, eligible, any_member, all_members, count_members,"
                " sum_members, first_known and years_since."
            ),
        )

    def _first_known(self, arguments: list[exp.Expression]) -> Node:
        parts = tuple(self.read(argument) for argument in arguments)
        if len({part.type for part in parts}) > 1:
            raise Mistake(
                _("first_known mixes units or periods"), _("Bring all parts to one unit.")
            )
        return syntax.FirstKnown(parts[0].type, syntax.joined_owner(*parts), parts)

    def _about_programme(self, name: str, argument: exp.Expression) -> Node:
        programme = self.pack.programmes.get(argument.name) if argument.is_string else None
        if programme is None:
            raise Mistake(
                _("'{text}' is not a programme").format(text=argument.sql()),
                _("The programmes are: {names}").format(names=", ".join(self.pack.programmes)),
            )
        if programme.unit == "member" and self.scope == "household":
            raise Mistake(
                _("'{name}' belongs to members").format(name=programme.id),
                _("Ask inside any_member, all_members or count_members."),
            )
        node = syntax.Receives if name == "receives" else syntax.Eligible
        return node(TRUTH, programme.unit, programme.id)

    def _over_members(self, name: str, argument: exp.Expression) -> Node:
        inner = replace(self, scope="member")
        if name == "sum_members":
            of = inner.read(argument)
            if of.type.sort not in ("money", "count"):
                raise Mistake(_("sum_members needs a number"), _("Use count_members for truths."))
            return syntax.OverMembers(of.type, "household", "sum", of)
        of = inner.truth(argument)
        if name == "any_member":
            return syntax.OverMembers(TRUTH, "household", "any", of)
        if name == "all_members":
            return syntax.OverMembers(TRUTH, "household", "all", of)
        return syntax.OverMembers(COUNT, "household", "count", of)


_READERS: list[
    tuple[tuple[type[exp.Expression], ...], Callable[[_Reader, exp.Expression], Node]]
] = [
    ((exp.Paren,), _Reader._paren),  # noqa: SLF001 the table of its own methods
    ((exp.And, exp.Or), _Reader._joined),  # noqa: SLF001
    ((exp.Not,), _Reader._not),  # noqa: SLF001
    (tuple(_COMPARISONS), _Reader._compare),  # noqa: SLF001
    (tuple(_ARITHMETIC), _Reader._arithmetic),  # noqa: SLF001
    ((exp.Neg,), _Reader._negative),  # noqa: SLF001
    ((exp.Between,), _Reader._between),  # noqa: SLF001
    ((exp.In,), _Reader._in),  # noqa: SLF001
    ((exp.Is,), _Reader._is),  # noqa: SLF001
    ((exp.Literal,), _Reader._constant),  # noqa: SLF001
    ((exp.Column,), _Reader._name),  # noqa: SLF001
    ((exp.Anonymous,), _Reader._call),  # noqa: SLF001
]


def _parsed(text: str) -> exp.Expression:
    """Parse the text as one SQL expression."""
    try:
        return sqlglot.parse_one(text, dialect="sqlite")
    except SqlglotError as error:
        raise Mistake(
            _("'{text}' cannot be read as an expression").format(text=" ".join(text.split())),
            _("Check brackets, quotes and the words and, or, not."),
        ) from error


def _fact(fact: Fact) -> Node:
    """Make the node of a fact, with the value that may stand in for it."""
    sort = _SORTS.get(fact.type, fact.type)
    choices = frozenset(choice.id for choice in fact.choices)
    presumed = fact.presume.value if fact.presume else None
    if isinstance(presumed, bool):
        presumed = int(presumed)
    return syntax.FactRef(Type(sort, fact.period, choices), fact.owner, fact.id, presumed)  # type: ignore[arg-type] # a sort by construction


def _parameter(parameter: Parameter) -> Node:
    """Make the node of a parameter; it is the same for everybody."""
    kinds = {"yuan": Type("money", parameter.period), "ratio": RATIO}
    return syntax.ParameterRef(kinds.get(parameter.unit, COUNT), "household", parameter.id)


def parse_truth(pack: Pack, text: str, scope: Owner, place: str) -> Node:
    """Read a condition written for a household or a member.

    Raises:
        ReliefError: A name, function or operator is not allowed, units are mixed, or the condition
            rests on no fact at all; `place` names the file and key.
    """
    try:
        node = _Reader(pack, scope).truth(_parsed(text))
        if not any(_is_about_somebody(part) for part in syntax.walk(node)):
            raise Mistake(
                _("this condition is the same for everybody"), _("Let it ask about a fact.")
            )
    except Mistake as mistake:
        raise ReliefError(place, mistake.problem, mistake.remedy) from mistake
    return node


def parse_money(pack: Pack, text: str, scope: Owner, place: str) -> Node:
    """Read an amount of money written for a household or a member; errors as in `parse_truth`."""
    try:
        node = _Reader(pack, scope).read(_parsed(text))
        if node.type.sort != "money":
            raise Mistake(
                _("this is not an amount of money"), _("Use facts or parameters in yuan.")
            )
    except Mistake as mistake:
        raise ReliefError(place, mistake.problem, mistake.remedy) from mistake
    return node


def _is_about_somebody(node: Node) -> bool:
    """Say whether a node can differ from one household or member to the next."""
    somebody = (
        syntax.FactRef,
        syntax.Size,
        syntax.Receives,
        syntax.Eligible,
        syntax.OverMembers,
    )
    return isinstance(node, somebody)
