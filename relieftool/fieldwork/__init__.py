"""Work at people's homes: visits, spot checks, helpers and what they do; entries are only added.

Stands beside the ledger and chains its entries the same way; gives records, prints nothing.
"""

from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.coverage import VisitCoverage, find_coverage
from relieftool.fieldwork.helpers import (
    Helper,
    list_helpers,
    list_household_helpers,
    record_assignment,
    record_helper,
)
from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures, record_measure
from relieftool.fieldwork.samples import Sample, draw_sample, find_sample_results, record_revisit
from relieftool.fieldwork.suggesting import Pairing, record_pairings, suggest_helpers
from relieftool.fieldwork.visits import (
    Visit,
    VisitLevel,
    VisitMethod,
    VisitStep,
    list_visits,
    record_visit,
)
from relieftool.store.chains import FIELD_CHAINS

__all__ = [
    "FIELD_CHAINS",
    "FIELD_CHECKS",
    "VisitCoverage",
    "Helper",
    "VisitLevel",
    "Measure",
    "MeasureKind",
    "VisitMethod",
    "Pairing",
    "Sample",
    "Visit",
    "VisitStep",
    "record_helper",
    "record_pairings",
    "record_assignment",
    "draw_sample",
    "find_coverage",
    "list_household_helpers",
    "list_helpers",
    "list_measures",
    "list_visits",
    "record_measure",
    "record_revisit",
    "record_visit",
    "find_sample_results",
    "suggest_helpers",
]
