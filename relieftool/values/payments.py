"""Reads what a cell says of a payment: whether it is made, has ended, or is in doubt.

The words are closed lists: in a column of states every other word is unclear, and in a remark it
says nothing.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal, NamedTuple

from relieftool.values.amounts import parse_numeral
from relieftool.values.benefit_days import is_day_heading, read_run
from relieftool.values.cells import read_yes_or_no
from relieftool.values.periods import (
    count_months,
    count_named_months,
    parse_month_period,
    read_months,
)
from relieftool.values.stored_values import parse_period
from relieftool.values.text import (
    Cell,
    drop_spaces,
    fold_heading,
    is_blank,
    match_any,
    simplified_text,
)
from relieftool.values.units import find_time_part, split_heading
from relieftool.values.vocabulary import list_gone_words, list_words

PaymentState = Literal["paid", "ended", "unpaid", "unclear"]
_REMEMBERED = 1 << 10
_KINDS = ("paid", "ended", "gone", "unpaid", "acts", "beside")
_WORDS = {**list_words("states"), "gone": list_gone_words("dead", "left")}
_GONE = re.compile(match_any(_WORDS["gone"]))
_ENDING = re.compile(match_any([*_WORDS["ended"], *_WORDS["gone"]]))
_CHANGES = re.compile("[变异]动|变更|原因")
_ASKED = re.compile("是否|标[志识]")
_OF_STATES = re.compile(f"(?:{match_any(_WORDS['nouns'])})$")
_NOUN, _SUBJECT = match_any(_WORDS["nouns"]), match_any(_WORDS["subjects"])
_ANY_STATE = re.compile(
    rf"(?:是否|有无)?已?(?:{_SUBJECT})*(?:{_NOUN})"
    rf"|是否已?(?:{_SUBJECT})*(?:{match_any(_WORDS['acts'])})"
)
_STATE_TAILS = tuple(
    re.compile(rf"(?:是否)?已?{subjects}(?:{_NOUN})$") for subjects in ("", f"(?:{_SUBJECT})+")
)
_OTHER_TIME = re.compile(match_any(_WORDS["other_times"]))
_BEGINS = re.compile(f"[起自从]|开始|{match_any(_WORDS['changes'])}")
_LOOKS_DATED = re.compile(r"[年月日号]|\d[-./]\d|\d{6}")
_ABOUT_MONTH = re.compile(match_any(_WORDS["about_months"]))
_WHOLE = re.compile("本?(?:季度?|期)|第?[一二三四1-4]季度?")
_OF_EACH_MONTH = re.compile("[每按]?个?月均?(?:补差)?")
_SO_MANY_MONTHS = re.compile(r"(\d+|[一二三四五六七八九十两]{1,3})个月")
_EACH_MONTH = re.compile(r"(?<![\d一二三四五六七八九十个])月(?![份数底末初])")
_MONTHS_WORD = re.compile(f"(?:{match_any(_WORDS['before_number_of_months'])})?月份?数$")
_HAS_YEAR = re.compile(r"\d{4}|\d{2}年")
_OF_OTHERS, _ANY_END = re.compile(match_any(_WORDS["of_others"])), {"ended", "gone", "unpaid"}
_RAISES = re.compile(match_any(_WORDS["raises"]))
_GRACE = re.compile(match_any(_WORDS["grace"]))
_LONG_AGO = 10  # months
_MONTH_NUMERAL = re.compile("[一二三四五六七八九十]{1,3}(?=月)")
_MOVED = re.compile(r"^(?:本人|户[口籍]|全家|举家|[已于从自]|[\d年月日号.\-])*迁[往至到]")
_CODE = re.compile(r"^\d{1,2}[-.:、](?=\D)")
_MEANING = {word: state for state in reversed(_KINDS) for word in _WORDS[state]}
_TOKEN = re.compile(rf"(?P<word>{match_any(_MEANING)})|[\d年月日号份.\-/(),:;、。→]")
_CLAUSES = re.compile(r"[,;。、\n()]+")
_IN_PART = re.compile(
    rf"{match_any(_WORDS['in_part'])}|补(?![贴助差]).*\d+(?:个月|月)|补\d|\d+(?:个月|月).*补(?![贴助差])"
)
_FROM_DAY = re.compile(
    r"(?:\d{1,2}月|\d{4}[-./]\d{1,2}[-./])(?P<day>\d{1,2})[日号]?(?:起|开始|纳入|新增)"
)
_NUMBER_OF_MONTHS = re.compile(
    r"(?:共|计|合计|含|发放?|补贴|补助)*(?P<count>\d{1,2}|[两一二三四五六七八九十]{1,3})个月"
    f"(?:的?(?:合并|一次性)?(?:{match_any(_WORDS['behind_months'])}))*"
)
_SOME_YEAR = "2000"
_BARE_MONTH = re.compile("[1-9]|1[0-2]")
_MONEY = re.compile(match_any(list_words("amounts")["of_money"]))
_STOPPED = re.compile(match_any(_WORDS["ended"]))
_AROUND_END = re.compile(rf"[\d年月日号份.\-/]+(?:起|后|底)?|{match_any(_WORDS['around_end'])}")
_TIME_WORDS = re.compile(r"[月季年]|\d[-.]\d")
_ABOUT_PAYMENT = re.compile(
    f"^(?:{match_any(_WORDS['before_months'])})*|(?:{match_any(_WORDS['behind_months'])})+$"
)


def names_state(name: str) -> bool:
    """Whether a folded heading is of the state of payments and of nothing else.

    >>> names_state("当前状态"), names_state("是否停发"), names_state("健康状态")
    (True, True, False)
    """
    return _ANY_STATE.fullmatch(name) is not None


def names_money(heading: str) -> bool:
    """Whether a heading of a benefit is of its amount, as 低保金额 and 低保补差 are.

    >>> names_money("低保金额"), names_money("补差（元）"), names_money("是否低保")
    (True, True, False)
    """
    return _MONEY.search(fold_heading(heading)) is not None


def strip_state_words(name: str) -> list[str]:
    """Return a folded heading without words for the state of a payment: 低保 for 低保发放状态."""
    return [tail.sub("", name) for tail in _STATE_TAILS]


@lru_cache
def is_state_heading(heading: str) -> bool:
    """Whether a heading is of the state of a payment, such as 低保状态 or 是否停发.

    >>> is_state_heading("低保发放状态"), is_state_heading("低保金额"), is_state_heading("享受低保")
    (True, False, False)
    """
    return _OF_STATES.search(fold_heading(heading)) is not None


@lru_cache(_REMEMBERED)
def read_paid_months(heading: str, covers: str | None) -> str | None:
    """Return the months whose amounts a heading says are in its column, as a period.

    A sum (季度发放金额) is of all months of `covers`, and so is what is for each (月均金额). None
    for any other heading.

    >>> [read_paid_months(name, "2024-10/2024-12") for name in ("10月份", "低保/10-11月发放金额")]
    ['2024-10', '2024-10/2024-11']
    >>> read_paid_months("发放月份（元）/9", "2024"), read_paid_months("9", "2024")
    ('2024-09', '2024-09')
    """
    name = split_heading(fold_heading(heading))[0].replace("()", "")
    if covers is None or find_time_part(split_heading(fold_heading(heading))[1]):
        return None
    for text in (name.rpartition("/")[2], name):
        rest = _ABOUT_MONTH.sub("", _fold(text))
        if rest != text and (_WHOLE.fullmatch(rest) or _OF_EACH_MONTH.fullmatch(rest)):
            return covers
        if _BARE_MONTH.fullmatch(rest):
            return f"{covers[:4]}-{int(rest):02}"
        if months := read_months(rest, covers[:4]) if _TIME_WORDS.search(rest) else None:
            return months
    return None


@lru_cache(_REMEMBERED)
def is_of_each_month(heading: str) -> bool:
    """Whether a heading says that its amounts are for each month of the list.

    >>> is_of_each_month("月均发放金额"), is_of_each_month("季度发放金额")
    (True, False)
    """
    name = split_heading(fold_heading(heading))[0].rpartition("/")[2]
    rest = _ABOUT_MONTH.sub("", _fold(name))
    return rest != name and _OF_EACH_MONTH.fullmatch(rest) is not None


def is_of_paid_months(heading: str, programme: str | None, covers: str | None) -> bool:
    """Whether a column is read although its heading has no meaning: the amounts of a month.

    They are read in the roster of a single programme.

    >>> [is_of_paid_months("11月", "dibao", covers) for covers in ("2024-10/2024-12", None)]
    [True, False]
    """
    return programme is not None and read_paid_months(heading, covers) is not None


@lru_cache(_REMEMBERED)
def count_heading_months(heading: str) -> int | None:
    """Return for how many months the amounts below a heading are, if it says so.

    >>> [count_heading_months(name) for name in ("金额(10-12月)", "金额(3个月合计)", "每月金额")]
    [3, 3, 1]
    >>> [count_heading_months(name) for name in ("月补差", "发放金额")]
    [1, None]
    """
    name = _fold(fold_heading(heading))
    if counted := _SO_MANY_MONTHS.search(name):
        figure = counted[1]
        return int(figure) if figure.isdigit() else parse_numeral(figure)
    named = count_named_months(name)
    return named if named is not None else 1 if _EACH_MONTH.search(name) else None


@lru_cache(_REMEMBERED)
def strip_months_word(heading: str) -> str | None:
    """Return what a heading for a number of months is of: 护理补贴 for 护理补贴/月数; else None."""
    found = _MONTHS_WORD.search(fold_heading(heading))
    return fold_heading(heading)[: found.start()].strip("/") if found else None


def _fold(cell: Cell) -> str:
    """Return a cell in simplified characters, without blanks, its months in figures."""
    text = drop_spaces(simplified_text(cell)).casefold()
    return _MONTH_NUMERAL.sub(lambda found: str(parse_numeral(found[0]) or found[0]), text)


@lru_cache(_REMEMBERED, typed=True)
def read_state(cell: Cell, heading: str = "", covers: str | None = None) -> PaymentState | None:
    """Return the state of a payment in a cell of a column of states; None if the cell is blank.

    `heading` says what yes and no mean: 否 under 是否停发 is paid, 否 under 是否发放 is not. What
    stands under 停发原因 has ended. A state of another time than `covers` is unclear. A day says
    only that a benefit has ended, or not begun.

    >>> [read_state(cell) for cell in ("正常", "已失效", "2024年12月停发(死亡)", "未发放", "某某")]
    ['paid', 'ended', 'ended', 'unpaid', 'unclear']
    >>> read_state("否", "是否停发"), read_state("否", "是否发放")
    ('paid', 'unpaid')
    >>> [read_state("2025年1月停发", covers=covers) for covers in ("2025-01", "2024-12")]
    ['ended', 'unclear']
    """
    if is_blank(cell):
        return None
    if is_day_heading(heading):
        return _read_state_of_days(cell, heading, covers)
    text = _CODE.sub("", _fold(cell))
    is_of_end = _ENDING.search(heading) is not None
    is_figure = drop_spaces(simplified_text(cell)).isdigit()
    answer = read_yes_or_no(cell) if not is_figure or _ASKED.search(heading) else None
    if answer is not None:
        is_paid = answer != is_of_end or (not answer and _CHANGES.search(heading) is not None)
        return "paid" if is_paid else "ended" if is_of_end else "unpaid"
    found = _find_meanings(text)
    if not found and is_of_end and "原因" in heading:
        return "ended"
    return _choose_state(found) if _is_of_its_time(text, found, covers) else "unclear"


def _read_state_of_days(cell: Cell, heading: str, covers: str | None) -> PaymentState | None:
    """Return what the days of a benefit, or words for its state among them, say against it."""
    run = read_run(cell, heading, covers)
    if run in ("unclear", "later") and (found := _find_meanings(_fold(cell))):
        state = _choose_state(found) if _is_of_its_time(_fold(cell), found, covers) else "unclear"
        return None if state == "paid" else state
    if run == "later":
        return "unclear"
    return run if run in ("ended", "unclear") else None


def _choose_state(found: set[str]) -> PaymentState:
    """Return the state that is meant by words for these states; unclear if they differ."""
    if found == {"paid"}:
        return "paid"
    if found and found <= {"ended", "gone"}:
        return "ended"
    return "unpaid" if found and found <= {"unpaid", "ended", "gone"} else "unclear"


def has_state_words(cell: Cell) -> bool:
    """Whether a cell is of words for states and dates alone, although it may be unclear."""
    return bool(_find_meanings(_fold(cell)))


def are_states(heading: str, cells: Collection[Cell]) -> bool:
    """Whether all cells under a heading nobody knows are of words for states, and some have ended.

    What is said of a card, of health or of work is none of a payment.

    >>> are_states("在保情况", ["在保", "停保(迁出)"]), are_states("证件情况", ["有效", "注销"])
    (True, False)
    """
    found = [_find_meanings(_fold(cell)) for cell in cells] if cells else []
    return all(found) and not is_of_others(heading) and any(each & _ANY_END for each in found)


def is_of_others(heading: str) -> bool:
    """Whether what a heading speaks of is no benefit but a card, a health or a work.

    >>> is_of_others("残疾证号"), is_of_others("低保金额")
    (True, False)
    """
    return _OF_OTHERS.search(fold_heading(heading)) is not None


def _find_meanings(text: str) -> set[str]:
    """Return the states whose words are in a text; none if there is anything else in it."""
    tokens = list(_TOKEN.finditer(text))
    if sum(len(token[0]) for token in tokens) != len(text):
        return set()
    found = {_MEANING[token["word"]] for token in tokens if token["word"]} - {"beside"}
    return {"paid"} if found == {"acts"} else found - {"acts"}


def _is_of_its_time(text: str, found: set[str], covers: str | None) -> bool:
    """Whether a state with a date in it is also that at the end of `covers`.

    An end, or a beginning such as 新增, lasts from its date on; what was paid is of its months.
    """
    if _OTHER_TIME.search(text):
        return False
    if covers is None:
        return True
    last = parse_month_period(covers)[1]
    lasts = "paid" not in found or _BEGINS.search(text) is not None
    for period in _list_dates(text, covers):
        if period is None:
            return False
        begin, end = parse_month_period(period)
        if begin > last or (not lasts and end < last):
            return False
    return True


def _list_dates(text: str, covers: str) -> list[str | None]:
    """Return the months of each date in a text of known words; None for one that is not clear.

    A month without its year that is long ago, such as 1月 in December, may be the next.
    """
    dates = [
        _TOKEN.sub(lambda token: "" if token["word"] else token[0], clause)
        for clause in _CLAUSES.split(text)
    ]
    end = parse_month_period(covers)[1][:7]
    found = [
        (date, read_months(re.sub("[日号]", "", date), covers[:4]))
        for date in dates
        if _LOOKS_DATED.search(date)
    ]
    return [
        None
        if months and not _HAS_YEAR.match(date) and count_months(f"{months[:7]}/{end}") > _LONG_AGO
        else months
        for date, months in found
    ]


@lru_cache(_REMEMBERED, typed=True)
def find_word_of_leaving(cell: Cell) -> str | None:
    """Return the word for death or move in a cell; None if there is none."""
    found = _GONE.search(simplified_text(cell))
    return found[0] if found else None


@lru_cache(_REMEMBERED, typed=True)
def names_grace(cell: Cell) -> bool:
    """Whether a cell of known words says that a benefit ends only after a time: 渐退期."""
    text = _fold(cell)
    return _GRACE.search(text) is not None and bool(_find_meanings(text))


class Remark(NamedTuple):
    """What a remark says of the payment in its row.

    `state` is ended or unpaid, None if it says neither. `is_in_part`: the amount holds arrears, or
    is not for the whole month. `months` is the number of months that the amount is for, if stated.
    """

    state: PaymentState | None = None
    is_in_part: bool = False
    months: int | None = None


@lru_cache(_REMEMBERED, typed=True)
def read_payment_remark(cell: Cell, covers: str | None) -> Remark:
    """Return what a remark says of a payment for the period `covers`.

    A remark that only begins like an ending is a doubt: 停发，12月恢复.

    >>> read_payment_remark("死亡，停发", "2024-12").state, read_payment_remark("低保户", "2024-12")
    ('ended', Remark(state=None, is_in_part=False, months=None))
    >>> read_payment_remark("12月16日起享受，按半月发", "2024-12").is_in_part
    True
    >>> read_payment_remark("10-12月", "2024-12").months
    3
    """
    if is_blank(cell):
        return Remark()
    text = _CODE.sub("", _fold(cell))
    begun = _FROM_DAY.search(text)
    months = _read_number_of_months(text, covers)
    is_in_part = bool(_IN_PART.search(text) or (begun and int(begun["day"]) > 1)) and not months
    is_in_part = is_in_part or months == 0 or _begins_within(text, covers)
    state = _read_remarked_state(text, covers, is_in_part=is_in_part)
    return Remark(state, is_in_part, months or None)


@lru_cache(_REMEMBERED, typed=True)
def find_ended_benefits(cell: Cell) -> tuple[str, ...]:
    """Return the words before and after an end in the parts of a remark: "" for a mere 停发.

    What has ended may be another thing than a benefit, as in 停电.

    >>> find_ended_benefits("低保已停"), find_ended_benefits("2024年6月停发，取消特困待遇")
    (('低保',), ('', '特困'))
    >>> find_ended_benefits("低保户"), find_ended_benefits("停电两天")
    ((), ('电两天',))
    """
    found = []
    for clause in _CLAUSES.split(_CODE.sub("", _fold(cell))):
        rest = _STOPPED.sub("", clause)
        if rest != clause and not _OTHER_TIME.search(clause):
            found.append(_AROUND_END.sub("", rest))
    return tuple(found)


@lru_cache(_REMEMBERED, typed=True)
def names_raise(cell: Cell) -> bool:
    """Whether a remark says that the amount changed, and nothing of arrears: 9月提标.

    >>> names_raise("9月提标"), names_raise("提标补发")
    (True, False)
    """
    text = _fold(cell)
    return _RAISES.search(text) is not None and not _IN_PART.search(text)


def _read_remarked_state(text: str, covers: str | None, *, is_in_part: bool) -> PaymentState | None:
    """Return the state that a remark states: ended, unpaid, unclear, or None if it is none."""
    found = _find_meanings(text)
    is_ended = bool(found) and found <= {"ended", "gone"}
    is_checked = is_ended or (found == {"paid"} and not is_in_part)
    if is_checked and not _is_of_its_time(text, found, covers):
        return "unclear"
    if is_ended:
        return "ended"
    clauses = (_find_meanings(clause) for clause in _CLAUSES.split(text))
    is_doubted = any(clause & {"ended", "gone", "unpaid"} for clause in clauses)
    return "unpaid" if is_doubted or _MOVED.search(text) else None


def _begins_within(text: str, covers: str | None) -> bool:
    """Whether a remark says that the payment is only for the last of several months."""
    if covers is None or count_months(covers) == 1 or _find_meanings(text) != {"paid"}:
        return False
    first, last = parse_month_period(covers)
    begins = [parse_month_period(period)[0] for period in _list_dates(text, covers) if period]
    return any(first < begin <= last for begin in begins)


def _read_number_of_months(text: str, covers: str | None) -> int | None:
    """Return how many months a remark names; 0 if they are not those up to the end of `covers`."""
    if counted := _NUMBER_OF_MONTHS.fullmatch(text):
        figure = counted["count"]
        return int(figure) if figure.isdigit() else parse_numeral(figure) or 0
    if not _TIME_WORDS.search(text):
        return None
    months = read_months(_ABOUT_PAYMENT.sub("", text), covers[:4] if covers else _SOME_YEAR)
    if months is None:
        return None
    is_same = covers is None or parse_period(months)[1] == parse_period(covers)[1]
    return count_months(months) if is_same else 0
