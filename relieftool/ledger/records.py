"""The words of the ledger: states, outcomes, and the records its functions give and take."""

from dataclasses import dataclass
from enum import StrEnum

from relieftool.messages import _

PRIORITY = "priority"  # stands where a programme stands, in the case of a priority household


class CaseState(StrEnum):
    """Where a case stands."""

    FOUND = "found"
    CLOSED = "closed"


class Outcome(StrEnum):
    """Why a case could be closed."""

    RECEIVING = "receiving"
    REFUSED = "refused"
    DECLINED = "declined"
    MOVED = "moved"
    DECEASED = "deceased"
    DUPLICATE = "duplicate"
    IMPROVED = "improved"
    OTHER = "other"


# What each kind of entry leaves a case in; a kind that is not named leaves it as it was.
STATE_AFTER = {"opened": CaseState.FOUND, "closed": CaseState.CLOSED}


@dataclass(frozen=True, order=True)
class CaseFinding:
    """A finding that calls for a case; `member_no` is "" or None where it is the household's."""

    household_no: str
    member_no: str | None
    programme: str
    status: str


@dataclass(frozen=True)
class OpenedCases:
    """What opening came to: the numbers of the new cases, and how many findings had one already."""

    opened: list[str]
    already: int


@dataclass(frozen=True)
class CaseRecord:
    """One case as it stands now.

    `community` is None for a household no longer in the register. `verified` is None unless the
    outcome is one the register can verify; `due_on` is None where no time limit is known.
    """

    case: str
    household_no: str
    member_no: str | None
    community: str | None
    programme: str
    state: CaseState
    opened_on: str
    due_on: str | None
    closed_on: str | None
    outcome: str | None
    verified: bool | None
    by: str | None


@dataclass(frozen=True)
class ClosedCase:
    """A case just closed, with the SHA-256 of its evidence where that is a file."""

    record: CaseRecord
    evidence_sha256: str | None

    @property
    def is_verified(self) -> bool | None:
        """Say whether the register bears the outcome out; None where it cannot speak to it."""
        return self.record.verified


def outcome_word(outcome: str | None) -> str:
    """Name the outcome of a case as clerks do; an open case has none."""
    words = {
        "receiving": _("receiving"),
        "refused": _("refused"),
        "declined": _("declined by the family"),
        "moved": _("moved away"),
        "deceased": _("deceased"),
        "duplicate": _("duplicate"),
        "improved": _("improved"),
        "other": _("other"),
    }
    return words.get(outcome or "", outcome or "")
