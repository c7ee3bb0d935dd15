"""`relief cases`: the list of cases with the state of each.

`relief case`: the whole history of one case.
"""

from dataclasses import replace
from typing import Annotated

import typer

from relieftool.cases.case_list import find_case, list_cases
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.history import list_case_entries
from relieftool.cases.records import CaseState
from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay
from relieftool.output.cases import build_cases_result, build_history_result, register_table

StateOption = Annotated[
    CaseState | None,
    typer.Option(
        "--state",
        case_sensitive=False,
        metavar="STATE",
        help="Only cases in this state: `found`, `referred`, `decided`, `receipt_seen`, `closed`"
        " or `reopened`.",
    ),
]
Overdue = Annotated[
    bool,
    typer.Option("--overdue", help="Only cases whose legal time limit has passed."),
]


def cases(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    state: StateOption = None,
    overdue: Overdue = False,
    showing: options.RevealOptions,
) -> None:
    """List the cases and where each stands, those whose time limit has passed first.

    A workbook (--out 台账.xlsx) has the register of help and closed cases in front, set out for A4.

    Example: relief cases --community 河口下 --state found
    """
    with where.open() as opened:
        records = list_cases(opened.db, opened.community(community), state)
        listed = add_deadlines(records, opened.pack, opened.day)
        listed = [record for record in listed if record.is_overdue or not overdue]
        result = build_cases_result("cases", listed, opened.pack)
        if showing.out is not None and showing.out.suffix.lower() in (".xlsx", ".html"):
            register = register_table(opened.db, opened.pack, listed)
            result = replace(result, tables=(register, *result.tables))
        opened.show(result, showing)


CaseNo = Annotated[
    str,
    typer.Argument(**options.CASE, help="The case's number: C2024-0001."),
]


def case(
    case: CaseNo,
    *,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Show the whole history of a case: every entry, also those from before it was reopened.

    Each has its day, who wrote it, the state it left, decision and amount, the day then due, and
    the hash of its file of evidence. What people wrote as reasons is shown with --reveal.

    Example: relief case C2024-0001
    """
    with where.open() as opened:
        steps = list_case_entries(opened.db, opened.pack, case)
        (record,) = add_deadlines([find_case(opened.db, case)], opened.pack, opened.day)
        opened.show(build_history_result(record, steps, opened.pack), showing)
