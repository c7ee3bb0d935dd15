"""The keys in the hidden column of relief's own form, which identify the question of each row.

Forms come back months later, printed by other versions and in both languages: keys may be added,
but an existing key must keep its meaning.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from relieftool.values.text import Cell, plain_text

FORM = "relief-form"
VERSION = "1"
FORM_MARK = f"{FORM}:{VERSION}"
ABOUT, QUESTION, KNOWN, ANSWER = "about", "question", "known", "answer"
SEAL = "seal"
_SEALED_LENGTH = 12
HOUSEHOLD = "household"
FORM_KEY = "form_key"  # the meaning of the column with the keys
_FACT, _RECEIPT, _VISIT, _NEED = "fact", "receipt", "visit", "need"
_PARTS = 4

LEVELS = ("社区", "街道", "帮扶单位")
METHODS = ("上门", "现场", "电话")
YES, NO = "是", "否"
UNCLEAR = frozenset({"不清楚", "不知道", "not clear", "unknown"})


class VisitField(StrEnum):
    """A question of the form about the visit itself."""

    ON = "on"
    LEVEL = "level"
    METHOD = "method"
    FIRST = "by-1"
    SECOND = "by-2"
    KNOWS_POLICY = "knows-policy"
    FOUND = "found"


class NeedKind(StrEnum):
    """A need that a family may name; WORDS is the row for the family's own words."""

    LIVING = "living"
    MEDICAL = "medical"
    WORK = "work"
    HOME_WORK = "home-work"
    SCHOOLING = "schooling"
    DISABILITY = "disability"
    CARE = "care"
    HOUSING = "housing"
    COUNSELLING = "counselling"
    OTHER = "other"
    WORDS = "words"


@dataclass(frozen=True)
class FormRowKey:
    """The key of a row: what it asks, and about whom.

    `asked` is fact, receipt, visit or need; `name` is the fact, programme, question or need. `unit`
    is "household" or the number of the member on the form. `person` is a keyed hash of the member,
    which shows later whether another person has that number.
    """

    asked: str
    name: str
    unit: str = HOUSEHOLD
    person: str = ""

    @property
    def is_of_register(self) -> bool:
        """Whether the answer is about the register: a fact or a receipt."""
        return self.asked in (_FACT, _RECEIPT)

    @property
    def target(self) -> str:
        """The target of a column with such answers: a fact, or `receipt.` with a programme."""
        return f"receipt.{self.name}" if self.asked == _RECEIPT else self.name

    def __str__(self) -> str:
        """Return the key as it is printed."""
        parts = (self.asked, self.unit, self.person, self.name)
        return ":".join(parts if self.is_of_register else (self.asked, self.name))


def build_fact_key(name: str, unit: str = HOUSEHOLD, person: str = "") -> FormRowKey:
    """Return the key of the question for a fact."""
    return FormRowKey(_FACT, name, unit, person)


def build_receipt_key(name: str, unit: str = HOUSEHOLD, person: str = "") -> FormRowKey:
    """Return the key of the question whether a programme is received."""
    return FormRowKey(_RECEIPT, name, unit, person)


def build_visit_key(field: VisitField) -> FormRowKey:
    """Return the key of a question about the visit."""
    return FormRowKey(_VISIT, str(field))


def build_need_key(need: NeedKind) -> FormRowKey:
    """Return the key of a need."""
    return FormRowKey(_NEED, str(need))


def parse_row_key(text: str) -> FormRowKey | None:
    """Return the key that a text was printed from; None if the text is not a key.

    >>> str(parse_row_key("fact:02:ab12:disability_grade")), parse_row_key("fact:02")
    ('fact:02:ab12:disability_grade', None)
    """
    parts = text.split(":")
    if parts[0] in (_FACT, _RECEIPT) and len(parts) == _PARTS:
        return FormRowKey(parts[0], parts[3], parts[1], parts[2])
    names: dict[str, list[str]] = {_VISIT: list(VisitField), _NEED: list(NeedKind)}
    if len(parts) == 2 and parts[1] in names.get(parts[0], ()):  # noqa: PLR2004 what, and which
        return FormRowKey(*parts)
    return None


@dataclass(frozen=True)
class FormRowSeal:
    """Two short hashes that show whether a row was changed after printing.

    `words` is the hash of the key and the words beside it, `known` that of the printed value.
    Anybody can read these on the form, so the hashes need no secret.
    """

    words: str
    known: str

    def __str__(self) -> str:
        """Return the seal as it is printed."""
        return f"{SEAL}:{self.words}:{self.known}"


def seal_row(key: str, words: Sequence[Cell], known: Cell) -> FormRowSeal:
    """Return the seal of a row: `words` are before the answer, `known` is the printed value.

    >>> seal_row("need:care", ["照护"], None) == seal_row("need:work", ["照护"], None)
    False
    """
    return FormRowSeal(_short_hash(key, *words), _short_hash(known))


def parse_seal(cell: Cell) -> FormRowSeal | None:
    """Return the seal that a cell was printed from; None if the cell is not a seal."""
    parts = plain_text(cell).split(":")
    return FormRowSeal(*parts[1:]) if parts[0] == SEAL and len(parts) == 3 else None  # noqa: PLR2004 what, words, known


def _short_hash(*cells: Cell) -> str:
    text = "\n".join(map(plain_text, cells))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:_SEALED_LENGTH]
