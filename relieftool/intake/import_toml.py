"""Chooses the files to import, and reads what the import.toml of their folders declares of them.

A declaration states what is not in the file: its kind, programme, community, date, columns.
"""

import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.reader import ENDINGS, UNREAD_ENDINGS, unpack_archive
from relieftool.spreadsheets.titles import find_titled_community
from relieftool.values.text import escape_surrogates

FILE_NAME = "import.toml"
# The remedy for a wrong value of each key.
_MAY_BE = {
    "ignore": Message('Write ignore = ["old/*"], a list of names in quotation marks.'),
    "file": Message("Begin each file with a line [[file]] and its keys below."),
    "path": Message('Write path = "name.xlsx", the name of the file in this folder.'),
    "kind": Message("Write one of: households, roster, openings."),
    "programme": Message('Write programme = "dibao", an id of the rule pack.'),
    "area": Message('Write area = "…", the name of a community.'),
    "date": Message('Write date = "2024-11" or date = "2024-11-30".'),
    "complete": Message("Write true or false, without quotation marks."),
    "map": Message('Write map = {{ "heading" = "fact" }}; "-" leaves a column out.'),
}
LOCK_SIGN = "~$"
_ARCHIVE = ".zip"
_MOST_NAMES = 8
TomlPlace = tuple[int | str, ...]
# For each folder above a file: the folder, its declarations, and the file's path in it.
FoldersAbove = list[tuple[Path, "Declarations", str]]


RefusalCallback = Callable[[ReliefError], None]


def raise_refusal(error: ReliefError) -> None:
    """Raise the error for a file that cannot be used."""
    raise error


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; not if its name is longer than the system allows."""
    try:
        return path.is_dir()
    except OSError:
        return False


class FileDeclaration(BaseModel):
    """The values declared of a file, or only of its `sheet`; None: taken from the content.

    `date` is a day, month or year, `area` a community. `complete`: the file lists everybody who
    receives the programme. The user cannot declare `sheets` and `folder`, which are filled in
    later: the declarations of single sheets, and the community after which a folder is named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    path: str = ""
    sheet: str | None = Field(default=None, min_length=1)
    sheets: dict[str, "FileDeclaration"] = Field(default_factory=dict)
    folder: str | None = None
    kind: Literal["households", "roster", "openings"] | None = None
    programme: str | None = None
    area: str | None = None
    date: str | None = None
    complete: bool | None = None
    map: dict[str, str] = Field(default_factory=dict)

    def applies_to(self, relative: str) -> bool:
        """Whether `path`, which may be a pattern, fits the file with this path below the folder."""
        return relative == self.path or fnmatch(relative, self.path)

    def of_sheet(self, name: str) -> "FileDeclaration":
        """Return the declaration of a sheet: its own values, and the file's for all others."""
        own = self.sheets.get(name.strip())
        values = {} if own is None else {key: getattr(own, key) for key in own.model_fields_set}
        merged = {**self.map, **values.get("map", {})}
        return self.model_copy(update={**values, "map": merged, "sheets": {}})

    def override(self, values: Mapping[str, object]) -> "FileDeclaration":
        """Return the declaration with these values in it and in those of its sheets.

        The value of `sheets` is a list of further sheets to declare.
        """
        named = values.get("sheets")
        more = {name: FileDeclaration() for name in named} if isinstance(named, list) else {}
        own = {name: value for name, value in values.items() if name != "sheets"}
        sheets = {name: sheet.override(own) for name, sheet in (more | self.sheets).items()}
        return self.model_copy(update={**own, "sheets": sheets})

    @field_validator("date", mode="before")
    @classmethod
    def _parse_date(cls, value: object) -> object:
        """Return a date as text; raise ValueError if it is no day, month or year that exists."""
        text = value.isoformat() if type(value) is dt.date else value
        if isinstance(text, str):
            if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text, re.ASCII):
                raise ValueError("not a day, month or year")
            dt.date.fromisoformat(f"{text}-01-01"[:10])
        return text


class Declarations(BaseModel):
    """The content of an import.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ignore: list[str] = Field(default_factory=list)
    file: list[FileDeclaration] = Field(default_factory=list)

    @field_validator("file")
    @classmethod
    def _refuse_inner_keys(cls, entries: list[FileDeclaration]) -> list[FileDeclaration]:
        """Raise ValueError for `sheets` and `folder`, which cannot be declared."""
        if any(entry.sheets or entry.folder for entry in entries):
            raise ValueError("not a key")
        return entries

    def find(self, relative: str) -> FileDeclaration | None:
        """Return the declaration of a file, by its path in the folder; None if there is none."""
        # an entry with the file's own path comes before patterns; of several, the first counts
        entries = [entry for entry in self.file if entry.applies_to(relative)]
        entries.sort(key=lambda entry: entry.path != relative)
        whole = next((entry for entry in entries if entry.sheet is None), None)
        sheets = {
            entry.sheet.strip(): _take_sheet_values(entry)
            for entry in reversed(entries)
            if entry.sheet
        }
        if not sheets:
            return whole
        return (whole or FileDeclaration(path=relative)).model_copy(update={"sheets": sheets})

    def ignores(self, relative: str) -> bool:
        """Whether a file is left out, by its path in the folder."""
        return any(fnmatch(relative, pattern) for pattern in self.ignore)


def _take_sheet_values(declared: FileDeclaration) -> FileDeclaration:
    """Return a sheet's declaration with only the values that it sets."""
    values = declared.model_dump(exclude={"path", "sheet", "sheets"}, exclude_unset=True)
    return FileDeclaration.model_validate(values)


def load_declarations(folder: Path) -> Declarations:
    """Return the content of a folder's import.toml; without that file, empty declarations.

    Raises:
        ReliefError: The file is not TOML, or a key or value in it cannot be used.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return Declarations()
    remedy = _("Correct import.toml; docs/your-files.md lists its keys.")
    try:
        read = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = _("this is not TOML: {reason}").format(reason=error)
        raise ReliefError(FILE_NAME, problem, remedy) from error
    try:
        found = Declarations.model_validate(read)
    except ValidationError as error:
        first = error.errors()[0]
        raise _refuse_key(first["loc"], first["type"], read) from error
    for number, entry in enumerate(found.file):
        if not entry.path:
            raise _refuse_key(("file", number, "path"), "missing", read)
    return found


def _refuse_key(place: TomlPlace, fault: str, read: dict[str, Any]) -> ReliefError:
    """Return the error for a key of import.toml; its remedy is a correct key or value.

    `place` and `fault` are the location and the type of a validation error, `read` the whole file.
    """
    where = f"{FILE_NAME}: {_format_place(place, read)}"
    if fault == "extra_forbidden":
        keys = list(FileDeclaration.model_fields if len(place) > 1 else Declarations.model_fields)
        near = get_close_matches(str(place[-1]), keys, 1)
        remedy = (
            _("Did you mean: {names}?").format(names=near[0])
            if near
            else _("The keys are: {names}").format(names=", ".join(keys))
        )
        return ReliefError(where, _("there is no such key"), remedy)
    names = [part for part in place if isinstance(part, str) and part in _MAY_BE]
    if fault == "missing":
        return ReliefError(where, _("this key is missing"), str(_MAY_BE[names[-1]]))
    return ReliefError(where, _("this value cannot be used"), str(_MAY_BE[names[-1]]))


def _format_place(place: TomlPlace, read: dict[str, Any]) -> str:
    """Return the place of a key as text; entries count from 1 and are shown with their path."""
    if place[0] != "file" or len(place) == 1:
        return " ".join(str(part + 1) if isinstance(part, int) else part for part in place)
    entry = read["file"][place[1]]
    path = entry.get("path") if isinstance(entry, dict) else None
    called = f" ({path})" if isinstance(path, str) and path else ""
    return ": ".join([f"[[file]] {int(place[1]) + 1}{called}", *map(str, place[2:])])


class FileChooser:
    """Chooses the files to import, and unpacks archives into a temporary folder.

    `places` maps each file to the name of the folder or archive in which it was found and its path
    there. `skipped` are the names of lock files, `unread` those of documents and pictures in the
    folders and archives. `refuse` is called with the error for an archive that cannot be used.
    """

    def __init__(self, scratch: Path, refuse: RefusalCallback = raise_refusal) -> None:
        self._refuse = refuse
        self._has_refused = False
        self.skipped: list[str] = []
        self.unread: list[str] = []
        self.places: dict[Path, tuple[str, str]] = {}
        self._used: set[tuple[Path, str]] = set()
        self._scratch = scratch
        self._unpacked = 0

    def choose(self, paths: list[Path]) -> list[tuple[Path, FileDeclaration]]:
        """Return the files among the paths, and the spreadsheets in the folders and archives.

        Each comes with its declaration. Lock files are left out.

        Raises:
            ReliefError: An import.toml cannot be used or has an entry for no file, or a folder has
                no spreadsheet.
        """
        chosen: dict[Path, FileDeclaration] = {}
        for path in paths:
            if is_folder(path):
                found = list(self._walk_folder(path, path.name))
                if not found and not self._has_refused:
                    raise self._refuse_empty(path)
                chosen.update(found)
            elif not self._is_lock(path):
                beside = load_declarations(path.parent)
                declared = beside.find(path.name) or FileDeclaration()
                above = [(path.parent, beside, path.name)]
                chosen.update(self._unpack(path, declared, above, path.parent.name))
        return list(chosen.items())

    def _is_lock(self, path: Path) -> bool:
        """Whether a file is the lock of a workbook that is open; if so, add it to `skipped`."""
        is_lock = path.name.startswith(LOCK_SIGN)
        if is_lock:
            self.skipped.append(path.name)
        return is_lock

    def _unpack(
        self, path: Path, declared: FileDeclaration, above: FoldersAbove, label: str
    ) -> Iterator[tuple[Path, FileDeclaration]]:
        """Yield a file itself, or the spreadsheets of an archive, each with its declaration.

        `above` are the declarations of the folders above the file, `label` is the name of the
        folder in which it was found.
        """
        if path.suffix.lower() != _ARCHIVE:
            self.places.setdefault(path, (label, above[-1][2]))
            yield path, declared
            return
        self._unpacked += 1
        folder = self._scratch / str(self._unpacked)
        folder.mkdir()
        try:
            unpack_archive(path, folder, FILE_NAME)
            found = list(self._walk_folder(folder, f"{label}/{above[-1][2]}"))
            if not found:
                raise self._refuse_empty(path)
        except ReliefError as error:
            self._has_refused = True
            self._refuse(error)
            return
        for member, own in found:
            outer = self._find_for_member(member.relative_to(folder).as_posix(), above)
            yield member, own if own != FileDeclaration() else outer or declared

    def _find_for_member(self, name: str, above: FoldersAbove) -> FileDeclaration | None:
        """Return the declaration of a file in an archive, from the folders above the archive.

        None if there is none. The declaration may have the archive's path before the file's path.
        """
        found = None
        for folder, declarations, archive in above:
            for path in (f"{archive}/{name}", name):
                self._note_used(folder, declarations, path)
                found = found or declarations.find(path)
        return found

    def _note_used(self, folder: Path, declarations: Declarations, relative: str) -> None:
        """Record that the entries of an import.toml for this file are used."""
        self._used |= {
            (folder, entry.path) for entry in declarations.file if entry.applies_to(relative)
        }

    def _walk_folder(self, folder: Path, label: str) -> Iterator[tuple[Path, FileDeclaration]]:
        """Yield the spreadsheets in and below a folder, by path, each with its declaration.

        Of several import.toml above a file, the nearest with an entry for it counts; any of them
        can leave the file out.
        """
        loaded = {folder: load_declarations(folder)}
        for path in sorted(folder.rglob("*")):
            is_list = path.suffix.lower() in (*ENDINGS, _ARCHIVE)
            is_unread = path.suffix.lower() in UNREAD_ENDINGS and LOCK_SIGN not in path.name
            if not (is_list or is_unread) or not self._is_shown(path, folder):
                continue
            above: FoldersAbove = []
            for parent in _list_folders_above(path, folder):
                if parent not in loaded:
                    loaded[parent] = load_declarations(parent)
                above.append((parent, loaded[parent], path.relative_to(parent).as_posix()))
            for place in above:
                self._note_used(*place)
            if any(declarations.ignores(relative) for _, declarations, relative in above):
                continue
            if is_unread:
                self.unread.append(escape_surrogates(path.name))
            else:
                found = (declarations.find(relative) for _, declarations, relative in above)
                declared = next(filter(None, found), FileDeclaration())
                yield from self._unpack(path, declared, above, label)
        _refuse_unused(loaded, self._used)

    def _is_shown(self, path: Path, folder: Path) -> bool:
        """Whether a path below a folder is a file that is not hidden and not a lock."""
        parts = path.relative_to(folder).parts
        if any(part.startswith((".", "__MACOSX")) for part in parts) or not path.is_file():
            return False
        is_below_lock = any(part.startswith(LOCK_SIGN) for part in parts[:-1])
        return not is_below_lock and not self._is_lock(path)

    def _refuse_empty(self, path: Path) -> ReliefError:
        """Return the error for a folder or archive without a spreadsheet."""
        remedy = _("Name the folder, or the file, that holds the lists.")
        if self.unread:
            remedy = format_unread(self.unread)
        return ReliefError(path.name, _("there is no spreadsheet in this folder"), remedy)


def format_unread(names: list[str]) -> str:
    """Return the sentence about files that were passed over, as no lists can be read in them."""
    words = _(
        "Passed over {names}: only spreadsheets are read. If a list is in one of them, save it as"
        " .xlsx (copy a table out of a document or picture, unpack .rar and .7z) and import that."
    )
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return words.format(names=f"{shown} … (+{more})" if more > 0 else shown)


def _refuse_unused(loaded: dict[Path, Declarations], used: set[tuple[Path, str]]) -> None:
    """Raise ReliefError if an entry of an import.toml applies to no file."""
    for folder, declarations in loaded.items():
        for entry in declarations.file:
            if (folder, entry.path) not in used:
                raise ReliefError(
                    f"{FILE_NAME}: {entry.path}",
                    _("no file of this folder has this path"),
                    _("Correct the path, or take this [[file]] out."),
                )


def _list_folders_above(path: Path, folder: Path) -> list[Path]:
    """Return the folders above a file, the nearest first, up to and including `folder`."""
    return [parent for parent in path.parents if parent.is_relative_to(folder)]


def list_shown_names(places: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names under which files are shown; equal names get more of the path in front.

    >>> list_shown_names([("a.zip", "河口下/户.csv"), ("a.zip", "花园/户.csv"), ("b", "表.csv")])
    ['河口下/户.csv', '花园/户.csv', '表.csv']
    """
    candidates = [
        (relative.rpartition("/")[2], relative, f"{label}/{relative}") for label, relative in places
    ]
    names = [shortest for shortest, _longer, _longest in candidates]
    for length in (1, 2):
        counts = Counter(names)
        names = [
            forms[length] if counts[name] > 1 else name
            for forms, name in zip(candidates, names, strict=True)
        ]
    return list(map(escape_surrogates, names))


def find_folder_community(label: str, relative: str) -> str | None:
    """Return the community in the name of a file, or of a folder or archive above it.

    The nearest name counts; None if no name has a community.
    """
    path = PurePosixPath(label, relative)
    names = (find_titled_community((), name) for name in (path.stem, *reversed(path.parts[:-1])))
    return next(filter(None, names), None)
