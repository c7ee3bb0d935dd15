"""`relief reopen-case`: open a closed case again, with its whole history."""

from typing import Annotated

import typer

from relieftool.cases import PRIORITY, CaseRecord, add_deadlines
from relieftool.cases import record_reopening as reopen
from relieftool.commands import options
from relieftool.commands.session import choose_written_day, open_session
from relieftool.messages import _
from relieftool.output.cases import build_cases_result
from relieftool.output.result import OutputFormat
from relieftool.output.show import show_result
from relieftool.output.words import print_message

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help="The case's number: C2024-0001.")]
ReopeningReason = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help="Why it is opened again; kept with the entry."),
]


def reopen_case(
    case: CaseNo,
    *,
    reason: ReopeningReason,
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
    with open_session(db, pack, None) as opened:
        day = choose_written_day(on)
        record = reopen(opened.db, case, reason=reason, by=by, on=day, is_rehearsal=dry_run)
        listed = add_deadlines([record], opened.pack, day)
        show_result(build_cases_result("reopen-case", listed, opened.pack), form)
        print_message(_format_reopened(record, is_rehearsal=dry_run))


def _format_reopened(record: CaseRecord, *, is_rehearsal: bool) -> str:
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
