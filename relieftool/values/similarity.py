"""Whether two writings are the same person's name; only to doubt, never to find somebody by."""

import re

from relieftool.values.text import drop_invisible, narrow_characters, simplify_characters

_ASIDE = re.compile(r"\([^()]*\)")
_NO_LETTERS = re.compile(r"[^\w*]|_")
_HIDDEN = re.compile(r"\*+")


def is_same_name(one: str, other: str) -> bool:
    """Say whether two names differ in nothing but writing, or in what one of them hides.

    >>> is_same_name("阿依古丽・买买提", "阿依古丽 买买提")
    True
    >>> is_same_name("趙大山（户主）", "赵 大山")
    True
    >>> is_same_name("赵*山", "赵大山"), is_same_name("赵大衫", "赵大山")
    (True, False)
    """
    written, known = _letters(one), _letters(other)
    if not written or not known or written == known:
        return True
    return _fits_hidden_name(written, known) or _fits_hidden_name(known, written)


def _letters(name: str) -> str:
    """Give what counts of a name: its letters, and stars for those it hides."""
    folded = narrow_characters(simplify_characters(drop_invisible(name))).casefold()
    kept = _NO_LETTERS.sub("", _ASIDE.sub("", folded).replace("×", "*"))
    return kept.rstrip("0123456789")


def _fits_hidden_name(hiding: str, name: str) -> bool:
    """Say whether a name may be the one of which letters are hidden."""
    parts = map(re.escape, _HIDDEN.split(hiding))
    return "*" in hiding and re.fullmatch(".+".join(parts), name) is not None
