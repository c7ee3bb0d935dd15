"""Add and list the units and persons who help.

Example: relief helpers list
"""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.frame import ReliefCommand, ReliefGroup
from relieftool.commands.session import choose_written_day, open_session
from relieftool.fieldwork import Helper, list_helpers, record_helper
from relieftool.messages import _
from relieftool.output.helper_result import build_helpers_result
from relieftool.output.result import OutputFormat
from relieftool.output.show import show_result
from relieftool.output.words import print_message

helpers_app = typer.Typer(
    cls=ReliefGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Add and list the units and persons who help.\n\nExample: relief helpers list",
)

HelperToAdd = Annotated[str, typer.Argument(metavar="NAME", help="Name of the unit or the person.")]
IsUnit = Annotated[bool, typer.Option("--is-unit", help="It is a unit; otherwise a person.")]
Unit = Annotated[
    str | None, typer.Option("--unit", metavar="NAME", help="The unit the person belongs to.")
]
Communities = Annotated[
    list[str] | None,
    typer.Option("--community", metavar="NAME", help="Where they help; may be repeated."),
]
HelperEnds = Annotated[bool, typer.Option("--end", help="They no longer help.")]
Former = Annotated[bool, typer.Option("--former", help="List those who no longer help.")]


@helpers_app.command("add", cls=ReliefCommand)
def add(
    name: HelperToAdd,
    *,
    is_unit: IsUnit = False,
    unit: Unit = None,
    community: Communities = None,
    end: HelperEnds = False,
    on: options.On = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    dry_run: options.DryRun = False,
) -> None:
    """Add a unit or a person who helps, or say anew where they help.

    Without --community they help everywhere.

    Example: relief helpers add 周华 --unit 区税务局 --community 河口下
    """
    with open_session(db, pack, None) as opened:
        places = tuple(dict.fromkeys(str(opened.community(one)) for one in community or ()))
        stated = Helper(name, "unit" if is_unit else "person", unit, places, is_active=not end)
        kept = record_helper(opened.db, stated, choose_written_day(on), is_rehearsal=dry_run)
    show_result(build_helpers_result("helpers add", [kept]), form)
    print_message(_("Nothing was written.") if dry_run else _("Written down."))


@helpers_app.command("list", cls=ReliefCommand)
def list_(
    *,
    former: Former = False,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """List those who help, with how many households each answers for.

    Example: relief helpers list
    """
    showing = options.ShowOptions("helpers list", form, out)
    with open_session(db, pack, None) as opened:
        listed = list_helpers(opened.db, is_active=not former)
    showing.show(build_helpers_result("helpers list", listed))
