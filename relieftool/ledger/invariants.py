"""What must be true of cases and entries, each a query for the places where it is not."""

from dataclasses import dataclass

from relieftool.ledger.closing import ON_A_ROSTER
from relieftool.ledger.records import Outcome
from relieftool.messages import Message


@dataclass(frozen=True)
class Check:
    """A sentence that must be true, and a query for the cases or entries where it is not."""

    name: str
    says: Message
    bad_places_sql: str
    is_doubt: bool = False


_ENTRY = "'case_entries ' || entry.entry_id"
_CLOSINGS = f"SELECT {_ENTRY} FROM case_entries entry WHERE entry.entry_type = 'closed' AND "
_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in Outcome)

CHECKS = (
    Check(
        "case-without-opening",
        Message("no entry opened this case: it was added from outside."),
        """
        SELECT case_no FROM cases WHERE NOT EXISTS (
            SELECT 1 FROM case_entries entry
            WHERE entry.case_no = cases.case_no AND entry.entry_type = 'opened')
        """,
    ),
    Check(
        "case-opened-twice",
        Message("more than one entry opened this case."),
        """
        SELECT case_no FROM case_entries WHERE entry_type = 'opened'
        GROUP BY case_no HAVING COUNT(*) > 1
        """,
    ),
    Check(
        "entry-without-case",
        Message("this entry belongs to no case: the case was removed from outside."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry
        WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.case_no = entry.case_no)
        """,
    ),
    Check(
        "entry-before-opening",
        Message("this entry is older than the opening of its case."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry JOIN case_entries opening
        ON opening.case_no = entry.case_no AND opening.entry_type = 'opened'
        WHERE entry.entry_id < opening.entry_id OR entry.entered_on < opening.entered_on
        """,
    ),
    Check(
        "closed-twice",
        Message("this entry closes a case that was closed already."),
        f"""
        {_CLOSINGS} 'closed' = (
            SELECT earlier.entry_type FROM case_entries earlier
            WHERE earlier.case_no = entry.case_no AND earlier.entry_id < entry.entry_id
            ORDER BY earlier.entry_id DESC LIMIT 1)
        """,
    ),
    Check(
        "closed-without-outcome",
        Message("this entry closes a case without an outcome from the list."),
        f"{_CLOSINGS} (entry.outcome IS NULL OR entry.outcome NOT IN ({_OUTCOMES}))",
    ),
    Check(
        "closed-without-reason",
        Message("this entry closes a case without evidence."),
        f"{_CLOSINGS} (entry.note IS NULL OR TRIM(entry.note) = '')",
    ),
    Check(
        "closed-without-name",
        Message("this entry closes a case and does not say who did it."),
        f"""{_CLOSINGS} (entry."by" IS NULL OR TRIM(entry."by") = '')""",
    ),
    Check(
        "household-unknown",
        Message(
            "the household of this open case is not in the register: look for it under another"
            " number, or close the case as moved, deceased or duplicate."
        ),
        """
        SELECT case_no FROM cases
        WHERE household_no NOT IN (SELECT household_no FROM households)
        AND household_no NOT IN (SELECT former_no FROM former_numbers
            WHERE number IN (SELECT household_no FROM households))
        AND 'closed' <> (
            SELECT entry.entry_type FROM case_entries entry WHERE entry.case_no = cases.case_no
            ORDER BY entry.entry_id DESC LIMIT 1)
        """,
        is_doubt=True,
    ),
    Check(
        "receipt-gone",
        Message(
            "was verified by a roster that the register no longer has: import it again,"
            " or look into the case."
        ),
        f"""
        SELECT entry.case_no FROM case_entries entry
        JOIN cases ON cases.case_no = entry.case_no
        WHERE entry.entry_type = 'closed' AND entry.is_verified = 1
        AND NOT EXISTS (SELECT 1 FROM receipts receipt WHERE {ON_A_ROSTER})
        """,
        is_doubt=True,
    ),
)
