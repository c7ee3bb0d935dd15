"""Opens cases for findings and follows them up; shared by all commands that change the register.

Whatever changes it ends with `finish_writing`, or with its parts inside a transaction.
"""

from collections.abc import Sequence

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.case_status import find_subject_statuses
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.follow_up import (
    FollowUp,
    list_unverified_cases,
    record_follow_up,
    record_receipts_seen,
)
from relieftool.cases.records import PRIORITY, CaseFinding, CaseRecord
from relieftool.commands.session import Session
from relieftool.messages import _
from relieftool.output.streams import print_message

_MOST_NAMED = 10


def open_cases_for(
    opened: Session, findings: Sequence[CaseFinding], *, dry_run: bool, left: int = 0
) -> None:
    """Open a case for each finding that has none yet, unless `dry_run`; print the number.

    So are the findings to be reviewed that were `left` out.
    """
    cases = open_cases(opened.db, findings, opened_on=opened.written_on, is_rehearsal=dry_run)
    sentence = (
        _("Would open {opened} cases; {already} have one already. Nothing was written.")
        if dry_run
        else _("Opened {opened} cases; {already} had one already. `relief cases` lists them.")
    )
    print_message(sentence.format(opened=len(cases.opened), already=cases.already))
    if left:
        line = _("To be reviewed, without a case: {count}; `--status review` opens them.")
        print_message(line.format(count=left))


def find_due_amounts(
    opened: Session, cases: Sequence[CaseRecord]
) -> list[tuple[CaseRecord, int | None]]:
    """Return cases with the fen due by the rules, per period of the programme; None: unknown."""
    if not cases:
        return []
    numbers = {case.household_no for case in cases}
    statuses = find_subject_statuses(opened.db, opened.pack, opened.as_of, households=numbers)
    due = {key: finding.amount_fen for key, finding in statuses.findings.items()}
    return [(case, due.get(case.key)) for case in cases]


def report_case_changes(
    opened: Session, community: str | None, findings: Sequence[CaseFinding]
) -> None:
    """Print in one line how the cases stand and how many findings are new; record nothing.

    If there are no cases, nothing is printed.
    """
    records = list_cases(opened.db, community)
    if not records:
        return
    dated = [case for case in add_deadlines(records, opened.pack, opened.day) if case.is_open]
    changed = _follow_up(opened, community, is_priority=False, is_rehearsal=True)
    moved = (*_list_moved(changed), *_list_to_look_at(changed))
    new = open_cases(opened.db, findings, opened_on=opened.written_on, is_rehearsal=True)
    line = _(
        "Cases: {open} open, the longest for {days} days; {changed} changed, {new} findings without"
        " a case yet (`relief gaps --open-cases`)."
    )
    print_message(
        line.format(
            open=len(dated),
            days=max((case.days_open or 0 for case in dated), default=0),
            changed=sum(len(cases) for _sentence, cases in moved),
            new=len(new.opened),
        )
    )


def follow_up_opened(
    opened: Session, community: str | None, *, is_priority: bool, dry_run: bool
) -> None:
    """Record what became of the cases, and print it; record nothing if `dry_run`.

    With `is_priority` these are the priority cases, otherwise the cases of programmes.
    """
    programmes = {PRIORITY} if is_priority else set(opened.pack.programmes)
    found = _follow_up(opened, community, is_priority=is_priority, is_rehearsal=dry_run)
    records = list_cases(opened.db, community)
    listed = [record for record in records if record.programme in programmes]
    dated = [record for record in add_deadlines(listed, opened.pack, opened.day) if record.is_open]
    longest = max((record.days_open or 0 for record in dated), default=None)
    for line in _format_follow_up(found):
        print_message(line)
    if longest is not None:
        print_message(
            _("Open cases: {count}, the longest for {days} days.").format(
                count=len(dated), days=longest
            )
        )


def _follow_up(
    opened: Session, community: str | None, *, is_priority: bool, is_rehearsal: bool
) -> FollowUp:
    """Record what became of the cases, unless it is a rehearsal, and return it."""
    return record_follow_up(
        opened.db,
        find_subject_statuses(opened.db, opened.pack, opened.as_of),
        opened.written_on,
        community=community,
        programmes={PRIORITY} if is_priority else set(opened.pack.programmes),
        is_rehearsal=is_rehearsal,
    )


def _format_follow_up(found: FollowUp) -> list[str]:
    """Return a line for each kind of change that cases went through."""
    sentences = (*_list_moved(found), *_list_to_look_at(found))
    return [
        sentence.format(count=len(cases), cases=_format_numbers(cases))
        for sentence, cases in sentences
        if cases
    ]


def _list_moved(found: FollowUp) -> tuple[tuple[str, Sequence[str]], ...]:
    """Return sentences with the cases that were received, verified or reopened."""
    return (
        (_("Receipt seen ({count}): {cases}."), found.receipt_seen),
        (_("Closed and now verified by a roster ({count}): {cases}."), found.verified),
        (_("Came back, and open again ({count}): {cases}."), found.came_back),
    )


def _list_to_look_at(found: FollowUp) -> tuple[tuple[str, Sequence[str]], ...]:
    """Return sentences with the cases that need a closer look."""
    return (
        (
            _(
                "Received, but whether it is as much as is due cannot be said; look into them"
                " ({count}): {cases}."
            ),
            found.uncompared,
        ),
        (
            _(
                "Closed as receiving, and the newest complete roster does not have them"
                " ({count}): {cases}."
            ),
            found.not_listed,
        ),
        (
            _(
                "Would move, but have an entry after the day asked about; ask with a later day"
                " ({count}): {cases}."
            ),
            found.later,
        ),
        (_("No longer found, and no receipt seen; look into them ({count}): {cases}."), found.gone),
        (_("Something is unknown now; ask anew ({count}): {cases}."), found.undecided),
        (
            _(
                "Not underpaid any more, but by which month they were found is not known: only a"
                " roster of a month that begins after they were found shows a new payment"
                " ({count}): {cases}."
            ),
            found.month_unknown,
        ),
    )


def _format_numbers(cases: Sequence[str]) -> str:
    """Return the numbers of the first cases; "…" follows if there are more."""
    shown = ", ".join(cases[:_MOST_NAMED])
    return shown if len(cases) <= _MOST_NAMED else f"{shown} …"


def report_confirmed_closings(opened: Session) -> list[str]:
    """Record the closed cases whose receipt a roster now confirms, and return lines on them."""
    households = {
        unverified_case.household_no for unverified_case in list_unverified_cases(opened.db)
    }
    if not households:
        return []
    statuses = find_subject_statuses(opened.db, opened.pack, opened.as_of, households=households)
    return _format_follow_up(record_receipts_seen(opened.db, statuses, opened.written_on))


def finish_writing(opened: Session) -> None:
    """Follow a change of the register: confirm closed cases, say so, and number the questions."""
    for line in report_confirmed_closings(opened):
        print_message(line)
    opened.number_questions()
