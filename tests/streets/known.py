"""Damages after which the bounds are wrong today, each with what is wrong.

They are left out of the drawn streets, and each is shown to fail still: whoever mends it takes it
out here.
"""

_BETWEEN = "a claim whose amount lies between two is neither in the sum at least nor at most"

KNOWN = {
    "income-between": _BETWEEN,
    "income-classes": _BETWEEN,
    "lists-disagree-in-unit": "a month's and a year's income of one day are not compared",
    "members-earn-more": "an income below that of the members is not doubted",
    "corrected-number-on-roster": "who has another ID number on a roster is sure not to be paid",
    "corrected-number-on-list": "a person with a corrected ID number is counted twice",
    "older-list-in-unit": "an older income by the month goes before a newer one by the year",
}
