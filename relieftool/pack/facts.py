"""Facts and their types, and what all models of a pack use: ids, texts in two languages, choices.

The models refuse unknown keys, so that a misspelt key is an error when the pack is loaded.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations, product, takewhile
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from relieftool.messages import _, current_language
from relieftool.values.vocabulary import list_words

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ProgrammeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Owner = Literal["household", "member"]
Period = Literal["month", "year", "once"]
# An unknown is named by a fact, by RECEIPT or PAID and a programme, or by MEMBERS if nobody is
# listed.
RECEIPT, PAID = "receipt:", "paid:"
MEMBERS = "members"

FEN_PER_YUAN = 100
# Pairs of facts that offices write in one cell, such as 肢体二级.
KIND, GRADE = "disability_kind", "disability_grade"
FACT_PAIRS = {KIND: GRADE, GRADE: KIND}


class FactType(NamedTuple):
    """The properties that all facts of a type share.

    `sort` is their sort in expressions, `column` their SQL type, and `written` the Python type of
    a value in a pack. `is_figure`: their values are amounts or numbers. A value in a pack is
    multiplied by `per_unit` before it is stored: yuan become fen.
    """

    sort: Literal["money", "count", "date", "truth", "choice", "text"]
    column: Literal["INTEGER", "TEXT"]
    written: type
    is_figure: bool = False
    per_unit: int = 1


FACT_TYPES: Mapping[str, FactType] = {
    "money": FactType("money", "INTEGER", int, is_figure=True, per_unit=FEN_PER_YUAN),
    "integer": FactType("count", "INTEGER", int, is_figure=True),
    "date": FactType("date", "TEXT", dt.date),
    "yes_no": FactType("truth", "INTEGER", bool),
    "choice": FactType("choice", "TEXT", str),
    "text": FactType("text", "TEXT", str),
}


def refuse_repeated_ids(ids: Iterable[str]) -> None:
    """Raise ValueError if an id occurs twice."""
    repeated = [name for name, count in Counter(ids).items() if count > 1]
    if repeated:
        raise ValueError(_("the id '{name}' is used twice").format(name=repeated[0]))


def suggest_nearest(name: str, known: Iterable[str]) -> str:
    """Return a remedy that asks if the nearest known name is meant; "" if no name is near."""
    near = get_close_matches(name, list(known), 1)
    return _("Did you mean '{near}'?").format(near=near[0]) if near else ""


class StrictModel(BaseModel):
    """A model that converts no values, cannot be changed, and refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BilingualText(StrictModel):
    """A text in Chinese and in English."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def __str__(self) -> str:
        """Return the text in the current language."""
        return self.zh if current_language() == "zh" else self.en


class Choice(StrictModel):
    """A choice of a fact or parameter: its id, its label, and the words that spreadsheets use."""

    id: Identifier
    labels: BilingualText
    written: list[str] = Field(default_factory=list)


class Presumption(StrictModel):
    """A value used while a fact is unknown, and the reason. Findings that rest on it show it."""

    value: bool | int | str
    reason: BilingualText


class Fact(StrictModel):
    """A fact about each household or each member, such as an income: a column of the register.

    `blank` is the meaning of a blank cell: `unknown`, or `none` for the fact's `none_value`. A
    blank that means none is unknown after all if the same row has a value other than 0 for a fact
    in `unknown_beside`: a blank own cost beside a total cost is not 0. `looked_up` says which
    authority knows the fact: it is looked up there, and not asked of the family. `several` is the
    choice that a cell with the words of several choices means. `is_listed`: offices keep lists of
    all who have it, and who is not on a whole list has none. `written` are words for "none", "yes"
    or "no" that count for this fact beside the common ones. `same_as` is the same amount for
    another period, `total_of` the members' amount that is part of this one.
    """

    id: Identifier
    owner: Owner
    type: Literal["money", "integer", "date", "yes_no", "choice", "text"]
    period: Period | None = None
    labels: BilingualText
    headers: list[str] = Field(default_factory=list)
    question: BilingualText | None = None
    looked_up: BilingualText | None = None
    is_private: bool = False
    is_listed: bool = False
    blank: Literal["none", "unknown"] = "unknown"
    unknown_beside: list[Identifier] = Field(default_factory=list)
    same_as: Identifier | None = None
    total_of: Identifier | None = None
    choices: list[Choice] = Field(default_factory=list)
    several: Identifier | None = None
    written: dict[Literal["none", "yes", "no"], list[str]] = Field(default_factory=dict)
    presume: Presumption | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> "Fact":
        """Raise ValueError if the period, choices, blank or presumed value do not fit the type."""
        if (self.type == "money") != (self.period is not None):
            raise ValueError(_("a money fact, and no other, has a period"))
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(_("a choice fact, and no other, has choices"))
        if self.blank == "none" and self.none_value is None:
            raise ValueError(
                _("blank = 'none' needs money, integer, yes_no or a choice called none")
            )
        if self.is_listed and (self.none_value is None or self.owner != "member"):
            raise ValueError(_("is_listed needs a fact of members that can be none"))
        if self.unknown_beside and self.blank != "none":
            raise ValueError(_("unknown_beside needs blank = 'none'"))
        refuse_repeated_ids(choice.id for choice in self.choices)
        if self.several is not None and not self._can_have(self.several):
            raise ValueError(_("'several' must be one of the fact's choices"))
        meant = {"yes", "no"} if self.type == "yes_no" else {"none"} if self.is_figure else set()
        if not self.written.keys() <= meant:
            raise ValueError(_("'written' has words for yes and no, or for none of a figure"))
        if self.presume is not None and not self._can_have(self.presume.value):
            raise ValueError(_("this fact cannot have the presumed value"))
        return self

    @property
    def written_words(self) -> dict[str, str]:
        """The ids of the choices, by themselves and by the words that sheets use for them."""
        return {word: choice.id for choice in self.choices for word in (choice.id, *choice.written)}

    def is_doubted_by(self, stated: Mapping[str, int | str | None]) -> bool:
        """Whether a blank cell is unknown because of the row's other facts, which are `stated`."""
        return any(stated.get(name) not in (None, 0, "none") for name in self.unknown_beside)

    def _can_have(self, value: bool | int | str) -> bool:  # noqa: FBT001 a value of a fact
        """Whether a pack may presume this value for this fact; never for a date or a text."""
        if self.type == "yes_no":
            return isinstance(value, bool)
        if self.type == "choice":
            return value in {choice.id for choice in self.choices}
        return self.is_figure and type(value) is int

    @property
    def kind(self) -> FactType:
        """The properties that all facts of this type share."""
        return FACT_TYPES[self.type]

    @property
    def is_figure(self) -> bool:
        """Whether the fact's values are amounts or numbers."""
        return self.kind.is_figure

    @property
    def none_value(self) -> int | str | None:
        """The stored value that means none: 0, or the choice "none"; None if there is neither."""
        if self.kind.column == "INTEGER":
            return 0
        return "none" if any(choice.id == "none" for choice in self.choices) else None


def list_joint_headers(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """Yield the headings of two choices in one column, in any order, as 残疾类型及级别.

    Beside it is the fact that comes first; a cell of such a column may state both.
    """
    joints = ("", *list_words("heading_words")["joints"])
    for fact, other in combinations([fact for fact in facts if fact.type == "choice"], 2):
        for pair in product(fact.headers, other.headers) if other.id in fact.unknown_beside else ():
            same = takewhile(lambda signs: signs[0] == signs[1], zip(*pair, strict=False))
            stem = "".join(sign for sign, _other in same)
            for first, second in (pair, pair[::-1]) if stem else ():
                for rest in (second, second.removeprefix(stem)):
                    yield from ((f"{first}{joint}{rest}", fact.id) for joint in joints)
