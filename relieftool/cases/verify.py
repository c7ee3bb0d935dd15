"""Checks the register file, the hash chains of its ledger, and the rules for cases and entries.

Each such rule is a query that finds the rows that break it. Nothing is changed or repaired.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from relieftool.cases.closing import ON_A_ROSTER
from relieftool.cases.evidence import EvidenceFile, check_evidence_files
from relieftool.cases.records import CaseState, ClosingOutcome, DepartmentDecision
from relieftool.cases.steps import CASE_STEPS
from relieftool.messages import Message
from relieftool.store.chain import (
    CHAIN_ENDS,
    FIRST_HASH,
    Chain,
    ChainEnd,
    count_forgotten,
    read_chain_end,
)
from relieftool.store.chain_check import (
    LedgerFault,
    RecordedEnds,
    find_chain_faults,
    read_all_recorded_ends,
)
from relieftool.store.entries import (
    CASE_CHAINS,
    REGISTER_CHAINS,
    EntryKind,
    check_entries,
    compile_never_said,
)
from relieftool.store.file_check import (
    find_unsealed,
    read_damaged_snapshot,
    read_or,
    read_or_fault,
)
from relieftool.store.former_numbers import compile_current_number


@dataclass(frozen=True)
class InvariantCheck:
    """A rule for cases or entries, with the message about a row that breaks it.

    `bad_places_sql` is the query for the places of these rows. `is_doubt`: such a row does not mean
    that the ledger was changed, but a person must look into it.
    """

    name: str
    message: Message
    bad_places_sql: str
    is_doubt: bool = False


_ENTRY = "'case_entries ' || entry.entry_id"
_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in ClosingOutcome)


def _select_step(step: str) -> str:
    """Return the start of a query for the entries of a step; a condition must be appended."""
    return f"SELECT {_ENTRY} FROM case_entries entry WHERE entry.entry_type = '{step}' AND "


_CLOSINGS = _select_step("closed")
_DECISIONS = ", ".join(f"'{decision}'" for decision in DepartmentDecision)
_NAMED = ", ".join(f"'{name}'" for name, step in CASE_STEPS.items() if "by" in step.needs)
_REASONED = ", ".join(f"'{name}'" for name, step in CASE_STEPS.items() if "note" in step.needs)
_MOVING = ", ".join(f"'{name}'" for name, step in CASE_STEPS.items() if step.leads_to)
# The step of the last earlier entry that changed the state of its case.
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
    f"WHEN '{name}' THEN '{step.leads_to}'" for name, step in CASE_STEPS.items() if step.leads_to
)


def _compile_transitions() -> str:
    """Return rows of SQL that pair each state with each step that may follow it."""
    return ", ".join(
        f"('{state}', '{name}')"
        for name, step in CASE_STEPS.items()
        for state in sorted(step.follows)
    )


_WRONG_STEPS = f"""
    SELECT {_ENTRY} FROM case_entries entry
    WHERE entry.entry_type <> 'opened'
    AND (CASE {_BEFORE} {_LEFT_IN} END, entry.entry_type) NOT IN (VALUES {_compile_transitions()})
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
        AND {compile_never_said("by")}
        """,
    ),
    InvariantCheck(
        "step-without-reason",
        Message("this entry does not say why."),
        f"""
        SELECT {_ENTRY} FROM case_entries entry
        WHERE entry.entry_type IN ({_REASONED}) AND entry.entry_type <> 'closed'
        AND {compile_never_said("note")}
        """,
    ),
    InvariantCheck(
        "referred-to-nobody",
        Message("this entry does not say which department was asked."),
        f"{_select_step('referred')} (entry.department IS NULL OR TRIM(entry.department) = '')",
    ),
    InvariantCheck(
        "decided-without-decision",
        Message("this entry neither grants nor refuses."),
        f"{_select_step('decided')} (entry.outcome IS NULL OR entry.outcome NOT IN ({_DECISIONS}))",
    ),
    InvariantCheck(
        "refused-without-reason",
        Message("this entry refuses without a reason, or grants an amount all the same."),
        f"""
        {_select_step("decided")} (entry.outcome IN ('refused', 'reduced', 'ended')
            AND {compile_never_said("note")}
            OR entry.outcome IN ('refused', 'ended') AND entry.amount_fen > 0)
        """,
    ),
    InvariantCheck(
        "heard-too-late",
        Message("the family was heard after this decision, or told of it before."),
        f"{_select_step('decided')} (entry.heard_on > entry.entered_on"
        " OR entry.told_on < entry.entered_on)",
    ),
    InvariantCheck(
        "verified-without-cause",
        Message("this entry verifies a closing that claims no receipt, or was verified before."),
        f"""
        {_select_step("verified")} EXISTS (
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
        Message("the person who closed this case also checked it."),
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
        f"{_CLOSINGS} {compile_never_said('note')}",
    ),
    InvariantCheck(
        "closed-without-name",
        Message("this entry closes a case and does not say who did it."),
        f"{_CLOSINGS} {compile_never_said('by')}",
    ),
    InvariantCheck(
        "clock-went-back",
        Message(
            "was written when the clock showed an earlier moment than for the entry before: the"
            " clock was wrong, or the entry was slipped in."
        ),
        """
        SELECT 'chain_heads ' || head_id FROM (
            SELECT head_id, at, lag(at) OVER (ORDER BY head_id) AS before FROM chain_heads)
        WHERE datetime(at) < datetime(before, '-1 minute')
        """,
        is_doubt=True,
    ),
    InvariantCheck(
        "household-unknown",
        Message(
            "the household or person of this open case is not in the register: look for them under"
            " another number, or close the case as moved, deceased or duplicate."
        ),
        f"""
        SELECT case_no FROM cases WHERE CASE WHEN member_no IS NULL
            THEN {compile_current_number("cases.household_no")}
                NOT IN (SELECT household_no FROM households)
            ELSE {compile_current_number("cases.member_no")}
                NOT IN (SELECT member_no FROM members) END
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
            SELECT MAX(later.entry_id) FROM case_entries later WHERE later.case_no = cases.case_no
            AND later.entry_type IN ('reopened', 'found_again')), 0)
        AND NOT EXISTS (SELECT 1 FROM receipts receipt WHERE {ON_A_ROSTER})
        """,
        is_doubt=True,
    ),
)


def verify_ledger(
    db: Database,
    heads: Sequence[str] = (),
    *,
    chains: Sequence[Chain] = (),
    checks: Sequence[InvariantCheck] = (),
) -> list[LedgerFault]:
    """Return all faults of the file and its ledger.

    `heads` are hashes written down earlier: each must still be the hash of an entry. `chains` and
    `checks` are checked besides those of the ledger.
    """
    all_chains = (*LEDGER_CHAINS, *chains)
    with read_damaged_snapshot(db):
        claims = read_or(RecordedEnds(), partial(read_all_recorded_ends, db))
        finders: list[tuple[str, Callable[[], list[LedgerFault]]]] = [
            *(
                (chain.table, partial(_find_entry_faults, db, chain, claims))
                for chain in all_chains
            ),
            ("heads", partial(_find_lost_heads, db, heads, all_chains)),
            *(
                (check.name, partial(_find_bad_rows, db, check))
                for check in (*CASE_CHECKS, *checks)
            ),
        ]
        faults = list(find_unsealed(db))
        for place, find_faults in finders:
            faults += read_or_fault(place, find_faults)
        return faults


def _find_entry_faults(db: Database, chain: Chain, claims: RecordedEnds) -> list[LedgerFault]:
    """Return the faults of a chain; if it has none, a fault for each incomplete entry."""
    faults = find_chain_faults(db, chain, claims)
    if faults or not isinstance(chain, EntryKind):
        return faults
    return [
        LedgerFault("entry-incomplete", f"{chain.table} {number}", _INCOMPLETE)
        for number in check_entries(db, chain)
    ]


_INCOMPLETE = Message("this entry does not say all that it must: it was added from outside.")


def count_forgotten_texts(db: Database, chains: Sequence[Chain]) -> int:
    """Return the number of forgotten names and texts; 0 if the file cannot be read."""
    with read_damaged_snapshot(db):
        return read_or(0, lambda: sum(count_forgotten(db, chain) for chain in chains))


def verify_evidence(db: Database, folders: Sequence[Path] = ()) -> list[EvidenceFile]:
    """Return the files of evidence, each with its state; [] if the ledger cannot be read."""
    with read_damaged_snapshot(db):
        return read_or([], partial(check_evidence_files, db, folders))


def find_chain_ends(db: Database, chains: Sequence[Chain]) -> dict[str, ChainEnd | None]:
    """Return the end of each chain by the name of its table; None if it cannot be read."""
    with read_damaged_snapshot(db):
        return {chain.table: read_or(None, partial(read_chain_end, db, chain)) for chain in chains}


LEDGER_CHAINS = (*CASE_CHAINS, *REGISTER_CHAINS, CHAIN_ENDS)
_LOST = Message(
    "no entry has this hash: entries were removed or rewritten since it was written down,"
    " or it was written down wrongly."
)


def _find_lost_heads(
    db: Database, heads: Sequence[str], chains: Sequence[Chain]
) -> list[LedgerFault]:
    """Return a fault for each hash in `heads` that no entry has now."""
    if not heads:
        return []
    wanted = [head.strip().lower() for head in heads]
    known = {FIRST_HASH}
    for chain in chains:
        known.update(text for (text,) in db.execute(f"SELECT hash FROM {chain.table}"))
    return [LedgerFault("head-lost", head, _LOST) for head in wanted if head not in known]


def _find_bad_rows(db: Database, check: InvariantCheck) -> list[LedgerFault]:
    if check.is_doubt and not db.table("households").exists():
        return []  # nothing was imported yet
    places = sorted(str(place) for (place,) in db.execute(check.bad_places_sql))
    return [LedgerFault(check.name, place, check.message, check.is_doubt) for place in places]
