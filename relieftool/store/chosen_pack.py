"""The rule pack by which a register is answered."""

from pathlib import Path

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.pack.pack_cache import load_kept_pack
from relieftool.pack.pack_files import find_shipped_packs, locate_pack
from relieftool.store.database import open_register
from relieftool.store.settings import read_setting, write_setting


def load_chosen_pack(folder: Path | None, db: Database | None = None) -> Pack:
    """Load the pack in a folder; if that is None, the one chosen for a register, or the shipped."""
    return load_kept_pack(find_used_pack(folder, db), _check_pack)


def load_whole_pack(folder: Path | None, db: Database | None = None) -> Pack:
    """Load the pack as `load_chosen_pack` does, but with its examples."""
    from relieftool.rules.statement import load_checked_pack  # noqa: PLC0415 start-up time

    return load_checked_pack(find_used_pack(folder, db))


def find_used_pack(folder: Path | None, db: Database | None) -> Path:
    """Return a folder; if that is None, that of the pack chosen for a register, or the shipped."""
    if folder is not None:
        return folder
    return _locate_kept(None if db is None else read_setting(db, _CHOSEN_PACK))


def _locate_kept(chosen: str | None) -> Path:
    """Return the folder of a pack as `choose_pack` keeps it.

    A plain name is that of a shipped pack; a folder of this name that lies here is another one.
    """
    shipped = find_shipped_packs() / (chosen or "")
    return shipped if chosen and shipped.is_dir() else locate_pack(chosen)


_CHOSEN_PACK = "pack"  # the setting with a shipped pack's name, or a pack's folder


def choose_pack(db: Database, folder: Path) -> None:
    """Keep the pack by which a register is answered; only inside `write`."""
    is_shipped = folder.parent == find_shipped_packs()
    write_setting(db, _CHOSEN_PACK, folder.name if is_shipped else str(folder.resolve()))


def find_chosen_pack(path: Path) -> Path | None:
    """Return the folder of the pack chosen for a register; None if none was, or no register is."""
    if not path.is_file() or path.stat().st_size == 0:
        return None
    with open_register(path) as db:
        chosen = read_setting(db, _CHOSEN_PACK)
        return None if chosen is None else _locate_kept(chosen)


def _check_pack(pack: Pack) -> Pack:
    """Check the expressions of a pack."""
    from relieftool.rules.statement import check_pack  # noqa: PLC0415 start-up time

    return check_pack(pack)
