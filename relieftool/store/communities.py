"""Looks up communities of the register, and the numbers of their households."""

from difflib import get_close_matches

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.values.communities import normalise_community


def find_community(db: Database, text: str) -> tuple[int, str]:
    """Return the id and name of a community; `text` may have a suffix such as 社区.

    Raises:
        ReliefError: The register has no such community; the message suggests known names.
    """
    known = {row["name"]: row["community_id"] for row in db.query("SELECT * FROM communities")}
    name = normalise_community(text)
    if name in known:
        return known[name], name
    near = get_close_matches(name, known, 3, 0.3) or sorted(known)
    remedy = (
        _("Did you mean: {names}?").format(names=_(", ").join(near))
        if near
        else _("Import household lists first: `relief import PATH`.")
    )
    raise ReliefError(text, _("no community has this name"), remedy)


def list_household_numbers(db: Database, community: str | None) -> list[str]:
    """Return the numbers of a community's households in order; of all if `community` is None."""
    rows = db.query(
        "SELECT household_no FROM households JOIN communities"
        " ON communities.community_id = households.community_id"
        " WHERE :name IS NULL OR communities.name = :name ORDER BY household_no",
        {"name": community},
    )
    return [str(row["household_no"]) for row in rows]
