"""Finds which claims of one household may be had together, and what they bring: least and most.

A claim can bar a benefit or lower its amount: whoever draws tekun no longer counts for dibao. So
claims are supposed to be granted together, and what is due then is added up, less what is given up.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from relieftool.eligibility.evaluation import Household
from relieftool.eligibility.findings import RECEIVED_STATUSES, TIMES_A_YEAR, Finding, Status
from relieftool.rules import syntax
from relieftool.rules.evaluator import HOUSEHOLD, ZERO_RANGE, Evaluator, Range, RangeEnd
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.values.cells import UnitRow

FindingKey = tuple[str, str | None]  # programme and member: identifies a finding of one household
# All sets of so many claims are tried; of more, first those of the household, then each member's.
_MOST_TRIED = 5


def find_key(finding: Finding) -> FindingKey:
    """Return the programme and member, which identify a finding within its household."""
    return finding.programme, finding.member_no


@lru_cache(maxsize=256)
def _list_touched(statement: Statement, programme: str) -> frozenset[str]:
    """Return the programmes that a receipt of `programme` can bar, or whose amount it can change.

    Benefits that rest on one of these are found when it is supposed to be given up.
    """
    rules = statement.rules.items()
    return frozenset(name for name, rule in rules if programme in _list_read(rule)) - {programme}


def _list_read(rules: ProgrammeRules) -> set[str]:
    """Return the programmes whose receipt the exclusions or the amounts of a programme read."""
    trees = [tree for case in rules.amounts for tree in case if tree is not None]
    nodes = [node for tree in trees for node in syntax.walk(tree)]
    read = {node.programme for node in nodes if isinstance(node, syntax.Receives)}
    return read | {exclusion.programme for exclusion in rules.programme.excludes}


@dataclass(frozen=True)
class _Grant:
    """What some claims bring a year if all are granted, and what is given up for them, in fen.

    `unsure` are the claims for which a benefit of an unknown amount is given up.
    """

    amounts: dict[FindingKey, int] = field(default_factory=dict)
    losses: dict[FindingKey, int] = field(default_factory=dict)
    unsure: frozenset[FindingKey] = frozenset()

    @property
    def total(self) -> int:
        """What is gained in all."""
        return sum(self.amounts.values()) - sum(self.losses.values())


class ClaimSets:
    """Tries sets of claims of a household, whose findings are known.

    With `is_most` every unknown is taken for what brings most, otherwise for what brings least.
    """

    def __init__(
        self, evaluator: Evaluator, household: Household, findings: Sequence[Finding]
    ) -> None:
        """Start with nothing tried."""
        self._evaluator = evaluator
        self._statement = evaluator.statement
        self._places = {each.member_no: place for place, each in enumerate(household.members)}
        self._findings = [finding for finding in findings if finding.amount_period in TIMES_A_YEAR]
        self._received = [each for each in self._findings if each.status in RECEIVED_STATUSES]

    def find_gains(self) -> dict[FindingKey, int | None]:
        """Return what each claim adds in a year if the best set of claims is granted.

        Unlocked programmes come on top of the best set of unclaimed ones. None if that is unknown;
        claims without yearly money are left out.
        """
        gains: dict[FindingKey, int | None] = {}
        granted: list[Finding] = []
        for status in (Status.UNCLAIMED, Status.UNLOCKED):
            claims = [finding for finding in self._findings if finding.status == status]
            best = self._find_best(
                [each for each in claims if each.amount_fen is not None], granted
            )
            spread = self._spread_losses(best)
            for claim in claims:
                key = find_key(claim)
                is_unknown = claim.amount_fen is None or key in best.unsure
                gains[key] = None if is_unknown else spread.get(key, 0)
            granted += [claim for claim in claims if find_key(claim) in best.amounts]
        return gains

    def find_most(self) -> int:
        """Return the most that sure and open claims can bring in a year.

        Amounts without an upper bound are left out.
        """
        wanted = (Status.UNCLAIMED, Status.UNDETERMINED)
        claims = [finding for finding in self._findings if finding.status in wanted]
        return self._find_best(claims, (), is_most=True).total

    def _find_best(
        self, claims: Sequence[Finding], granted: Sequence[Finding], *, is_most: bool = False
    ) -> _Grant:
        """Return what the best set of some claims brings, beside those that are granted."""
        touching = [each for each in claims if self._touches(each, [*claims, *granted])]
        chosen, best = list(granted), self._grant(granted, is_most=is_most)
        for part in _split(touching):
            base = chosen
            for some in _list_sets(part):
                grant = self._grant([*base, *some], is_most=is_most)
                if grant.total > best.total:
                    chosen, best = [*base, *some], grant
        free = [claim for claim in claims if claim not in touching]
        amounts = {
            find_key(claim): self._find_due(self._evaluator, claim, is_most=is_most)
            for claim in free
        }
        return _Grant(best.amounts | amounts, best.losses, best.unsure)

    def _touches(self, claim: Finding, claims: Iterable[Finding]) -> bool:
        """Whether a claim can change what another brings or what is received, or be changed."""
        touched = _list_touched(self._statement, claim.programme)
        return any(
            other.programme in touched and _may_meet(claim, other) for other in self._received
        ) or any(
            _may_meet(claim, other)
            and (
                other.programme in touched
                or claim.programme in _list_touched(self._statement, other.programme)
            )
            for other in claims
        )

    def _grant(self, claims: Sequence[Finding], *, is_most: bool) -> _Grant:
        """Return what claims bring if all are granted, and what is then given up."""
        if not claims:
            return _Grant()
        answers: dict[tuple[int, str], int | str | None] = dict.fromkeys(
            map(self._find_receipt, claims), 1
        )
        lost: list[Finding] = []
        while True:
            supposed = self._evaluator.suppose(answers)
            gone = [
                each
                for each in self._received
                if each not in lost and self._is_lost(supposed, each)
            ]
            if not gone:
                break
            lost += gone
            answers |= dict.fromkeys(map(self._find_receipt, gone), 0)
        amounts = {
            find_key(claim): self._find_due(supposed, claim, is_most=is_most)
            for claim in claims
            if self._may_be_had(supposed, claim)
        }
        losses = {
            find_key(each): self._find_loss(supposed, each, is_lost=each in lost, is_most=is_most)
            for each in self._received
            if each in lost or any(self._is_touched(each, claim) for claim in claims)
        }
        known = {key: loss for key, loss in losses.items() if loss is not None}
        unknown = [each for each in self._received if losses.get(find_key(each), 0) is None]
        unsure = {
            find_key(claim)
            for claim in claims
            if any(each in lost or self._is_touched(each, claim) for each in unknown)
        }
        return _Grant(amounts, known, frozenset(unsure))

    def _is_touched(self, received: Finding, claim: Finding) -> bool:
        """Whether a claim can bar something received, or change its amount."""
        touched = _list_touched(self._statement, claim.programme)
        return received.programme in touched and _may_meet(received, claim)

    def _find_receipt(self, finding: Finding) -> tuple[int, str]:
        """Return the place of a finding's unit, and the column of whether it receives it."""
        place = HOUSEHOLD if finding.member_no is None else self._places[finding.member_no]
        return place, format_column_name(ColumnKind.RECEIVES, finding.programme)

    def _find_row(self, evaluator: Evaluator, finding: Finding) -> UnitRow | None:
        """Return the row of a finding's member; None for the household."""
        if finding.member_no is None:
            return None
        return evaluator.members[self._places[finding.member_no]]

    def _read(self, evaluator: Evaluator, kind: ColumnKind, finding: Finding) -> bool | None:
        """Return a truth of the programme and unit of a finding."""
        name = format_column_name(kind, finding.programme)
        return evaluator.column(name, self._find_row(evaluator, finding))

    def _may_be_had(self, supposed: Evaluator, claim: Finding) -> bool:
        """Whether a claim is neither barred nor refused beside what else is supposed."""
        is_barred = self._read(supposed, ColumnKind.BARRED, claim)
        return not is_barred and (
            claim.status == Status.UNLOCKED
            or self._read(supposed, ColumnKind.ELIGIBLE, claim) is not False
        )

    def _is_lost(self, supposed: Evaluator, received: Finding) -> bool:
        """Whether something received is barred by what is supposed, or no longer due at all."""
        if self._read(supposed, ColumnKind.BARRED, received):
            return not self._read(self._evaluator, ColumnKind.BARRED, received)
        is_eligible = self._read(self._evaluator, ColumnKind.ELIGIBLE, received)
        return bool(is_eligible) and (
            self._read(supposed, ColumnKind.ELIGIBLE, received) is False
            or (
                self._find_range(supposed, received).high == 0
                and self._find_range(self._evaluator, received).high > 0
            )
        )

    def _find_loss(
        self, supposed: Evaluator, received: Finding, *, is_lost: bool, is_most: bool
    ) -> int | None:
        """Return the fen a year less of something received; None if that is unknown.

        As much less as is due: if what is due is unknown, all or, with `is_most`, nothing.
        """
        paid = received.amount_fen if received.paid_fen is None else received.paid_fen
        before, after = (self._find_range(each, received) for each in (self._evaluator, supposed))
        less: int | None = paid
        if not is_lost:
            if before.known is not None and after.known is not None:
                difference = max(0, _round(before.known - after.known))
                less = difference if paid is None else min(difference, paid)
            elif is_most:
                less = 0
        times = TIMES_A_YEAR[received.amount_period]
        return (0 if is_most else None) if less is None else less * times

    def _find_range(self, evaluator: Evaluator, finding: Finding) -> Range:
        """Return the range of what is due per period; 0 if no amount applies."""
        rules = self._statement.rules[finding.programme]
        return evaluator.amount(rules, self._find_row(evaluator, finding)) or ZERO_RANGE

    def _find_due(self, evaluator: Evaluator, claim: Finding, *, is_most: bool) -> int:
        """Return the fen a year that a claim brings; at least, no more than it brings alone."""
        due = self._find_range(evaluator, claim)
        end = due.high if is_most else due.low
        fen = 0 if end == math.inf else max(0, _round(end))
        if not is_most and claim.amount_fen is not None:
            fen = min(fen, claim.amount_fen)
        return fen * TIMES_A_YEAR[claim.amount_period]

    def _spread_losses(self, grant: _Grant) -> dict[FindingKey, int]:
        """Return the amounts of claims less what is given up, first for those that replace it."""
        gains = dict(grant.amounts)
        for (programme, _member_no), loss in grant.losses.items():
            rest = loss
            for key in sorted(gains, key=lambda key: not self._replaces(key, programme)):
                taken = min(rest, gains[key])
                gains[key] -= taken
                rest -= taken
        return gains

    def _replaces(self, claim: FindingKey, programme: str) -> bool:
        """Whether a claim can bar a programme, or change its amount."""
        return programme in _list_touched(self._statement, claim[0])


def _round(fen: RangeEnd) -> int:
    """Return whole fen, halves rounded up as the statement does."""
    return math.floor(fen + Fraction(1, 2))


def _may_meet(finding: Finding, other: Finding) -> bool:
    """Whether two findings are different ones, and not of two members."""
    if find_key(finding) == find_key(other):
        return False
    return None in (finding.member_no, other.member_no) or finding.member_no == other.member_no


def _split(claims: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Yield parts of the claims whose sets are tried apart: all, if they are few."""
    if len(claims) <= _MOST_TRIED:
        yield list(claims)
        return
    for owner in dict.fromkeys(claim.member_no for claim in claims):
        yield [claim for claim in claims if claim.member_no == owner]


def _list_sets(claims: Sequence[Finding]) -> Iterator[Sequence[Finding]]:
    """Yield every set of some claims but the empty one, small sets first."""
    for count in range(1, len(claims) + 1):
        yield from combinations(claims, count)
