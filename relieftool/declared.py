"""What a folder's import.toml says its files are, where their content cannot say it."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.sheets import ENDINGS, unpack_archive

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


class Declared(BaseModel):
    """What is said of one file; None leaves it to the content.

    `date` is a day or a month, `area` a community, `complete` that nobody entitled is missing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    path: str = ""
    kind: Literal["households", "roster", "openings"] | None = None
    programme: str | None = None
    area: str | None = None
    date: str | None = None
    complete: bool | None = None
    map: dict[str, str] = Field(default_factory=dict)

    def means(self, relative: str) -> bool:
        """Say whether this is said of a file: `path` is its path as written, or a pattern."""
        return relative == self.path or fnmatch(relative, self.path)

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
    file: list[Declared] = Field(default_factory=list)

    def of(self, relative: str) -> Declared | None:
        """Give what is said of a file, by its path in the folder; None if nothing is."""
        exact = (one for one in self.file if one.path == relative)
        return next(exact, None) or next((one for one in self.file if one.means(relative)), None)

    def ignores(self, relative: str) -> bool:
        """Say whether a file is to be left out."""
        return any(fnmatch(relative, pattern) for pattern in self.ignore)


def load_declarations(folder: Path) -> Declarations:
    """Read a folder's import.toml; without one nothing is declared.

    Raises:
        ReliefError: It is not TOML, or a key or value in it cannot be used.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return Declarations()
    remedy = _("Correct import.toml; README lists its keys.")
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


Place = tuple[int | str, ...]


def _refusal(place: Place, fault: str, read: dict[str, Any]) -> ReliefError:
    """Say which key of import.toml cannot be used, and what may stand there."""
    where = f"{FILE_NAME}: {_place_words(place, read)}"
    if fault == "extra_forbidden":
        keys = list(Declared.model_fields if len(place) > 1 else Declarations.model_fields)
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


def _place_words(place: Place, read: dict[str, Any]) -> str:
    """Give the place of a key as people count, entries from 1 and each by its file's path."""
    if place[0] != "file" or len(place) == 1:
        return " ".join(str(part + 1) if isinstance(part, int) else part for part in place)
    entry = read["file"][place[1]]
    path = entry.get("path") if isinstance(entry, dict) else None
    called = f" ({path})" if isinstance(path, str) and path else ""
    return ": ".join([f"[[file]] {int(place[1]) + 1}{called}", *map(str, place[2:])])


class FileChoice:
    """Chooses the files to import; archives are unpacked into a folder that passes."""

    def __init__(self, scratch: Path) -> None:
        self.skipped: list[str] = []
        self._scratch = scratch
        self._unpacked = 0

    def choose(self, paths: list[Path]) -> list[tuple[Path, Declared]]:
        """Give the files named, and the spreadsheets of the folders and archives named.

        Raises:
            ReliefError: A path does not exist, or a folder or archive holds no spreadsheet.
        """
        chosen: dict[Path, Declared] = {}
        for path in paths:
            if path.is_dir():
                found = list(self._in_folder(path))
                if not found:
                    raise _no_spreadsheet(path)
                chosen.update(found)
            elif not self._is_lock(path):
                declared = load_declarations(path.parent).of(path.name) or Declared()
                chosen.update(self._in_archive(path, declared))
        return list(chosen.items())

    def _is_lock(self, path: Path) -> bool:
        """Say whether a file only tells that a workbook is open in WPS or Excel, and note it."""
        is_lock = path.name.startswith(LOCK_SIGN)
        if is_lock:
            self.skipped.append(path.name)
        return is_lock

    def _in_archive(self, path: Path, declared: Declared) -> Iterator[tuple[Path, Declared]]:
        """Give a file itself, or the spreadsheets of an archive, with what is said of it."""
        if path.suffix.lower() != _ARCHIVE:
            yield path, declared
            return
        self._unpacked += 1
        folder = self._scratch / str(self._unpacked)
        folder.mkdir()
        unpack_archive(path, folder, FILE_NAME)
        found = list(self._in_folder(folder))
        if not found:
            raise _no_spreadsheet(path)
        for member, own in found:
            yield member, declared if own == Declared() else own

    def _in_folder(self, folder: Path) -> Iterator[tuple[Path, Declared]]:
        """Give the spreadsheets of a folder and those below it, in the order of their names.

        Of several import.toml above a file the nearest that speaks of it counts; each may ignore
        it.
        """
        declarations = {folder: load_declarations(folder)}
        spoken: set[tuple[Path, str]] = set()
        for path in filter(self._is_wanted(folder), sorted(folder.rglob("*"))):
            said = []
            for above in _above(path, folder):
                if above not in declarations:
                    declarations[above] = load_declarations(above)
                said.append((declarations[above], path.relative_to(above).as_posix()))
            for above, (one, relative) in zip(_above(path, folder), said, strict=True):
                spoken |= {(above, each.path) for each in one.file if each.means(relative)}
            if not any(one.ignores(relative) for one, relative in said):
                found = (one.of(relative) for one, relative in said)
                yield from self._in_archive(path, next(filter(None, found), Declared()))
        _refuse_unspoken(declarations, spoken)

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
    for above, one in declarations.items():
        for each in one.file:
            if (above, each.path) not in spoken:
                raise ReliefError(
                    f"{FILE_NAME}: {each.path}",
                    _("no file of this folder has this path"),
                    _("Correct the path, or take this [[file]] out."),
                )


def _above(path: Path, folder: Path) -> list[Path]:
    """Give the folders above a file, the nearest first, up to the one that is imported."""
    return [up for up in path.parents if up.is_relative_to(folder)]
