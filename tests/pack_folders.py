"""The whole pack under tests/broken, and the one way tests break a copy of it."""

from pathlib import Path

WHOLE = Path(__file__).parent / "broken" / "packs" / "whole"
AID, CARE = "programmes/aid.toml", "programmes/care.toml"


def edit(folder, file, good, bad):
    """Put one text in place of another in a file of a pack."""
    text = (folder / file).read_text("utf-8")
    assert good in text
    (folder / file).write_text(text.replace(good, bad, 1), "utf-8")
