"""`relief show`: one household on one form.

`relief explain`: the reasons for its findings, condition by condition, with the source cells.

`relief match`: members who can work, and the imported job openings.
"""

from dataclasses import replace
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay
from relieftool.eligibility.household import load_household_record
from relieftool.fieldwork.helpers import list_household_helpers
from relieftool.fieldwork.measures import list_measures
from relieftool.fieldwork.needs import list_answered_needs
from relieftool.fieldwork.visits import list_visits
from relieftool.messages import _
from relieftool.output.household import (
    HouseholdWork,
    add_work,
    build_household_result,
)
from relieftool.output.streams import print_message
from relieftool.store.entries import check_household


def show_household(
    household: str,
    *,
    where: RegisterOnDay,
    showing: options.RevealOptions,
    every_cell: Annotated[bool, typer.Option("--all")] = False,
    member: int | None = None,
) -> None:
    """Show one household on one form: facts, members, what it receives and may claim.

    With --all --reveal --out FILE it is the copy that a person may ask for; with --member it is
    that member's own, and the cells of others stay masked.

    Example: relief show HKX-001

    Args:
        every_cell: Also every cell of the rows it came from, known or not.
        member (N): Only the member at this place, from 1.
    """
    with where.open() as opened:
        named = opened.household(household)
        filled = load_household_record(opened.db, opened.pack, opened.as_of, named)
        filled = filled if member is None else filled.limit_to(member)
        result = build_household_result(filled, opened.pack, opened.as_of)
        number = str(filled.household["household_no"])
        work = HouseholdWork(
            *(list_household_helpers(opened.db, number), list_measures(opened.db, number)),
            *(list_visits(opened.db, number), list_answered_needs(opened.db, [number])),
        )
        result = add_work(result, work)
        if every_cell:
            from relieftool.output.imports import add_source_rows
            from relieftool.register.origins import list_source_rows

            member_no = str(filled.members[0]["member_no"]) if member is not None else None
            rows = list_source_rows(opened.db, number, member_no)
            result = add_source_rows(result, rows, opened.pack)
        opened.show(result, showing)


def explain_household(
    household: str,
    programme: str | None = None,
    *,
    member: int | None = None,
    full: bool = False,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Explain why a household can or cannot have a benefit: three lines to say at the door.

    With --full it goes down to the cell and the article.

    Example: relief explain HK20240011 dibao

    Args:
        programme: The programme, by its id or name; all that matter if left out.
        full: Every condition, with the cell and the article it rests on.
        member (N): Only the member at this place, from 1.
    """
    from relieftool.cases.case_list import list_household_cases
    from relieftool.eligibility.explain import explain_findings
    from relieftool.output.explain import build_explain_result

    with where.open() as opened:
        found = explain_findings(
            opened.db,
            opened.pack,
            opened.as_of,
            opened.household(household),
            programme=programme,
            place=member,
        )
        cases = list_household_cases(opened.db, found.household_no)
        result = build_explain_result(found, cases, is_full=full)
        if showing.is_json:
            from relieftool.api.explanation_answers import describe_explanation

            result = replace(result, describe=describe_explanation(found).document)
        opened.show(result, showing, households=[found.household_no])


def match(
    household: str | None = None,
    *,
    community: options.Community = None,
    all_: bool = False,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Set members who can work against the job openings, with reasons for and against.

    Example: relief match --community 河口下

    Args:
        household: Only this household, and what each job would change.
        all_: Also list the openings that do not fit, with the reasons.
    """
    from relieftool.eligibility.job_matching import find_listed_matches
    from relieftool.output.job_matching import build_match_result
    from relieftool.register.live_rows import list_job_openings

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
