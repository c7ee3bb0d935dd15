"""Each way in which doubts are found is needed: without it, the bounds of some street are wrong."""

import pytest

from relieftool.register.resolved_facts import ResolvedFact
from relieftool.values.cells import ValueProblem
from relieftool.values.payments import Remark
from tests.layouts.test_mechanisms import Mechanism, empty, forget, nothing, switch_off
from tests.streets.judging import judge

MOST_STREETS = 12


def complete(_row):
    return True


def read_no_remark(_cell, _covers):
    return Remark()


def first_value(_self, _fact, _columns, _lines, values):
    known = [value for value in values if not (value is None or isinstance(value, ValueProblem))]
    return ResolvedFact(known[0] if known else None)


MECHANISMS = [
    Mechanism(*row)
    for row in (
        ("register.resolved_facts", "FactResolver._choose", first_value, ("lists-disagree",)),
        ("values.payments", "read_state", nothing, ("state-of-payment",)),
        ("values.payments", "read_payment_remark", read_no_remark, ("remark-on-payment",)),
        (
            "register.residents",
            "_Residents._report_two_households",
            nothing,
            ("child-of-two-households",),
        ),
        (
            "register.roster_receipts",
            "RosterReader._find_by_name",
            empty,
            ("name-written-otherwise",),
        ),
        ("register.live_rows", "_read_completeness", complete, ("part-of-a-roster",)),
    )
]


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=str)
def test_without_it_the_truth_is_missed(tmp_path, monkeypatch, mechanism):
    switch_off(monkeypatch, mechanism)
    forget()
    missed = any(
        judge(tmp_path / str(number), "mechanisms", number, mechanism.kinds).faults
        for number in range(MOST_STREETS)
    )
    forget()

    assert missed
