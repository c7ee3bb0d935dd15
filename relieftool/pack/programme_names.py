"""Finds the programme that a word in a list names, and what a cell states of benefits.

In a cell such as 已享受政策 a word counts only if it has a single meaning.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from relieftool.messages import Message, _, current_language
from relieftool.pack.facts import BilingualText
from relieftool.pack.models import Pack, Programme
from relieftool.values.text import drop_spaces, match_any, narrow_characters, simplified_text
from relieftool.values.vocabulary import list_cell_words, list_words

_CODE = re.compile(r"^\d{1,4}[-.:、](?=\D)")
_STATED = re.compile("^(?:正在|已|现)?享受")
_GRADE = re.compile(r"\(?[a-e一二三四][类档级]\)?$", re.IGNORECASE)
_SUM = re.compile(r"\(?(?:每?[月年])?0*(?P<sum>[1-9]\d*(?:\.\d+)?)元?(?:每[月年])?\)?$", re.ASCII)
_LISTS = list_words("payments")
_KINDS, _OF_AID, _PLAIN = (match_any(_LISTS[name]) for name in ("kinds", "of_aid", "plain"))
_OF_CHILDREN = re.compile(match_any(_LISTS["of_children"]))
_KIND_OF_AID = re.compile(f"(?:{_OF_AID}|{_OF_CHILDREN.pattern})*(?:{_KINDS})+")
_MONEY_BEHIND = re.compile(f"(?:{_PLAIN}|{_OF_AID}|[金费款])+$")
_KIND_BEFORE = re.compile(f"^(?:{_PLAIN})+")
_MONEY = re.compile(match_any(_LISTS["money"]))
_SHARED_TAIL = re.compile(r"(?:发放表|花名册|\(.*\))*$|(?<=..)(?:[津补]贴|补助)(?=\(|$|发放)")
_NO_PURPOSE = (*_LISTS["plain"], *_LISTS["money"], "年", "月")
_PLACES = match_any([*list_words("around_tables")["streets"], "社区", "居委会"])
_WORDS = re.compile("[一-鿿]+")
_AREA = re.compile(f"^.*(?:{_PLACES}|[区县市镇乡村])")
_WEAK, _STRONG = r"、/\s＋+", "，,；;"
_PARTS = re.compile(rf"([{_WEAK}{_STRONG}]+)")
_SAYINGS = {meaning: match_any(words) for meaning, words in list_words("sheet_receipts").items()}
_DENIED = re.compile("^(?:(?:{denying})(?:{acts})|{denied})(?P<name>.+)$".format(**_SAYINGS))
_SAYS_RECEIVED = re.compile("^(?:{stated})?(?:{received})".format(**_SAYINGS))
_NOT_NOW = re.compile("{not_now}|^(?:{not_now_first})".format(**_SAYINGS))
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


def is_kind_of_aid(name: str, *, of_people: bool = False) -> bool:
    """Whether a folded heading may be that of the benefit which each row is about.

    `of_people`: it is so by words for those who receive it, as 儿童类别 is.

    >>> is_kind_of_aid("类别"), is_kind_of_aid("发放类别"), is_kind_of_aid("残疾类别")
    (True, True, False)
    """
    found = _KIND_OF_AID.fullmatch(name) is not None
    return found and (not of_people or _OF_CHILDREN.search(name) is not None)


def list_programme_names(programmes: Mapping[str, Programme]) -> str:
    """Return what to call each programme: its id, and in Chinese its name."""
    is_chinese = current_language() == "zh"
    return _(", ").join(str(each.names) if is_chinese else key for key, each in programmes.items())


def list_shared_names(pack: Pack, programme: Programme) -> dict[str, str]:
    """Return the names of a programme by which another is called too, each with that other's name.

    Such names differ in the word for money alone: 高龄补贴 and 高龄津贴. The other may be one that
    the pack has no rules for.
    """
    others = [each.names.zh for each in pack.programmes.values() if each is not programme]
    others += [each.names.zh for each in pack.not_encoded]
    by_stem = {_SHARED_TAIL.sub("", narrow_characters(name)): name for name in others}
    own = [*programme.receipt_headers, *programme.roster_names]
    stems = {name: _SHARED_TAIL.sub("", name) for name in own}
    return {name: by_stem[stem] for name, stem in stems.items() if stem in by_stem}


def name_to_type(programme: Programme) -> BilingualText:
    """Return a programme's name as one word of a command line; it is the id in English."""
    return BilingualText(zh=drop_spaces(programme.names.zh), en=programme.id)


class ProgrammeNames:
    """Finds programmes by name, id, roster name or heading.

    Blanks, traditional characters and 享受 in front do not matter.
    """

    def __init__(self, programmes: Iterable[Programme] = ()) -> None:
        self._names = {
            _strip_receiving(name): programme.id
            for programme in programmes
            for name in [
                programme.names.zh,
                programme.names.en,
                programme.id,
                *programme.roster_names,
                *programme.receipt_headers,
                *programme.receipt_words,
            ]
        }

    def find(self, word: str) -> str | None:
        """Return the programme with this name; None if there is none."""
        return self._names.get(_strip_receiving(word))

    def find_in_cell(self, word: str) -> str | None:
        """Return the programme that a word names with more around it: 低保A类, 0301-城市特困."""
        if (programme := self.find(word)) is not None:
            return programme
        bare = _CODE.sub("", _strip_receiving(word))
        for around in (_SUM, _GRADE):
            bare = around.sub("", bare)
        return self._names.get(bare) or self._names.get(_KIND_BEFORE.sub("", bare))

    def find_paid(self, word: str) -> str | None:
        """Return the programme whose payment a word names: 特困人员供养金 is that of 特困."""
        return self.find_in_cell(word) or self.find_in_cell(_MONEY_BEHIND.sub("", word))

    def names_other_payment(self, titles: Sequence[str]) -> bool:
        """Whether a title is of money that is none of these programmes, such as 春节慰问金.

        Words such as 低保 in the rows of its list are then of people, and not of what is paid.
        """
        words = re.compile(match_any([*self._names, *_NO_PURPOSE]))
        for text in titles:
            for found in _WORDS.findall(drop_spaces(simplified_text(text))):
                before = [found[: money.end()] for money in _MONEY.finditer(found)]
                if before and words.sub("", _AREA.sub("", before[-1])):
                    return True
        return False


@lru_cache(maxsize=4096)  # the same few words stand in every row
def _strip_receiving(text: str) -> str:
    """Return a name in simplified characters, without blanks and without 享受 in front."""
    return _STATED.sub("", drop_spaces(simplified_text(text)))


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
        elif is_open and not _SAYS_RECEIVED.match(word):
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
    if _BOTH_DISABILITY.fullmatch(_SAYS_RECEIVED.sub("", word)):
        both = [name for name in ("生活补贴", "护理补贴") if names.find(name)]
        return Message(_WHICH.template, {"names": ", ".join(both)}) if both else _UNKNOWN
    return _NOT_RECEIVED if _NOT_NOW.search(word) else _UNKNOWN
