"""`relief pack values`: list the values that this office has set over the pack, or export them.

`relief pack set` and `unset`: set and withdraw this office's own values of the law.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlite_utils import Database

from relieftool.commands import options
from relieftool.commands.open_cases import finish_writing
from relieftool.commands.session import Register, tell_changed_meanings, today
from relieftool.messages import _
from relieftool.output.files import check_out_file, write_text
from relieftool.output.result import OutputFormat
from relieftool.output.show import show_result
from relieftool.output.streams import print_message
from relieftool.pack.loading import load_office_values
from relieftool.pack.models import Pack
from relieftool.pack.value_overrides import (
    OfficeValue,
    check_office_value,
    find_choice_id,
    find_parameter,
    list_covered_values,
)
from relieftool.store.chosen_pack import find_chosen_pack, load_chosen_pack
from relieftool.store.database import open_register, write_or_rehearse
from relieftool.store.office_values import (
    apply_office_values,
    list_office_values,
    record_office_values,
    withdraw_office_value,
)
from relieftool.store.problem_decisions import LAW, number_questions
from relieftool.values.text import narrow_characters


def list_values(
    *,
    where: Register,
    form: options.Format = OutputFormat.TABLE,
    out: Path | None = None,
) -> None:
    """List the values set for this register over the pack, or write them to a file.

    Example: relief pack values --out values.toml

    Args:
        out (FILE): Write to a file instead; its ending says how: .xlsx .csv .json .html, or .toml
            for `relief pack set --file`.
    """
    from relieftool.output.pack import build_office_values_result, format_office_values_toml

    is_toml = out is not None and out.suffix.lower() == ".toml"
    if not is_toml:
        check_out_file(out)
    with open_register(where.db) as register:
        rules = load_chosen_pack(where.pack, register)
        listed = list_office_values(register, rules)
        tell_changed_meanings(register, rules)
    if is_toml and out is not None:
        write_text(format_office_values_toml(listed), out)
    else:
        show_result(build_office_values_result(rules, listed), form, out)


def set_value(
    parameter: str | None = None,
    value: str | None = None,
    *,
    from_: dt.date | None = None,
    until: dt.date | None = None,
    source: str | None = None,
    confidence: Annotated[
        Literal["verified", "reported"], typer.Option(case_sensitive=False)
    ] = "reported",
    by: str | None = None,
    file: Path | None = None,
    where: Register,
    dry_run: options.DryRun = False,
) -> None:
    """Set a value of the law for this register, over what the pack says, from a day on.

    Example: relief pack set dibao_line 980 --from 2025-01-01 --source 赣民字〔2024〕60号 --by 王五

    Args:
        parameter: The parameter's name in the pack, or its label.
        value: Yuan, a number, or one of a setting's choices.
        from_: The first day the value holds.
        until: The first day it holds no longer; otherwise it holds until another takes its place.
        source (TEXT): Where it stands: document, number, who said so.
        confidence: `verified` if you saw the text of the rule, `reported` if somebody told you.
        file: Take the values of a .toml file instead.
        by (PERSON): Who does this; kept with the value.
    """
    rules = load_chosen_pack(where.pack or find_chosen_pack(where.db))
    if file is not None:
        values = load_office_values(file, rules)
    else:
        stated = (parameter, value, from_, source)
        values = [_stated(rules, stated, until, confidence, by)]
    with open_register(where.db) as register:
        _set(register, rules, values, dry_run=dry_run)
    if not dry_run:
        with where.open() as opened:
            finish_writing(opened)


def _stated(
    pack: Pack,
    stated: tuple[str | None, str | None, dt.date | None, str | None],
    until: dt.date | None,
    confidence: str,
    by: str | None,
) -> OfficeValue:
    """Return the value on the command line; a missing part or a wrong day is a usage error."""
    name, value, from_, source = stated
    for key, given in zip(_NEEDED, stated, strict=True):
        if given is None or not str(given).strip():
            raise typer.BadParameter(_("this is needed, or --file"), param_hint=key)
    if until is not None and from_ is not None and until <= from_:
        raise typer.BadParameter(_("this day is not after --from"), param_hint="--until")
    text = narrow_characters(str(value)).strip()  # full-width digits are digits
    place = f"relief pack set {name}"
    parameter = find_parameter(pack, str(name), place)
    text = find_choice_id(parameter, text)
    check_office_value(pack, parameter.id, text, place)
    return OfficeValue.model_validate(
        {
            "parameter": parameter.id,
            "value": text,
            "from": from_,
            "until": until or "open",
            "source": source,
            "confidence": confidence,
            "by": by,
        }
    )


_NEEDED = ("PARAMETER", "VALUE", "--from", "--source")


def _set(db: Database, pack: Pack, values: list[OfficeValue], *, dry_run: bool) -> None:
    """Set values in the register, unless `dry_run`; print sentences on each."""
    from relieftool.authoring.pack_review import list_unused_parameters
    from relieftool.output.pack import ValueChange, format_value_set

    with write_or_rehearse(db, is_rehearsal=dry_run):
        earlier = {
            (office_value.parameter, office_value.from_): office_value
            for office_value in list_office_values(db, pack)
        }
        record_office_values(db, pack, values, today())
        number_questions(db, [f"{LAW}:{value.parameter}" for value in values])
        valued = apply_office_values(db, pack)
    unused = list_unused_parameters(pack)
    for value in values:
        replaced = earlier.get((value.parameter, value.from_))
        covered = list_covered_values(pack, value)
        about = ValueChange(value, replaced, covered, value.parameter in unused)
        for line in format_value_set(valued, about, is_rehearsal=dry_run):
            print_message(line)


def unset_value(
    parameter: str,
    *,
    from_: dt.date,
    by: str | None = None,
    where: Register,
    dry_run: options.DryRun = False,
) -> None:
    """Withdraw a value set for this register; what held before holds again.

    Example: relief pack unset dibao_line --from 2025-01-01 --by 王五

    Args:
        parameter: The parameter's name in the pack, or its label.
        from_: The first day of the value.
        by (PERSON): Who does this; kept with the value.
    """
    from relieftool.output.pack import format_withdrawn

    rules = load_chosen_pack(where.pack or find_chosen_pack(where.db))
    with open_register(where.db) as register, write_or_rehearse(register, is_rehearsal=dry_run):
        name = withdraw_office_value(register, rules, (parameter, from_), by, today())
        valued = apply_office_values(register, rules)
    print_message(format_withdrawn(valued, name, from_, is_rehearsal=dry_run))
    if not dry_run:
        with where.open() as opened:
            finish_writing(opened)
