"""Reads what a cell says of a payment: whether it is made, has ended, or is in doubt.

The words are closed lists: in a column of states every other word is unclear, and in a remark it
says nothing.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from relieftool.values.amounts import parse_numeral
from relieftool.values.cells import read_yes_or_no
from relieftool.values.periods import count_months, parse_period, read_months
from relieftool.values.text import Cell, drop_spaces, fold_heading, is_blank, simplified_text
from relieftool.values.units import match_any
from relieftool.values.vocabulary import list_words

PaymentState = Literal["paid", "ended", "unpaid", "unclear"]
_REMEMBERED = 1 << 10
_WORDS = list_words("states")
_KINDS = ("paid", "ended", "gone", "unpaid", "acts", "beside")
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
_CODE = re.compile(r"^\d{1,2}[-.:、](?=\D)")
_MEANING = {word: state for state in reversed(_KINDS) for word in _WORDS[state]}
_TOKEN = re.compile(rf"(?P<word>{match_any(_MEANING)})|[\d年月日号份.\-/(),:;、。→]")
_CLAUSES = re.compile(r"[,;。、\n()]+")
_IN_PART = re.compile(match_any(_WORDS["in_part"]))
_FROM_DAY = re.compile(
    r"(?:\d{1,2}月|\d{4}[-./]\d{1,2}[-./])(?P<day>\d{1,2})[日号]?(?:起|开始|纳入|新增)"
)
_NUMBER_OF_MONTHS = re.compile(
    r"(?:共|计|合计|含|发放?|补贴|补助)*(?P<count>\d{1,2}|[两一二三四五六七八九十]{1,3})个月(?:的?(?:合并|一次性)?(?:发放?|低保金|补贴|补助|金额|份))*"
)
_SOME_YEAR = "2000"
_TIME_WORDS = re.compile(r"[月季年]|\d[-.]\d")
_ABOUT_PAYMENT = re.compile(
    "^(?:本次|含|为|发放?|补贴|享受|低保金)*|(?:发放?|低保金|补贴|补助|待遇|金额|合计|的|份)+$"
)


def names_state(name: str) -> bool:
    """Whether a folded heading is of the state of payments and of nothing else.

    >>> names_state("当前状态"), names_state("是否停发"), names_state("健康状态")
    (True, True, False)
    """
    return _ANY_STATE.fullmatch(name) is not None


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


@lru_cache(_REMEMBERED, typed=True)
def read_state(cell: Cell, heading: str = "") -> PaymentState | None:
    """Return the state of a payment in a cell of a column of states; None if the cell is blank.

    `heading` says what yes and no mean: 否 under 是否停发 is paid, 否 under 是否发放 is not. What
    stands under 停发原因 has ended.

    >>> [read_state(cell) for cell in ("正常", "已失效", "2024年12月停发(死亡)", "未发放", "某某")]
    ['paid', 'ended', 'ended', 'unpaid', 'unclear']
    >>> read_state("否", "是否停发"), read_state("否", "是否发放")
    ('paid', 'unpaid')
    """
    if is_blank(cell):
        return None
    text = drop_spaces(simplified_text(cell)).casefold()
    is_of_end = _ENDING.search(heading) is not None
    answer = read_yes_or_no(cell) if not text.isdigit() or _ASKED.search(heading) else None
    if answer is not None:
        is_paid = answer != is_of_end or (not answer and _CHANGES.search(heading) is not None)
        return "paid" if is_paid else "ended" if is_of_end else "unpaid"
    found = _find_meanings(_CODE.sub("", text))
    if found == {"paid"}:
        return "paid"
    if found and found <= {"ended", "gone"}:
        return "ended"
    if found and found <= {"unpaid", "ended", "gone"}:
        return "unpaid"
    return "ended" if is_of_end and "原因" in heading else "unclear"


def _find_meanings(text: str) -> set[str]:
    """Return the states whose words are in a text; none if there is anything else in it."""
    tokens = list(_TOKEN.finditer(text))
    if sum(len(token[0]) for token in tokens) != len(text):
        return set()
    found = {_MEANING[token["word"]] for token in tokens if token["word"]} - {"beside"}
    return {"paid"} if found == {"acts"} else found - {"acts"}


@lru_cache(_REMEMBERED, typed=True)
def find_word_of_leaving(cell: Cell) -> str | None:
    """Return the word for death or move in a cell; None if there is none."""
    found = _GONE.search(simplified_text(cell))
    return found[0] if found else None


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
    text = drop_spaces(simplified_text(cell)).casefold()
    found = _find_meanings(text)
    clauses = [_find_meanings(clause) for clause in _CLAUSES.split(text)]
    state: PaymentState | None = None
    if found and found <= {"ended", "gone"}:
        state = "ended"
    elif any(clause & {"ended", "gone", "unpaid"} for clause in clauses):
        state = "unpaid"
    begun = _FROM_DAY.search(text)
    is_in_part = bool(_IN_PART.search(text) or (begun and int(begun["day"]) > 1))
    months = _read_number_of_months(text, covers)
    return Remark(state, (is_in_part and not months) or months == 0, months or None)


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
