"""Add and list the units and persons who help.

Example: relief helpers list

`relief assign`: which helper is responsible for which household.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import Recording, Register, Session, choose_written_day
from relieftool.fieldwork.entries import list_household_communities
from relieftool.fieldwork.helpers import (
    Helper,
    Pairing,
    list_helpers,
    list_household_helpers,
    record_assignment,
    record_helper,
    record_pairings,
    suggest_helpers,
)
from relieftool.messages import _
from relieftool.output.fieldwork import build_helpers_result, build_pairings_result
from relieftool.output.streams import print_message

# Name and place of each command of the group, in the order of the help page.
HELPERS_COMMANDS = {
    "add": "relieftool.commands.helpers:add",
    "list": "relieftool.commands.helpers:list_",
}


def add(
    name: str,
    *,
    is_unit: bool = False,
    unit: str | None = None,
    community: Annotated[
        list[str] | None, typer.Option(autocompletion=options.complete_community)
    ] = None,
    end: bool = False,
    on: options.On = None,
    where: Recording,
) -> None:
    """Add a unit or a person who helps, or change where they help.

    Without --community they help everywhere.

    Example: relief helpers add 周华 --unit 区税务局 --community 河口下

    Args:
        name: Name of the unit or the person.
        is_unit: It is a unit; otherwise a person.
        unit (NAME): The unit the person belongs to.
        community (NAME): Where they help; may be repeated.
        end: They no longer help.
    """
    with where.open() as opened:
        places = tuple(dict.fromkeys(str(opened.community(name)) for name in community or ()))
        stated = Helper(name, "unit" if is_unit else "person", unit, places, is_active=not end)
        kept = record_helper(opened.db, stated, choose_written_day(on), is_rehearsal=where.dry_run)
    where.show(build_helpers_result("helpers add", [kept]))
    where.tell_done()


def list_(
    *,
    former: bool = False,
    where: Register,
    showing: options.ShowOptions,
) -> None:
    """List those who help, with how many households each answers for.

    Example: relief helpers list

    Args:
        former: List those who no longer help.
    """
    with where.open() as opened:
        listed = list_helpers(opened.db, is_active=not former)
    showing.show(build_helpers_result("helpers list", listed))


def assign(
    household: str | None = None,
    helper: str | None = None,
    *,
    suggest: bool = False,
    apply: bool = False,
    one_to_one: bool = False,
    end: bool = False,
    community: options.Community = None,
    by: str | None = None,
    on: options.On = None,
    where: Register,
    showing: options.ShowOptions,
    dry_run: options.DryRun = False,
) -> None:
    """Assign a helper to a household, or suggest one for every household without.

    One helper may answer for several households, and a household may have several helpers.
    Suggestions even out the load within each community; --apply writes them down.

    Example: relief assign --suggest --community 河口下

    Args:
        helper: The helper's name.
        suggest: Suggest one for every household that has none.
        apply: Write the suggestions down.
        one_to_one: Give nobody more than one household.
        end: The helper no longer answers for it.
        by (PERSON): Who does this; kept with the entry.
    """
    _check_line((household, helper), by, suggest=suggest, apply=apply)
    with where.open() as opened:
        pairing = _Pairing(str(household), str(helper), str(by), choose_written_day(on))
        if suggest:
            place = opened.community(community)
            found = suggest_helpers(opened.db, community=place, is_one_to_one=one_to_one)
        else:
            found = _assign(opened, pairing, is_active=not end, dry_run=dry_run)
        if apply:
            record_pairings(opened.db, found, by=pairing.by, on=pairing.day, is_rehearsal=dry_run)
        showing.show(build_pairings_result(found))
    print_message(_format_assigned(found, is_written=(apply or not suggest) and not dry_run))


@dataclass(frozen=True)
class _Pairing:
    """A household with its helper, the person who records it, and the day."""

    household: str
    helper: str
    by: str
    day: dt.date


def _check_line(
    named: tuple[str | None, str | None], by: str | None, *, suggest: bool, apply: bool
) -> None:
    """Raise a usage error unless the line has either a household and a helper, or `--suggest`.

    `--apply` needs `--suggest`, and `--by` is needed for everything that is recorded.
    """
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
    """Record one pairing, and return the household's helpers afterwards."""
    number = record_assignment(
        opened.db,
        pairing.household,
        pairing.helper,
        by=pairing.by,
        on=pairing.day,
        is_active=is_active,
        is_rehearsal=dry_run,
    )
    place = list_household_communities(opened.db)[number]
    return [
        Pairing(number, place, helper.name) for helper in list_household_helpers(opened.db, number)
    ]


def _format_assigned(found: list[Pairing], *, is_written: bool) -> str:
    without = sum(pairing.helper is None for pairing in found)
    lines = [_("Written down.") if is_written else _("Nothing was written.")]
    if without:
        lines.append(
            _(
                "{count} households stay without: nobody is free in their community."
                " `relief helpers add` adds somebody."
            ).format(count=without)
        )
    return "\n".join(lines)
