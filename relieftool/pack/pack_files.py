"""Reads the files of a pack and of the packs that it extends, and merges them into one pack.

`pack.toml` may say `extends = "national"`. A pack that extends another (an overlay) holds only what
is local. Its records add to those of its base by their ids; one that has the id of a record of the
base must say so with the key `overlay`, so that a misspelt id is an error and never an addition.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from relieftool.errors import ReliefError
from relieftool.messages import _, current_language
from relieftool.pack.facts import BilingualText, suggest_nearest

Table = dict[str, Any]
Record = TypeVar("Record", bound=BaseModel)
PackTables = Mapping[str, Table]  # the parsed TOML, by file
WHOLE_FILES = ("pack.toml", "facts.toml", "definitions.toml", "parameters.toml", "priority.toml")
# The values of overlays are gathered under this name, each with the id of its pack.
VALUES = "values.toml"
_BASE = ":"  # between the id of a base and the name of its file
_LISTS = ("facts", "definitions", "parameters")
_GROWING = ("sources", "approximations")
_OVERLAYS = ("changes", "replaces", "removes")
_WORD = re.compile(r"\{([a-z_]+)\}")


class _PackTable(BaseModel):
    """What merging reads of a table; all else is checked when the whole pack is built."""

    model_config = ConfigDict(extra="allow", strict=True)


class _NotEncodedName(_PackTable):
    id: str


class _PackHead(_PackTable):
    id: str = ""
    extends: str | None = None
    words: dict[str, BilingualText] = Field(default_factory=dict)
    example_values: dict[str, int | str] = Field(default_factory=dict)
    not_encoded: list[_NotEncodedName] = Field(default_factory=list)


class _Example(_PackTable):
    household: Table = Field(default_factory=dict)
    members: list[Table] = Field(default_factory=list)
    parameters: Table = Field(default_factory=dict)
    without: list[str] = Field(default_factory=list)


class _Programme(_PackTable):
    sources: list[Any] = Field(default_factory=list)
    approximations: list[Any] = Field(default_factory=list)
    examples: list[_Example] = Field(default_factory=list)


def find_shipped_pack(name: str = "pingxiang") -> Path:
    """Return the folder of a pack that comes with the tool."""
    return find_shipped_packs() / name


def find_shipped_packs() -> Path:
    """Return the folder that holds the packs that come with the tool."""
    return Path(str(files("relieftool") / "packs"))


def read_pack_texts(folder: Path) -> dict[str, str]:
    """Return the texts of a pack's files by name, those of its bases first, named BASE:FILE.

    Raises:
        ReliefError: A file is missing or not UTF-8, or a base is missing or extends this pack.
    """
    texts: dict[str, str] = {}
    seen: list[Path] = []
    prefix = ""
    while True:
        own = _read_own_texts(folder)
        texts = {prefix + name: text for name, text in own.items()} | texts
        seen.append(folder.resolve())
        base = _parse_head(prefix + "pack.toml", own["pack.toml"]).get("extends")
        if base is None:
            _require_whole(folder, own)
            return texts
        folder, prefix = _find_base(folder, str(base), seen), f"{base}{_BASE}"


def list_pack_folders(folder: Path) -> list[Path]:
    """Return a pack's folder, then those of the packs that it extends, the nearest first."""
    folders = [folder]
    while True:
        head = _parse_head("pack.toml", read_text(folders[-1] / "pack.toml"))
        if (base := head.get("extends")) is None:
            return folders
        folders.append(_find_base(folders[-1], str(base), [each.resolve() for each in folders]))


def find_pack_folder(name: str, beside: Path) -> Path:
    """Return the folder of the pack with a name: beside another pack, or else a shipped one.

    Raises:
        ReliefError: There is no such pack.
    """
    for folder in (beside.parent / name, find_shipped_pack(name)):
        if (folder / "pack.toml").is_file():
            return folder
    for id_, chinese in _read_chinese_names().items():
        if name == chinese:
            return find_shipped_pack(id_)
    known = list_shipped_names()
    remedy = suggest_nearest(name, known) or _("There are: {names}").format(
        names=_(", ").join(known)
    )
    raise ReliefError(name, _("there is no pack of this name"), remedy)


def locate_pack(said: str | None) -> Path:
    """Return the folder that a name or path of a pack means; that of the shipped pack for None.

    A folder here of that name goes before a shipped pack.

    Raises:
        ReliefError: There is no such pack.
    """
    if said is None:
        return find_shipped_pack()
    folder = Path(said)
    is_path = folder.is_dir() or len(folder.parts) != 1
    return folder if is_path else find_pack_folder(said, Path.cwd() / "-")


def list_packs(folder: Path) -> list[str]:
    """Return the names of the packs in a folder, in alphabetical order."""
    return sorted(path.parent.name for path in folder.glob("*/pack.toml"))


def list_shipped_names() -> list[str]:
    """Return what the packs that come with the tool are called in the language in use."""
    names = _read_chinese_names()
    return list(names.values() if current_language() == "zh" else names)


def _read_chinese_names() -> dict[str, str]:
    """Return the Chinese name of each pack that comes with the tool, by its id."""
    folders = map(find_shipped_pack, list_packs(find_shipped_packs()))
    return {
        folder.name: str(_parse_head("pack.toml", read_text(folder / "pack.toml"))["name"])
        for folder in folders
    }


def hash_pack_texts(texts: Mapping[str, str]) -> str:
    """Return the hash by which a pack is known; it covers the packs that it extends."""
    return hashlib.sha256("\0".join(sorted(texts.values())).encode()).hexdigest()


def parse_pack_texts(texts: Mapping[str, str]) -> PackTables:
    """Return the parsed TOML of a pack's files, merged with that of its bases.

    Raises:
        ReliefError: A file is not TOML, or an overlay's record does not fit its base.
    """
    layers: dict[str, dict[str, Table]] = {}
    for name, text in texts.items():
        layer, _colon, file = name.rpartition(_BASE)
        table = _parse_toml(name, text)
        if file == "pack.toml" or file.startswith("programmes/"):
            shape = _PackHead if file == "pack.toml" else _Programme
            make_record(shape, table, name.replace(_BASE, "/"))
        layers.setdefault(layer, {})[file] = table
    if len(layers) == 1 and not {"words", "example_values"} & layers[""]["pack.toml"].keys():
        return layers[""]
    merged: dict[str, Table] = {}
    for tables in layers.values():
        merged = _Layer(merged, tables).merge()
    words = merged["pack.toml"].pop("words", {})
    return {name: _fill_words(table, words, name) for name, table in merged.items()}


class _Layer:
    """One pack of a chain: its own tables, and those of the packs below it, already merged."""

    def __init__(self, base: Mapping[str, Table], own: Mapping[str, Table]) -> None:
        self._base, self._own = base, own
        self._head = own["pack.toml"]
        self._place = f"{self._head.get('id', '')}/" if base else ""

    def merge(self) -> dict[str, Table]:
        """Return the tables of one pack: the base's with this pack's records added or exchanged."""
        priority = self._base.get("priority.toml", {}), self._own.get("priority.toml", {})
        return {
            "pack.toml": self._merge_head(),
            **{f"{key}.toml": {key: self._merge_file(key)} for key in _LISTS},
            "priority.toml": self._change(*priority, "priority.toml"),
            VALUES: {"values": self._list_values()},
            **self._merge_programmes(),
        }

    def _merge_file(self, key: str) -> list[Table]:
        """Return the records of the file KEY.toml, which has one list of tables."""
        file = f"{key}.toml"
        own = list_tables(self._own.get(file, {}), key, f"{self._place}{file}")
        if key == "parameters":
            own = [{name: table[name] for name in table if name != "values"} for table in own]
        return self._merge(self._base.get(file, {}).get(key, []), own, file)

    def _merge_head(self) -> Table:
        """Return pack.toml: this pack's own, with the words and unencoded programmes of both."""
        base, own = self._base.get("pack.toml", {}), self._head
        not_encoded = self._list_unencoded()
        known = base.get("words", {})
        for name in own.get("words", {}) if self._base else ():
            if name not in known:
                place = f"{self._place}pack.toml: words.{name}"
                raise _refuse(place, _("the base has no such word"), suggest_nearest(name, known))
        kept = [
            entry for entry in base.get("not_encoded", []) if entry["id"] not in self._encoded()
        ]
        left_out = {entry.get("id") for entry in not_encoded} & set(self._find_programmes())
        added = [
            _without_mark(entry) if entry.get("id") in left_out else entry for entry in not_encoded
        ]
        head = {key: value for key, value in own.items() if key not in ("values", "example_values")}
        words = {**known, **own.get("words", {})}
        if "hearing" in base:
            head.setdefault("hearing", base["hearing"])
        merged = {**head, "not_encoded": self._merge(kept, added, "pack.toml")}
        return {**merged, "words": words} if words else merged

    def _list_unencoded(self) -> list[Table]:
        """Return this pack's own programmes without rules."""
        own = {"not_encoded": self._head.get("not_encoded", [])}
        return list_tables(own, "not_encoded", f"{self._place}pack.toml")

    def _encoded(self) -> set[str]:
        """Return the programmes of this pack that say that they replace."""
        return {
            str(table.get("id"))
            for file, table in self._own.items()
            if file.startswith("programmes/") and table.get("overlay") == "replaces"
        }

    def _find_programmes(self) -> dict[str, str]:
        """Return the files of the base's programmes, by the programme's id."""
        return {
            str(table.get("id")): file
            for file, table in self._base.items()
            if file.startswith("programmes/")
        }

    def _merge_programmes(self) -> dict[str, Table]:
        """Return the programmes by file, in the order of the files' names."""
        files_by_id = self._find_programmes()
        gone = {
            entry.get("id")
            for entry in self._list_unencoded()
            if entry.get("overlay") == "replaces"
        }
        unencoded = {
            entry["id"] for entry in self._base.get("pack.toml", {}).get("not_encoded", [])
        }
        merged = {
            file: self._state_values(self._base[file])
            for name, file in files_by_id.items()
            if name not in gone
        }
        for file, table in self._own.items():
            if not file.startswith("programmes/"):
                continue
            name = str(table.get("id"))
            own = self._state_values(table)
            if table.get("overlay") == "replaces" and name in unencoded:
                merged[file] = _without_mark(own)
                continue
            base = [merged[files_by_id[name]]] if files_by_id.get(name) in merged else []
            (merged[files_by_id.get(name, file)],) = self._merge(base, [own], file) or [{}]
        return dict(sorted((file, table) for file, table in merged.items() if table))

    def _state_values(self, programme: Table) -> Table:
        """Return a programme whose examples state the values that this pack has for examples.

        An example that starts from another (`like`) has those of the other. What a base states for
        its own examples stays.
        """
        stated = self._head.get("example_values", {})
        examples = programme.get("examples")
        if not stated or not isinstance(examples, list):
            return programme
        complete = [
            example
            if "like" in example and "parameters" not in example
            else {**example, "parameters": {**stated, **example.get("parameters", {})}}
            for example in examples
        ]
        return {**programme, "examples": complete}

    def _list_values(self) -> list[Table]:
        """Return the values of the bases, then this pack's own, each with its pack's id."""
        own = list_tables(
            {"values": self._head.get("values", [])}, "values", f"{self._place}pack.toml"
        )
        for value in own:
            if "pack" in value:
                raise _refuse(
                    f"{self._place}pack.toml: values.pack", _("this key does not exist"), ""
                )
        before: list[Table] = self._base.get(VALUES, {}).get("values", [])
        where = f"{self._place}parameters.toml"
        declared = [
            {**value, "parameter": table.get("id")}
            for table in self._own.get("parameters.toml", {}).get("parameters", [])
            for value in list_tables({"values": table.get("values", [])}, "values", where)
        ]
        pack = self._head.get("id")
        return [*before, *({**value, "pack": pack} for value in [*declared, *own])]

    def _merge(self, base: list[Table], own: Iterable[Table], file: str) -> list[Table]:
        """Return records merged by name; each own one that is in the base must say so."""
        if not self._base:
            return list(own)
        merged = {_name_of(table): table for table in base}
        for table in own:
            name, mark = _name_of(table), table.get("overlay")
            self._check_mark(name, mark, merged, file)
            if mark == "removes":
                del merged[name]
            elif mark == "changes":
                merged[name] = self._change(merged[name], _without_mark(table), file)
            else:
                merged[name] = _without_mark(table)
        return list(merged.values())

    def _check_mark(self, name: str, mark: object, base: Mapping[str, Table], file: str) -> None:
        """Raise ReliefError unless a record's mark fits whether the base has one of its name."""
        place = f"{self._place}{file}: {name}"
        if mark is None and name in base:
            remedy = _('Add overlay = "changes", "replaces" or "removes", or choose another id.')
            raise _refuse(place, _("the base has this too"), remedy)
        if mark is not None and mark not in _OVERLAYS:
            names = ", ".join(_OVERLAYS)
            raise _refuse(f"{place}.overlay", _("this is no word for it"), names)
        if mark is not None and name not in base:
            raise _refuse(
                place,
                _("the base has nothing of this name"),
                suggest_nearest(name, base) or _("Take `overlay` out to add it."),
            )

    def _change(self, base: Table, own: Table, file: str) -> Table:
        """Return a record with this pack's keys in place of the base's.

        Lists of texts, sources and approximations grow, lists of named tables (conditions,
        examples) are merged by name, and every other value is exchanged as a whole.
        """
        changed = dict(base)
        for key, value in own.items():
            before = base.get(key)
            kind = list if key in _GROWING else type(before)
            if kind in (list, dict) and not isinstance(value, kind):
                remedy = _("Write it as in the base: a list, or a table of its own.")
                raise _refuse(f"{self._place}{file}: {key}", _("this is another kind"), remedy)
            if key in _GROWING or (isinstance(value, list) and isinstance(before, list)):
                changed[key] = self._merge_lists(before or [], value, key, f"{file}: {key}")
            elif isinstance(before, dict) and before.keys() != {"zh", "en"}:
                changed[key] = self._change(before, value, file)
            else:
                changed[key] = value
        return changed

    def _merge_lists(self, base: list[Any], own: list[Any], key: str, place: str) -> list[Any]:
        """Return two lists merged: texts one after the other, named tables by name, or `own`."""
        if key in _GROWING or all(isinstance(part, str) for part in [*base, *own]):
            return [*base, *(text for text in own if text not in base)]
        if all(isinstance(part, dict) and ({"id", "name"} & part.keys()) for part in [*base, *own]):
            return self._merge(base, own, place)
        return own


def _name_of(table: Table) -> str:
    """Return the id of a record, or the name of an example."""
    return str(table.get("id", table.get("name", "")))


def _without_mark(table: Table) -> Table:
    """Return a record without the key by which it says that it is in the base too."""
    return {key: value for key, value in table.items() if key != "overlay"}


def _fill_words(value: Any, words: Mapping[str, Any], place: str) -> Any:
    """Return a value with the words of the area put into its texts, where they say {word}."""
    if isinstance(value, list):
        return [_fill_words(part, words, place) for part in value]
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return {key: _fill_text(str(value[key]), words, key, place) for key in value}
        return {key: _fill_words(part, words, place) for key, part in value.items()}
    return _fill_text(value, words, "zh", place) if isinstance(value, str) else value


def _fill_text(text: str, words: Mapping[str, Any], language: str, place: str) -> str:
    """Return a text with the words of the area in place of {word}."""

    def fill(found: re.Match[str]) -> str:
        if found[1] not in words:
            remedy = suggest_nearest(found[1], words)
            raise _refuse(place, _("'{word}' is none of `words`").format(word=found[1]), remedy)
        return str(words[found[1]][language])

    return _WORD.sub(fill, text) if "{" in text else text


def _refuse(place: str, problem: str, remedy: str) -> ReliefError:
    """Return the error for a record of an overlay that does not fit."""
    return ReliefError(place, problem, remedy or _("Take it out, or correct its name."))


def _find_base(folder: Path, name: str, seen: list[Path]) -> Path:
    """Return the folder of a base; raise ReliefError if the chain comes back to a pack."""
    base = find_pack_folder(name, folder)
    if base.resolve() in seen:
        raise _refuse(
            f"{folder.name}/pack.toml: extends",
            _("the packs extend each other in a ring"),
            _("Let one of them extend none."),
        )
    return base


def _read_own_texts(folder: Path) -> dict[str, str]:
    """Return the texts of a folder's files of a pack; raise ReliefError without pack.toml."""
    named = [folder / name for name in WHOLE_FILES if (folder / name).is_file()]
    if not (folder / "pack.toml").is_file():
        raise _refuse_folder(folder, "pack.toml")
    paths = [*named, *sorted((folder / "programmes").glob("*.toml"))]
    return {path.relative_to(folder).as_posix(): read_text(path) for path in paths}


def _require_whole(folder: Path, texts: Mapping[str, str]) -> None:
    """Raise ReliefError if a pack that extends none lacks a file."""
    for name in WHOLE_FILES:
        if name not in texts:
            raise _refuse_folder(folder, name)


def _refuse_folder(folder: Path, file: str) -> ReliefError:
    """Return the error for a folder that lacks a file of a pack."""
    return ReliefError(
        str(folder.name),
        _("this folder is no rule pack: {file} is missing").format(file=file),
        _("Copy a whole pack and edit the copy."),
    )


def read_text(path: Path) -> str:
    """Return the text of a file; raise ReliefError if it is not UTF-8."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ReliefError(
            path.name, _("this file is not UTF-8 text"), _("Save it as UTF-8.")
        ) from error


def list_tables(file: Mapping[str, Any], key: str, name: str) -> list[Table]:
    """Return the tables of a file's only key; raise ReliefError for another key or no tables."""
    for other in file:
        if other != key:
            remedy = suggest_nearest(other, [key]) or _("Take this key out.")
            raise ReliefError(f"{name}: {other}", _("this key does not exist"), remedy)
    listed = file.get(key, [])
    if not isinstance(listed, list) or not all(isinstance(table, dict) for table in listed):
        raise ReliefError(
            f"{name}: {key}",
            _("this is not a list of tables"),
            _("Begin each table with [[{key}]].").format(key=key),
        )
    return listed


def _parse_head(name: str, text: str) -> Table:
    """Return what stands in parsed TOML before its first table; the rest takes longer to parse."""
    try:
        return tomllib.loads(text.partition("\n[")[0])
    except tomllib.TOMLDecodeError:  # a list of several lines begins there, or the file is wrong
        return _parse_toml(name, text)


def _parse_toml(name: str, text: str) -> Table:
    """Return parsed TOML of a pack's file; the error names the base as a folder."""
    return parse_toml(name.replace(_BASE, "/"), text)


def parse_toml(name: str, text: str) -> Table:
    """Return parsed TOML; raise ReliefError, which names the line, if it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReliefError(
            name,
            _("this is not TOML: {reason}").format(reason=error),
            _("Correct that line of the file."),
        ) from error


def make_record(model: type[Record], table: Mapping[str, Any], place: str) -> Record:
    """Return a table as a record; raise ReliefError for its first fault, unknown keys first."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        # a misspelt key is both unknown and missing: report the unknown one, which is in the file
        faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        missing = [str(fault["loc"][-1]) for fault in faults if fault["type"] == "missing"]
        raise _explain_error(faults[0], place, [*missing, *model.model_fields]) from error


def _explain_error(error: ErrorDetails, place: str, known: list[str]) -> ReliefError:
    """Return the error to report; for an unknown key, it suggests the nearest of `known`."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return _refuse_key(f"{place}: {key}", str(error["loc"][-1]), known)
    if error["type"] == "missing":
        problem, remedy = _("a key is missing here"), _("Add this key.")
    else:
        reason = error["msg"].removeprefix("Value error, ")
        problem = _("this value cannot be used ({reason})").format(reason=reason)
        remedy = _("Compare it with the same key in the shipped pack.")
    return ReliefError(f"{place}: {key}" if key else place, problem, remedy)


def _refuse_key(place: str, key: str, known: list[str]) -> ReliefError:
    """Return the error for an unknown key; its remedy suggests the nearest known key, if any."""
    remedy = suggest_nearest(key, known) or _("Take this key out.")
    return ReliefError(place, _("this key does not exist"), remedy)
