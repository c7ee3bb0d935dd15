"""What was done for one household: helpers, measures, visits and needs, to stand on its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relieftool.fieldwork import Helper, Measure, Visit
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.output.fieldwork import visits_table
from relieftool.output.helper_result import helpers_table, measures_table
from relieftool.output.need_result import needs_table
from relieftool.output.result import RecordTable, Result


@dataclass(frozen=True)
class HouseholdWork:
    """What the fieldwork knows of one household."""

    helpers: Sequence[Helper]
    measures: Sequence[Measure]
    visits: Sequence[Visit]
    needs: Sequence[AnsweredNeed]


def add_work(result: Result, work: HouseholdWork) -> Result:
    """Return a household's form with the work done for it; a table without rows is left out."""
    helpers, needs = helpers_table(work.helpers), needs_table(work.needs)
    measures, visits = measures_table(work.measures), visits_table(work.visits)
    answer = {
        **result.document,
        "helpers": helpers.documents(),
        "measures": measures.documents(),
        "visits": visits.documents(),
        "needs": needs.documents(),
    }
    tables: tuple[RecordTable[Any], ...] = (helpers, needs, measures, visits)
    *before, listing = result.grids
    return Result(answer, (*before, *(table for table in tables if table.records), listing))
