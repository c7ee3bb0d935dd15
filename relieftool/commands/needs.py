"""`relief needs`: what families said they need, and which measures answer it."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import log_reveal, session
from relieftool.fieldwork.needs import answered_needs
from relieftool.fieldwork.stating import check_household
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.need_result import needs_result
from relieftool.output.result import OutputFormat
from relieftool.registry.communities import households_of

HouseholdNo = Annotated[
    str | None, typer.Argument(metavar="HOUSEHOLD", help="Only this household.")
]


def needs(
    household: HouseholdNo = None,
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
    options.check_reason(reason, is_revealed=reveal)
    check_out_file(out)
    with session(db, pack, None) as opened:
        numbers = households_of(opened.db, opened.community(community))
        asked = numbers if household is None else [check_household(opened.db, household)]
        log_reveal(opened, "needs", reason, is_revealed=reveal)
        found = answered_needs(opened.db, set(asked) & set(numbers))
        show_result(needs_result(found, is_revealed=reveal), form, out)
