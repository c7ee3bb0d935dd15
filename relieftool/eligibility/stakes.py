"""What to ask first where a finding is open, and what a month's money hangs on the answer."""

import math
from dataclasses import dataclass
from fractions import Fraction

from relieftool.eligibility.claim_values import round_per_month
from relieftool.eligibility.evaluation import Household, Member
from relieftool.pack.facts import Period
from relieftool.rules.bounds import ZERO_RANGE, Range
from relieftool.rules.minimal_questions import MinimalQuestions, Question
from relieftool.rules.programme_rules import ProgrammeRules, build_and, build_or
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import TRUTH, ColumnRef, Node, Not, Receives

_MONTHS: dict[Period, int] = {"month": 1, "year": 12}


@dataclass(frozen=True)
class QuestionValue:
    """The fewest facts that could decide a finding, and those that could make it a claim.

    Each is "fact" or "receipt:programme" of the household, or the same of a member after his number
    and a colon. `at_stake_fen_per_month` is the most that could come of it; None: no
    amount, or no end.
    """

    cheapest: tuple[str, ...]
    cheapest_eligible: tuple[str, ...]
    at_stake_fen_per_month: int | None


def find_question_value(
    cheapest: MinimalQuestions, household: Household, member: Member | None, rules: ProgrammeRules
) -> QuestionValue:
    """Weigh an undetermined programme of a household or member."""
    place = None if member is None else household.members.index(member)
    claim = _column(ColumnKind.CLAIMABLE, rules)
    decided, eligible = (
        _names(household, cheapest.smallest(node, place)) for node in (_settled(rules), claim)
    )
    most = cheapest.bounds.amount(rules, member.row if member else None)
    if decided and not eligible and most is not None:  # it can only turn out not to be had
        most = ZERO_RANGE
    return QuestionValue(decided, eligible, _share_of(most, rules.programme.period))


def _share_of(most: Range | None, period: Period | None) -> int | None:
    """Return a month's share of the most an amount can be; None where that has no end."""
    ends = most is not None and most.high != math.inf
    share = round_per_month(Fraction(most.high), period) if most is not None and ends else None
    return None if share is None else max(0, share)


def _column(kind: ColumnKind, rules: ProgrammeRules) -> Node:
    name = rules.programme.id
    return ColumnRef(TRUTH, rules.programme.unit, format_column_name(kind, name))


def _settled(rules: ProgrammeRules) -> Node:
    """Say that a programme is open no longer: to be claimed, received, barred or not met."""
    unit = rules.programme.unit
    eligible, is_barred = _column(ColumnKind.ELIGIBLE, rules), _column(ColumnKind.BARRED, rules)
    received = Receives(TRUTH, unit, rules.programme.id)
    yields = build_and(unit, (eligible, _column(ColumnKind.GIVES_WAY, rules)))
    failed = Not(TRUTH, unit, eligible)
    return build_or(
        unit, (_column(ColumnKind.CLAIMABLE, rules), failed, received, is_barred, yields)
    )


def _names(household: Household, atoms: frozenset[Question] | None) -> tuple[str, ...]:
    """Name what to ask, of the household first."""
    return tuple(
        atom.name if atom.place < 0 else f"{household.members[atom.place].member_no}:{atom.name}"
        for atom in sorted(atoms or ())
    )
