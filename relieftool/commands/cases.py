"""`relief cases`: which cases there are, and where each stands."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import session
from relieftool.ledger import CaseRecord, CaseState, list_cases
from relieftool.ledger.records import outcome_word
from relieftool.messages import _
from relieftool.output.cells import Cell
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.result import Column, Grid, OutputFormat, Result
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack

State = Annotated[
    CaseState | None,
    typer.Option(
        "--state",
        case_sensitive=False,
        metavar="STATE",
        help="Only cases in this state: `found` or `closed`.",
    ),
]


def cases(
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    community: options.Community = None,
    state: State = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """List the cases and where each stands: found, or closed with its outcome.

    Example: relief cases --community 河口下 --state found
    """
    check_out_file(out)
    with session(db, pack, as_of) as opened:
        listed = list_cases(opened.db, opened.community(community), state)
        show_result(cases_result("cases", listed, opened.pack), form, out)


def cases_result(command: str, records: Sequence[CaseRecord], pack: Pack) -> Result:
    """Give cases for people and programs; they name no person but the official who closed them."""
    document = {
        "relief_result": 1,
        "command": command,
        "cases": [asdict(record) for record in records],
    }
    columns = (
        Column("case", _("Case")),
        Column("household_no", _("Household")),
        Column("member_no", _("Member")),
        Column("community", _("Community")),
        Column("programme", _("Programme")),
        Column("state", _("State")),
        Column("opened_on", _("Opened")),
        Column("due_on", _("Due")),
        Column("closed_on", _("Closed")),
        Column("outcome", _("Outcome")),
        Column("verified", _("Verified")),
        Column("by", _("By")),
    )
    rows = [_row(record, pack) for record in records]
    open_count = sum(record.state != CaseState.CLOSED for record in records)
    counted = _("{count} cases, {open} of them open.").format(count=len(rows), open=open_count)
    return Result(document, (Grid(_("Cases"), columns, rows, (counted,)),))


def _row(record: CaseRecord, pack: Pack) -> list[Cell]:
    return [
        record.case,
        record.household_no,
        record.member_no or "",
        record.community,
        programme_word(pack, record.programme),
        state_word(record.state),
        record.opened_on,
        record.due_on or "",
        record.closed_on or "",
        outcome_word(record.outcome),
        "" if record.verified is None else record.verified,
        record.by or "",
    ]


def state_word(state: CaseState) -> str:
    """Name the state of a case as clerks do."""
    return {CaseState.FOUND: _("found"), CaseState.CLOSED: _("closed")}[state]
