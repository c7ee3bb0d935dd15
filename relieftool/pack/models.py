"""The models of a rule pack: a class for each kind of table in its TOML files.

A model raises ValueError for a mistake; the loader adds the file and the key.
"""

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from relieftool.messages import _, current_language
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
Confidence = Literal["verified", "reported", "assumed"]
# The keys of an example that are dropped if they are empty.
_PARTS = ("household", "members")


class Definition(StrictModel):
    """A named expression over facts, with its source; it is shown in explanations."""

    id: Identifier
    owner: Owner
    labels: BilingualText
    value: Annotated[str, Field(min_length=1)]
    source: str


class DatedValue(StrictModel):
    """A parameter's value from a day (inclusive) until a day (exclusive) or "open": without end.

    A number is an integer, or a string such as "980.50" or "1/3", but never a float. The value of a
    parameter with choices is the id of a choice.
    """

    value: int | str
    from_: dt.date = Field(alias="from")
    until: dt.date | Literal["open"]
    source: str
    confidence: Confidence

    @model_validator(mode="after")
    def _is_consistent(self) -> "DatedValue":
        """Raise ValueError if the range of days is empty."""
        if self.until != "open" and self.until <= self.from_:
            raise ValueError(
                _("`until` is not after `from`; it is the first day without this value")
            )
        return self

    @property
    def number(self) -> Fraction:
        """The value as an exact number."""
        return Fraction(self.value)

    def holds_on(self, day: dt.date) -> bool:
        """Whether the value is in force on a day."""
        return self.from_ <= day and (self.until == "open" or day < self.until)


class LeastValue(DatedValue):
    """The last known value of a parameter on a day that has none: the value then is no less."""


class Parameter(StrictModel):
    """A number that the rules use, with its values over time.

    A parameter of the unit "choice" is a setting: its value is the id of one of its choices. With
    `lower_bound`, the last known value is the least on days that have none, because such lines and
    amounts are only ever raised.
    """

    id: Identifier
    labels: BilingualText
    unit: Literal["yuan", "ratio", "count", "days", "choice"]
    period: Period | None = None
    question: BilingualText | None = None
    choices: list[Choice] = Field(default_factory=list)
    lower_bound: bool = False
    values: list[DatedValue] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_consistent(self) -> "Parameter":
        """Raise ValueError if period, choices or a value do not fit the unit, or values overlap."""
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
        for dated, following in pairwise(sorted(self.values, key=lambda dated: dated.from_)):
            if dated.until == "open" or dated.until > following.from_:
                raise ValueError(_("two values hold on {day}").format(day=following.from_))
        return self

    def check_value(self, value: int | str) -> None:
        """Check that this parameter can have a value.

        Raises:
            ValueError: The value is no number, below 0, not whole (for yuan: finer than a fen), or
                not among the choices. A ratio may be any number: prices may also fall.
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
        """Return the value in force on a day, or the least that it can be; None if unknown."""
        found = next((dated for dated in self.values if dated.holds_on(as_of)), None)
        return self._find_least(as_of) if found is None and self.lower_bound else found

    def _find_least(self, as_of: dt.date) -> LeastValue | None:
        """Return the last value that has ended by a day, as an assumed one; None if none has."""
        ended = [value for value in self.values if value.until != "open" and value.until <= as_of]
        if not ended:
            return None
        last = max(ended, key=lambda value: value.from_)
        later = [value.from_ for value in self.values if value.from_ > as_of]
        source = _("at least the last known value ({source})").format(source=last.source)
        return LeastValue.model_validate(
            {
                "value": last.value,
                "from": last.until,
                "until": min(later, default="open"),
                "source": source,
                "confidence": "assumed",
            }
        )

    def first_day_without(self, as_of: dt.date) -> dt.date:
        """Return the first day after the last value that has ended by `as_of`.

        If no value has ended, return `as_of`.
        """
        ends = [
            dated.until for dated in self.values if dated.until != "open" and dated.until <= as_of
        ]
        return max(ends, default=as_of)


class LayerValue(DatedValue):
    """A value that the pack with the id `pack` sets for a parameter that its base declares."""

    parameter: Identifier
    pack: str

    @property
    def dated(self) -> DatedValue:
        """The value without the parameter and the pack it belongs to."""
        return DatedValue.model_validate(
            self.model_dump(by_alias=True, include={*DatedValue.model_fields})
        )


class Criterion(StrictModel):
    """A condition of a programme: a sentence for people, an expression and the article of a law."""

    id: ProgrammeId
    says: BilingualText
    when: Annotated[str, Field(min_length=1)]
    article: str


class Amount(StrictModel):
    """An amount that the programme pays per period, and its condition `when` (None: no condition).

    The first amount whose condition holds is used.
    """

    value: Annotated[str, Field(min_length=1)]
    when: str | None = None


class Exclusion(StrictModel):
    """A programme that nobody may receive together with this one, and the source of that rule."""

    programme: ProgrammeId
    source: str
    confidence: Confidence


class Source(StrictModel):
    """A document that the programme is based on."""

    title: str
    confidence: Confidence


class TimeLimit(StrictModel):
    """A legal time limit that applies while the parameter `setting` has the value `choice`."""

    working_days: int
    setting: Identifier
    choice: Identifier
    source: str


class UrgentLimit(StrictModel):
    """Within how many days of the calendar help that cannot wait is given, from a day on."""

    days: Annotated[int, Field(ge=1)]
    in_force_from: dt.date
    source: str
    confidence: Confidence


class Reexamination(StrictModel):
    """Within how many months the law wants what is granted examined again.

    `of` says of which households, if not of all. With `after`, they run from that event of the
    household instead of its last examination.
    """

    months: Annotated[int, Field(ge=1)]
    of: BilingualText | None = None
    after: Literal["died"] | None = None
    source: str
    confidence: Confidence


class Approximation(StrictModel):
    """A point where the rules are coarser than the law, and why.

    They may include people who are not eligible, or exclude people who are.
    """

    direction: Literal["may_include", "may_exclude"]
    why: BilingualText


class Example(StrictModel):
    """A worked example, which tests its programme: facts on a day, and the expected outcome.

    `household` and each of `members` have facts. They may list programmes: under `receives` the
    programmes received, under `receives_not` the programmes known not to be received; all others
    are unknown. Money is in yuan. For a programme of members, `expect_for` is the number (from 1)
    of the member whose outcome is checked. `amount` is yuan, or "unknown" if it cannot be computed;
    None: not checked. `parameters` are values for this example alone, or "unknown".
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
    """A benefit scheme: its department, sources, criteria, amounts and worked examples.

    `notice_days` is for how many days the rules want a decision published; None: not at all.
    """

    id: ProgrammeId
    names: BilingualText
    unit: Owner
    department: BilingualText
    in_force_from: dt.date
    in_force_until: dt.date | Literal["open"] = "open"
    time_limit_working_days: int | None = None
    time_limit_source: str = ""
    time_limits: list[TimeLimit] = Field(default_factory=list)
    urgent_limit: UrgentLimit | None = None
    reexaminations: list[Reexamination] = Field(default_factory=list)
    approximations: list[Approximation] = Field(default_factory=list)
    sources: list[Source] = Field(min_length=1)
    roster_names: list[str] = Field(default_factory=list)
    roster_valid_days: int
    receipt_headers: list[str] = Field(default_factory=list)
    receipt_words: list[str] = Field(default_factory=list)
    is_event: bool = False
    trigger: str | None = None
    period: Period | None = None
    amounts: list[Amount] = Field(default_factory=list)
    excludes: list[Exclusion] = Field(default_factory=list)
    criteria: list[Criterion] = Field(min_length=1)
    claim_checklist: list[BilingualText] = Field(default_factory=list)
    notice_days: Annotated[int, Field(ge=1)] | None = None
    notice_source: str = ""
    advice_if_work_ends_it: list[BilingualText] = Field(default_factory=list)
    examples: list[Example] = Field(default_factory=list)

    @field_validator("roster_valid_days")
    @classmethod
    def _check_valid_days(cls, days: int) -> int:
        """Raise ValueError if negative: a roster would then be too old on its own day."""
        if days < 0:
            raise ValueError(_("'{value}' is less than 0").format(value=days))
        return days

    @model_validator(mode="before")
    @classmethod
    def _resolve_examples(cls, table: Any) -> Any:
        """Return the table with its examples completed by `inherit_examples`, before any check."""
        if isinstance(table, dict) and isinstance(table.get("examples"), list):
            return {**table, "examples": inherit_examples(table["examples"])}
        return table

    @model_validator(mode="after")
    def _is_consistent(self) -> "Programme":
        """Raise ValueError if ids repeat, or the amounts, days in force or exclusions are wrong."""
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
        """Whether the programme is in force on a day; `in_force_until` is exclusive."""
        begun = self.in_force_from <= as_of
        return begun and (self.in_force_until == "open" or as_of < self.in_force_until)


class Indicator(StrictModel):
    """A sign of poverty; its weight is an exact fraction such as "1/4"."""

    id: ProgrammeId
    says: BilingualText
    when: Annotated[str, Field(min_length=1)]
    weight: Annotated[str, Field(pattern=r"^\d+(/[1-9]\d*)?$")]


class PriorityRule(StrictModel):
    """The rule for priority households: what they have to live on, and the indicators of poverty.

    `resources`, `spending` and `line` are expressions for money per month of the whole household.
    `cutoff` is only for the figures on poverty: a household counts as poor in them if the sum of
    the weights of its indicators reaches it.
    """

    resources: Annotated[str, Field(min_length=1)]
    spending: Annotated[str, Field(min_length=1)]
    line: Annotated[str, Field(min_length=1)]
    cutoff: Annotated[str, Field(pattern=r"^\d+(/[1-9]\d*)?$")]
    indicators: list[Indicator] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> "PriorityRule":
        """Raise ValueError if two indicators have the same id."""
        refuse_repeated_ids(indicator.id for indicator in self.indicators)
        return self


class UnencodedProgramme(StrictModel):
    """A programme that the pack lists without rules, and the reason."""

    id: ProgrammeId
    names: BilingualText
    reason: BilingualText
    question: BilingualText | None = None


class Hearing(StrictModel):
    """The duty to hear a family before a benefit is cut or ended, and to tell them then, by day."""

    from_: dt.date = Field(alias="from")
    source: BilingualText


class PackHead(StrictModel):
    """The content of pack.toml: id, version, title and area, and the programmes without rules.

    `name` is what it is called in Chinese; None if that is its id, as in English. `extends` is the
    pack that this one builds on; None if it is whole by itself. `hearing` is None if the place has
    no such duty.
    """

    id: ProgrammeId
    name: Annotated[str, Field(min_length=1, pattern=r"^\S+$")] | None = None
    extends: ProgrammeId | None = None
    version: str
    title: BilingualText
    area: BilingualText
    hearing: Hearing | None = None
    not_encoded: list[UnencodedProgramme] = Field(default_factory=list)

    @property
    def called(self) -> str:
        """The name of the pack in the language in use, which commands take too."""
        return (current_language() == "zh" and self.name) or self.id


class Pack(PackHead):
    """A whole rule pack; `files` maps the id of each programme to its file.

    `layer_values` are the values of all packs of a chain, the base's first; the parameters have
    them already.
    Programmes are in the order of their files. In a checked pack, each programme comes after the
    programmes that its rules refer to.
    """

    sha256: str
    files: dict[str, str] = Field(default_factory=dict)
    facts: dict[str, Fact]
    definitions: dict[str, Definition]
    parameters: dict[str, Parameter]
    programmes: dict[str, Programme]
    priority: PriorityRule
    layer_values: tuple[LayerValue, ...] = ()

    def __hash__(self) -> int:
        """Return the same for the same files, so that what is made of a pack can be kept by it."""
        return hash(self.sha256)


def find_time_limit(pack: Pack, programme: Programme, day: dt.date) -> tuple[int | None, str]:
    """Return the working days for deciding a claim on a day (None: no limit), and their source."""
    decided = find_limit_by_setting(pack, programme, day)
    if decided is not None:
        return decided.working_days, decided.source
    return programme.time_limit_working_days, programme.time_limit_source


def find_urgent_limit(programme: Programme, day: dt.date) -> UrgentLimit | None:
    """Return the time limit for help that cannot wait, if it is in force on a day."""
    limit = programme.urgent_limit
    return limit if limit is not None and limit.in_force_from <= day else None


def find_limit_by_setting(pack: Pack, programme: Programme, day: dt.date) -> TimeLimit | None:
    """Return the first time limit whose setting has the limit's choice on a day, or None."""
    for limit in programme.time_limits:
        value = pack.parameters[limit.setting].in_force(day)
        if value is not None and value.value == limit.choice:
            return limit
    return None


def inherit_examples(tables: list[Any]) -> list[Any]:
    """Return complete examples: with `like`, an example inherits from an earlier example.

    `like` is the earlier example's name. An example's own facts replace the inherited facts of the
    household, and of the member with the same number. `without` removes facts, such as `deposits`
    or `members.1.income`, which is of the first member. The amount is not inherited.

    >>> inherit_examples([
    ...     {"name": "a", "household": {"wages": 1, "rent": 2}, "expect": "eligible"},
    ...     {"name": "b", "like": "a", "without": ["rent"], "household": {"wages": 3}},
    ... ])[1]
    {'name': 'b', 'household': {'wages': 3}, 'expect': 'eligible'}
    """
    earlier: dict[str, ExampleTable] = {}
    resolved = []
    for table in tables:
        full = _resolve_example(table, earlier) if isinstance(table, dict) else table
        if isinstance(full, dict):
            earlier[str(full.get("name"))] = full
        resolved.append(full)
    return resolved


def _resolve_example(table: ExampleTable, earlier: Mapping[str, ExampleTable]) -> ExampleTable:
    """Return an example with the facts that it inherits, except those listed in `without`."""
    own = {key: value for key, value in table.items() if key not in ("like", "without")}
    if "like" in table:
        other = earlier.get(str(table["like"]))
        if other is None:
            raise ValueError(
                _("no example before this one is named '{name}'").format(name=table["like"])
            )
        inherited = {key: value for key, value in deepcopy(other).items() if key != "amount"}
        own = {
            **inherited,
            **own,
            "household": {**inherited.get("household", {}), **own.get("household", {})},
            "members": _merge_members(inherited.get("members", []), own.get("members", [])),
        }
        own = {key: value for key, value in own.items() if value or key not in _PARTS}
    for path in table.get("without", []):
        _remove_fact(own, str(path))
    return own


def _merge_members(inherited: list[ExampleTable], own: list[ExampleTable]) -> list[ExampleTable]:
    """Return the members of two lists merged in order; own facts replace inherited ones."""
    count = max(len(inherited), len(own))
    return [
        {**dict(*inherited[place : place + 1]), **dict(*own[place : place + 1])}
        for place in range(count)
    ]


def _remove_fact(table: ExampleTable, path: str) -> None:
    """Remove a fact of the household, or of a member (`members.NUMBER.FACT`), from an example.

    Raises:
        ValueError: The example has no such fact.
    """
    first, _dot, rest = path.partition(".")
    if first != "members":
        holder, key = table.get("household", {}), path
    else:
        place, _dot, key = rest.partition(".")
        members = table.get("members", [])
        is_place = place.isdigit() and 1 <= int(place) <= len(members)
        holder = members[int(place) - 1] if is_place else {}
    if key not in holder:
        raise ValueError(_("'{name}' under `without` is not in this example").format(name=path))
    del holder[key]
