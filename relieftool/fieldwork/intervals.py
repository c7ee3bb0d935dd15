"""How far a share found in a sample can be trusted: 95 % intervals. Pure figures, no I/O.

What was counted in full has no sampling error, so each interval closes as the sample grows to all.
"""

import math
from collections.abc import Callable

Interval = tuple[float, float]
_Z = 1.959963984540054  # the 97.5 % point of the normal distribution
_TAIL = 0.025
_HALVINGS = 60
_TERMS = 300


def wilson(errors: float, drawn: float) -> Interval:
    """Give Wilson's interval for a share; nothing drawn says nothing.

    >>> tuple(round(one, 4) for one in wilson(1, 20)), wilson(0, 0)
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


def finite_wilson(errors: int, drawn: int, frame: int) -> Interval:
    """Give Wilson's interval for a sample drawn without putting back from so many.

    >>> finite_wilson(1, 20, 20)
    (0.05, 0.05)
    """
    if drawn == frame:
        return errors / drawn, errors / drawn
    effective = drawn * (frame - 1) / (frame - drawn)
    return wilson(errors / drawn * effective, effective) if drawn else (0.0, 1.0)


def exact(errors: int, drawn: int, frame: int) -> Interval:
    """Give the exact interval for errors among so many, drawn without putting back.

    It holds every number of errors in the frame that the sample does not rule out.

    >>> exact(0, 1, 5), exact(1, 20, 20)
    ((0.0, 0.8), (0.05, 0.05))
    """
    ways = math.comb(frame, drawn)
    most = frame - drawn + errors
    # The more are wrong, the likelier so many errors or more, the less likely so many or fewer.
    low = _first(
        errors,
        most,
        lambda wrong: (ways - _ways_of_at_most(errors - 1, drawn, frame, wrong)) / ways > _TAIL,
    )
    beyond = _first(
        errors,
        most + 1,
        lambda wrong: _ways_of_at_most(errors, drawn, frame, wrong) / ways <= _TAIL,
    )
    return low / frame, (beyond - 1) / frame


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Give the first number from `low` on for which something holds, by halving; at last `high`."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _ways_of_at_most(errors: int, drawn: int, frame: int, wrong: int) -> int:
    """Count the ways to draw so many errors or fewer, each term made from the one before."""
    right = frame - wrong
    found = max(0, drawn - right)
    if found > errors:
        return 0
    term = total = math.comb(wrong, found) * math.comb(right, drawn - found)
    while found < min(errors, wrong, drawn):
        term = term * (wrong - found) * (drawn - found)
        term //= (found + 1) * (right - drawn + found + 1)
        found += 1
        total += term
    return total


def clopper_pearson(errors: float, drawn: float) -> Interval:
    """Give the exact binomial interval, also for an effective sample of no whole size.

    >>> tuple(round(one, 4) for one in clopper_pearson(1, 20))
    (0.0013, 0.2487)
    """
    low = 0.0
    if errors > 0:
        low = _root(lambda p: incomplete_beta(errors, drawn - errors + 1, p) - _TAIL)
    high = 1.0
    if errors < drawn:
        high = _root(lambda p: incomplete_beta(errors + 1, drawn - errors, p) - (1 - _TAIL))
    return low, high


def _root(rising: Callable[[float], float]) -> float:
    """Find where a rising function between 0 and 1 crosses zero, by halving."""
    low, high = 0.0, 1.0
    for _step in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Give the regularised incomplete beta function, by its continued fraction.

    >>> round(incomplete_beta(2, 3, 0.5), 6)  # 11/16 by hand
    0.6875
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the other side converges faster
        return 1 - incomplete_beta(b, a, 1 - x)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log_front + a * math.log(x) + b * math.log1p(-x)) / a
    return front / _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """Give the continued fraction 1 + d1/(1 + d2/(1 + …)), from its far end."""
    value = 1.0
    for term in range(_TERMS, 0, -1):
        half, odd = divmod(term, 2)
        if odd:
            step = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            step = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        value = 1 + step / value
    return value
