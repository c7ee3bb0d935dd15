"""Facts, their types, and the parts that all tables of a pack are made of: texts, ids, choices.

Every model is strict and refuses unknown keys, so that a misspelt key is an error at load.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from relieftool.messages import _, current_language

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ProgrammeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Owner = Literal["household", "member"]
Period = Literal["month", "year", "once"]

FEN_PER_YUAN = 100


class FactType(NamedTuple):
    """What all facts of a type have in common.

    `sort` is the sort of its expressions, `column` the type of its SQL column, `written` the
    Python type of its values in a pack. `is_figure`: values can be added and compared. A written
    unit is stored as `per_unit`: a yuan as 100 fen.
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
    """Raise ValueError if an id is in a list twice."""
    repeated = [name for name, count in Counter(ids).items() if count > 1]
    if repeated:
        raise ValueError(_("the id '{name}' is used twice").format(name=repeated[0]))


def suggest_nearest(name: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest known name is meant; "" if none is near."""
    near = get_close_matches(name, list(known), 1)
    return _("Did you mean '{near}'?").format(near=near[0]) if near else ""


class StrictModel(BaseModel):
    """A model that converts nothing, cannot be changed, and refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BilingualText(StrictModel):
    """A text in both languages."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def __str__(self) -> str:
        """Return the text in the language in use now."""
        return self.zh if current_language() == "zh" else self.en


class Choice(StrictModel):
    """A value of a choice fact: its id, its label, and how spreadsheets write it."""

    id: Identifier
    labels: BilingualText
    written: list[str] = Field(default_factory=list)


class Presumption(StrictModel):
    """A value that is presumed where a fact is unknown, and why; every finding shows it."""

    value: bool | int | str
    reason: BilingualText


class Fact(StrictModel):
    """One thing known about a household or a member; a column of the register.

    `blank` is what a blank cell means. Where it means none, it is still unknown if a fact of
    `unknown_beside` is more than 0: a blank own cost beside a total cost is not 0.
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
        """Refuse money without a period, choices on other facts, and values it cannot have."""
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
        if self.presume is not None and not self._can_have(self.presume.value):
            raise ValueError(_("this fact cannot have the presumed value"))
        return self

    def is_doubted_by(self, stated: Mapping[str, int | str | None]) -> bool:
        """Whether other facts stated on the same row keep a blank cell from meaning none."""
        return any(stated.get(name) for name in self.unknown_beside)

    def _can_have(self, value: bool | int | str) -> bool:  # noqa: FBT001 a value of a fact
        """Whether a value written in the pack is one that this fact can have."""
        if self.type == "yes_no":
            return isinstance(value, bool)
        if self.type == "choice":
            return value in {choice.id for choice in self.choices}
        return self.is_figure and type(value) is int

    @property
    def kind(self) -> FactType:
        """What all facts of its type have in common."""
        return FACT_TYPES[self.type]

    @property
    def is_figure(self) -> bool:
        """Whether it is an amount or a number, which can be added and compared."""
        return self.kind.is_figure

    @property
    def none_value(self) -> int | str | None:
        """The stored value that means none: 0 (also for no), or the choice `none`; else None."""
        if self.kind.column == "INTEGER":
            return 0
        return "none" if any(choice.id == "none" for choice in self.choices) else None
