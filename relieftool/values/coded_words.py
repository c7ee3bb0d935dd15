"""Takes the word out of a cell that has a code, boxes to tick or brackets around it: 1-男, ☑是□否.

Imports only `text`. A cell is never changed here: callers compare what is yielded with known words.
"""

import re
from collections.abc import Iterator

from relieftool.values.text import UNIFIED_BRACKETS, drop_spaces

_CODE = r"(?:\d{1,3}|[A-Za-z](?=[-.、:_]))"
_CODE_BEFORE = re.compile(rf"\(?{_CODE}\)?[-‐–—.、:_|/]*(?P<word>[^\d\W].*)")
_CODE_BEHIND = re.compile(r"(?P<word>.*[^\d\W])(?:[-–—:_|/]|(?P<open>\())?\d{1,3}(?(open)\))")
TICKED_BOX, OPEN_BOX = "☑", "□"
_TICKED, _OPEN = "☑✓✔√■●☒", "□☐○◻◯"
_BOX = re.compile(rf"[(\[]?\s*(?P<tick>[{_TICKED}])\s*[)\]]?|[{_OPEN}]|\(\s*\)|\[\s*\]")
_BETWEEN = re.compile(r"[\s/、,;|]+")


def list_words_in(text: str) -> Iterator[str]:
    """Yield the words that a text may mean, without blanks; the text as it stands comes first.

    >>> list(list_words_in("1-男")), list(list_words_in("男(1)")), list(list_words_in("肢 体"))
    (['1-男', '男'], ['男(1)', '男'], ['肢体'])
    >>> list(list_words_in("☑是 □否"))
    ['☑是□否', '是']
    """
    whole = drop_spaces(text)
    yield whole
    plain = (find_ticked(text) or whole).translate(UNIFIED_BRACKETS)
    if plain != whole:
        yield plain
    for pattern in (_CODE_BEFORE, _CODE_BEHIND):
        if found := pattern.fullmatch(plain):
            yield found["word"]


def find_box(text: str) -> str | None:
    """Return TICKED_BOX or OPEN_BOX for a text that is nothing but a box; None for another."""
    box = text.strip()
    if len(box) != 1:
        return None
    return TICKED_BOX if box in _TICKED else OPEN_BOX if box in _OPEN else None


def find_ticked(text: str) -> str | None:
    """Return the word whose box is ticked; None without boxes, or unless just one is ticked.

    The boxes stand before the words, as in ☑是□否, or behind them, as in 是√ 否. One mark between
    two words, as in 是 √否, may be meant for either.

    >>> find_ticked("□是☑否"), find_ticked("是 否√"), find_ticked("□是□否"), find_ticked("√")
    ('否', '否', None, None)
    >>> find_ticked("是√ 否"), find_ticked("是 √否"), find_ticked("是√否")
    ('是', None, None)
    """
    boxes = list(_BOX.finditer(text))
    ticks = [place for place, box in enumerate(boxes) if box["tick"]]
    if len(ticks) != 1:
        return None
    (place,) = ticks
    if boxes[0].start() == 0:
        end = boxes[place + 1].start() if place + 1 < len(boxes) else len(text)
        words = _BETWEEN.split(text[boxes[place].end() : end].strip())
        return words[0] or None
    before, _mark, behind = text.partition(boxes[place][0].strip())
    is_behind = not _BETWEEN.fullmatch(before[-1:]) and _BETWEEN.match(behind)
    if len(boxes) == 1 and behind.strip() and not is_behind:
        return None
    start = boxes[place - 1].end() if place else 0
    words = _BETWEEN.split(text[start : boxes[place].start()].strip())
    return words[-1] or None
