"""What a rule pack may say, one class per kind of table in its TOML files.

Every model is strict and refuses unknown keys, so that a misspelt key is an error at load.

Examples that start from another one: `like` names it, `without` leaves things unknown.

Plain tables in, plain tables out; what is wrong raises ValueError, and the loader tells the file.

How many working days the law gives: the same for all, or as a setting decides.
"""

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from relieftool.messages import _
from relieftool.pack.facts import (
    FEN_PER_YUAN,
    BilingualText,
    Choice,
    Fact,
    Identifier,
    Owner,
    Period,
    ProgrammeId,
    StrictModel,
    refuse_repeated_ids,
)

ExampleTable = dict[str, Any]


def inherit_examples(tables: list[Any]) -> list[Any]:
    """Write out every example that says `like`; the one it names stands before it.

    Facts of the household, and of each member by place, go over those of the other; what stands
    under `without` is taken out, as `deposits` or `members.1.income`. The other one's amount is
    never taken over.

    >>> inherit_examples([
    ...     {"name": "a", "household": {"wages": 1, "rent": 2}, "expect": "eligible"},
    ...     {"name": "b", "like": "a", "without": ["rent"], "household": {"wages": 3}},
    ... ])[1]
    {'name': 'b', 'household': {'wages': 3}, 'expect': 'eligible'}
    """
    done: dict[str, ExampleTable] = {}
    resolved = []
    for table in tables:
        full = _resolved(table, done) if isinstance(table, dict) else table
        if isinstance(full, dict):
            done[str(full.get("name"))] = full
        resolved.append(full)
    return resolved


def _resolved(table: ExampleTable, done: Mapping[str, ExampleTable]) -> ExampleTable:
    """Write out one example."""
    own = {key: value for key, value in table.items() if key not in ("like", "without")}
    if "like" in table:
        other = done.get(str(table["like"]))
        if other is None:
            raise ValueError(
                _("no example named '{name}' stands before this one").format(name=table["like"])
            )
        inherited = {key: value for key, value in deepcopy(other).items() if key != "amount"}
        own = {
            **inherited,
            **own,
            "household": {**inherited.get("household", {}), **own.get("household", {})},
            "members": _merged(inherited.get("members", []), own.get("members", [])),
        }
        own = {key: value for key, value in own.items() if value or key not in _PARTS}
    for path in table.get("without", []):
        _take_out(own, str(path))
    return own


_PARTS = ("household", "members")


def _merged(inherited: list[ExampleTable], own: list[ExampleTable]) -> list[ExampleTable]:
    """Put one list of members over another, place by place."""
    count = max(len(inherited), len(own))
    return [
        {**dict(*inherited[place : place + 1]), **dict(*own[place : place + 1])}
        for place in range(count)
    ]


def _take_out(table: ExampleTable, path: str) -> None:
    """Take a fact out of an example, of the household or of a member by place."""
    first, _dot, rest = path.partition(".")
    if first != "members":
        holder, key = table.get("household", {}), path
    else:
        place, _dot, key = rest.partition(".")
        members = table.get("members", [])
        is_place = place.isdigit() and 1 <= int(place) <= len(members)
        holder = members[int(place) - 1] if is_place else {}
    if key not in holder:
        raise ValueError(
            _("'{name}' under `without` stands nowhere in this example").format(name=path)
        )
    del holder[key]


Confidence = Literal["verified", "reported", "assumed"]


class Definition(StrictModel):
    """A named expression over facts, with its source; shown in explanations."""

    id: Identifier
    owner: Owner
    labels: BilingualText
    value: Annotated[str, Field(min_length=1)]
    source: str


class DatedValue(StrictModel):
    """A value of the law from a day (inclusive) until a day (exclusive) or "open".

    Money is in yuan as a string or integer, so that no binary fraction enters.
    """

    value: int | str
    from_: dt.date = Field(alias="from")
    until: dt.date | Literal["open"]
    source: str
    confidence: Confidence

    @model_validator(mode="after")
    def _is_consistent(self) -> "DatedValue":
        """Refuse a range of days that is empty."""
        if self.until != "open" and self.until <= self.from_:
            raise ValueError(
                _("`until` is not after `from`; it is the first day without this value")
            )
        return self

    @property
    def number(self) -> Fraction:
        """Return the value exactly, as written."""
        return Fraction(self.value)

    def holds_on(self, day: dt.date) -> bool:
        """Return whether the value is in force on a day."""
        return self.from_ <= day and (self.until == "open" or day < self.until)


class Parameter(StrictModel):
    """A dated number of the law: unit, source and confidence stand with each value.

    One of the unit "choice" is a setting: its value is the id of one of its choices.
    """

    id: Identifier
    labels: BilingualText
    unit: Literal["yuan", "ratio", "count", "days", "choice"]
    period: Period | None = None
    question: BilingualText | None = None
    choices: list[Choice] = Field(default_factory=list)
    values: list[DatedValue] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> "Parameter":
        """Refuse money without a period, what is no value of the unit, two values for one day."""
        if (self.unit == "yuan") != (self.period is not None):
            raise ValueError(_("a parameter in yuan, and no other, has a period"))
        if (self.unit == "choice") != bool(self.choices):
            raise ValueError(_("a parameter of the unit choice, and no other, has choices"))
        refuse_repeated_ids(choice.id for choice in self.choices)
        for place, dated in enumerate(self.values):
            try:
                self.check_value(dated.value)
            except ValueError as error:
                raise ValueError(f"values.{place}: {error}") from error
        for one, following in pairwise(sorted(self.values, key=lambda dated: dated.from_)):
            if one.until == "open" or one.until > following.from_:
                raise ValueError(_("two values hold on {day}").format(day=following.from_))
        return self

    def check_value(self, value: int | str) -> None:
        """Refuse what cannot be a value: no number, less than 0, too fine, or none of the choices.

        A ratio may be less than 0: prices fall as well as rise.

        Raises:
            ValueError: Says which.
        """
        if self.unit == "choice":
            if value not in {choice.id for choice in self.choices}:
                raise ValueError(_("'{value}' is none of the choices").format(value=value))
            return
        try:
            number = Fraction(value)
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(_("'{value}' is not a number").format(value=value)) from error
        if self.unit == "ratio":
            return
        if number < 0:
            raise ValueError(_("'{value}' is less than 0").format(value=value))
        if self.unit == "yuan" and (number * FEN_PER_YUAN).denominator != 1:
            raise ValueError(_("'{value}' is finer than one fen").format(value=value))
        if self.unit != "yuan" and number.denominator != 1:
            raise ValueError(_("'{value}' is not a whole number").format(value=value))

    def in_force(self, as_of: dt.date) -> DatedValue | None:
        """Return the value in force on a day, or None where the pack has none for it."""
        return next((dated for dated in self.values if dated.holds_on(as_of)), None)


class Criterion(StrictModel):
    """One condition of a programme: the sentence people read, the expression, its article."""

    id: ProgrammeId
    says: BilingualText
    when: Annotated[str, Field(min_length=1)]
    article: str


class Amount(StrictModel):
    """What the programme grants where `when` holds (always, if left out), per period."""

    value: Annotated[str, Field(min_length=1)]
    when: str | None = None


class Exclusion(StrictModel):
    """A programme that cannot be drawn together with this one, and on whose word."""

    programme: ProgrammeId
    source: str
    confidence: Confidence


class Source(StrictModel):
    """A document the programme rests on."""

    title: str
    confidence: Confidence


class TimeLimit(StrictModel):
    """A legal time limit that holds where a setting has a certain choice."""

    working_days: int
    setting: Identifier
    choice: Identifier
    source: str


class Approximation(StrictModel):
    """Where the rules are coarser than the law: whom that may include, or leave out, and why."""

    direction: Literal["may_include", "may_exclude"]
    why: BilingualText


class Example(StrictModel):
    """A worked example: facts on a day, and what must come out. It is a test of the programme.

    `receives` lists programmes drawn; `receives_not` those known not to be; others are unknown.
    In `members` each table may carry the same two lists besides facts. Money is in yuan.
    `expect_for` is the place (from 1) of the member asked about, for a member's programme.
    `amount` is yuan, or "unknown" where none can be told; left out, it is not looked at.
    `parameters` are values that hold for this example alone. `like` and `without`, which start
    from another example and leave things unknown, are resolved when a programme is read.
    """

    name: str
    as_of: dt.date
    household: dict[str, bool | int | str | dt.date | list[str]] = Field(default_factory=dict)
    members: list[dict[str, bool | int | str | dt.date | list[str]]] = Field(default_factory=list)
    expect: Literal["eligible", "ineligible", "undetermined", "not_in_force"]
    expect_for: int = 1
    amount: int | str | None = None
    parameters: dict[str, int | str] = Field(default_factory=dict)


class Programme(StrictModel):
    """A benefit scheme: who grants it, what it asks, what it gives, examples on both sides."""

    id: ProgrammeId
    names: BilingualText
    unit: Owner
    department: BilingualText
    in_force_from: dt.date
    in_force_until: dt.date | Literal["open"] = "open"
    time_limit_working_days: int | None = None
    time_limit_source: str = ""
    time_limits: list[TimeLimit] = Field(default_factory=list)
    approximations: list[Approximation] = Field(default_factory=list)
    sources: list[Source] = Field(min_length=1)
    roster_names: list[str] = Field(default_factory=list)
    roster_valid_days: int
    receipt_headers: list[str] = Field(default_factory=list)
    is_event: bool = False
    trigger: str | None = None
    period: Period | None = None
    amounts: list[Amount] = Field(default_factory=list)
    excludes: list[Exclusion] = Field(default_factory=list)
    criteria: list[Criterion] = Field(min_length=1)
    claim_checklist: list[BilingualText] = Field(default_factory=list)
    examples: list[Example] = Field(default_factory=list)

    @field_validator("roster_valid_days")
    @classmethod
    def _lasts(cls, days: int) -> int:
        """Refuse a roster that would be too old on its own day."""
        if days < 0:
            raise ValueError(_("'{value}' is less than 0").format(value=days))
        return days

    @model_validator(mode="before")
    @classmethod
    def _resolve_examples(cls, table: Any) -> Any:
        """Write out examples that start from another one."""
        if isinstance(table, dict) and isinstance(table.get("examples"), list):
            return {**table, "examples": inherit_examples(table["examples"])}
        return table

    @model_validator(mode="after")
    def _is_consistent(self) -> "Programme":
        """Refuse an id that stands twice, an amount per nothing, and a life without a day."""
        refuse_repeated_ids(criterion.id for criterion in self.criteria)
        refuse_repeated_ids(example.name for example in self.examples)
        if self.amounts and self.period is None:
            raise ValueError(_("a programme with amounts needs a period: month, year or once"))
        if self.in_force_until != "open" and self.in_force_until <= self.in_force_from:
            raise ValueError(_("in_force_until is not after in_force_from"))
        if self.id in {exclusion.programme for exclusion in self.excludes}:
            raise ValueError(_("a programme cannot exclude itself"))
        return self

    def is_in_force(self, as_of: dt.date) -> bool:
        """Return whether the programme exists on a day; the end of the range is exclusive."""
        begun = self.in_force_from <= as_of
        return begun and (self.in_force_until == "open" or as_of < self.in_force_until)


class Indicator(StrictModel):
    """One way of being poor, with its weight as an exact fraction such as "1/4"."""

    id: ProgrammeId
    says: BilingualText
    when: Annotated[str, Field(min_length=1)]
    weight: Annotated[str, Field(pattern=r"^\d+(/[1-9]\d*)?$")]


class PriorityRule(StrictModel):
    """When a household comes first: what is left to live on, and the indicators.

    `resources`, `spending` and `line` are money per month for the whole household.
    """

    resources: Annotated[str, Field(min_length=1)]
    spending: Annotated[str, Field(min_length=1)]
    line: Annotated[str, Field(min_length=1)]
    cutoff: Annotated[str, Field(pattern=r"^\d+(/[1-9]\d*)?$")]
    indicators: list[Indicator] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> "PriorityRule":
        """Refuse an indicator that stands twice."""
        refuse_repeated_ids(indicator.id for indicator in self.indicators)
        return self


class UnencodedProgramme(StrictModel):
    """A programme the pack knows of and has no rules for: not for these households, or unknown."""

    id: ProgrammeId
    names: BilingualText
    reason: BilingualText
    question: BilingualText | None = None


class PackHead(StrictModel):
    """What pack.toml says: which pack this is, where it holds, and what it leaves out and why."""

    id: ProgrammeId
    version: str
    title: BilingualText
    area: BilingualText
    not_encoded: list[UnencodedProgramme] = Field(default_factory=list)


class Pack(PackHead):
    """A whole rule pack; `files` says where each programme was read.

    Programmes stand in the order of their files, once checked in the order of their references.
    """

    sha256: str
    files: dict[str, str] = Field(default_factory=dict)
    facts: dict[str, Fact]
    definitions: dict[str, Definition]
    parameters: dict[str, Parameter]
    programmes: dict[str, Programme]
    priority: PriorityRule


def find_time_limit(pack: Pack, programme: Programme, day: dt.date) -> tuple[int | None, str]:
    """Return the working days in force on a day (None: no limit), and where that stands."""
    decided = find_limit_by_setting(pack, programme, day)
    if decided is not None:
        return decided.working_days, decided.source
    return programme.time_limit_working_days, programme.time_limit_source


def find_limit_by_setting(pack: Pack, programme: Programme, day: dt.date) -> TimeLimit | None:
    """Return the limit whose setting has its choice on a day; None where none decides."""
    for limit in programme.time_limits:
        value = pack.parameters[limit.setting].in_force(day)
        if value is not None and value.value == limit.choice:
            return limit
    return None
