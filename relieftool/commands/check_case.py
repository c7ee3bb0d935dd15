"""`relief check-case`: a second person looks at a closed case and agrees."""

from typing import Annotated

import typer

from relieftool.cases import record_check as check
from relieftool.commands import options
from relieftool.commands.session import choose_written_day, open_session
from relieftool.messages import _
from relieftool.output.cases import build_cases_result
from relieftool.output.result import OutputFormat
from relieftool.output.show import show_result
from relieftool.output.words import print_message

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help="The case's number: C2024-0001.")]


def check_case(
    case: CaseNo,
    *,
    by: options.By,
    on: options.On = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    dry_run: options.DryRun = False,
) -> None:
    """Note that somebody other than who closed a case checked it and agrees.

    Example: relief check-case C2024-0001 --by 赵六
    """
    with open_session(db, pack, None) as opened:
        record = check(opened.db, case, by=by, on=choose_written_day(on), is_rehearsal=dry_run)
        show_result(build_cases_result("check-case", [record], opened.pack), form)
        sentence = (
            _("{case} would be closed and checked. Nothing was written.")
            if dry_run
            else _("{case} is closed and checked.")
        )
        print_message(sentence.format(case=record.case))
