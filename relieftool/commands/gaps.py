"""`relief gaps`: who is owed a benefit and does not get it."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.opening import follow_up, open_for_findings
from relieftool.commands.session import log_reveal, session
from relieftool.gaps import Finding, find_gaps
from relieftool.ledger import CaseFinding
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.gap_result import gaps_result, total_line
from relieftool.output.result import OutputFormat
from relieftool.output.words import say

OpenCases = Annotated[
    bool,
    typer.Option("--open-cases", help="Open a case for each finding that calls for one."),
]
_WITH_CASE = ("unclaimed", "underpaid")


def gaps(
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    community: options.Community = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    open_cases: OpenCases = False,
    dry_run: options.DryRun = False,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """Find every household owed a benefit it does not get, and what is still to be asked.

    Example: relief gaps --community 河口下
    """
    options.check_reason(reason, is_revealed=reveal)
    check_out_file(out)
    with session(db, pack, as_of) as opened:
        found = find_gaps(
            opened.db, opened.pack, opened.as_of, community=opened.community(community)
        )
        log_reveal(opened, "gaps", reason, is_revealed=reveal)
        show_result(gaps_result(found, is_revealed=reveal), form, out)
        say(total_line(found))
        if open_cases:
            follow_up(opened, opened.community(community), is_priority=False, dry_run=dry_run)
            cases = [_case(one) for one in found.findings if one.status in _WITH_CASE]
            open_for_findings(opened, cases, dry_run=dry_run)
    raise typer.Exit(options.EXIT_LOOK if found.findings else options.EXIT_DONE)


def _case(finding: Finding) -> CaseFinding:
    """Give what a case keeps of a finding."""
    return CaseFinding(finding.household_no, finding.member_no, finding.programme, finding.status)
