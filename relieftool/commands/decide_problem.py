"""`relief problems decide`: what a person decides about a doubt holds from then on."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.options import check_by
from relieftool.commands.session import open_session
from relieftool.messages import _
from relieftool.output.problem_result import build_decisions_result
from relieftool.output.result import OutputFormat
from relieftool.output.show import show_result
from relieftool.output.words import print_message
from relieftool.register.build import refresh_register
from relieftool.store.database import write_or_rehearse
from relieftool.store.problem_decisions import list_decisions, record_decision

ProblemNumber = Annotated[
    int, typer.Argument(metavar="N", help="The problem's number; `relief problems` shows it.")
]
DecisionChoice = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="CHOICE",
        help="What is decided: `lives-in:HOUSEHOLD`, `is:MEMBER`, `head:MEMBER`, `nobody` of ours,"
        " has `left`, `same-household` or `different-households`, `leave` it as it is, or"
        " `reopen`.",
    ),
]


def decide_problem(
    number: ProblemNumber,
    *,
    choice: DecisionChoice,
    by: options.By,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    dry_run: options.DryRun = False,
) -> None:
    """Decide about one problem: where somebody lives, who is meant, is head, or has left.

    Or whether two households are one.

    The decision is kept with the name of who made it and holds after every import. A later one
    takes its place; `reopen` asks again.

    Example: relief problems decide 1 --as lives-in:HKX-001 --by 王五
    """
    with open_session(db, pack, None) as opened:
        with write_or_rehearse(opened.db, is_rehearsal=dry_run):
            record_decision(opened.db, number, choice, check_by(by))
            refresh_register(opened.db, opened.pack)
            decided = list_decisions(opened.db)
        show_result(build_decisions_result(decided), form)
    if dry_run:
        print_message(_("This was a rehearsal: nothing was written."))
