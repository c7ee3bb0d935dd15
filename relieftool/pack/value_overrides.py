"""Values of the law put over those of a pack: an office's own, or those of one worked example."""

import datetime as dt
from collections.abc import Iterable
from difflib import get_close_matches

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import DatedValue, Pack, Parameter


class OfficeValue(DatedValue):
    """A value that an office has set over the pack: for which parameter, by whom and when."""

    parameter: str
    by: str | None = None
    on: dt.date | None = None


def list_office_parameters(pack: Pack, as_of: dt.date) -> list[str]:
    """Name the parameters whose value in force on a day the office has set itself."""
    return [
        name
        for name, parameter in pack.parameters.items()
        if isinstance(parameter.in_force(as_of), OfficeValue)
    ]


def check_office_value(pack: Pack, name: str, value: str, place: str) -> None:
    """Refuse a value for a parameter nobody knows, or one the parameter cannot have.

    Raises:
        ReliefError: The nearest parameter is named, or what its values look like.
    """
    find_parameter(pack, name, place)
    try:
        pack.parameters[name].check_value(value)
    except ValueError as error:
        raise ReliefError(
            place,
            _("this value cannot be used ({reason})").format(reason=error),
            _value_words(pack.parameters[name]),
        ) from error


def find_parameter(pack: Pack, name: str, place: str) -> Parameter:
    """Find a parameter; the nearest is named where there is none of that name."""
    if name in pack.parameters:
        return pack.parameters[name]
    near = get_close_matches(name, pack.parameters, 1)
    raise ReliefError(
        place,
        _("'{name}' is no parameter").format(name=name),
        _("Did you mean '{near}'?").format(near=near[0])
        if near
        else _("`relief pack show --assumed` lists those still to be confirmed."),
    )


def _value_words(parameter: Parameter) -> str:
    """Say what a value of a parameter looks like."""
    if parameter.unit == "choice":
        names = _(", ").join(f"{choice.labels} ({choice.id})" for choice in parameter.choices)
        return _("The choices are: {names}").format(names=names)
    patterns = {
        "yuan": _("Write yuan, 0 or more, such as 980 or 980.50."),
        "ratio": _("Write a number, such as 1.5 or 1/3; 70 % is 0.7."),
    }
    return patterns.get(parameter.unit, _("Write a whole number, 0 or more."))


def find_choice_id(parameter: Parameter, text: str) -> str:
    """Return the id of the choice that a text names, by its id or its label; else the text itself."""
    for choice in parameter.choices:
        if text in (choice.labels.zh, choice.labels.en):
            return choice.id
    return text


def list_covered_values(pack: Pack, one: OfficeValue) -> list[DatedValue]:
    """Return the pack's own values that a value set here takes the place of, wholly or in part."""
    parameter = pack.parameters[one.parameter]
    until = _ended(parameter, one).until
    return [
        each
        for each in parameter.values
        if not _ends_by(each, one.from_) and (until == "open" or each.from_ < until)
    ]


def override_values(pack: Pack, values: Iterable[tuple[str, DatedValue]]) -> Pack:
    """Return a pack in which these values hold from their first day until their last (exclusive).

    What the pack says of other days stays. The parameters named must exist. A value further on in
    the list goes over one before it. An office's own open value holds until the pack's next one:
    what is said of a year must not undo what the pack knows of later ones.

    Raises:
        ValueError: A value is none that its parameter can have.
    """
    parameters = dict(pack.parameters)
    for name, value in values:
        parameters[name] = _with_value(parameters[name], value)
    return pack.model_copy(update={"parameters": parameters})


def _with_value(parameter: Parameter, value: DatedValue) -> Parameter:
    """Put one value into a parameter, shortening those it covers."""
    parameter.check_value(value.value)
    value = _ended(parameter, value)
    kept = [part for one in parameter.values for part in _outside(one, value)]
    ordered = sorted([*kept, value], key=lambda one: one.from_)
    return parameter.model_copy(update={"values": ordered})


def _ended(parameter: Parameter, value: DatedValue) -> DatedValue:
    """End an office's own open value where the pack's next one begins, unless that is assumed."""
    if not isinstance(value, OfficeValue) or value.until != "open":
        return value
    later = [
        one.from_
        for one in parameter.values
        if one.from_ > value.from_ and one.confidence != "assumed"
    ]
    return value.model_copy(update={"until": min(later, default="open")})


def _outside(one: DatedValue, cover: DatedValue) -> list[DatedValue]:
    """Return what is left of a value's days outside those of another."""
    left: list[DatedValue] = []
    if one.from_ < cover.from_:
        until = one.until if _ends_by(one, cover.from_) else cover.from_
        left.append(one.model_copy(update={"until": until}))
    if cover.until != "open" and not _ends_by(one, cover.until):
        left.append(one.model_copy(update={"from_": max(one.from_, cover.until)}))
    return left


def _ends_by(one: DatedValue, day: dt.date) -> bool:
    """Return whether a value is no longer in force on a day, and stays so."""
    return one.until != "open" and one.until <= day
