"""Reads what the words of a cell such as 已享受政策 state of benefits.

A word counts only if it has a single meaning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from relieftool.messages import Message
from relieftool.pack.programme_names import ProgrammeNames
from relieftool.values.text import match_any
from relieftool.values.vocabulary import list_cell_words, list_words

_WEAK, _STRONG = r"、/\s＋+", "，,；;"
_PARTS = re.compile(rf"([{_WEAK}{_STRONG}]+)")
_WORDS = {meaning: match_any(words) for meaning, words in list_words("sheet_receipts").items()}
_DENIED = re.compile("^(?:(?:{denying})(?:{acts})|{denied})(?P<name>.+)$".format(**_WORDS))
_STATED = re.compile("^(?:{stated})?(?:{received})".format(**_WORDS))
_NOT_NOW = re.compile("{not_now}|^(?:{not_now_first})".format(**_WORDS))
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
    """The ids of the benefits that a cell states as received or denied.

    `is_list`: the cell lists what is received, so that all other benefits except for events are
    denied. `unclear`: messages about what was not understood; if there are any, only what is named
    is denied.
    """

    received: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    unclear: list[Message] = field(default_factory=list)
    is_list: bool = False

    def add_unclear(self, message: Message) -> None:
        """Add a message about something unclear, unless it is there already."""
        if message not in self.unclear:
            self.unclear.append(message)


def read_benefits(text: str, names: ProgrammeNames) -> StatedBenefits:
    """Return the benefits stated in a text of simplified characters."""
    stated = StatedBenefits()
    # in 未享受低保、特困, the denial may also be meant for what follows the weak separator
    is_open = False
    for before, word in _split_words(text):
        is_open &= not any(sign in before for sign in _STRONG)
        denied = None if names.find(word) else _DENIED.match(word)
        programme = names.find_in_cell(denied["name"] if denied else word)
        if word in list_cell_words("no_benefit"):
            stated.is_list = True
        elif programme is None:
            stated.add_unclear(_explain_unknown(word, names))
        elif denied:
            stated.denied.add(programme)
            is_open = True
        elif is_open and not _STATED.match(word):
            stated.add_unclear(_UNCLEAR)
        else:
            stated.received.add(programme)
            stated.is_list = True
            is_open = False
    if both := stated.received & stated.denied:
        stated.received -= both
        stated.denied -= both
        stated.add_unclear(_UNCLEAR)
    return stated


def _split_words(text: str) -> Iterator[tuple[str, str]]:
    """Yield each word with the separator before it; 300元/月 and 1,200元 are not split."""
    whole = _THOUSANDS.sub("", _EACH.sub(r"每\1", text))
    before = ""
    for position, part in enumerate(_PARTS.split(whole)):
        if position % 2:
            before = part
        elif part:
            yield before, part


def _explain_unknown(word: str, names: ProgrammeNames) -> Message:
    """Return the message for a word that is not the name of a benefit, with what to do about it."""
    if _BOTH_DISABILITY.fullmatch(_STATED.sub("", word)):
        both = [name for name in ("生活补贴", "护理补贴") if names.find(name)]
        return Message(_WHICH.template, {"names": ", ".join(both)}) if both else _UNKNOWN
    return _NOT_RECEIVED if _NOT_NOW.search(word) else _UNKNOWN
