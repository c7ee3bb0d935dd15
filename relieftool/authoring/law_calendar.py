"""The calendar of a pack: for each parameter the spans of days with their value, and the holes.

A hole is a span on which rules in force need a value that the pack does not have.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter

from relieftool.eligibility.rule_warnings import list_used_parameters
from relieftool.pack.models import DatedValue, LayerValue, Pack, Parameter
from relieftool.pack.value_overrides import OfficeValue, override_values
from relieftool.rules.programme_rules import parse_programmes
from relieftool.rules.statement import parse_priority


@dataclass(frozen=True)
class LawSpan:
    """The days from `from_` (inclusive) until `until` (exclusive) on which one value holds.

    `value` is None in a hole. `pack` is the pack that sets the value: "" for the office itself, or
    in a hole.
    """

    parameter: str
    from_: dt.date
    until: dt.date
    value: DatedValue | None
    pack: str = ""


@dataclass(frozen=True)
class LocalValue:
    """A value that a pack sets, beside the one that would hold on its first day without it."""

    parameter: str
    value: DatedValue
    base: DatedValue | None


class LawCalendar:
    """The values of a pack's parameters over some days, `last` exclusive."""

    def __init__(self, pack: Pack, first: dt.date, last: dt.date) -> None:
        self._pack = pack
        self._first, self._last = first, last

    def list_spans(self) -> list[LawSpan]:
        """Return the spans of every parameter, in the order of the pack and of the days."""
        return [
            span
            for parameter in self._pack.parameters.values()
            for span in self._list_of(parameter)
        ]

    def _list_of(self, parameter: Parameter) -> Iterator[LawSpan]:
        """Yield the spans of a parameter; days on which nothing needs it are left out."""
        parts = [
            (parameter.in_force(day), self._is_needed(parameter, day), day, end)
            for day, end in pairwise(self._list_days(parameter))
        ]
        for (value, is_needed), group in groupby(parts, key=itemgetter(0, 1)):
            days = list(group)
            if value is not None or is_needed:
                layer = "" if value is None else find_layer(self._pack, parameter.id, days[0][2])
                yield LawSpan(parameter.id, days[0][2], days[-1][3], value, layer)

    def _is_needed(self, parameter: Parameter, day: dt.date) -> bool | None:
        """Whether rules in force need a value that is missing on a day; None if it is there."""
        if parameter.in_force(day) is not None:
            return None
        begun = max(start for start in self._used if start <= day)
        return parameter.id in self._used[begun]

    def _list_days(self, parameter: Parameter) -> list[dt.date]:
        """Return the days on which something may change for a parameter, and the last one."""
        own = {day for value in parameter.values for day in (value.from_, value.until)}
        inside = {day for day in own if day != "open" and self._first < day < self._last}
        return sorted({self._first, self._last, *self._used, *inside})

    @cached_property
    def _used(self) -> dict[dt.date, frozenset[str]]:
        """The parameters that rules in force use, by the first day on which they do."""
        rules = parse_programmes(self._pack)
        trees = [node for nodes in parse_priority(self._pack) for node in nodes.values()]
        known = self._pack.parameters
        found = {}
        for day in self._list_changes():
            in_force = [rule for rule in rules.values() if rule.programme.is_in_force(day)]
            used = set(list_used_parameters(in_force, trees, known, day))
            limits = (rule.programme.time_limits for rule in in_force)
            found[day] = frozenset(used | {limit.setting for each in limits for limit in each})
        return found

    def _list_changes(self) -> list[dt.date]:
        """Return the days on which programmes begin or end, or settings change."""
        programmes = self._pack.programmes.values()
        days = {day for each in programmes for day in (each.in_force_from, each.in_force_until)}
        settings = [each for each in self._pack.parameters.values() if each.unit == "choice"]
        days |= {day for each in settings for v in each.values for day in (v.from_, v.until)}
        inside = {day for day in days if day != "open" and self._first < day < self._last}
        return sorted({self._first, *inside})


def find_layer(pack: Pack, parameter: str, day: dt.date) -> str:
    """Return the pack of a chain that sets a parameter's value on a day; "" if the office does."""
    value = pack.parameters[parameter].in_force(day)
    if isinstance(value, OfficeValue):
        return ""
    before = [
        layer.pack
        for layer in pack.layer_values
        if layer.parameter == parameter and layer.from_ <= day
        if value is not None and layer.value == value.value
    ]
    return before[-1] if before else pack.id


def list_local_values(pack: Pack) -> list[LocalValue]:
    """Return the values that a pack itself sets, each with the base's on its first day."""
    own = [value for value in pack.layer_values if value.pack == pack.id]
    below = _build_base(pack)
    return [
        LocalValue(value.parameter, value, below.parameters[value.parameter].in_force(value.from_))
        for value in own
    ]


def list_below_base(pack: Pack) -> Iterator[tuple[LayerValue, DatedValue]]:
    """Yield a pack's values below that of its base on the same day, where none may be lower.

    What a province sets for a line or an amount is the least that a city may set.
    """
    below = _build_base(pack)
    for value in (value for value in pack.layer_values if value.pack == pack.id):
        base = below.parameters[value.parameter]
        floor = base.in_force(value.from_)
        if base.lower_bound and floor is not None and value.number < floor.number:
            yield value, floor


def _build_base(pack: Pack) -> Pack:
    """Return a pack with the values of its bases alone."""
    bare = {
        name: parameter.model_copy(update={"values": []})
        for name, parameter in pack.parameters.items()
    }
    values = [value for value in pack.layer_values if value.pack != pack.id]
    return override_values(
        pack.model_copy(update={"parameters": bare}),
        ((value.parameter, value.dated) for value in values),
    )
