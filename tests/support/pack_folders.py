"""The whole pack under tests/broken, and the one way tests break a copy of it."""

import shutil
from pathlib import Path

WHOLE = Path(__file__).parent.parent / "broken" / "packs" / "whole"
AID, CARE = "programmes/aid.toml", "programmes/care.toml"


def broken(tmp_path, *edits):
    """Return a copy of the whole pack; each edit is file, text as it is, text instead."""
    folder = Path(shutil.copytree(WHOLE, tmp_path / "whole"))
    for file, good, bad in edits:
        text = (folder / file).read_text("utf-8")
        assert good in text
        (folder / file).write_text(text.replace(good, bad, 1), "utf-8")
    return folder
