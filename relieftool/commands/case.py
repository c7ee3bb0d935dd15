"""`relief case`: the whole history of one case."""

from typing import Annotated

import typer

from relieftool.cases import add_deadlines, find_case
from relieftool.cases.history import list_case_entries
from relieftool.commands import options
from relieftool.commands.session import open_session
from relieftool.output.history_result import build_history_result
from relieftool.output.result import OutputFormat

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help="The case's number: C2024-0001.")]


def case(
    case: CaseNo,
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """Tell the whole history of a case: every entry, also those from before it was reopened.

    Each has its day, who wrote it, the state it left, decision and amount, the day then due, and
    the hash of its file of evidence. What people wrote as reasons is shown with --reveal.

    Example: relief case C2024-0001
    """
    showing = options.ShowOptions("case", form, out, reveal, reason)
    with open_session(db, pack, as_of) as opened:
        steps = list_case_entries(opened.db, opened.pack, case)
        (record,) = add_deadlines([find_case(opened.db, case)], opened.pack, opened.day)
        opened.show(build_history_result(record, steps, opened.pack), showing)
