"""Rows among others that name the community of the rows below: 二、花园社区（12户）.

What is not clearly a community is none: it ends in 社区, 村, 居委会 …, is called one by its label,
or is one that the file names elsewhere.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from relieftool.spreadsheets.titles import find_titled_community, has_no_own_name, strip_area
from relieftool.values.communities import normalise_community
from relieftool.values.text import Cell, drop_spaces, narrow_characters, simplify_characters

_COUNT = r"(?:共|计|合计)?(?:\d+[户人][、,;]?)+"
_SECTION = re.compile(
    r"(?P<lead>\(?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.)]|第[一二三四五六七八九十]{1,3}部分[、:]?)?"
    r"(?P<label>(?:所在|所属)?(?:社区|村居|村\(居\)|居委会)(?:名称)?:)?"
    r"(?P<name>[一-鿿]{2,20}?)"
    rf"(?P<count>:?\({_COUNT}\)|:?{_COUNT})?[:。]?"
)
_SURE = re.compile(r"(?:社区|居委会|居民委员会|村委会|村民委员会)$")
_VILLAGE = "村"
_OTHER_WORDS = re.compile(r"[的各本等]|名单|困难|家庭|合计|小计|情况|意见|负责|领导|人员|签|盖章")
_ROWS_OF_TITLES = 10


@dataclass(frozen=True)
class Section:
    """A row that names a community, counted from 1, and the community as written."""

    row: int
    community: str


def find_section_community(
    text: str, known: Collection[str] = (), *, is_apart: bool = False
) -> str | None:
    """Give the community that the only text of a row names; None where it is clearly none.

    `known` are plain names of communities. `is_apart`: the cell stands where no person's name may
    be, so that a village's bare name is no person's.

    >>> find_section_community("二、花园社区（12户）"), find_section_community("社区：河口下")
    ('花园社区', '河口下')
    >>> find_section_community("一、低保户"), find_section_community("陈新村")
    (None, None)
    """
    found = _SECTION.fullmatch(narrow_characters(simplify_characters(drop_spaces(text))))
    if found is None:
        return None
    name = strip_area(found["name"])
    if name is None or has_no_own_name(name) or _OTHER_WORDS.search(name):
        return None
    is_marked = bool(found["lead"] or found["count"] or is_apart)
    is_known = is_marked and normalise_community(name) in known
    is_village = is_marked and name.endswith(_VILLAGE) and len(name) > len("新村")
    return name if _SURE.search(name) or found["label"] or is_known or is_village else None


def find_only_text(cells: Sequence[Cell], filled: Sequence[int]) -> str | None:
    """Give the text that stands alone on a row; one merged over several cells may fill them all."""
    text = cells[filled[0]]
    is_alone = len(filled) == 1 or (
        len(filled) == len(cells) and all(cell == text for cell in cells)
    )
    return text if is_alone and isinstance(text, str) else None


def list_named_communities(
    names: Iterable[str], sheets: Iterable[Sequence[Sequence[Cell]]]
) -> set[str]:
    """Give the plain names of communities that the sheets of a file are called or titled by."""
    texts = [
        cell
        for rows in sheets
        for row in rows[:_ROWS_OF_TITLES]
        for cell in row
        if isinstance(cell, str)
    ]
    found = [find_titled_community((), name) for name in names]
    found += [find_titled_community([text]) for text in texts]
    return {normalise_community(name) for name in found if name}
