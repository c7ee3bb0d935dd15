"""Changes of the schema, one small function each, in order; published ones are never edited.

Append only. The register's own tables (households, members, receipts …) get their fact columns from
the pack, so the projection makes them; here stands what must never be lost.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migration = Migrations("relief")


@migration()
def m001_source_rows(db: Database) -> None:
    """Keep imported rows word for word, with their place and what is wrong with them."""
    db.executescript("""
        CREATE TABLE settings (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT;
        CREATE TABLE imports (
            import_id INTEGER PRIMARY KEY,
            file_name TEXT NOT NULL,
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            declared TEXT NOT NULL,
            imported_at TEXT NOT NULL,
            undone_at TEXT
        ) STRICT;
        CREATE UNIQUE INDEX imports_live ON imports (sha256, declared) WHERE undone_at IS NULL;
        CREATE TABLE source_tables (
            table_id INTEGER PRIMARY KEY,
            import_id INTEGER NOT NULL REFERENCES imports,
            sheet TEXT NOT NULL,
            title TEXT NOT NULL,
            first_header_row INTEGER NOT NULL,
            last_header_row INTEGER NOT NULL,
            table_kind TEXT NOT NULL CHECK (table_kind IN ('households', 'roster')),
            programme TEXT,
            community TEXT,
            covers TEXT,
            is_complete INTEGER CHECK (is_complete IN (0, 1)),
            columns TEXT NOT NULL
        ) STRICT;
        CREATE INDEX source_tables_import ON source_tables (import_id);
        CREATE TABLE source_rows (
            row_id INTEGER PRIMARY KEY,
            table_id INTEGER NOT NULL REFERENCES source_tables,
            row_number INTEGER NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('first', 'continuation', 'total', 'note')),
            continues INTEGER,
            cells TEXT NOT NULL
        ) STRICT;
        CREATE INDEX source_rows_table ON source_rows (table_id);
        CREATE TABLE problems (
            problem_id INTEGER PRIMARY KEY,
            import_id INTEGER NOT NULL REFERENCES imports,
            row_id INTEGER REFERENCES source_rows,
            stage TEXT NOT NULL CHECK (stage IN ('reading', 'register')),
            code TEXT NOT NULL,
            sheet TEXT NOT NULL,
            row_number INTEGER,
            column_header TEXT NOT NULL,
            template TEXT NOT NULL,
            params TEXT NOT NULL,
            is_unused INTEGER NOT NULL CHECK (is_unused IN (0, 1))
        ) STRICT;
        CREATE INDEX problems_import ON problems (import_id);
    """)


@migration()
def m002_case_ledger(db: Database) -> None:
    """Keep cases, their entries and every look at full names; what is written stays written."""
    db.executescript("""
        CREATE TABLE cases (
            case_no TEXT PRIMARY KEY,
            household_no TEXT NOT NULL,
            member_no TEXT,
            programme TEXT NOT NULL,
            found_status TEXT NOT NULL,
            opened_on TEXT NOT NULL CHECK (opened_on IS date(opened_on))
        ) STRICT;
        CREATE UNIQUE INDEX cases_once ON cases (household_no, ifnull(member_no, ''), programme);
        CREATE TABLE case_entries (
            entry_id INTEGER PRIMARY KEY,
            case_no TEXT NOT NULL REFERENCES cases,
            entry_type TEXT NOT NULL,
            entered_on TEXT NOT NULL CHECK (entered_on IS date(entered_on)),
            "by" TEXT,
            outcome TEXT,
            evidence_sha256 TEXT,
            note TEXT,
            is_verified INTEGER CHECK (is_verified IN (0, 1)),
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX case_entries_case ON case_entries (case_no);
        CREATE TABLE access_log (
            log_id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            action TEXT NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
    """)
    for table, key in (("case_entries", "entry_id"), ("access_log", "log_id")):
        db.executescript(f"""
            CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END;
            CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} are never deleted'); END;
            CREATE TRIGGER {table}_in_order BEFORE INSERT ON {table}
            WHEN new.{key} IS NOT (SELECT ifnull(max({key}), 0) + 1 FROM {table})
            BEGIN SELECT RAISE(ABORT, '{table} are only added at the end'); END;
        """)
    db.executescript("""
        CREATE TRIGGER cases_no_update BEFORE UPDATE ON cases
        BEGIN SELECT RAISE(ABORT, 'cases are never changed'); END;
        CREATE TRIGGER cases_no_delete BEFORE DELETE ON cases
        BEGIN SELECT RAISE(ABORT, 'cases are never deleted'); END;
        CREATE TRIGGER cases_no_replace BEFORE INSERT ON cases
        WHEN EXISTS (
            SELECT 1 FROM cases WHERE case_no = new.case_no OR (
                household_no = new.household_no AND programme = new.programme
                AND member_no IS new.member_no))
        BEGIN SELECT RAISE(ABORT, 'cases are never replaced'); END;
    """)


@migration()
def m003_parameter_values(db: Database) -> None:
    """Keep the values an office sets over its pack; one is withdrawn by a row without a value.

    The newest row for a pack's parameter and first day counts. `holds_until` NULL is open.
    """
    db.executescript("""
        CREATE TABLE parameter_values (
            value_id INTEGER PRIMARY KEY,
            pack_id TEXT NOT NULL,
            parameter TEXT NOT NULL,
            holds_from TEXT NOT NULL CHECK (holds_from IS date(holds_from)),
            holds_until TEXT CHECK (
                holds_until IS NULL
                OR (holds_until IS date(holds_until) AND holds_until > holds_from)),
            value TEXT,
            source TEXT,
            confidence TEXT CHECK (confidence IN ('verified', 'reported')),
            set_by TEXT,
            set_on TEXT NOT NULL CHECK (set_on IS date(set_on)),
            CHECK ((value IS NULL) = (source IS NULL) AND (value IS NULL) = (confidence IS NULL))
        ) STRICT;
        CREATE TRIGGER parameter_values_no_update BEFORE UPDATE ON parameter_values
        BEGIN SELECT RAISE(ABORT, 'parameter_values are never changed'); END;
        CREATE TRIGGER parameter_values_no_delete BEFORE DELETE ON parameter_values
        BEGIN SELECT RAISE(ABORT, 'parameter_values are never deleted'); END;
        CREATE TRIGGER parameter_values_in_order BEFORE INSERT ON parameter_values
        WHEN new.value_id IS NOT (SELECT ifnull(max(value_id), 0) + 1 FROM parameter_values)
        BEGIN SELECT RAISE(ABORT, 'parameter_values are only added at the end'); END;
    """)


@migration()
def m004_column_mappings(db: Database) -> None:
    """Remember what somebody said of columns, by the headings of their table."""
    db.executescript("""
        CREATE TABLE column_mappings (
            fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
            header TEXT NOT NULL,
            target TEXT NOT NULL,
            PRIMARY KEY (fingerprint, header)
        ) STRICT;
    """)


@migration()
def m005_decisions_and_undoing(db: Database) -> None:
    """Keep what a person decided, what became of imports, corrected rows, and former numbers.

    `doubts` gives a problem that can be decided a number that it keeps. A correction stands for the
    row it replaces. A table of borrowed rows reads those of another under a mapping of its own.
    """
    db.executescript("""
        CREATE TABLE decisions (
            decision_id INTEGER PRIMARY KEY,
            decided_at TEXT NOT NULL,
            "by" TEXT NOT NULL CHECK (trim("by") <> ''),
            subject TEXT NOT NULL,
            choice TEXT NOT NULL,
            target TEXT
        ) STRICT;
        CREATE TABLE doubts (number INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE import_events (
            event_id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            import_id INTEGER NOT NULL REFERENCES imports,
            event TEXT NOT NULL CHECK (event IN ('imported', 'undone', 'redone'))
        ) STRICT;
        CREATE TABLE replacements (
            import_id INTEGER NOT NULL REFERENCES imports,
            replaces INTEGER NOT NULL REFERENCES imports,
            PRIMARY KEY (import_id, replaces)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE former_numbers (former_no TEXT PRIMARY KEY, number TEXT NOT NULL) STRICT;
        INSERT INTO import_events (at, import_id, event)
            SELECT imported_at, import_id, 'imported' FROM imports ORDER BY import_id;
        INSERT INTO import_events (at, import_id, event)
            SELECT undone_at, import_id, 'undone' FROM imports WHERE undone_at IS NOT NULL
            ORDER BY undone_at, import_id;
        CREATE TABLE borrowed_rows (
            table_id INTEGER PRIMARY KEY REFERENCES source_tables,
            rows_of INTEGER NOT NULL REFERENCES source_tables
        ) STRICT;
        CREATE TABLE corrections (
            row_id INTEGER PRIMARY KEY REFERENCES source_rows,
            replaces INTEGER NOT NULL REFERENCES source_rows
        ) STRICT;
        ALTER TABLE problems ADD COLUMN community TEXT;
        ALTER TABLE problems ADD COLUMN subject TEXT;
    """)
    for table, key in (("decisions", "decision_id"), ("import_events", "event_id")):
        db.executescript(f"""
            CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END;
            CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} are never deleted'); END;
            CREATE TRIGGER {table}_in_order BEFORE INSERT ON {table}
            WHEN new.{key} IS NOT (SELECT ifnull(max({key}), 0) + 1 FROM {table})
            BEGIN SELECT RAISE(ABORT, '{table} are only added at the end'); END;
        """)


@migration()
def m008_case_steps(db: Database) -> None:
    """Let an entry say who checked a closing, which department was asked and what it granted."""
    db.executescript("""
        ALTER TABLE case_entries ADD COLUMN checked_by TEXT;
        ALTER TABLE case_entries ADD COLUMN department TEXT;
        ALTER TABLE case_entries ADD COLUMN amount_fen INTEGER CHECK (amount_fen >= 0);
    """)


@migration()
def m009_fieldwork(db: Database) -> None:
    """Keep visits, helpers, measures and samples, each chained and only added to like the cases."""
    db.executescript("""
        CREATE TABLE visits (
            visit_id INTEGER PRIMARY KEY,
            household_no TEXT NOT NULL,
            visited_on TEXT NOT NULL CHECK (visited_on IS date(visited_on)),
            step TEXT NOT NULL CHECK (step IN ('screening', 'survey', 'check')),
            level TEXT NOT NULL,
            method TEXT NOT NULL,
            investigators TEXT NOT NULL,
            found TEXT NOT NULL,
            knows_policy INTEGER CHECK (knows_policy IN (0, 1)),
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX visits_household ON visits (household_no);
        CREATE TABLE helpers (
            helper_id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            helper_type TEXT NOT NULL CHECK (helper_type IN ('unit', 'person')),
            unit TEXT,
            communities TEXT NOT NULL,
            entered_on TEXT NOT NULL CHECK (entered_on IS date(entered_on)),
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE TABLE assignments (
            assignment_id INTEGER PRIMARY KEY,
            household_no TEXT NOT NULL,
            helper TEXT NOT NULL,
            entered_on TEXT NOT NULL CHECK (entered_on IS date(entered_on)),
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            "by" TEXT NOT NULL,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX assignments_household ON assignments (household_no);
        CREATE TABLE measures (
            measure_id INTEGER PRIMARY KEY,
            household_no TEXT NOT NULL,
            measure_kind TEXT NOT NULL,
            planned_on TEXT CHECK (planned_on IS date(planned_on)),
            done_on TEXT CHECK (done_on IS date(done_on)),
            amount_fen INTEGER CHECK (amount_fen >= 0),
            result TEXT,
            "by" TEXT NOT NULL,
            completes INTEGER REFERENCES measures,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX measures_household ON measures (household_no);
        CREATE TABLE samples (
            sample_id INTEGER PRIMARY KEY,
            drawn_on TEXT NOT NULL CHECK (drawn_on IS date(drawn_on)),
            rate TEXT NOT NULL,
            seed TEXT NOT NULL,
            stratified_by TEXT NOT NULL,
            step TEXT,
            frame_sha256 TEXT NOT NULL CHECK (length(frame_sha256) = 64),
            strata TEXT NOT NULL,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE TABLE revisits (
            revisit_id INTEGER PRIMARY KEY,
            sample_id INTEGER NOT NULL REFERENCES samples,
            household_no TEXT NOT NULL,
            revisited_on TEXT NOT NULL CHECK (revisited_on IS date(revisited_on)),
            agrees INTEGER NOT NULL CHECK (agrees IN (0, 1)),
            note TEXT,
            "by" TEXT NOT NULL,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX revisits_sample ON revisits (sample_id);
    """)
    for table, key in (
        *(("visits", "visit_id"), ("helpers", "helper_id"), ("assignments", "assignment_id")),
        *(("measures", "measure_id"), ("samples", "sample_id"), ("revisits", "revisit_id")),
    ):
        db.executescript(f"""
            CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END;
            CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} are never deleted'); END;
            CREATE TRIGGER {table}_in_order BEFORE INSERT ON {table}
            WHEN new.{key} IS NOT (SELECT ifnull(max({key}), 0) + 1 FROM {table})
            BEGIN SELECT RAISE(ABORT, '{table} are only added at the end'); END;
        """)


@migration()
def m010_needs(db: Database) -> None:
    """Keep what families say they need, each chained and only added to."""
    db.executescript("""
        CREATE TABLE needs (
            need_id INTEGER PRIMARY KEY,
            household_no TEXT NOT NULL,
            stated_on TEXT CHECK (stated_on IS date(stated_on)),
            need TEXT NOT NULL,
            words TEXT,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX needs_household ON needs (household_no);
        CREATE TRIGGER needs_no_update BEFORE UPDATE ON needs
        BEGIN SELECT RAISE(ABORT, 'needs are never changed'); END;
        CREATE TRIGGER needs_no_delete BEFORE DELETE ON needs
        BEGIN SELECT RAISE(ABORT, 'needs are never deleted'); END;
        CREATE TRIGGER needs_in_order BEFORE INSERT ON needs
        WHEN new.need_id IS NOT (SELECT ifnull(max(need_id), 0) + 1 FROM needs)
        BEGIN SELECT RAISE(ABORT, 'needs are only added at the end'); END;
    """)
