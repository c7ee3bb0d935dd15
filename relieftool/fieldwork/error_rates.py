"""The error rate a sample shows: of each stratum, and over all, weighted by the strata's sizes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from relieftool.fieldwork.intervals import (
    Interval,
    clopper_pearson,
    exact,
    finite_wilson,
    wilson,
)
from relieftool.fieldwork.sampling import SampleResults


@dataclass(frozen=True)
class ErrorRate:
    """What a stratum, or the whole sample, shows; None where too little was re-visited to say.

    With `is_approximate` the interval under `exact` is Clopper and Pearson's for a sample of
    unequal weights, which holds 95 % only roughly.
    """

    stratum: str | None
    households: int
    drawn: int
    revisited: int
    errors: int
    rate: Fraction | None
    wilson: Interval | None
    exact: Interval | None
    is_approximate: bool = False

    @property
    def outstanding(self) -> int:
        """Count the households drawn and not re-visited yet."""
        return self.drawn - self.revisited


def find_error_rates(results: SampleResults) -> list[ErrorRate]:
    """Give the error rate of each stratum, then of all as the last."""
    strata = [_stratum_rate(results, place) for place in range(len(results.sample.strata))]
    return [*strata, _overall(strata)]


def _stratum_rate(results: SampleResults, place: int) -> ErrorRate:
    stratum = results.sample.strata[place]
    found = [results.revisits[one] for one in stratum.drawn if one in results.revisits]
    errors = sum(not one.agrees for one in found)
    seen, size = len(found), stratum.households
    return ErrorRate(
        stratum.name,
        size,
        len(stratum.drawn),
        seen,
        errors,
        Fraction(errors, seen) if seen else None,
        finite_wilson(errors, seen, size) if seen else None,
        exact(errors, seen, size) if seen else None,
    )


def _overall(strata: Sequence[ErrorRate]) -> ErrorRate:
    """Weigh the strata by their sizes; while one has no re-visit at all, nothing can be said.

    A single stratum is all there is: what it shows is exact.
    """
    if len(strata) == 1:
        return replace(strata[0], stratum=None)
    size = sum(one.households for one in strata)
    rates = [(one.rate, Fraction(one.households, size)) for one in strata]
    known = [rate * weight for rate, weight in rates if rate is not None]
    is_known = len(known) == len(strata)
    rate = sum(known, Fraction()) if is_known else None
    by_wilson, by_exact = (None, None) if rate is None else _intervals(strata, rate, size)
    return ErrorRate(
        None,
        size,
        sum(one.drawn for one in strata),
        sum(one.revisited for one in strata),
        sum(one.errors for one in strata),
        rate,
        by_wilson,
        by_exact,
        is_approximate=rate is not None and any(one.households > one.revisited for one in strata),
    )


def _intervals(strata: Sequence[ErrorRate], rate: Fraction, size: int) -> tuple[Interval, Interval]:
    """Give both intervals for the weighted rate, with the number of cases that it is worth.

    Unequal weights make a sample worth fewer cases than it has, drawing without putting back more.
    """
    spread = sum(
        (
            Fraction(one.households, size) ** 2
            * Fraction(one.households - one.revisited, max(1, one.households - 1))
            / one.revisited
            for one in strata
        ),
        Fraction(),
    )
    share = float(rate)
    if not spread:
        return (share, share), (share, share)
    worth = float(1 / spread)
    return wilson(share * worth, worth), clopper_pearson(share * worth, worth)
