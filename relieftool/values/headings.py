"""Reads a heading by its grammar: its name, its unit, and whose column it is.

A heading about people is [time] [stage] [owner] noun [unit] [note]: 2023年家庭总收入（元）, 老年人
身份证号. The owner says whose column it is: a heading that merely contains 姓名 may be about the
guardian or the payee. Headings are compared in simplified characters.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from relieftool.values.text import fold_heading, match_any
from relieftool.values.units import FEN, find_time_part, split_heading, split_unit
from relieftool.values.vocabulary import list_gone_words, list_words

_REMEMBERED = 1 << 12
NUMBERING = re.compile(
    r"^(?:\((?:\d{1,2}|[一二三四五六七八九十]{1,3})\)|\d{1,2}[.、](?!\d)|[一二三四五六七八九十]{1,3}、)"
)

OwnerRole = Literal["plain", "head", "member", "group", "dead", "unknown", "other"]
OWNERS, STAGES = list_words("owners"), list_words("stages")
HEADS, OTHERS = tuple(OWNERS["heads"]), (*OWNERS["relatives"], *OWNERS["officials"])
_GROUPS = (*OWNERS["groups"], *OWNERS["classes"])
_WARDS = ("对象", *(group for group in _GROUPS if any(other in group for other in OTHERS)))
ALONE = tuple(OWNERS["alone"])
FILLER = re.compile(
    rf"(?:(?<=[^与和同])(?:{match_any(OWNERS['selves'])})|{match_any(OWNERS['fillers'])})+$"
)
PERSON = re.compile(
    "(?P<owner>.*?)(?:"
    + "|".join(rf"(?P<{noun}>{match_any(words)})" for noun, words in list_words("nouns").items())
    + ")"
)
OF_PERSON = (*HEADS, *OWNERS["members"], *OWNERS["groups"])
CLASSES = tuple(OWNERS["classes"])
_STILL_MEANT = re.compile(match_any(OWNERS["still_meant"]))
_DEAD = match_any(list_gone_words("dead", "signs"))
_ENDED = match_any([*OWNERS["ended"], *list_gone_words("left")])
_NEGATION, _BENEFIT = match_any(OWNERS["negations"]), match_any(OWNERS["benefits"])
_ANY_PERSON = match_any((*OF_PERSON, "成员"))
NO_LONGER = re.compile(
    f"{_DEAD}|{_ENDED}|^(?:{_BENEFIT})*(?:{_NEGATION})"
    f"(?:(?:{_BENEFIT})+(?:{_ANY_PERSON})|{match_any((*HEADS, '成员', '人员', '对象'))})$"
)
_NO_LONGER_ALONE = re.compile(
    f"已?(?:(?:{_DEAD})+|{_ENDED}|{_NEGATION})(?:{_BENEFIT}|{_ANY_PERSON}|[人者])*"
)
_THE_DEAD = re.compile(f"(?:{_DEAD})+(?:者|人员?|对象)")
# A year may stand without 年, but then not before another digit or a unit of time: 2023家庭总收入.
TIME = re.compile(
    r"(?:截[至止到])?"
    r"(?:(?P<year>20\d\d)(?:年[度底末]?(?:(?P<month>\d{1,2})月[底末]?)?|(?![\d年月./-]))"
    r"|(?P<last>(?:上一?|去)年[度底末]?)|(?:本年度?|今年|当年|[最近前过去]*(?:12个月|十二个月|一年)))"
    r"(?P<rest>\D.*)?"
)
BRACKETED = re.compile(r"\(([^()]*)\)")
_LIMITING = re.compile(r"(?:不|未)?(?:含|包括|包含|计入?)|(?:扣|剔)?除|扣|仅|只")


@dataclass(frozen=True)
class Heading:
    """A heading split into its name and its unit.

    `name` includes what is in brackets. `bare` does not, unless the brackets limit what is meant,
    as in 月收入（不含低保金）; a person in brackets is put first there. `scale` is the whole unit,
    in the notation of `values.units`; None if none is stated. `unit` is its part that separates
    columns of one name, such as month; it may be empty.
    """

    name: str
    bare: str
    unit: str = ""
    scale: str | None = None


def fold_unnumbered(text: str) -> str:
    """Return a heading in its form for comparison, without numbering such as 1. or （二）."""
    unified = fold_heading(text).replace("帐", "账")
    return NUMBERING.sub("", unified).removeprefix("其中").strip(":;,.、-_")


def _find_distinguishing_part(scale: str | None) -> str:
    """Return the part of a unit that separates columns of the same name.

    It is the period; without a period, the thing that is counted; otherwise ''.
    """
    others = (part for part in split_unit(scale) if part not in (*FEN, "person", "household"))
    return find_time_part(scale) or next(others, "")


@lru_cache(_REMEMBERED)
def read_heading(text: str) -> Heading:
    r"""Split a heading into its name and its unit.

    >>> read_heading("1.家庭月收入 （万元／月）*")
    Heading(name='家庭月收入', bare='家庭月收入', unit='month', scale='wan/month')
    >>> read_heading("備註\n（情況說明）")
    Heading(name='备注情况说明', bare='备注', unit='', scale=None)
    """
    rest, scale = split_heading(fold_unnumbered(text))
    asides = BRACKETED.findall(rest)
    limits = [aside for aside in asides if _LIMITING.match(aside)]
    outside = BRACKETED.sub("", rest)
    first = [aside for aside in asides if aside not in limits and _goes_first(aside, outside)]
    meant = [aside for aside in limits if aside not in STAGES["unchanging"]]
    kept = [*first, outside, *meant]
    name, bare = (re.sub(r"[()/、·:_\-]", "", part) for part in (rest, "".join(kept)))
    return Heading(name, bare or name, _find_distinguishing_part(scale), scale)


def _goes_first(aside: str, outside: str) -> bool:
    """Whether words in brackets say whose column it is, or of which time."""
    if find_role(aside) in ("head", "other") or TIME.fullmatch(aside):
        return True
    found = PERSON.fullmatch(outside)
    is_of_person = find_role(found["owner"] if found else outside) != "unknown"
    return is_of_person and _NO_LONGER_ALONE.fullmatch(aside) is not None


def find_role(owner: str) -> OwnerRole:
    """Return the role of the person that the first words of a heading name.

    Somebody who is no longer in the household or in the list is "other", as relatives are.

    >>> [find_role(owner) for owner in ("", "低保户主", "老年人", "儿童监护人", "被监护人", "某某")]
    ['plain', 'head', 'group', 'other', 'group', 'unknown']
    """
    word = FILLER.sub("", owner)
    if not word or word in OWNERS["members"]:
        return "member" if word else "plain"
    is_ward = word.startswith("被") or word.endswith(_WARDS)
    if not is_ward and any(other in word for other in OTHERS):
        return "other"
    is_head, is_member = word.endswith(HEADS), "成员" in word
    if not (is_head or is_member or is_ward or word.endswith(_GROUPS)):
        return "unknown"
    if NO_LONGER.search(_STILL_MEANT.sub("", word)):
        return "dead" if _THE_DEAD.fullmatch(word) else "other"
    return "head" if is_head else "member" if is_member else "group"


def find_owner_role(owner: str) -> OwnerRole:
    """Return the role of what stands before a noun, where 已故 or 停发 is enough for an owner."""
    role = find_role(owner)
    return "other" if role == "unknown" and _NO_LONGER_ALONE.fullmatch(owner) else role
