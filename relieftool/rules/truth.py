"""And, or and not of truths that may be unknown, outside of SQL; None is unknown.

A part that decides alone keeps deciding, whatever the unknown ones turn out to be.
"""

from collections.abc import Iterable


def decide_all(truths: Iterable[bool | None]) -> bool | None:
    """Join truths by and: false wins over unknown, unknown over true.

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
    """Join truths by or: true wins over unknown, unknown over false.

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
    """Return the opposite of a truth; unknown stays unknown."""
    return None if truth is None else not truth
