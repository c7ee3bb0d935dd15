"""Parses the text of an expression into a syntax tree; refuses unknown names and other forms."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from relieftool.errors import suggest_name
from relieftool.messages import _
from relieftool.pack.facts import Fact, Owner, Period
from relieftool.pack.models import Definition, Pack, Parameter
from relieftool.rules import syntax
from relieftool.rules.syntax import COUNT, DATE, RATIO, TRUTH, Node, Type
from relieftool.rules.type_rules import (
    ExpressionError,
    combine_numbers,
    compare_values,
    locate_errors,
    refuse_contradiction,
    refuse_dead_parts,
    refuse_every_choice,
    refuse_never_unknown,
    refuse_reversed,
)

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
}


@dataclass(frozen=True)
class _ExpressionReader:
    """Reads one expression of a household's or a member's rule (`scope`).

    `inside` are the definitions being read, outermost first; they serve to detect a definition that
    refers to itself.
    """

    pack: Pack
    scope: Owner
    inside: tuple[str, ...] = ()

    def read(self, tree: exp.Expr) -> Node:
        """Return the checked node of a parsed expression."""
        for classes, read in _READERS:
            if isinstance(tree, classes):
                return read(self, tree)
        raise ExpressionError(
            _("'{text}' is not allowed in a rule").format(text=tree.sql()),
            _("Use facts, parameters, and or not, comparisons, in, between, is null and + - * /."),
        )

    def read_truth(self, tree: exp.Expr) -> Node:
        """Return the node of a part that must be a condition."""
        node = self.read(tree)
        if node.type.sort != "truth":
            raise ExpressionError(
                _("'{text}' is not something that is true or false").format(text=tree.sql()),
                _("Compare it with something."),
            )
        return node

    def read_number(self, tree: exp.Expr, function: str) -> Node:
        """Return the node of a function's argument, which must be money or a count."""
        node = self.read(tree)
        if node.type.sort not in ("money", "count"):
            raise ExpressionError(
                _("{function} needs a number").format(function=function),
                _("Write only_if(condition, amount) or at_least_zero(amount)."),
            )
        return node

    def read_brackets(self, tree: exp.Expr) -> Node:
        return self.read(tree.this)

    def read_and_or(self, tree: exp.Expr) -> Node:
        parts = (self.read_truth(tree.this), self.read_truth(tree.expression))
        join = syntax.And if isinstance(tree, exp.And) else syntax.Or
        node = join(TRUTH, syntax.find_joined_owner(*parts), parts)
        if isinstance(node, syntax.And):
            refuse_contradiction(node)
        return node

    def read_not(self, tree: exp.Expr) -> Node:
        part = self.read_truth(tree.this)
        return syntax.Not(TRUTH, part.owner, part)

    def read_comparison(self, tree: exp.Expr) -> Node:
        left, right = self.read(tree.this), self.read(tree.expression)
        return compare_values(_COMPARISONS[type(tree)], left, right)

    def read_arithmetic(self, tree: exp.Expr) -> Node:
        left, right = self.read(tree.this), self.read(tree.expression)
        return combine_numbers(_ARITHMETIC[type(tree)], left, right)

    def read_minus(self, tree: exp.Expr) -> Node:
        zero = syntax.Constant(COUNT, "household", 0)
        return combine_numbers("-", zero, self.read(tree.this))

    def read_between(self, tree: exp.Expr) -> Node:
        of = self.read(tree.this)
        low = compare_values(">=", of, self.read(tree.args["low"]))
        high = compare_values("<=", of, self.read(tree.args["high"]))
        refuse_reversed(self.read(tree.args["low"]), self.read(tree.args["high"]))
        return syntax.And(TRUTH, syntax.find_joined_owner(low, high), (low, high))

    def read_in_list(self, tree: exp.Expr) -> Node:
        of = self.read(tree.this)
        constants = [compare_values("=", of, self.read(part)) for part in tree.expressions]
        values = [node.right for node in constants if isinstance(node, syntax.Compare)]
        words = tuple(node.value for node in values if isinstance(node, syntax.Constant))
        if not words or len(words) < len(constants):
            raise ExpressionError(
                _("'in' needs a list of plain values"), _("Write in ('a', 'b') or in (1, 2).")
            )
        node = syntax.OneOf(TRUTH, of.owner, of, words)
        refuse_every_choice(node)
        return node

    def read_is_null(self, tree: exp.Expr) -> Node:
        if not isinstance(tree.expression, exp.Null):
            raise ExpressionError(
                _("'is' goes only with null"), _("Write `is null`, `is not null`, or use =.")
            )
        of = self.read(tree.this)
        refuse_never_unknown(of)
        return syntax.IsUnknown(TRUTH, of.owner, of)

    def read_constant(self, tree: exp.Expr) -> Node:
        if tree.is_string:
            return syntax.Constant(Type("text"), "household", str(tree.this))
        if not re.fullmatch(r"[0-9]+", str(tree.this)):
            raise ExpressionError(
                _("'{text}' is not a whole number").format(text=tree.this),
                _("Put the number into parameters.toml, with its source."),
            )
        return syntax.Constant(COUNT, "household", int(tree.this))

    def read_name(self, tree: exp.Expr) -> Node:
        table = tree.args.get("table")
        name = tree.name
        if table is None:
            return self.read_plain_name(name)
        if table.name == "household" and self.scope == "member" and tree.args.get("db") is None:
            return replace(self, scope="household").read_plain_name(name)
        raise ExpressionError(
            _("'{text}' is not a name").format(text=tree.sql()),
            _("Only a member's rule may write household.<fact>."),
        )

    def read_plain_name(self, name: str) -> Node:
        """Return the node of a name: the household's size, a parameter, a definition or a fact."""
        if name == "size" and self.scope == "household":
            return syntax.HouseholdSize(COUNT, "household")
        if name in self.pack.parameters:
            return _build_parameter(self.pack.parameters[name])
        if name in self.pack.definitions:
            return self.read_definition(name)
        fact = self.pack.facts.get(name)
        if fact is None or fact.owner != self.scope:
            raise self.explain_unknown_name(name)
        return _build_fact(fact)

    def read_definition(self, name: str) -> Node:
        definition = self.pack.definitions[name]
        if definition.owner != self.scope:
            raise self.explain_unknown_name(name)
        if name in self.inside:
            raise ExpressionError(
                _("the definition '{name}' refers to itself").format(name=name),
                _("Take the reference out of definitions.toml."),
            )
        reader = replace(self, inside=(*self.inside, name))
        return reader.read(_parse_sql(definition.value))

    def explain_unknown_name(self, name: str) -> ExpressionError:
        """Return the error for a name that is not a parameter, definition or fact of this unit."""
        names = [*self.pack.parameters, *self.pack.definitions, *self.pack.facts, "size"]
        if name in names:
            remedy = _(
                "It belongs to the other unit: a member's rule writes household.<fact>, a"
                " household's rule uses any_member, all_members, count_members or sum_members."
            )
        else:
            remedy = suggest_name(name, names) or _("facts.toml lists every fact.")
        return ExpressionError(_("'{name}' is no fact of this unit").format(name=name), remedy)

    def read_call(self, tree: exp.Expr) -> Node:  # noqa: PLR0911 one case per function
        name, arguments = str(tree.this).lower(), list(tree.expressions)
        match name, arguments:
            case "receives" | "eligible", [argument]:
                return self.read_programme_question(name, argument)
            case "any_member" | "all_members" | "count_members" | "sum_members", [argument]:
                return self.read_member_question(name, argument)
            case "years_since", [argument]:
                of = self.read(argument)
                if of.type != DATE:
                    raise ExpressionError(_("years_since needs a date"), _("Use a date fact."))
                return syntax.YearsSince(COUNT, of.owner, of)
            case "first_known", [_first, _second, *_rest]:
                return self.read_first_known(arguments)
            case "only_if", [condition, argument]:
                return self.read_only_if(condition, argument)
            case "at_least_zero", [argument]:
                of = self.read_number(argument, "at_least_zero")
                return syntax.AtLeastZero(of.type, of.owner, of)
            case "shared_by", [argument, people]:
                return self.read_shared_by(argument, people)
        raise ExpressionError(
            _("'{text}' is not a function of the rules").format(text=tree.sql()),
            _(
                "There are receives, eligible, any_member, all_members, count_members,"
                " sum_members, first_known, only_if, at_least_zero, shared_by and years_since."
            ),
        )

    def read_first_known(self, arguments: list[exp.Expr]) -> Node:
        parts = tuple(self.read(argument) for argument in arguments)
        if len({part.type for part in parts}) > 1:
            raise ExpressionError(
                _("first_known mixes units or periods"), _("Bring all parts to one unit.")
            )
        if not all(map(syntax.is_about_unit, parts)):
            raise ExpressionError(
                _("first_known would put a fixed value in place of an unknown fact"),
                _("Only `presume`, written with the fact and its reason, may do that."),
            )
        refuse_dead_parts(parts)
        return syntax.FirstKnown(parts[0].type, syntax.find_joined_owner(*parts), parts)

    def read_only_if(self, condition: exp.Expr, argument: exp.Expr) -> Node:
        when, of = self.read_truth(condition), self.read_number(argument, "only_if")
        return syntax.OnlyIf(of.type, syntax.find_joined_owner(when, of), when, of)

    def read_shared_by(self, argument: exp.Expr, people: exp.Expr) -> Node:
        of, by = self.read_number(argument, "shared_by"), self.read_number(people, "shared_by")
        if (of.type.sort, by.type.sort) != ("money", "count"):
            raise ExpressionError(
                _("shared_by needs an amount of money and a number of people"),
                _("Write shared_by(amount, size)."),
            )
        zero = syntax.AtLeastZero(of.type, of.owner, of)
        return syntax.SharedBy(of.type, syntax.find_joined_owner(of, by), zero, by)

    def read_programme_question(self, name: str, argument: exp.Expr) -> Node:
        programme = self.pack.programmes.get(argument.name) if argument.is_string else None
        if programme is None:
            raise ExpressionError(
                _("'{name}' is not a programme").format(name=argument.name or argument.sql()),
                suggest_name(argument.name, self.pack.programmes)
                or _("The programmes are: {names}").format(names=", ".join(self.pack.programmes)),
            )
        if programme.unit == "member" and self.scope == "household":
            raise ExpressionError(
                _("'{name}' belongs to members").format(name=programme.id),
                _("Ask inside any_member, all_members or count_members."),
            )
        if name == "eligible":
            return syntax.Eligible(TRUTH, programme.unit, programme.id)
        node = syntax.Receives(TRUTH, programme.unit, programme.id)
        is_shared = self.scope == "member" and programme.unit == "household"
        return syntax.AsResident(TRUTH, "member", node) if is_shared else node

    def read_member_question(self, name: str, argument: exp.Expr) -> Node:
        inner = replace(self, scope="member")
        if name == "sum_members":
            of = inner.read(argument)
            if of.type.sort not in ("money", "count"):
                raise ExpressionError(
                    _("sum_members needs a number"), _("Use count_members for truths.")
                )
            return syntax.OverMembers(of.type, "household", "sum", of)
        of = inner.read_truth(argument)
        if name == "any_member":
            return syntax.OverMembers(TRUTH, "household", "any", of)
        if name == "all_members":
            return syntax.OverMembers(TRUTH, "household", "all", of)
        return syntax.OverMembers(COUNT, "household", "count", of)


_READERS: list[tuple[tuple[type[exp.Expr], ...], Callable[[_ExpressionReader, exp.Expr], Node]]] = [
    ((exp.Paren,), _ExpressionReader.read_brackets),
    ((exp.And, exp.Or), _ExpressionReader.read_and_or),
    ((exp.Not,), _ExpressionReader.read_not),
    (tuple(_COMPARISONS), _ExpressionReader.read_comparison),
    (tuple(_ARITHMETIC), _ExpressionReader.read_arithmetic),
    ((exp.Neg,), _ExpressionReader.read_minus),
    ((exp.Between,), _ExpressionReader.read_between),
    ((exp.In,), _ExpressionReader.read_in_list),
    ((exp.Is,), _ExpressionReader.read_is_null),
    ((exp.Literal,), _ExpressionReader.read_constant),
    ((exp.Column,), _ExpressionReader.read_name),
    ((exp.Anonymous,), _ExpressionReader.read_call),
]


@cache
def _parse_sql(text: str) -> exp.Expr:
    """Parse a text as one SQL expression; raise ExpressionError if it is not one.

    Cached, because a definition is read again in every expression that uses it.
    """
    if not text.strip():
        raise ExpressionError(
            _("this expression is empty"), _("Write a condition, or take the whole table out.")
        )
    try:
        trees = sqlglot.parse(text, dialect="sqlite")
    except SqlglotError as error:
        raise _explain_unreadable(text) from error
    if len(trees) != 1 or trees[0] is None:
        raise _explain_unreadable(text)
    return trees[0]


def _explain_unreadable(text: str) -> ExpressionError:
    """Return the error for a text that is not one SQL expression."""
    return ExpressionError(
        _("'{text}' cannot be read as an expression").format(text=" ".join(text.split())),
        _("Check brackets, quotes and the words and, or, not."),
    )


def _build_fact(fact: Fact) -> Node:
    """Return the node of a fact; a presumed value is converted to its stored form, such as fen."""
    choices = frozenset(choice.id for choice in fact.choices)
    presumed = fact.presume.value if fact.presume else None
    if isinstance(presumed, int):
        presumed = int(presumed) * fact.kind.per_unit
    fact_type = Type(fact.kind.sort, fact.period, choices)
    return syntax.FactRef(fact_type, fact.owner, fact.id, presumed)


def _build_parameter(parameter: Parameter) -> Node:
    """Return the node of a parameter; units such as years or persons become plain counts."""
    choices = frozenset(choice.id for choice in parameter.choices)
    types = {
        "yuan": Type("money", parameter.period),
        "ratio": RATIO,
        "choice": Type("choice", None, choices),
    }
    return syntax.ParameterRef(types.get(parameter.unit, COUNT), "household", parameter.id)


def parse_condition(
    pack: Pack, text: str, scope: Owner, place: str, *, may_be_general: bool = False
) -> Node:
    """Parse a condition of a household's or a member's rule (`scope`).

    With `may_be_general` it may read parameters only: an event or a setting of the law can be the
    same for everybody.

    Raises:
        ReliefError: A name, function or operator is not allowed, units are mixed, or the condition
            is the same for everybody; `place` is the file and key that the message names.
    """
    with locate_errors(place):
        node = _ExpressionReader(pack, scope).read_truth(_parse_sql(text))
        is_set = any(isinstance(part, syntax.ParameterRef) for part in syntax.walk(node))
        if not syntax.is_about_unit(node) and not (may_be_general and is_set):
            raise ExpressionError(
                _("this condition is the same for everybody"), _("Ask about a fact in it.")
            )
        return node


def parse_money_expression(
    pack: Pack, text: str, scope: Owner, place: str, period: Period | None = None
) -> Node:
    """Parse an amount of money; raise ReliefError if it is wrong or per another period."""
    with locate_errors(place):
        node = _ExpressionReader(pack, scope).read(_parse_sql(text))
        if node.type.sort != "money":
            raise ExpressionError(
                _("this is not an amount of money"), _("Use facts or parameters in yuan.")
            )
        if period not in (None, node.type.period):
            raise ExpressionError(
                _("this amount is not per {period}").format(period=period),
                _("A year's amount becomes a month's by / 12, a month's a year's by * 12."),
            )
        return node


def parse_definition(pack: Pack, definition: Definition) -> Node:
    """Parse a definition of any type; raise ReliefError if it is wrong."""
    with locate_errors(f"definitions.toml: {definition.id}.value"):
        return _ExpressionReader(pack, definition.owner, (definition.id,)).read(
            _parse_sql(definition.value)
        )
