"""List the rows not used, or used with a doubt: file, sheet, row, column and what to do.

The first sentence is shown by `relief --help`.

`relief problems decide`: record a person's decision on a problem; it holds from then on.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from relieftool.commands import options
from relieftool.commands.help import LateCommands, ReliefGroup, with_option_groups
from relieftool.commands.options import check_by
from relieftool.commands.session import Register, RegisterOnDay, Session
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.intake.corrections import find_doubtful_tables, load_row_keys
from relieftool.messages import _
from relieftool.output.corrections import write_corrections
from relieftool.output.imports import build_decisions_result, build_problems_result
from relieftool.output.result import OutputFormat
from relieftool.output.show import report_written, show_result
from relieftool.output.streams import print_message
from relieftool.register.build import refresh_register
from relieftool.store.database import write_or_rehearse
from relieftool.store.imports import RecordedProblem, list_problems
from relieftool.store.problem_decisions import list_decisions, record_decision

# Name and place of each command of the group, in the order of the help page.
PROBLEM_COMMANDS = {"decide": "relieftool.commands.problems:decide_problem"}


class _ProblemGroup(ReliefGroup):
    """The list of problems, and the commands under `relief problems`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LateCommands(PROBLEM_COMMANDS)


app = typer.Typer(
    cls=_ProblemGroup, add_completion=False, rich_markup_mode=None, invoke_without_command=True
)

ProblemFile = Annotated[
    str | None,
    typer.Option("--file", metavar="NAME", help="Only of files of this name; * stands for any."),
]
Code = Annotated[
    str | None,
    typer.Option("--code", metavar="CODE", help="Only of this kind, as --format json names it."),
]
Decided = Annotated[
    bool,
    typer.Option("--decided", help="List what was decided instead."),
]
_TO_CORRECT = ".xlsx"


@app.callback()
@with_option_groups("problems")
def problems(
    context: typer.Context,
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    file: ProblemFile = None,
    code: Code = None,
    decided: Decided = False,
    showing: options.RevealOptions,
) -> None:
    """List the rows not used, or used with a doubt: file, sheet, row, column and what to do.

    With --out FILE.xlsx the rows themselves are written as they came in, what is wrong beside each:
    correct them and import that file. Masked cells that are left alone stay as they are.

    Example: relief problems
    """
    if context.invoked_subcommand is not None:
        return
    with where.open() as opened:
        if decided:
            opened.show(build_decisions_result(list_decisions(opened.db)), showing)
            return
        found = list_problems(
            opened.db, file=file, code=code, community=opened.community(community)
        )
        if showing.out is not None and showing.out.suffix.lower() == _TO_CORRECT:
            opened.log_reveal(showing)
            _write_rows(opened, found, showing.out, is_revealed=showing.reveal)
        else:
            opened.show(build_problems_result(found), showing)
    raise typer.Exit(EXIT_LOOK if found else EXIT_DONE)


def _write_rows(
    opened: Session, found: list[RecordedProblem], out: Path, *, is_revealed: bool
) -> None:
    """Write the doubtful rows to a workbook to correct."""
    tables = find_doubtful_tables(opened.db, found)
    write_corrections(tables, load_row_keys(opened.db), opened.pack, out, is_revealed=is_revealed)
    report_written(out)


ProblemNumber = Annotated[
    int, typer.Argument(metavar="N", help="The problem's number; `relief problems` shows it.")
]
DecisionChoice = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="CHOICE",
        help="What is decided: `lives-in:HOUSEHOLD`, `is:MEMBER`, `head:MEMBER`, `nobody` of ours,"
        " has `left`, `same-household` or `different-households`, what is hidden `belongs` to the"
        " list, `leave` it as it is, or `reopen`.",
    ),
]


def decide_problem(
    number: ProblemNumber,
    *,
    choice: DecisionChoice,
    by: options.By,
    where: Register,
    form: options.Format = OutputFormat.TABLE,
    dry_run: options.DryRun = False,
) -> None:
    """Decide about one problem: where somebody lives, who is meant, is head, or has left.

    Or whether two households are one.

    The decision is kept with the name of who made it and holds after every import. A later one
    takes its place; `reopen` asks again.

    Example: relief problems decide 1 --as lives-in:HKX-001 --by 王五
    """
    with where.open() as opened:
        with write_or_rehearse(opened.db, is_rehearsal=dry_run):
            record_decision(opened.db, number, choice, check_by(by))
            refresh_register(opened.db, opened.pack)
            decided = list_decisions(opened.db)
        show_result(build_decisions_result(decided), form)
    if dry_run:
        print_message(_("This was a rehearsal: nothing was written."))
