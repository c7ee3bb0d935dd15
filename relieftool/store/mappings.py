"""What somebody once said of the columns of tables with the same headings.

It is forgotten with the import it was said with, unless it was said with another one too.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from sqlite_utils import Database

from relieftool.store.database import open_register


def load_mappings(path: Path) -> dict[str, dict[str, str]]:
    """Give the mappings a register remembers, by fingerprint; none without a register."""
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return {}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with open_register(path) as db:
        for key, header, target in db.execute(
            "SELECT fingerprint, header, target FROM column_mappings"
        ):
            found[key][header] = target
    return dict(found)


def record_mappings(
    db: Database, import_id: int, mappings: Mapping[str, Mapping[str, str]]
) -> None:
    """Remember what was said of columns with an import; what is said later counts.

    Only inside `write`.
    """
    said = [(key, header, to) for key, one in mappings.items() for header, to in one.items()]
    if said:
        db.conn.executemany(
            "INSERT INTO said_mappings (import_id, fingerprint, header, target)"
            " VALUES (?, ?, ?, ?)",
            [(import_id, *one) for one in said],
        )
        refresh_mappings(db)


def refresh_mappings(db: Database) -> None:
    """Let count what was said last with imports that were not taken back; only inside `write`."""
    db.execute("DELETE FROM column_mappings")
    db.execute(_COUNTING)


_COUNTING = """
    INSERT INTO column_mappings (fingerprint, header, target)
    SELECT fingerprint, header, target FROM said_mappings WHERE said_id IN (
        SELECT max(said_id) FROM said_mappings
        WHERE import_id NOT IN (
            SELECT import_id FROM import_events WHERE event = 'undone'
            AND event_id IN (SELECT max(event_id) FROM import_events GROUP BY import_id))
        GROUP BY fingerprint, header)
"""
