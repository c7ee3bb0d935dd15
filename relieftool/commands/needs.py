"""`relief needs`: what families said they need, and which measures answer it."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import open_session
from relieftool.fieldwork.entries import check_household
from relieftool.fieldwork.needs import list_answered_needs
from relieftool.output.need_result import build_needs_result
from relieftool.output.result import OutputFormat
from relieftool.values.communities import list_household_numbers

NeedsHousehold = Annotated[
    str | None, typer.Argument(metavar="HOUSEHOLD", help="Only this household.")
]


def needs(
    household: NeedsHousehold = None,
    *,
    community: options.Community = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """List what families said they need: open, planned or done, and which measures answer it.

    Example: relief needs --community 河口下
    """
    showing = options.ShowOptions("needs", form, out, reveal, reason)
    with open_session(db, pack, None) as opened:
        numbers = list_household_numbers(opened.db, opened.community(community))
        asked = numbers if household is None else [check_household(opened.db, household)]
        found = list_answered_needs(opened.db, set(asked) & set(numbers))
        opened.show(build_needs_result(found), showing)
