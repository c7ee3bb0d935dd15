"""`relief measure`: record what is planned or done for a household.

`relief needs`: what families said they need, and which measures answer it.
"""

import datetime as dt

import typer

from relieftool.commands import options
from relieftool.commands.decide import parse_yuan_option
from relieftool.commands.session import Recording, Register, today
from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures, record_measure
from relieftool.fieldwork.needs import list_answered_needs
from relieftool.messages import _
from relieftool.output.fieldwork import build_measures_result, build_needs_result
from relieftool.store.communities import list_household_numbers
from relieftool.store.entries import check_household


def measure(
    household: str,
    *,
    kind: MeasureKind,
    planned_on: dt.date | None = None,
    done_on: dt.date | None = None,
    amount: str | None = None,
    result: str | None = None,
    by: options.By,
    where: Recording,
) -> None:
    """Write down a measure for a household: planned for a day, or done on one.

    A measure done completes the oldest open plan of its kind. It is listed by `relief show` and in
    the workbook of `relief cases`.

    Example: relief measure HKX-001 --kind 慰问 --done-on 2024-12-20 --amount 500 --by 王五

    Args:
        kind: What is done for the household.
        planned_on: The day it is planned for.
        done_on: The day it was done; completes the plan of its kind.
        amount (YUAN): What it is worth, in yuan.
        result (TEXT): What came of it.
    """
    if done_on is not None and done_on > today():
        raise typer.BadParameter(_("this day has not come yet"), param_hint="--done-on")
    stated = Measure(
        household,
        kind,
        None if planned_on is None else planned_on.isoformat(),
        None if done_on is None else done_on.isoformat(),
        parse_yuan_option(amount),
        result,
        by,
    )
    with where.open() as opened:
        kept = record_measure(opened.db, stated, is_rehearsal=where.dry_run)
        listed = [kept] if where.dry_run else list_measures(opened.db, kept.household_no)
    where.show(build_measures_result(listed))
    where.tell_done()


def needs(
    household: str | None = None,
    *,
    community: options.Community = None,
    where: Register,
    showing: options.RevealOptions,
) -> None:
    """List what families said they need: open, planned or done, and which measures answer it.

    Example: relief needs --community 河口下

    Args:
        household: Only this household.
    """
    with where.open() as opened:
        numbers = list_household_numbers(opened.db, opened.community(community))
        asked = numbers if household is None else [check_household(opened.db, household)]
        found = list_answered_needs(opened.db, set(asked) & set(numbers))
        opened.show(build_needs_result(found), showing)
