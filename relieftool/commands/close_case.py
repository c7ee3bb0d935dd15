"""`relief close-case`: close one case, with an outcome and its evidence.

`relief check-case`: record that a second person has checked a closed case.

`relief reopen-case`: open a closed case again, with its whole history.
"""

from typing import Annotated

import typer

from relieftool.cases.case_list import find_case
from relieftool.cases.case_status import SubjectStatus, find_subject_statuses
from relieftool.cases.closing import record_check as check
from relieftool.cases.closing import record_closing as close
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.department_decisions import record_reopening as reopen
from relieftool.cases.records import (
    PRIORITY,
    CaseRecord,
    ClosedCase,
    ClosingOutcome,
    format_closing_outcome,
)
from relieftool.commands import options
from relieftool.commands.session import Recording, Session, choose_written_day
from relieftool.eligibility.kept_findings import keep_apart
from relieftool.messages import _, list_chinese_names
from relieftool.output.cases import build_cases_result
from relieftool.output.streams import print_message
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack

_ALSO_CALLED = {"不予批准": ClosingOutcome.REFUSED}  # the departments' word for it


def parse_outcome(text: str) -> ClosingOutcome:
    """Return the outcome with this id or Chinese name; any other text is a usage error."""
    called = list_chinese_names({known: known.word for known in ClosingOutcome})
    word = text.strip().lower()
    outcome = (called | _ALSO_CALLED).get(word, word)
    if outcome in list(ClosingOutcome):
        return ClosingOutcome(outcome)
    raise typer.BadParameter(
        _("'{text}' is no outcome; there are: {names}").format(
            text=text, names=", ".join(f"{key} {name}" for name, key in called.items())
        ),
        param_hint="--outcome",
    )


OutcomeOption = Annotated[
    ClosingOutcome,
    typer.Option(
        "--outcome",
        parser=parse_outcome,
        metavar="OUTCOME",
        help=f"What became of it: {', '.join(f'`{outcome}`' for outcome in ClosingOutcome)}.",
    ),
]


def close_case(
    case: str,
    *,
    outcome: OutcomeOption,
    evidence: str,
    by: options.By,
    on: options.On = None,
    checked_by: str | None = None,
    reason: str | None = None,
    where: Recording,
) -> None:
    """Close a case for good, with its outcome, what proves it and who says so.

    `receiving` is verified only by a roster in the register that lists them with no less than is
    due; until one arrives the case stays closed, unverified. `improved` needs a household that no
    longer meets the priority rule, `refused` a refusal written down with `relief decide`;
    --reason stands in for either.

    Example: relief close-case C2024-0001 --outcome moved --evidence 迁出证明.pdf --by 王五

    Args:
        evidence (TEXT-or-FILE): What proves it: words, or a file, whose hash and place are kept.
        checked_by (PERSON): Who else looked at it; without it the case stays closed, unchecked.
        reason (TEXT): Why it counts as improved, or as refused, all the same.
        case: The case's number: C2024-0001.
    """
    with where.open() as opened:
        if where.dry_run:
            keep_apart(opened.db)
        closed = close(
            opened.db,
            case,
            outcome=outcome,
            evidence=evidence,
            by=by,
            closed_on=choose_written_day(on),
            checked_by=checked_by,
            reason=reason,
            subject=_find_status(opened, case, outcome),
            is_rehearsal=where.dry_run,
        )
        where.show(build_cases_result("close-case", [closed.record], opened.pack))
        print_message(_format_closed(closed, opened.pack, is_rehearsal=where.dry_run))


def _find_status(opened: Session, case: str, outcome: ClosingOutcome) -> SubjectStatus:
    """Return the status of the case's household or member in the register.

    It is empty for outcomes other than `receiving` and `improved`, which do not depend on it.
    """
    if outcome not in (ClosingOutcome.RECEIVING, ClosingOutcome.IMPROVED):
        return SubjectStatus()
    record = find_case(opened.db, case)
    households = {record.household_no}
    return find_subject_statuses(opened.db, opened.pack, opened.as_of, households=households).of(
        record
    )


def _format_closed(closed: ClosedCase, pack: Pack, *, is_rehearsal: bool) -> str:
    """Return lines on what was recorded, whether the register confirms it, and what comes next."""
    record = closed.record
    done = (
        _("{case} would be closed on {day}, outcome: {outcome}. Nothing was written.")
        if is_rehearsal
        else _("{case} is closed on {day}, outcome: {outcome}.")
    ).format(case=record.case, day=record.closed_on, outcome=format_closing_outcome(record.outcome))
    next_step = _("`relief cases` lists what is still open.")
    words = [done, _proof_words(closed), *_verified_words(closed, pack), *_check_words(record)]
    return "\n".join([*words, next_step])


def _check_words(record: CaseRecord) -> list[str]:
    if record.checked_by is not None:
        return []
    return [
        _("Unchecked: somebody else checks it with `relief check-case {case} --by NAME`.").format(
            case=record.case
        )
    ]


def _verified_sentence(closed: ClosedCase) -> str:
    """Return the sentence, with placeholders, on whether a roster confirms the receipt."""
    if closed.is_verified:
        return _("Verified: a roster in the register lists {household} for {programme}.")
    if closed.record.is_month_unknown:
        return _(
            "Unverified: by which month {household} was found underpaid is not known, so only a"
            " roster for {programme} of a month that begins after {day} counts."
        )
    if closed.is_underpaid:
        return _(
            "Unverified: a roster lists {household} for {programme}, but with less than is due;"
            " that is not yet receiving it."
        )
    if closed.is_uncompared:
        return _(
            "Unverified: a roster lists {household} for {programme}, but whether that is as much as"
            " is due is not known: `relief explain {household}` says why."
        )
    if closed.omitted_until is not None:
        return _(
            "Unverified: the complete roster for {programme} ({month}) does not list {household}."
            " Compare it with the evidence; `relief import` takes the next roster."
        )
    return _(
        "Unverified: no roster in the register shows that {household} now receives"
        " {programme} as it should. `relief import` takes the next roster."
    )


def _proof_words(closed: ClosedCase) -> str:
    if closed.evidence_sha256 is None:
        return _("Evidence: kept in words (there is no file of that name).")
    return _(
        "Evidence: a file; its place is kept and its SHA-256: {sha256}. Keep the file."
    ).format(sha256=closed.evidence_sha256)


def _verified_words(closed: ClosedCase, pack: Pack) -> list[str]:
    record = closed.record
    if closed.is_verified is None or record.outcome != ClosingOutcome.RECEIVING:
        return []
    sentence = _verified_sentence(closed)
    named = format_programme(pack, record.programme)
    household, day = record.member_no or record.household_no, record.found_on
    month = (closed.omitted_until or "")[: len("2024-11")] or _("without a month")
    return [sentence.format(household=household, programme=named, day=day, month=month)]


def check_case(
    case: str,
    *,
    by: options.By,
    on: options.On = None,
    where: Recording,
) -> None:
    """Note that somebody other than who closed a case checked it and agrees.

    Example: relief check-case C2024-0001 --by 赵六

    Args:
        case: The case's number: C2024-0001.
    """
    with where.open() as opened:
        day = choose_written_day(on)
        record = check(opened.db, case, by=by, on=day, is_rehearsal=where.dry_run)
        where.show(build_cases_result("check-case", [record], opened.pack))
        sentence = (
            _("{case} would be closed and checked. Nothing was written.")
            if where.dry_run
            else _("{case} is closed and checked.")
        )
        print_message(sentence.format(case=record.case))


def reopen_case(
    case: str,
    *,
    reason: str,
    by: options.By,
    on: options.On = None,
    where: Recording,
) -> None:
    """Open a closed case again; everything that was written before stays.

    Example: relief reopen-case C2024-0001 --reason 12月起停发 --by 王五

    Args:
        reason (TEXT): Why it is opened again; kept with the entry.
        case: The case's number: C2024-0001.
    """
    with where.open() as opened:
        day = choose_written_day(on)
        record = reopen(opened.db, case, reason=reason, by=by, on=day, is_rehearsal=where.dry_run)
        listed = add_deadlines([record], opened.pack, day)
        where.show(build_cases_result("reopen-case", listed, opened.pack))
        print_message(_format_reopened(record, is_rehearsal=where.dry_run))


def _format_reopened(record: CaseRecord, *, is_rehearsal: bool) -> str:
    """Return what was done and what comes next; a priority case goes to no department."""
    if is_rehearsal:
        sentence = _("{case} would be open again. Nothing was written.")
    elif record.programme == PRIORITY:
        sentence = _(
            "{case} is open again; plan help for it: `relief assign {household}` and"
            " `relief measure {household}`."
        )
    else:
        sentence = _("{case} is open again; `relief refer` sends it to its department.")
    return sentence.format(case=record.case, household=record.household_no)
