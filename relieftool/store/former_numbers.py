"""Former numbers: what households and members were called before, so that cases find them.

A household gets a 户编号 later, or a second community turns out to use its number. Whoever stood on
the same rows before and after is the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlite_utils import Database

_REMEMBER = """
    CREATE TEMP TABLE numbers_before AS
    SELECT became.row_id, became.household_no, became.member_no, members.id_number, members.name
    FROM main.became AS became
    LEFT JOIN main.members AS members ON members.member_no = became.member_no
"""
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
    """Return the SQL for the number that a household or member written down goes by now."""
    return f"ifnull((SELECT number FROM former_numbers WHERE former_no = {column}), {column})"


def find_current_number(db: Database, number: str) -> str:
    """Return the number that a household or member goes by now; one nobody has stays as it is."""
    found = db.execute("SELECT number FROM former_numbers WHERE former_no = ?", [number]).fetchone()
    return found[0] if found else number


def snapshot_numbers(db: Database) -> None:
    """Note whose rows are whose before the register is made anew; only inside `write`."""
    db.execute("DROP TABLE IF EXISTS temp.numbers_before")
    if db.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'became'").fetchone():
        db.execute(_REMEMBER)


def record_former_numbers(db: Database) -> bool:
    """Keep under which number those are found whose number is gone; say whether any is.

    Only inside `write`.
    """
    if not db.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'numbers_before'").fetchone():
        return False
    renamed = {**_renamed(db.execute(_HOUSEHOLDS)), **_renamed(db.execute(_MEMBERS))}
    for former, number in sorted(renamed.items()):
        db.execute("UPDATE former_numbers SET number = ? WHERE number = ?", [number, former])
        db.execute("REPLACE INTO former_numbers VALUES (?, ?)", [former, number])
    db.execute(
        "DELETE FROM former_numbers WHERE former_no IN (SELECT household_no FROM households)"
        " OR former_no IN (SELECT member_no FROM members)"
    )
    db.execute("DROP TABLE temp.numbers_before")
    return bool(renamed)


def _renamed(counted: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Return for each number that is gone the one that most of its rows have now."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for former, number, count in counted:
        found[former][number] += count
    return {former: _most(counts) for former, counts in found.items()}


def _most(counts: Counter[str]) -> str:
    """Return the commonest; of several the first by its letters."""
    return min(counts, key=lambda number: (-counts[number], number))
