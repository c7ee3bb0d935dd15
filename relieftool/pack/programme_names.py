"""Finds the programme that a word in a list names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from relieftool.messages import _, current_language
from relieftool.pack.facts import BilingualText
from relieftool.pack.models import Pack, Programme
from relieftool.values.text import drop_spaces, match_any, narrow_characters, simplified_text
from relieftool.values.vocabulary import list_words

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
