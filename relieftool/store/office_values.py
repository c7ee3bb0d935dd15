"""Stores the values that an office sets in place of its pack's. Rows are only added.

The newest row for a parameter and first day counts; a row without a value withdraws the value.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack, Parameter
from relieftool.pack.value_overrides import OfficeValue, find_parameter, override_values
from relieftool.store.entries import PARAMETER_VALUES, list_entries, record_entry


def list_office_values(db: Database, pack: Pack) -> list[OfficeValue]:
    """Return the office's values for a pack that are not withdrawn, by parameter and first day."""
    return [_read_value(entry) for entry in _list_live_entries(db, pack)]


def apply_office_values(db: Database, pack: Pack) -> Pack:
    """Return a pack with the office's values in place of its own.

    Where two of them overlap, the value with the later first day counts. A value for a parameter
    that this pack does not have is skipped.

    Raises:
        ReliefError: A value cannot be used with this pack.
    """
    for value in sorted(list_office_values(db, pack), key=lambda set_value: set_value.from_):
        if value.parameter in pack.parameters:
            pack = _apply_value(pack, value)
    return pack


def _apply_value(pack: Pack, value: OfficeValue) -> Pack:
    """Return a pack with an office's value; raise ReliefError if the pack cannot have it."""
    try:
        return override_values(pack, [(value.parameter, value)])
    except ValueError as error:
        day = value.from_.isoformat()
        raise ReliefError(
            f"{value.parameter} {day}",
            _("the value set here cannot be used with this pack ({reason})").format(reason=error),
            _("Withdraw it: {command}").format(
                command=f"relief pack unset {value.parameter} --from {day}"
            ),
        ) from error


@dataclass(frozen=True)
class ChangedMeaning:
    """An office's value whose parameter means something else now; `now` is None if it is gone."""

    value: OfficeValue
    before: str
    now: str | None


def describe_meaning(parameter: Parameter) -> str:
    """Return what a value of a parameter means: its label, unit, period and choices."""
    parts = [parameter.unit, parameter.period, *(choice.id for choice in parameter.choices)]
    return f"{parameter.labels.zh} [{' '.join(part for part in parts if part)}]"


def list_changed_meanings(db: Database, pack: Pack) -> list[ChangedMeaning]:
    """Return the office's values that were set when their parameter meant something else."""
    changed = []
    for entry in _list_live_entries(db, pack):
        parameter = pack.parameters.get(entry["parameter"])
        now = None if parameter is None else describe_meaning(parameter)
        if now is None or entry["meaning"] not in (None, now):
            before = entry["meaning"] or entry["parameter"]
            changed.append(ChangedMeaning(_read_value(entry), before, now))
    return changed


def _list_live_entries(db: Database, pack: Pack) -> list[dict[str, Any]]:
    """Return the entries of the office's values that are not withdrawn, in order."""
    entries = list_entries(db, PARAMETER_VALUES, pack_id=pack.id)
    newest = {(entry["parameter"], entry["holds_from"]): entry for entry in entries}
    return [entry for _key, entry in sorted(newest.items()) if entry["value"] is not None]


def record_office_values(
    db: Database, pack: Pack, values: Iterable[OfficeValue], set_on: dt.date
) -> None:
    """Record an office's values, which must have been checked; only inside `write`.

    `set_on` is recorded for values whose `on` is None.
    """
    for value in values:
        known = pack.parameters.get(value.parameter)
        record_entry(
            db,
            PARAMETER_VALUES,
            pack_id=pack.id,
            parameter=value.parameter,
            holds_from=value.from_,
            holds_until=None if value.until == "open" else value.until,
            value=value.value,
            meaning=None if known is None else describe_meaning(known),
            source=value.source,
            confidence=value.confidence,
            set_by=value.by,
            set_on=value.on or set_on,
        )


def withdraw_office_value(
    db: Database, pack: Pack, which: tuple[str, dt.date], by: str | None, set_on: dt.date
) -> str:
    """Withdraw an office's value and return its parameter's id; only inside `write`.

    `which` is the id or label of its parameter, and its first day.

    Raises:
        ReliefError: There is no such parameter, or no value of the office begins on that day.
    """
    name, from_ = which
    place = f"relief pack unset {name}"
    set_here = list_office_values(db, pack)
    # a value may have been set of a parameter that a newer pack has no longer
    is_known_here = any(value.parameter == name for value in set_here)
    parameter = name if is_known_here else find_parameter(pack, name, place).id
    days = [value.from_ for value in set_here if value.parameter == parameter]
    if from_ not in days:
        raise ReliefError(
            place,
            _("no value is set here from {day} on").format(day=from_.isoformat()),
            _("Values are set from: {days}").format(days=", ".join(map(str, days)))
            if days
            else _("`relief pack values` lists what is set."),
        )
    record_entry(
        db,
        PARAMETER_VALUES,
        pack_id=pack.id,
        parameter=parameter,
        holds_from=from_,
        set_by=by,
        set_on=set_on,
    )
    return parameter


def _read_value(row: dict[str, str | None]) -> OfficeValue:
    """Return a row of the table `parameter_values` as a value."""
    until = row["holds_until"]
    return OfficeValue.model_validate(
        {
            "parameter": row["parameter"],
            "from": dt.date.fromisoformat(str(row["holds_from"])),
            "until": "open" if until is None else dt.date.fromisoformat(until),
            "value": row["value"],
            "source": row["source"],
            "confidence": row["confidence"],
            "by": row["set_by"],
            "on": dt.date.fromisoformat(str(row["set_on"])),
        }
    )
