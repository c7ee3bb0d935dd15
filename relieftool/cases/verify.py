"""Proves the ledger: each chain link by link, then what must be true of cases, as queries.

Every check names rows that must not exist; it never changes or mends anything.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from relieftool.cases.evidence_files import EvidenceFile, check_evidence_files
from relieftool.cases.invariants import CASE_CHECKS, InvariantCheck
from relieftool.messages import Message
from relieftool.store.chain import (
    ACCESS_ENTRIES,
    CASE_ENTRIES,
    FIRST_HASH,
    REGISTER_CHAINS,
    Chain,
    ChainEnd,
    read_chain_end,
)
from relieftool.store.chain_check import (
    LedgerFault,
    RecordedEnds,
    find_chain_faults,
    read_all_recorded_ends,
)
from relieftool.store.heads import CHAIN_ENDS


def verify_ledger(
    db: Database,
    heads: Sequence[str] = (),
    *,
    chains: Sequence[Chain] = (),
    checks: Sequence[InvariantCheck] = (),
) -> list[LedgerFault]:
    """List all that is wrong with the file and its ledger; nothing is the good answer.

    `heads` are hashes written down earlier: each must still be the hash of some entry. Further
    chains and checks are those of the fieldwork.
    """
    all_chains = (*LEDGER_CHAINS, *chains)
    with read_damaged_snapshot(db):
        claims = _recorded_ends(db)
        proofs: list[tuple[str, Callable[[Database], list[LedgerFault]]]] = [
            ("file", _file_faults),
            *(
                (one.table, partial(find_chain_faults, chain=one, claims=claims))
                for one in all_chains
            ),
            ("heads", partial(_lost_heads, heads=heads, chains=all_chains)),
            *((check.name, partial(_bad_rows, check=check)) for check in (*CASE_CHECKS, *checks)),
        ]
        return [fault for place, proof in proofs for fault in _attempt(db, place, proof)]


def verify_evidence(db: Database, folders: Sequence[Path] = ()) -> list[EvidenceFile]:
    """Hold files of evidence against their hashes; nothing where the ledger cannot be read."""
    with read_damaged_snapshot(db):
        try:
            return check_evidence_files(db, folders)
        except sqlite3.DatabaseError:
            return []


def find_chain_ends(db: Database, chains: Sequence[Chain]) -> dict[str, ChainEnd | None]:
    """Give the end of each chain by its table; None where a damaged file does not show it."""
    with read_damaged_snapshot(db):
        return {chain.table: _end(db, chain) for chain in chains}


def _end(db: Database, chain: Chain) -> ChainEnd | None:
    try:
        return read_chain_end(db, chain)
    except sqlite3.DatabaseError:
        return None


LEDGER_CHAINS = (CASE_ENTRIES, ACCESS_ENTRIES, *REGISTER_CHAINS, CHAIN_ENDS)
_UNREADABLE = Message(
    "cannot be read as it should: the file is damaged. Go back to the newest copy that verifies."
)


def _recorded_ends(db: Database) -> RecordedEnds:
    """Give what is kept of where chains ended; nothing where that cannot be read."""
    try:
        return read_all_recorded_ends(db)
    except sqlite3.DatabaseError:
        return RecordedEnds()


def _attempt(
    db: Database, place: str, proof: Callable[[Database], list[LedgerFault]]
) -> list[LedgerFault]:
    """Give what a proof finds; a damaged page under it is a finding too."""
    try:
        return proof(db)
    except sqlite3.DatabaseError:
        return [LedgerFault("file-damaged", place, _UNREADABLE)]


@contextmanager
def read_damaged_snapshot(db: Database) -> Iterator[None]:
    """Read everything as of one moment, and text also where a damaged byte is no character."""
    factory = db.conn.text_factory
    db.conn.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
    try:
        db.execute("BEGIN")
        # Take the lock to read here: later a busy file could be mistaken for a damaged one.
        db.execute("SELECT 1 FROM sqlite_schema").fetchone()
        yield
    finally:
        db.conn.text_factory = factory
        db.rollback()  # nothing was written, and a damaged file cannot be committed


def _file_faults(db: Database) -> list[LedgerFault]:
    """Ask SQLite itself whether pages, indexes, types and references are in order."""
    answers = [text for (text,) in db.execute("PRAGMA integrity_check")]
    faults = [] if answers == ["ok"] else [LedgerFault("file-damaged", "file", _UNREADABLE)]
    astray = Counter(table for table, *_rest in db.execute("PRAGMA foreign_key_check"))
    for table, count in astray.items():
        message = Message("rows that point to rows that do not exist: {count}.", {"count": count})
        faults.append(LedgerFault("reference-astray", table, message))
    return faults


_LOST = Message(
    "no entry has this hash: entries were removed or written anew since it was written down,"
    " or it was written down wrongly."
)


def _lost_heads(db: Database, heads: Sequence[str], chains: Sequence[Chain]) -> list[LedgerFault]:
    """Give the hashes that were written down once and that no entry has now."""
    if not heads:
        return []
    wanted = [head.strip().lower() for head in heads]
    known = {FIRST_HASH}
    for chain in chains:
        known.update(text for (text,) in db.execute(f"SELECT hash FROM {chain.table}"))
    return [LedgerFault("head-lost", head, _LOST) for head in wanted if head not in known]


def _bad_rows(db: Database, check: InvariantCheck) -> list[LedgerFault]:
    if check.is_doubt and not db.table("households").exists():
        return []  # nothing was imported yet
    places = sorted(str(place) for (place,) in db.execute(check.bad_places_sql))
    return [LedgerFault(check.name, place, check.says, check.is_doubt) for place in places]
