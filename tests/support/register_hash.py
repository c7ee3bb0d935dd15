"""What a register holds, whatever numbers its rows were kept under."""

import hashlib

_PLACE = """(SELECT file_name || '|' || sheet || '|' || source_rows.row_number FROM source_rows
    JOIN source_tables USING (table_id) JOIN imports USING (import_id)
    WHERE source_rows.row_id = {table}.row_id)"""

_PLACES = """(SELECT group_concat(place, ';') FROM (
    SELECT file_name || '|' || sheet || '|' || source_rows.row_number AS place
    FROM json_each({table}.row_ids) JOIN source_rows ON source_rows.row_id = json_each.value
    JOIN source_tables USING (table_id) JOIN imports USING (import_id) ORDER BY place))"""

_COMMUNITY = "(SELECT name FROM communities WHERE community_id = {table}.community_id)"
_NAMED = {"row_id": _PLACE, "row_ids": _PLACES, "community_id": _COMMUNITY}


def content_of(db):
    """Return every table of the register, with rows and communities named, not numbered."""
    found = {}
    for table in (
        *("communities", "households", "members", "receipts", "rosters", "became", "fact_states"),
    ):
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        shown = [
            _NAMED.get(name, '"{name}"').format(table=table, name=name)
            for name in columns
            if name not in ("receipt_id", "roster_id")
        ]
        found[table] = sorted(map(str, db.execute(f"SELECT {', '.join(shown)} FROM {table}")))
    told = db.execute(
        "SELECT file_name, code, sheet, row_number, column_header, template, params, is_unused,"
        " community, subject FROM problems JOIN imports USING (import_id)"
        " WHERE undone_at IS NULL"
    )
    return found | {"problems": sorted(map(str, told))}


def content_hash(db):
    return hashlib.sha256(str(content_of(db)).encode()).hexdigest()
