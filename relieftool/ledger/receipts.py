"""Which receipts speak of a case, as SQL that closing, following up and verifying share.

A case is under the number its household or member had when it was opened; receipts are under the
number of now.
"""

_HOUSEHOLD_NOW, _MEMBER_NOW = (
    f"ifnull((SELECT number FROM former_numbers WHERE former_no = cases.{column}), cases.{column})"
    for column in ("household_no", "member_no")
)
# The receipt is of the household of the case, or of its member where the case is a member's.
IS_ABOUT = f"""
    receipt.household_no = {_HOUSEHOLD_NOW}
    AND (cases.member_no IS NULL OR receipt.member_no = {_MEMBER_NOW})
    AND receipt.programme = cases.programme AND receipt.says = 'yes'
"""
