"""`relief reopen-case`: open a closed case again, with its whole history."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import session, written_on
from relieftool.ledger import PRIORITY, CaseRecord, with_deadlines
from relieftool.ledger import reopen_case as reopen
from relieftool.messages import _
from relieftool.output.case_result import cases_result
from relieftool.output.deliver import show_result
from relieftool.output.result import OutputFormat
from relieftool.output.words import say

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help="The case's number: C2024-0001.")]
Why = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help="Why it is opened again; kept with the entry."),
]


def reopen_case(
    case: CaseNo,
    *,
    reason: Why,
    by: options.By,
    on: options.On = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    dry_run: options.DryRun = False,
) -> None:
    """Open a closed case again; everything that was written before stays.

    Example: relief reopen-case C2024-0001 --reason 12月起停发 --by 王五
    """
    with session(db, pack, None) as opened:
        day = written_on(on)
        record = reopen(opened.db, case, reason=reason, by=by, on=day, is_rehearsal=dry_run)
        listed = with_deadlines([record], opened.pack, day)
        show_result(cases_result("reopen-case", listed, opened.pack), form)
        say(_told(record, is_rehearsal=dry_run))


def _told(record: CaseRecord, *, is_rehearsal: bool) -> str:
    """Say what was done and what comes next; no department decides about a priority household."""
    if is_rehearsal:
        sentence = _("{case} would be open again. Nothing was written.")
    elif record.programme == PRIORITY:
        sentence = _(
            "{case} is open again; plan help for it: `relief assign {household}` and"
            " `relief measure {household}`."
        )
    else:
        sentence = _("{case} is open again; `relief refer` sends it to its department.")
    return sentence.format(case=record.case, household=record.household_no)
