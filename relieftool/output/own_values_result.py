"""The answer of `relief pack values`, and the same as a file to be set elsewhere."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relieftool.messages import _
from relieftool.output.pack_head import build_pack_document
from relieftool.output.result import Columns, PlainTable, Result, ResultColumn
from relieftool.output.words_of_packs import format_parameter_value
from relieftool.pack.models import Confidence, DatedValue, Pack
from relieftool.pack.value_overrides import OfficeValue


def build_office_values_result(pack: Pack, values: Sequence[OfficeValue]) -> Result:
    """Give the values an office has set, for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack values",
        "pack": build_pack_document(pack),
        "values": [one.model_dump(mode="json", by_alias=True) for one in values],
    }
    rows = [
        [
            one.parameter,
            _label(pack, one.parameter),
            _value(pack, one),
            one.from_.isoformat(),
            format_until(one.until),
            one.source,
            format_confidence(one.confidence),
            one.by or "",
            one.on.isoformat() if one.on else "",
        ]
        for one in values
    ]
    columns: Columns = (
        ResultColumn("parameter", _("Parameter"), is_whole=True),
        ResultColumn("label", _("Meaning"), is_wide=True),
        ResultColumn("value", _("Value of the law"), "right"),
        ResultColumn("from", _("From")),
        ResultColumn("until", _("Until")),
        ResultColumn("source", _("Source"), is_wide=True),
        ResultColumn("confidence", _("Confidence")),
        ResultColumn("by", _("By")),
        ResultColumn("on", _("Set on")),
    )
    nothing = _("No value is set here over the pack.")
    grid = PlainTable(_("Values set here over the pack"), columns, rows, nothing=nothing)
    return Result(document, (grid,))


def _value(pack: Pack, one: OfficeValue) -> str:
    """Write a value with its unit; as it was set where the pack has its parameter no longer."""
    known = one.parameter in pack.parameters
    return format_parameter_value(pack, one.parameter, one) if known else str(one.value)


def _label(pack: Pack, name: str) -> str:
    """Say what a parameter is, or that the pack has it no longer."""
    known = pack.parameters.get(name)
    return str(known.labels) if known else _("not in this pack any more")


@dataclass(frozen=True)
class ValueChange:
    """A value that was set, and what it goes over: one set before, and values of the pack."""

    value: OfficeValue
    replaced: OfficeValue | None
    covered: Sequence[DatedValue]
    is_unused: bool


def format_value_set(pack: Pack, about: ValueChange, *, is_rehearsal: bool) -> Iterator[str]:
    """Say what was set, from when until when it holds, what it goes over, and who reads it.

    `pack` is the one with the value in it.
    """
    one = about.value
    sentence = (
        _("Would be set: {label} = {value} from {day}. Nothing was written.")
        if is_rehearsal
        else _("Set: {label} = {value} from {day}. `relief pack values` lists what is set.")
    )
    parameter = pack.parameters[one.parameter]
    words = format_parameter_value(pack, one.parameter, one)
    yield sentence.format(label=parameter.labels, value=words, day=one.from_.isoformat())
    held = parameter.in_force(one.from_)
    until = one.until if held is None else held.until
    if until == "open":
        yield _("It holds for all later years too; --until YYYY-MM-DD lets it end.")
    elif until == one.until:
        yield _("It holds until {day}.").format(day=until)
    else:
        yield _("It holds until {day}, when another value begins.").format(day=until)
    yield from _gone_over(pack, about)
    if parameter.unit == "ratio" and "share" in parameter.id and one.number > 1:
        yield _("WARNING: this share is more than 1, the whole. 70 % is written 0.7.")
    if about.is_unused:
        yield _("No rule uses this parameter: no finding changes by it.")


def _gone_over(pack: Pack, about: ValueChange) -> Iterator[str]:
    """Say which values no longer hold on the days of one set here."""
    name = about.value.parameter
    if about.covered:
        values = _("; ").join(
            f"{format_parameter_value(pack, name, each)} ({each.from_} – {format_until(each.until)})"
            for each in about.covered
        )
        yield _("On these days it goes over the pack's: {values}.").format(values=values)
    if about.replaced is not None:
        was = format_parameter_value(pack, name, about.replaced)
        yield _("It replaces the value set here from the same day: {value}.").format(value=was)


def format_withdrawn(pack: Pack, name: str, day: dt.date, *, is_rehearsal: bool) -> str:
    """Say that a value was withdrawn, and what holds from that day without it."""
    sentence = (
        _("Would be withdrawn: {parameter} from {day}. Nothing was written.")
        if is_rehearsal
        else _("Withdrawn: {parameter} from {day}.")
    )
    said = sentence.format(parameter=name, day=day.isoformat())
    if is_rehearsal or name not in pack.parameters:
        return said
    value = pack.parameters[name].in_force(day)
    now = _("none") if value is None else format_parameter_value(pack, name, value)
    return _("{sentence} Value on that day now: {value}").format(sentence=said, value=now)


def format_until(until: object) -> str:
    """Write the first day a value holds no longer; open has none."""
    return _("open") if until == "open" else str(until)


def format_confidence(confidence: Confidence) -> str:
    """Say how sure a value is."""
    words = {"verified": _("verified"), "reported": _("reported"), "assumed": _("assumed")}
    return words[confidence]


def format_office_values_toml(values: Sequence[OfficeValue]) -> str:
    """Write values as TOML that `relief pack set --file` takes back."""
    return "\n".join(_table(one) for one in values)


def _table(value: OfficeValue) -> str:
    """Write one value as a table."""
    until = '"open"' if value.until == "open" else value.until.isoformat()
    lines = [
        "[[values]]",
        f"parameter = {_quoted(value.parameter)}",
        f"from = {value.from_.isoformat()}",
        f"until = {until}",
        f"value = {_quoted(str(value.value))}",
        f"source = {_quoted(value.source)}",
        f"confidence = {_quoted(value.confidence)}",
    ]
    lines += [f"by = {_quoted(value.by)}"] if value.by else []
    lines += [f"on = {value.on.isoformat()}"] if value.on else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a basic string; what JSON escapes, TOML reads the same way."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
