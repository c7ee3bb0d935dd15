"""Normalises the names of communities, which sheets write in several ways, and compares them."""

import re
from collections import defaultdict
from collections.abc import Collection
from functools import cache
from itertools import combinations

from relieftool.values.text import drop_spaces, simplified_text
from relieftool.values.vocabulary import list_words

# Larger areas before a name; 小区, 市场 and the like are no areas.
_AREA = (  # compiled when a name is first read
    r"^.{2,}?(?:街道办事处|街道办|街道|办事处"
    r"|(?<![社小校景园片])区|(?<!都)市(?!场)|[省县镇乡]|街(?!道))(?=.{2})"
)
_ASIDE = re.compile(r"\((?:[村社区居民委员会/、]+)\)")
_SUFFIX = re.compile(
    r"(?:村?社区)?(?:居民委员会|村民委员会|居委会|村委会|居委|村委)$"
    r"|社区(?:村|工作站|服务中心|党群服务中心)?$"
)
_SHORTEST = 2
_NEAR = 8  # places in GB 2312, which orders its common characters by sound
_COMMON = range(0xB0A1, 0xD7FA)


@cache
def normalise_community(text: str) -> str:
    """Return a community's name in simplified characters, without blanks and larger areas.

    An ending such as 社区 or 居委会 is left out too, and so are brackets such as （村）.

    >>> normalise_community("河口下社區"), normalise_community(" 河口下 居委会")
    ('河口下', '河口下')
    >>> normalise_community("安源区后埠街河口下社区（村）"), normalise_community("街道口社区")
    ('河口下', '街道口')
    """
    simple = _ASIDE.sub("", drop_spaces(simplified_text(text)))
    return strip_areas(_SUFFIX.sub("", simple)) or simple


def strip_areas(name: str) -> str:
    """Return a community's name without the larger areas before it.

    At least two characters besides 社区 are left: 新街口社区 keeps its 新街.

    >>> strip_areas("安源区后埠街河口下社区"), strip_areas("新街口社区")
    ('河口下社区', '新街口社区')
    """
    while (area := re.match(_AREA, name)) and _has_own_name(name[area.end() :]):
        name = name[area.end() :]
    return name


def _has_own_name(rest: str) -> bool:
    return len(re.sub("社[区區]$", "", rest)) >= _SHORTEST


def list_similar_communities(names: Collection[str]) -> list[tuple[str, str]]:
    """Return the pairs of normalised names that may be one name written differently, in order."""
    known = set(names)
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    pairs: set[tuple[str, str]] = set()
    for name in sorted(names):
        for place in range(len(name)):
            alike[name[:place], name[place + 1 :]].append(name)
            parts = {name[:place], name[place:]} & known
            pairs |= {(min(name, part), max(name, part)) for part in parts}
    for similar in alike.values():
        pairs |= set(combinations(similar, 2))
    return sorted(pair for pair in pairs if is_similar_community(*pair))


def is_similar_community(first: str, second: str) -> bool:
    """Whether two normalised names may be one name written differently.

    One ends in the other; or one character differs that looks or sounds alike. Characters that
    tell neighbours apart, as in 上街 and 下街, are no slip of the pen.

    >>> is_similar_community("河囗下", "河口下"), is_similar_community("后埠河口下", "河口下")
    (True, True)
    >>> is_similar_community("王家玲", "王家岭")
    True
    >>> is_similar_community("河口上", "河口下"), is_similar_community("王家村", "李家村")
    (False, False)
    """
    short, long = sorted((first, second), key=len)
    if len(short) < _SHORTEST or first == second:
        return False
    if len(short) == len(long):
        differing = [pair for pair in zip(short, long, strict=True) if len(set(pair)) > 1]
        return len(differing) == 1 and _are_alike(*differing[0])
    rest = long.removesuffix(short) if long.endswith(short) else long.removeprefix(short)
    return rest != long and not set(rest) <= _list_neighbours()


def _are_alike(first: str, second: str) -> bool:
    """Whether one character may be miswritten for the other."""
    if {first, second} <= _list_neighbours():
        return False
    similar = list_words("similar_characters")
    families = (*similar["looks"], *similar["sounds"])
    if any(first in family and second in family for family in families):
        return True
    codes = [int.from_bytes(character.encode("gb18030"), "big") for character in (first, second)]
    return (
        all(code in _COMMON for code in codes) and abs(_count(codes[0]) - _count(codes[1])) <= _NEAR
    )


def _count(code: int) -> int:
    """Return the place of a character of GB 2312, which has 94 in each row."""
    return (code >> 8) * 94 + (code & 0xFF)


@cache
def _list_neighbours() -> frozenset[str]:
    return frozenset("".join(list_words("similar_characters")["neighbours"]))
