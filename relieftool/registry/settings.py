"""Settings of the file, and whether the register is as its source rows are."""

from sqlite_utils import Database

STATE, STALE, FRESH = "register_state", "stale", "fresh"


def mark_stale(db: Database) -> None:
    """Say that source rows, or what is decided about them, changed; only inside `write`."""
    set_setting(db, STATE, STALE)


def setting(db: Database, key: str) -> str | None:
    """Give a setting of the file."""
    found = db.execute("SELECT value FROM settings WHERE key = ?", [key]).fetchone()
    return found[0] if found else None


def set_setting(db: Database, key: str, value: str) -> None:
    """Keep a setting of the file; only inside `write`."""
    db.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )
