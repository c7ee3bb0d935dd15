"""Entries that are only added, each sealed with a hash over itself and the entry before.

Whoever changes, drops or inserts one afterwards breaks every seal from there on. A table with a
`previous_hash` is such a chain. Imports nothing of ours.

Where all chains end, kept in a chain of its own after every write: what is cut off shows here.

Only who cuts everything written since some moment leaves no trace; a hash of this chain that was
written down elsewhere shows even that.

The tables of the fieldwork, each a chain of entries like the ledger's.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
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
    """Return the SHA-256 over all columns of an entry, and over the case that it opens.

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


CHAIN_ENDS = Chain("chain_heads", "head_id")
EndsByTable = dict[str, tuple[int, str]]


def find_chains(db: Database) -> list[Chain]:
    """Find every chain in the file but the one of the ends itself."""
    return [Chain(table, key) for table, key in db.execute(_CHAINED, [CHAIN_ENDS.table]).fetchall()]


_CHAINED = """
    SELECT tables.name, keys.name FROM sqlite_schema AS tables
    JOIN pragma_table_info(tables.name) AS keys ON keys.pk = 1
    JOIN pragma_table_info(tables.name) AS links ON links.name = 'previous_hash'
    WHERE tables.type = 'table' AND tables.name <> ? ORDER BY tables.name
"""


def record_chain_ends(db: Database) -> None:
    """Keep where every chain ends now, if one has grown; only inside `write`, at its end."""
    ends = _ends_now(db, find_chains(db))
    if ends and ends != read_recorded_ends(db):
        _note(db, ends)


def read_recorded_ends(db: Database) -> EndsByTable:
    """Return where the chains ended when that was last kept: number and hash, by table."""
    last = f"SELECT heads FROM {CHAIN_ENDS.table} ORDER BY {CHAIN_ENDS.key} DESC LIMIT 1"
    found = db.execute(last).fetchone()
    return {} if found is None else parse_chain_ends(found[0])


def parse_chain_ends(kept: str) -> EndsByTable:
    """Read ends as they are kept; what is none of ours says nothing.

    >>> parse_chain_ends('{"visits":[2,"ab"]}'), parse_chain_ends('["visits"]'), parse_chain_ends("x")
    ({'visits': (2, 'ab')}, {}, {})
    """
    try:
        found = json.loads(kept)
    except ValueError:
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    ends = {}
    for table, end in pairs:
        match end:
            case [int(number), str(text)] if number > 0:
                ends[table] = number, text
    return ends


def _ends_now(db: Database, chains: Iterable[Chain]) -> EndsByTable:
    """Return where chains end; one without an entry is left out."""
    heads = {chain.table: read_chain_end(db, chain) for chain in chains}
    return {table: (head.number, head.hash) for table, head in heads.items() if head.number}


def _note(db: Database, ends: EndsByTable) -> None:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    kept = json.dumps(ends, sort_keys=True, separators=(",", ":"))
    add_entry(db, CHAIN_ENDS, {"at": at, "heads": kept})


VISITS = Chain("visits", "visit_id")
HELPERS = Chain("helpers", "helper_id")
ASSIGNMENTS = Chain("assignments", "assignment_id")
MEASURES = Chain("measures", "measure_id")
SAMPLES = Chain("samples", "sample_id")
REVISITS = Chain("revisits", "revisit_id")
NEEDS = Chain("needs", "need_id")
WITHDRAWALS = Chain("withdrawals", "withdrawal_id")
FIELD_CHAINS = (VISITS, HELPERS, ASSIGNMENTS, MEASURES, SAMPLES, REVISITS, NEEDS, WITHDRAWALS)
