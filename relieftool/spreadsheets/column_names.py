"""Finds the meaning of a heading in the catalogue of known column names.

Only exact names count: a heading that merely contains 姓名 may be about the guardian or the payee.
Headings are compared in simplified characters.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from relieftool.pack.facts import Fact
from relieftool.pack.models import Programme
from relieftool.values.amounts import parse_numeral
from relieftool.values.text import fold_heading
from relieftool.values.units import (
    FEN,
    TIMES,
    add_unit_above,
    find_time_part,
    mark_whole_table,
    split_heading,
    split_unit,
)
from relieftool.values.vocabulary import list_words

LONGEST_HEADER = 60
_NUMBERING = re.compile(
    r"^(?:\((?:\d{1,2}|[一二三四五六七八九十]{1,3})\)|\d{1,2}[.、](?!\d)|[一二三四五六七八九十]{1,3}、)"
)

_MEMBER = re.compile(
    r"^(?:第(?P<first>\d{1,2}|[一二三四五六七八九十]{1,3})[位个名]?(?:家庭)?成员"
    r"|(?:家庭|户内|共同生活)*成员(?P<second>\d{1,2}|[一二三四五六七八九十]{1,3}))的?(?P<rest>.*)$"
)
_NUMBERED = re.compile(r"^(?P<rest>\D+)(?P<place>\d{1,2})$")
_RECEIPT_LEAD = re.compile(r"^(?:是否|有无|已|现|正在|目前)*(?:享受|领取|纳入|属于|为|有)*")
_RECEIPT_TAIL = re.compile(r"(?:发放|领取|补贴|补助)?金额$|(?:待遇|情况)$")
_HEAD = ("户主", "主申请人", "申请人")
_OTHERS = (
    "监护", "配偶", "代理", "收款", "领款", "开户", "账户", "赡养", "抚养", "扶养", "帮扶", "负责",
    "联系人", "经办", "填表", "核查", "调查", "子女", "护理人", "照料",
)  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """A heading split into its name and its unit.

    `name` includes what is in brackets. `bare` does not, unless the brackets name a role such as
    监护人. `scale` is the whole unit in the notation of `values.units`; None if none is stated.
    `unit` is the part of it that separates columns of one name, such as month; it may be empty.
    """

    name: str
    bare: str
    unit: str = ""
    scale: str | None = None


@dataclass(frozen=True)
class HeadingMatch:
    """The meaning of a heading.

    `target` is a fact, `receipt.` with a programme, or a fixed name such as `id_number`. `rank`
    compares headings of one target: the smaller, the better. `scale` is the unit, None if none is
    stated. `place` is the number of the member, from 1, None if the heading has no number.
    `is_numbered`: that number is only at the end of the heading, as in 姓名2. `is_of_head`: the
    fact is about the head of household, not about the member in the row.
    """

    target: str
    rank: int
    scale: str | None = None
    place: int | None = None
    is_numbered: bool = False
    is_of_head: bool = False


def _fold_unnumbered(text: str) -> str:
    """Return a heading in its form for comparison, without numbering such as 1. or （二）."""
    unified = fold_heading(text).replace("帐", "账")
    return _NUMBERING.sub("", unified).removeprefix("其中").strip(":;,.、-_")


def _find_distinguishing_part(scale: str | None) -> str:
    """Return the part of a unit that separates columns of the same name.

    It is the period; without a period, the thing that is counted; otherwise ''.
    """
    others = (part for part in split_unit(scale) if part not in (*FEN, "person", "household"))
    return find_time_part(scale) or next(others, "")


def read_heading(text: str) -> Heading:
    r"""Split a heading into its name and its unit.

    >>> read_heading("1.家庭月收入 （万元／月）*")
    Heading(name='家庭月收入', bare='家庭月收入', unit='month', scale='wan/month')
    >>> read_heading("備註\n（情況說明）")
    Heading(name='备注情况说明', bare='备注', unit='', scale=None)
    """
    rest, scale = split_heading(_fold_unnumbered(text))
    name = re.sub(r"[()/、·:_\-]", "", rest)
    # What is in brackets may change who is meant: 姓名（监护人） is not 姓名.
    asides = "".join(re.findall(r"\(([^()]*)\)", rest))
    has_role = any(role in asides for role in (*_HEAD, *_OTHERS))
    bare = name if has_role else re.sub(r"[/、·:_\-]", "", re.sub(r"\([^()]*\)", "", rest))
    return Heading(name, bare or name, _find_distinguishing_part(scale), scale)


@dataclass(frozen=True)
class Catalogue:
    """All known column names.

    `names` maps a name and its unit to target and rank (see `HeadingMatch`). `receipts` maps a name
    to its programme. `shown` maps each name, as it may be suggested, to its form for comparison.
    The others are sets of facts: `member_facts` are about one person, `figures` are not texts, and
    `counted` are whole numbers.
    """

    names: dict[tuple[str, str], tuple[str, int]]
    receipts: dict[str, str]
    shown: dict[str, str]
    member_facts: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    _matches: dict[str, HeadingMatch | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    def known(self, text: str) -> bool:
        """Whether the meaning of a heading is known."""
        return self.match(text) is not None

    def target(self, text: str) -> str | None:
        """Return the target of a heading (see `HeadingMatch`); None if it is not known."""
        found = self.match(text)
        return found.target if found else None

    def nearest(self, text: str) -> tuple[str, ...]:
        """Return up to three known names that resemble a heading, only to be suggested.

        A name about a guardian, a spouse or a payee is suggested only for the same role.
        """
        from rapidfuzz import fuzz, process  # noqa: PLC0415 start-up time

        leaf = read_heading(text.rpartition("/")[2]).name
        roles = _find_roles(leaf)
        shown = {key: name for key, name in self.shown.items() if _find_roles(name) == roles}
        hits = process.extract(leaf, shown, scorer=fuzz.ratio, score_cutoff=70, limit=3)
        return tuple(key for _shown, _score, key in hits)

    def match(self, text: str) -> HeadingMatch | None:
        """Return the meaning of a heading; None if it is not known.

        Its levels are separated by '/'.
        """
        if len(text) > LONGEST_HEADER:
            return None
        if text not in self._matches:
            self._matches[text] = self._match_levels(text.split("/"))
        return self._matches[text]

    def _match_levels(self, levels: list[str]) -> HeadingMatch | None:
        """Match the whole heading; while nothing matches, drop its uppermost level and try again.

        A role in a dropped level is put before the rest: 监护人/姓名 must not match as 姓名.
        """
        for dropped in range(len(levels)):
            role = _find_role(levels[:dropped])
            below = "".join(levels[dropped:])
            found = self._match_name((role or "") + below)
            if found is None and role in _HEAD:
                found = self._match_of_head(below)
            if found is not None:
                above = (
                    split_heading(_fold_unnumbered(parent))[1]
                    for parent in reversed(levels[:dropped])
                )
                scale = add_unit_above(
                    found.scale, mark_whole_table(next(filter(None, above), None))
                )
                return replace(found, rank=found.rank + 1000 * dropped, scale=scale)
        return None

    def _match_of_head(self, below: str) -> HeadingMatch | None:
        """Match a heading under a parent such as 户主 as a fact about the head.

        Return None for a name, an ID number or a relation, which are not facts.
        """
        found = self._match_name(below)
        if found is None or found.target in ("name", "id_number", "relation"):
            return None
        return replace(found, is_of_head=found.target in self.member_facts)

    def _match_name(self, text: str) -> HeadingMatch | None:
        heading = read_heading(text)
        return (
            self._match_exact(heading.name, heading)
            or self._match_member(heading)
            or self._match_exact(heading.bare, heading)
            or self._match_receipt(heading)
        )

    def _match_exact(self, name: str, heading: Heading) -> HeadingMatch | None:
        found = self.names.get((name, heading.unit)) or self.names.get((name, ""))
        found = found or self._match_other_period(name, heading)
        return HeadingMatch(*found, scale=heading.scale) if found else None

    def _match_other_period(self, name: str, heading: Heading) -> tuple[str, int] | None:
        """Match a heading that has another period than the known heading: years instead of months.

        None if the heading's unit is not a period, or if the fact is not a whole number.
        """
        if heading.scale not in TIMES:
            return None
        named = (self.names.get((name, time)) for time in sorted(TIMES))
        return next((found for found in named if found and found[0] in self.counted), None)

    def _match_member(self, heading: Heading) -> HeadingMatch | None:
        """Match a heading that numbers the member, such as 成员一姓名 or 姓名1."""
        member, numbered = _MEMBER.match(heading.name), _NUMBERED.match(heading.name)
        found = member or numbered
        if found is None:
            return None
        exact = self._match_exact(found["rest"] or "姓名", heading)
        digits = (member["first"] or member["second"]) if member else found["place"]
        place = int(digits) if digits.isdigit() else parse_numeral(digits)
        if exact is None or not place:
            return None
        return HeadingMatch(
            exact.target, exact.rank, exact.scale, place, is_numbered=member is None
        )

    def _match_receipt(self, heading: Heading) -> HeadingMatch | None:
        """Match a heading that names a benefit received, such as 是否享受低保 or 低保金额."""
        for name in (heading.name, heading.bare):
            core = _RECEIPT_LEAD.sub("", name)
            for form in (name, core, _RECEIPT_TAIL.sub("", core)):
                if programme := self.receipts.get(form):
                    return HeadingMatch(f"receipt.{programme}", 0, heading.scale)
        return None


def _find_roles(name: str) -> list[str]:
    """Return the roles named in a heading, such as 监护 or 收款; 户主 is not among them."""
    return [role for role in _OTHERS if role in name]


def _find_role(parents: list[str]) -> str | None:
    """Return the role that these parents name, such as 监护 or 户主.

    None if they name no role, or if they are about members (成员).
    """
    text = read_heading("".join(parents)).name
    if not text or "成员" in text:
        return None
    return next((role for role in (*_OTHERS, *_HEAD) if role in text), None)


def _collect_names(
    names: Iterable[tuple[str, list[str]]], programmes: Iterable[Programme]
) -> Catalogue:
    """Return a catalogue of names and programmes.

    `names` pairs each target with its names, the best name first.
    """
    exact: dict[tuple[str, str], tuple[str, int]] = {}
    shown: dict[str, str] = {}
    for target, texts in names:
        for rank, text in enumerate(texts):
            heading = read_heading(text)
            exact.setdefault((heading.name, heading.unit), (target, rank))
            shown.setdefault(text, heading.name)
    receipts: dict[str, str] = {}
    for programme in programmes:
        for text in programme.receipt_headers:
            receipts.setdefault(read_heading(text).name, programme.id)
            shown.setdefault(text, read_heading(text).name)
    return Catalogue(exact, receipts, shown)


@cache
def build_identity_catalogue() -> Catalogue:
    """Return the catalogue of the columns known without a rule pack.

    These are columns such as name, ID number and amount paid.
    """
    return _collect_names(list_words("headings").items(), ())


def build_catalogue(facts: Iterable[Fact], programmes: Iterable[Programme]) -> Catalogue:
    """Return a catalogue of the columns known without a pack, these facts and these programmes."""
    known = list(facts)
    names = [*list_words("headings").items(), *((fact.id, fact.headers) for fact in known)]
    return replace(
        _collect_names(names, programmes),
        member_facts=frozenset(fact.id for fact in known if fact.owner == "member"),
        figures=frozenset(fact.id for fact in known if fact.type != "text"),
        counted=frozenset(fact.id for fact in known if fact.type == "integer"),
    )
