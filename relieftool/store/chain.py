"""Entries that are only added, each sealed with a hash over itself and the entry before.

Whoever changes, drops or inserts one afterwards breaks every seal from there on. What an entry says
of people is sealed by a salted hash only, so that it can be forgotten. Imports nothing of ours.

Where all chains end, kept in a chain of its own after every write: what is cut off shows here.

Only who cuts everything written since some moment leaves no trace; a hash of this chain that was
written down elsewhere shows even that.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

FIRST_HASH = "0" * 64
_SALT_BYTES = 16
_Row = Mapping[str, Any]


@dataclass(frozen=True)
class Chain:
    """A table whose rows are chained, and the column that counts them from 1 without a gap.

    `personal` are the columns that hold names of people or free text. Each has two beside it: the
    salted hash of the text, which is sealed like all the rest, and the salt. The texts stay in the
    row they belong to, where a query finds them, and the table's trigger allows one change only: a
    text and its salt become NULL together.
    """

    table: str
    key: str
    personal: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChainEnd:
    """The last entry of a chain: its number and its hash; 0 and all zeros where there is none."""

    number: int
    hash: str


def hash_entry(row: _Row, case: _Row | None = None, *, personal: Collection[str] = ()) -> str:
    """Return the SHA-256 over an entry without its personal texts, and over the case it opens.

    What is unknown is left out, so that a column added to the table later changes no old hash.

    >>> hash_entry({"note": "x", "hash": "any"}) == hash_entry({"note": "x"})
    True
    >>> hash_entry({"note": "x"}) == hash_entry({"note": None})
    False
    >>> hash_entry({"entry_id": 1, "by": "x"}, personal=["by"]) == hash_entry({"entry_id": 1})
    True
    """
    unsealed = {"hash", *personal, *map(_salt_of, personal)}
    content = {name: row[name] for name in row if row[name] is not None and name not in unsealed}
    if case is not None:
        content["case"] = {name: value for name, value in case.items() if value is not None}
    return _sha256(content)


def hash_text(salt: str, column: str, text: object) -> str:
    """Return the hash that stands for a personal text.

    Without the salt nobody could tell the few names there are from another by trying them; with the
    column in it, no text can be moved to where another stood.
    """
    return _sha256([salt, column, text])


def _sha256(content: object) -> str:
    # Only a damaged file holds what JSON cannot write; repr() makes it differ from what was sealed.
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _salt_of(column: str) -> str:
    return f"{column}_salt"


def _hash_of(column: str) -> str:
    return f"{column}_hash"


def read_chain_end(db: Database, chain: Chain) -> ChainEnd:
    """Return the end of a chain, to be written down: it proves all that came before."""
    last = f"SELECT {chain.key}, hash FROM {chain.table} ORDER BY {chain.key} DESC LIMIT 1"
    found = db.execute(last).fetchone()
    return ChainEnd(0, FIRST_HASH) if found is None else ChainEnd(*found)


def add_entry(db: Database, chain: Chain, content: _Row, case: _Row | None = None) -> ChainEnd:
    """Add an entry at the end of a chain; only inside a transaction that writes."""
    last = read_chain_end(db, chain)
    row = {chain.key: last.number + 1, **content, "previous_hash": last.hash}
    for column in chain.personal:
        if (text := content.get(column)) is not None:
            salt = secrets.token_hex(_SALT_BYTES)
            row |= {_salt_of(column): salt, _hash_of(column): hash_text(salt, column, text)}
    head = ChainEnd(last.number + 1, hash_entry(row, case, personal=chain.personal))
    row["hash"] = head.hash
    columns, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {chain.table} ({columns}) VALUES ({places})", list(row.values()))
    return head


def are_texts_sealed(chain: Chain, row: _Row) -> bool:
    """Whether the personal texts of an entry are those written; what was forgotten may lack.

    A text and its salt are there together or not at all.
    """
    return all(
        salt is None
        if text is None
        else salt is not None and hash_text(salt, column, text) == row[_hash_of(column)]
        for column in chain.personal
        for text, salt in [(row[column], row[_salt_of(column)])]
    )


def forget_texts(db: Database, chain: Chain, number: int, columns: Iterable[str]) -> None:
    """Remove personal texts of an entry for good; only inside a transaction that writes.

    The hash stays, so the chain holds: it shows that there was a text, and nobody can tell which.
    """
    changes = ", ".join(f'"{column}" = NULL, {_salt_of(column)} = NULL' for column in columns)
    db.execute(f"UPDATE {chain.table} SET {changes} WHERE {chain.key} = ?", [number])


def count_forgotten(db: Database, chain: Chain) -> int:
    """Count the personal texts of a chain that were forgotten."""
    return sum(
        db.execute(
            f'SELECT count({_hash_of(column)}) FROM {chain.table} WHERE "{column}" IS NULL'
        ).fetchone()[0]
        for column in chain.personal
    )


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

    >>> parse_chain_ends('{"visits":[2,"ab"]}')
    {'visits': (2, 'ab')}
    >>> parse_chain_ends('["visits"]'), parse_chain_ends("x")
    ({}, {})
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
