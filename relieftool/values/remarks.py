"""Reads what a remark or another free text says of the person or household in its row.

Only closed words are read, in parts of a text that say little else. What is said of another person
(丈夫去世), denied (未迁出) or over (刑满释放) says nothing of the person in the row.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Literal, NamedTuple

from relieftool.values.cells import is_error, read_yes_or_no
from relieftool.values.text import (
    Cell,
    drop_spaces,
    fold_heading,
    is_blank,
    match_any,
    simplified_text,
)
from relieftool.values.vocabulary import list_cell_words, list_gone_words, list_words

About = Literal["self", "head", "household"]
GONE = "gone"
_KINDS = ("dead", "prison", "missing", "moved", "away")  # of events, the gravest first
_EVENTS = (*_KINDS, "short_dead", "short_moved", "homes_of_away", "homes_of_prison", "went_with")
_REMEMBERED = 1 << 12
_SENTENCES, _CLAUSES = (
    re.compile(r"[。;!?\n\r]+"),
    re.compile(r"[,、()\[\]【】]+|(?<!\d)\.|\.(?!\d)"),
)
_DATE = (
    r"(?:\d{2,4}\s*[年./-]\s*\d{1,2}(?:\s*[月./-](?:\s*\d{1,2}[日号]?)?)?"
    r"|\d{1,2}月\d{1,2}[日号]?|\d{1,4}[年月日号]|\d{8})"
)
# Before a month it says which year's it is.
_YEARS_AGO = re.compile("[去前上]年")
_SOON_AFTER = dt.timedelta(days=62)
_ABOUT = "约近大概"
_COUNT = (
    rf"[{_ABOUT}]*[\d.,一二两三四五六七八九十百千万]+(?:[余多])?"
    r"(?:万?元|万|块|套|辆|台|部|处|间|栋)?"
)
_FIGURES = str.maketrans("一二两三四五六七八九", "1223456789")
_NAME_LENGTHS = range(2, 5)


class Claim(NamedTuple):
    """What a text says: GONE and the kind of event, or a fact's id and what its column would say.

    `cell` is "" if the text speaks of the fact and does not state it. `about` is whom it means.
    `day` is the day of an event as it is stated, "" if it is not; it begins with "--" if it has no
    year, and ends in "?" if the event is only supposed.
    """

    fact: str
    cell: str
    about: About = "self"
    day: str = ""

    @property
    def is_about(self) -> bool:
        """Whether it states an amount that is not exact, as 约8000元."""
        return self.cell.startswith(tuple(_ABOUT))

    @property
    def exact_cell(self) -> str:
        """Return the cell without words for an amount that is not exact."""
        return self.cell.lstrip(_ABOUT)

    @property
    def first_day(self) -> str:
        """Return the first day, month or year that `day` may be, as 2024-09; "" if it is unknown.

        >>> Claim(GONE, "dead", day="2024-9?").first_day, Claim(GONE, "dead", day="24-9").first_day
        ('2024-09', '')
        """
        whole = re.sub(r"^(\d{4})(\d\d)(\d\d)", r"\1-\2-\3", self.day.rstrip("?"))
        figures = whole.split("-")
        if len(figures[0]) != len("2024"):
            return ""
        try:
            dt.date(*map(int, [*figures, "1", "1"][:3]))
        except ValueError:
            return ""
        return "-".join(figure.zfill(2) for figure in figures)

    def find_first_day(self, listed_on: str | None) -> str:
        """Return the first day that `day` may be on a list of a day; "" if it is unknown.

        Without a year it is the last such day before the end of the list, or soon after it: who
        fills in the list of October in November may write what has happened since.

        >>> [Claim(GONE, "dead", day="--11-8").find_first_day(f"2026-{n}-28") for n in ("10", "05")]
        ['2026-11-08', '2025-11-08']
        """
        if not (listed_on and self.day.startswith("--")):
            return self.first_day
        latest = dt.date.fromisoformat(listed_on) + _SOON_AFTER
        days = (self._replace(day=f"{latest.year - ago}{self.day[1:]}").first_day for ago in (0, 1))
        return next((day for day in days if day and day <= latest.isoformat()), "")


def is_free_text(heading: str) -> bool:
    """Whether the cells under a heading of no other meaning are free texts about the row's person.

    >>> is_free_text("家庭财产情况"), is_free_text("配偶情况"), is_free_text("工作单位")
    (True, False, False)
    """
    name = re.sub(r"\(.*\)|\d+$", "", fold_heading(heading))
    is_named = name.endswith(tuple(list_words("remarks")["headings"]))
    is_named = is_named or _asks_if_alive(heading)
    return (is_named or _find_event(heading) is not None) and not _any_of("others").search(name)


@cache
def _find_event(heading: str) -> str | None:
    """Return the kind of event in a heading such as 死亡时间 or 是否迁出; None if there is none."""
    found = _any_of(*_KINDS).search(fold_heading(heading))
    return _find_kind(found[0]) if found else None


@cache
def _asks_if_alive(heading: str) -> bool:
    """Whether a heading asks if somebody is alive, so that no means that they died."""
    return fold_heading(heading).endswith(tuple(list_gone_words("alive")))


def read_cell(heading: str, cell: Cell, name: str | None = None) -> tuple[Claim, ...]:
    """Return what a cell says under its heading: 是 or a day under 死亡时间 as 死亡 does elsewhere.

    >>> [claim.cell for claim in read_cell("死亡时间", "2024-10-05")], read_cell("是否死亡", "否")
    (['dead'], ())
    """
    event = _find_event(heading)
    if _asks_if_alive(heading) and read_yes_or_no(cell) is False:
        return (Claim(GONE, "dead"),)
    if event is None:
        return read_claims(cell, name)
    is_so = read_yes_or_no(cell) or re.fullmatch(f"{_DATE}.*", drop_spaces(simplified_text(cell)))
    if not is_so:
        return read_claims(cell, name)
    return (Claim(GONE, event, day=_find_day(drop_spaces(simplified_text(cell)))),)


def says_gone(state: Cell) -> bool:
    """Whether a state of a person says that they are no longer in the list: 注销.

    >>> says_gone("注销"), says_gone("正常")
    (True, False)
    """
    return drop_spaces(simplified_text(state)) in list_gone_words("of_states")


def _find_day(text: str) -> str:
    """Return the figures of the first day that a text states, however it is written."""
    found = re.search(_DATE, text)
    day = "-".join(figure.lstrip("0") for figure in re.findall(r"\d+", found[0])) if found else ""
    if found and re.match(r"\d{1,2}月", found[0]) and not _YEARS_AGO.search(text):
        day = f"--{day}"
    return f"{day}?" if _any_of("unsure").search(text) else day


@lru_cache(_REMEMBERED)
def read_claims(cell: Cell, name: str | None = None) -> tuple[Claim, ...]:
    """Return what a text says; `name` is the name of the row's person, if it is in the text.

    >>> read_claims("2024年10月去世"), read_claims("丈夫2010年去世")
    ((Claim(fact='gone', cell='dead', about='self', day='2024-10'),), ())
    >>> [claim[:2] for claim in read_claims("存款8000元，住房一套")]
    [('deposits', '8000元'), ('homes', '1套')]
    """
    if is_blank(cell) or is_error(cell):
        return ()
    text = simplified_text(cell).casefold()
    if name and name in text:
        text = text.replace(name, list_words("remarks")["self"][0])
    if not _any_word().search(text):
        return ()
    found: dict[Claim, None] = {}
    for sentence in _SENTENCES.split(text):
        found |= dict.fromkeys(_read_sentence(sentence))
    return tuple(
        claim for claim in found if claim.fact != GONE or claim is _find_worst(found, claim)
    )


def _find_worst(found: Iterable[Claim], gone: Claim) -> Claim:
    """Return the gravest of the events that a text states of the same person or household."""
    events = [claim for claim in found if (claim.fact, claim.about) == (GONE, gone.about)]
    return min(events, key=lambda claim: _KINDS.index(claim.cell))


def _read_sentence(sentence: str) -> Iterable[Claim]:
    """Yield what a sentence says; once it speaks of somebody else, what follows is theirs."""
    if _any_of("over").search(sentence):
        return
    is_other = False
    for clause in map(drop_spaces, _CLAUSES.split(sentence)):
        claims = [*_read_facts(clause), *_read_gone(clause)]
        if _any_of("self").search(clause):
            is_other = False
        if claims and not is_other:
            yield from claims
        elif not claims and _any_of("others").search(clause):
            is_other = True


def _read_gone(clause: str) -> Iterable[Claim]:
    """Yield that somebody is gone, if the clause says so of nobody else and does not deny it."""
    clause = _any_of("no_event").sub("", clause)
    found = _gone_pattern().search(clause)
    if found is None:
        return
    before, after = clause[: found.start()], clause[found.end() :]
    about: About = "self"
    for whom in ("head", "household"):
        if _any_of(whom).search(before):
            about = whom
    named = _any_of("self", "head", "household").sub("", before)
    after = _home_of_others().sub("", after)
    if _any_of("others").search(named + " " + after) or _any_of("no_tail").match(after):
        return
    plain = re.sub(f"{_DATE}|{_any_of('fillers').pattern}", "", named)
    is_kin = plain in list_cell_words("relation") or (plain[:1] == "其" and len(plain) > 1)
    if is_kin or _any_of("denied").search(plain) or _is_like_name(plain):
        return
    yield Claim(GONE, _find_kind(found[0]), about, _find_day(clause))


@cache
def _home_of_others() -> re.Pattern[str]:
    """Return the pattern of somebody else's home, to which the person went."""
    return re.compile(f"(?:{_any_of('others').pattern})(?:{_any_of('home_of_others').pattern})")


@cache
def _gone_pattern() -> re.Pattern[str]:
    """Return the pattern of words for who is gone; a short one is all, or follows a day."""
    at, went, to, home, stayed = (
        _any_of(name).pattern for name in ("at", "went_with", "went_to", "at_home", "stayed")
    )
    short = _any_of("short_dead", "short_moved").pattern
    homes = _any_of("homes_of_away", "homes_of_prison").pattern
    return re.compile(
        f"{_any_of(*_KINDS).pattern}"
        rf"|(?:^|(?<=[年月日号\d因已])|(?<=户主)|(?<=本人))(?:{short})$"
        f"|(?:{at})[^从]{{0,8}}?(?:{homes})"
        f"|(?:{went})[^未不]{{1,5}}?(?:{to})(?!{home})[^未不]{{2,8}}?(?:{stayed})"
    )


def _find_kind(event: str) -> str:
    """Return the kind of an event by its words."""
    for kind in _KINDS:
        more = (*_list(f"short_{kind}"), *_list(f"homes_of_{kind}"))
        if event in _list(kind) or event.endswith(more):
            return kind
    return "away"


def _is_like_name(text: str) -> bool:
    """Whether a text may be the name of somebody, and does not end as a reason does."""
    families = list_words("family_names")
    is_named = text[:1] in "".join(families["single"]) or text[:2] in families["double"]
    reasons = tuple(list_words("remarks")["reasons"])
    return is_named and len(text) in _NAME_LENGTHS and not text.endswith(reasons)


def _read_facts(clause: str) -> Iterable[Claim]:
    """Yield what a clause that says nothing else states of facts."""
    for key, pattern in _value_patterns():
        if pattern.fullmatch(clause):
            fact, _colon, cell = key.partition(":")
            yield Claim(fact, cell)
            return
    for fact, pattern in _amount_patterns():
        if found := pattern.fullmatch(clause):
            yield Claim(fact, _find_amount(found))
            return
    if len(parts := _EACH_NONE.findall(clause)) > 1 and "".join(parts) == clause:
        yield from chain.from_iterable(map(_read_facts, parts))
    for fact, words in list_words("remarked_choices").items():
        if _CHOICE.search(clause) and not _any_of("others").search(clause):
            yield Claim(fact, re.sub("|".join(map(re.escape, words)), "", clause))


_EACH_NONE = re.compile(r"[无有][^无有]{1,4}")  # 无房无车
_CHOICE = re.compile(r"残|[一二三四壹贰叁肆1-4][级類]")


def _find_amount(found: re.Match[str]) -> str:
    """Return the amount that a clause states: "0" for none, "" if it is not stated exactly."""
    if found["none"]:
        return "0"
    if found["about"]:
        return ""
    stated = found["amount"] or found["count"] or ""
    # 一套 counts as 1套; a larger numeral is left to the reader of amounts
    return (
        f"{_ABOUT[0]}{stated}"
        if found["near"]
        else (
            stated.translate(_FIGURES)
            if re.match("[一二两三四五六七八九][套辆台部处间栋]", stated)
            else stated
        )
    )


@cache
def _value_patterns() -> list[tuple[str, re.Pattern[str]]]:
    before = _before()
    return [
        (key, re.compile(f"{before}(?:{'|'.join(map(re.escape, words))})(?:户|者|人员)?"))
        for key, words in list_words("remarked_values").items()
    ]


@cache
def _amount_patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return the patterns of 存款8000元, 1套住房, 无车 and 有车, by fact."""
    patterns = []
    for fact, words in list_words("remarked_amounts").items():
        named = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
        near, limits = (match_any(words) for words in list_words("remarked_about").values())
        about = f"(?:(?P<near>{near})|(?P<about>{limits}))?"
        parts = (
            rf"(?P<none>{_before()}(?:无|没有?|未有)(?:{named}))",
            rf"{_before()}(?P<count>{_COUNT})(?:{named})",
            rf"{_before()}(?:{named})(?:数量|金额|总额)?[:为有共]*(?:(?P<amount>{_COUNT}){about})?",
        )
        patterns.append((fact, re.compile("|".join(parts))))
    return patterns


def _before() -> str:
    words = "|".join(map(re.escape, list_words("remarked_before")["words"]))
    return f"(?:{words}|{_DATE})*"


@cache
def _any_word() -> re.Pattern[str]:
    """Return a pattern that a text must contain to say anything."""
    sections = [
        *list_words("remarked_values").values(),
        *list_words("remarked_amounts").values(),
        *map(_list, _EVENTS),
    ]
    words = "|".join(sorted({re.escape(word) for words in sections for word in words}))
    return re.compile(f"{words}|{_CHOICE.pattern}")


def _list(name: str) -> Sequence[str]:
    """Return the words of a kind of event, or of a part of the section `remarks`."""
    if name in _KINDS or name.startswith("short_"):
        known = list_words("gone")
        kinds = {"moved": ("left", "settled")}.get(name, (name,) if name in known else ())
        return list_gone_words(*kinds)
    return list_words("remarks").get(name, ())


@cache
def _any_of(*sections: str) -> re.Pattern[str]:
    """Return a pattern of the words in parts of the section `remarks`, the longest first."""
    words = {word for name in sections for word in _list(name)}
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
