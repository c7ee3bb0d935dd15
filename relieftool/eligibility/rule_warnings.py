"""Warnings about an evaluation: parameters without a value, criteria alike for everybody.

A criterion with the same result for everybody often means that a column is missing or misread.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from relieftool.eligibility.evaluation import Evaluation, read_truth
from relieftool.pack.models import Parameter
from relieftool.rules import syntax
from relieftool.rules.compiled_rules import UnitRow
from relieftool.rules.programme_rules import LawSettings, ProgrammeRules, list_live_nodes
from relieftool.rules.sql import ColumnKind
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node

_FEWEST_HOUSEHOLDS = 10  # among fewer households, many criteria are alike by chance


def list_missing_parameters(
    statement: Statement, programmes: Iterable[str] = (), *, with_priority: bool = False
) -> tuple[str, ...]:
    """Return the parameters that programmes in force use and that have no value on the day.

    With `programmes`, only the parameters used by these or by programmes they refer to. With
    `with_priority`, the parameters of priority.toml too. A part of a rule that a setting of the day
    rules out is not used.
    """
    asked = _list_referenced(statement.rules, programmes) or set(statement.in_force)
    rules = [rule for name, rule in statement.rules.items() if name in asked & statement.in_force]
    priority_trees = (
        [*statement.indicators.values(), *statement.money.values()] if with_priority else []
    )
    parameters = statement.pack.parameters
    used = list_used_parameters(rules, priority_trees, parameters, statement.as_of)
    return tuple(name for name in used if parameters[name].in_force(statement.as_of) is None)


def _list_referenced(rules: Mapping[str, ProgrammeRules], programmes: Iterable[str]) -> set[str]:
    """Return `programmes` and the programmes they refer to, directly or through others."""
    found: set[str] = set()
    waiting = list(programmes)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += rules[name].references
    return found


def list_used_parameters(
    rules: Iterable[ProgrammeRules],
    other_trees: Iterable[Node],
    known: Mapping[str, Parameter],
    as_of: dt.date,
) -> list[str]:
    """Return the parameters that rules and `other_trees` use on a day, in the order of `known`."""
    settings = list_settings(known, as_of)
    nodes = [node for rule in rules for tree in rule.live_trees(settings) for node in tree]
    nodes += [node for tree in other_trees for node in list_live_nodes(tree, settings)]
    used = {node.parameter for node in nodes if isinstance(node, syntax.ParameterRef)}
    return [name for name in known if name in used]


def list_settings(parameters: Mapping[str, Parameter], as_of: dt.date) -> LawSettings:
    """Return the choices in force on a day, by setting; settings without a choice are left out."""
    return {
        name: str(dated.value)
        for name, parameter in parameters.items()
        if parameter.unit == "choice" and (dated := parameter.in_force(as_of)) is not None
    }


def list_parameters(trees: Iterable[Node], known: Iterable[str]) -> list[str]:
    """Return the parameters that trees use, whatever the settings, in the order of `known`."""
    used = {
        node.parameter
        for tree in trees
        for node in syntax.walk(tree)
        if isinstance(node, syntax.ParameterRef)
    }
    return [name for name in known if name in used]


def find_first_day_without(parameter: Parameter, as_of: dt.date) -> dt.date:
    """Return the first day after the last value of a parameter that has ended by `as_of`.

    If no value has ended, return `as_of`.
    """
    ends = [
        dated.until for dated in parameter.values if dated.until != "open" and dated.until <= as_of
    ]
    return max(ends, default=as_of)


@dataclass(frozen=True)
class ConstantCriterion:
    """A criterion with the same result for all `count` households or members.

    `truth` is this result; None is unknown. For a priority indicator, the programme is "priority".
    """

    programme: str
    criterion: str
    truth: bool | None
    count: int


def find_constant_criteria(evaluation: Evaluation) -> tuple[ConstantCriterion, ...]:
    """Return the criteria with one result for everybody, of programmes in force.

    None are returned if there are few households.
    """
    if len(evaluation.households) < _FEWEST_HOUSEHOLDS:
        return ()
    statement = evaluation.statement
    in_force = [rules for name, rules in statement.rules.items() if name in statement.in_force]
    return tuple(_find_constant(evaluation, in_force))


def find_constant_indicators(evaluation: Evaluation) -> tuple[ConstantCriterion, ...]:
    """Return the indicators with one result for all households; none if there are few of these."""
    if len(evaluation.households) < _FEWEST_HOUSEHOLDS:
        return ()
    rows = [household.row for household in evaluation.households]
    return tuple(
        ConstantCriterion("priority", name, truth, len(rows))
        for name in evaluation.statement.indicators
        for truth in _find_single_truth(rows, ColumnKind.INDICATOR, name)
    )


def _find_constant(
    evaluation: Evaluation, in_force: Iterable[ProgrammeRules]
) -> Iterator[ConstantCriterion]:
    """Yield the criteria of some programmes that have the same result for everybody."""
    rows: dict[str, list[UnitRow]] = {
        "household": [household.row for household in evaluation.households],
        "member": [
            member.row for household in evaluation.households for member in household.members
        ],
    }
    for rules in in_force:
        of_unit, name = rows[rules.programme.unit], rules.programme.id
        for key in rules.criteria:
            for truth in _find_single_truth(of_unit, ColumnKind.CRITERION, name, key):
                yield ConstantCriterion(name, key, truth, len(of_unit))


def _find_single_truth(rows: Iterable[UnitRow], kind: ColumnKind, *ids: str) -> list[bool | None]:
    """Return a list of the single value of a column in all rows; empty if the rows differ."""
    truths = {read_truth(row, kind, *ids) for row in rows}
    return list(truths) if len(truths) == 1 else []
