"""Keeps in the user's cache folder what is made of packs, so that most commands need not make it.

A file there has JSON, under a name made of its kind and of all that it rests on; of a checked pack,
its parsed TOML. Whatever is missing, damaged or cannot be written is silently made anew.
"""

import contextlib
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from relieftool import __version__
from relieftool.errors import ReliefError
from relieftool.pack.loading import build_pack
from relieftool.pack.models import Pack
from relieftool.pack.pack_files import hash_pack_texts, parse_pack_texts, read_pack_texts

_MOST_KEPT = 8  # of each kind
# What reading a file raises if it is missing, damaged, or of another form than its reader's.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ReliefError)


def load_kept_pack(folder: Path, check: Callable[[Pack], Pack]) -> Pack:
    """Load the pack in a folder without its examples, which only tests of a pack read.

    `check` checks and orders it, unless that was done before. Four fifths of a pack's text are
    examples, and to make them took most of the time that a command needs for its pack.

    Raises:
        ReliefError: The pack is wrong; the message names the first fault with file, key and remedy.
    """
    texts = read_pack_texts(folder)
    sha256 = hash_pack_texts(texts)
    file = find_kept_file("pack", sha256, *texts)  # the hash of a pack does not cover names
    if file not in _LOADED:
        if len(_LOADED) == _MOST_KEPT:
            _LOADED.clear()
        _LOADED[file] = _load(file, texts, sha256, check)
    return _LOADED[file]


_LOADED: dict[Path, Pack] = {}  # one command opens the register several times


def _load(file: Path, texts: Mapping[str, str], sha256: str, check: Callable[[Pack], Pack]) -> Pack:
    """Return the checked pack of some texts, as it is kept in a file, or newly made."""
    try:
        kept, order = read_kept(file)
        pack = build_pack(kept, sha256)
        ordered = {name: pack.programmes[name] for name in order}
        return pack.model_copy(update={"programmes": ordered})
    except UNREADABLE:
        tables = parse_pack_texts(texts)
        pack = leave_out_examples(check(build_pack(tables, sha256)))
        kept = {
            name: {**table, "examples": []} for name, table in tables.items() if _has_rules(name)
        }
        keep(file, [{**tables, **kept}, list(pack.programmes)])
        return pack


def leave_out_examples(pack: Pack) -> Pack:
    """Return a pack whose programmes have no examples."""
    programmes = {
        name: programme.model_copy(update={"examples": []})
        for name, programme in pack.programmes.items()
    }
    return pack.model_copy(update={"programmes": programmes})


def _has_rules(file: str) -> bool:
    return file.startswith("programmes/")


@lru_cache(maxsize=_MOST_KEPT)
def format_pack(pack: Pack, *, with_values: bool = True) -> str:
    """Return all that a pack says as JSON, the values of its parameters only if `with_values`.

    Packs that say the same in another order of programmes have the same JSON.
    """
    left_out = None if with_values else {"parameters": {"__all__": {"values"}}}
    ordered = pack.model_copy(update={"programmes": dict(sorted(pack.programmes.items()))})
    return ordered.model_dump_json(exclude=left_out)


def find_kept_file(kind: str, *names: str) -> Path:
    """Return the path of the file for something of a kind, made from these names or texts."""
    joined = "\0".join([__version__, *names])
    return find_cache_folder() / f"{kind}-{_hash(joined)}.json"


def drop_kept() -> None:
    """Remove all that is kept, so that it is made anew: another program could have changed it."""
    _LOADED.clear()
    for path in find_cache_folder().glob("*-*.json"):
        with contextlib.suppress(OSError):
            path.unlink()


@cache
def hash_program(*rooms: str) -> str:
    """Return a hash of the code in some rooms: the version stays while code is edited."""
    package = Path(__file__).parents[1]
    paths = [path for room in rooms for path in sorted((package / room).glob("*.py"))]
    return _hash("\0".join(path.read_text("utf-8") for path in paths))


def find_cache_folder() -> Path:
    """Return relief's folder in the user's cache folder, by the custom of the system."""
    stated = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 Path.home() fails where there is none
    mac = home / "Library" / "Caches"
    return (Path(stated) if stated else mac if mac.is_dir() else home / ".cache") / "relief"


def read_kept(file: Path) -> Any:
    """Return the value kept in a file; raise ValueError if it is damaged.

    A file that somebody else could have written is not read: it has the law in it.
    """
    owner = getattr(os, "getuid", lambda: 0)()
    if any(path.stat().st_uid != owner for path in (file.parent, file)):
        raise ValueError(file)
    digest, _line, text = file.read_text("utf-8").partition("\n")
    if digest != _hash(text):
        raise ValueError(file)
    return json.loads(text, object_hook=_decode_date)


def keep(file: Path, value: Any) -> None:
    """Write a file that only the user can read, as a whole or not at all; remove the oldest."""
    text = json.dumps(value, default=_encode_date)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(f"{_hash(text)}\n{text}", "utf-8")
        draft.replace(file)
        kept = sorted(
            file.parent.glob(file.name.partition("-")[0] + "-*"),
            key=lambda path: path.stat().st_mtime,
        )
        for path in kept[:-_MOST_KEPT]:
            path.unlink()
    except OSError:
        return


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _encode_date(day: dt.date) -> dict[str, str]:
    """Return a date as JSON can have it; no key of a pack has a colon."""
    return {"date:": day.isoformat()}


def _decode_date(table: dict[str, Any]) -> object:
    """Return the date that stands for a table, or the table."""
    return dt.date.fromisoformat(table["date:"]) if "date:" in table else table
