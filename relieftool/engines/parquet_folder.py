"""Folders of Parquet files: private, complete or not there at all, and each for one statement.

`about.json` says what a folder holds, and is written last. A folder without it is not read.
"""

import datetime as dt
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relieftool.eligibility.evaluation import find_doubts
from relieftool.eligibility.roster_coverage import find_roster_coverage
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.statement import Statement, compile_statement

COMMUNITIES, ROSTERS = "communities.parquet", "rosters.parquet"
STATES = "fact_states"  # a folder in each, because which facts are in doubt changes the statement
_ABOUT = "about.json"
_MADE_BY = {
    "export": "relief export --parquet DIR --reason TEXT",
    "results": "relief gaps --engine duckdb --parquet DIR --out DIR",
}


def import_extra(module: str, extra: str) -> Any:
    """Import a module of an extra; raise ReliefError with the command that installs it."""
    try:
        return import_module(module)
    except ImportError as error:
        command = f'pip install "relieftool[{extra}]"'
        raise ReliefError(
            module, _("is not installed"), _("Add it: {command}").format(command=command)
        ) from error


def read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file, or of a folder of such files, a batch at a time."""
    files = import_extra("pyarrow.dataset", "duckdb").dataset(path, format="parquet")
    for batch in files.to_batches():
        yield from batch.to_pylist()


@contextmanager
def fill_new_folder(path: Path, content: str, statement: Statement) -> Iterator[Path]:
    """Yield a new folder beside `path` to fill, which becomes `path` when the block ends well.

    Otherwise it is removed. Only the owner may read it. `content` is 'export' or 'results'.

    Raises:
        ReliefError: `path` is a file or a folder that is not empty, or cannot be created.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        problem = _("is there already and is not empty")
        raise ReliefError(str(path), problem, _("Name a folder that is new."))
    try:
        new = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        problem = _("cannot be created ({reason})").format(reason=error.strerror)
        raise ReliefError(str(path), problem, _("Name a folder that is new.")) from error
    try:
        yield new
        about = {
            "holds": content,
            "as_of": statement.as_of.isoformat(),
            "pack": f"{statement.pack.id} {statement.pack.version}",
            "statement": _hash_statement(statement),
        }
        (new / _ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=2), "utf-8")
        for inside in (new, *new.rglob("*")):
            inside.chmod(0o700 if inside.is_dir() else 0o600)
        if path.exists():
            path.rmdir()
        new.rename(path)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def load_statement(folder: Path, content: str, pack: Pack, as_of: dt.date | None) -> Statement:
    """Return the statement that a folder was made for: an 'export', or 'results'.

    Raises:
        ReliefError: The folder holds something else, or was made for another statement than that of
            this pack on the day `as_of` (None: on the folder's own day).
    """
    try:
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        about = {}
    if about.get("holds") != content:
        raise ReliefError(
            str(folder),
            _("is no complete folder of this kind"),
            _("This command writes one: {command}").format(command=_MADE_BY[content]),
        )
    day = as_of or dt.date.fromisoformat(about["as_of"])
    with open_throwaway_register(pack) as register:
        register.table("rosters").insert_all(read_parquet(folder / ROSTERS))
        fill_states(register, folder)
        coverage = find_roster_coverage(register, pack, day)
        statement = compile_statement(pack, day, coverage, find_doubts(register))
    if about["statement"] != _hash_statement(statement):
        problem = _("is about {as_of}, pack {pack}; the rules, values or day differ now")
        remedy = _("Use the same pack and register, or export again.")
        raise ReliefError(str(folder), problem.format(**about), remedy)
    return statement


def fill_states(register: Database, folder: Path) -> None:
    """Fill the states of facts that are in doubt, without the rows that say so."""
    names = ("household_no", "member_no", "fact", "state", "low", "high")
    register.table(STATES).insert_all(
        {**{name: row[name] for name in names}, "row_ids": "[]"}
        for row in read_parquet(folder / STATES)
    )


def _hash_statement(statement: Statement) -> str:
    """Return a hash of the SQL and the bound values: of the rules, the day and the coverage."""
    whole = [statement.sql, statement.bound]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
