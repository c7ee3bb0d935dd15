"""A folder of TOML files becomes a pack; the first thing wrong is told with file, key and remedy."""

import hashlib
import re
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
from relieftool.pack.models import Definition, Fact, Pack, Parameter, PriorityRule, Programme

Record = TypeVar("Record", bound=BaseModel)
Identified = TypeVar("Identified", Definition, Fact, Parameter, Programme)
_REFERENCE = re.compile(r"(?:receives|eligible)\(\s*'([^']*)'\s*\)")


def shipped_pack_folder() -> Path:
    """Give the folder of the pack that comes with the tool."""
    return Path(str(files("relieftool") / "packs" / "pingxiang"))


def load_pack(folder: Path) -> Pack:
    """Read a rule pack.

    Raises:
        ReliefError: A file is missing or not TOML, a key is missing, misspelt or of the wrong type,
            an id stands twice, a programme is not known, or programmes refer to each other in a ring.
    """
    texts = {path.relative_to(folder).as_posix(): _read(path) for path in _pack_files(folder)}
    tables = {name: _parse_toml(name, text) for name, text in texts.items()}
    head = tables["pack.toml"]
    programmes = [
        _validated(Programme, table, name)
        for name, table in sorted(tables.items())
        if name.startswith("programmes/")
    ]
    try:
        return Pack(
            **head,
            sha256=hashlib.sha256("\0".join(sorted(texts.values())).encode()).hexdigest(),
            facts=_by_id(_listed(Fact, tables, "facts"), "facts.toml"),
            definitions=_by_id(_listed(Definition, tables, "definitions"), "definitions.toml"),
            parameters=_by_id(_listed(Parameter, tables, "parameters"), "parameters.toml"),
            programmes=_ordered(_by_id(programmes, "programmes")),
            priority=_validated(PriorityRule, tables["priority.toml"], "priority.toml"),
        )
    except ValidationError as error:
        raise _explained(error.errors()[0], "pack.toml", list(Pack.model_fields)) from error


def _pack_files(folder: Path) -> list[Path]:
    """Give the files of a pack, refusing a folder that lacks one."""
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


def _listed(model: type[Record], tables: Mapping[str, Any], key: str) -> list[Record]:
    """Read the list of one kind of table from the file of that name."""
    name = f"{key}.toml"
    unknown = [other for other in tables[name] if other != key]
    if unknown:
        raise _unknown_key(name, unknown[0], [key])
    return [
        _validated(model, table, f"{name}: {key}.{table.get('id', place)}")
        for place, table in enumerate(tables[name].get(key, []), start=1)
    ]


def _validated(model: type[Record], table: Mapping[str, Any], place: str) -> Record:
    """Make a record of a table, or say which key is wrong."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise _explained(error.errors()[0], place, list(model.model_fields)) from error


def _explained(error: ErrorDetails, place: str, known: list[str]) -> ReliefError:
    """Turn one validation error into place, problem and remedy."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return _unknown_key(place, key, known)
    if error["type"] == "missing":
        problem, remedy = _("a key is missing here"), _("Add this key.")
    else:
        problem = _("this value cannot be used ({reason})").format(reason=error["msg"])
        remedy = _("Compare it with the same key in the shipped pack.")
    return ReliefError(f"{place}: {key}" if key else place, problem, remedy)


def _unknown_key(place: str, key: str, known: list[str]) -> ReliefError:
    """Say that nobody knows a key, and which one may have been meant."""
    near = get_close_matches(key, known, 1)
    remedy = _("Did you mean '{near}'?").format(near=near[0]) if near else _("Take this key out.")
    return ReliefError(f"{place}: {key}", _("nobody knows this key"), remedy)


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


def references(programme: Programme) -> set[str]:
    """Name the programmes whose receipt or eligibility a programme's rules read."""
    expressions = [criterion.when for criterion in programme.criteria]
    expressions += [amount.value for amount in programme.amounts]
    expressions += [amount.when for amount in programme.amounts if amount.when]
    return {name for text in expressions for name in _REFERENCE.findall(text)}


def _ordered(programmes: dict[str, Programme]) -> dict[str, Programme]:
    """Put programmes behind those they refer to; a ring is refused."""
    for programme in programmes.values():
        named = references(programme) | {exclusion.programme for exclusion in programme.excludes}
        for name in sorted(named - programmes.keys()):
            raise _unknown_programme(programme.id, name, list(programmes))
    placed: dict[str, Programme] = {}
    while waiting := [name for name in programmes if name not in placed]:
        ready = [name for name in waiting if references(programmes[name]) <= placed.keys()]
        if not ready:
            raise ReliefError(
                "programmes",
                _("these refer to each other in a ring: {names}").format(names=", ".join(waiting)),
                _("Take one of the references out."),
            )
        placed[ready[0]] = programmes[ready[0]]
    return placed


def _unknown_programme(owner: str, name: str, known: list[str]) -> ReliefError:
    """Say that a rule or exclusion names a programme nobody knows."""
    near = get_close_matches(name, known, 1)
    remedy = (
        _("Did you mean '{near}'?").format(near=near[0])
        if near
        else _("The programmes are: {names}").format(names=", ".join(known))
    )
    return ReliefError(
        f"programmes: {owner}", _("'{name}' is not a programme").format(name=name), remedy
    )
