"""Where all chains end, kept in a chain of its own after every write: what is cut off shows here.

Only who cuts everything written since some moment leaves no trace; a hash of this chain that was
written down elsewhere shows even that.
"""

import datetime as dt
import json
from collections.abc import Iterable

from sqlite_utils import Database

from relieftool.registry.chain import Chain, add_entry, read_head

HEADS = Chain("chain_heads", "head_id")
Ends = dict[str, tuple[int, str]]


def find_chains(db: Database) -> list[Chain]:
    """Find every chain in the file but the one of the ends itself."""
    return [Chain(table, key) for table, key in db.execute(_CHAINED, [HEADS.table]).fetchall()]


_CHAINED = """
    SELECT tables.name, keys.name FROM sqlite_schema AS tables
    JOIN pragma_table_info(tables.name) AS keys ON keys.pk = 1
    JOIN pragma_table_info(tables.name) AS links ON links.name = 'previous_hash'
    WHERE tables.type = 'table' AND tables.name <> ? ORDER BY tables.name
"""


def note_heads(db: Database) -> None:
    """Keep where every chain ends now, if one has grown; only inside `write`, at its end."""
    ends = _ends(db, find_chains(db))
    if ends and ends != read_ends(db):
        _note(db, ends)


def read_ends(db: Database) -> Ends:
    """Give where the chains ended when that was last kept: number and hash, by table."""
    last = f"SELECT heads FROM {HEADS.table} ORDER BY {HEADS.key} DESC LIMIT 1"
    found = db.execute(last).fetchone()
    return {} if found is None else parse_ends(found[0])


def parse_ends(kept: str) -> Ends:
    """Read ends as they are kept; what is none of ours says nothing.

    >>> parse_ends('{"visits":[2,"ab"]}'), parse_ends('["visits"]'), parse_ends("x")
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


def _ends(db: Database, chains: Iterable[Chain]) -> Ends:
    """Give where chains end; one without an entry is left out."""
    heads = {chain.table: read_head(db, chain) for chain in chains}
    return {table: (head.number, head.hash) for table, head in heads.items() if head.number}


def _note(db: Database, ends: Ends) -> None:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    kept = json.dumps(ends, sort_keys=True, separators=(",", ":"))
    add_entry(db, HEADS, {"at": at, "heads": kept})
