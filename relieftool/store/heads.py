"""Where all chains end, kept in a chain of its own after every write: what is cut off shows here.

Only who cuts everything written since some moment leaves no trace; a hash of this chain that was
written down elsewhere shows even that.
"""

import datetime as dt
import json
from collections.abc import Iterable

from sqlite_utils import Database

from relieftool.store.chain import Chain, add_entry, read_chain_end

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
    """Give where the chains ended when that was last kept: number and hash, by table."""
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
    """Give where chains end; one without an entry is left out."""
    heads = {chain.table: read_chain_end(db, chain) for chain in chains}
    return {table: (head.number, head.hash) for table, head in heads.items() if head.number}


def _note(db: Database, ends: EndsByTable) -> None:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    kept = json.dumps(ends, sort_keys=True, separators=(",", ":"))
    add_entry(db, CHAIN_ENDS, {"at": at, "heads": kept})
