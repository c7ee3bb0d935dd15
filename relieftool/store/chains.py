"""The tables of the fieldwork, each a chain of entries like the ledger's."""

from relieftool.store.chain import Chain

VISITS = Chain("visits", "visit_id")
HELPERS = Chain("helpers", "helper_id")
ASSIGNMENTS = Chain("assignments", "assignment_id")
MEASURES = Chain("measures", "measure_id")
SAMPLES = Chain("samples", "sample_id")
REVISITS = Chain("revisits", "revisit_id")
NEEDS = Chain("needs", "need_id")
WITHDRAWALS = Chain("withdrawals", "withdrawal_id")
FIELD_CHAINS = (VISITS, HELPERS, ASSIGNMENTS, MEASURES, SAMPLES, REVISITS, NEEDS, WITHDRAWALS)
