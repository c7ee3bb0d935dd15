"""Gaps of a tiny pack on a register of a few people."""

from relieftool.eligibility.findings import Status
from relieftool.eligibility.gaps import find_gaps
from tests.support.tiny_packs import DAY, PARAMETERS, parameter, receipt, register_of

ALL = tuple(Status)
MONEY = (
    *PARAMETERS,
    parameter("small", "yuan", 3, "month"),
    parameter("large", "yuan", 5, "month"),
    parameter("yearly", "yuan", 12, "year"),
)


def no(name):
    return receipt(name, "no", "sheet")


def gaps_of(pack, *homes, statuses=ALL, rosters=()):
    with register_of(pack, *homes, rosters=rosters) as db:
        return find_gaps(db, pack, DAY, statuses=statuses)


def findings_of(pack, *homes, **keys):
    found = gaps_of(pack, *homes, **keys).findings
    return {finding.programme: finding for finding in found}


def paid(name, amount, period="month", **keys):
    return receipt(name, amount_fen=amount, amount_period=period, **keys)
