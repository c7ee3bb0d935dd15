"""The words people read, in their language; the bottom of the house, imports nothing of ours.

English sentences are the keys. Mark them with `_` where they are shown, or with `Message` where
they are kept as a value and shown later, perhaps in another language.
"""

import gettext
import locale
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

LANGUAGES = ("zh", "en")
# Is told what is being done, how many are done and how many there are (0: nobody knows).
ProgressCallback = Callable[[str, int, int], None]
_Item = TypeVar("_Item")
_REPORT_EVERY = 1000
_CATALOGUES = Path(__file__).parent / "locale"


class _Current:
    """The language in use; one per process."""

    name = "en"
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def find_system_language(environ: Mapping[str, str] = os.environ) -> str:
    """Name the reader's language by RELIEF_LANG, then by the system: zh for any Chinese, else en.

    >>> find_system_language({"RELIEF_LANG": "zh"}), find_system_language({"LANG": "zh_CN.UTF-8"})
    ('zh', 'zh')
    >>> find_system_language({"LANG": "C.UTF-8"})
    'en'
    """
    for variable in ("RELIEF_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if stated := environ.get(variable):
            return "zh" if stated.lower().startswith(("zh", "chinese")) else "en"
    stated = locale.getlocale()[0] or ""
    return "zh" if stated.lower().startswith(("zh", "chinese")) else "en"


def use_language(name: str) -> None:
    """Speak this language from now on; English needs no catalogue."""
    _Current.name = name if name in LANGUAGES else "en"
    _Current.catalogue = _catalogue(_Current.name)


def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("relief", _CATALOGUES, languages=[language], fallback=True)


def current_language() -> str:
    """Return the language in use: zh or en."""
    return _Current.name


def translate(sentence: str) -> str:
    """Return the sentence in the reader's language; a sentence without translation stays English."""
    return _Current.catalogue.gettext(sentence) if sentence else ""


_ = translate


@dataclass(frozen=True)
class Message:
    """A sentence kept as a value: the English key, and what to put into its braces.

    >>> str(Message("row {row} has no name", {"row": 3}))
    'row 3 has no name'
    """

    template: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in the language in use now."""
        return translate(self.template).format(**self.params)


def list_chinese_names(words: Mapping[str, Message]) -> dict[str, str]:
    """Return the ids of a table of words by their Chinese names, whatever language is in use.

    >>> list_chinese_names({"other": Message("other")})
    {'其他': 'other'}
    """
    catalogue = _catalogue("zh")
    return {catalogue.gettext(message.template): key for key, message in words.items()}


def no_progress(_words: str, _done: int, _total: int) -> None:
    """Keep to oneself how far a long work has come."""


def report_progress(
    items: Iterable[_Item], total: int, words: str, tell: ProgressCallback
) -> Iterator[_Item]:
    """Return items one by one, telling now and then how many of how many are done."""
    for done, one in enumerate(items):
        if done % _REPORT_EVERY == 0:
            tell(words, done, total)
        yield one
