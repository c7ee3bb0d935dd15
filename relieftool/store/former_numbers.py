"""Former numbers of households and members, so that cases with an old number still find them.

A number changes when a household gets its 户编号 later, or when another community uses the same
户编号. The household or member with the new number is recognised by the rows that it comes from.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlite_utils import Database

_REMEMBER = """
    CREATE TEMP TABLE numbers_before AS
    SELECT became.row_id, became.household_no, became.member_no, members.id_number, members.name
    FROM main.became AS became
    LEFT JOIN main.members AS members ON members.member_no = became.member_no
"""
_SOME = "WHERE became.household_no IN (SELECT value FROM json_each(?))"
_HOUSEHOLDS = """
    SELECT earlier.household_no, now.household_no, count(*) FROM numbers_before AS earlier
    JOIN became AS now ON now.row_id = earlier.row_id
    WHERE earlier.household_no NOT IN (SELECT household_no FROM households) GROUP BY 1, 2
"""
_MEMBERS = """
    SELECT earlier.member_no, now.member_no, count(*) FROM numbers_before AS earlier
    JOIN became AS now ON now.row_id = earlier.row_id
    JOIN members AS member ON member.member_no = now.member_no
        AND (member.id_number = earlier.id_number OR member.name = earlier.name)
    WHERE earlier.member_no NOT IN (SELECT member_no FROM members) GROUP BY 1, 2
"""


def compile_current_number(column: str) -> str:
    """Return SQL for the current number where a column has a former or current number."""
    return f"ifnull((SELECT number FROM former_numbers WHERE former_no = {column}), {column})"


def find_current_number(db: Database, number: str) -> str:
    """Return the current number for a former one; any other number unchanged."""
    found = db.execute("SELECT number FROM former_numbers WHERE former_no = ?", [number]).fetchone()
    return found[0] if found else number


def snapshot_numbers(db: Database, households: Iterable[str] | None = None) -> None:
    """Store the household and member of each row before the register is rebuilt.

    `households` are the numbers of those that are rebuilt; None: all. Only inside `write`.
    """
    db.execute("DROP TABLE IF EXISTS temp.numbers_before")
    if db.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'became'").fetchone():
        if households is None:
            db.execute(_REMEMBER)
        else:
            db.execute(_REMEMBER + _SOME, [json.dumps(list(households))])


def record_former_numbers(db: Database) -> bool:
    """Record the new numbers of households and members since `snapshot_numbers`.

    Return whether any number has changed. Only inside `write`.
    """
    if not db.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'numbers_before'").fetchone():
        return False
    renamed = {
        **_choose_successors(db.execute(_HOUSEHOLDS)),
        **_choose_successors(db.execute(_MEMBERS)),
    }
    for former, number in sorted(renamed.items()):
        db.execute("UPDATE former_numbers SET number = ? WHERE number = ?", [number, former])
        db.execute("REPLACE INTO former_numbers VALUES (?, ?)", [former, number])
    db.execute(
        "DELETE FROM former_numbers WHERE former_no IN (SELECT household_no FROM households)"
        " OR former_no IN (SELECT member_no FROM members)"
    )
    db.execute("DROP TABLE temp.numbers_before")
    return bool(renamed)


def _choose_successors(counted: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Return, for each former number, the number that most of its rows have now.

    `counted` are pairs of a former and a new number, each with its count of rows.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for former, number, count in counted:
        found[former][number] += count
    return {former: _find_commonest(counts) for former, counts in found.items()}


def _find_commonest(counts: Counter[str]) -> str:
    """Return the number with the highest count; of several, the first in alphabetical order."""
    return min(counts, key=lambda number: (-counts[number], number))
