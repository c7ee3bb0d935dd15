"""`relief cases`: which cases there are, and where each stands."""

from dataclasses import replace
from typing import Annotated

import typer

from relieftool.cases import CaseState, add_deadlines, list_cases
from relieftool.commands import options
from relieftool.commands.session import open_session
from relieftool.output.cases import build_cases_result
from relieftool.output.register_result import register_table
from relieftool.output.result import OutputFormat

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
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    community: options.Community = None,
    state: StateOption = None,
    overdue: Overdue = False,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """List the cases and where each stands, those whose time limit has passed first.

    A workbook (--out 台账.xlsx) has the register of help and closed cases in front, set out for A4.

    Example: relief cases --community 河口下 --state found
    """
    showing = options.ShowOptions("cases", form, out, reveal, reason)
    with open_session(db, pack, as_of) as opened:
        records = list_cases(opened.db, opened.community(community), state)
        listed = add_deadlines(records, opened.pack, opened.day)
        listed = [one for one in listed if one.is_overdue or not overdue]
        result = build_cases_result("cases", listed, opened.pack)
        if out is not None and out.suffix.lower() in (".xlsx", ".html"):
            register = register_table(opened.db, opened.pack, listed)
            result = replace(result, grids=(register, *result.grids))
        opened.show(result, showing)
