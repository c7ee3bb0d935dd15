"""Walks one chain link by link, and holds it against what was kept of where it ended.

Names the first entry that is not what was sealed; changes nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.registry.chain import FIRST_HASH, Chain, Head, seal
from relieftool.registry.heads import HEADS, parse_ends

_Row = Mapping[str, Any]
_NO_CASES: Mapping[str, _Row] = {}


@dataclass(frozen=True)
class Broken:
    """Something that must not be: which check found it, at which row or case, and what it means.

    A doubt is something to look into, not a sign that anybody changed the ledger.
    """

    check: str
    place: str
    message: Message
    is_doubt: bool = False


@dataclass(frozen=True)
class Claims:
    """Where each chain ended, by table, in the order it was kept.

    `is_all` says that nothing may follow the last end of a chain: every write kept it.
    """

    ends: Mapping[str, Sequence[Head]] = field(default_factory=dict)
    is_all: bool = False


def read_claims(db: Database) -> Claims:
    """Read where the chains ended, as far as the chain that keeps it is sound."""
    ends: dict[str, list[Head]] = defaultdict(list)
    last, is_all = Head(0, FIRST_HASH), True
    for row in list(db.query(_ROWS.format(HEADS))):
        if _link_fault(HEADS, row, last):
            is_all = False
            break
        last = Head(last.number + 1, row["hash"])
        for table, end in parse_ends(row["heads"]).items():
            ends[table].append(Head(*end))
    return Claims(ends, is_all)


_ROWS = "SELECT * FROM {0.table} ORDER BY {0.key}"


def chain_faults(db: Database, chain: Chain, claims: Claims) -> list[Broken]:
    """Give the first entry of a chain that is not what was sealed, or is gone, if there is one."""
    cases = {row["case_no"]: row for row in db.query("SELECT * FROM cases")}
    last, hashes = Head(0, FIRST_HASH), []
    for row in db.query(_ROWS.format(chain)):
        if fault := _link_fault(chain, row, last, cases):
            return [fault]
        last = Head(last.number + 1, row["hash"])
        hashes.append(last.hash)
    return [] if chain == HEADS else _end_faults(chain, hashes, claims)


def _link_fault(
    chain: Chain, row: _Row, last: Head, cases: Mapping[str, _Row] = _NO_CASES
) -> Broken | None:
    """Say what is wrong with the entry after the last good one, if anything is."""
    place = f"{chain.table} {last.number + 1}"
    if row[chain.key] != last.number + 1:
        return Broken("entry-missing", place, _MISSING)
    if row["previous_hash"] != last.hash:
        return Broken("chain-broken", place, _UNCHAINED)
    is_opening = row.get("entry_type") == "opened"
    if seal(row, cases.get(row["case_no"]) if is_opening else None) != row["hash"]:
        return Broken("entry-changed", place, _OPENING_CHANGED if is_opening else _CHANGED)
    return None


def _end_faults(chain: Chain, hashes: Sequence[str], claims: Claims) -> list[Broken]:
    """Hold a sound chain against each end that was kept of it, and name the first that differs."""
    kept = claims.ends.get(chain.table, ())
    for end in kept:
        if end.number > len(hashes):
            return [Broken("entries-cut-off", f"{chain.table} {len(hashes) + 1}", _CUT)]
        if hashes[end.number - 1] != end.hash:
            return [Broken("entries-rewritten", f"{chain.table} {end.number}", _REWRITTEN)]
    last = kept[-1].number if kept else 0
    if claims.is_all and len(hashes) > last:
        return [Broken("end-not-kept", f"{chain.table} {last + 1}", _NOT_KEPT)]
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
    "is not what stood here when it was the last: it, or entries before it, were written anew."
    " Go back to the newest copy that verifies."
)
_NOT_KEPT = Message(
    "was added by another program, or the list of where the chains ended was cut off."
    " Go back to the newest copy that verifies."
)
