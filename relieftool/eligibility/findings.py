"""Findings: the status of one programme for one household or member.

What depends on the status alone (its word, its urgency and the sets it belongs to) is in its row of
`Status`. Whoever reads findings needs no rules: nothing here may import them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, Literal, Self

from relieftool.messages import Message
from relieftool.pack.facts import Owner, Period
from relieftool.values.stored_values import StoredValue

# listed: calls for action, and is shown unless other statuses are asked for.
# received: the benefit is received in some way. claimable: it can be claimed.
StatusSet = Literal["listed", "received", "claimable"]
EligibilityOutcome = Literal["eligible", "ineligible", "undetermined", "not_in_force"]
# Why what is received cannot be compared with what is due: the amount due is unknown, the amount
# paid is unknown, or the last payment was made under other values of the law.
UncomparedReason = Literal["due-unknown", "paid-unknown", "other-values"]
# Whether it is proved that no fewer questions would do, or else what is known instead.
QuestionProof = Literal["fewest", "enough", "impossible", "open"]
_FEWEST_HOUSEHOLDS = 10  # among fewer households, many criteria are alike by chance
# The digits of results (as in SQL, 1 is true): those of several members of a household add up, so
# it is octal.
_DIGITS: Mapping[StoredValue, int] = {1: 1, 0: 2, None: 4}
_SINGLE_RESULTS = {1: True, 2: False, 4: None}
# Programme ("priority" for an indicator), criterion, and the unit that it is asked of.
Asked = tuple[str, str, Owner]
TIMES_A_YEAR: dict[Period | None, int] = {"month": 12, "year": 1}


class Status(StrEnum):
    """The statuses: for each its id in JSON and `--status`, the word for clerks, urgency and sets.

    Urgency 1 is the highest: a household with several findings is shown with its most urgent
    status.

    A new status needs a row here, a rule in `household_findings.decide_status`, and its
    sentences in `output.wording`. The Chinese words are in the translation catalogue.
    """

    UNCLAIMED = "unclaimed", Message("unclaimed"), 1, "listed", "claimable"
    UNLOCKED = "unlocked", Message("unlocked"), 5, "listed", "claimable"
    UNDETERMINED = "undetermined", Message("undetermined"), 6, "listed"
    UNDERPAID = "underpaid", Message("underpaid"), 2, "listed", "received"
    REVIEW = "review", Message("to review"), 4, "listed", "received"
    CONFLICT = "conflict", Message("conflict"), 3, "listed", "received"
    RECEIVING = "receiving", Message("receiving"), 7, "received"
    INELIGIBLE = "ineligible", Message("ineligible"), 8

    words: Message
    urgency: int
    sets: frozenset[StatusSet]

    def __new__(cls, status_id: str, words: Message, urgency: int, *sets: StatusSet) -> Self:
        """Create a status that is equal to its id."""
        status = str.__new__(cls, status_id)
        status._value_ = status_id
        status.words = words
        status.urgency = urgency
        status.sets = frozenset(sets)
        return status


def _list_statuses(in_set: StatusSet) -> tuple[Status, ...]:
    """Return the statuses that belong to a set, in the order of their rows."""
    return tuple(status for status in Status if in_set in status.sets)


LISTED_STATUSES = _list_statuses("listed")
RECEIVED_STATUSES = _list_statuses("received")
CLAIMABLE_STATUSES = _list_statuses("claimable")
STATUS_WORDS: Mapping[str, Message] = {status.value: status.words for status in Status}


def format_status(status: str) -> str:
    """Return the word for a status that clerks read."""
    return str(STATUS_WORDS[status])


def find_outcome(is_eligible: object) -> EligibilityOutcome:
    """Return 'eligible', 'ineligible' or, if `is_eligible` is None, 'undetermined'.

    Only for programmes in force.
    """
    return "undetermined" if is_eligible is None else "eligible" if is_eligible else "ineligible"


def sum_per_month(fen_per_year: Iterable[int | None]) -> int:
    """Return the monthly share of yearly amounts, in whole fen; unknown amounts are left out.

    >>> sum_per_month([50000, 50000, None])
    8333
    """
    return _round_month(sum(fen for fen in fen_per_year if fen is not None))


def round_per_month(fen: int | Fraction | None, period: Period | None) -> int | None:
    """Return the monthly share of an amount, in whole fen; None if unknown or paid only once.

    >>> [round_per_month(50000, period) for period in ("month", "year", "once")]
    [50000, 4167, None]
    """
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else _round_month(fen * times)


def _round_month(fen_per_year: int | Fraction) -> int:
    """Return a twelfth of a yearly amount in whole fen, halves rounded up."""
    return int((2 * fen_per_year + 12) // 24)


@dataclass(frozen=True)
class NearLine:
    """A comparison in a criterion that is close to turning.

    `holds` is whether the criterion holds. `value` is the side that rests on facts, `line` the
    other side, and `distance` how far the value is from crossing it; money in fen. `is_private` and
    `is_line_private`: the value or the line rests on a fact that only a reveal may show.
    """

    criterion: str
    holds: bool
    unit: Literal["fen", "count"]
    value: Fraction
    line: Fraction
    distance: Fraction
    is_private: bool = False
    is_line_private: bool = False

    @property
    def share(self) -> Fraction:
        """The distance as a share of the line."""
        return self.distance / abs(self.line)


@dataclass(frozen=True)
class QuestionValue:
    """The fewest questions that could decide a finding, and the fewest that could make it a claim.

    The proofs say whether it is proved that fewer would not do, or only that these are enough.
    A question is "fact" or "receipt:programme" for the household; for a member, the member number
    and a colon come first. `at_stake_fen_per_month` is the most that the claim could bring, less
    the benefits it would replace; None if it has no upper bound, is paid only once, or no amount
    can apply.
    """

    cheapest: tuple[str, ...] = ()
    cheapest_eligible: tuple[str, ...] = ()
    cheapest_proof: QuestionProof | None = None
    cheapest_eligible_proof: QuestionProof | None = None
    at_stake_fen_per_month: int | None = None


@dataclass(frozen=True)
class Finding:
    """The status of one programme for one household or member, and its grounds.

    Amounts are fen per `amount_period`; None is unknown. `paid_until` is the last day that the
    payments cover; None without a date. `uncompared` is why a received benefit cannot be compared
    with what is due; None if it can, or if there is nothing to compare. `criteria` are pairs of a
    criterion's id and whether it holds (None: unknown). `gain_fen_per_year` is what a claim adds in
    a year to what is received now; None if nothing can be claimed, or if an amount is unknown or
    paid once. `asks` is `missing` with the number of the member and | before each member's fact.
    `is_paid_to_gone`: it is paid in the name of somebody who died or moved away, or may have.
    `find_questions` finds what to ask; that takes long, so it is called when needed.
    """

    household_no: str
    community: str
    head: str | None
    member_no: str | None
    member: str | None
    programme: str
    status: Status
    amount_fen: int | None
    amount_period: Period | None
    paid_fen: int | None
    criteria: tuple[tuple[str, bool | None], ...]
    department: str
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
    unlocked_by: tuple[str, ...] = ()
    alternative_to: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    gain_fen_per_year: int | None = None
    near: tuple[NearLine, ...] = ()
    paid_until: str | None = None
    uncompared: UncomparedReason | None = None
    asks: tuple[str, ...] = ()
    is_paid_to_gone: bool = False
    find_questions: Callable[[], QuestionValue] = field(
        default=QuestionValue, compare=False, repr=False
    )

    @property
    def cheapest(self) -> tuple[str, ...]:
        """The fewest questions that could decide the finding."""
        return self.find_questions().cheapest

    @property
    def cheapest_eligible(self) -> tuple[str, ...]:
        """The fewest questions that could make it a claim."""
        return self.find_questions().cheapest_eligible

    @property
    def cheapest_proof(self) -> QuestionProof | None:
        """What is proved about `cheapest`; None if there is nothing to ask.

        "fewest": no fewer questions would do. "enough": these do, but fewer might. "impossible": no
        answers could decide it. "open": no such questions were found, and nothing is proved.
        """
        return self.find_questions().cheapest_proof

    @property
    def cheapest_eligible_proof(self) -> QuestionProof | None:
        """What is proved about `cheapest_eligible`, in the words of `cheapest_proof`."""
        return self.find_questions().cheapest_eligible_proof

    @property
    def at_stake_fen_per_month(self) -> int | None:
        """The most that it could bring per month; None without a known limit."""
        return self.find_questions().at_stake_fen_per_month


def name_missing(asks: Iterable[str]) -> tuple[str, ...]:
    """Return what is asked without the numbers of members, each name once.

    >>> name_missing(["H1-01|sex", "H1-02|sex", "deposits"])
    ('sex', 'deposits')
    """
    return tuple(dict.fromkeys(each.rpartition("|")[2] for each in asks))


def replace_fields(finding: Finding, **changes: Any) -> Finding:
    """Return a finding with other values in some fields.

    `dataclasses.replace` sets all fields one by one: a tenth of the time of a street.
    """
    changed: Finding = object.__new__(Finding)
    vars(changed).update(vars(finding) | changes)
    return changed


@dataclass(frozen=True)
class IndicatorTruth:
    """An indicator for one household: whether it is true (None: unknown), and its weight."""

    id: str
    truth: bool | None
    weight: Fraction


@dataclass(frozen=True)
class PriorityFinding:
    """The grounds on which one household has priority or not; amounts are fen per month.

    `reasons` are all indicators, also those that are false or unknown. `left_fen` is what is left
    to live on, and `line_fen` the line it is compared with; None if unknown. `missing` are the
    names of the unknown facts, receipts and parameters on which indicators or amounts depend. It
    is empty if the household surely has no priority, because then they are not searched for;
    `asks` are they with the numbers of members, as in `Finding`. `left_known_fen` is what is left
    by what is known: neither what may come on top nor unknown spending counts. `as_due` are the
    programmes of which what is due was counted, because what is paid is unknown.
    """

    household_no: str
    community: str
    head: str | None
    members: int
    reasons: tuple[IndicatorTruth, ...]
    left_fen: int | None
    line_fen: int | None
    missing: tuple[str, ...] = ()
    is_private: bool = False  # the income in left_fen rests on a fact only a reveal may show
    as_due: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    left_known_fen: int | None = None

    @property
    def is_below_by_known(self) -> bool:
        """Whether the household is below the line by the amounts that are known."""
        left, line = self.left_known_fen, self.line_fen
        return left is not None and line is not None and left < line

    @property
    def score(self) -> Fraction:
        """The sum of the weights of the indicators that are true."""
        return sum((reason.weight for reason in self.reasons if reason.truth), Fraction())

    @property
    def score_max(self) -> Fraction:
        """The score if every unknown indicator turns out to be true."""
        return sum(
            (reason.weight for reason in self.reasons if reason.truth is not False), Fraction()
        )


@dataclass(frozen=True)
class RuleSummary:
    """What an evaluation finds about the rules: parameters without a value, and the criteria.

    `unvalued` are the parameters that programmes use, `unvalued_for_priority` those that priority
    uses too. `asked` are the criteria in force and the indicators, in the order of the results.
    """

    unvalued: tuple[str, ...]
    unvalued_for_priority: tuple[str, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class HouseholdResult:
    """The evaluation of one household.

    `is_priority` is None if that is unknown; `results` is the text of `format_results`.
    `least_fen_per_year` is the least that sure claims add together, `most_fen_per_year` the most
    that sure and open claims can; `is_without_limit` if nobody can tell how much more it may be.
    """

    household_no: str
    findings: Sequence[Finding]
    priority: PriorityFinding
    is_priority: bool | None
    results: str
    least_fen_per_year: int
    most_fen_per_year: int
    is_without_limit: bool


@dataclass(frozen=True)
class ConstantCriterion:
    """A criterion with the same result for all `count` households or members.

    `truth` is this result; None is unknown. For a priority indicator, the programme is "priority".
    """

    programme: str
    criterion: str
    truth: bool | None
    count: int


def format_results(results: Iterable[Iterable[StoredValue]]) -> str:
    """Return a text with a digit for each criterion: which results it has in one household.

    >>> format_results([[1], [0, None], []])
    '160'
    """
    return "".join(_find_digit(tuple(of_criterion)) for of_criterion in results)


@cache
def _find_digit(results: tuple[StoredValue, ...]) -> str:
    """Return the digit of a criterion with these results; few combinations occur."""
    return str(sum({_DIGITS[result] for result in results}))


def find_constant_criteria(
    asked: Sequence[Asked], households: Iterable[str], members: int
) -> tuple[ConstantCriterion, ...]:
    """Return the criteria with one result for everybody; none if there are few households.

    `households` has for each the text of its results, in the order of `asked`.
    """
    occurring, count = 0, 0
    for count, results in enumerate(households, start=1):  # noqa: B007 the number of all
        occurring |= int(results or "0", 8)
    if count < _FEWEST_HOUSEHOLDS:
        return ()
    digits = map(int, f"{occurring:o}".zfill(len(asked)))
    return tuple(
        ConstantCriterion(
            programme, criterion, _SINGLE_RESULTS[digit], count if unit == "household" else members
        )
        for (programme, criterion, unit), digit in zip(asked, digits, strict=True)
        if digit in _SINGLE_RESULTS
    )
