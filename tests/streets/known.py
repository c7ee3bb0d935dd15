"""Damages after which the bounds are wrong today, each with what is wrong.

They are left out of the drawn streets, and each is shown to fail still: whoever mends it takes it
out here.
"""

_ROW = "no question asks what a word or remark beside a payment means"
_TWICE = "a person with a corrected ID number is counted twice"
_GONE = "whoever may be gone still counts among the members at least"
_STATED = "a stated fact that cannot be used lets a source of less weight stand in"

KNOWN = {
    "unreadable-income": _STATED,
    "income-classes": "a range is no fact yet, and an amount within it does not agree with it",
    "lists-disagree-in-unit": "a month's and a year's income of one day are not compared",
    "members-earn-more": "an income below that of the members is not doubted",
    "state-of-payment": _ROW,
    "remark-on-payment": _ROW,
    "corrected-number-on-roster": "who is on a roster with another ID number is sure not to be paid",
    "hidden-rows": "an undecided hidden row of a roster says for sure that somebody is paid",
    "gone-by-state": _GONE,
    "gone-by-remark": _GONE,
    "missing-from-newer-list": _GONE,
    "child-of-two-households": "no question asks how many people live in a household",
    "away-from-home": "dibao of a household counts for people who are known not to belong to it",
    "stated-size-differs": "no question asks how many people live in a household",
    "older-list": _TWICE,
    "default-birthday": "a list is asked for although it is there, and its rows are in doubt",
    "blank-number": "a list is asked for although it is there, and its rows are in doubt",
}
