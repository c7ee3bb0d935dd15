"""Entries that are only added, each sealed with a hash over itself and the entry before.

Whoever changes, drops or inserts one afterwards breaks every seal from there on. A table with a
`previous_hash` is such a chain. Imports nothing of ours.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

FIRST_HASH = "0" * 64
_Row = Mapping[str, object]


@dataclass(frozen=True)
class Chain:
    """A table whose rows are chained, and the column that counts them from 1 without a gap."""

    table: str
    key: str


CASE_ENTRIES = Chain("case_entries", "entry_id")
ACCESS_ENTRIES = Chain("access_log", "log_id")
DECISIONS = Chain("decisions", "decision_id")
PARAMETER_VALUES = Chain("parameter_values", "value_id")
IMPORT_EVENTS = Chain("import_events", "event_id")
REGISTER_CHAINS = (DECISIONS, PARAMETER_VALUES, IMPORT_EVENTS)


@dataclass(frozen=True)
class ChainEnd:
    """The last entry of a chain: its number and its hash; 0 and all zeros where there is none."""

    number: int
    hash: str


def hash_entry(row: _Row, case: _Row | None = None) -> str:
    """Give the SHA-256 over all columns of an entry, and over the case that it opens.

    What is unknown is left out, so that a column added to the table later changes no old hash.

    >>> hash_entry({"entry_id": 1, "note": "x", "hash": "any"}) == hash_entry({"entry_id": 1, "note": "x"})
    True
    >>> hash_entry({"entry_id": 1, "note": "x"}) == hash_entry({"entry_id": 1, "note": None})
    False
    """
    content = {name: value for name, value in row.items() if value is not None and name != "hash"}
    if case is not None:
        content["case"] = {name: value for name, value in case.items() if value is not None}
    # Only a damaged file holds what JSON cannot write; repr() makes it differ from what was sealed.
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_chain_end(db: Database, chain: Chain = CASE_ENTRIES) -> ChainEnd:
    """Return the end of a chain, to be written down: it proves all that came before.

    Of the cases' chain where none is named.
    """
    last = f"SELECT {chain.key}, hash FROM {chain.table} ORDER BY {chain.key} DESC LIMIT 1"
    found = db.execute(last).fetchone()
    return ChainEnd(0, FIRST_HASH) if found is None else ChainEnd(*found)


def add_entry(db: Database, chain: Chain, content: _Row, case: _Row | None = None) -> ChainEnd:
    """Add an entry at the end of a chain; only inside a transaction that writes."""
    last = read_chain_end(db, chain)
    row = {chain.key: last.number + 1, **content, "previous_hash": last.hash}
    head = ChainEnd(last.number + 1, hash_entry(row, case))
    row["hash"] = head.hash
    columns, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {chain.table} ({columns}) VALUES ({places})", list(row.values()))
    return head
