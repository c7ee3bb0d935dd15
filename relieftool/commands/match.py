"""`relief match`: members who can work, and the imported job openings."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay
from relieftool.messages import _
from relieftool.output.streams import print_message
from relieftool.register.live_rows import list_job_openings
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
    from relieftool.eligibility.job_matching import find_listed_matches  # noqa: PLC0415 start-up time
    from relieftool.output.job_matching import build_match_result  # noqa: PLC0415 start-up time

    with where.open() as opened:
        number = None if household is None else check_household(opened.db, household)
        matches = find_listed_matches(
            *(opened.db, opened.pack, opened.as_of),
            household_no=number,
            community=opened.community(community),
            is_every=all_,
        )
        day = opened.as_of.isoformat()
        opened.show(build_match_result(matches, opened.pack, day), showing)
        if not list_job_openings(opened.db):
            print_message(
                _("No openings were imported: `relief import openings.xlsx` brings a list of them.")
            )
