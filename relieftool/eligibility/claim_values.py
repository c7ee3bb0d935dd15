"""Computes what claims and open questions are worth.

A claim can bar a benefit or lower its amount: whoever draws tekun no longer counts for dibao. So
claims are supposed to be granted together, and what is due then is added up, less what is given up.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache, partial, reduce
from operator import or_

from relieftool.eligibility.evaluation import Household, Member
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Finding,
    QuestionValue,
    Status,
    replace_fields,
    round_per_month,
    sum_per_month,
)
from relieftool.pack.facts import Owner, Period
from relieftool.rules import syntax
from relieftool.rules.compiled_rules import Reads, Scope, compile_rules
from relieftool.rules.evaluator import HOUSEHOLD, ZERO_RANGE, Evaluator, Range, RangeEnd
from relieftool.rules.lower_bounds import find_bounded, list_least_known
from relieftool.rules.minimal_questions import MinimalQuestions, Question
from relieftool.rules.programme_rules import ProgrammeRules, build_and, build_or
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import TRUTH, ColumnRef, Node, Not, Receives
from relieftool.values.stored_values import UnitRow

_FindingKey = tuple[str, str | None]  # programme and member: identifies a finding of one household
_Cell = tuple[int, str]  # the place of a member, or HOUSEHOLD, and a column
_Answers = dict[_Cell, int | str | None]
# A claim that rests on more others is taken for what it brings if nothing is known of them.
_MOST_FELT = 10


def _find_key(finding: Finding) -> _FindingKey:
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


@lru_cache(maxsize=256)
def _list_receipts_read(statement: Statement, programme: str) -> Reads:
    """Return the receipts that a programme's rules read, however far below."""
    compiled, rules = compile_rules(statement), statement.rules[programme]
    columns = [
        format_column_name(kind, programme) for kind in (ColumnKind.BARRED, ColumnKind.ELIGIBLE)
    ]
    nodes = [compiled.refer_to(column) for column in columns]
    nodes += [node for case in rules.amounts for node in case if node is not None]
    read = frozenset[tuple[Scope, str]]().union(*(compiled.part(node).reads for node in nodes))
    receipts = {format_column_name(ColumnKind.RECEIVES, name) for name in statement.rules}
    return frozenset((scope, column) for scope, column in read if column in receipts)


@dataclass(frozen=True)
class Worth:
    """An amount that rests on which claims of some places are granted."""

    places: frozenset[int]
    find: Callable[[frozenset[int]], int]


def choose_claims(worths: Iterable[Worth]) -> tuple[int, tuple[int, ...]]:
    """Return the most that some worths add up to, and the places of the claims granted for it.

    Of several such sets, the smallest is returned, and of these the first. Claims are decided one
    after the other. Of the sets that no later worth can tell apart, the best is kept: each set is
    covered without trying it. It is quick where few claims are still read by a later worth, so the
    claims of the worth that lacks the fewest come next.
    """
    waiting = [_MaskedWorth(worth) for worth in worths]
    best: dict[int, tuple[int, int, tuple[int, ...]]] = {0: (0, 0, ())}  # less the total, size, set
    decided = 0
    while waiting:
        lacking = min((worth.mask & ~decided for worth in waiting), key=int.bit_count)
        due = [worth for worth in waiting if not worth.mask & ~(decided | lacking)]
        for place in range(lacking.bit_length()):
            if lacking >> place & 1:
                best |= {
                    granted | 1 << place: (lack, size + 1, tuple(sorted((*chosen, place))))
                    for granted, (lack, size, chosen) in best.items()
                }
        decided |= lacking
        waiting = [worth for worth in waiting if worth.mask & ~decided]
        best = _keep_best(best, due, reduce(or_, (worth.mask for worth in waiting), 0))
    lack, _size, chosen = best[0]
    return -lack, chosen


def _keep_best(
    sets: dict[int, tuple[int, int, tuple[int, ...]]], due: Sequence["_MaskedWorth"], read: int
) -> dict[int, tuple[int, int, tuple[int, ...]]]:
    """Add what some worths bring to each set; keep the best of those alike in what is read."""
    best: dict[int, tuple[int, int, tuple[int, ...]]] = {}
    for granted, (lack, size, chosen) in sets.items():
        found = lack - sum(worth[granted & worth.mask] for worth in due), size, chosen
        other = best.get(granted & read)
        if other is None or found < other:
            best[granted & read] = found
    return best


class _MaskedWorth(dict[int, int]):
    """What a worth is for each set of claims, a bit for each place, found when first asked for."""

    def __init__(self, worth: Worth) -> None:
        self._worth = worth
        self.mask = sum(1 << place for place in worth.places)

    def __missing__(self, granted: int) -> int:
        places = frozenset(place for place in self._worth.places if granted >> place & 1)
        found = self[granted] = self._worth.find(places)
        return found


@dataclass(frozen=True)
class _Grant:
    """What some claims bring a year if all are granted, and what is given up for them, in fen.

    `unsure` are the claims for which a benefit of an unknown amount is given up.
    """

    amounts: dict[_FindingKey, int]
    losses: dict[_FindingKey, int]
    unsure: frozenset[_FindingKey]


class ClaimSets:
    """Finds the best set of claims of a household, whose findings are known.

    Of what is supposed, an evaluation gets only what it reads, so that it serves all sets of claims
    that are alike in that. With `is_most` every unknown is taken for what brings most, otherwise
    for what brings least.
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
        self._supposed: dict[frozenset[tuple[_Cell, int | str | None]], Evaluator] = {}

    def find_gains(self) -> dict[_FindingKey, int | None]:
        """Return what each claim adds in a year if the best set of claims is granted.

        Unlocked programmes come on top of the best set of unclaimed ones. None if that is unknown;
        claims without yearly money are left out.
        """
        gains: dict[_FindingKey, int | None] = {}
        granted: list[Finding] = []
        for status in (Status.UNCLAIMED, Status.UNLOCKED):
            claims = [finding for finding in self._findings if finding.status == status]
            best = self._grant_best(
                [each for each in claims if each.amount_fen is not None], granted
            )
            spread = self._spread_losses(best)
            for claim in claims:
                key = _find_key(claim)
                is_unknown = claim.amount_fen is None or key in best.unsure
                gains[key] = None if is_unknown else spread.get(key, 0)
            granted += [claim for claim in claims if _find_key(claim) in best.amounts]
        return gains

    def find_least(self) -> int:
        """Return the least that sure claims add in a year.

        Of a claim that touches nothing else, an amount within a range adds its least. The gain of
        each claim must have been found before.
        """
        claims = [finding for finding in self._findings if finding.status == Status.UNCLAIMED]
        unknown = [claim for claim in claims if claim.amount_fen is None]
        apart = [claim for claim in unknown if not self._touches(claim, claims)]
        least = sum(self._find_due(self._evaluator, claim, is_most=False) for claim in apart)
        return least + sum(claim.gain_fen_per_year or 0 for claim in claims)

    def find_most(self) -> int:
        """Return the most that sure and open claims can bring in a year.

        An amount without an upper bound counts with its known part, and `is_without_limit` is true.
        The gain of each claim must have been found before.
        """
        wanted = (Status.UNCLAIMED, Status.UNDETERMINED)
        claims = [finding for finding in self._findings if finding.status in wanted]
        if all(
            claim.status == Status.UNCLAIMED and claim.gain_fen_per_year is not None
            for claim in claims
        ):
            return sum(claim.gain_fen_per_year or 0 for claim in claims)
        touching = [claim for claim in claims if self._touches(claim, claims)]
        most, _places = self._find_set(touching, (), is_most=True)
        free = [claim for claim in claims if claim not in touching]
        return most + sum(self._find_due(self._evaluator, claim, is_most=True) for claim in free)

    def is_without_limit(self) -> bool:
        """Whether a sure or open claim may bring more than anybody can tell."""
        return any(
            not has_limit(
                self._evaluator,
                self._statement.rules[finding.programme],
                self._find_row(self._evaluator, finding),
            )
            for finding in self._findings
            if finding.status in (Status.UNCLAIMED, Status.UNDETERMINED)
        )

    def _grant_best(self, claims: Sequence[Finding], granted: Sequence[Finding]) -> _Grant:
        """Return what the best set of some claims brings, beside those that are granted."""
        touching = [each for each in claims if self._touches(each, [*claims, *granted])]
        _most, places = self._find_set(touching, granted, is_most=False)
        best = self._grant([*granted, *(touching[place] for place in places)])
        due = partial(self._find_due, self._evaluator, is_most=False)
        amounts = {_find_key(claim): due(claim) for claim in claims if claim not in touching}
        return replace(best, amounts=best.amounts | amounts)

    def _find_set(
        self, claims: Sequence[Finding], granted: Sequence[Finding], *, is_most: bool
    ) -> tuple[int, tuple[int, ...]]:
        """Return what the best set of some claims brings, and the places of the claims in it."""
        return choose_claims(self._build_worths(claims, granted, is_most=is_most))

    def _build_worths(
        self, claims: Sequence[Finding], granted: Sequence[Finding], *, is_most: bool
    ) -> Iterator[Worth]:
        """Yield what each claim brings, and less what of each benefit received is given up."""
        for finding in (*claims, *granted, *self._received):
            places = self._list_felt(finding, claims)
            if len(places) <= _MOST_FELT:
                weigh = partial(self._weigh, finding, claims, granted, is_most=is_most)
                yield Worth(places, weigh)
            elif finding in claims:
                weigh = partial(self._weigh_alone, finding, claims, is_most=is_most)
                yield Worth(frozenset({claims.index(finding)}), weigh)

    def _weigh(
        self,
        finding: Finding,
        claims: Sequence[Finding],
        granted: Sequence[Finding],
        places: frozenset[int],
        *,
        is_most: bool,
    ) -> int:
        """Return the fen a year of a claim, or less what is given up, if some are granted."""
        chosen = [*granted, *(claims[place] for place in sorted(places))]
        if finding in self._received:
            answers, lost = self._answer(chosen)
            return -(self._find_given_up(finding, chosen, answers, lost, is_most=is_most) or 0)
        if finding not in chosen:
            return 0
        answers, _lost = self._answer(chosen)
        return self._find_brought(finding, answers, is_most=is_most) or 0

    def _weigh_alone(
        self,
        finding: Finding,
        claims: Sequence[Finding],
        places: frozenset[int],
        *,
        is_most: bool,
    ) -> int:
        """Return the fen a year of a claim if it is unknown which others are granted."""
        if not places:
            return 0
        others = map(self._find_receipt, (*claims, *self._received))
        answers: _Answers = {**dict.fromkeys(others), self._find_receipt(finding): 1}
        return self._find_brought(finding, answers, is_most=is_most) or 0

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

    def _list_felt(self, finding: Finding, claims: Sequence[Finding]) -> frozenset[int]:
        """Return the places of the claims that can change what a finding brings, and its own."""
        changed = [finding]
        for each in changed:  # grows: what is received may be given up, which can change others
            changed += [
                other
                for other in self._received
                if other not in changed and self._feels(each, other)
            ]
        return frozenset(
            place
            for place, claim in enumerate(claims)
            if claim is finding or any(self._feels(each, claim) for each in changed)
        )

    def _feels(self, finding: Finding, other: Finding) -> bool:
        """Whether a finding can change if another is granted or given up."""
        return self._is_touched(finding, other) or self._reads(finding, self._find_receipt(other))

    def _reads(self, finding: Finding, receipt: _Cell) -> bool:
        """Whether the rules of a finding read whether something is received."""
        place, column = receipt
        read = _list_receipts_read(self._statement, finding.programme)
        is_own = place == self._find_receipt(finding)[0] and ("own", column) in read
        return is_own or ("home" if place == HOUSEHOLD else "each", column) in read

    def _suppose(self, finding: Finding, answers: _Answers) -> Evaluator:
        """Return the household with those answers that the rules of a finding read."""
        read = frozenset(item for item in answers.items() if self._reads(finding, item[0]))
        if not read:
            return self._evaluator
        if read not in self._supposed:
            self._supposed[read] = self._evaluator.suppose(dict(read))
        return self._supposed[read]

    def _grant(self, claims: Sequence[Finding]) -> _Grant:
        """Return what claims bring at least if all are granted, and what is then given up."""
        answers, lost = self._answer(claims)
        brought = {
            _find_key(claim): self._find_brought(claim, answers, is_most=False) for claim in claims
        }
        losses = {
            _find_key(each): self._find_given_up(each, claims, answers, lost, is_most=False)
            for each in self._received
        }
        unknown = [each for each in self._received if losses[_find_key(each)] is None]
        return _Grant(
            {key: fen for key, fen in brought.items() if fen is not None},
            {key: fen for key, fen in losses.items() if fen is not None},
            frozenset(
                _find_key(claim)
                for claim in claims
                if any(each in lost or self._is_touched(each, claim) for each in unknown)
            ),
        )

    def _answer(self, claims: Sequence[Finding]) -> tuple[_Answers, list[Finding]]:
        """Return the receipts that change if claims are granted, and what is given up for them."""
        answers: _Answers = dict.fromkeys(map(self._find_receipt, claims), 1)
        lost: list[Finding] = []
        while gone := [
            each
            for each in self._received
            if each not in lost and self._is_lost(self._suppose(each, answers), each)
        ]:
            lost += gone
            answers |= dict.fromkeys(map(self._find_receipt, gone), 0)
        return answers, lost

    def _find_brought(self, claim: Finding, answers: _Answers, *, is_most: bool) -> int | None:
        """Return the fen a year that a claim brings; None if it cannot be had."""
        if any(answers.get(receipt) == 1 for receipt in self._list_excluding(claim)):
            return None  # known without looking at the rules again
        supposed = self._suppose(claim, answers)
        if not self._may_be_had(supposed, claim):
            return None
        return self._find_due(supposed, claim, is_most=is_most)

    def _find_given_up(
        self,
        received: Finding,
        claims: Iterable[Finding],
        answers: _Answers,
        lost: Sequence[Finding],
        *,
        is_most: bool,
    ) -> int | None:
        """Return the fen a year of something received that is given up; None if that is unknown."""
        is_lost = received in lost
        if not is_lost and not any(self._is_touched(received, claim) for claim in claims):
            return 0
        supposed = self._suppose(received, answers)
        return self._find_loss(supposed, received, is_lost=is_lost, is_most=is_most)

    def _is_touched(self, received: Finding, claim: Finding) -> bool:
        """Whether a claim can bar something received, or change its amount."""
        touched = _list_touched(self._statement, claim.programme)
        return received.programme in touched and _may_meet(received, claim)

    def _find_receipt(self, finding: Finding) -> tuple[int, str]:
        """Return the place of a finding's unit, and the column of whether it receives it."""
        place = HOUSEHOLD if finding.member_no is None else self._places[finding.member_no]
        return place, format_column_name(ColumnKind.RECEIVES, finding.programme)

    def _list_excluding(self, claim: Finding) -> Iterator[_Cell]:
        """Yield the receipts of the same unit, or of a member's household, that bar a claim."""
        rules = self._statement.rules
        own, _column = self._find_receipt(claim)
        for exclusion in rules[claim.programme].programme.excludes:
            is_of_household = rules[exclusion.programme].programme.unit == "household"
            if is_of_household or own != HOUSEHOLD:
                place = HOUSEHOLD if is_of_household else own
                yield place, format_column_name(ColumnKind.RECEIVES, exclusion.programme)

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
        fen = 0 if math.isinf(end) else max(0, _round(end))
        if not is_most and claim.amount_fen is not None:
            fen = min(fen, claim.amount_fen)
        return fen * TIMES_A_YEAR[claim.amount_period]

    def _spread_losses(self, grant: _Grant) -> dict[_FindingKey, int]:
        """Return the amounts of claims less what is given up, first for those that replace it."""
        gains = dict(grant.amounts)
        for (programme, _member_no), loss in grant.losses.items():
            rest = loss
            for key in sorted(gains, key=lambda key: not self._replaces(key, programme)):
                taken = min(rest, gains[key])
                gains[key] -= taken
                rest -= taken
        return gains

    def _replaces(self, claim: _FindingKey, programme: str) -> bool:
        """Whether a claim can bar a programme, or change its amount."""
        return programme in _list_touched(self._statement, claim[0])


def set_gains(
    evaluator: Evaluator, household: Household, findings: Sequence[Finding]
) -> list[Finding]:
    """Return the findings of a household, each claim with what it adds in a year."""
    if all(finding.status not in CLAIMABLE_STATUSES for finding in findings):
        return list(findings)
    gains = ClaimSets(evaluator, household, findings).find_gains()
    return [
        replace_fields(finding, gain_fen_per_year=gains[_find_key(finding)])
        if _find_key(finding) in gains
        else finding
        for finding in findings
    ]


def has_limit(evaluator: Evaluator, rules: ProgrammeRules, member: UnitRow | None) -> bool:
    """Whether it is known what a benefit of a unit is at most.

    It is not known where a fact without an upper bound is unknown, or where the amount rests on a
    value of the law of which only the least is known.
    """
    due = evaluator.amount(rules, member)
    if due is None:
        return True
    least = _list_least(evaluator.statement)
    return due.high != math.inf and not any(
        find_bounded(value, least) and (when is None or evaluator.truth(when, member) is not False)
        for when, value in (rules.amounts if least else ())
    )


@lru_cache(maxsize=8)
def _list_least(statement: Statement) -> frozenset[str]:
    """Return the lines and amounts of which only the least is known on the day."""
    return list_least_known(statement.pack, statement.as_of)


def _round(fen: RangeEnd) -> int:
    """Return whole fen, halves rounded up as the statement does."""
    return math.floor(fen + Fraction(1, 2))


def _may_meet(finding: Finding, other: Finding) -> bool:
    """Whether two findings are different ones, and not of two members."""
    if _find_key(finding) == _find_key(other):
        return False
    return None in (finding.member_no, other.member_no) or finding.member_no == other.member_no


def _per_year(fen: int | None, period: Period | None) -> int | None:
    """Return an amount per period in fen per year; None if it is unknown or paid only once."""
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else fen * times


def set_questions(
    questions: MinimalQuestions, household: Household, findings: Sequence[Finding]
) -> list[Finding]:
    """Return the findings of a household, the open ones with a function that finds what to ask."""
    return [
        _make_askable(questions, household, finding, findings)
        if finding.status == Status.UNDETERMINED
        else finding
        for finding in findings
    ]


def _make_askable(
    questions: MinimalQuestions,
    household: Household,
    open_finding: Finding,
    findings: Iterable[Finding],
) -> Finding:
    """Return an open finding with a function that searches what to ask, once."""
    found: list[QuestionValue] = []  # not `cache`: to make one takes longer than all else here

    def find() -> QuestionValue:
        if not found:
            number = open_finding.member_no
            member = next((each for each in household.members if each.member_no == number), None)
            rules = questions.evaluator.statement.rules[open_finding.programme]
            replaced = _find_replaced(open_finding, findings)
            found.append(find_question_value(questions, household, member, rules, replaced))
        return found[0]

    return replace_fields(open_finding, find_questions=find)


def _find_replaced(open_finding: Finding, findings: Iterable[Finding]) -> int:
    """Return the fen per month received or claimable that the claim would replace."""
    return sum_per_month(
        _per_year(
            finding.paid_fen if finding.status in RECEIVED_STATUSES else finding.amount_fen,
            finding.amount_period,
        )
        for finding in findings
        if finding.programme in open_finding.alternative_to
        and finding.status in (*RECEIVED_STATUSES, *CLAIMABLE_STATUSES)
        and (finding.member_no is None or open_finding.member_no in (None, finding.member_no))
    )


def find_question_value(
    questions: MinimalQuestions,
    household: Household,
    member: Member | None,
    rules: ProgrammeRules,
    replaced: int,
) -> QuestionValue:
    """Return the questions on an undetermined programme, and the money that depends on them.

    `replaced` are the fen per month of benefits that it would replace.
    """
    place = None if member is None else household.members.index(member)
    programme = rules.programme
    decided = questions.find(_build_decided(programme.id, programme.unit), place)
    claim = questions.find(_build_claimable(programme.id, programme.unit), place)
    most = questions.evaluator.amount(rules, member.row if member else None)
    if decided.questions and claim.proof == "impossible" and most is not None:
        most = ZERO_RANGE  # no answer can make it a claim
    elif not has_limit(questions.evaluator, rules, member.row if member else None):
        most = None
    share = _round_most(most, programme.period)
    return QuestionValue(
        _name_questions(household, decided.questions),
        _name_questions(household, claim.questions),
        decided.proof,
        claim.proof,
        None if share is None else max(0, share - replaced),
    )


def _round_most(most: Range | None, period: Period | None) -> int | None:
    """Return the monthly share of the highest possible amount; None if it has no limit."""
    if most is None:
        return None
    return round_per_month(Fraction(most.high), period)


def _build_column(kind: ColumnKind, name: str, unit: Owner) -> Node:
    """Return a node that reads a programme's column of the statement."""
    return ColumnRef(TRUTH, unit, format_column_name(kind, name))


# Cached, because what is found for a node serves the next household only if it is the same node.
@cache
def _build_claimable(name: str, unit: Owner) -> Node:
    """Return the condition that is true once a programme can be claimed."""
    return _build_column(ColumnKind.CLAIMABLE, name, unit)


@cache
def _build_decided(name: str, unit: Owner) -> Node:
    """Return the condition that is true once a programme is decided.

    It is then claimable, received or barred, or the unit is not eligible, or it gives way to a
    better programme.
    """
    eligible = _build_column(ColumnKind.ELIGIBLE, name, unit)
    gives_way = build_and(unit, (eligible, _build_column(ColumnKind.GIVES_WAY, name, unit)))
    return build_or(
        unit,
        (
            _build_claimable(name, unit),
            Not(TRUTH, unit, eligible),
            Receives(TRUTH, unit, name),
            _build_column(ColumnKind.BARRED, name, unit),
            gives_way,
        ),
    )


def _name_questions(household: Household, questions: frozenset[Question] | None) -> tuple[str, ...]:
    """Return the names of questions, the household's before the members'."""
    return tuple(
        question.name
        if question.place < 0
        else f"{household.members[question.place].member_no}:{question.name}"
        for question in sorted(questions or ())
    )
