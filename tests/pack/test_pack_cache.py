"""A pack that was checked is kept in the cache folder; whatever is wrong there is made anew."""

import shutil
import stat

import pytest

from relieftool.errors import ReliefError
from relieftool.pack import pack_cache
from relieftool.pack.pack_cache import find_cache_folder, load_kept_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import check_pack


@pytest.fixture
def checks(monkeypatch, tmp_path):
    """Return the packs checked so far, with a cache folder that is empty at first."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return []


@pytest.fixture
def load(checks, monkeypatch):
    """Return a function that loads a pack as another process would, and notes if it is checked."""

    def load_and_note(folder):
        monkeypatch.setattr(pack_cache, "_LOADED", {})

        def check(pack):
            checks.append(pack)
            return check_pack(pack)

        return load_kept_pack(folder, check)

    return load_and_note


def kept_files():
    return sorted(find_cache_folder().glob("*"))


def test_a_kept_pack_is_the_same_and_is_checked_once(load, checks):
    first, second = load(find_shipped_pack()), load(find_shipped_pack())

    assert (first, list(first.programmes)) == (second, list(second.programmes))
    assert len(checks) == 1


def test_only_the_user_can_read_what_is_kept(load):
    load(find_shipped_pack())
    (file,) = kept_files()

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file.parent, file)]

    assert modes == [0o700, 0o600]


def damaged(file):
    file.write_text(file.read_text("utf-8").replace("100", "900"), "utf-8")


def cut_off(file):
    file.write_bytes(file.read_bytes()[:1000])


def replaced_by_a_folder(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("spoil", [damaged, cut_off, replaced_by_a_folder])
def test_what_does_not_fit_is_made_anew(load, checks, spoil):
    pack = load(find_shipped_pack())
    spoil(*kept_files())

    again = load(find_shipped_pack())

    assert (again, len(checks)) == (pack, 2)


def test_where_nothing_can_be_written_the_pack_is_loaded_all_the_same(load, checks, tmp_path):
    (tmp_path / "cache").write_text("a file, no folder")

    packs = [load(find_shipped_pack()) for _time in range(2)]

    assert (packs[0], len(checks)) == (packs[1], 2)


def test_another_text_or_version_is_another_pack(load, checks, monkeypatch, tmp_path):
    own = shutil.copytree(find_shipped_pack(), tmp_path / "own")
    load(own)
    head = own / "pack.toml"
    head.write_text(head.read_text("utf-8") + "\n# another\n", "utf-8")
    load(own)
    monkeypatch.setattr(pack_cache, "__version__", "other")
    load(own)

    assert (len(checks), len(kept_files())) == (3, 3)


def test_a_wrong_pack_is_refused_every_time_and_not_kept(load, tmp_path):
    own = shutil.copytree(find_shipped_pack(), tmp_path / "own")
    (own / "facts.toml").write_text("no toml", "utf-8")

    for _time in range(2):
        with pytest.raises(ReliefError, match="not TOML"):
            load(own)

    assert kept_files() == []


def test_the_oldest_are_removed(load, monkeypatch, tmp_path):
    monkeypatch.setattr(pack_cache, "_MOST_KEPT", 2)
    own = shutil.copytree(find_shipped_pack(), tmp_path / "own")

    for number in range(3):
        (own / "pack.toml").write_text(
            f"{(own / 'pack.toml').read_text('utf-8')}# {number}\n", "utf-8"
        )
        load(own)

    assert len(kept_files()) == 2
