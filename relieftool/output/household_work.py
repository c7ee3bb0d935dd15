"""What was done for one household: helpers, measures, visits and needs, to stand on its form."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from relieftool.fieldwork import Helper, Measure, Visit
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.messages import _
from relieftool.output.coverage_result import visits_grid
from relieftool.output.helper_result import helpers_grid, measures_grid
from relieftool.output.need_result import needs_result
from relieftool.output.result import Grid, Result, Table


@dataclass(frozen=True)
class Work:
    """What the fieldwork knows of one household."""

    helpers: Sequence[Helper]
    measures: Sequence[Measure]
    visits: Sequence[Visit]
    needs: Sequence[AnsweredNeed]


def with_work(result: Result, work: Work, *, is_revealed: bool) -> Result:
    """Add the work done to a household's form; words said on visits only when revealed."""
    needs = needs_result(work.needs, is_revealed=is_revealed)
    visits = [one if is_revealed else replace(one, found="***") for one in work.visits]
    document = {
        **result.document,
        "helpers": [asdict(one) for one in work.helpers],
        "measures": [asdict(one) for one in work.measures],
        "visits": [asdict(one) for one in visits],
        "needs": needs.document["needs"],
    }
    added: list[Grid | Table[Any]] = []
    if work.helpers:
        added.append(helpers_grid(work.helpers, _("Helpers")))
    if work.needs:
        added += needs.grids
    if work.measures:
        added.append(measures_grid(work.measures))
    if work.visits:
        added.append(visits_grid(work.visits, is_revealed=is_revealed))
    *before, listing = result.grids
    return Result(document, (*before, *added, listing))
