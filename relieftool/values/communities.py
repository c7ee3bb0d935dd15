"""Communities by one name each, however a sheet writes them."""

import re
from difflib import get_close_matches
from functools import cache

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.values.text import drop_spaces, simplified_text

_AREA = re.compile(r"^.+?(?:街道办事处|街道办|街道)(?=.{2})")
_SUFFIX = re.compile(
    r"(?:社区居民委员会|社区居委会|社区村委会|居民委员会|村民委员会|居委会|村委会|社区)$"
)


@cache
def normalise_community(text: str) -> str:
    """Give a community's plain name: no sub-district, suffix or blanks, simplified characters.

    >>> normalise_community("河口下社區"), normalise_community(" 河口下 居委会")
    ('河口下', '河口下')
    >>> normalise_community("后埠街道河口下社区"), normalise_community("街道口社区")
    ('河口下', '街道口')
    """
    simple = _AREA.sub("", drop_spaces(simplified_text(text)))
    return _SUFFIX.sub("", simple) or simple


def find_community(db: Database, text: str) -> tuple[int, str]:
    """Find a community of the register by any of its writings.

    Raises:
        ReliefError: The register has none of that name; the nearest are named.
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
    """Give the numbers of a community's households, or of all, in order."""
    rows = db.query(
        "SELECT household_no FROM households JOIN communities"
        " ON communities.community_id = households.community_id"
        " WHERE :name IS NULL OR communities.name = :name ORDER BY household_no",
        {"name": community},
    )
    return [str(row["household_no"]) for row in rows]
