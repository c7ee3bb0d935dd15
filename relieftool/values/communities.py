"""Normalises the names of communities, which sheets write in several ways."""

import re
from functools import cache

from relieftool.values.text import drop_spaces, simplified_text

_AREA = re.compile(r"^.+?(?:街道办事处|街道办|街道)(?=.{2})")
_SUFFIX = re.compile(
    r"(?:社区居民委员会|社区居委会|社区村委会|居民委员会|村民委员会|居委会|村委会|社区)$"
)


@cache
def normalise_community(text: str) -> str:
    """Return a community's name in simplified characters, without blanks and sub-district.

    An ending such as 社区 or 居委会 is left out too.

    >>> normalise_community("河口下社區"), normalise_community(" 河口下 居委会")
    ('河口下', '河口下')
    >>> normalise_community("后埠街道河口下社区"), normalise_community("街道口社区")
    ('河口下', '街道口')
    """
    simple = _AREA.sub("", drop_spaces(simplified_text(text)))
    return _SUFFIX.sub("", simple) or simple
