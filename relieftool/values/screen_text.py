"""Text on a screen: its width, and escapes for what cannot be seen.

A text may contain a control sequence that rewrites the screen, or a character that reverses the
direction of what follows. Rich and spreadsheets show most of them as they are, so that every text
is escaped here before it is written.
"""

from unicodedata import category, combining, east_asian_width


def escape_invisible(text: str) -> str:
    r"""Return a text with invisible characters, also line breaks and tabs, as \u{XX}.

    Spaces of any width stay.

    >>> escape_invisible("张三\x1b[2J"), escape_invisible("李 四·O'Brien")
    ('张三\\u{1B}[2J', "李 四·O'Brien")
    """
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isprintable() or category(character) == "Zs":
        return character
    return f"\\u{{{ord(character):X}}}"


def measure_width(text: str) -> int:
    """Return the screen columns of a text: two for a Chinese character, none for a combining mark.

    >>> measure_width("河口下 3")
    8
    """
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
