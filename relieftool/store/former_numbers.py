"""Former numbers of households and members, so that entries written with one still find them.

A number changes when a household gets its 户编号 later, or when another community uses the same
户编号. The table is written with the register, from the identities that are kept for good.
"""

from sqlite_utils import Database


def compile_current_number(column: str) -> str:
    """Return SQL for the current number where a column has a former or current number."""
    return f"ifnull((SELECT number FROM former_numbers WHERE former_no = {column}), {column})"


def find_current_number(db: Database, number: str) -> str:
    """Return the current number for a former one; any other number unchanged."""
    found = db.execute("SELECT number FROM former_numbers WHERE former_no = ?", [number]).fetchone()
    return found[0] if found else number
