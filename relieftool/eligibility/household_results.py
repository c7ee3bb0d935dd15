"""Evaluates households and returns all that is kept of each: findings, priority, results."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache

from sqlite_utils import Database

from relieftool.eligibility.claim_values import ClaimSets, set_questions
from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    compile_for_register,
    find_doubts,
    read_truth,
    stream_households,
)
from relieftool.eligibility.finding_basis import FindingBasis
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Asked,
    Finding,
    HouseholdResult,
    IndicatorTruth,
    PriorityFinding,
    RuleSummary,
    Status,
    format_results,
    name_missing,
    sum_per_month,
)
from relieftool.eligibility.household_findings import find_household_findings
from relieftool.eligibility.roster_coverage import find_roster_coverage
from relieftool.eligibility.rule_warnings import list_assumed_amounts, list_missing_parameters
from relieftool.eligibility.situations import share_situations
from relieftool.eligibility.worlds import list_worlds, suppose_findings
from relieftool.pack.facts import PAID
from relieftool.pack.models import Indicator, Pack
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.lower_bounds import find_bounded, list_least_known
from relieftool.rules.minimal_questions import MinimalQuestions
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.truth import decide_all, decide_any
from relieftool.values.stored_values import UnitRow


class HouseholdEvaluator:
    """Evaluates households of a register, some at a time, under a pack as of a day.

    The statement and what was found out about questions serve as long as the complete rosters, and
    the facts that are in doubt anywhere, stay the same. If `is_anew`, nothing that was found of one
    household serves another.
    """

    def __init__(self, db: Database, pack: Pack, as_of: dt.date, *, is_anew: bool = False) -> None:
        self._is_anew = is_anew
        self._db = db
        self._pack = pack
        self._as_of = as_of
        self._basis: object = None

    def evaluate(self, numbers: Collection[str]) -> Iterator[HouseholdResult]:
        """Yield the results of some households, which must all be read from one state."""
        self._prepare()
        for household in stream_households(self._db, self._evaluation.statement, numbers):
            yield self._find_result(household)

    def _prepare(self) -> None:
        """Compile the rules, unless that was done for the same complete rosters and doubts."""
        basis = find_roster_coverage(self._db, self._pack, self._as_of), find_doubts(self._db)
        if basis == self._basis:
            return
        self._basis = basis
        statement = compile_for_register(self._db, self._pack, self._as_of)
        self._evaluation = Evaluation(statement, ())
        self._situations = share_situations(statement)
        self.summary, self._openers, self._assumed = _sum_up(statement)
        self._columns = [
            (
                unit,
                format_column_name(ColumnKind.INDICATOR, criterion)
                if programme == "priority"
                else format_column_name(ColumnKind.CRITERION, programme, criterion),
            )
            for programme, criterion, unit in self.summary.asked
        ]

    def _find_result(self, household: Household) -> HouseholdResult:
        """Return the results of a household that are kept; computed once for each situation."""
        evaluator = household.evaluator(self._evaluation.statement)
        if self._is_anew:
            self._evaluation.question_memo.found.clear()
            return self._compute_result(household, evaluator)
        situation = self._situations.describe(evaluator)
        known = self._situations.find(situation, household)
        if known is not None:
            questions = MinimalQuestions(evaluator, self._evaluation.question_memo)
            return replace(known, findings=set_questions(questions, household, known.findings))
        found = self._compute_result(household, evaluator)
        self._situations.keep(situation, household, found)
        return found

    def _compute_result(self, household: Household, evaluator: Evaluator) -> HouseholdResult:
        """Return the results of a household, which nothing is known of."""
        findings = find_household_findings(
            self._evaluation, household, with_ineligible=False, evaluator=evaluator
        )
        priority, is_priority = _decide_priority(
            evaluator, household, findings, self._openers, self._assumed
        )
        rows = {"household": [household.row], "member": [each.row for each in household.members]}
        results = format_results(
            [row[column] for row in rows[unit]] for unit, column in self._columns
        )
        claims = ClaimSets(evaluator, household, findings)
        least = claims.find_least()
        most = max(least, _find_most_together(evaluator, household, findings, claims))
        number = household.household_no
        bounds = least, most, claims.is_without_limit()
        return HouseholdResult(number, findings, priority, is_priority, results, *bounds)


def _find_most_together(
    evaluator: Evaluator, household: Household, findings: Sequence[Finding], claims: ClaimSets
) -> int:
    """Return the most that open claims bring in a year in any one world that is possible."""
    worlds = list_worlds(evaluator, findings, with_receipts=True)
    if not worlds:
        return claims.find_most()
    return max(
        ClaimSets(world, household, suppose_findings(world, household, findings)).find_most()
        for world in worlds
    )


@lru_cache(maxsize=8)
def _sum_up(statement: Statement) -> tuple[RuleSummary, frozenset[str], frozenset[str]]:
    """Return what is kept of the rules, the programmes others refer to, and the assumed amounts.

    The last are the programmes whose amounts are only assumed.
    """
    summary = RuleSummary(
        list_missing_parameters(statement),
        list_missing_parameters(statement, with_priority=True),
        tuple(_list_asked(statement)),
    )
    openers = {other for name in statement.in_force for other in statement.rules[name].references}
    return summary, frozenset(openers), frozenset(list_assumed_amounts(statement))


def _list_asked(statement: Statement) -> Iterator[Asked]:
    """Yield the criteria of the programmes in force, then the indicators."""
    for name, rules in statement.rules.items():
        if name in statement.in_force:
            for criterion in rules.criteria:
                yield name, criterion, rules.programme.unit
    for indicator in statement.indicators:
        yield "priority", indicator, "household"


def _decide_priority(
    evaluator: Evaluator,
    household: Household,
    findings: Sequence[Finding],
    openers: Collection[str],
    assumed: Collection[str],
) -> tuple[PriorityFinding, bool | None]:
    """Return a household's finding, and whether it is a priority household (None: unknown).

    `findings` are those of the household that are not ineligible, with their grounds; `openers` are
    programmes that others refer to, `assumed` those whose amounts are only assumed. What is missing
    is only found for households that may have priority.
    """
    indicators = evaluator.statement.pack.priority.indicators
    reasons = tuple(_read_indicator(indicator, household) for indicator in indicators)
    gains, more = sum_gains_per_month(findings, openers, assumed)
    resources, spending, line, higher = _read_money(evaluator.statement, household.row)
    known = None if resources is None else resources + gains - (spending or 0)
    is_open = spending is None or more != 0
    finding = PriorityFinding(
        *(household.household_no, household.community, household.head, len(household.members)),
        *(reasons, None if is_open else known, line),
        as_due=tuple(each.programme for each in findings if _is_taken_as_due(each)),
        left_known_fen=known,
    )
    below = decide_any([is_below(resources, gains, spending, line, more=more), higher])
    is_priority = decide_all([below, decide_any(reason.truth for reason in reasons)])
    if is_priority is False:
        return finding, False
    asks = _list_asks(evaluator, findings, is_open=is_priority is None and more != 0)
    is_private = evaluator.is_based_on_private(evaluator.statement.money["resources"], None)
    found = replace(finding, missing=name_missing(asks), asks=asks, is_private=is_private)
    return found, is_priority


def _read_money(
    statement: Statement, row: UnitRow
) -> tuple[int | None, int | None, int | None, bool | None]:
    """Return a household's resources, spending and line, and whether the line may be higher."""
    resources, spending, line = (_read_int(row[name]) for name in ("resources", "spending", "line"))
    return resources, spending, line, _is_line_higher(statement)


@lru_cache(maxsize=8)
def _is_line_higher(statement: Statement) -> bool | None:
    """Return None if the line may be higher than the least that is known of it, otherwise False."""
    least = list_least_known(statement.pack, statement.as_of)
    return None if find_bounded(statement.money["line"], least) else False


def _list_asks(
    evaluator: Evaluator, findings: Sequence[Finding], *, is_open: bool
) -> tuple[str, ...]:
    """Return what is unknown of priority, and which payments are unknown.

    If `is_open`, also what leaves benefits open that are paid every month or year.
    """
    missing = FindingBasis(evaluator).missing_for_priority()
    missing += [
        name
        for finding in findings
        if is_open
        and finding.status == Status.UNDETERMINED
        and finding.amount_period in TIMES_A_YEAR
        for name in finding.asks
    ]
    missing += [f"{PAID}{each.programme}" for each in findings if _is_of_unknown_pay(each)]
    return tuple(dict.fromkeys(missing))


def _read_indicator(indicator: Indicator, household: Household) -> IndicatorTruth:
    """Return an indicator with its value in the household's row."""
    truth = read_truth(household.row, ColumnKind.INDICATOR, indicator.id)
    return IndicatorTruth(indicator.id, truth, _read_weight(indicator.weight))


_read_weight = cache(Fraction)


def _read_int(value: int | str | None) -> int | None:
    """Return an amount in a row; None if it is unknown."""
    return value if isinstance(value, int) else None


def sum_gains_per_month(
    findings: Iterable[Finding], openers: Collection[str] = (), assumed: Collection[str] = ()
) -> tuple[int, int | None]:
    """Return the benefits received or claimable, and the most that may come on top of them.

    Both are fen per month. Undetermined benefits may come on top. The second is None if there is no
    upper bound: an amount is unknown, or the benefit is one of the `openers`, which may make others
    claimable. Benefits paid only once and ineligible findings do not count, nor do benefits that
    are not received and whose amount is only `assumed`: nobody is taken off a list for their sake.
    """
    counted = [
        finding
        for finding in findings
        if finding.amount_period in TIMES_A_YEAR
        and finding.status != Status.INELIGIBLE
        and (finding.status in RECEIVED_STATUSES or finding.programme not in assumed)
    ]
    more = [_find_most(finding, openers) for finding in counted if _find_gain(finding) is None]
    gains = sum_per_month(_find_gain(finding) for finding in counted)
    return gains, None if None in more else sum_per_month(more)


def _find_most(finding: Finding, openers: Collection[str]) -> int | None:
    """Return the most that a benefit can bring in fen per year; None if there is no upper bound."""
    is_bounded = finding.status == Status.UNDETERMINED and finding.programme not in openers
    if not is_bounded or finding.amount_fen is None:
        return None
    return finding.amount_fen * TIMES_A_YEAR[finding.amount_period]


def _find_gain(finding: Finding) -> int | None:
    """Return the fen that a finding brings in a year; None if that is unknown."""
    if finding.status in CLAIMABLE_STATUSES:
        return finding.gain_fen_per_year
    paid = finding.amount_fen if finding.paid_fen is None else finding.paid_fen
    if finding.status in RECEIVED_STATUSES and paid is not None:
        return paid * TIMES_A_YEAR[finding.amount_period]
    return None


def _is_taken_as_due(finding: Finding) -> bool:
    """Whether what is due is taken for what is paid, which is unknown."""
    return _is_of_unknown_pay(finding) and finding.amount_fen is not None


def _is_of_unknown_pay(finding: Finding) -> bool:
    """Whether a benefit is received every month or year, and how much is paid is unknown."""
    is_received = finding.status in RECEIVED_STATUSES and finding.amount_period in TIMES_A_YEAR
    return is_received and finding.paid_fen is None


def is_below(
    resources: int | None,
    gains: int,
    spending: int | None,
    line: int | None,
    *,
    more: int | None,
) -> bool | None:
    """Whether what is left to live on is below the line; None if it depends on an unknown amount.

    Unknown spending can only lower what is left. `more` is the most that may still come on top of
    the gains, and can only raise it; None: it has no upper bound.

    >>> is_below(500, 100, 0, 600, more=0), is_below(500, 99, 0, 600, more=0)
    (False, True)
    >>> is_below(500, 0, None, 600, more=0), is_below(700, 0, 0, 600, more=None)
    (True, False)
    >>> is_below(500, 0, 0, 600, more=99), is_below(500, 0, 0, 600, more=100)
    (True, None)
    """
    if resources is None or line is None:
        return None
    least_spent = 0 if spending is None else spending  # a lower bound, not a guess
    if more is not None and resources + gains + more - least_spent < line:
        return True
    is_enough = spending is not None and resources + gains - spending >= line
    return False if is_enough else None
