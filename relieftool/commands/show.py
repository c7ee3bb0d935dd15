"""`relief show`: one household on one form."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import session
from relieftool.fieldwork import helpers_of, list_measures, list_visits
from relieftool.fieldwork.needs import answered_needs
from relieftool.household_form import fill_form
from relieftool.output.form_result import form_result
from relieftool.output.household_work import Work, with_work
from relieftool.output.result import OutputFormat
from relieftool.output.rows_result import with_rows
from relieftool.registry.behind import rows_behind

EveryCell = Annotated[
    bool,
    typer.Option("--all", help="Also every cell of the rows it came from, known or not."),
]
HouseholdNo = Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="The household's number.")]


def show(
    household: HouseholdNo,
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
    every_cell: EveryCell = False,
) -> None:
    """Show one household on one form: facts, members, what it receives and may claim.

    Example: relief show HKX-001
    """
    showing = options.Showing("show", form, out, reveal, reason)
    with session(db, pack, as_of) as opened:
        filled = fill_form(opened.db, opened.pack, opened.as_of, household)
        day = opened.as_of.isoformat()
        result = form_result(filled, opened.pack, day)
        number = str(filled.household["household_no"])
        work = Work(
            *(helpers_of(opened.db, number), list_measures(opened.db, number)),
            *(list_visits(opened.db, number), answered_needs(opened.db, [number])),
        )
        result = with_work(result, work)
        if every_cell:
            rows = rows_behind(opened.db, number)
            result = with_rows(result, rows, opened.pack)
        opened.show(result, showing)
