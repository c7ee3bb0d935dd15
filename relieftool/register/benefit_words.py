"""What a cell under 已享受政策 says: which benefits are received, which are not, what is unclear.

A word is read only where it can mean one thing. What is unclear denies nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from relieftool.messages import Message
from relieftool.values.words import list_cell_words

FindProgramme = Callable[[str], str | None]
_WEAK, _STRONG = r"、/\s＋+", "，,；;"
_PARTS = re.compile(rf"([{_WEAK}{_STRONG}]+)")
_DENIED = re.compile(r"^(?:(?:未|不|没有?|尚未)(?:享受|领取|纳入)|没有|无|未|非)(?P<name>.+)$")
_STATED = re.compile(r"^(?:正在|已|现)?(?:享受|领取)")
_NOT_NOW = re.compile(
    r"申请|申报|审[核批]|公示|办理中|^拟|待[审批办]|已?停|取消|退出|注销|终止|到期|^(?:曾|原)"
)
_GRADE = re.compile(r"\(?[a-e一二三四][类档级]\)?$", re.IGNORECASE)
_SUM = re.compile(r"\(?(?:每?[月年])?0*(?P<sum>[1-9]\d*(?:\.\d+)?)元?(?:每[月年])?\)?$", re.ASCII)
_BOTH_DISABILITY = re.compile(r"(?:困难|重度)?(?:残疾人|残疾)?两项补贴")
_EACH = re.compile(r"/\s*([月年])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

_UNKNOWN = Message("a benefit named here is not known; write its usual name")
_NOT_RECEIVED = Message(
    "what is applied for, or has ended, is not received; leave it out, or write 无"
)
_WHICH = Message("this names two benefits ({names}); write which of them is received")
_UNCLEAR = Message(
    "it is unclear whether 未 is said of all that follows; write each benefit with 享受 or 未享受"
)


@dataclass
class StatedBenefits:
    """What one cell says; `is_list`: it names what is received, so that the rest is not.

    `told` is what was unclear in it; nothing is denied beside that but what is denied by name.
    """

    received: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    told: list[Message] = field(default_factory=list)
    is_list: bool = False

    def tell(self, message: Message) -> None:
        """Note once that something is unclear."""
        if message not in self.told:
            self.told.append(message)


def read_benefits(text: str, find: FindProgramme) -> StatedBenefits:
    """Read a simplified text; `find` gives the programme of a name, None where nobody knows it."""
    spoken = StatedBenefits()
    is_open = False  # a denial may reach over the weak separators behind it
    for before, said in _words(text):
        is_open &= not any(sign in before for sign in _STRONG)
        denied = None if find(said) else _DENIED.match(said)
        programme = _named(denied["name"] if denied else said, find)
        if said in list_cell_words("no_benefit"):
            spoken.is_list = True
        elif programme is None:
            spoken.tell(_why_unknown(said, find))
        elif denied:
            spoken.denied.add(programme)
            is_open = True
        elif is_open and not _STATED.match(said):
            spoken.tell(_UNCLEAR)
        else:
            spoken.received.add(programme)
            spoken.is_list = True
            is_open = False
    if both := spoken.received & spoken.denied:
        spoken.received -= both
        spoken.denied -= both
        spoken.tell(_UNCLEAR)
    return spoken


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Give each word with the separator before it; 300元/月 and 1,200元 are not parted."""
    whole = _THOUSANDS.sub("", _EACH.sub(r"每\1", text))
    before = ""
    for place, part in enumerate(_PARTS.split(whole)):
        if place % 2:
            before = part
        elif part:
            yield before, part


def _named(said: str, find: FindProgramme) -> str | None:
    """Find the programme of a name, perhaps with a grade or an amount behind it: 低保A类."""
    if (programme := find(said)) is not None:
        return programme
    bare = said
    for tail in (_SUM, _GRADE):
        bare = tail.sub("", bare)
    return find(bare) if bare and bare != said else None


def _why_unknown(said: str, find: FindProgramme) -> Message:
    """Say what to do about a word that names no benefit that is received."""
    if _BOTH_DISABILITY.fullmatch(_STATED.sub("", said)):
        both = [name for name in ("生活补贴", "护理补贴") if find(name)]
        return Message(_WHICH.template, {"names": ", ".join(both)}) if both else _UNKNOWN
    return _NOT_RECEIVED if _NOT_NOW.search(said) else _UNKNOWN
