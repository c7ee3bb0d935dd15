"""Error rates of a sample: of each stratum, and of all strata together, weighted by their sizes.

Each rate has Wilson's 95 % interval, corrected for samples from a finite list: if the whole list
was re-visited, both ends of the interval are the rate itself.
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
    """The figures of a stratum, or of the whole sample if `stratum` is None.

    `rate` and its interval `wilson` are None for a stratum without re-visits, and for a whole
    sample with such a stratum. `is_approximate`: the interval combines several strata, so it covers
    only about 95 %.
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
        """Return the number of drawn households that are not re-visited yet."""
        return self.drawn - self.revisited


def find_error_rates(results: SampleResults) -> list[ErrorRate]:
    """Return the error rate of each stratum, and at the end that of the whole sample."""
    strata = [_find_stratum_rate(results, index) for index in range(len(results.sample.strata))]
    return [*strata, _combine_strata(strata)]


def _find_stratum_rate(results: SampleResults, index: int) -> ErrorRate:
    stratum = results.sample.strata[index]
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


def _combine_strata(strata: Sequence[ErrorRate]) -> ErrorRate:
    """Return the figures of the whole sample; its rate is the mean of the strata, weighted by size.

    The rate is None if any stratum has no re-visit. A single stratum needs no weights.
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
    """Return Wilson's interval of the weighted rate, computed with an effective sample size.

    Unequal weights make the effective size smaller than the sample; drawing without replacement
    makes it larger.
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
    effective = float(1 / spread)
    return find_wilson_interval(share * effective, effective)


def find_wilson_interval(errors: float, drawn: float) -> Interval:
    """Return Wilson's 95 % interval for the share of errors; (0, 1) if nothing was drawn.

    Raises:
        ValueError: `drawn` is infinite.

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
    """Return Wilson's interval for a sample drawn without replacement from `frame` households.

    If all of them were drawn, both ends are the share of errors; if none, they are 0 and 1.

    >>> find_finite_wilson_interval(1, 20, 20)
    (0.05, 0.05)
    """
    if drawn == frame:
        return errors / drawn, errors / drawn
    effective = drawn * (frame - 1) / (frame - drawn)
    return find_wilson_interval(errors / drawn * effective, effective) if drawn else (0.0, 1.0)
