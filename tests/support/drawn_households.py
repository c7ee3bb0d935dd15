"""Random households of any pack, drawn from its own list of facts, on and beside its lines."""

import datetime as dt
from functools import reduce

from hypothesis import strategies as st

from relieftool.rules.statement import convert_parameter_value
from relieftool.rules.syntax import FactRef, walk

MONTHS = {"month": 1, "year": 12, "once": 1}


def lines_of(pack, as_of, unit):
    """Return the values of the law of one unit on a day, each with the period it is for."""
    values = [
        (convert_parameter_value(one, one.in_force(as_of)), one.period)
        for one in pack.parameters.values()
        if one.unit == unit
    ]
    return [(value, period) for value, period in values if value is not None]


def amounts(pack, as_of, fact):
    """Return nothing, and each amount of the law times one to three people, and a fen beside it.

    A line per month is met per year too, and the other way round.
    """
    ratios = [1, *(value for value, _period in lines_of(pack, as_of, "ratio"))]
    met = {
        int(value * ratio * people * MONTHS[fact.period] / MONTHS[period])
        for value, period in lines_of(pack, as_of, "yuan")
        for ratio in ratios
        for people in (1, 2, 3)
    }
    beside = {amount + step for amount in met for step in (-1, 0, 1)}
    return [None, 0, *sorted(amount for amount in beside if amount >= 0)]


def birthdays(as_of):
    """Return days on which somebody turned an age of the law today, or does so tomorrow."""
    ages = (0, 3, 6, 7, 15, 16, 18, 40, 50, 60, 80)
    turned = [as_of.replace(year=as_of.year - age) for age in ages]
    return [day + dt.timedelta(days=late) for day in turned for late in (0, 1)]


def values(pack, as_of, fact):
    """Return the values to draw a fact from; unknown is one of them."""
    match fact.type:
        case "money":
            return amounts(pack, as_of, fact)
        case "integer":
            counts = {int(value) for value, _period in lines_of(pack, as_of, "count")}
            near = {count + step for count in counts for step in (-1, 0, 1)} - {-1}
            return [None, *sorted({0, 1, 2, 3, 6, 11, 12, 15, 16, 59, 60, 80} | near)]
        case "yes_no":
            return [1, 0, None, 1, 0]
        case "date":
            return [None, *(day.isoformat() for day in birthdays(as_of))]
        case "choice":
            return [None, *(choice.id for choice in fact.choices)]
    return [None]


def used_facts(statement):
    """Name the facts that any rule of a pack reads, and what tells who lives there."""
    trees = [node for one in statement.rules.values() for node in one.nodes]
    trees += [*statement.indicators.values(), *statement.money.values()]
    read = ({node.fact for node in walk(tree) if isinstance(node, FactRef)} for tree in trees)
    return reduce(set.union, read, {"lives_together"})


def units(pack, as_of, statement, owner):
    """Return a strategy for the facts and receipts of households, or of members."""
    facts = [one for one in pack.facts.values() if one.owner == owner]
    drawn = {
        one.id: st.sampled_from(values(pack, as_of, one))
        for one in facts
        if one.id in used_facts(statement)
    }
    received = {
        one.id: st.sampled_from([True, False, False, None])
        for one in pack.programmes.values()
        if one.unit == owner
    }
    return {**drawn, "receives": st.fixed_dictionaries(received)}


def households(pack, as_of, statement):
    """Return a strategy for households of up to three members; most sheets state the right size."""
    member = st.fixed_dictionaries(units(pack, as_of, statement, "member"))
    drawn = {
        **units(pack, as_of, statement, "household"),
        "stated_size": st.sampled_from([None, None, None, 0, 1, 2]),
        "members": st.lists(member, max_size=3),
    }
    return st.fixed_dictionaries(drawn)
