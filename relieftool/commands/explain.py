"""`relief explain`: why, condition by condition, and from which cell."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.household import ShownHousehold
from relieftool.commands.session import open_session
from relieftool.eligibility.explain import explain_findings
from relieftool.output.explain import build_explain_result
from relieftool.output.result import OutputFormat

ExplainedProgramme = Annotated[
    str | None,
    typer.Argument(
        metavar="PROGRAMME", help="The programme, by its id or name; all that matter if left out."
    ),
]
ExplainedMember = Annotated[
    int | None,
    typer.Option("--member", metavar="N", help="Only the member at this place, from 1."),
]


def explain_household(
    household: ShownHousehold,
    programme: ExplainedProgramme = None,
    *,
    member: ExplainedMember = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """Say why a household can or cannot have a benefit, down to the cell and the article.

    Example: relief explain HK20240011 dibao
    """
    showing = options.ShowOptions("explain", form, out, reveal, reason)
    with open_session(db, pack, as_of) as opened:
        found = explain_findings(
            opened.db, opened.pack, opened.as_of, household, programme=programme, place=member
        )
        opened.show(build_explain_result(found), showing)
