"""Damages after which the bounds are wrong today, each with what is wrong.

They are left out of the drawn streets, and each is shown to fail still: whoever mends it takes it
out here.
"""

KNOWN = {
    "corrected-number-on-list": "a person with a corrected ID number is counted twice",
}
