"""What was done for one household: its helpers, measures and visits, to stand on its form."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from relieftool.fieldwork import Helper, Measure, Visit
from relieftool.messages import _
from relieftool.output.coverage_result import visits_grid
from relieftool.output.helper_result import helpers_grid, measures_grid
from relieftool.output.result import Grid, Result


def with_work(
    result: Result,
    helpers: Sequence[Helper],
    measures: Sequence[Measure],
    visits: Sequence[Visit],
    *,
    is_revealed: bool,
) -> Result:
    """Add the work done to a household's form; what was found on visits only when revealed."""
    document = {
        **result.document,
        "helpers": [asdict(one) for one in helpers],
        "measures": [asdict(one) for one in measures],
        "visits": [asdict(one if is_revealed else replace(one, found="***")) for one in visits],
    }
    added: list[Grid] = []
    if helpers:
        added.append(helpers_grid(helpers, _("Helpers")))
    if measures:
        added.append(measures_grid(measures))
    if visits:
        added.append(visits_grid(visits, is_revealed=is_revealed))
    *before, listing = result.grids
    return Result(document, (*before, *added, listing))
