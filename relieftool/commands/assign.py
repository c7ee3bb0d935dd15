"""`relief assign`: who answers for which household."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import Session, choose_written_day, open_session
from relieftool.fieldwork import (
    Pairing,
    list_household_helpers,
    record_assignment,
    record_pairings,
    suggest_helpers,
)
from relieftool.fieldwork.entries import find_household_community
from relieftool.messages import _
from relieftool.output.helper_result import build_pairings_result
from relieftool.output.result import OutputFormat
from relieftool.output.words import print_message

AssignedHousehold = Annotated[
    str | None, typer.Argument(metavar="HOUSEHOLD", help="The household's number.")
]
HelperName = Annotated[str | None, typer.Argument(metavar="HELPER", help="The helper's name.")]
Suggest = Annotated[
    bool, typer.Option("--suggest", help="Suggest one for every household that has none.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Write the suggestions down.")]
OneToOne = Annotated[
    bool, typer.Option("--one-to-one", help="Give nobody more than one household.")
]
AssignmentEnds = Annotated[bool, typer.Option("--end", help="The helper no longer answers for it.")]
AssignedBy = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who does this; kept with the entry.")
]


def assign(
    household: AssignedHousehold = None,
    helper: HelperName = None,
    *,
    suggest: Suggest = False,
    apply: Apply = False,
    one_to_one: OneToOne = False,
    end: AssignmentEnds = False,
    community: options.Community = None,
    by: AssignedBy = None,
    on: options.On = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    dry_run: options.DryRun = False,
) -> None:
    """Give a household a helper, or suggest one for every household without.

    One helper may answer for several households, and a household may have several helpers.
    Suggestions even out the load within each community; --apply writes them down.

    Example: relief assign --suggest --community 河口下
    """
    showing = options.ShowOptions("assign", form, out)
    _check_line((household, helper), by, suggest=suggest, apply=apply)
    with open_session(db, pack, None) as opened:
        pairing = _Pairing(str(household), str(helper), str(by), choose_written_day(on))
        if suggest:
            place = opened.community(community)
            found = suggest_helpers(opened.db, community=place, is_one_to_one=one_to_one)
        else:
            found = _assign(opened, pairing, is_active=not end, dry_run=dry_run)
        if apply:
            record_pairings(opened.db, found, by=pairing.by, on=pairing.day, is_rehearsal=dry_run)
        showing.show(build_pairings_result(found))
    print_message(_told(found, is_written=(apply or not suggest) and not dry_run))


@dataclass(frozen=True)
class _Pairing:
    """What the command line says of one household and helper."""

    household: str
    helper: str
    by: str
    day: dt.date


def _check_line(
    named: tuple[str | None, str | None], by: str | None, *, suggest: bool, apply: bool
) -> None:
    """Refuse a line that is neither one pairing nor a suggestion, or says not who does it."""
    if suggest and any(named):
        raise typer.BadParameter(_("leave it out with --suggest"), param_hint="HOUSEHOLD")
    if not suggest and not all(named):
        raise typer.BadParameter(
            _("name a household and a helper, or ask with --suggest"), param_hint="HOUSEHOLD"
        )
    if apply and not suggest:
        raise typer.BadParameter(_("goes with --suggest"), param_hint="--apply")
    if (apply or not suggest) and by is None:
        raise typer.BadParameter(_("say who does this"), param_hint="--by")


def _assign(opened: Session, pairing: _Pairing, *, is_active: bool, dry_run: bool) -> list[Pairing]:
    """Write one pairing down, and give the household's helpers as they are then."""
    record_assignment(
        opened.db,
        pairing.household,
        pairing.helper,
        by=pairing.by,
        on=pairing.day,
        is_active=is_active,
        is_rehearsal=dry_run,
    )
    number = pairing.household.strip()
    place = find_household_community(opened.db, number)
    return [Pairing(number, place, one.name) for one in list_household_helpers(opened.db, number)]


def _told(found: list[Pairing], *, is_written: bool) -> str:
    without = sum(one.helper is None for one in found)
    lines = [_("Written down.") if is_written else _("Nothing was written.")]
    if without:
        lines.append(
            _(
                "{count} households stay without: nobody is free in their community."
                " `relief helpers add` adds somebody."
            ).format(count=without)
        )
    return "\n".join(lines)
