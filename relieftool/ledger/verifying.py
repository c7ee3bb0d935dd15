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

from relieftool.ledger.evidence_files import EvidenceFile, look_at_evidence
from relieftool.ledger.invariants import CHECKS, Check
from relieftool.ledger.links import Broken, Claims, chain_faults, read_claims
from relieftool.messages import Message
from relieftool.registry.chain import (
    ACCESSES,
    ENTRIES,
    FIRST_HASH,
    REGISTER_CHAINS,
    Chain,
    Head,
    read_head,
)
from relieftool.registry.heads import HEADS


def verify_ledger(
    db: Database,
    heads: Sequence[str] = (),
    *,
    chains: Sequence[Chain] = (),
    checks: Sequence[Check] = (),
) -> list[Broken]:
    """List all that is wrong with the file and its ledger; nothing is the good answer.

    `heads` are hashes written down earlier: each must still be the hash of some entry. Further
    chains and checks are those of the fieldwork.
    """
    all_chains = (*LEDGER_CHAINS, *chains)
    with one_moment(db):
        claims = _claims(db)
        proofs: list[tuple[str, Callable[[Database], list[Broken]]]] = [
            ("file", _file_faults),
            *((one.table, partial(chain_faults, chain=one, claims=claims)) for one in all_chains),
            ("heads", partial(_lost_heads, heads=heads, chains=all_chains)),
            *((check.name, partial(_bad_rows, check=check)) for check in (*CHECKS, *checks)),
        ]
        return [fault for place, proof in proofs for fault in _attempt(db, place, proof)]


def prove_evidence(db: Database, folders: Sequence[Path] = ()) -> list[EvidenceFile]:
    """Hold files of evidence against their hashes; nothing where the ledger cannot be read."""
    with one_moment(db):
        try:
            return look_at_evidence(db, folders)
        except sqlite3.DatabaseError:
            return []


def chain_ends(db: Database, chains: Sequence[Chain]) -> dict[str, Head | None]:
    """Give the end of each chain by its table; None where a damaged file does not show it."""
    with one_moment(db):
        return {chain.table: _end(db, chain) for chain in chains}


def _end(db: Database, chain: Chain) -> Head | None:
    try:
        return read_head(db, chain)
    except sqlite3.DatabaseError:
        return None


LEDGER_CHAINS = (ENTRIES, ACCESSES, *REGISTER_CHAINS, HEADS)
_UNREADABLE = Message(
    "cannot be read as it should: the file is damaged. Go back to the newest copy that verifies."
)


def _claims(db: Database) -> Claims:
    """Give what is kept of where chains ended; nothing where that cannot be read."""
    try:
        return read_claims(db)
    except sqlite3.DatabaseError:
        return Claims()


def _attempt(db: Database, place: str, proof: Callable[[Database], list[Broken]]) -> list[Broken]:
    """Give what a proof finds; a damaged page under it is a finding too."""
    try:
        return proof(db)
    except sqlite3.DatabaseError:
        return [Broken("file-damaged", place, _UNREADABLE)]


@contextmanager
def one_moment(db: Database) -> Iterator[None]:
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


def _file_faults(db: Database) -> list[Broken]:
    """Ask SQLite itself whether pages, indexes, types and references are in order."""
    answers = [text for (text,) in db.execute("PRAGMA integrity_check")]
    faults = [] if answers == ["ok"] else [Broken("file-damaged", "file", _UNREADABLE)]
    astray = Counter(table for table, *_rest in db.execute("PRAGMA foreign_key_check"))
    for table, count in astray.items():
        message = Message("rows that point to rows that do not exist: {count}.", {"count": count})
        faults.append(Broken("reference-astray", table, message))
    return faults


_LOST = Message(
    "no entry has this hash: entries were removed or written anew since it was written down,"
    " or it was written down wrongly."
)


def _lost_heads(db: Database, heads: Sequence[str], chains: Sequence[Chain]) -> list[Broken]:
    """Give the hashes that were written down once and that no entry has now."""
    if not heads:
        return []
    wanted = [head.strip().lower() for head in heads]
    known = {FIRST_HASH}
    for chain in chains:
        known.update(text for (text,) in db.execute(f"SELECT hash FROM {chain.table}"))
    return [Broken("head-lost", head, _LOST) for head in wanted if head not in known]


def _bad_rows(db: Database, check: Check) -> list[Broken]:
    if check.is_doubt and not db.table("households").exists():
        return []  # nothing was imported yet
    places = sorted(str(place) for (place,) in db.execute(check.bad_places_sql))
    return [Broken(check.name, place, check.says, check.is_doubt) for place in places]
