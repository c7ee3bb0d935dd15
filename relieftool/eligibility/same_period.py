"""Whether what was paid may be set against what is due now: only where the law was the same then.

A payment of November is no underpayment by a standard that was raised in January.
"""

import datetime as dt

from relieftool.eligibility.evaluation import UnitRow
from relieftool.eligibility.findings import UncomparedReason
from relieftool.eligibility.rule_warnings import list_settings
from relieftool.pack.models import DatedValue, Parameter
from relieftool.rules import syntax
from relieftool.rules.settings import list_live_nodes
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement


def is_comparable(statement: Statement, programme: str, row: UnitRow) -> bool:
    """Say whether the last payment was made under the values of the law that its amount rests on.

    One without a date holds on every day.
    """
    paid_until = row[format_column_name(ColumnKind.PAID_UNTIL, programme)]
    since = find_amount_start(statement, programme)
    return paid_until is None or since is None or str(paid_until) >= since.isoformat()


def find_uncompared_reason(
    statement: Statement, programme: str, row: UnitRow, due_fen: int | None
) -> UncomparedReason | None:
    """Say why it cannot be said whether what is received is enough; None where it can.

    What is at least as much as is due is enough, whatever else is unknown.
    """
    rules = statement.rules[programme].programme
    if rules.is_event or rules.period is None:
        return None
    paid = row[format_column_name(ColumnKind.PAID, programme)]
    if not isinstance(paid, int):
        return "paid-unknown"
    if due_fen is not None and paid >= due_fen:
        return None
    if due_fen is None or row[format_column_name(ColumnKind.ELIGIBLE, programme)] != 1:
        return "due-unknown"
    return None if is_comparable(statement, programme, row) else "other-values"


def find_amount_start(statement: Statement, programme: str) -> dt.date | None:
    """Give the day since which a programme grants what it grants; None where no value decides."""
    parameters = statement.pack.parameters
    settings = list_settings(parameters, statement.as_of)
    nodes = [
        node
        for when, value in statement.rules[programme].amounts
        for tree in (when, value)
        if tree is not None
        for node in list_live_nodes(tree, settings)
    ]
    days = [
        _unchanged_since(parameters[node.parameter], statement.as_of)
        for node in nodes
        if isinstance(node, syntax.ParameterRef)
    ]
    return max((day for day in days if day is not None), default=None)


def _unchanged_since(parameter: Parameter, as_of: dt.date) -> dt.date | None:
    """Give the first day of an unbroken time with the value in force; None without one."""
    dated = parameter.in_force(as_of)
    first = None
    while dated is not None:
        first = dated.from_
        before = parameter.in_force(first - dt.timedelta(days=1))
        dated = before if before is not None and _is_same(parameter, before, dated) else None
    return first


def _is_same(parameter: Parameter, one: DatedValue, other: DatedValue) -> bool:
    """Say whether two values are one, however they are written."""
    if parameter.unit == "choice":
        return one.value == other.value
    return one.number == other.number
