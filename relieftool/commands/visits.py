"""`relief visits`: how far screening, survey and check have come."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import open_session
from relieftool.fieldwork import VisitStep, find_coverage
from relieftool.output.fieldwork import build_coverage_result
from relieftool.output.result import OutputFormat

ListedStep = Annotated[
    VisitStep,
    typer.Option(
        "--step",
        case_sensitive=False,
        metavar="STEP",
        show_default=False,
        help="List whom this step waits for: `screening`, `survey` (if left out) or `check`.",
    ),
]
DaysBetween = Annotated[
    int, typer.Option("--every", metavar="DAYS", min=1, help="How long a visit counts, in days.")
]
A_YEAR = 365


def visits(
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    community: options.Community = None,
    step: ListedStep = VisitStep.SURVEY,
    every: DaysBetween = A_YEAR,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """Count the visits of each community and step: done, due soon, overdue, never.

    Also shows how many families know the policies, and whom the step still waits for.

    Example: relief visits --community 河口下
    """
    showing = options.ShowOptions("visits", form, out)
    with open_session(db, pack, as_of) as opened:
        coverage = find_coverage(
            opened.db, opened.day, every, community=opened.community(community)
        )
        showing.show(build_coverage_result(coverage, step))
