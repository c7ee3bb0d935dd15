"""What every entry of the fieldwork checks before it is written: household, names, words.

Visits and needs that came from a form follow its import: taken back with it, and back again.

Nothing is deleted: an entry that names the import says that what it brought no longer counts, or
counts again. The newest entry of an import is the one that counts.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlite_utils import Database

from relieftool.cases.evidence import escape_surrogates
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.chain import WITHDRAWALS, add_entry
from relieftool.store.former_numbers import find_current_number
from relieftool.values.text import fold_name, has_letter_or_digit


def check_household(db: Database, household_no: str) -> str:
    """Return the number that a household of the register goes by now.

    Raises:
        ReliefError: There is none of this number; the nearest are named.
    """
    number = find_current_number(db, household_no.strip())
    numbers = [row["household_no"] for row in db.query("SELECT household_no FROM households")]
    if number in numbers:
        return number
    near = get_close_matches(number, numbers, 3)
    remedy = (
        _("The nearest are: {numbers}.").format(numbers=", ".join(near))
        if near
        else _("`relief gaps --format csv` lists household numbers.")
    )
    raise ReliefError(number, _("no household has this number"), remedy)


def find_household_community(db: Database, household_no: str) -> str:
    """Name the community of a household of the register."""
    (row,) = db.query(_COMMUNITY, [household_no])
    return str(row["name"])


_COMMUNITY = """
    SELECT communities.name FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE households.household_no = ?
"""


def check_text(option: str, text: str, remedy: str) -> str:
    """Return a text as it is kept; one that says nothing is refused."""
    if not has_letter_or_digit(text):
        raise ReliefError(option, _("says nothing"), remedy)
    return escape_surrogates(text.strip())


def check_name(option: str, name: str) -> str:
    """Return a name as it is kept: without blanks around it; one that names nobody is refused."""
    if not has_letter_or_digit(name):
        raise ReliefError(
            option, _("names nobody"), _("Write the name after {option}.").format(option=option)
        )
    return escape_surrogates(" ".join(name.split()))


def check_names(option: str, names: Sequence[str]) -> list[str]:
    """Return several names, each person once; none at all is refused."""
    if not names:
        raise ReliefError(
            option, _("names nobody"), _("Write the name after {option}.").format(option=option)
        )
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(fold_name(name), check_name(option, name))
    return list(kept.values())


def find_shared_names(names: Iterable[str], others: Iterable[str]) -> set[str]:
    """Return the names that stand on both sides, however they are spaced."""
    known = {fold_name(name) for name in others}
    return {name for name in names if fold_name(name) in known}


_WITHDRAWN = """
    SELECT import_id FROM withdrawals WHERE is_withdrawn = 1 AND withdrawal_id IN
        (SELECT MAX(withdrawal_id) FROM withdrawals GROUP BY import_id)
"""
IS_COUNTED = f"(import_id IS NULL OR import_id NOT IN ({_WITHDRAWN}))"
# Imports that brought visits or needs, whether those are withdrawn, and whether they should be.
_IMPORTS = f"""
    SELECT import_id, import_id IN ({_WITHDRAWN}) AS is_withdrawn, import_id NOT IN (
        SELECT import_id FROM imports WHERE undone_at IS NULL) AS is_gone
    FROM (SELECT import_id FROM visits UNION SELECT import_id FROM needs)
    WHERE import_id IS NOT NULL ORDER BY import_id
"""
_BROUGHT = """
    SELECT (SELECT COUNT(*) FROM visits WHERE import_id = :import_id),
        (SELECT COUNT(*) FROM needs WHERE import_id = :import_id)
"""


@dataclass(frozen=True)
class WithdrawalCounts:
    """How many visits and needs of forms were withdrawn, and how many count again."""

    visits_gone: int = 0
    needs_gone: int = 0
    visits_back: int = 0
    needs_back: int = 0


def record_withdrawals(db: Database, on: dt.date) -> WithdrawalCounts:
    """Withdraw what came from forms whose import no longer counts; let others count again.

    Only inside a transaction that writes.
    """
    gone, back = [0, 0], [0, 0]
    for import_id, is_withdrawn, is_gone in db.execute(_IMPORTS).fetchall():
        if is_withdrawn == is_gone:
            continue
        row = {
            "import_id": import_id,
            "entered_on": on.isoformat(),
            "is_withdrawn": is_gone,
        }
        add_entry(db, WITHDRAWALS, row)
        brought = db.execute(_BROUGHT, {"import_id": import_id}).fetchone()
        told = gone if is_gone else back
        told[:] = [one + more for one, more in zip(told, brought, strict=True)]
    return WithdrawalCounts(*gone, *back)
