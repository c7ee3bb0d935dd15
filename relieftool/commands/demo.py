"""`relief demo`: all main steps once, on the sample street, in a database of its own."""

import sys
import tempfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Literal

from relieftool.cases.case_list import open_cases
from relieftool.cases.case_status import list_findings_needing_case
from relieftool.cases.closing import record_closing
from relieftool.cases.records import CaseFinding
from relieftool.commands import options
from relieftool.commands.session import Session, open_session
from relieftool.eligibility.gaps import Gaps, find_gaps
from relieftool.eligibility.priority import PriorityCheck, find_priority
from relieftool.errors import ReliefError
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.messages import _
from relieftool.output.gaps import build_gaps_result
from relieftool.output.imports import build_import_result
from relieftool.output.priority import build_priority_result
from relieftool.output.result import OutputFormat, Result
from relieftool.output.show import show_result
from relieftool.output.streams import print_data, print_message
from relieftool.output.terminal import show_progress

_SHOWN = 8


def demo(*, year: Literal["2024", "2026"] = "2024", pack: options.PackDir = None) -> None:
    """Try everything on an invented street: import, gaps, priority, cases, one case closed.

    Example: relief demo

    Args:
        year: The street in December 2024, or two years on with today's law.
    """
    path = Path(tempfile.mkdtemp(prefix="relief-demo-")) / "relief.db"
    print_message(_("1. Import the street's spreadsheets into a new database."))
    with open_session(path, pack, None, create=True) as opened:
        with show_progress(sys.stderr, _("Reading")) as progress:
            folder = find_sample_folder() / ("" if year == "2024" else year)
            read = read_paths(opened.pack, [folder], progress)
            reports = record_files(opened.db, opened.pack, read, progress)
        show_result(build_import_result(reports), OutputFormat.TABLE)
    with open_session(path, pack, None) as opened:
        gaps, priority = _show_findings(opened)
        _show_cases(opened, gaps, priority)
    print_data(_five_figures(gaps, priority))
    print_data(str(path))


def find_sample_folder() -> Path:
    """Return the folder of the sample street: in an installed wheel, or beside the package.

    Raises:
        ReliefError: It is in neither place.
    """
    package = Path(str(files("relieftool")))
    for folder in (package / "sample_data", package.parent / "sample_data"):
        if (folder / "import.toml").is_file():
            return folder
    raise ReliefError(
        "sample_data",
        _("the sample street did not come with this installation"),
        _("Install relief from its wheel or its folder."),
    )


def _show_findings(opened: Session) -> tuple[Gaps, PriorityCheck]:
    """Show the gaps and the priority households, and return both."""
    print_message("\n" + _("2. Find who is owed a benefit and does not get it: `relief gaps`."))
    opened.refresh_findings()
    gaps = find_gaps(opened.db, opened.pack, opened.as_of, with_questions=False)
    show_result(_shortened(build_gaps_result(gaps)), OutputFormat.TABLE)
    print_message("\n" + _("3. Find who stays poor all the same: `relief priority`."))
    priority = find_priority(opened.db, opened.pack, opened.as_of)
    show_result(_shortened(build_priority_result(priority)), OutputFormat.TABLE)
    return gaps, priority


def _shortened(result: Result) -> Result:
    """Return a result whose last table has only its first rows, a note on the rest, no warnings."""
    *summaries, listing = result.on_screen or result.tables
    drawn = [each for each in listing.records if not listing.is_drawn or listing.is_drawn(each)]
    left = len(listing.records) - _SHOWN
    more = [_("… and {count} more rows.").format(count=left)] if left > 0 else []
    footer = [*more, *listing.footer]
    short = replace(listing, records=drawn[:_SHOWN], footer=footer, warnings=())
    return replace(result, on_screen=[*summaries, short])


def _show_cases(opened: Session, gaps: Gaps, priority: PriorityCheck) -> None:
    """Open a case for each finding that needs one and each priority household; close the first."""
    print_message(
        "\n"
        + _("4. Open a case for each: `relief gaps --open-cases`, `relief priority --open-cases`.")
    )
    findings = list_findings_needing_case(gaps.findings)
    findings += [
        CaseFinding(finding.household_no, None, "priority", "priority")
        for finding in priority.findings
    ]
    cases = open_cases(opened.db, findings, opened_on=opened.written_on)
    print_message(_("Opened {opened} cases.").format(opened=len(cases.opened)))
    print_message("\n" + _("5. Close one with proof: `relief close-case`."))
    closed = record_closing(
        opened.db,
        cases.opened[0],
        outcome="receiving",
        evidence=_("told by the family on a visit"),
        by=_("demo clerk"),
        closed_on=opened.written_on,
    )
    if not closed.is_verified:
        print_message(
            _(
                "{case} is closed as unverified: no later roster shows the receipt yet."
                " `relief verify` proves the ledger."
            ).format(case=cases.opened[0])
        )


def _five_figures(gaps: Gaps, priority: PriorityCheck) -> str:
    """Return the street's five figures in one line."""
    return _(
        "{households:,} households, {members:,} members; {unclaimed} households are owed a benefit;"
        " {priority} priority households with {people} members"
    ).format(
        households=gaps.totals.households,
        members=gaps.totals.members,
        unclaimed=gaps.totals.unclaimed_households,
        priority=priority.totals.priority_households,
        people=priority.totals.priority_members,
    )
