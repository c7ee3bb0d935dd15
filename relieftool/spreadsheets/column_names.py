"""Finds the meaning of a heading: in the catalogue of known names, or by its grammar."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import NamedTuple

from relieftool.pack.facts import Fact, list_joint_headers
from relieftool.pack.models import Programme
from relieftool.pack.programme_names import ProgrammeNames
from relieftool.values.amounts import parse_numeral
from relieftool.values.benefit_days import strip_day_words
from relieftool.values.headings import (
    ALONE,
    BRACKETED,
    CLASSES,
    FILLER,
    HEADS,
    NO_LONGER,
    NUMBERING,
    OF_PERSON,
    OTHERS,
    OWNERS,
    PERSON,
    STAGES,
    TIME,
    Heading,
    OwnerRole,
    find_owner_role,
    find_role,
    fold_unnumbered,
    read_heading,
)
from relieftool.values.payments import names_state, strip_state_words
from relieftool.values.text import (
    Cell,
    drop_spaces,
    fold_heading,
    match_any,
    simplified_text,
)
from relieftool.values.units import (
    PERIODS,
    TIMES,
    add_unit_above,
    find_time_part,
    mark_whole_table,
    split_heading,
)
from relieftool.values.vocabulary import list_words, match_words

LONGEST_HEADER = 60
_UNDATED = "9999"
_MEMBER = re.compile(
    r"^(?:第(?P<first>\d{1,2}|[一二三四五六七八九十]{1,3})[位个名]?(?:家庭)?成员"
    r"|(?:家庭|户内|共同生活)*成员(?P<second>\d{1,2}|[一二三四五六七八九十]{1,3}))的?(?P<rest>.*)$"
)
_NUMBERED = re.compile(r"^(?P<rest>\D+)(?P<place>\d{1,2})$")
_WORDS = match_words("heading_words")
_RECEIPT_LEAD = re.compile(
    f"^{_WORDS['asked']}*{_WORDS['received']}*{_WORDS['of_whom']}?(?:每?月)?"
)
_PAYMENT_LEAD = re.compile(r".{0,4}(?:享受|领取|纳入)")
_RECEIPT_TAILS = (
    re.compile(f"{_WORDS['behind']}$"),
    re.compile(f"{_WORDS['paid']}金额$"),
)
_LEAST_OF_STATES = 100
_OF_DAYS = 300  # the rank of the days of a benefit: its amount and its state go first
_OF_TWO_FACTS = 100  # the rank of a heading of kind and grade: one of kind alone goes first
_NEVER_SUGGESTED = "months"  # 保障月数 is nearly 保障人数
_BELONGING = re.compile(rf"^(?:{'|'.join(OWNERS['belonging'])})")
_SHORTEST_OWNER = 2
_SHORTEST_CHOICE = 2  # 是 or 1 may be of any fact
_ASKING = tuple(list_words("cells")["asking"])  # of one length
_ACCOUNT_NAME = "户名"
_SUMS = frozenset(list_words("around_tables")["sums"])
_OWN_MONEY = re.compile(match_any(list_words("around_tables")["own_money"]))
_BETWEEN = re.compile(f"之?间?的?{_WORDS['of_kin']}?(?=关系)")
_TOWARDS_HEAD = re.compile(r"(?:和|同|跟|对)(?=(?:户主|本人|主?申请人).*关系)")
_HOUSEHOLD_NUMBER = re.compile(
    "(?:{owners})(?:{fillers})*(?:{nouns})".format(
        **{part: match_any(words) for part, words in list_words("household_numbers").items()}
    )
)
_AFTER_KNOWN_NUMBERS = 100  # the rank of a household number that only the grammar knows
_STAGE = re.compile(rf"(?P<paid>{match_any(STAGES['paid'])})|(?:{match_any(STAGES['decided'])})")
_AMOUNTS = list_words("amounts")
_AMOUNT = re.compile(
    "(?:{before})*(?:{paid}|(?:{before})(?:{nouns}|(?P<rate>{rates})))".format(
        **{part: match_any(words) for part, words in _AMOUNTS.items()}
    )
)
# The ranks of an amount that only the grammar knows, of a rate, and of a level of headings.
_AFTER_KNOWN_AMOUNTS, _RATE, LEVEL = 100, 200, 1000
_BESIDE = re.compile(r"[/或]")
_PERIOD_WORD = re.compile(r"(?P<year>全年|年度|每年|年)|(?P<month>每月|月度|月)")
# A relation to somebody else than the head is not that to the head: 与监护人关系.
_TOWARDS = ("与", "同", "和")
# The rank of an owner, added to that of the noun: 姓名 goes before 老人姓名.
_RANKS: dict[OwnerRole, int] = {
    "plain": 0,
    "head": 1,
    "member": 1,
    "group": 10,
    "dead": 10,
    "unknown": 20,
}
# Columns whose cells can show what they are, where the heading does not.
_SHOWN_BY_CELLS = frozenset({"name", "head_name", "id_number", "head_id_number", "community"})


@dataclass(frozen=True)
class HeadingMatch:
    """The meaning of a heading.

    `target` is a fact, `receipt.` with a programme, or a fixed name such as `id_number`. `rank`
    compares headings of one target: the smaller, the better. `scale` is the unit, None if none is
    stated. `place` is the number of the member, from 1, None if the heading has no number.
    `is_numbered`: that number is only at the end of the heading, as in 姓名2. `is_of_head`: the
    fact is about the head of household, not about the member in the row. `role` and `owner` say
    whose column it is; `owner` is "" for a heading that names nobody. `is_assumed`: the heading
    alone is not enough, and the cells must show it. `covers` is the year or month that the heading
    names, "last" for the year before that of the table; None if it names none.
    """

    target: str
    rank: int
    scale: str | None = None
    place: int | None = None
    is_numbered: bool = False
    is_of_head: bool = False
    role: OwnerRole = "plain"
    owner: str = ""
    is_assumed: bool = False
    covers: str | None = None

    @property
    def is_rate(self) -> bool:
        """Whether it is an amount for one person or month, such as 补贴标准."""
        return self.target == "amount" and self.rank % LEVEL >= _RATE

    def is_over(self, table_covers: str | None) -> bool:
        """Whether its year was over on the day of its table: with the year for a benefit received.

        The facts of the year before are the newest there are. In a table without a day no year is
        over, but what was received in it may no longer be.
        """
        if self.covers is None:
            return False
        if self.target.startswith("receipt."):
            return table_covers is None or self.covers[:4] != table_covers[:4]
        return bool(table_covers) and self.covers[:4] < str(int(str(table_covers)[:4]) - 1)


MatchesByPosition = list[HeadingMatch | None]


class NamedOwner(NamedTuple):
    """Whose names are in a column, in the words of its heading: `word` is "" if it says nothing."""

    role: OwnerRole
    word: str


@dataclass(frozen=True)
class Catalogue:
    """All known column names.

    `names` maps a name and its unit to target and rank (see `HeadingMatch`). `of_period` maps an
    amount's name without its period, and that period, likewise. `receipts` maps a name to its
    programme, and so does `receipt_words`, whose names are only of people; `programmes` finds those
    that cells name. `choices` are the words in the cells of facts about a member, by the fact's id.
    `shown` maps each name,
    as it may be suggested, to its form for comparison.
    The others are sets of facts: `member_facts` are about one person, `figures` are not texts, and
    `counted` are whole numbers.
    """

    names: dict[tuple[str, str], tuple[str, int]]
    receipts: dict[str, str]
    shown: dict[str, str]
    receipt_words: dict[str, str] = field(default_factory=dict)
    member_facts: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    of_period: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    programmes: ProgrammeNames = field(default_factory=ProgrammeNames)
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)
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

        lowest = text.rpartition("/")[2]
        roles = _find_roles(read_heading(lowest).name)
        leaf = read_heading(BRACKETED.sub("", fold_heading(lowest))).name
        dated = TIME.fullmatch(leaf)
        leaf = (dated and dated["rest"]) or leaf
        shown = {key: name for key, name in self.shown.items() if _find_roles(name) == roles}
        if leaf.startswith(_ASKING):  # 是否健在 is not nearly 是否残疾
            leaf = leaf[len(_ASKING[0]) :]
            shown = {key: name.removeprefix(_ASKING[0]) for key, name in shown.items()}
        hits = process.extract(leaf, shown, scorer=fuzz.ratio, score_cutoff=70, limit=3)
        # 残疾 alone may be the kind or the grade
        begun = (
            key
            for key in shown
            if leaf and self.target(key) in self.choices and key.startswith(leaf)
        )
        return tuple(key for _shown, _score, key in hits) or tuple(islice(begun, 3))

    def match(self, text: str) -> HeadingMatch | None:
        """Return the meaning of a heading; None if it is not known.

        Its levels are separated by '/'.
        """
        if len(text) > LONGEST_HEADER:
            return None
        if text not in self._matches:
            self._matches[text] = self._match_levels(text.split("/"))
        return self._matches[text]

    def match_all(self, headers: Sequence[str]) -> list[HeadingMatch | None]:
        """Return the meaning of each heading of a table.

        户名 beside a bank account is the account's if other columns name the people.
        """
        found = [self.match(header) for header in headers]
        leaves = [read_heading(header.rpartition("/")[2]).name for header in headers]
        others = [match for match, leaf in zip(found, leaves, strict=True) if leaf != _ACCOUNT_NAME]
        has_names = any(match and match.target in ("name", "head_name") for match in others)
        if not (has_names and any(word in leaf for leaf in leaves for word in OWNERS["accounts"])):
            return found
        return [
            None if leaf == _ACCOUNT_NAME else match
            for match, leaf in zip(found, leaves, strict=True)
        ]

    def match_after(self, owner: str, text: str) -> HeadingMatch | None:
        """Return the fact of a member that a heading names after its owner, as in 某某性别."""
        found = self.match(text.removeprefix(owner)) if text.startswith(owner) else None
        return replace(found, owner=owner) if found and found.target in self.member_facts else None

    def find_choice(self, text: str, cells: Iterable[Cell]) -> str | None:
        """Return the fact of which a heading is the end, as 等级 of 残疾等级, if all cells are its.

        A mere figure or sign may be of anything.
        """
        leaf = read_heading(text.rpartition("/")[2]).bare
        ends = [
            target
            for (name, _unit), (target, _rank) in self.names.items()
            if target in self.choices and name != leaf and name.endswith(leaf or name)
        ]
        words = {drop_spaces(simplified_text(cell)) for cell in cells} if ends else set()
        if not words or min(map(len, words)) < _SHORTEST_CHOICE:
            return None
        return next((fact for fact in ends if words <= self.choices[fact]), None)

    def name_benefit(self, target: str) -> str:
        """Return what the column of a benefit is called."""
        return next(name for name, key in self.receipts.items() if f"receipt.{key}" == target)

    def list_choice_names(self, match: HeadingMatch) -> tuple[str, ...]:
        """Return the headings of a fact that is a choice; none for any other target."""
        names = (
            name for (name, _unit), (target, _rank) in self.names.items() if target == match.target
        )
        return tuple(names) if match.target in self.choices else ()

    def find_named(self, text: str) -> NamedOwner | None:
        """Return whose names are in a column by its heading; None if it is no heading of names."""
        match = self.match(text)
        if match is not None:
            of_names = match.target in ("name", "head_name")
            return NamedOwner(match.role, match.owner) if of_names else None
        *parents, leaf = text.split("/")
        name = read_heading(leaf).bare
        found = PERSON.fullmatch(name)
        is_asked = name.startswith(_ASKING)
        is_person = name.endswith(ALONE) or (
            find_role(name) in ("other", "dead") and NO_LONGER.search(name)
        )
        is_named = found["name"] if found else is_person and not is_asked
        owner = (_find_role(parents) or "") + (found["owner"] if found else name)
        is_other = find_owner_role(owner) in ("other", "dead") and owner not in OWNERS["negations"]
        return NamedOwner("other", owner) if is_named and is_other else None

    def _match_levels(self, levels: list[str]) -> HeadingMatch | None:
        """Match the whole heading; while nothing matches, drop its uppermost level and try again.

        A role in a dropped level is put before the rest: 监护人/姓名 must not match as 姓名.
        """
        assumed: HeadingMatch | None = None
        # above a numbered member nothing is meant but a role: 人员登记/成员二信息/身份证号
        numbered = [place for place, level in enumerate(levels) if _is_numbered_member(level)]
        first = numbered[0] if numbered else 0
        for dropped in range(first, len(levels)):
            role = _find_role(levels[:dropped])
            below = _join_levels(levels[dropped:])
            plain = NUMBERING.sub("", below) if role else below
            found = self._match_name(plain if role and role in plain else f"{role or ''}{plain}")
            if found is not None:
                above = (
                    split_heading(fold_unnumbered(parent))[1]
                    for parent in reversed(levels[:dropped])
                )
                scale = add_unit_above(
                    found.scale, mark_whole_table(next(filter(None, above), None))
                )
                found = replace(found, rank=found.rank + LEVEL * (dropped - first), scale=scale)
                if not found.is_assumed:
                    return found
            assumed = assumed or found
        return assumed

    def _match_name(self, text: str) -> HeadingMatch | None:
        heading = read_heading(text)
        found = self._match_plain(heading)
        if found is not None and not found.is_assumed:
            return found
        return self._match_dated(heading) or self._match_alternatives(text, heading) or found

    def _match_plain(self, heading: Heading) -> HeadingMatch | None:
        """Match a heading that states no time."""
        return (
            self._match_exact(heading.name, heading)
            or self._match_member(heading)
            or self._match_exact(heading.bare, heading)
            or self._match_household_no(heading)
            or self._match_owned(heading)
            or self._match_receipt(heading)
            or self._match_days(heading)
            or self._match_stage(heading)
            or self._match_state(heading)
            or self._match_amount(heading)
        )

    def _match_exact(self, name: str, heading: Heading) -> HeadingMatch | None:
        found = (
            self.names.get((name, heading.unit))
            or (heading.unit and self._match_twin(name, heading.unit))
            or self.names.get((name, ""))
            or self._match_twin(name, heading.unit)
            or self._match_other_period(name, heading)
            or self._match_belonging(name)
            or self._match_third_period(name, heading)
        )
        if found is None:
            return None
        role: OwnerRole = "head" if found[0].startswith("head_") else "plain"
        return HeadingMatch(*found, scale=heading.scale, role=role)

    def _match_twin(self, name: str, unit: str) -> tuple[str, int] | None:
        """Match an amount by its period: 家庭收入（元/年） and 全年家庭收入 are 家庭年收入.

        Return None if the name states another period than the unit.
        """
        found = _PERIOD_WORD.search(name)
        period = str(found.lastgroup) if found else unit
        noun = _PERIOD_WORD.sub("", name, count=1)
        return self.of_period.get((noun, period)) if unit in (period, "") else None

    def _match_third_period(self, name: str, heading: Heading) -> tuple[str, int] | None:
        """Match an amount for a quarter or the like, whose cells are stated but cannot be used."""
        is_of_time = heading.scale is not None and find_time_part(heading.scale) is not None
        is_third = is_of_time and heading.unit not in PERIODS
        return self.of_period.get((name, PERIODS[0])) if is_third else None

    def _match_belonging(self, name: str) -> tuple[str, int] | None:
        """Match a name with a word such as 所属 before it, which only a community may have."""
        found = self.names.get((_BELONGING.sub("", name), ""))
        return found if found and found[0] == "community" else None

    def _match_household_no(self, heading: Heading) -> HeadingMatch | None:
        """Match a heading for the number of a household, such as 户口簿号 or 农户预编码."""
        is_number = _HOUSEHOLD_NUMBER.fullmatch(heading.bare)
        return HeadingMatch("household_no", _AFTER_KNOWN_NUMBERS) if is_number else None

    def _match_owned(self, heading: Heading) -> HeadingMatch | None:
        """Match a heading that names whose column it is, such as 老年人身份证号 or 户主性别.

        Return None for somebody else, such as a guardian; an unknown owner is only assumed.
        """
        name = heading.bare
        if name.endswith("关系"):
            name = _TOWARDS_HEAD.sub("与", _BETWEEN.sub("", name))
        found = PERSON.fullmatch(name)
        if found is None:
            return self._match_owned_fact(name, heading)
        target, owner = str(found.lastgroup), FILLER.sub("", found["owner"])
        role = find_owner_role(owner)
        if role == "other" or owner.startswith(_TOWARDS) or not (owner or target == "relation"):
            return None
        if target == "relation" and role in ("head", "unknown"):
            return None
        nouns = list_words("nouns")[target]
        rank = nouns.index(found[target]) + _RANKS[role]
        named = f"head_{target}" if role == "head" else target
        return HeadingMatch(
            named, rank, heading.scale, role=role, owner=owner, is_assumed=role == "unknown"
        )

    def _match_owned_fact(self, name: str, heading: Heading) -> HeadingMatch | None:
        """Match a fact of the head, as in 户主年龄, or of the row's person, as in 老人性别.

        Not after a class of people: 职工养老保险 is no fact of a person called 职工.
        """
        for end in range(_SHORTEST_OWNER, len(name)):
            owner, noun = name[:end], name[end:].removeprefix("的")
            if not owner.endswith(OF_PERSON) or owner.endswith(CLASSES):
                continue
            role = find_role(owner)
            below = replace(heading, name=noun, bare=noun)
            match = self._match_exact(noun, heading) or self._match_receipt(below)
            is_fact = match is not None and match.target in self.member_facts
            if match and match.role == "plain" and role != "other" and (is_fact or role == "head"):
                if match.target in list_words("nouns"):
                    return None
                is_of_head = is_fact and role == "head"
                return replace(match, role=role, owner=owner, is_of_head=is_of_head)
        return None

    def _match_stage(self, heading: Heading) -> HeadingMatch | None:
        """Match an amount with a word such as 核准 or 实际 in it; what was paid goes first."""
        stages = list(_STAGE.finditer(heading.bare))
        rest = _STAGE.sub("", heading.bare)
        below = replace(heading, name=rest, bare=rest)
        found = self._match_exact(rest, heading) or self._match_receipt(below) if stages else None
        if found is None or not (found.target == "amount" or found.target.startswith("receipt.")):
            return None
        return replace(found, rank=0) if any(stage["paid"] for stage in stages) else found

    def _match_dated(self, heading: Heading) -> HeadingMatch | None:
        """Match a fact whose heading says of which year or month it is, as in 2023年家庭总收入."""
        found = TIME.fullmatch(heading.bare)
        if found is None or not found["rest"]:
            return None
        unit = heading.unit or ("" if found["month"] else "year")
        match = self._match_plain(Heading(found["rest"], found["rest"], unit, heading.scale))
        is_beside = TIME.fullmatch(heading.name) is None  # in brackets, as in 金额（2024年11月）
        is_receipt = match is not None and match.target.startswith("receipt.")
        is_dated = match is not None and (match.target in self.figures or is_receipt)
        if match is None or not (is_dated or is_beside):
            return None
        if not is_dated:
            return match
        # a benefit of a month of the table's own year says nothing of another time
        month = f"{int(found['month']):02}" if found["month"] and not is_receipt else None
        stated = "-".join(filter(None, (found["year"], month))) or (found["last"] and "last")
        return replace(match, covers=stated or None)

    def _match_alternatives(self, text: str, heading: Heading) -> HeadingMatch | None:
        """Match a heading such as 乡镇/社区: what its known words agree on.

        If a word is not known, the cells must show that the others are meant.
        """
        rest = BRACKETED.sub("", split_heading(fold_unnumbered(text))[0])
        words = [word for word in _BESIDE.split(rest) if word]
        found = [self._match_plain(read_heading(word)) for word in words if len(words) > 1]
        known = [match for match in found if match]
        roles = {find_role(word) for word in (*words, heading.name)}
        if len({match.target for match in known}) != 1 or not roles.isdisjoint(("other", "dead")):
            return None
        best = min(known, key=lambda match: match.rank)
        is_sure = len(known) == len(words) and not best.is_assumed
        if not is_sure and best.target not in _SHOWN_BY_CELLS:
            return None
        return replace(best, scale=heading.scale, is_assumed=not is_sure)

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
        rest = found["rest"] or "姓名"
        exact = self._match_exact(rest, heading) or self._match_owned(replace(heading, bare=rest))
        digits = (member["first"] or member["second"]) if member else found["place"]
        place = int(digits) if digits.isdigit() else parse_numeral(digits)
        if exact is None or exact.role == "dead" or not place:
            return None
        return HeadingMatch(
            exact.target, exact.rank, exact.scale, place, is_numbered=member is None
        )

    def _match_receipt(self, heading: Heading) -> HeadingMatch | None:
        """Match a heading of a benefit received: 是否享受低保, 低保金额, 低保发放状态."""
        for name in (heading.name, heading.bare):
            core = _RECEIPT_LEAD.sub("", name)
            bare = (tail.sub("", core) for tail in _RECEIPT_TAILS)
            for form in (name, core, *bare, *strip_state_words(core)):
                is_paid = form != core or _PAYMENT_LEAD.match(name)
                programme = self.receipts.get(form) or (is_paid and self.receipt_words.get(form))
                if programme:
                    return HeadingMatch(f"receipt.{programme}", 0, heading.scale)
        return None

    def _match_days(self, heading: Heading) -> HeadingMatch | None:
        """Match a heading of the days of a benefit: 低保截止时间, or 停发时间 of none by name."""
        for name in (heading.name, heading.bare):
            for rest in strip_day_words(name):
                if not rest:
                    return HeadingMatch("paid_state", _OF_DAYS, heading.scale)
                below = Heading(rest, rest, heading.unit, heading.scale)
                if found := self._match_receipt(below) or self._match_word(rest):
                    return replace(found, rank=_OF_DAYS)
        return None

    def _match_word(self, name: str) -> HeadingMatch | None:
        """Match the name of a benefit that is of people alone, as 孤儿 in 孤儿停发时间."""
        found = self.receipt_words.get(name) or self.programmes.find_paid(name)
        return HeadingMatch(f"receipt.{found}", 0) if found else None

    @staticmethod
    def _match_state(heading: Heading) -> HeadingMatch | None:
        """Match a heading of the state of a payment, such as 当前状态 or 是否停发."""
        return HeadingMatch("paid_state", _LEAST_OF_STATES) if names_state(heading.bare) else None

    @staticmethod
    def _match_amount(heading: Heading) -> HeadingMatch | None:
        """Match a heading of what was paid, such as 月发放额 or 补贴标准."""
        found, is_alone = _AMOUNT.fullmatch(heading.bare), heading.bare in _AMOUNTS["alone"]
        if heading.bare in _AMOUNTS["not_rates"] or not (found or is_alone):
            return None
        rank = _RATE if is_alone or (found and found["rate"]) else _AFTER_KNOWN_AMOUNTS
        return HeadingMatch("amount", rank, heading.scale, is_assumed=is_alone)


def find_years(found: MatchesByPosition, covers: str | None) -> MatchesByPosition:
    """Return the matches with the year that 上年度 is; of columns for several years, the newest.

    A heading that names the year of the table, which is in `covers`, says nothing about the day of
    its cells.
    """
    of_table = covers or _UNDATED
    before = str(int(of_table[:4]) - 1) if covers else None
    dates = {"last": before, of_table[:4]: None, of_table[:7]: None, None: None}
    dated = [
        match and replace(match, covers=dates.get(match.covers, match.covers)) for match in found
    ]
    newest: dict[tuple[str, int | None], str] = {}
    for match in filter(None, dated):
        key = match.target, match.place
        newest[key] = max(newest.get(key, ""), match.covers or of_table)
    return [
        match if match and newest[match.target, match.place] == (match.covers or of_table) else None
        for match in dated
    ]


def _find_roles(name: str) -> list[str]:
    """Return the others named in a heading, such as 监护 or 收款; 户主 is not among them."""
    return [other for other in OTHERS if other in name]


def _join_levels(levels: list[str]) -> str:
    """Return the words of a heading; 成员一信息/成员一姓名 and 成员一信息/姓名 are 成员一姓名."""
    joined = levels[-1]
    if joined in _SUMS and _OWN_MONEY.search("".join(levels[:-1])):  # of what stands beside it
        return _join_levels(levels[:-1])
    for parent in reversed(levels[:-1]):
        name = FILLER.sub("", read_heading(parent).name)
        above = name if _is_numbered_member(name) else parent
        joined = joined if joined.startswith(above) else f"{above}{joined}"
    return joined


def _is_numbered_member(level: str) -> bool:
    return _MEMBER.match(read_heading(level).name) is not None


def _find_role(parents: list[str]) -> str | None:
    """Return the words for the head or another person that these parents name.

    None if they name neither, or if they are about members (成员).
    """
    text = read_heading("".join(parents)).name
    role = find_role(text)
    if role in ("other", "dead"):
        return text
    is_open = bool(text) and "成员" not in text and role != "member"
    return next((head for head in HEADS if head in text), None) if is_open else None


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
            if target != _NEVER_SUGGESTED:
                shown.setdefault(text, heading.name)
    receipts: dict[str, str] = {}
    words: dict[str, str] = {}
    for programme in programmes:
        words |= {read_heading(text).name: programme.id for text in programme.receipt_words}
        for text in programme.receipt_headers:
            receipts.setdefault(read_heading(text).name, programme.id)
            shown.setdefault(text, read_heading(text).name)
    return Catalogue(exact, receipts, shown, words)


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
    catalogue = _collect_names(names, programmes)
    for name, fact_id in list_joint_headers(known):
        catalogue.names.setdefault((read_heading(name).name, ""), (fact_id, _OF_TWO_FACTS))
    return replace(
        catalogue,
        member_facts=frozenset(fact.id for fact in known if fact.owner == "member"),
        figures=frozenset(fact.id for fact in known if fact.type != "text"),
        counted=frozenset(fact.id for fact in known if fact.type == "integer"),
        of_period=_collect_periods(known),
        programmes=ProgrammeNames(programmes),
        choices={
            fact.id: frozenset(word for choice in fact.choices for word in choice.written)
            for fact in known
            if fact.owner == "member" and fact.type == "choice"
        },
    )


def _collect_periods(facts: Iterable[Fact]) -> dict[tuple[str, str], tuple[str, int]]:
    """Return the amounts by the period they are for and their names without it.

    家庭月收入 is 家庭收入 by the month, and 家庭年收入 is 家庭收入 by the year. 全年收入 is a
    household's, but 收入 is not, as 月收入 is a member's.
    """
    named = [
        (fact, rank, _PERIOD_WORD.sub("", read_heading(text).name, count=1))
        for fact in facts
        for rank, text in enumerate(fact.headers if fact.period in PERIODS else ())
    ]
    of_members = {noun for fact, _rank, noun in named if fact.owner == "member"}
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for fact, rank, noun in named:
        if fact.owner == "member" or noun not in of_members:
            found.setdefault((noun, str(fact.period)), (fact.id, rank))
    return found
