"""What stands at the head of every answer that rests on rules: the pack, and what it lacks."""

import datetime as dt
from collections.abc import Iterable

from relieftool.eligibility.rule_warnings import find_first_day_without
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.pack.value_overrides import list_office_parameters


def build_pack_document(pack: Pack, as_of: dt.date | None = None) -> dict[str, object]:
    """Say which pack this is, and which of its values in force on the day were set here."""
    document: dict[str, object] = {
        "id": pack.id,
        "version": pack.version,
        "sha256": pack.sha256,
    }
    return (
        document if as_of is None else {**document, "set_here": list_office_parameters(pack, as_of)}
    )


def format_missing_parameters(pack: Pack, as_of: dt.date, unvalued: Iterable[str]) -> list[str]:
    """Name each parameter without a value on the day, and the command that adds one."""
    sentence = _("No value on {day}: {label}. What uses it is unknown. Add it: {command}")
    return [
        sentence.format(
            day=as_of.isoformat(),
            label=pack.parameters[name].labels,
            command=format_set_command(name, find_first_day_without(pack.parameters[name], as_of)),
        )
        for name in unvalued
    ]


def format_set_command(parameter: str, day: dt.date) -> str:
    """Write the command that gives a parameter a value from a day on."""
    return f"relief pack set {parameter} VALUE --from {day.isoformat()} --source TEXT"
