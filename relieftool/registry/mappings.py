"""What somebody once said of the columns of tables with the same headings."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from sqlite_utils import Database

from relieftool.registry.store import opened


def remembered_mappings(path: Path) -> dict[str, dict[str, str]]:
    """Give the mappings a register remembers, by fingerprint; none without a register."""
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return {}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with opened(path) as db:
        for key, header, target in db.execute(
            "SELECT fingerprint, header, target FROM column_mappings"
        ):
            found[key][header] = target
    return dict(found)


def remember_mappings(db: Database, mappings: Mapping[str, Mapping[str, str]]) -> None:
    """Remember what was said of columns; what is said later counts. Only inside `write`."""
    db.conn.executemany(
        "INSERT INTO column_mappings (fingerprint, header, target) VALUES (?, ?, ?)"
        " ON CONFLICT (fingerprint, header) DO UPDATE SET target = excluded.target",
        [(key, header, to) for key, said in mappings.items() for header, to in said.items()],
    )
