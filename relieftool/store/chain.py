"""Hash chains: tables whose entries are only added.

Each entry has a hash of its content and of the hash before it. If an entry is changed, or is
removed or inserted before the last, the hashes no longer fit. Of a personal text, the hash covers
only a salted hash, so that the text can be forgotten later.

After every write, the ends of all chains are recorded in another chain. This shows if the end of a
chain was cut off. If the newest entries of all chains are cut off, nothing in the file shows it;
only a hash that was written down elsewhere does.
"""

import datetime as dt
import getpass
import hashlib
import json
import platform
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlite_utils import Database

FIRST_HASH = "0" * 64
_SALT_BYTES = 16
_Row = Mapping[str, Any]


@dataclass(frozen=True)
class Chain:
    """A table of chained entries; `key` is the column that counts them from 1 without a gap.

    `personal` are the columns with names of people or free text. For each there are two more: the
    salted hash of the text, which the entry's hash covers, and the salt. The table's triggers allow
    one change only: a text and its salt become NULL together.
    """

    table: str
    key: str
    personal: tuple[str, ...] = ()


class ChainEnd(NamedTuple):
    """The number and hash of the last entry of a chain; 0 and FIRST_HASH for an empty chain."""

    number: int
    hash: str


def hash_entry(row: _Row, case: _Row | None = None, *, personal: Collection[str] = ()) -> str:
    """Return the SHA-256 of an entry together with the case that it opens, if any.

    The columns in `personal` are left out, and so are NULLs, so that a column that is added to the
    table later changes no old hash.

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
    """Return the salted hash of a personal text, which the entry's hash covers in its place.

    Without the salt, a forgotten name could be found by hashing all names. Without the column's
    name, a text could be moved to another column.
    """
    return _sha256([salt, column, text])


def _sha256(content: object) -> str:
    # Only a damaged file has values that JSON cannot write; their repr() makes the hash differ.
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _salt_of(column: str) -> str:
    return f"{column}_salt"


def _hash_of(column: str) -> str:
    return f"{column}_hash"


def read_chain_end(db: Database, chain: Chain) -> ChainEnd:
    """Return the end of a chain, whose hash covers all entries."""
    last = f"SELECT {chain.key}, hash FROM {chain.table} ORDER BY {chain.key} DESC LIMIT 1"
    found = db.execute(last).fetchone()
    return ChainEnd(0, FIRST_HASH) if found is None else ChainEnd(*found)


def add_entry(db: Database, chain: Chain, content: _Row, case: _Row | None = None) -> ChainEnd:
    """Add an entry at the end of a chain and return the new end; only inside `write`.

    `content` is the entry by column, `case` the row of the case that the entry opens, if any.
    """
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
    """Whether each personal text of an entry matches its hash, or is NULL and so is its salt."""
    return all(
        salt is None
        if text is None
        else salt is not None and hash_text(salt, column, text) == row[_hash_of(column)]
        for column in chain.personal
        for text, salt in [(row[column], row[_salt_of(column)])]
    )


def forget_texts(db: Database, chain: Chain, number: int, columns: Iterable[str]) -> None:
    """Remove personal texts of an entry for good; only inside `write`.

    The hashes of the texts stay, so that the chain is still right and shows that there were texts.
    """
    for column in columns:
        change = f'UPDATE {chain.table} SET "{column}" = NULL, {_salt_of(column)} = NULL'
        db.execute(f'{change} WHERE {chain.key} = ? AND "{column}" IS NOT NULL', [number])


def count_forgotten(db: Database, chain: Chain) -> int:
    """Return the number of personal texts of a chain that were forgotten."""
    return sum(
        db.execute(
            f'SELECT count({_hash_of(column)}) FROM {chain.table} WHERE "{column}" IS NULL'
        ).fetchone()[0]
        for column in chain.personal
    )


CHAIN_ENDS = Chain("chain_heads", "head_id")
SEALS = "table_seals"  # what is recorded with the ends though it is no chain: see seals.py
EndsByTable = dict[str, ChainEnd]


def find_chains(db: Database) -> list[Chain]:
    """Return all chains in the file except CHAIN_ENDS, without their personal columns."""
    return [Chain(table, key) for table, key in db.execute(_CHAINED, [CHAIN_ENDS.table]).fetchall()]


_CHAINED = """
    SELECT tables.name, keys.name FROM sqlite_schema AS tables
    JOIN pragma_table_info(tables.name) AS keys ON keys.pk = 1
    JOIN pragma_table_info(tables.name) AS links ON links.name = 'previous_hash'
    WHERE tables.type = 'table' AND tables.name <> ? ORDER BY tables.name
"""


def record_chain_ends(db: Database) -> None:
    """Record the ends of all chains if any has changed; only as the last step of `write`."""
    ends = _find_current_ends(db, find_chains(db))
    if end := compute_seals_end(db):
        ends[SEALS] = end
    if ends and ends != read_recorded_ends(db):
        _add_ends(db, ends)


def compute_seals_end(db: Database) -> ChainEnd | None:
    """Return the number of sealed tables and the hash of their seals; None if there are none."""
    if not db.execute("SELECT 1 FROM main.sqlite_schema WHERE name = ?", [SEALS]).fetchone():
        return None
    seals = [list(row) for row in db.execute(f"SELECT * FROM {SEALS} ORDER BY 1").fetchall()]
    return ChainEnd(len(seals), _sha256(seals)) if seals else None


def read_recorded_ends(db: Database) -> EndsByTable:
    """Return the ends that were recorded last, by table."""
    last = f"SELECT heads FROM {CHAIN_ENDS.table} ORDER BY {CHAIN_ENDS.key} DESC LIMIT 1"
    found = db.execute(last).fetchone()
    return {} if found is None else parse_chain_ends(found[0])


def parse_chain_ends(kept: str) -> EndsByTable:
    """Return recorded ends by table, from their JSON; anything in another format is skipped.

    >>> parse_chain_ends('{"visits":[2,"ab"]}')
    {'visits': ChainEnd(number=2, hash='ab')}
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
                ends[table] = ChainEnd(number, text)
    return ends


def _find_current_ends(db: Database, chains: Iterable[Chain]) -> EndsByTable:
    """Return the ends of the chains by table, without those of empty chains."""
    ends = {chain.table: read_chain_end(db, chain) for chain in chains}
    return {table: end for table, end in ends.items() if end.number}


def _add_ends(db: Database, ends: EndsByTable) -> None:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    kept = json.dumps(ends, sort_keys=True, separators=(",", ":"))
    add_entry(db, CHAIN_ENDS, {"at": at, **find_writer(), "heads": kept})


@cache
def find_writer() -> dict[str, str | None]:
    """Return `user` and `machine`: whose process this is, and where it runs; None if not known."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system without a name for whoever this is
        user = None
    return {"user": user, "machine": platform.node() or None}
