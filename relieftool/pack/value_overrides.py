"""Values that an office or a worked example sets in place of the values in a pack.

A value replaces the pack's from its first day until its end (exclusive), and on no other days.
"""

import datetime as dt
from collections.abc import Iterable

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import suggest_nearest
from relieftool.pack.models import DatedValue, Pack, Parameter
from relieftool.values.text import drop_spaces


class OfficeValue(DatedValue):
    """A value that an office sets for a parameter: `by` a person, `on` a day, both optional."""

    parameter: str
    by: str | None = None
    on: dt.date | None = None


def list_office_parameters(pack: Pack, as_of: dt.date) -> list[str]:
    """Return the names of the parameters whose value on a day was set by the office."""
    return [
        name
        for name, parameter in pack.parameters.items()
        if isinstance(parameter.in_force(as_of), OfficeValue)
    ]


def check_office_value(pack: Pack, name: str, value: str, place: str) -> None:
    """Check that a parameter exists and can have a value; `place` is named in the error.

    Raises:
        ReliefError: There is no such parameter, or it cannot have this value. The remedy suggests
            the nearest parameter, or describes the possible values.
    """
    find_parameter(pack, name, place)
    try:
        pack.parameters[name].check_value(value)
    except ValueError as error:
        raise ReliefError(
            place,
            _("this value cannot be used ({reason})").format(reason=error),
            _describe_values(pack.parameters[name]),
        ) from error


def find_parameter(pack: Pack, name: str, place: str) -> Parameter:
    """Return a parameter by its id or label, of which a remark in brackets may be left out.

    Raises:
        ReliefError: There is no such parameter; the error names `place`.
    """
    if name in pack.parameters:
        return pack.parameters[name]
    for each in pack.parameters.values():
        for label in (each.labels.zh, each.labels.en):
            if drop_spaces(name) in {drop_spaces(label), drop_spaces(label.partition("（")[0])}:
                return each
    raise ReliefError(
        place,
        _("'{name}' is no parameter").format(name=name),
        suggest_nearest(name, pack.parameters)
        or _("`relief pack show --assumed` lists those still to be confirmed."),
    )


def _describe_values(parameter: Parameter) -> str:
    """Return a remedy that describes the possible values of a parameter."""
    if parameter.unit == "choice":
        names = _(", ").join(f"{choice.labels} ({choice.id})" for choice in parameter.choices)
        return _("The choices are: {names}").format(names=names)
    patterns = {
        "yuan": _("Write yuan, 0 or more, such as 980 or 980.50."),
        "ratio": _("Write a number, such as 1.5 or 1/3; 70 % is 0.7."),
    }
    return patterns.get(parameter.unit, _("Write a whole number, 0 or more."))


def find_choice_id(parameter: Parameter, text: str) -> str:
    """Return the id of the parameter's choice with this label; any other text unchanged."""
    for choice in parameter.choices:
        if text in (choice.labels.zh, choice.labels.en):
            return choice.id
    return text


def list_covered_values(pack: Pack, office_value: OfficeValue) -> list[DatedValue]:
    """Return the pack's values that an office's value replaces on all or some of their days."""
    parameter = pack.parameters[office_value.parameter]
    until = _end_open_value(parameter, office_value).until
    return [
        value
        for value in parameter.values
        if not _has_ended_by(value, office_value.from_) and (until == "open" or value.from_ < until)
    ]


def override_values(pack: Pack, values: Iterable[tuple[str, DatedValue]]) -> Pack:
    """Return a pack in which these values replace its own; each comes with its parameter's name.

    Of two values for the same day, the later in `values` counts. An office's open value ends where
    the next value that is not assumed begins: a value set for this year must not replace what the
    pack has for later years.

    Raises:
        ValueError: A parameter cannot have its value.
    """
    parameters = dict(pack.parameters)
    for name, value in values:
        parameters[name] = _insert_value(parameters[name], value)
    return pack.model_copy(update={"parameters": parameters})


def _insert_value(parameter: Parameter, value: DatedValue) -> Parameter:
    """Return a parameter with one more value, which replaces the others on the days it covers."""
    parameter.check_value(value.value)
    value = _end_open_value(parameter, value)
    kept = [part for covered in parameter.values for part in _cut_out(covered, value)]
    ordered = sorted([*kept, value], key=lambda dated: dated.from_)
    return parameter.model_copy(update={"values": ordered})


def _end_open_value(parameter: Parameter, value: DatedValue) -> DatedValue:
    """Return an office's open value with an end: the start of the next value that is not assumed.

    It stays open if there is no such value. Any other value is returned unchanged.
    """
    if not isinstance(value, OfficeValue) or value.until != "open":
        return value
    later = [
        following.from_
        for following in parameter.values
        if following.from_ > value.from_ and following.confidence != "assumed"
    ]
    return value.model_copy(update={"until": min(later, default="open")})


def _cut_out(value: DatedValue, cover: DatedValue) -> list[DatedValue]:
    """Return the parts of a value that remain before and after the days of the value `cover`."""
    left: list[DatedValue] = []
    if value.from_ < cover.from_:
        until = value.until if _has_ended_by(value, cover.from_) else cover.from_
        left.append(value.model_copy(update={"until": until}))
    if cover.until != "open" and not _has_ended_by(value, cover.until):
        left.append(value.model_copy(update={"from_": max(value.from_, cover.until)}))
    return left


def _has_ended_by(value: DatedValue, day: dt.date) -> bool:
    """Whether all days of a value are before a day."""
    return value.until != "open" and value.until <= day
