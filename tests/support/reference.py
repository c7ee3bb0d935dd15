"""What the rules mean, said a second time and plainly: a walk over the syntax tree.

Slow, exact, one household at a time. None is unknown. Nothing here knows of SQL.
"""

import datetime as dt
import operator
from fractions import Fraction

from relieftool.rules.statement import convert_parameter_value
from relieftool.rules.syntax import Arithmetic, FactRef, FirstKnown, Node, OnlyIf, OverMembers
from tests.support.tiny_packs import InDoubt

_COMPARED = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CALCULATED = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class Reference:
    """Answers for one household: its facts, its members' facts, and who receives what."""

    def __init__(self, statement, household, members):
        self.statement = statement
        self.household = household
        self.members = members
        self._lives = {}

    def criteria(self, programme, member=None):
        """Return the truth of each criterion of a programme."""
        rules = self.statement.rules[programme]
        return {key: self.value(node, member) for key, node in rules.criteria.items()}

    def eligible(self, programme, member=None):
        """Return the truth of a programme's criteria joined."""
        if programme not in self.statement.in_force:
            return False
        trigger = self.statement.rules[programme].trigger
        if trigger is not None and self.value(trigger, member) is not True:
            return False
        return conjunction(self.criteria(programme, member).values())

    def amount(self, programme, member=None):
        """Return what a programme grants, exactly: the first amount whose condition holds."""
        for when, node in self.statement.rules[programme].amounts:
            holds = True if when is None else self.value(when, member)
            if holds is not False:
                return self.value(node, member) if holds else None
        return None

    def value(self, node, member=None):
        """Return the value of a node: a truth, a number, a word, a day; None where unknown."""
        return getattr(self, f"of_{type(node).__name__.lower()}")(node, member)

    def of_factref(self, node, member):
        known = self.stated(node, member)
        known = node.presumed if known is None else known
        known = None if isinstance(known, InDoubt) else known
        if node.type.sort == "truth":
            return None if known is None else known == 1
        return known

    def stated(self, node, member):
        """Return what is stated of a fact: a value, a doubt, or None."""
        return (self.household if node.owner == "household" else member).get(node.fact)

    def of_householdsize(self, _node, _member):
        if any(self.lives(one) is None for one in self.members):
            return None
        stated, living = self.household.get("stated_size"), len(self.living())
        stated = None if isinstance(stated, InDoubt) else stated
        if not self.members:
            return 0 if stated == 0 else None
        at_home = sum(self.at_home(one) is True for one in self.members)
        return living if stated in (None, living, at_home, len(self.members)) else None

    def living(self):
        return [one for one in self.members if self.lives(one)]

    def lives(self, one):
        """Return whether a member counts; looked up once, because nearly every rule asks."""
        if id(one) not in self._lives:
            self._lives[id(one)] = self.find_lives(one)
        return self._lives[id(one)]

    def find_lives(self, one):
        """Return whether a member is at home, or belongs there by law."""
        by_law = self.statement.definitions.get("belongs_by_law")
        at_home = self.at_home(one)
        return at_home if by_law is None else disjunction([self.value(by_law, one), at_home])

    def at_home(self, one):
        """Return whether a member lives here: as stated, else as the pack presumes."""
        fact = self.statement.pack.facts.get("lives_together")
        if fact is None:
            return True
        known = one.get("lives_together")
        if isinstance(known, InDoubt):
            return None
        if known is None:
            return fact.presume.value if fact.presume else None
        return known == 1

    def of_parameterref(self, node, _member):
        parameter = self.statement.pack.parameters[node.parameter]
        dated = parameter.in_force(self.statement.as_of)
        if parameter.unit == "choice":
            return dated and dated.value
        return convert_parameter_value(parameter, dated)

    def of_onlyif(self, node, member):
        holds = self.value(node.when, member)
        return {None: None, False: 0, True: self.value(node.of, member)}[holds]

    def of_atleastzero(self, node, member):
        value = self.value(node.of, member)
        return None if value is None else max(value, 0)

    def of_sharedby(self, node, member):
        amount, people = self.value(node.of, member), self.value(node.by, member)
        return Fraction(amount // people) if amount is not None and people else None

    def of_constant(self, node, _member):
        return node.value

    def of_yearssince(self, node, member):
        stated = self.value(node.of, member)
        if stated is None or dt.date.fromisoformat(stated) > self.statement.as_of:
            return None
        day, as_of = dt.date.fromisoformat(stated), self.statement.as_of
        return as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day))

    def of_firstknown(self, node, member):
        for part in node.parts:
            value = self.value(part, member)
            if value is not None or self.is_in_doubt(part, member):
                return value
        return None

    def is_in_doubt(self, node, member):
        """Whether a value, if it is unknown, is so because cells state something of it in vain."""
        if isinstance(node, FactRef):
            return isinstance(self.stated(node, member), InDoubt)
        if isinstance(node, OverMembers):
            return any(self.is_in_doubt(node.of, one) for one in self.living())
        if isinstance(node, FirstKnown) and self.value(node, member) is not None:
            return False
        return any(self.is_in_doubt(part, member) for part in children_of(node))

    def span(self, node, member):
        """Return the least and the most that a number can be; None: there is no such end."""
        value = self.value(node, member)
        if value is not None:
            return value, value
        find = getattr(self, f"span_of_{type(node).__name__.lower()}", None)
        return find(node, member) if find else (None, None)

    def span_of_factref(self, node, member):
        stated = self.stated(node, member)
        if not isinstance(stated, InDoubt) or stated.state != "range":
            return None, None
        return stated.low or 0, stated.high

    def span_of_firstknown(self, node, member):
        for part in node.parts:
            if self.value(part, member) is not None or self.is_in_doubt(part, member):
                return self.span(part, member)
        return None, None

    def span_of_onlyif(self, node, member):
        return self.span(node.of, member) if self.value(node.when, member) else (None, None)

    def span_of_atleastzero(self, node, member):
        return tuple(None if end is None else max(end, 0) for end in self.span(node.of, member))

    def span_of_sharedby(self, node, member):
        people = self.value(node.by, member)
        ends = self.span(node.of, member)
        return tuple(
            Fraction(end // people) if end is not None and people else None for end in ends
        )

    def span_of_arithmetic(self, node, member):
        left, right = self.span(node.left, member), self.span(node.right, member)
        if node.operator == "*":
            left = left if is_nought_or_more(node.right) else [self.value(node.left, member)] * 2
            right = right if is_nought_or_more(node.left) else [self.value(node.right, member)] * 2
        if node.operator == "-":
            right = right[::-1]
        return tuple(
            None if None in pair else _CALCULATED[node.operator](*map(Fraction, pair))
            for pair in zip(left, right, strict=True)
        )

    def span_of_overmembers(self, node, _member):
        if node.question != "sum" or self.of_householdsize(node, None) is None:
            return None, None
        spans = [self.span(node.of, one) for one in self.living()]
        return tuple(
            None if None in ends else sum(ends, Fraction()) for ends in zip(*spans, strict=True)
        )

    def of_arithmetic(self, node, member):
        left, right = self.value(node.left, member), self.value(node.right, member)
        if left is None or right is None:
            return None
        return _CALCULATED[node.operator](Fraction(left), Fraction(right))

    def of_compare(self, node, member):
        compared = _COMPARED[node.operator]
        left, right = self.value(node.left, member), self.value(node.right, member)
        if left is not None and right is not None:
            return compared(left, right)
        if node.left.type.sort not in ("money", "count", "ratio"):
            return None
        return self.compare_spans(node, member)

    def compare_spans(self, node, member):
        """Return how a comparison comes out wherever its sides are in their spans."""
        (low, high), (other_low, other_high) = (
            self.span(side, member) for side in (node.left, node.right)
        )
        if None not in (low, high) and low == high == other_low == other_high:
            return node.operator in ("=", "<=", ">=")
        if is_less(high, other_low):
            return node.operator in ("<", "<=", "<>")
        if is_less(other_high, low):
            return node.operator in (">", ">=", "<>")
        if is_less(high, other_low, or_equal=True) and node.operator in ("<=", ">"):
            return node.operator == "<="
        if is_less(other_high, low, or_equal=True) and node.operator in (">=", "<"):
            return node.operator == ">="
        return None

    def of_oneof(self, node, member):
        value = self.value(node.of, member)
        return None if value is None else value in node.values

    def of_isunknown(self, node, member):
        return self.value(node.of, member) is None

    def of_not(self, node, member):
        value = self.value(node.of, member)
        return None if value is None else not value

    def of_and(self, node, member):
        return conjunction(self.value(part, member) for part in node.parts)

    def of_or(self, node, member):
        return disjunction(self.value(part, member) for part in node.parts)

    def of_receives(self, node, member):
        asked = self.household if node.owner == "household" else member
        stated = asked["receives"].get(node.programme)
        return stated is True if node.programme not in self.statement.in_force else stated

    def of_asresident(self, node, member):
        return conjunction([self.lives(member), self.value(node.of, member)])

    def of_eligible(self, node, member):
        return self.eligible(node.programme, member if node.owner == "member" else None)

    def of_overmembers(self, node, _member):
        return getattr(self, f"over_{node.question}")(
            [self.value(node.of, one) for one in self.living()], self.of_householdsize(node, None)
        )

    @staticmethod
    def over_any(values, size):
        return disjunction([*values, *([None] if size is None else [])])

    @staticmethod
    def over_all(values, size):
        return conjunction([*values, *([None] if size is None else [])])

    @staticmethod
    def over_count(values, size):
        return None if size is None or None in values else values.count(True)

    @staticmethod
    def over_sum(values, size):
        return None if size is None or None in values else sum(values, Fraction())


def children_of(node):
    """Return the nodes that a node's rule is written of."""
    return [
        part
        for name, held in vars(node).items()
        if name not in ("doubts", "bounds")
        for part in (held if isinstance(held, tuple) else [held])
        if isinstance(part, Node)
    ]


def is_less(left, right, *, or_equal=False):
    """Whether a value is known to be less than another, or equal to it."""
    return None not in (left, right) and (left < right or (or_equal and left == right))


def is_nought_or_more(node):
    """Whether it shows without any facts that a number is never negative: nothing is subtracted."""
    return not any(
        isinstance(part, Arithmetic) and part.operator == "-"
        for part in walk_outside_zero_cuts(node)
    )


def walk_outside_zero_cuts(node):
    """Yield a node and those below, but for counts, and for what is cut at nought."""
    yield node
    if type(node).__name__ not in ("AtLeastZero", "SharedBy", "YearsSince") and not (
        isinstance(node, OverMembers) and node.question != "sum"
    ):
        below = [node.of] if isinstance(node, OnlyIf) else children_of(node)
        for part in below:
            yield from walk_outside_zero_cuts(part)


def conjunction(truths):
    """Join truths by and: false wins over unknown, unknown over true."""
    found = set(truths)
    return False if False in found else None if None in found else True


def disjunction(truths):
    """Join truths by or: true wins over unknown, unknown over false."""
    found = set(truths)
    return True if True in found else None if None in found else False
