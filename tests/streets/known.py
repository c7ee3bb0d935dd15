"""Damages after which the bounds are wrong today, each with what is wrong.

They are left out of the drawn streets, and each is shown to fail still: whoever mends it takes it
out here.
"""

_TWICE = "a person with a corrected ID number is counted twice"
_GONE = "whoever may be gone still counts among the members at least"

KNOWN = {
    "corrected-number-on-roster": "who is on a roster with another ID number is sure to be unpaid",
    "hidden-rows": "no answer says that hidden rows do not belong to a roster",
    "gone-by-state": _GONE,
    "older-list": _TWICE,
}
