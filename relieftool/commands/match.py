"""`relief match`: members who can work, and the imported job openings."""

from dataclasses import replace
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay, Session
from relieftool.eligibility.job_matching import JobMatch, find_job_effect, find_matches
from relieftool.messages import _
from relieftool.output.job_matching import build_match_result
from relieftool.output.streams import print_message
from relieftool.register.job_openings import list_job_openings
from relieftool.store.entries import check_household

MatchedHousehold = Annotated[
    str | None,
    typer.Argument(
        metavar="HOUSEHOLD", help="Only this household, and what each job would change."
    ),
]
AllMatches = Annotated[
    bool, typer.Option("--all", help="Also list the openings that do not fit, with the reasons.")
]


def match(
    household: MatchedHousehold = None,
    *,
    community: options.Community = None,
    all_: AllMatches = False,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Set members who can work against the job openings, with reasons for and against.

    Example: relief match --community 河口下
    """
    with where.open() as opened:
        matches = _find(opened, household, community, is_every=all_)
        day = opened.as_of.isoformat()
        opened.show(build_match_result(matches, opened.pack, day), showing)
        if not list_job_openings(opened.db):
            print_message(
                _("No openings were imported: `relief import openings.xlsx` brings a list of them.")
            )


def _find(
    opened: Session, household: str | None, community: str | None, *, is_every: bool
) -> list[JobMatch]:
    """Return the matches; for one household, also what each job would change.

    Openings that do not fit are left out unless `is_every`.
    """
    asked = opened.db, opened.pack, opened.as_of
    number = None if household is None else check_household(opened.db, household)
    place = opened.community(community)
    found = find_matches(*asked, household_no=number, community=place)
    listed = [match for match in found if is_every or match.fit != "against"]
    if number is None:
        return listed
    return [replace(match, effect=find_job_effect(*asked, match)) for match in listed]
