"""What a folder's import.toml says its files are, where their content cannot say it."""

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from relieftool.errors import ReliefError
from relieftool.messages import _

FILE_NAME = "import.toml"
_SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et", ".csv", ".tsv")


class Declared(BaseModel):
    """What is said of one file; None leaves it to the content.

    `date` is a day or a month, `area` a community, `complete` that nobody entitled is missing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    path: str = ""
    kind: Literal["households", "roster", "openings"] | None = None
    programme: str | None = None
    area: str | None = None
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}){0,2}$")] | None = None
    complete: bool = False
    map: dict[str, str] = Field(default_factory=dict)


class Declarations(BaseModel):
    """A whole import.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ignore: list[str] = Field(default_factory=list)
    file: list[Declared] = Field(default_factory=list)

    def of(self, relative: str) -> Declared:
        """Give what is said of a file, by its path in the folder."""
        return next((one for one in self.file if fnmatch(relative, one.path)), Declared())

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
        return Declarations.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = _("this is not TOML: {reason}").format(reason=error)
        raise ReliefError(FILE_NAME, problem, remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        problem = _("this key or value cannot be used")
        raise ReliefError(f"{FILE_NAME}: {key}", problem, remedy) from error


def chosen_files(paths: list[Path]) -> list[tuple[Path, Declared]]:
    """Give the files to import: those named, and the spreadsheets of folders that are named.

    Raises:
        ReliefError: A path does not exist, or a folder holds no spreadsheet.
    """
    chosen: dict[Path, Declared] = {}
    for path in paths:
        if path.is_dir():
            found = list(_in_folder(path))
            if not found:
                raise ReliefError(
                    path.name,
                    _("there is no spreadsheet in this folder"),
                    _("Name the folder, or the file, that holds the lists."),
                )
            chosen.update(found)
        else:
            chosen[path] = load_declarations(path.parent).of(path.name)
    return list(chosen.items())


def _in_folder(folder: Path) -> Iterator[tuple[Path, Declared]]:
    """Give the spreadsheets of a folder and those below it, in the order of their names."""
    declarations = load_declarations(folder)
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        is_hidden = any(part.startswith((".", "~$")) for part in Path(relative).parts)
        if is_hidden or declarations.ignores(relative) or not path.is_file():
            continue
        if path.suffix.lower() in _SPREADSHEETS:
            yield path, declarations.of(relative)
