"""What the rules mean, said a second time and plainly: a walk over the syntax tree.

Slow, exact, one household at a time. None is unknown. Nothing here knows of SQL.
"""

import datetime as dt
import operator
from fractions import Fraction

from relieftool.rules.statement import convert_parameter_value

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
        known = (self.household if node.owner == "household" else member).get(node.fact)
        known = node.presumed if known is None else known
        if node.type.sort == "truth":
            return None if known is None else known == 1
        return known

    def of_householdsize(self, _node, _member):
        if any(self.lives(one) is None for one in self.members):
            return None
        stated, living = self.household.get("stated_size"), len(self.living())
        if not self.members:
            return 0 if stated == 0 else None
        at_home = sum(self.at_home(one) is True for one in self.members)
        return living if stated in (None, living, at_home, len(self.members)) else None

    def living(self):
        return [one for one in self.members if self.lives(one)]

    def lives(self, one):
        """Return whether a member counts: is at home, or belongs there by law."""
        by_law = self.statement.definitions.get("belongs_by_law")
        at_home = self.at_home(one)
        return at_home if by_law is None else disjunction([self.value(by_law, one), at_home])

    def at_home(self, one):
        """Return whether a member lives here: as stated, else as the pack presumes."""
        fact = self.statement.pack.facts.get("lives_together")
        if fact is None:
            return True
        known = one.get("lives_together")
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
        values = [self.value(part, member) for part in node.parts]
        return next((value for value in values if value is not None), None)

    def of_arithmetic(self, node, member):
        left, right = self.value(node.left, member), self.value(node.right, member)
        if left is None or right is None:
            return None
        return _CALCULATED[node.operator](Fraction(left), Fraction(right))

    def of_compare(self, node, member):
        left, right = self.value(node.left, member), self.value(node.right, member)
        return None if left is None or right is None else _COMPARED[node.operator](left, right)

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


def conjunction(truths):
    """Join truths by and: false wins over unknown, unknown over true."""
    found = set(truths)
    return False if False in found else None if None in found else True


def disjunction(truths):
    """Join truths by or: true wins over unknown, unknown over false."""
    found = set(truths)
    return True if True in found else None if None in found else False
