"""And, or and not of values that are True, False or None (unknown), as in SQL."""

from collections.abc import Iterable


def decide_all(truths: Iterable[bool | None]) -> bool | None:
    """Return the `and` of some values: False if one is False, None if one is unknown, or True.

    >>> decide_all([True, None, False]), decide_all([True, None]), decide_all([])
    (False, None, True)
    """
    joined: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            joined = None
    return joined


def decide_any(truths: Iterable[bool | None]) -> bool | None:
    """Return the `or` of some values: True if one is True, None if one is unknown, or False.

    >>> decide_any([False, None, True]), decide_any([False, None]), decide_any([])
    (True, None, False)
    """
    joined: bool | None = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            joined = None
    return joined


def negate(truth: bool | None) -> bool | None:  # noqa: FBT001 a truth, no switch
    """Return the opposite of True or False; None (unknown) stays None."""
    return None if truth is None else not truth
