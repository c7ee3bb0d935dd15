"""`relief form`: forms to take along to households, to print or to fill in."""

from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.overwriting import Overwrite, are_blank_forms, check_unfilled
from relieftool.commands.session import open_session
from relieftool.eligibility.survey_questions import find_survey_forms
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.clean import escape_invisible
from relieftool.output.files import check_out_file
from relieftool.output.survey_form import write_form_workbook
from relieftool.output.words import print_message

HouseholdNos = Annotated[
    list[str] | None, typer.Argument(metavar="HOUSEHOLD", help="The households' numbers.")
]
Undetermined = Annotated[
    bool, typer.Option("--undetermined", help="Households whose answers would decide something.")
]
FormFile = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="The workbook to write; it ends in .xlsx.")
]


def form(
    households: HouseholdNos = None,
    *,
    out: FormFile,
    community: options.Community = None,
    undetermined: Undetermined = False,
    overwrite: Overwrite = False,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """Write a workbook of survey forms, one sheet a household; `relief import` reads them back.

    Example: relief form --undetermined --community 河口下 --out 入户调查表.xlsx
    """
    showing = options.ShowOptions("form", is_revealed=reveal, reason=reason)
    _check_asked(households, community, out, is_undetermined=undetermined)
    check_unfilled(out, are_blank_forms, is_overwriting=overwrite)
    with open_session(db, pack, as_of) as opened:
        forms = find_survey_forms(
            *(opened.db, opened.pack, opened.as_of),
            numbers=households or (),
            community=opened.community(community),
            is_undetermined=undetermined,
        )
        opened.log_reveal(showing)
        if forms:
            write_form_workbook(forms, opened.pack, out, is_revealed=showing.is_revealed)
    print_message(_told(len(forms), out))


def _check_asked(
    households: list[str] | None, community: str | None, out: Path, *, is_undetermined: bool
) -> None:
    """Refuse a line that names no household in any way, and a file that is no workbook."""
    if out.suffix.lower() != ".xlsx":
        raise ReliefError(
            escape_invisible(out.name),
            _("a form to fill in can only be a workbook"),
            _("End the file name in .xlsx."),
        )
    check_out_file(out)
    if not (households or community or is_undetermined):
        raise typer.BadParameter(
            _("name households, or say --community or --undetermined"), param_hint="HOUSEHOLD"
        )


def _told(count: int, out: Path) -> str:
    """Say how many forms were written, and what to do with them."""
    if not count:
        return _("No household waits for an answer; nothing was written.")
    return _(
        "Forms in {file}: {count}. Print them, or fill them in; `relief import` reads them back."
    ).format(count=count, file=out)
