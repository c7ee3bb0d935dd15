"""What a register holds, whatever numbers its rows were kept under."""

import ast
import hashlib
import re
from collections import defaultdict

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


def content_by_people(db):
    """Return what `content_of` does, with households and members named by who they are.

    Their numbers depend on what was imported before; so do the subjects of doubts about them.
    """
    people = dict(
        db.execute("SELECT member_no, ifnull(name, '?') || ifnull(id_number, '') FROM members")
    )
    homes = defaultdict(list)
    for number, household in db.execute("SELECT member_no, household_no FROM members"):
        homes[household].append(people[number])
    called = people | {number: "+".join(sorted(names)) for number, names in homes.items()}
    number = re.compile(
        "|".join(f"(?<![\\w-]){re.escape(one)}(?![\\w-])" for one in called) or "$^"
    )
    content = content_of(db)
    for table in ("members", "problems"):
        content[table] = [without_labels(text, table) for text in content[table]]
    return {
        table: sorted(number.sub(lambda found: called[found[0]], text) for text in texts)
        for table, texts in content.items()
    }


def without_labels(text, table):
    """Leave out of a row the place of a member, or the subject of a problem."""
    values = ast.literal_eval(text)
    return str(values[:2] + values[3:] if table == "members" else values[:-1])


def content_hash(db):
    return hashlib.sha256(str(content_of(db)).encode()).hexdigest()
