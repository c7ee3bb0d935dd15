"""Which receipts speak of a case, as SQL that closing, following up and verifying share.

A case is under the number its household or member had when it was opened; receipts are under the
number of now.
"""

from relieftool.cases.steps import FINDING_ENTRY_KINDS
from relieftool.store.former_numbers import compile_current_number

_FINDING = ", ".join(f"'{step}'" for step in FINDING_ENTRY_KINDS)
HOUSEHOLD_NOW, _MEMBER_NOW = (
    compile_current_number(f"cases.{column}") for column in ("household_no", "member_no")
)
# Who was paid too little was paid all along: only a month after the one that was found so is paid
# anew. Where that month is unknown, only one that begins after the day it was found.
_IS_LATER = f"""
    EXISTS (
        SELECT 1 FROM case_entries found
        WHERE found.entry_id = (
            SELECT MAX(entry_id) FROM case_entries
            WHERE case_no = cases.case_no AND entry_type IN ({_FINDING}))
        AND (found.note <> 'underpaid'
            OR receipt.covers_from > ifnull(found.paid_until, found.entered_on)))
"""
# The receipt is the household's of a case, or the member's where the case is a member's.
IS_ABOUT = f"""
    receipt.household_no = {HOUSEHOLD_NOW}
    AND (cases.member_no IS NULL OR receipt.member_no = {_MEMBER_NOW})
    AND receipt.programme = cases.programme
"""
# A roster in the register lists the household, or the member where the case is a member's. What
# the household's own sheet says proves nothing, and being on a roster does not prove a higher pay.
ON_A_ROSTER = f"""
    {IS_ABOUT}
    AND receipt.says = 'yes' AND receipt.origin = 'roster' AND {_IS_LATER}
"""
