"""`relief visits`: how far screening, survey and check have come.

`relief visit`: record a visit to a household.
"""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import Recording, RegisterOnDay, choose_written_day
from relieftool.fieldwork.coverage import A_YEAR, find_coverage, find_day_of_visits
from relieftool.fieldwork.visits import Visit, VisitLevel, VisitMethod, VisitStep, record_visit
from relieftool.messages import _
from relieftool.output.fieldwork import build_coverage_result, build_visit_result
from relieftool.output.streams import print_message


def visits(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    step: Annotated[
        VisitStep, typer.Option(case_sensitive=False, show_default=False)
    ] = VisitStep.SURVEY,
    every: Annotated[int, typer.Option(min=1)] = A_YEAR,
    showing: options.ShowOptions,
) -> None:
    """Count the visits of each community and step: done, due soon, overdue, never.

    Also shows how many families know the policies, and whom the step still waits for. Without
    --as-of, the day is that of the sheets, or of the newest visit if that is later.

    Example: relief visits --community 河口下

    Args:
        step (STEP): List whom this step waits for: `screening`, `survey` (if left out) or `check`.
        every (DAYS): How long a visit counts, in days.
    """
    with where.open() as opened:
        day = where.as_of or find_day_of_visits(opened.db, opened.as_of)
        coverage = find_coverage(opened.db, day, every, community=opened.community(community))
        showing.show(build_coverage_result(coverage, step))


def visit(
    household: str,
    *,
    by: list[str],
    level: VisitLevel,
    method: VisitMethod,
    found: str,
    step: Annotated[
        VisitStep, typer.Option(case_sensitive=False, show_default=False)
    ] = VisitStep.SURVEY,
    knows_policy: options.YesNo | None = None,
    on: options.On = None,
    where: Recording,
) -> None:
    """Write down a visit: who went, when, from which level, how, and what was found.

    A survey takes at least two investigators, a check somebody of another level.

    Example: relief visit HKX-001 --by 张三 --by 李四 --level 社区 --method 上门 --found 情况属实

    Args:
        by (PERSON): Who went; repeat it, a survey takes two.
        level: Where they come from: community, street, or helping unit.
        method: How the family was met: at home, on site, or by phone.
        found (TEXT): What was found; shown only on a reveal.
        step (STEP): Which step it is: `screening`, `survey` (if left out), or `check`, which needs
            another level than the survey.
        knows_policy (YES-or-NO): Whether the family knows what it may claim: `yes` or `no`.
    """
    knows = None if knows_policy is None else knows_policy == options.YesNo.YES
    stated = Visit(
        household, choose_written_day(on).isoformat(), step, level, method, tuple(by), found, knows
    )
    with where.open() as opened:
        kept = record_visit(opened.db, stated, is_rehearsal=where.dry_run)
    where.show(build_visit_result(kept))
    print_message(_("Nothing was written.") if where.dry_run else _format_recorded(kept))


def _format_recorded(kept: Visit) -> str:
    """Return the sentence on whether a recorded visit counts."""
    if kept.counts:
        return _("Written down; `relief visits` counts it.")
    return _("Written down; `relief visits` shows it and does not count it: it was by telephone.")
