"""Values of the law that the rules need on a day and nobody has given.

Criteria that come out alike for everybody asked: often a column that is missing or misread.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from relieftool.eligibility.evaluation import Evaluation
from relieftool.pack.models import Pack, Parameter
from relieftool.rules import syntax
from relieftool.rules.bounds import UnitRow
from relieftool.rules.programme_rules import (
    LawSettings,
    ProgrammeRules,
    list_live_nodes,
    parse_programmes,
)
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node


def list_missing_parameters(
    statement: Statement, programmes: Iterable[str] = (), *, with_priority: bool = False
) -> tuple[str, ...]:
    """Name the parameters that programmes in force use and that have no value on the day.

    With `programmes`: only what these use, and those they refer to. What only priority.toml uses
    counts where the answer rests on it. What the settings of the day rule out, as the grades where
    the exact difference is paid, is not used.
    """
    asked = _referred_to(statement.rules, programmes) or set(statement.in_force)
    rules = [rule for name, rule in statement.rules.items() if name in asked & statement.in_force]
    more = [*statement.indicators.values(), *statement.money.values()] if with_priority else []
    parameters = statement.pack.parameters
    used = list_used_parameters(rules, more, parameters, statement.as_of)
    return tuple(name for name in used if parameters[name].in_force(statement.as_of) is None)


def list_missing_parameters_on(pack: Pack, as_of: dt.date) -> tuple[str, ...]:
    """Name the parameters that the programmes of a pack use on a day and that have no value."""
    rules = [
        programme
        for programme in parse_programmes(pack).values()
        if programme.programme.is_in_force(as_of)
    ]
    used = list_used_parameters(rules, (), pack.parameters, as_of)
    return tuple(name for name in used if pack.parameters[name].in_force(as_of) is None)


def _referred_to(rules: Mapping[str, ProgrammeRules], programmes: Iterable[str]) -> set[str]:
    """Return some programmes, and those they refer to, by way of others too."""
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
    more: Iterable[Node],
    known: Mapping[str, Parameter],
    as_of: dt.date,
) -> list[str]:
    """Name the parameters that some rules and trees use on a day, in the order of the pack."""
    settings = list_settings(known, as_of)
    nodes = [node for rule in rules for tree in rule.live_trees(settings) for node in tree]
    nodes += [node for tree in more for node in list_live_nodes(tree, settings)]
    used = {node.parameter for node in nodes if isinstance(node, syntax.ParameterRef)}
    return [name for name in known if name in used]


def list_settings(parameters: Mapping[str, Parameter], as_of: dt.date) -> LawSettings:
    """Return the choices in force on a day."""
    values = {
        name: parameter.in_force(as_of)
        for name, parameter in parameters.items()
        if parameter.unit == "choice"
    }
    return {name: str(one.value) for name, one in values.items() if one is not None}


def list_parameters(trees: Iterable[Node], known: Iterable[str]) -> list[str]:
    """Name the parameters that some trees use, in the order of the pack."""
    used = {
        node.parameter
        for tree in trees
        for node in syntax.walk(tree)
        if isinstance(node, syntax.ParameterRef)
    }
    return [name for name in known if name in used]


def find_first_day_without(parameter: Parameter, as_of: dt.date) -> dt.date:
    """Return the day from which a parameter without a value on a day has none; else that day."""
    ends = [one.until for one in parameter.values if one.until != "open" and one.until <= as_of]
    return max(ends, default=as_of)


_FEWEST_HOUSEHOLDS = 10  # in fewer, chance alone makes many alike


@dataclass(frozen=True)
class ConstantCriterion:
    """A criterion with the same truth (None: unknown) for all `count` households or members.

    The programme of an indicator of priority is "priority".
    """

    programme: str
    criterion: str
    truth: bool | None
    count: int


def find_constant_criteria(evaluation: Evaluation) -> tuple[ConstantCriterion, ...]:
    """Find the criteria with one truth for everybody; none in a register of few households."""
    if len(evaluation.households) < _FEWEST_HOUSEHOLDS:
        return ()
    statement = evaluation.statement
    in_force = [rule for name, rule in statement.rules.items() if name in statement.in_force]
    return tuple(_uniform(evaluation, in_force))


def find_constant_indicators(evaluation: Evaluation) -> tuple[ConstantCriterion, ...]:
    """Find the indicators of priority with one truth for every household, as `find_constant_criteria`."""
    if len(evaluation.households) < _FEWEST_HOUSEHOLDS:
        return ()
    rows = [household.row for household in evaluation.households]
    return tuple(
        ConstantCriterion("priority", name, truth, len(rows))
        for name in evaluation.statement.indicators
        for truth in _one_truth(rows, format_column_name(ColumnKind.INDICATOR, name))
    )


def _uniform(
    evaluation: Evaluation, in_force: Iterable[ProgrammeRules]
) -> Iterator[ConstantCriterion]:
    rows: dict[str, list[UnitRow]] = {
        "household": [household.row for household in evaluation.households],
        "member": [member.row for one in evaluation.households for member in one.members],
    }
    for rules in in_force:
        asked, name = rows[rules.programme.unit], rules.programme.id
        for key in rules.criteria:
            for truth in _one_truth(asked, format_column_name(ColumnKind.CRITERION, name, key)):
                yield ConstantCriterion(name, key, truth, len(asked))


def _one_truth(rows: Iterable[UnitRow], column: str) -> list[bool | None]:
    """Return the truth of a column if it is one for all rows; otherwise nothing."""
    truths = {None if row[column] is None else row[column] == 1 for row in rows}
    return list(truths) if len(truths) == 1 else []
