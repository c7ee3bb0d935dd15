"""Keeps checked packs in the user's cache folder, so that most commands need not parse them.

A file there has the parsed TOML as JSON, under a name made of the pack's hash and relief's version.
Whatever is missing, damaged or cannot be written is silently made anew.
"""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from relieftool import __version__
from relieftool.errors import ReliefError
from relieftool.pack.loading import (
    build_pack,
    hash_pack_texts,
    parse_pack_texts,
    read_pack_texts,
)
from relieftool.pack.models import Pack

_MOST_KEPT = 8


def load_kept_pack(folder: Path, check: Callable[[Pack], Pack]) -> Pack:
    """Load the pack in a folder; `check` checks and orders it, unless that was done before.

    Raises:
        ReliefError: The pack is wrong; the message names the first fault with file, key and remedy.
    """
    texts = read_pack_texts(folder)
    sha256 = hash_pack_texts(texts)
    names = "\0".join([__version__, sha256, *texts])  # the hash of a pack does not cover names
    file = find_cache_folder() / f"pack-{hashlib.sha256(names.encode()).hexdigest()}.json"
    try:
        kept, order = _read_kept(file)
        pack = build_pack(kept, sha256)
        ordered = {name: pack.programmes[name] for name in order}
        return pack.model_copy(update={"programmes": ordered})
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ReliefError):
        tables = parse_pack_texts(texts)
        pack = check(build_pack(tables, sha256))
        _keep(file, json.dumps([tables, list(pack.programmes)], default=_encode_date))
        return pack


def find_cache_folder() -> Path:
    """Return relief's folder in the user's cache folder, by the custom of the system."""
    stated = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 Path.home() fails where there is none
    mac = home / "Library" / "Caches"
    return (Path(stated) if stated else mac if mac.is_dir() else home / ".cache") / "relief"


def _read_kept(file: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the tables and the order of programmes in a file; raise ValueError if it is damaged.

    A file that somebody else could have written is not read: it has the law in it.
    """
    owner = getattr(os, "getuid", lambda: 0)()
    if any(path.stat().st_uid != owner for path in (file.parent, file)):
        raise ValueError(file)
    digest, _line, text = file.read_text("utf-8").partition("\n")
    if digest != _hash(text):
        raise ValueError(file)
    tables, order = json.loads(text, object_hook=_decode_date)
    return tables, order


def _keep(file: Path, text: str) -> None:
    """Write a file that only the user can read, as a whole or not at all; remove the oldest."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(f"{_hash(text)}\n{text}", "utf-8")
        draft.replace(file)
        kept = sorted(file.parent.glob("pack-*"), key=lambda path: path.stat().st_mtime)
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
