"""What must be true of cases and entries, each a query for the places where it is not."""

from dataclasses import dataclass

from relieftool.cases.receipts import ON_A_ROSTER
from relieftool.cases.records import CaseState, ClosingOutcome, DepartmentDecision
from relieftool.cases.steps import ENTRY_KINDS
from relieftool.messages import Message


@dataclass(frozen=True)
class InvariantCheck:
    """A sentence that must be true, and a query for the cases or entries where it is not."""

    name: str
    says: Message
    bad_places_sql: str
    is_doubt: bool = False


_ENTRY = "'case_entries ' || entry.entry_id"
_CLOSINGS = f"SELECT {_ENTRY} FROM case_entries entry WHERE entry.entry_type = 'closed' AND "
_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in ClosingOutcome)


def _of(step: str) -> str:
    """Give the start of a query for entries of one kind that say something wrong."""
    return f"SELECT {_ENTRY} FROM case_entries entry WHERE entry.entry_type = '{step}' AND "


def _is_blank(column: str) -> str:
    return f"""(entry."{column}" IS NULL OR TRIM(entry."{column}") = '')"""


_DECISIONS = ", ".join(f"'{decision}'" for decision in DepartmentDecision)
_NAMED = ", ".join(f"'{name}'" for name, step in ENTRY_KINDS.items() if step.needs_name)
_REASONED = ", ".join(f"'{name}'" for name, step in ENTRY_KINDS.items() if step.needs_reason)
_MOVING = ", ".join(f"'{name}'" for name, step in ENTRY_KINDS.items() if step.leads_to)
# The last entry before this one that left its case in another state.
_BEFORE = f"""(
    SELECT earlier.entry_type FROM case_entries earlier
    WHERE earlier.case_no = entry.case_no AND earlier.entry_id < entry.entry_id
    AND earlier.entry_type IN ({_MOVING})
    ORDER BY earlier.entry_id DESC LIMIT 1)"""
_LAST = f"""(
    SELECT step.entry_type FROM case_entries step
    WHERE step.case_no = cases.case_no AND step.entry_type IN ({_MOVING})
    ORDER BY step.entry_id DESC LIMIT 1)"""
_LEFT_IN = " ".join(
    f"WHEN '{name}' THEN '{step.leads_to}'" for name, step in ENTRY_KINDS.items() if step.leads_to
)


def _pairs() -> str:
    """Give every state and the step that may follow it, as rows of SQL."""
    return ", ".join(
        f"('{state}', '{name}')"
        for name, step in ENTRY_KINDS.items()
        for state in sorted(step.follows)
    )


_WRONG_STEPS = f"""
    SELECT {_ENTRY} FROM case_entries entry
    WHERE entry.entry_type <> 'opened'
    AND (CASE {_BEFORE} {_LEFT_IN} END, entry.entry_type) NOT IN (VALUES {_pairs()})
    AND NOT (entry.entry_type = 'closed'
        AND CASE {_BEFORE} {_LEFT_IN} END = '{CaseState.CLOSED}')
"""

CASE_CHECKS = (
    InvariantCheck(
        "case-without-opening",
        Message("no entry opened this case: it was added from outside."),
        """
        SELECT case_no FROM cases WHERE NOT EXISTS (
            SELECT 1 FROM case_entries entry
            WHERE entry.case_no = cases.case_no AND entry.entry_type = 'opened')
        """,
    ),
    InvariantCheck(
        "case-opened-twice",
        Message("more than one entry opened this case."),
        """
        SELECT case_no FROM case_entries WHERE entry_type = 'opened'
        GROUP BY case_no HAVING COUNT(*) > 1
        """,
    ),
    InvariantCheck(
        "entry-without-case",
        Message("this entry belongs to no case: the case was removed from outside."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry
        WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.case_no = entry.case_no)
        """,
    ),
    InvariantCheck(
        "entry-before-opening",
        Message("this entry is older than the opening of its case."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry JOIN case_entries opening
        ON opening.case_no = entry.case_no AND opening.entry_type = 'opened'
        WHERE entry.entry_id < opening.entry_id OR entry.entered_on < opening.entered_on
        """,
    ),
    InvariantCheck(
        "closed-twice",
        Message("this entry closes a case that was closed already."),
        f"""
        {_CLOSINGS} 'closed' = {_BEFORE}
        """,
    ),
    InvariantCheck(
        "step-out-of-turn",
        Message("this entry does not follow from where its case stood."),
        _WRONG_STEPS,
    ),
    InvariantCheck(
        "day-before-the-last",
        Message("this entry is older than the one before it in the same case."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry WHERE entry.entered_on < (
            SELECT MAX(earlier.entered_on) FROM case_entries earlier
            WHERE earlier.case_no = entry.case_no AND earlier.entry_id < entry.entry_id
            AND earlier.entry_type <> 'opened')
        """,
    ),
    InvariantCheck(
        "step-without-name",
        Message("this entry does not say who did it."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry
        WHERE entry.entry_type IN ({_NAMED}) AND entry.entry_type <> 'closed'
        AND {_is_blank("by")}
        """,
    ),
    InvariantCheck(
        "step-without-reason",
        Message("this entry does not say why."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry
        WHERE entry.entry_type IN ({_REASONED}) AND entry.entry_type <> 'closed'
        AND {_is_blank("note")}
        """,
    ),
    InvariantCheck(
        "referred-to-nobody",
        Message("this entry does not say which department was asked."),
        f"{_of('referred')} {_is_blank('department')}",
    ),
    InvariantCheck(
        "decided-without-decision",
        Message("this entry neither grants nor refuses."),
        f"{_of('decided')} (entry.outcome IS NULL OR entry.outcome NOT IN ({_DECISIONS}))",
    ),
    InvariantCheck(
        "refused-without-reason",
        Message("this entry refuses without a reason, or grants an amount all the same."),
        f"""
        {_of("decided")} entry.outcome = 'refused'
        AND ({_is_blank("note")} OR entry.amount_fen > 0)
        """,
    ),
    InvariantCheck(
        "verified-without-cause",
        Message("this entry verifies a closing that claims no receipt, or was verified before."),
        f"""
        {_of("verified")} EXISTS (
            SELECT 1 FROM case_entries closing WHERE closing.case_no = entry.case_no
            AND closing.entry_type IN ('closed', 'verified')
            AND closing.entry_id = (
                SELECT MAX(last.entry_id) FROM case_entries last
                WHERE last.case_no = entry.case_no AND last.entry_id < entry.entry_id
                AND last.entry_type IN ('closed', 'verified'))
            AND (closing.entry_type = 'verified' OR closing.outcome <> 'receiving'
                OR closing.is_verified = 1))
        """,
    ),
    InvariantCheck(
        "checked-by-the-handler",
        Message("who closed this case also checked it."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry
        WHERE entry.entry_type = 'closed' AND entry.checked_by IS NOT NULL
        AND REPLACE(entry.checked_by, ' ', '') = REPLACE(entry."by", ' ', '')
        OR entry.entry_type = 'checked' AND REPLACE(entry."by", ' ', '') = (
            SELECT REPLACE(closing."by", ' ', '') FROM case_entries closing
            WHERE closing.case_no = entry.case_no AND closing.entry_type = 'closed'
            AND closing.entry_id < entry.entry_id ORDER BY closing.entry_id DESC LIMIT 1)
        """,
    ),
    InvariantCheck(
        "closed-without-outcome",
        Message("this entry closes a case without an outcome from the list."),
        f"{_CLOSINGS} (entry.outcome IS NULL OR entry.outcome NOT IN ({_OUTCOMES}))",
    ),
    InvariantCheck(
        "closed-without-reason",
        Message("this entry closes a case without evidence."),
        f"{_CLOSINGS} (entry.note IS NULL OR TRIM(entry.note) = '')",
    ),
    InvariantCheck(
        "closed-without-name",
        Message("this entry closes a case and does not say who did it."),
        f"""{_CLOSINGS} (entry."by" IS NULL OR TRIM(entry."by") = '')""",
    ),
    InvariantCheck(
        "household-unknown",
        Message(
            "the household of this open case is not in the register: look for it under another"
            " number, or close the case as moved, deceased or duplicate."
        ),
        f"""
        SELECT case_no FROM cases
        WHERE household_no NOT IN (SELECT household_no FROM households)
        AND household_no NOT IN (SELECT former_no FROM former_numbers
            WHERE number IN (SELECT household_no FROM households))
        AND 'closed' <> {_LAST}
        """,
        is_doubt=True,
    ),
    InvariantCheck(
        "receipt-gone",
        Message(
            "was verified by a roster that the register no longer has: import it again,"
            " or look into the case."
        ),
        f"""
        SELECT DISTINCT entry.case_no FROM case_entries entry
        JOIN cases ON cases.case_no = entry.case_no
        WHERE (entry.entry_type = 'verified'
            OR entry.entry_type = 'closed' AND entry.outcome = 'receiving'
            AND entry.is_verified = 1)
        AND entry.entry_id > IFNULL((
            SELECT MAX(anew.entry_id) FROM case_entries anew WHERE anew.case_no = cases.case_no
            AND anew.entry_type IN ('reopened', 'found_again')), 0)
        AND NOT EXISTS (SELECT 1 FROM receipts receipt WHERE {ON_A_ROSTER})
        """,
        is_doubt=True,
    ),
)
