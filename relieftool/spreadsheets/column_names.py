"""Header texts: what they boil down to, and the catalogue of all that are known.

Only exact names count: a header that merely contains 姓名 may be the guardian's or the payee's.
Traditional characters become simplified ones here, in headers, and nowhere in people's names.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from relieftool.pack.facts import Fact
from relieftool.pack.models import Programme
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
from relieftool.values.words import list_words

LONGEST_HEADER = 60
_NUMBERING = re.compile(
    r"^(?:\((?:\d{1,2}|[一二三四五六七八九十]{1,3})\)|\d{1,2}[.、](?!\d)|[一二三四五六七八九十]{1,3}、)"
)
_DIGITS = "零一二三四五六七八九十"
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
    """A header text boiled down.

    `name` keeps what stood in brackets, `bare` leaves it out; `unit` is a period (month, year) or
    a counted thing (人, 套); `scale` is the whole unit as `units` has it, None if unsaid.
    """

    name: str
    bare: str
    unit: str = ""
    scale: str | None = None


@dataclass(frozen=True)
class HeadingMatch:
    """What a header means: the target, which member it is about, and how good the name is.

    A smaller `rank` is a better name. `is_numbered`: the place is only a number at the end, as in
    姓名2. `is_of_head`: the name says the fact is the head's, not the member's of that row.
    """

    target: str
    rank: int
    scale: str | None = None
    place: int | None = None
    is_numbered: bool = False
    is_of_head: bool = False


def _unnumbered(text: str) -> str:
    """Return the text folded, and unnumbered."""
    unified = fold_heading(text).replace("帐", "账")
    return _NUMBERING.sub("", unified).removeprefix("其中").strip(":;,.、-_")


def _told_apart_by(scale: str | None) -> str:
    """Return the part of a unit that tells apart headings of one name: a time, or a thing counted."""
    others = (part for part in split_unit(scale) if part not in (*FEN, "person", "household"))
    return find_time_part(scale) or next(others, "")


def read_heading(text: str) -> Heading:
    r"""Boil a header text down to its name and its unit.

    >>> read_heading("1.家庭月收入 （万元／月）*")
    Heading(name='家庭月收入', bare='家庭月收入', unit='month', scale='wan/month')
    >>> read_heading("備註\n（情況說明）")
    Heading(name='备注情况说明', bare='备注', unit='', scale=None)
    """
    rest, scale = split_heading(_unnumbered(text))
    name = re.sub(r"[()/、·:_\-]", "", rest)
    # What is in brackets may change whose it is: 姓名（监护人） is not 姓名.
    asides = "".join(re.findall(r"\(([^()]*)\)", rest))
    has_role = any(role in asides for role in (*_HEAD, *_OTHERS))
    bare = name if has_role else re.sub(r"[/、·:_\-]", "", re.sub(r"\([^()]*\)", "", rest))
    return Heading(name, bare or name, _told_apart_by(scale), scale)


def _number(digits: str) -> int:
    """Read a place: 3, 三 and 十三 alike."""
    if digits.isdigit():
        return int(digits)
    tens, is_ten, ones = digits.rpartition("十")
    return (_DIGITS.index(tens or "一") * 10 if is_ten else 0) + (
        _DIGITS.index(ones) if ones else 0
    )


@dataclass(frozen=True)
class Catalogue:
    """Every header text that means something, exact; `member_facts` are the facts of one person.

    `figures` are the facts that are no texts: what two columns of a table state must agree.
    `counted` are those that are whole numbers.
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
        """Return whether a header text means something."""
        return self.match(text) is not None

    def target(self, text: str) -> str | None:
        """Return what a header text means, None where nobody knows it."""
        found = self.match(text)
        return found.target if found else None

    def nearest(self, text: str) -> tuple[str, ...]:
        """Return up to three known names that look like the text; suggestions, never taken.

        What is a guardian's, a spouse's or a payee's looks like nothing that is not.
        """
        from rapidfuzz import fuzz, process  # noqa: PLC0415 start-up time

        leaf = read_heading(text.rpartition("/")[2]).name
        roles = _roles_in(leaf)
        shown = {key: name for key, name in self.shown.items() if _roles_in(name) == roles}
        hits = process.extract(leaf, shown, scorer=fuzz.ratio, score_cutoff=70, limit=3)
        return tuple(key for _shown, _score, key in hits)

    def match(self, text: str) -> HeadingMatch | None:
        """Return what a header text means, with its levels parted by '/'."""
        if len(text) > LONGEST_HEADER:
            return None
        if text not in self._matches:
            self._matches[text] = self._match_levels(text.split("/"))
        return self._matches[text]

    def _match_levels(self, levels: list[str]) -> HeadingMatch | None:
        """Try the whole header first, then without its uppermost parents one by one."""
        for dropped in range(len(levels)):
            role = _role(levels[:dropped])
            below = "".join(levels[dropped:])
            found = self._match_name((role or "") + below)
            if found is None and role in _HEAD:
                found = self._match_of_head(below)
            if found is not None:
                above = (
                    split_heading(_unnumbered(parent))[1] for parent in reversed(levels[:dropped])
                )
                scale = add_unit_above(
                    found.scale, mark_whole_table(next(filter(None, above), None))
                )
                return replace(found, rank=found.rank + 1000 * dropped, scale=scale)
        return None

    def _match_of_head(self, below: str) -> HeadingMatch | None:
        """Return what is said of the head under a parent 户主; never his name or number twice."""
        found = self._match_name(below)
        if found is None or found.target in ("name", "id_number", "relation"):
            return None
        return replace(found, is_of_head=found.target in self.member_facts)

    def _match_name(self, text: str) -> HeadingMatch | None:
        heading = read_heading(text)
        return (
            self._exact(heading.name, heading)
            or self._repeated(heading)
            or self._exact(heading.bare, heading)
            or self._receipt(heading)
        )

    def _exact(self, name: str, heading: Heading) -> HeadingMatch | None:
        found = self.names.get((name, heading.unit)) or self.names.get((name, ""))
        found = found or self._in_other_time(name, heading)
        return HeadingMatch(*found, scale=heading.scale) if found else None

    def _in_other_time(self, name: str, heading: Heading) -> tuple[str, int] | None:
        """Find a number of months or years by its name where the heading counts another time."""
        if heading.scale not in TIMES:
            return None
        named = (self.names.get((name, time)) for time in sorted(TIMES))
        return next((one for one in named if one and one[0] in self.counted), None)

    def _repeated(self, heading: Heading) -> HeadingMatch | None:
        """Read 成员一姓名 and 姓名1: the target, and which member it is about."""
        member, numbered = _MEMBER.match(heading.name), _NUMBERED.match(heading.name)
        found = member or numbered
        if found is None:
            return None
        exact = self._exact(found["rest"] or "姓名", heading)
        place = _number(member["first"] or member["second"]) if member else int(found["place"])
        if exact is None or place == 0:
            return None
        return HeadingMatch(
            exact.target, exact.rank, exact.scale, place, is_numbered=member is None
        )

    def _receipt(self, heading: Heading) -> HeadingMatch | None:
        """Find the programme that a column of receipts is headed by: 是否享受低保, 低保金额."""
        for name in (heading.name, heading.bare):
            core = _RECEIPT_LEAD.sub("", name)
            for form in (name, core, _RECEIPT_TAIL.sub("", core)):
                if programme := self.receipts.get(form):
                    return HeadingMatch(f"receipt.{programme}", 0, heading.scale)
        return None


def _roles_in(name: str) -> list[str]:
    """Name those other than the person of the row, and the head, whom a heading speaks of."""
    return [role for role in _OTHERS if role in name]


def _role(parents: list[str]) -> str | None:
    """Name whose columns stand under these parents; None: nobody's in particular."""
    text = read_heading("".join(parents)).name
    if not text or "成员" in text:
        return None
    return next((role for role in (*_OTHERS, *_HEAD) if role in text), None)


def _build_names(
    names: Iterable[tuple[str, list[str]]],
    programmes: Iterable[Programme],
    member_facts: frozenset[str] = frozenset(),
    figures: frozenset[str] = frozenset(),
    counted: frozenset[str] = frozenset(),
) -> Catalogue:
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
    return Catalogue(exact, receipts, shown, member_facts, figures, counted)


@cache
def build_identity_catalogue() -> Catalogue:
    """Return the catalogue of who a row is about and what was paid, without any rule pack."""
    return _build_names(list_words("headings").items(), ())


def build_catalogue(facts: Iterable[Fact], programmes: Iterable[Programme]) -> Catalogue:
    """Return the catalogue of identity headers, these facts' headers and these programmes' names."""
    known = list(facts)
    stated = [(fact.id, fact.headers) for fact in known]
    member_facts = frozenset(fact.id for fact in known if fact.owner == "member")
    figures = frozenset(fact.id for fact in known if fact.type != "text")
    counted = frozenset(fact.id for fact in known if fact.type == "integer")
    names = [*list_words("headings").items(), *stated]
    return _build_names(names, programmes, member_facts, figures, counted)
