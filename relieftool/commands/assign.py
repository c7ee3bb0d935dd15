"""`relief assign`: who answers for which household."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import Session, session, written_on
from relieftool.fieldwork import (
    Pairing,
    apply_pairings,
    assign_helper,
    helpers_of,
    suggest_helpers,
)
from relieftool.fieldwork.stating import community_of
from relieftool.messages import _
from relieftool.output.helper_result import pairings_result
from relieftool.output.result import OutputFormat
from relieftool.output.words import say

HouseholdNo = Annotated[
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
Ends = Annotated[bool, typer.Option("--end", help="The helper no longer answers for it.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who does this; kept with the entry.")
]


def assign(
    household: HouseholdNo = None,
    helper: HelperName = None,
    *,
    suggest: Suggest = False,
    apply: Apply = False,
    one_to_one: OneToOne = False,
    end: Ends = False,
    community: options.Community = None,
    by: By = None,
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
    showing = options.Showing("assign", form, out)
    _check_line((household, helper), by, suggest=suggest, apply=apply)
    with session(db, pack, None) as opened:
        pairing = _Pairing(str(household), str(helper), str(by), written_on(on))
        if suggest:
            place = opened.community(community)
            found = suggest_helpers(opened.db, community=place, is_one_to_one=one_to_one)
        else:
            found = _assign(opened, pairing, is_active=not end, dry_run=dry_run)
        if apply:
            apply_pairings(opened.db, found, by=pairing.by, on=pairing.day, is_rehearsal=dry_run)
        showing.show(pairings_result(found))
    say(_told(found, is_written=(apply or not suggest) and not dry_run))


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
    assign_helper(
        opened.db,
        pairing.household,
        pairing.helper,
        by=pairing.by,
        on=pairing.day,
        is_active=is_active,
        is_rehearsal=dry_run,
    )
    number = pairing.household.strip()
    place = community_of(opened.db, number)
    return [Pairing(number, place, one.name) for one in helpers_of(opened.db, number)]


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
