"""The answer of `relief pack values`, and the same as a file to be set elsewhere."""

import json
from collections.abc import Sequence

from relieftool.messages import _
from relieftool.output.pack_head import pack_document
from relieftool.output.result import Column, Grid, Result
from relieftool.pack.models import Confidence, Pack
from relieftool.pack.overlay import OwnValue


def own_values_result(pack: Pack, values: Sequence[OwnValue]) -> Result:
    """Give the values an office has set, for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack values",
        "pack": pack_document(pack),
        "values": [one.model_dump(mode="json", by_alias=True) for one in values],
    }
    rows = [
        [
            one.parameter,
            _label(pack, one.parameter),
            str(one.value),
            one.from_.isoformat(),
            until_word(one.until),
            one.source,
            confidence_word(one.confidence),
            one.by or "",
            one.on.isoformat() if one.on else "",
        ]
        for one in values
    ]
    columns = (
        Column("parameter", _("Parameter"), is_whole=True),
        Column("label", _("Meaning"), is_wide=True),
        Column("value", _("Value"), "right"),
        Column("from", _("From")),
        Column("until", _("Until")),
        Column("source", _("Source"), is_wide=True),
        Column("confidence", _("Confidence")),
        Column("by", _("By")),
        Column("on", _("Set on")),
    )
    return Result(document, (Grid(_("Values set here over the pack"), columns, rows),))


def _label(pack: Pack, name: str) -> str:
    """Say what a parameter is, or that the pack has it no longer."""
    known = pack.parameters.get(name)
    return str(known.labels) if known else _("not in this pack any more")


def until_word(until: object) -> str:
    """Write the first day a value holds no longer; open has none."""
    return _("open") if until == "open" else str(until)


def confidence_word(confidence: Confidence) -> str:
    """Say how sure a value is."""
    words = {"verified": _("verified"), "reported": _("reported"), "assumed": _("assumed")}
    return words[confidence]


def own_values_toml(values: Sequence[OwnValue]) -> str:
    """Write values as TOML that `relief pack set --file` takes back."""
    return "\n".join(_table(one) for one in values)


def _table(value: OwnValue) -> str:
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
