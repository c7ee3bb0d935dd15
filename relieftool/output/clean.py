r"""Text made safe and measured for a screen or a file; imports nothing of ours.

A cell may hold anything: a control sequence that rewrites the screen, a character that turns the
line round. Rich and spreadsheets let most of them pass, so every text goes through here first.
"""

from unicodedata import category, combining, east_asian_width


def escape_invisible(text: str) -> str:
    r"""Show every character that nobody can see, line breaks and tabs too, as \u{XX}.

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
    """Count the screen columns of a text: two for a Chinese character, none for a combining mark.

    >>> measure_width("河口下 3")
    8
    """
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
