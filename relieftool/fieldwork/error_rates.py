"""The error rate a sample shows: of each stratum, and over all, weighted by the strata's sizes.

Each rate has Wilson's 95 % interval. What was counted in full has no sampling error, so an
interval closes as the sample grows to all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from relieftool.fieldwork.samples import SampleResults

Interval = tuple[float, float]
_Z = 1.959963984540054  # the 97.5 % point of the normal distribution


@dataclass(frozen=True)
class ErrorRate:
    """What a stratum, or the whole sample, shows; None where too little was re-visited to say.

    With `is_approximate` the interval is that of a sample of unequal weights, which holds 95 %
    only roughly.
    """

    stratum: str | None
    households: int
    drawn: int
    revisited: int
    errors: int
    rate: Fraction | None
    wilson: Interval | None
    is_approximate: bool = False

    @property
    def outstanding(self) -> int:
        """Count the households drawn and not re-visited yet."""
        return self.drawn - self.revisited


def find_error_rates(results: SampleResults) -> list[ErrorRate]:
    """Return the error rate of each stratum, and that of all strata as the last."""
    strata = [_stratum_rate(results, place) for place in range(len(results.sample.strata))]
    return [*strata, _overall(strata)]


def _stratum_rate(results: SampleResults, place: int) -> ErrorRate:
    stratum = results.sample.strata[place]
    found = [results.revisits[number] for number in stratum.drawn if number in results.revisits]
    errors = sum(not revisit.agrees for revisit in found)
    seen, size = len(found), stratum.households
    return ErrorRate(
        stratum.name,
        size,
        len(stratum.drawn),
        seen,
        errors,
        Fraction(errors, seen) if seen else None,
        find_finite_wilson_interval(errors, seen, size) if seen else None,
    )


def _overall(strata: Sequence[ErrorRate]) -> ErrorRate:
    """Weigh the strata by their sizes; nothing is known while one of them has no re-visit.

    A single stratum is all there is, and its interval needs no weights.
    """
    if len(strata) == 1:
        return replace(strata[0], stratum=None)
    size = sum(stratum.households for stratum in strata)
    shares = [
        stratum.rate * Fraction(stratum.households, size)
        for stratum in strata
        if stratum.rate is not None
    ]
    rate = sum(shares, Fraction()) if len(shares) == len(strata) else None
    return ErrorRate(
        None,
        size,
        sum(stratum.drawn for stratum in strata),
        sum(stratum.revisited for stratum in strata),
        sum(stratum.errors for stratum in strata),
        rate,
        None if rate is None else _weighted_wilson(strata, rate, size),
        is_approximate=rate is not None
        and any(stratum.households > stratum.revisited for stratum in strata),
    )


def _weighted_wilson(strata: Sequence[ErrorRate], rate: Fraction, size: int) -> Interval:
    """Return Wilson's interval of the weighted rate, for the number of cases the sample is worth.

    Unequal weights make a sample worth fewer cases than it has, drawing without putting back more.
    """
    spread = sum(
        (
            Fraction(stratum.households, size) ** 2
            * Fraction(stratum.households - stratum.revisited, max(1, stratum.households - 1))
            / stratum.revisited
            for stratum in strata
        ),
        Fraction(),
    )
    share = float(rate)
    if not spread:
        return share, share
    worth = float(1 / spread)
    return find_wilson_interval(share * worth, worth)


def find_wilson_interval(errors: float, drawn: float) -> Interval:
    """Return Wilson's interval for a share; nothing drawn says nothing.

    >>> tuple(round(end, 4) for end in find_wilson_interval(1, 20)), find_wilson_interval(0, 0)
    ((0.0089, 0.2361), (0.0, 1.0))
    """
    if not drawn:
        return 0.0, 1.0
    if math.isinf(drawn):
        raise ValueError("nothing is uncertain about what was counted in full")
    share = errors / drawn
    weight = _Z * _Z / drawn
    middle = (share + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * math.sqrt(share * (1 - share) / drawn + weight / (4 * drawn))
    return max(0.0, middle - half), min(1.0, middle + half)


def find_finite_wilson_interval(errors: int, drawn: int, frame: int) -> Interval:
    """Return Wilson's interval for a sample drawn without putting back from so many.

    >>> find_finite_wilson_interval(1, 20, 20)
    (0.05, 0.05)
    """
    if drawn == frame:
        return errors / drawn, errors / drawn
    effective = drawn * (frame - 1) / (frame - drawn)
    return find_wilson_interval(errors / drawn * effective, effective) if drawn else (0.0, 1.0)
