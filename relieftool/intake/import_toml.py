"""What a folder's import.toml says its files are, where their content cannot say it."""

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
from relieftool.spreadsheets.reader import ENDINGS, unpack_archive
from relieftool.spreadsheets.titles import find_titled_community

FILE_NAME = "import.toml"
# What may stand under each key.
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


class FileDeclaration(BaseModel):
    """What is said of one file; None leaves it to the content.

    `date` is a day or a month, `area` a community, `complete` that nobody entitled is missing.
    With `sheet` it is said of that sheet alone; `sheets` is what is said of each, put together,
    and `folder` the community that a folder above it is called by.
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

    def means(self, relative: str) -> bool:
        """Return whether this is said of a file: `path` is its path as written, or a pattern."""
        return relative == self.path or fnmatch(relative, self.path)

    def of_sheet(self, name: str) -> "FileDeclaration":
        """Return what is said of a sheet: what is said of it alone goes before what is of all."""
        own = self.sheets.get(name.strip())
        said = {} if own is None else {key: getattr(own, key) for key in own.model_fields_set}
        merged = {**self.map, **said.get("map", {})}
        return self.model_copy(update={**said, "map": merged, "sheets": {}})

    def stated(self, said: Mapping[str, object]) -> "FileDeclaration":
        """Let what the command line says of a file go before what is declared, of sheets too."""
        sheets = {name: sheet.stated(said) for name, sheet in self.sheets.items()}
        return self.model_copy(update={**said, "sheets": sheets})

    @field_validator("date", mode="before")
    @classmethod
    def _is_in_the_calendar(cls, value: object) -> object:
        """Take a day, month or year that exists, in quotes or as TOML's own date."""
        text = value.isoformat() if type(value) is dt.date else value
        if isinstance(text, str):
            if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text, re.ASCII):
                raise ValueError("not a day, month or year")
            dt.date.fromisoformat(f"{text}-01-01"[:10])
        return text


class Declarations(BaseModel):
    """A whole import.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ignore: list[str] = Field(default_factory=list)
    file: list[FileDeclaration] = Field(default_factory=list)

    @field_validator("file")
    @classmethod
    def _names_sheets_one_by_one(cls, entries: list[FileDeclaration]) -> list[FileDeclaration]:
        """Refuse what is no key: `sheets` and `folder` are found, not said."""
        if any(entry.sheets or entry.folder for entry in entries):
            raise ValueError("not a key")
        return entries

    def of(self, relative: str) -> FileDeclaration | None:
        """Return what is said of a file, by its path in the folder; None if nothing is."""
        found = [one for one in self.file if one.means(relative)]
        found.sort(key=lambda one: one.path != relative)
        whole = next((one for one in found if one.sheet is None), None)
        sheets = {one.sheet.strip(): _of_one_sheet(one) for one in reversed(found) if one.sheet}
        if not sheets:
            return whole
        return (whole or FileDeclaration(path=relative)).model_copy(update={"sheets": sheets})

    def ignores(self, relative: str) -> bool:
        """Return whether a file is to be left out."""
        return any(fnmatch(relative, pattern) for pattern in self.ignore)


def _of_one_sheet(declared: FileDeclaration) -> FileDeclaration:
    """Return only what is said of the sheet."""
    said = declared.model_dump(exclude={"path", "sheet", "sheets"}, exclude_unset=True)
    return FileDeclaration.model_validate(said)


def load_declarations(folder: Path) -> Declarations:
    """Read a folder's import.toml; without one nothing is declared.

    Raises:
        ReliefError: It is not TOML, or a key or value in it cannot be used.
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
        raise _refusal(first["loc"], first["type"], read) from error
    for number, one in enumerate(found.file):
        if not one.path:
            raise _refusal(("file", number, "path"), "missing", read)
    return found


TomlPlace = tuple[int | str, ...]


def _refusal(place: TomlPlace, fault: str, read: dict[str, Any]) -> ReliefError:
    """Say which key of import.toml cannot be used, and what may stand there."""
    where = f"{FILE_NAME}: {_place_words(place, read)}"
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


def _place_words(place: TomlPlace, read: dict[str, Any]) -> str:
    """Return the place of a key as people count, entries from 1 and each by its file's path."""
    if place[0] != "file" or len(place) == 1:
        return " ".join(str(part + 1) if isinstance(part, int) else part for part in place)
    entry = read["file"][place[1]]
    path = entry.get("path") if isinstance(entry, dict) else None
    called = f" ({path})" if isinstance(path, str) and path else ""
    return ": ".join([f"[[file]] {int(place[1]) + 1}{called}", *map(str, place[2:])])


FoldersAbove = list[tuple[Path, "Declarations", str]]


class FileChoice:
    """Chooses the files to import; archives are unpacked into a folder that passes.

    `places` tells of each file the folder or archive it was found in, and its path below that.
    """

    def __init__(self, scratch: Path) -> None:
        self.skipped: list[str] = []
        self.places: dict[Path, tuple[str, str]] = {}
        self._spoken: set[tuple[Path, str]] = set()
        self._scratch = scratch
        self._unpacked = 0

    def choose(self, paths: list[Path]) -> list[tuple[Path, FileDeclaration]]:
        """Return the files named, and the spreadsheets of the folders and archives named.

        Raises:
            ReliefError: A path does not exist, or a folder or archive holds no spreadsheet.
        """
        chosen: dict[Path, FileDeclaration] = {}
        for path in paths:
            if path.is_dir():
                found = list(self._in_folder(path, path.name))
                if not found:
                    raise _no_spreadsheet(path)
                chosen.update(found)
            elif not self._is_lock(path):
                said = load_declarations(path.parent)
                declared = said.of(path.name) or FileDeclaration()
                above = [(path.parent, said, path.name)]
                chosen.update(self._in_archive(path, declared, above, path.parent.name))
        return list(chosen.items())

    def _is_lock(self, path: Path) -> bool:
        """Return whether a file only tells that a workbook is open in WPS or Excel, and note it."""
        is_lock = path.name.startswith(LOCK_SIGN)
        if is_lock:
            self.skipped.append(path.name)
        return is_lock

    def _in_archive(
        self, path: Path, declared: FileDeclaration, above: FoldersAbove, label: str
    ) -> Iterator[tuple[Path, FileDeclaration]]:
        """Return a file itself, or the spreadsheets of an archive, with what is said of it.

        `above` are the import.toml beside it and above; `label` is what it was found in.
        """
        if path.suffix.lower() != _ARCHIVE:
            self.places.setdefault(path, (label, above[-1][2]))
            yield path, declared
            return
        self._unpacked += 1
        folder = self._scratch / str(self._unpacked)
        folder.mkdir()
        unpack_archive(path, folder, FILE_NAME)
        found = list(self._in_folder(folder, f"{label}/{above[-1][2]}"))
        if not found:
            raise _no_spreadsheet(path)
        for member, own in found:
            said = self._of_member(member.relative_to(folder).as_posix(), above)
            yield member, own if own != FileDeclaration() else said or declared

    def _of_member(self, name: str, above: FoldersAbove) -> FileDeclaration | None:
        """Return what is said beside an archive of a file in it, by its path in there."""
        found = None
        for folder, one, archive in above:
            for path in (f"{archive}/{name}", name):
                self._note_spoken(folder, one, path)
                found = found or one.of(path)
        return found

    def _note_spoken(self, folder: Path, one: Declarations, relative: str) -> None:
        """Note which entries of an import.toml speak of a file that is there."""
        self._spoken |= {(folder, each.path) for each in one.file if each.means(relative)}

    def _in_folder(self, folder: Path, label: str) -> Iterator[tuple[Path, FileDeclaration]]:
        """Return the spreadsheets of a folder and those below it, in the order of their names.

        Of several import.toml above a file the nearest that speaks of it counts; each may ignore
        it.
        """
        declarations = {folder: load_declarations(folder)}
        for path in filter(self._is_wanted(folder), sorted(folder.rglob("*"))):
            above: FoldersAbove = []
            for one in _above(path, folder):
                if one not in declarations:
                    declarations[one] = load_declarations(one)
                above.append((one, declarations[one], path.relative_to(one).as_posix()))
            for each in above:
                self._note_spoken(*each)
            if not any(one.ignores(relative) for _folder, one, relative in above):
                found = (one.of(relative) for _folder, one, relative in above)
                declared = next(filter(None, found), FileDeclaration())
                yield from self._in_archive(path, declared, above, label)
        _refuse_unspoken(declarations, self._spoken)

    def _is_wanted(self, folder: Path) -> Callable[[Path], bool]:
        """Tell the spreadsheets and archives of a folder from hidden files and all others."""

        def is_wanted(path: Path) -> bool:
            parts = path.relative_to(folder).parts
            if any(part.startswith((".", "__MACOSX")) for part in parts) or not path.is_file():
                return False
            is_below_lock = any(part.startswith(LOCK_SIGN) for part in parts[:-1])
            is_one = path.suffix.lower() in (*ENDINGS, _ARCHIVE)
            return is_one and not is_below_lock and not self._is_lock(path)

        return is_wanted


def _no_spreadsheet(path: Path) -> ReliefError:
    """Say that a folder or archive holds nothing to import."""
    return ReliefError(
        path.name,
        _("there is no spreadsheet in this folder"),
        _("Name the folder, or the file, that holds the lists."),
    )


def _refuse_unspoken(declarations: dict[Path, Declarations], spoken: set[tuple[Path, str]]) -> None:
    """Refuse a declaration of a file that is not there."""
    for above, declaration in declarations.items():
        for each in declaration.file:
            if (above, each.path) not in spoken:
                raise ReliefError(
                    f"{FILE_NAME}: {each.path}",
                    _("no file of this folder has this path"),
                    _("Correct the path, or take this [[file]] out."),
                )


def _above(path: Path, folder: Path) -> list[Path]:
    """Return the folders above a file, the nearest first, up to the one that is imported."""
    return [up for up in path.parents if up.is_relative_to(folder)]


def list_shown_names(places: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names that files are listed by: their own, with as much of the path as tells apart.

    >>> list_shown_names([("a.zip", "河口下/户.csv"), ("a.zip", "花园/户.csv"), ("b", "表.csv")])
    ['河口下/户.csv', '花园/户.csv', '表.csv']
    """
    listed = [
        (relative.rpartition("/")[2], relative, f"{label}/{relative}") for label, relative in places
    ]
    names = [one[0] for one in listed]
    for length in (1, 2):
        seen = Counter(names)
        names = [
            one[length] if seen[name] > 1 else name for one, name in zip(listed, names, strict=True)
        ]
    return names


def find_folder_community(label: str, relative: str) -> str | None:
    """Return the community that the nearest folder, or archive, above a file is called by."""
    folders = PurePosixPath(label, relative).parts[:-1]
    names = (find_titled_community((), name) for name in reversed(folders))
    return next(filter(None, names), None)
