"""Text on a screen: its width, and escapes for what cannot be seen.

A text may contain a control sequence that rewrites the screen, or a character that reverses the
direction of what follows. Rich and spreadsheets show most of them as they are, so that every text
is escaped here before it is written.
"""

import re
from unicodedata import category, combining, east_asian_width

# A line may break between these: words, commands in backticks, and Chinese characters with the
# punctuation around them.
_PIECES = (  # compiled when a text is first wrapped
    r" +|[（《「“]*"
    r"(?:`[^`]*`|[\u2e80-\uffef]|[^ \u2e80-\uffef]+)"
    r"[，。；：、）》」”！？]*"
)


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


def wrap_text(text: str, width: int) -> list[str]:
    """Return a text as lines of `width` screen columns, broken between words or Chinese characters.

    A single word that is wider is broken where the line ends.

    >>> wrap_text("只看 one community", 10)
    ['只看 one', 'community']
    >>> wrap_text("河口下区，花园", 8)
    ['河口下', '区，花园']
    >>> wrap_text("HK20240004", 8)
    ['HK202400', '04']
    """
    if measure_width(text) <= width:
        return [text]
    lines = [""]
    for piece in re.findall(_PIECES, text):
        if lines[-1] and measure_width(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
        while measure_width(lines[-1].rstrip()) > width and len(lines[-1]) > 1:
            lines[-1:] = _break_word(lines[-1], width)
    return [line.rstrip() for line in lines]


def _break_word(word: str, width: int) -> tuple[str, str]:
    """Return the beginning of a word that fits into `width` screen columns, and the rest."""
    fitting = max(1, width)
    while fitting > 1 and measure_width(word[:fitting]) > width:
        fitting -= 1
    return word[:fitting], word[fitting:]


def measure_words(text: str) -> int:
    """Return the screen columns of the widest part of a text that `wrap_text` keeps together.

    >>> measure_words("每月 2,805.00 元"), measure_words("")
    (8, 0)
    """
    return max((measure_width(piece.strip()) for piece in re.findall(_PIECES, text)), default=0)


def _character_width(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
