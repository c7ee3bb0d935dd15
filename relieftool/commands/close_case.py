"""`relief close-case`: close one case, with an outcome and what proves it."""

import datetime as dt
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.cases import cases_result
from relieftool.commands.session import session, today
from relieftool.ledger import ClosedCase, Outcome
from relieftool.ledger import close_case as close
from relieftool.ledger.records import outcome_word
from relieftool.messages import _
from relieftool.output.deliver import show_result
from relieftool.output.result import OutputFormat
from relieftool.output.words import say
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help="The case's number: C2024-0001.")]
OutcomeOption = Annotated[
    Outcome,
    typer.Option(
        "--outcome",
        case_sensitive=False,
        metavar="OUTCOME",
        help="What became of it: `receiving`, `refused`, `declined` by the family, `moved`,"
        " `deceased`, `duplicate`, `improved` or `other`.",
    ),
]
EvidenceOption = Annotated[
    str,
    typer.Option(
        "--evidence",
        metavar="TEXT-or-FILE",
        help="What proves it: words, or a file, whose hash and place are kept.",
    ),
]
On = Annotated[
    dt.date | None,
    typer.Option(
        "--on",
        "--as-of",
        parser=options.parse_day,
        metavar="YYYY-MM-DD",
        help="The day; otherwise today.",
    ),
]


def close_case(
    case: CaseNo,
    *,
    outcome: OutcomeOption,
    evidence: EvidenceOption,
    by: options.By,
    on: On = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    dry_run: options.DryRun = False,
) -> None:
    """Close a case for good, with its outcome, what proves it and who says so.

    `receiving` is verified only by a roster in the register; otherwise the case is closed as
    unverified.

    Example: relief close-case C2024-0001 --outcome refused --evidence 不予批准通知书.pdf --by 王五
    """
    with session(db, pack, None) as opened:
        day = on or today()
        if day > today():
            raise typer.BadParameter(_("this day has not come yet"), param_hint="--on")
        closed = close(
            opened.db,
            case,
            outcome=outcome,
            evidence=evidence,
            by=by,
            closed_on=day,
            is_rehearsal=dry_run,
        )
        show_result(cases_result("close-case", [closed.record], opened.pack), form)
        say(_told(closed, opened.pack, is_rehearsal=dry_run))


def _told(closed: ClosedCase, pack: Pack, *, is_rehearsal: bool) -> str:
    """Say what was recorded, whether the register bears it out and why, and what comes next."""
    record = closed.record
    done = (
        _("{case} would be closed on {day}, outcome: {outcome}. Nothing was written.")
        if is_rehearsal
        else _("{case} is closed on {day}, outcome: {outcome}.")
    ).format(case=record.case, day=record.closed_on, outcome=outcome_word(record.outcome))
    next_step = _("`relief cases --state found` lists what is still open.")
    return "\n".join([done, _proof_words(closed), *_verified_words(closed, pack), next_step])


def _proof_words(closed: ClosedCase) -> str:
    if closed.evidence_sha256 is None:
        return _("Evidence: kept in words (there is no file of that name).")
    return _(
        "Evidence: a file; its place is kept and its SHA-256: {sha256}. Keep the file."
    ).format(sha256=closed.evidence_sha256)


def _verified_words(closed: ClosedCase, pack: Pack) -> list[str]:
    if closed.is_verified is None:
        return []
    sentence = (
        _("Verified: a roster in the register lists {household} for {programme}.")
        if closed.is_verified
        else _(
            "Unverified: no roster in the register shows that {household} now receives"
            " {programme} as it should. `relief import` takes the next roster."
        )
    )
    record = closed.record
    named = programme_word(pack, record.programme)
    return [sentence.format(household=record.member_no or record.household_no, programme=named)]
