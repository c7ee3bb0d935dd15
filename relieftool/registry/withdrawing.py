"""The table of withdrawals: which imports of forms no longer count, or count again; append only."""

from sqlite_utils import Database


def make_withdrawals(db: Database) -> None:
    """Let visits and needs name the import of their form, and make the table of withdrawals."""
    db.executescript("""
        ALTER TABLE visits ADD COLUMN import_id INTEGER REFERENCES imports;
        ALTER TABLE needs ADD COLUMN import_id INTEGER REFERENCES imports;
        CREATE TABLE withdrawals (
            withdrawal_id INTEGER PRIMARY KEY,
            import_id INTEGER NOT NULL REFERENCES imports,
            entered_on TEXT NOT NULL CHECK (entered_on IS date(entered_on)),
            is_withdrawn INTEGER NOT NULL CHECK (is_withdrawn IN (0, 1)),
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER withdrawals_no_update BEFORE UPDATE ON withdrawals
        BEGIN SELECT RAISE(ABORT, 'withdrawals are never changed'); END;
        CREATE TRIGGER withdrawals_no_delete BEFORE DELETE ON withdrawals
        BEGIN SELECT RAISE(ABORT, 'withdrawals are never deleted'); END;
        CREATE TRIGGER withdrawals_in_order BEFORE INSERT ON withdrawals
        WHEN new.withdrawal_id IS NOT (SELECT ifnull(max(withdrawal_id), 0) + 1 FROM withdrawals)
        BEGIN SELECT RAISE(ABORT, 'withdrawals are only added at the end'); END;
    """)
