"""Folders that many tests begin with: filled by the real commands once, then copied."""

from pathlib import Path

_kept = {}


def fill_folder(make, relief):
    """Fill the test's folder as `make(relief)` does, and return `relief`.

    Only the first test runs `make`; the others get copies of the files that it made. So `make`
    must depend on nothing but the folder it stands in.
    """
    if make not in _kept:
        before = set(Path().rglob("*"))
        make(relief)
        made = [path for path in Path().rglob("*") if path.is_file() and path not in before]
        _kept[make] = [(path, path.stat().st_mode, path.read_bytes()) for path in made]
    for path, mode, content in _kept[make]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
    return relief
