"""Damages after which the bounds are wrong today, each with what is wrong.

They are left out of the drawn streets, and each is shown to fail still: whoever mends it takes it
out here.
"""

_TWICE = "a person with a corrected ID number is counted twice"
_GONE = "whoever may be gone still counts among the members at least"

_STATED = "a stated fact that cannot be used lets a source of less weight stand in"

KNOWN = {
    "unreadable-income": _STATED,
    "lists-disagree-in-unit": "a month's and a year's income of one day are not compared",
    "members-earn-more": "an income below that of the members is not doubted",
    "corrected-number-on-roster": "who is on a roster with another ID number is sure not to be paid",
    "hidden-rows": "no answer says that hidden rows do not belong to a roster",
    "gone-by-state": _GONE,
    "gone-by-remark": _GONE,
    "missing-from-newer-list": _GONE,
    "away-from-home": "dibao of a household counts for people who are known not to belong to it",
    "older-list": _TWICE,
}
