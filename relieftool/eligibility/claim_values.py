"""What claims and open questions are worth to a household, less what would be given up for them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from relieftool.eligibility.findings import TIMES_A_YEAR, Finding
from relieftool.eligibility.statuses import CLAIMABLE_STATUSES, RECEIVING_STATUSES
from relieftool.pack.facts import Period

_Key = tuple[str, str | None]  # what a finding of one household is about: programme and member


def set_claim_values(findings: Sequence[Finding]) -> list[Finding]:
    """Say of each claim of one household what it adds, less what would be given up for it.

    What is received is given up only once, however many claims exclude it.
    """
    left = {
        _key(one): _per_year(one.paid_fen, one.amount_period)
        for one in findings
        if one.status in RECEIVING_STATUSES and one.amount_period in TIMES_A_YEAR
    }
    gains = {
        _key(claim): _gain(claim, left)
        for status in CLAIMABLE_STATUSES
        for claim in findings
        if claim.status == status
    }
    return [replace(one, gain_fen_per_year=gains.get(_key(one))) for one in findings]


def _key(finding: Finding) -> _Key:
    """Name what a finding of one household is about."""
    return finding.programme, finding.member_no


def _gain(claim: Finding, left: dict[_Key, int | None]) -> int | None:
    """Give what a claim adds in a year, and take what is given up for it out of what is left.

    None where an amount is unknown, or paid only once.
    """
    gain = _per_year(claim.amount_fen, claim.amount_period)
    for key in list(left):
        programme, member_no = key
        if programme in claim.alternative_to and member_no in (None, claim.member_no):
            received = left[key]
            if gain is None or received is None:
                return None
            left[key] = max(0, received - gain)
            gain = max(0, gain - received)
    return gain


def _per_year(fen: int | None, period: Period | None) -> int | None:
    """Turn an amount per period into one per year."""
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else fen * times


def set_net_question_values(findings: Iterable[Finding]) -> list[Finding]:
    """Take from what hangs on an open finding the benefits that it would take the place of."""
    listed = list(findings)
    return [
        one
        if one.at_stake_fen_per_month is None
        else replace(one, at_stake_fen_per_month=_net_question_value(one, listed))
        for one in listed
    ]


def _net_question_value(finding: Finding, findings: Iterable[Finding]) -> int:
    """Give what an open finding would add to what is received or can be claimed already."""
    given_up = [
        _per_year(
            one.paid_fen if one.status in RECEIVING_STATUSES else one.amount_fen, one.amount_period
        )
        for one in findings
        if one.programme in finding.alternative_to
        and one.status in (*RECEIVING_STATUSES, *CLAIMABLE_STATUSES)
        and (one.member_no is None or finding.member_no in (None, one.member_no))
    ]
    return max(0, (finding.at_stake_fen_per_month or 0) - sum_per_month(given_up))


def sum_per_month(fen_per_year: Iterable[int | None]) -> int:
    """Add up amounts of a year, leaving out unknown ones, and return a month's share in whole fen.

    >>> sum_per_month([50000, 50000, None])
    8333
    """
    return _month_of(sum(fen for fen in fen_per_year if fen is not None))


def round_per_month(fen: int | Fraction | None, period: Period | None) -> int | None:
    """Return a month's share of an amount, in whole fen; None where unknown, or paid only once.

    >>> round_per_month(50000, "month"), round_per_month(50000, "year"), round_per_month(50000, "once")
    (50000, 4167, None)
    """
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else _month_of(fen * times)


def _month_of(fen_per_year: int | Fraction) -> int:
    """Return the twelfth part in whole fen, halves up."""
    return int((2 * fen_per_year + 12) // 24)
