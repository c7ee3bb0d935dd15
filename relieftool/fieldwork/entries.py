"""What every entry of the fieldwork checks before it is written: household, names, words."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from sqlite_utils import Database

from relieftool.cases.evidence import escape_surrogates, has_letter_or_digit
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.former_numbers import find_current_number
from relieftool.values.text import fold_name


def check_household(db: Database, household_no: str) -> str:
    """Give the number that a household of the register goes by now.

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
    """Give a text as it is kept; one that says nothing is refused."""
    if not has_letter_or_digit(text):
        raise ReliefError(option, _("says nothing"), remedy)
    return escape_surrogates(text.strip())


def check_name(option: str, name: str) -> str:
    """Give a name as it is kept: without blanks around it; one that names nobody is refused."""
    if not has_letter_or_digit(name):
        raise ReliefError(
            option, _("names nobody"), _("Write the name after {option}.").format(option=option)
        )
    return escape_surrogates(" ".join(name.split()))


def check_names(option: str, names: Sequence[str]) -> list[str]:
    """Give several names, each person once; none at all is refused."""
    if not names:
        raise ReliefError(
            option, _("names nobody"), _("Write the name after {option}.").format(option=option)
        )
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(fold_name(name), check_name(option, name))
    return list(kept.values())


def find_shared_names(names: Iterable[str], others: Iterable[str]) -> set[str]:
    """Give the names that stand on both sides, however they are spaced."""
    known = {fold_name(name) for name in others}
    return {name for name in names if fold_name(name) in known}
