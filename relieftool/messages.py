"""Translations of the texts that people read. Imports nothing from relieftool.

The keys are English sentences. Mark them with `_` where they are shown, or with `Message` if they
are kept as a value and shown later, perhaps in another language.
"""

import gettext
import locale
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self, TypeVar

LANGUAGES = ("zh", "en")
# Called with the name of the step, the number of items done, and their total (0: unknown).
ProgressCallback = Callable[[str, int, int], None]
_Item = TypeVar("_Item")
_Name = TypeVar("_Name", bound=str)
_REPORT_EVERY = 1000  # items
_CATALOGUES = Path(__file__).parent / "locale"


class _Current:
    """The language in use; one per process."""

    name = "en"
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def find_system_language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the user's language, zh or en: by RELIEF_LANG or, if it is not set, by the system.

    >>> find_system_language({"RELIEF_LANG": "zh"}), find_system_language({"LANG": "zh_CN.UTF-8"})
    ('zh', 'zh')
    >>> find_system_language({"LANG": "C.UTF-8"})
    'en'
    """
    variables = ("RELIEF_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    stated = next(filter(None, map(environ.get, variables)), None) or locale.getlocale()[0] or ""
    # Windows names the language in words: Chinese (Simplified)_China
    return "zh" if stated.lower().startswith(("zh", "chinese")) else "en"


def use_language(name: str) -> None:
    """Switch to a language; any name that is not in LANGUAGES means English."""
    _Current.name = name if name in LANGUAGES else "en"
    _Current.catalogue = _catalogue(_Current.name)


def _catalogue(language: str) -> gettext.NullTranslations:
    """Load the translations into a language; English needs none."""
    return gettext.translation("relief", _CATALOGUES, languages=[language], fallback=True)


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Use another language for a while, as for a document in both languages."""
    earlier = _Current.name
    use_language(name)
    try:
        yield
    finally:
        use_language(earlier)


def current_language() -> str:
    """Return the language in use: zh or en."""
    return _Current.name


def translate(sentence: str) -> str:
    """Return a sentence in the language in use; in English if it has no translation."""
    return _Current.catalogue.gettext(sentence) if sentence else ""


_ = translate


@dataclass(frozen=True)
class Message:
    """A sentence kept as a value: the English key, and the values of its placeholders.

    >>> str(Message("row {row} has no name", {"row": 3}))
    'row 3 has no name'
    """

    template: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in the language that is now in use."""
        return translate(self.template).format(**self.params)


class NamedChoice(StrEnum):
    """A closed list of values, each declared with the word that people read for it."""

    word: Message

    def __new__(cls, value: str, word: Message | None = None) -> Self:
        """Create a member from its value and word; without a word, people read the value."""
        choice = str.__new__(cls, value)
        choice._value_ = value
        choice.word = word or Message(value)
        return choice


def format_choice(choice: NamedChoice) -> str:
    """Return the word of a choice in the language in use."""
    return str(choice.word)


def list_chinese_names(words: Mapping[_Name, Message]) -> dict[str, _Name]:
    """Return the keys of `words` by the Chinese text of each, whatever language is in use.

    >>> list_chinese_names({"other": Message("other")})
    {'其他': 'other'}
    """
    catalogue = _catalogue("zh")
    return {catalogue.gettext(message.template): key for key, message in words.items()}


def no_progress(_words: str, _done: int, _total: int) -> None:
    """Ignore the progress of a long operation."""


def report_progress(
    items: Iterable[_Item], total: int, words: str, report: ProgressCallback
) -> Iterator[_Item]:
    """Yield the items; report at the start and after every thousand how many are done."""
    for done, item in enumerate(items):
        if done % _REPORT_EVERY == 0:
            report(words, done, total)
        yield item
