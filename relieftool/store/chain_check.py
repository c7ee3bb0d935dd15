"""Checks a hash chain: first each entry, then whether the chain agrees with its recorded ends.

Only the first fault is reported. Nothing is changed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.store.chain import (
    CHAIN_ENDS,
    FIRST_HASH,
    Chain,
    ChainEnd,
    are_texts_sealed,
    hash_entry,
    parse_chain_ends,
)

_Row = Mapping[str, Any]
_NO_CASES: Mapping[str, _Row] = {}


@dataclass(frozen=True)
class LedgerFault:
    """A fault in the ledger: the check that found it, its row or case, and a message.

    `is_doubt`: it should be looked into, but is no sign that the ledger was changed.
    """

    check: str
    place: str
    message: Message
    is_doubt: bool = False


@dataclass(frozen=True)
class RecordedEnds:
    """The recorded ends of each chain, by table, the oldest first.

    `is_all`: all records are right, so that a chain must have no entry after its last recorded end.
    """

    ends: Mapping[str, Sequence[ChainEnd]] = field(default_factory=dict)
    is_all: bool = False


def read_all_recorded_ends(db: Database) -> RecordedEnds:
    """Return all recorded ends, up to the first fault in the chain that records them."""
    ends: dict[str, list[ChainEnd]] = defaultdict(list)
    last, is_all = ChainEnd(0, FIRST_HASH), True
    for row in list(db.query(_ALL_ROWS.format(CHAIN_ENDS))):
        if _find_link_fault(CHAIN_ENDS, row, last):
            is_all = False
            break
        last = ChainEnd(last.number + 1, row["hash"])
        for table, end in parse_chain_ends(row["heads"]).items():
            ends[table].append(end)
    return RecordedEnds(ends, is_all)


_ALL_ROWS = "SELECT * FROM {0.table} ORDER BY {0.key}"


def find_chain_faults(db: Database, chain: Chain, recorded: RecordedEnds) -> list[LedgerFault]:
    """Return the first fault of a chain as a list, which is empty if the chain is right.

    Any chain but CHAIN_ENDS must also agree with its recorded ends.
    """
    cases = {row["case_no"]: row for row in db.query("SELECT * FROM cases")}
    last, hashes = ChainEnd(0, FIRST_HASH), []
    for row in db.query(_ALL_ROWS.format(chain)):
        if fault := _find_link_fault(chain, row, last, cases):
            return [fault]
        last = ChainEnd(last.number + 1, row["hash"])
        hashes.append(last.hash)
    return [] if chain == CHAIN_ENDS else _find_end_faults(chain, hashes, recorded)


def _find_link_fault(
    chain: Chain, row: _Row, last: ChainEnd, cases: Mapping[str, _Row] = _NO_CASES
) -> LedgerFault | None:
    """Return the fault in an entry that should follow `last`; None if it is right.

    `cases` are the rows of the cases by number, for entries that open one.
    """
    place = f"{chain.table} {last.number + 1}"
    if row[chain.key] != last.number + 1:
        return LedgerFault("entry-missing", place, _MISSING)
    if row["previous_hash"] != last.hash:
        return LedgerFault("chain-broken", place, _UNCHAINED)
    is_opening = row.get("entry_type") == "opened"
    case = cases.get(row["case_no"]) if is_opening else None
    is_sealed = hash_entry(row, case, personal=chain.personal) == row["hash"]
    if not (is_sealed and are_texts_sealed(chain, row)):
        return LedgerFault("entry-changed", place, _OPENING_CHANGED if is_opening else _CHANGED)
    return None


def _find_end_faults(
    chain: Chain, hashes: Sequence[str], recorded: RecordedEnds
) -> list[LedgerFault]:
    """Return the first difference between a chain and its recorded ends, as a list of faults.

    `hashes` are the hashes of all entries of the chain, in order.
    """
    ends = recorded.ends.get(chain.table, ())
    for end in ends:
        if end.number > len(hashes):
            return [LedgerFault("entries-cut-off", f"{chain.table} {len(hashes) + 1}", _CUT)]
        if hashes[end.number - 1] != end.hash:
            return [LedgerFault("entries-rewritten", f"{chain.table} {end.number}", _REWRITTEN)]
    last = ends[-1].number if ends else 0
    if recorded.is_all and len(hashes) > last:
        return [LedgerFault("end-not-kept", f"{chain.table} {last + 1}", _NOT_KEPT)]
    return []


_MISSING = Message(
    "this entry is missing: somebody removed it. Go back to the newest copy that verifies."
)
_UNCHAINED = Message(
    "does not follow the entry before it: one of them was replaced."
    " Go back to the newest copy that verifies."
)
_CHANGED = Message(
    "is not what was written: it was changed afterwards. Go back to the newest copy that verifies."
)
_OPENING_CHANGED = Message(
    "is not what was written: it, or the case it opened, was changed afterwards."
    " Go back to the newest copy that verifies."
)
_CUT = Message(
    "this entry was written, and is no longer there: the end of the list was cut off."
    " Go back to the newest copy that verifies."
)
_REWRITTEN = Message(
    "is not what was here when it was the last: it, or entries before it, were rewritten."
    " Go back to the newest copy that verifies."
)
_NOT_KEPT = Message(
    "was added by another program, or the list of where the chains ended was cut off."
    " Go back to the newest copy that verifies."
)
