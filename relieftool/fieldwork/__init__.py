"""Work at people's homes: visits, spot checks, helpers and what they do; entries are only added.

Stands beside the ledger and chains its entries the same way; gives records, prints nothing.
"""

from relieftool.fieldwork.chains import FIELD_CHAINS
from relieftool.fieldwork.coverage import Coverage, find_coverage
from relieftool.fieldwork.helpers import (
    Helper,
    add_helper,
    assign_helper,
    helpers_of,
    list_helpers,
)
from relieftool.fieldwork.invariants import FIELD_CHECKS
from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures, record_measure
from relieftool.fieldwork.sampling import Sample, draw_sample, record_revisit, sample_results
from relieftool.fieldwork.suggesting import Pairing, apply_pairings, suggest_helpers
from relieftool.fieldwork.visits import (
    Level,
    Method,
    Visit,
    VisitStep,
    list_visits,
    record_visit,
)

__all__ = [
    "FIELD_CHAINS",
    "FIELD_CHECKS",
    "Coverage",
    "Helper",
    "Level",
    "Measure",
    "MeasureKind",
    "Method",
    "Pairing",
    "Sample",
    "Visit",
    "VisitStep",
    "add_helper",
    "apply_pairings",
    "assign_helper",
    "draw_sample",
    "find_coverage",
    "helpers_of",
    "list_helpers",
    "list_measures",
    "list_visits",
    "record_measure",
    "record_revisit",
    "record_visit",
    "sample_results",
    "suggest_helpers",
]
