"""How questions about unknowns are named, and what is proved of the fewest that are found."""

from typing import Literal

# A receipt is asked for as "receipt:programme".
RECEIPT = "receipt:"
# The entry in a list of unknown facts if no member of the household is listed.
MEMBERS = "members"
# "fewest": it is proved that no fewer questions would do. "enough": these do, fewer might.
# "impossible": it is proved that no answers would do. "open": none were found, nothing is proved.
Proof = Literal["fewest", "enough", "impossible", "open"]
