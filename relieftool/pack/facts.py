"""The list of facts, and the parts all tables of a pack are made of: words, ids, choices.

Every model is strict and refuses unknown keys, so that a misspelt key is an error at load.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from relieftool.messages import _, current_language

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ProgrammeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Owner = Literal["household", "member"]
Period = Literal["month", "year", "once"]

FEN_PER_YUAN = 100


class FactType(NamedTuple):
    """What is the same for all facts of a type.

    `sort` is what its expressions are, `column` the type of its column, `written` that of a value
    in a pack. `is_figure`: it can be added to and compared; `per_unit` of what is stored make one
    of what is written.
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
    """Refuse an id that stands twice in one list."""
    repeated = [name for name, count in Counter(ids).items() if count > 1]
    if repeated:
        raise ValueError(_("the id '{name}' stands twice").format(name=repeated[0]))


class StrictModel(BaseModel):
    """Strict, frozen, and closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BilingualText(StrictModel):
    """One text in the two languages."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def __str__(self) -> str:
        """Return the text in the language in use now."""
        return self.zh if current_language() == "zh" else self.en


class Choice(StrictModel):
    """One value of a choice fact: its id, its words, and how spreadsheets write it."""

    id: Identifier
    labels: BilingualText
    written: list[str] = Field(default_factory=list)


class Presumption(StrictModel):
    """A value that may stand in for an unknown fact, and why; every finding shows it."""

    value: bool | int | str
    reason: BilingualText


class Fact(StrictModel):
    """One thing known about a household or a member; a column of the register.

    A blank cell that means none is unknown after all where a fact of `unknown_beside` says more.
    """

    id: Identifier
    owner: Owner
    type: Literal["money", "integer", "date", "yes_no", "choice", "text"]
    period: Period | None = None
    labels: BilingualText
    headers: list[str] = Field(default_factory=list)
    question: BilingualText | None = None
    is_private: bool = False
    blank: Literal["none", "unknown"] = "unknown"
    unknown_beside: list[Identifier] = Field(default_factory=list)
    choices: list[Choice] = Field(default_factory=list)
    presume: Presumption | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> "Fact":
        """Refuse a money fact without a period, and choices where they do not belong."""
        if (self.type == "money") != (self.period is not None):
            raise ValueError(_("a money fact, and no other, has a period"))
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(_("a choice fact, and no other, has choices"))
        if self.blank == "none" and self.none_value is None:
            raise ValueError(
                _("blank = 'none' needs money, integer, yes_no or a choice called none")
            )
        if self.unknown_beside and self.blank != "none":
            raise ValueError(_("unknown_beside needs blank = 'none'"))
        refuse_repeated_ids(choice.id for choice in self.choices)
        if self.presume is not None and not self._can_be(self.presume.value):
            raise ValueError(_("the presumed value is none that this fact can have"))
        return self

    def is_doubted_by(self, stated: Mapping[str, int | str | None]) -> bool:
        """Return whether a blank cell cannot mean none beside what is stated of other facts."""
        return any(stated.get(name) for name in self.unknown_beside)

    def _can_be(self, value: bool | int | str) -> bool:  # noqa: FBT001 a value of a fact
        """Return whether a value written in the pack is one of this fact's."""
        if self.type == "yes_no":
            return isinstance(value, bool)
        if self.type == "choice":
            return value in {choice.id for choice in self.choices}
        return self.is_figure and type(value) is int

    @property
    def kind(self) -> FactType:
        """What is the same for all facts of its type."""
        return FACT_TYPES[self.type]

    @property
    def is_figure(self) -> bool:
        """Whether it is an amount or a number, which can be added to and compared."""
        return self.kind.is_figure

    @property
    def none_value(self) -> int | str | None:
        """Return what "none" is for this fact as stored: 0, or the choice `none`; None without one.

        Yes/no facts are stored as 1 and 0, money as fen.
        """
        if self.kind.column == "INTEGER":
            return 0
        return "none" if any(choice.id == "none" for choice in self.choices) else None
