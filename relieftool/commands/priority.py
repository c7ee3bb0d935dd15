"""`relief priority`: which households stay poor all the same."""

import typer

from relieftool.cases import CaseFinding
from relieftool.commands import options
from relieftool.commands.gaps import OpenCases
from relieftool.commands.open_cases import follow_up_opened, open_cases_for
from relieftool.commands.session import open_session
from relieftool.eligibility.priority import find_priority
from relieftool.output.priority import build_priority_result
from relieftool.output.result import OutputFormat
from relieftool.output.uniform_lines import format_constant_criteria
from relieftool.output.words import print_message


def priority(
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
    """Find the households that stay poor even with every benefit they receive or could claim.

    Example: relief priority --community 河口下
    """
    showing = options.ShowOptions("priority", form, out, reveal, reason)
    with open_session(db, pack, as_of) as opened:
        name = opened.community(community)
        found = find_priority(opened.db, opened.pack, opened.as_of, community=name)
        opened.show(build_priority_result(found), showing)
        for line in format_constant_criteria(found.pack, found.uniform):
            print_message(line)
        if open_cases:
            follow_up_opened(opened, name, is_priority=True, dry_run=dry_run)
            cases = [
                CaseFinding(one.household_no, None, "priority", "priority")
                for one in found.findings
            ]
            open_cases_for(opened, cases, dry_run=dry_run)
    raise typer.Exit(options.EXIT_LOOK if found.findings or found.undecided else options.EXIT_DONE)
