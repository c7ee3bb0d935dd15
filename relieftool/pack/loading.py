"""A folder of TOML files becomes a pack; the first thing wrong is told by file, key and remedy.

Expressions stay text here: `rules.checking.load_checked_pack` reads them too.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import Fact
from relieftool.pack.models import (
    Definition,
    Pack,
    PackHead,
    Parameter,
    PriorityRule,
    Programme,
    UnencodedProgramme,
)
from relieftool.pack.value_overrides import OfficeValue, check_office_value
from relieftool.values.text import squeeze_heading

Record = TypeVar("Record", bound=BaseModel)
Identified = TypeVar("Identified", Definition, Fact, UnencodedProgramme, Parameter)

# Words of the rules themselves.
_WORDS = frozenset({"size", "household", "member", "members"})
# Columns that the register and the statement have besides facts.
_COLUMNS = frozenset(
    {
        *("household_no", "community_id", "head_member_no", "is_provisional", "listed_members"),
        *("dated_on", "member_no", "place", "name", "id_number", "relation", "lives", "size"),
        *("resources", "spending", "line"),
    }
)
# Facts that have a meaning of their own wherever a pack has them.
_MEANINGS = {"stated_size": ("household", "integer"), "lives_together": ("member", "yes_no")}


def find_shipped_pack() -> Path:
    """Return the folder of the pack that comes with the tool."""
    return Path(str(files("relieftool") / "packs" / "pingxiang"))


def load_pack(folder: Path) -> Pack:
    """Read a rule pack; its expressions are not read yet.

    Raises:
        ReliefError: A file is missing or not TOML, a key is missing, misspelt or of the wrong
            type, an id stands twice, or an exclusion names a programme nobody knows.
    """
    texts = {path.relative_to(folder).as_posix(): _read(path) for path in _pack_files(folder)}
    tables = {name: _parse_toml(name, text) for name, text in texts.items()}
    head = _validated(PackHead, tables["pack.toml"], "pack.toml")
    programmes = [
        (name, _validated(Programme, table, name))
        for name, table in tables.items()
        if name.startswith("programmes/")
    ]
    pack = Pack(
        **{key: getattr(head, key) for key in PackHead.model_fields},
        sha256=hashlib.sha256("\0".join(sorted(texts.values())).encode()).hexdigest(),
        files={programme.id: name for name, programme in programmes},
        facts=_by_id(_listed(Fact, tables, "facts"), "facts.toml"),
        definitions=_by_id(_listed(Definition, tables, "definitions"), "definitions.toml"),
        parameters=_by_id(_listed(Parameter, tables, "parameters"), "parameters.toml"),
        programmes=_programmes(programmes),
        priority=_validated(PriorityRule, tables["priority.toml"], "priority.toml"),
    )
    _check_names(pack)
    _check_headings(pack)
    _check_exclusions(pack)
    _check_time_limits(pack)
    _check_not_encoded(pack)
    return pack


def load_office_values(path: Path, pack: Pack) -> list[OfficeValue]:
    """Read a file of values to be set over a pack, as `relief pack values` writes it.

    Raises:
        ReliefError: The file is absent or not TOML, a key is wrong, or a value cannot be used.
    """
    if not path.is_file():
        raise ReliefError(path.name, _("there is no such file"), _("Check the path."))
    table = _parse_toml(path.name, _read(path))
    values = _listed(OfficeValue, {path.name: table}, "values", path.name)
    for place, value in enumerate(values, start=1):
        where = f"{path.name}: values.{place}.{value.parameter}"
        check_office_value(pack, value.parameter, str(value.value), where)
        if value.confidence == "assumed":
            raise ReliefError(
                f"{where}.confidence",
                _("a value set here is not assumed"),
                _("Write verified or reported."),
            )
    return values


def _pack_files(folder: Path) -> list[Path]:
    """Return the files of a pack, refusing a folder that lacks one."""
    named = [
        folder / f"{name}.toml"
        for name in ("pack", "facts", "definitions", "parameters", "priority")
    ]
    for path in named:
        if not path.is_file():
            raise ReliefError(
                str(folder.name),
                _("this folder is no rule pack: {file} is missing").format(file=path.name),
                _("Copy a whole pack and edit the copy."),
            )
    return [*named, *sorted((folder / "programmes").glob("*.toml"))]


def _read(path: Path) -> str:
    """Read a text file of the pack as UTF-8."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ReliefError(
            path.name, _("this file is not UTF-8 text"), _("Save it as UTF-8.")
        ) from error


def _parse_toml(name: str, text: str) -> dict[str, Any]:
    """Read TOML, telling the line of a mistake."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReliefError(
            name,
            _("this is not TOML: {reason}").format(reason=error),
            _("Correct that line of the file."),
        ) from error


def _listed(
    model: type[Record], tables: Mapping[str, Any], key: str, file: str | None = None
) -> list[Record]:
    """Read the list of one kind of table from the file of that name, or from another."""
    name = file or f"{key}.toml"
    for other in tables[name]:
        if other != key:
            raise _unknown_key(f"{name}: {other}", other, [key])
    listed = tables[name].get(key, [])
    if not isinstance(listed, list) or not all(isinstance(table, dict) for table in listed):
        raise ReliefError(
            f"{name}: {key}",
            _("this is not a list of tables"),
            _("Begin each table with [[{key}]].").format(key=key),
        )
    return [
        _validated(model, table, f"{name}: {key}.{table.get('id', place)}")
        for place, table in enumerate(listed, start=1)
    ]


def _validated(model: type[Record], table: Mapping[str, Any], place: str) -> Record:
    """Make a record of a table, or say which key is wrong."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        # a misspelt key is both unknown and missing: tell the unknown one first
        found = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        absent = [str(one["loc"][-1]) for one in found if one["type"] == "missing"]
        raise _explained(found[0], place, [*absent, *model.model_fields]) from error


def _explained(error: ErrorDetails, place: str, known: list[str]) -> ReliefError:
    """Turn one validation error into place, problem and remedy."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return _unknown_key(f"{place}: {key}", str(error["loc"][-1]), known)
    if error["type"] == "missing":
        problem, remedy = _("a key is missing here"), _("Add this key.")
    else:
        reason = error["msg"].removeprefix("Value error, ")
        problem = _("this value cannot be used ({reason})").format(reason=reason)
        remedy = _("Compare it with the same key in the shipped pack.")
    return ReliefError(f"{place}: {key}" if key else place, problem, remedy)


def _unknown_key(place: str, key: str, known: list[str]) -> ReliefError:
    """Say that nobody knows a key, and which one may have been meant."""
    near = get_close_matches(key, known, 1)
    remedy = _("Did you mean '{near}'?").format(near=near[0]) if near else _("Take this key out.")
    return ReliefError(place, _("nobody knows this key"), remedy)


def _by_id(records: Iterable[Identified], place: str) -> dict[str, Identified]:
    """Index records by their id, refusing an id that stands twice."""
    found: dict[str, Identified] = {}
    for record in records:
        if record.id in found:
            raise ReliefError(
                f"{place}: {record.id}",
                _("this id stands twice"),
                _("Give one of the two another id."),
            )
        found[record.id] = record
    return found


def _programmes(read: Iterable[tuple[str, Programme]]) -> dict[str, Programme]:
    """Index programmes by their id, refusing an id that stands in two files."""
    found: dict[str, tuple[str, Programme]] = {}
    for file, programme in read:
        if programme.id in found:
            raise ReliefError(
                f"{file}: id",
                _("this id stands in {file} too").format(file=found[programme.id][0]),
                _("Give one of the two another id."),
            )
        found[programme.id] = file, programme
    return {name: programme for name, (_file, programme) in found.items()}


def _check_headings(pack: Pack) -> None:
    """Refuse a heading that two facts claim: nobody could tell whose the column is."""
    claimed: dict[str, str] = {}
    for fact in pack.facts.values():
        for header in dict.fromkeys(squeeze_heading(text).casefold() for text in fact.headers):
            if header in claimed:
                raise ReliefError(
                    f"facts.toml: facts.{fact.id}.headers",
                    _("'{header}' is a heading of '{other}' too").format(
                        header=header, other=claimed[header]
                    ),
                    _("Leave it with one of the two."),
                )
            claimed[header] = fact.id


def _check_names(pack: Pack) -> None:
    """Refuse a name that means two things: in a rule, or as a column of the register."""
    seen = dict.fromkeys(pack.facts, "facts.toml")
    for place, names in (
        ("definitions.toml", pack.definitions),
        ("parameters.toml", pack.parameters),
    ):
        for name in names:
            if name in seen:
                raise ReliefError(
                    f"{place}: {name}",
                    _("this id stands in {file} too").format(file=seen[name]),
                    _("Give one of the two another id."),
                )
            seen[name] = place
    for name, place in seen.items():
        is_column = name in pack.facts and (name in _COLUMNS or "__" in name)
        if name in _WORDS or is_column:
            raise ReliefError(
                f"{place}: {name}", _("this id is kept for relief itself"), _("Choose another id.")
            )
    for one in pack.facts.values():
        _check_beside(pack, one)
    for name, meaning in _MEANINGS.items():
        fact = pack.facts.get(name)
        if fact is not None and (fact.owner, fact.type) != meaning:
            raise ReliefError(
                f"facts.toml: {name}",
                _("this fact must be of type {type}, of a {owner}").format(
                    type=meaning[1], owner=meaning[0]
                ),
                _("Correct it, or give your fact another id."),
            )


def _check_beside(pack: Pack, fact: Fact) -> None:
    """Refuse a fact beside another that does not exist, is another unit's, or is no figure."""
    figures = [
        one.id
        for one in pack.facts.values()
        if one.owner == fact.owner and one.is_figure and one.id != fact.id
    ]
    for name in fact.unknown_beside:
        if name not in figures:
            raise ReliefError(
                f"facts.toml: {fact.id}.unknown_beside",
                _("'{name}' is no figure of this unit").format(name=name),
                _nearest(name, figures),
            )


def _check_exclusions(pack: Pack) -> None:
    """Refuse an exclusion of a programme nobody knows."""
    for programme in pack.programmes.values():
        for exclusion in programme.excludes:
            if exclusion.programme not in pack.programmes:
                raise ReliefError(
                    f"{pack.files[programme.id]}: excludes",
                    _("'{name}' is not a programme").format(name=exclusion.programme),
                    _nearest(exclusion.programme, pack.programmes)
                    or _("The programmes are: {names}").format(names=", ".join(pack.programmes)),
                )


def _check_time_limits(pack: Pack) -> None:
    """Refuse a time limit that rests on a setting nobody knows, or on none of its choices."""
    settings = {
        name: parameter for name, parameter in pack.parameters.items() if parameter.unit == "choice"
    }
    for programme in pack.programmes.values():
        for number, limit in enumerate(programme.time_limits, start=1):
            place = f"{pack.files[programme.id]}: time_limits.{number}"
            if limit.setting not in settings:
                raise ReliefError(
                    f"{place}.setting",
                    _("'{name}' is no parameter with choices").format(name=limit.setting),
                    _nearest(limit.setting, settings)
                    or _("There are: {names}").format(names=", ".join(settings) or "-"),
                )
            choices = [choice.id for choice in settings[limit.setting].choices]
            if limit.choice not in choices:
                raise ReliefError(
                    f"{place}.choice",
                    _("'{name}' is none of the choices of '{setting}'").format(
                        name=limit.choice, setting=limit.setting
                    ),
                    _nearest(limit.choice, choices)
                    or _("The choices are: {names}").format(names=", ".join(choices)),
                )


def _check_not_encoded(pack: Pack) -> None:
    """Refuse a programme said to be left out that stands there twice, or has rules after all."""
    for name in _by_id(pack.not_encoded, "pack.toml: not_encoded"):
        if name in pack.programmes:
            raise ReliefError(
                f"pack.toml: not_encoded.{name}",
                _("this id stands in {file} too").format(file=pack.files[name]),
                _("Take it out of not_encoded, or take the programme's file away."),
            )


def _nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest of some names; '' without one."""
    near = get_close_matches(name, list(known), 1)
    return _("Did you mean '{near}'?").format(near=near[0]) if near else ""
