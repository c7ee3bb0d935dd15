"""`relief pack show`: the rules as people read them, and the questions still open."""

import datetime as dt
from typing import Annotated

import typer

from relieftool.authoring.pack_questions import find_programme_or_unencoded, list_law_questions
from relieftool.commands import options
from relieftool.commands.session import load_register_pack
from relieftool.output.pack import build_programme_result, build_programmes_result
from relieftool.output.pack_questions_result import build_law_questions_result
from relieftool.output.result import OutputFormat, Result
from relieftool.pack.models import Pack

ShownProgramme = Annotated[
    str | None,
    typer.Argument(metavar="PROGRAMME", help="The programme's name; otherwise all are listed."),
]
Assumed = Annotated[
    bool,
    typer.Option("--assumed", help="List what must still be asked of the district office."),
]


def show_pack(
    programme: ShownProgramme = None,
    *,
    assumed: Assumed = False,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """Show a programme's rule with its values and sources, all programmes, or open questions.

    Example: relief pack show dibao
    """
    showing = options.ShowOptions("pack show", form, out)
    rules, day = load_register_pack(db, pack, as_of)
    showing.show(_result(rules, day, programme, is_assumed=assumed))


def _result(pack: Pack, day: dt.date, programme: str | None, *, is_assumed: bool) -> Result:
    """Choose what is shown."""
    if is_assumed:
        return build_law_questions_result(pack, day, list_law_questions(pack, day, programme))
    if programme is None:
        return build_programmes_result(pack, day)
    return build_programme_result(pack, day, find_programme_or_unencoded(pack, programme))
