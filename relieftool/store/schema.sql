-- The tables of the register's file, each with its indexes and triggers.
--
-- NULL is unknown. Dates are ISO dates as text, money is whole fen, truth is 1 or 0. Tables whose
-- triggers refuse changes only grow; those with `previous_hash` are chains: each row is sealed with
-- a hash over itself and the row before. Of a name or a free text only the salted hash beside it is
-- sealed, so that it can be forgotten: the one change those triggers allow is that a text and its
-- salt become NULL together. The tables of what is now known of people (households, members,
-- receipts and the like) get a column for each fact of the pack, so the register makes them itself,
-- out of the source rows kept here.
--
-- The file is stamped with a checksum of these statements without comments and spacing. Until
-- 1.0.0 they may be edited freely; afterwards every edit needs a migration (see migrations.py).

-- What the file as a whole has to remember: its secret key, whether the register is up to date.
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- One row for each file imported. `declared` is what was said of it on the command line or in
-- import.toml; `undone_at` is set while it does not count, being undone or replaced. `salt` is hashed
-- with what is kept of it, and changes when somebody in it is forgotten.
CREATE TABLE imports (
    import_id INTEGER PRIMARY KEY,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    declared TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    undone_at TEXT,
    salt TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX imports_live ON imports (sha256, declared) WHERE undone_at IS NULL;

-- What became of each import, in order: imported, undone, redone. Events of one command have the
-- same step. `rows_sha256` is the hash of all that is kept of its sheets.
CREATE TABLE import_events (
    event_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    import_id INTEGER NOT NULL REFERENCES imports,
    event TEXT NOT NULL CHECK (event IN ('imported', 'undone', 'redone')),
    step INTEGER NOT NULL,
    rows_sha256 TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER import_events_no_update BEFORE UPDATE ON import_events
BEGIN SELECT RAISE(ABORT, 'import_events are never changed'); END;
CREATE TRIGGER import_events_no_delete BEFORE DELETE ON import_events
BEGIN SELECT RAISE(ABORT, 'import_events are never deleted'); END;
CREATE TRIGGER import_events_in_order BEFORE INSERT ON import_events
WHEN new.event_id IS NOT (SELECT ifnull(max(event_id), 0) + 1 FROM import_events)
BEGIN SELECT RAISE(ABORT, 'import_events are only added at the end'); END;

-- Who was forgotten, why, and how what is kept of each import is sealed since.
CREATE TABLE forgettings (
    forgetting_id INTEGER PRIMARY KEY,
    household_no TEXT NOT NULL,
    member_no TEXT,
    import_id INTEGER REFERENCES imports,
    rows_sha256 TEXT,
    reason TEXT,
    reason_hash TEXT,
    reason_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER forgettings_no_update BEFORE UPDATE ON forgettings
WHEN NOT (
    (new.forgetting_id, new.household_no, new.member_no, new.import_id, new.rows_sha256,
        new.reason_hash, new.previous_hash, new.hash)
    IS (old.forgetting_id, old.household_no, old.member_no, old.import_id, old.rows_sha256,
        old.reason_hash, old.previous_hash, old.hash)
    AND ((new.reason, new.reason_salt) IS (old.reason, old.reason_salt)
        OR (new.reason, new.reason_salt) IS (NULL, NULL))
    AND (new.reason) IS NOT (old.reason)
)
BEGIN SELECT RAISE(ABORT, 'forgettings are never changed'); END;
CREATE TRIGGER forgettings_no_delete BEFORE DELETE ON forgettings
BEGIN SELECT RAISE(ABORT, 'forgettings are never deleted'); END;
CREATE TRIGGER forgettings_in_order BEFORE INSERT ON forgettings
WHEN new.forgetting_id IS NOT (SELECT ifnull(max(forgetting_id), 0) + 1 FROM forgettings)
BEGIN SELECT RAISE(ABORT, 'forgettings are only added at the end'); END;

-- Which import stands in the place of which earlier one.
CREATE TABLE replacements (
    import_id INTEGER NOT NULL REFERENCES imports,
    replaces INTEGER NOT NULL REFERENCES imports,
    PRIMARY KEY (import_id, replaces)
) STRICT, WITHOUT ROWID;

-- The tables found in an import's sheets: where each begins, what it lists and for which time,
-- what its columns mean, and which rows of people are hidden or struck through (all JSON).
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
    columns TEXT NOT NULL,
    hidden_rows TEXT NOT NULL DEFAULT '[]',
    struck_rows TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX source_tables_import ON source_tables (import_id);

-- The rows of those tables word for word; `cells` is a JSON array.
CREATE TABLE source_rows (
    row_id INTEGER PRIMARY KEY,
    table_id INTEGER NOT NULL REFERENCES source_tables,
    row_number INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('first', 'continuation', 'total', 'note')),
    continues INTEGER,
    cells TEXT NOT NULL
) STRICT;
CREATE INDEX source_rows_table ON source_rows (table_id);

-- Tables without rows of their own: they read the rows of another table under other columns.
CREATE TABLE borrowed_rows (
    table_id INTEGER PRIMARY KEY REFERENCES source_tables,
    rows_of INTEGER NOT NULL REFERENCES source_tables
) STRICT;

-- Rows out of a correction sheet, each with the row that it replaces.
CREATE TABLE corrections (
    row_id INTEGER PRIMARY KEY REFERENCES source_rows,
    replaces INTEGER NOT NULL REFERENCES source_rows
) STRICT;

-- What is wrong with rows, each problem with its place and its sentence. Those of stage 'register'
-- are found again whenever the register is rebuilt.
CREATE TABLE problems (
    problem_id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES imports,
    row_id INTEGER REFERENCES source_rows,
    stage TEXT NOT NULL CHECK (stage IN ('reading', 'register')),
    code TEXT NOT NULL,
    subject TEXT,
    community TEXT,
    sheet TEXT NOT NULL,
    row_number INTEGER,
    column_header TEXT NOT NULL,
    template TEXT NOT NULL,
    params TEXT NOT NULL,
    is_unused INTEGER NOT NULL CHECK (is_unused IN (0, 1))
) STRICT;
CREATE INDEX problems_import ON problems (import_id);

-- What was said of columns with each import; `fingerprint` is of all headings of the table.
CREATE TABLE said_mappings (
    said_id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES imports,
    fingerprint TEXT NOT NULL,
    header TEXT NOT NULL,
    target TEXT NOT NULL
) STRICT;

-- What of that counts now: the latest, leaving out imports that were undone.
CREATE TABLE column_mappings (
    fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
    header TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (fingerprint, header)
) STRICT;

-- What a person decided about a problem. The newest row about a subject counts.
CREATE TABLE decisions (
    decision_id INTEGER PRIMARY KEY,
    decided_at TEXT NOT NULL,
    "by" TEXT CHECK (trim("by") <> ''),
    subject TEXT NOT NULL,
    choice TEXT NOT NULL,
    target TEXT,
    by_hash TEXT,
    by_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
WHEN NOT (
    (new.decision_id, new.decided_at, new.subject, new.choice, new.target, new.by_hash,
        new.previous_hash, new.hash)
    IS (old.decision_id, old.decided_at, old.subject, old.choice, old.target, old.by_hash,
        old.previous_hash, old.hash)
    AND ((new."by", new.by_salt) IS (old."by", old.by_salt)
        OR (new."by", new.by_salt) IS (NULL, NULL))
    AND (new."by") IS NOT (old."by")
)
BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are never deleted'); END;
CREATE TRIGGER decisions_in_order BEFORE INSERT ON decisions
WHEN new.decision_id IS NOT (SELECT ifnull(max(decision_id), 0) + 1 FROM decisions)
BEGIN SELECT RAISE(ABORT, 'decisions are only added at the end'); END;

-- The number of a question; it keeps it. `problem` is JSON: what was told of rows when the question
-- was numbered, as a problem is told no more once it is decided. NULL for other questions.
CREATE TABLE doubts (
    number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE,
    problem TEXT
) STRICT;

-- The households there ever were, each with the row that it was first seen on. An identity is kept
-- for good; so are the three tables below.
CREATE TABLE household_identities (
    household_id INTEGER PRIMARY KEY,
    first_row INTEGER NOT NULL
) STRICT;
CREATE INDEX household_identities_row ON household_identities (first_row);

-- What lists call them: a number in its community, or a keyed hash of the head's ID number or of
-- the row. `is_first`: the identity was made with this key.
CREATE TABLE household_keys (
    key TEXT NOT NULL,
    household_id INTEGER NOT NULL,
    is_first INTEGER NOT NULL CHECK (is_first IN (0, 1)),
    PRIMARY KEY (key, household_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX household_keys_household ON household_keys (household_id);

-- The numbers by which households are or were called. `short` counts those made in a community for
-- households without a number of their own.
CREATE TABLE household_labels (
    label TEXT PRIMARY KEY,
    household_id INTEGER NOT NULL,
    community TEXT,
    short INTEGER CHECK (short > 0),
    UNIQUE (community, short)
) STRICT, WITHOUT ROWID;
CREATE INDEX household_labels_household ON household_labels (household_id);

-- Which place in a household each person was given, known again by keyed marks of ID number and
-- name.
CREATE TABLE person_identities (
    household_id INTEGER NOT NULL,
    place INTEGER NOT NULL CHECK (place > 0),
    id_mark TEXT,
    name_mark TEXT,
    PRIMARY KEY (household_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_identities_mark ON person_identities (id_mark);

-- What households and members were called before, with the number they have now: no record, but
-- found again from the identities whenever their household is built.
CREATE TABLE former_numbers (
    former_no TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    household_no TEXT NOT NULL
) STRICT;
CREATE INDEX former_numbers_household ON former_numbers (household_no);

-- The values an office sets over those of its pack. The newest row for a parameter and first day
-- counts; one without a value withdraws it. `holds_until` is excluded; NULL is open.
CREATE TABLE parameter_values (
    value_id INTEGER PRIMARY KEY,
    pack_id TEXT NOT NULL,
    parameter TEXT NOT NULL,
    holds_from TEXT NOT NULL CHECK (holds_from IS date(holds_from)),
    holds_until TEXT CHECK (
        holds_until IS NULL
        OR (holds_until IS date(holds_until) AND holds_until > holds_from)),
    value TEXT,
    meaning TEXT,
    source TEXT,
    confidence TEXT CHECK (confidence IN ('verified', 'reported')),
    set_by TEXT,
    set_on TEXT NOT NULL CHECK (set_on IS date(set_on)),
    set_by_hash TEXT,
    set_by_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    CHECK ((value IS NULL) = (source IS NULL) AND (value IS NULL) = (confidence IS NULL))
) STRICT;
CREATE TRIGGER parameter_values_no_update BEFORE UPDATE ON parameter_values
WHEN NOT (
    (new.value_id, new.pack_id, new.parameter, new.holds_from, new.holds_until, new.value,
        new.meaning, new.source, new.confidence, new.set_on, new.set_by_hash, new.previous_hash, new.hash)
    IS (old.value_id, old.pack_id, old.parameter, old.holds_from, old.holds_until, old.value,
        old.meaning, old.source, old.confidence, old.set_on, old.set_by_hash, old.previous_hash, old.hash)
    AND ((new.set_by, new.set_by_salt) IS (old.set_by, old.set_by_salt)
        OR (new.set_by, new.set_by_salt) IS (NULL, NULL))
    AND (new.set_by) IS NOT (old.set_by)
)
BEGIN SELECT RAISE(ABORT, 'parameter_values are never changed'); END;
CREATE TRIGGER parameter_values_no_delete BEFORE DELETE ON parameter_values
BEGIN SELECT RAISE(ABORT, 'parameter_values are never deleted'); END;
CREATE TRIGGER parameter_values_in_order BEFORE INSERT ON parameter_values
WHEN new.value_id IS NOT (SELECT ifnull(max(value_id), 0) + 1 FROM parameter_values)
BEGIN SELECT RAISE(ABORT, 'parameter_values are only added at the end'); END;

-- One case for each household or member and programme, ever.
CREATE TABLE cases (
    case_no TEXT PRIMARY KEY,
    household_no TEXT NOT NULL,
    member_no TEXT,
    programme TEXT NOT NULL,
    found_status TEXT NOT NULL,
    opened_on TEXT NOT NULL CHECK (opened_on IS date(opened_on))
) STRICT;
CREATE UNIQUE INDEX cases_once ON cases (household_no, ifnull(member_no, ''), programme);
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

-- The steps of cases in order: who did what on which day, and with what proof. `paid_until` is
-- the last day that was paid for when a finding was made.
CREATE TABLE case_entries (
    entry_id INTEGER PRIMARY KEY,
    case_no TEXT NOT NULL REFERENCES cases,
    entry_type TEXT NOT NULL,
    entered_on TEXT NOT NULL CHECK (entered_on IS date(entered_on)),
    "by" TEXT,
    checked_by TEXT,
    proxy TEXT,
    department TEXT,
    outcome TEXT,
    amount_fen INTEGER CHECK (amount_fen >= 0),
    paid_until TEXT CHECK (paid_until IS date(paid_until)),
    heard_on TEXT CHECK (heard_on IS date(heard_on)),
    told_on TEXT CHECK (told_on IS date(told_on)),
    evidence_sha256 TEXT,
    note TEXT,
    is_verified INTEGER CHECK (is_verified IN (0, 1)),
    by_hash TEXT,
    by_salt TEXT,
    checked_by_hash TEXT,
    checked_by_salt TEXT,
    proxy_hash TEXT,
    proxy_salt TEXT,
    note_hash TEXT,
    note_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX case_entries_case ON case_entries (case_no);
CREATE TRIGGER case_entries_no_update BEFORE UPDATE ON case_entries
WHEN NOT (
    (new.entry_id, new.case_no, new.entry_type, new.entered_on, new.department, new.outcome,
        new.amount_fen, new.paid_until, new.heard_on, new.told_on, new.evidence_sha256,
        new.is_verified, new.by_hash, new.checked_by_hash, new.proxy_hash, new.note_hash,
        new.previous_hash, new.hash)
    IS (old.entry_id, old.case_no, old.entry_type, old.entered_on, old.department, old.outcome,
        old.amount_fen, old.paid_until, old.heard_on, old.told_on, old.evidence_sha256,
        old.is_verified, old.by_hash, old.checked_by_hash, old.proxy_hash, old.note_hash,
        old.previous_hash, old.hash)
    AND ((new."by", new.by_salt) IS (old."by", old.by_salt)
        OR (new."by", new.by_salt) IS (NULL, NULL))
    AND ((new.checked_by, new.checked_by_salt) IS (old.checked_by, old.checked_by_salt)
        OR (new.checked_by, new.checked_by_salt) IS (NULL, NULL))
    AND ((new.proxy, new.proxy_salt) IS (old.proxy, old.proxy_salt)
        OR (new.proxy, new.proxy_salt) IS (NULL, NULL))
    AND ((new.note, new.note_salt) IS (old.note, old.note_salt)
        OR (new.note, new.note_salt) IS (NULL, NULL))
    AND (new."by", new.checked_by, new.proxy, new.note)
        IS NOT (old."by", old.checked_by, old.proxy, old.note)
)
BEGIN SELECT RAISE(ABORT, 'case_entries are never changed'); END;
CREATE TRIGGER case_entries_no_delete BEFORE DELETE ON case_entries
BEGIN SELECT RAISE(ABORT, 'case_entries are never deleted'); END;
CREATE TRIGGER case_entries_in_order BEFORE INSERT ON case_entries
WHEN new.entry_id IS NOT (SELECT ifnull(max(entry_id), 0) + 1 FROM case_entries)
BEGIN SELECT RAISE(ABORT, 'case_entries are only added at the end'); END;

-- Where a file of evidence was last seen; the entries keep its hash only.
CREATE TABLE evidence_places (
    sha256 TEXT PRIMARY KEY,
    path TEXT NOT NULL
) STRICT;

-- What was seen, taken or brought back, by whom and on which machine: every look at names in full
-- with its reason, every file handed over (its hash), search by ID number, undo, backup and restore.
-- Which households is kept as their number and a keyed hash of their numbers.
CREATE TABLE access_log (
    log_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    user TEXT,
    machine TEXT,
    households INTEGER,
    households_mark TEXT,
    file_sha256 TEXT,
    reason TEXT,
    detail TEXT,
    user_hash TEXT,
    user_salt TEXT,
    reason_hash TEXT,
    reason_salt TEXT,
    detail_hash TEXT,
    detail_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
WHEN NOT (
    (new.log_id, new.at, new.action, new.machine, new.households, new.households_mark,
        new.file_sha256, new.user_hash, new.reason_hash, new.detail_hash, new.previous_hash,
        new.hash)
    IS (old.log_id, old.at, old.action, old.machine, old.households, old.households_mark,
        old.file_sha256, old.user_hash, old.reason_hash, old.detail_hash, old.previous_hash,
        old.hash)
    AND ((new.user, new.user_salt) IS (old.user, old.user_salt)
        OR (new.user, new.user_salt) IS (NULL, NULL))
    AND ((new.reason, new.reason_salt) IS (old.reason, old.reason_salt)
        OR (new.reason, new.reason_salt) IS (NULL, NULL))
    AND ((new.detail, new.detail_salt) IS (old.detail, old.detail_salt)
        OR (new.detail, new.detail_salt) IS (NULL, NULL))
    AND (new.user, new.reason, new.detail) IS NOT (old.user, old.reason, old.detail)
)
BEGIN SELECT RAISE(ABORT, 'access_log are never changed'); END;
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log are never deleted'); END;
CREATE TRIGGER access_log_in_order BEFORE INSERT ON access_log
WHEN new.log_id IS NOT (SELECT ifnull(max(log_id), 0) + 1 FROM access_log)
BEGIN SELECT RAISE(ABORT, 'access_log are only added at the end'); END;

-- Visits to households. `import_id` is of the form that brought one; NULL where none did.
CREATE TABLE visits (
    visit_id INTEGER PRIMARY KEY,
    import_id INTEGER REFERENCES imports,
    household_no TEXT NOT NULL,
    visited_on TEXT NOT NULL CHECK (visited_on IS date(visited_on)),
    step TEXT NOT NULL CHECK (step IN ('screening', 'survey', 'check')),
    level TEXT NOT NULL,
    method TEXT NOT NULL,
    investigators TEXT,
    found TEXT,
    knows_policy INTEGER CHECK (knows_policy IN (0, 1)),
    investigators_hash TEXT,
    investigators_salt TEXT,
    found_hash TEXT,
    found_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX visits_household ON visits (household_no);
CREATE TRIGGER visits_no_update BEFORE UPDATE ON visits
WHEN NOT (
    (new.visit_id, new.import_id, new.household_no, new.visited_on, new.step, new.level,
        new.method, new.knows_policy, new.investigators_hash, new.found_hash, new.previous_hash,
        new.hash)
    IS (old.visit_id, old.import_id, old.household_no, old.visited_on, old.step, old.level,
        old.method, old.knows_policy, old.investigators_hash, old.found_hash, old.previous_hash,
        old.hash)
    AND ((new.investigators, new.investigators_salt) IS (old.investigators, old.investigators_salt)
        OR (new.investigators, new.investigators_salt) IS (NULL, NULL))
    AND ((new.found, new.found_salt) IS (old.found, old.found_salt)
        OR (new.found, new.found_salt) IS (NULL, NULL))
    AND (new.investigators, new.found) IS NOT (old.investigators, old.found)
)
BEGIN SELECT RAISE(ABORT, 'visits are never changed'); END;
CREATE TRIGGER visits_no_delete BEFORE DELETE ON visits
BEGIN SELECT RAISE(ABORT, 'visits are never deleted'); END;
CREATE TRIGGER visits_in_order BEFORE INSERT ON visits
WHEN new.visit_id IS NOT (SELECT ifnull(max(visit_id), 0) + 1 FROM visits)
BEGIN SELECT RAISE(ABORT, 'visits are only added at the end'); END;

-- What happened in households, and with whom; a row that takes another back names it in `undoes`.
-- `members` are their numbers, `closed_cases` the cases that ended with it (both JSON). `other_no` is
-- the household that somebody came from, or that a part became; `import_id` is of who is new.
CREATE TABLE life_events (
    event_id INTEGER PRIMARY KEY,
    household_no TEXT NOT NULL,
    event_type TEXT NOT NULL CHECK (event_type IN (
        'died', 'moved_out', 'moved_in', 'split', 'head', 'to_community', 'dissolved', 'undone')),
    happened_on TEXT NOT NULL CHECK (happened_on IS date(happened_on)),
    members TEXT NOT NULL,
    head_no TEXT,
    other_no TEXT,
    community TEXT,
    import_id INTEGER REFERENCES imports,
    closed_cases TEXT NOT NULL,
    undoes INTEGER REFERENCES life_events,
    evidence_sha256 TEXT,
    note TEXT,
    "by" TEXT,
    note_hash TEXT,
    note_salt TEXT,
    by_hash TEXT,
    by_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX life_events_household ON life_events (household_no);
CREATE TRIGGER life_events_no_update BEFORE UPDATE ON life_events
WHEN NOT (
    (new.event_id, new.household_no, new.event_type, new.happened_on, new.members, new.head_no,
        new.other_no, new.community, new.import_id, new.closed_cases, new.undoes,
        new.evidence_sha256, new.note_hash, new.by_hash, new.previous_hash, new.hash)
    IS (old.event_id, old.household_no, old.event_type, old.happened_on, old.members, old.head_no,
        old.other_no, old.community, old.import_id, old.closed_cases, old.undoes,
        old.evidence_sha256, old.note_hash, old.by_hash, old.previous_hash, old.hash)
    AND ((new.note, new.note_salt) IS (old.note, old.note_salt)
        OR (new.note, new.note_salt) IS (NULL, NULL))
    AND ((new."by", new.by_salt) IS (old."by", old.by_salt)
        OR (new."by", new.by_salt) IS (NULL, NULL))
    AND (new.note, new."by") IS NOT (old.note, old."by")
)
BEGIN SELECT RAISE(ABORT, 'life_events are never changed'); END;
CREATE TRIGGER life_events_no_delete BEFORE DELETE ON life_events
BEGIN SELECT RAISE(ABORT, 'life_events are never deleted'); END;
CREATE TRIGGER life_events_in_order BEFORE INSERT ON life_events
WHEN new.event_id IS NOT (SELECT ifnull(max(event_id), 0) + 1 FROM life_events)
BEGIN SELECT RAISE(ABORT, 'life_events are only added at the end'); END;

-- What families say they need. `import_id` is of the form that brought it; NULL where none did.
CREATE TABLE needs (
    need_id INTEGER PRIMARY KEY,
    import_id INTEGER REFERENCES imports,
    household_no TEXT NOT NULL,
    stated_on TEXT CHECK (stated_on IS date(stated_on)),
    need TEXT NOT NULL,
    words TEXT,
    words_hash TEXT,
    words_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX needs_household ON needs (household_no);
CREATE TRIGGER needs_no_update BEFORE UPDATE ON needs
WHEN NOT (
    (new.need_id, new.import_id, new.household_no, new.stated_on, new.need, new.words_hash,
        new.previous_hash, new.hash)
    IS (old.need_id, old.import_id, old.household_no, old.stated_on, old.need, old.words_hash,
        old.previous_hash, old.hash)
    AND ((new.words, new.words_salt) IS (old.words, old.words_salt)
        OR (new.words, new.words_salt) IS (NULL, NULL))
    AND (new.words) IS NOT (old.words)
)
BEGIN SELECT RAISE(ABORT, 'needs are never changed'); END;
CREATE TRIGGER needs_no_delete BEFORE DELETE ON needs
BEGIN SELECT RAISE(ABORT, 'needs are never deleted'); END;
CREATE TRIGGER needs_in_order BEFORE INSERT ON needs
WHEN new.need_id IS NOT (SELECT ifnull(max(need_id), 0) + 1 FROM needs)
BEGIN SELECT RAISE(ABORT, 'needs are only added at the end'); END;

-- Imports of forms whose visits and needs no longer count, or count again.
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

-- The counts of a month as its table was written; the newest of a month is the one handed in.
CREATE TABLE month_tables (
    table_id INTEGER PRIMARY KEY,
    counted_until TEXT NOT NULL CHECK (counted_until IS date(counted_until)),
    counts TEXT NOT NULL,
    last_event INTEGER NOT NULL,
    written_at TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER month_tables_no_update BEFORE UPDATE ON month_tables
BEGIN SELECT RAISE(ABORT, 'month_tables are never changed'); END;
CREATE TRIGGER month_tables_no_delete BEFORE DELETE ON month_tables
BEGIN SELECT RAISE(ABORT, 'month_tables are never deleted'); END;
CREATE TRIGGER month_tables_in_order BEFORE INSERT ON month_tables
WHEN new.table_id IS NOT (SELECT ifnull(max(table_id), 0) + 1 FROM month_tables)
BEGIN SELECT RAISE(ABORT, 'month_tables are only added at the end'); END;

-- Units and persons who help; the newest row of a name counts.
CREATE TABLE helpers (
    helper_id INTEGER PRIMARY KEY,
    name TEXT,
    helper_type TEXT NOT NULL CHECK (helper_type IN ('unit', 'person')),
    unit TEXT,
    communities TEXT NOT NULL,
    entered_on TEXT NOT NULL CHECK (entered_on IS date(entered_on)),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    name_hash TEXT,
    name_salt TEXT,
    unit_hash TEXT,
    unit_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER helpers_no_update BEFORE UPDATE ON helpers
WHEN NOT (
    (new.helper_id, new.helper_type, new.communities, new.entered_on, new.is_active,
        new.name_hash, new.unit_hash, new.previous_hash, new.hash)
    IS (old.helper_id, old.helper_type, old.communities, old.entered_on, old.is_active,
        old.name_hash, old.unit_hash, old.previous_hash, old.hash)
    AND ((new.name, new.name_salt) IS (old.name, old.name_salt)
        OR (new.name, new.name_salt) IS (NULL, NULL))
    AND ((new.unit, new.unit_salt) IS (old.unit, old.unit_salt)
        OR (new.unit, new.unit_salt) IS (NULL, NULL))
    AND (new.name, new.unit) IS NOT (old.name, old.unit)
)
BEGIN SELECT RAISE(ABORT, 'helpers are never changed'); END;
CREATE TRIGGER helpers_no_delete BEFORE DELETE ON helpers
BEGIN SELECT RAISE(ABORT, 'helpers are never deleted'); END;
CREATE TRIGGER helpers_in_order BEFORE INSERT ON helpers
WHEN new.helper_id IS NOT (SELECT ifnull(max(helper_id), 0) + 1 FROM helpers)
BEGIN SELECT RAISE(ABORT, 'helpers are only added at the end'); END;

-- Which helper looks after which household, from which day, and since when no longer.
CREATE TABLE assignments (
    assignment_id INTEGER PRIMARY KEY,
    household_no TEXT NOT NULL,
    helper TEXT,
    entered_on TEXT NOT NULL CHECK (entered_on IS date(entered_on)),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    "by" TEXT,
    helper_hash TEXT,
    helper_salt TEXT,
    by_hash TEXT,
    by_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX assignments_household ON assignments (household_no);
CREATE TRIGGER assignments_no_update BEFORE UPDATE ON assignments
WHEN NOT (
    (new.assignment_id, new.household_no, new.entered_on, new.is_active, new.helper_hash,
        new.by_hash, new.previous_hash, new.hash)
    IS (old.assignment_id, old.household_no, old.entered_on, old.is_active, old.helper_hash,
        old.by_hash, old.previous_hash, old.hash)
    AND ((new.helper, new.helper_salt) IS (old.helper, old.helper_salt)
        OR (new.helper, new.helper_salt) IS (NULL, NULL))
    AND ((new."by", new.by_salt) IS (old."by", old.by_salt)
        OR (new."by", new.by_salt) IS (NULL, NULL))
    AND (new.helper, new."by") IS NOT (old.helper, old."by")
)
BEGIN SELECT RAISE(ABORT, 'assignments are never changed'); END;
CREATE TRIGGER assignments_no_delete BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments are never deleted'); END;
CREATE TRIGGER assignments_in_order BEFORE INSERT ON assignments
WHEN new.assignment_id IS NOT (SELECT ifnull(max(assignment_id), 0) + 1 FROM assignments)
BEGIN SELECT RAISE(ABORT, 'assignments are only added at the end'); END;

-- What is planned and done for a household; a row that says what came of a plan names it.
CREATE TABLE measures (
    measure_id INTEGER PRIMARY KEY,
    household_no TEXT NOT NULL,
    kind TEXT NOT NULL,
    planned_on TEXT CHECK (planned_on IS date(planned_on)),
    done_on TEXT CHECK (done_on IS date(done_on)),
    amount_fen INTEGER CHECK (amount_fen >= 0),
    result TEXT,
    "by" TEXT,
    completes INTEGER REFERENCES measures,
    result_hash TEXT,
    result_salt TEXT,
    by_hash TEXT,
    by_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX measures_household ON measures (household_no);
CREATE TRIGGER measures_no_update BEFORE UPDATE ON measures
WHEN NOT (
    (new.measure_id, new.household_no, new.kind, new.planned_on, new.done_on, new.amount_fen,
        new.completes, new.result_hash, new.by_hash, new.previous_hash, new.hash)
    IS (old.measure_id, old.household_no, old.kind, old.planned_on, old.done_on, old.amount_fen,
        old.completes, old.result_hash, old.by_hash, old.previous_hash, old.hash)
    AND ((new.result, new.result_salt) IS (old.result, old.result_salt)
        OR (new.result, new.result_salt) IS (NULL, NULL))
    AND ((new."by", new.by_salt) IS (old."by", old.by_salt)
        OR (new."by", new.by_salt) IS (NULL, NULL))
    AND (new.result, new."by") IS NOT (old.result, old."by")
)
BEGIN SELECT RAISE(ABORT, 'measures are never changed'); END;
CREATE TRIGGER measures_no_delete BEFORE DELETE ON measures
BEGIN SELECT RAISE(ABORT, 'measures are never deleted'); END;
CREATE TRIGGER measures_in_order BEFORE INSERT ON measures
WHEN new.measure_id IS NOT (SELECT ifnull(max(measure_id), 0) + 1 FROM measures)
BEGIN SELECT RAISE(ABORT, 'measures are only added at the end'); END;

-- Samples drawn for re-visits: how, and out of which list; `strata` holds who was drawn (JSON).
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
CREATE TRIGGER samples_no_update BEFORE UPDATE ON samples
BEGIN SELECT RAISE(ABORT, 'samples are never changed'); END;
CREATE TRIGGER samples_no_delete BEFORE DELETE ON samples
BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END;
CREATE TRIGGER samples_in_order BEFORE INSERT ON samples
WHEN new.sample_id IS NOT (SELECT ifnull(max(sample_id), 0) + 1 FROM samples)
BEGIN SELECT RAISE(ABORT, 'samples are only added at the end'); END;

-- What a re-visit to a sampled household found: whether it agrees with what was recorded.
CREATE TABLE revisits (
    revisit_id INTEGER PRIMARY KEY,
    sample_id INTEGER NOT NULL REFERENCES samples,
    household_no TEXT NOT NULL,
    revisited_on TEXT NOT NULL CHECK (revisited_on IS date(revisited_on)),
    agrees INTEGER NOT NULL CHECK (agrees IN (0, 1)),
    note TEXT,
    "by" TEXT,
    note_hash TEXT,
    note_salt TEXT,
    by_hash TEXT,
    by_salt TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX revisits_sample ON revisits (sample_id);
CREATE TRIGGER revisits_no_update BEFORE UPDATE ON revisits
WHEN NOT (
    (new.revisit_id, new.sample_id, new.household_no, new.revisited_on, new.agrees,
        new.note_hash, new.by_hash, new.previous_hash, new.hash)
    IS (old.revisit_id, old.sample_id, old.household_no, old.revisited_on, old.agrees,
        old.note_hash, old.by_hash, old.previous_hash, old.hash)
    AND ((new.note, new.note_salt) IS (old.note, old.note_salt)
        OR (new.note, new.note_salt) IS (NULL, NULL))
    AND ((new."by", new.by_salt) IS (old."by", old.by_salt)
        OR (new."by", new.by_salt) IS (NULL, NULL))
    AND (new.note, new."by") IS NOT (old.note, old."by")
)
BEGIN SELECT RAISE(ABORT, 'revisits are never changed'); END;
CREATE TRIGGER revisits_no_delete BEFORE DELETE ON revisits
BEGIN SELECT RAISE(ABORT, 'revisits are never deleted'); END;
CREATE TRIGGER revisits_in_order BEFORE INSERT ON revisits
WHEN new.revisit_id IS NOT (SELECT ifnull(max(revisit_id), 0) + 1 FROM revisits)
BEGIN SELECT RAISE(ABORT, 'revisits are only added at the end'); END;

-- Where every chain ended after each write (JSON), and whose process wrote, on which machine; itself
-- a chain: entries that were cut off the end of another show here.
CREATE TABLE chain_heads (
    head_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    user TEXT,
    machine TEXT,
    heads TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER chain_heads_no_update BEFORE UPDATE ON chain_heads
BEGIN SELECT RAISE(ABORT, 'chain_heads are never changed'); END;
CREATE TRIGGER chain_heads_no_delete BEFORE DELETE ON chain_heads
BEGIN SELECT RAISE(ABORT, 'chain_heads are never deleted'); END;
CREATE TRIGGER chain_heads_in_order BEFORE INSERT ON chain_heads
WHEN new.head_id IS NOT (SELECT ifnull(max(head_id), 0) + 1 FROM chain_heads)
BEGIN SELECT RAISE(ABORT, 'chain_heads are only added at the end'); END;

-- A hash of each table that is no chain, made by whatever wrote to it last. The hash of this table is
-- recorded with the ends of the chains. What was imported is sealed in import_events instead.
CREATE TABLE table_seals (
    table_name TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The findings kept so that the next command reads them. These tables are no record: all their rows
-- can be deleted and are found again. They have no names. `key` is a hash of all that findings rest
-- on apart from the household: the pack with the values set here, the day and the program. The
-- evaluation with the highest `used` was used last. `summary` is JSON: what was found of the rules.
CREATE TABLE kept_evaluations (
    evaluation_id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    used INTEGER NOT NULL,
    summary TEXT NOT NULL
) STRICT;

-- The households evaluated. What is kept of one holds while `basis` does: the digest of what rules
-- read of it, and a hash of the complete rosters of its community. `results` has a digit for each
-- criterion, `priority` is JSON, `findings` is their number: if some are gone, it does not hold.
CREATE TABLE kept_households (
    evaluation_id INTEGER NOT NULL REFERENCES kept_evaluations ON DELETE CASCADE,
    household_no TEXT NOT NULL,
    basis TEXT NOT NULL,
    results TEXT NOT NULL,
    is_priority INTEGER CHECK (is_priority IN (0, 1)),
    priority TEXT NOT NULL,
    has_questions INTEGER NOT NULL CHECK (has_questions IN (0, 1)),
    findings INTEGER NOT NULL,
    least_fen_per_year INTEGER NOT NULL,
    most_fen_per_year INTEGER NOT NULL,
    is_without_limit INTEGER NOT NULL CHECK (is_without_limit IN (0, 1)),
    PRIMARY KEY (evaluation_id, household_no)
) STRICT, WITHOUT ROWID;

-- Their findings in order of place; a programme in force without a finding is ineligible. `more` is
-- JSON of what has no column.
CREATE TABLE kept_findings (
    evaluation_id INTEGER NOT NULL,
    household_no TEXT NOT NULL,
    place INTEGER NOT NULL,
    member_no TEXT,
    programme TEXT NOT NULL,
    status TEXT NOT NULL,
    amount_fen INTEGER,
    amount_period TEXT,
    paid_fen INTEGER,
    gain_fen_per_year INTEGER,
    more TEXT NOT NULL,
    PRIMARY KEY (evaluation_id, household_no, place),
    FOREIGN KEY (evaluation_id, household_no) REFERENCES kept_households ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
