"""`relief cases`: which cases there are, and where each stands."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import session
from relieftool.ledger import CaseState, list_cases, with_deadlines
from relieftool.output.case_result import cases_result
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.result import OutputFormat

State = Annotated[
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
    state: State = None,
    overdue: Overdue = False,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """List the cases and where each stands, those whose time limit has passed first.

    Example: relief cases --community 河口下 --state found
    """
    check_out_file(out)
    with session(db, pack, as_of) as opened:
        records = list_cases(opened.db, opened.community(community), state)
        listed = with_deadlines(records, opened.pack, opened.day)
        listed = [one for one in listed if one.is_overdue or not overdue]
        show_result(cases_result("cases", listed, opened.pack), form, out)
