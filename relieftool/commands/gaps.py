"""`relief gaps`: who is owed a benefit and does not get it.

`relief priority`: which households stay poor even with their benefits.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

import typer

from relieftool.cases.case_list import list_cases
from relieftool.cases.case_status import list_findings_needing_case
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.records import CaseFinding
from relieftool.commands import options
from relieftool.commands.open_cases import follow_up_opened, open_cases_for, report_case_changes
from relieftool.commands.session import RegisterOnDay, Session
from relieftool.eligibility.findings import LISTED_STATUSES, STATUS_WORDS, Status
from relieftool.eligibility.gaps import Gaps, find_gaps
from relieftool.eligibility.priority import find_priority
from relieftool.messages import _, list_chinese_names
from relieftool.output.gaps import build_gaps_result, build_visit_list_result, format_gap_totals
from relieftool.output.priority import build_priority_result
from relieftool.output.result import Result
from relieftool.output.streams import print_message
from relieftool.output.wording import format_constant_criteria

OpenCases = Annotated[
    bool,
    typer.Option("--open-cases", help="Open a case for each finding that calls for one."),
]


def parse_status(text: str) -> str:
    """Return the id of a status by its id or Chinese name; any other text is a usage error."""
    called = list_chinese_names(STATUS_WORDS)
    word = text.strip()
    status = called.get(word, word)
    if status in STATUS_WORDS:
        return status
    raise typer.BadParameter(
        _("'{text}' is no status; there are: {names}").format(
            text=text, names=", ".join(f"{key} {name}" for name, key in called.items())
        ),
        param_hint="--status",
    )


Statuses = Annotated[
    list[str] | None,
    typer.Option(
        "--status",
        parser=parse_status,
        metavar="STATUS",
        help=f"Only findings of this status; may be given again. One of {', '.join(Status)}."
        " undetermined alone shows the visit list.",
    ),
]
NearMargin = Annotated[
    Fraction | None,
    typer.Option(
        "--near",
        parser=options.parse_share,
        metavar="10%",
        help="Only findings that would turn if a line within this share were crossed.",
    ),
]


def gaps(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    status: Statuses = None,
    near: NearMargin = None,
    showing: options.RevealOptions,
    open_cases: OpenCases = False,
    dry_run: options.DryRun = False,
) -> None:
    """Find every household owed a benefit it does not get, and what is still to be asked.

    Example: relief gaps --community 河口下
    """
    statuses = _select_statuses(status, near)
    with where.open() as opened:
        name = opened.community(community)
        opened.refresh_findings()
        found = find_gaps(
            opened.db, opened.pack, opened.as_of, community=name, statuses=statuses, near=near
        )
        is_visits = status is not None and set(statuses) == {"undetermined"} and near is None
        opened.show(_result(opened, found, name, is_visits=is_visits), showing)
        for line in (
            format_gap_totals(found),
            *format_constant_criteria(found.pack, found.uniform),
        ):
            print_message(line)
        cases = list_findings_needing_case(found.findings)
        if open_cases:
            follow_up_opened(opened, name, is_priority=False, dry_run=dry_run)
            open_cases_for(opened, cases, dry_run=dry_run)
        elif status is None and near is None:
            report_case_changes(opened, name, cases)
    raise typer.Exit(options.EXIT_LOOK if found.findings else options.EXIT_DONE)


def _select_statuses(status: Sequence[str] | None, near: Fraction | None) -> tuple[Status, ...]:
    """Return the statuses to list: those of `--status` if it is set.

    Otherwise all statuses with `--near`, and without it the ones that call for action.
    """
    if status:
        return tuple(each for each in Status if each in status)
    return LISTED_STATUSES if near is None else tuple(Status)


def _result(opened: Session, found: Gaps, community: str | None, *, is_visits: bool) -> Result:
    """Return the list of visits if `is_visits`, otherwise the findings, each with its case."""
    if is_visits:
        return build_visit_list_result(found)
    records = add_deadlines(list_cases(opened.db, community), opened.pack, opened.day)
    return build_gaps_result(found, {record.key: record for record in records})


def priority(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    showing: options.RevealOptions,
    open_cases: OpenCases = False,
    dry_run: options.DryRun = False,
) -> None:
    """Find the households that stay poor even with every benefit they receive or could claim.

    Example: relief priority --community 河口下
    """
    with where.open() as opened:
        name = opened.community(community)
        opened.refresh_findings()
        found = find_priority(opened.db, opened.pack, opened.as_of, community=name)
        opened.show(build_priority_result(found), showing)
        for line in format_constant_criteria(found.pack, found.uniform):
            print_message(line)
        if open_cases:
            follow_up_opened(opened, name, is_priority=True, dry_run=dry_run)
            cases = [
                CaseFinding(finding.household_no, None, "priority", "priority")
                for finding in found.findings
            ]
            open_cases_for(opened, cases, dry_run=dry_run)
    raise typer.Exit(options.EXIT_LOOK if found.findings or found.undecided else options.EXIT_DONE)
