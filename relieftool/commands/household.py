"""`relief show`: one household on one form.

`relief explain`: the reasons for its findings, condition by condition, with the source cells.
"""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay
from relieftool.eligibility.household import load_household_record
from relieftool.fieldwork.helpers import list_household_helpers
from relieftool.fieldwork.measures import list_measures
from relieftool.fieldwork.needs import list_answered_needs
from relieftool.fieldwork.visits import list_visits
from relieftool.output.household import (
    HouseholdWork,
    add_work,
    build_household_result,
)

EveryCell = Annotated[
    bool,
    typer.Option("--all", help="Also every cell of the rows it came from, known or not."),
]
ShownHousehold = Annotated[str, typer.Argument(metavar="HOUSEHOLD", help=options.A_HOUSEHOLD)]


def show_household(
    household: ShownHousehold,
    *,
    where: RegisterOnDay,
    showing: options.RevealOptions,
    every_cell: EveryCell = False,
) -> None:
    """Show one household on one form: facts, members, what it receives and may claim.

    Example: relief show HKX-001
    """
    with where.open() as opened:
        named = opened.household(household)
        filled = load_household_record(opened.db, opened.pack, opened.as_of, named)
        result = build_household_result(filled, opened.pack, opened.as_of)
        number = str(filled.household["household_no"])
        work = HouseholdWork(
            *(list_household_helpers(opened.db, number), list_measures(opened.db, number)),
            *(list_visits(opened.db, number), list_answered_needs(opened.db, [number])),
        )
        result = add_work(result, work)
        if every_cell:
            from relieftool.output.imports import add_source_rows  # noqa: PLC0415 start-up time
            from relieftool.register.origins import list_source_rows  # noqa: PLC0415 start-up time

            rows = list_source_rows(opened.db, number)
            result = add_source_rows(result, rows, opened.pack)
        opened.show(result, showing)


ExplainedProgramme = Annotated[
    str | None,
    typer.Argument(
        metavar="PROGRAMME", help="The programme, by its id or name; all that matter if left out."
    ),
]
ExplainedMember = Annotated[
    int | None,
    typer.Option("--member", metavar="N", help="Only the member at this place, from 1."),
]


def explain_household(
    household: ShownHousehold,
    programme: ExplainedProgramme = None,
    *,
    member: ExplainedMember = None,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Explain why a household can or cannot have a benefit, down to the cell and the article.

    Example: relief explain HK20240011 dibao
    """
    from relieftool.eligibility.explain import explain_findings  # noqa: PLC0415 start-up time
    from relieftool.output.explain import build_explain_result  # noqa: PLC0415 start-up time

    with where.open() as opened:
        found = explain_findings(
            opened.db,
            opened.pack,
            opened.as_of,
            opened.household(household),
            programme=programme,
            place=member,
        )
        opened.show(build_explain_result(found), showing)
