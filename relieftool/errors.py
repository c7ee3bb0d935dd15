"""Errors, problems and exit codes: an error stops a command, a problem in the data does not.

A ReliefError is raised. Problems are values: all are collected, and the good rows are kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from relieftool.messages import Message, _

EXIT_DONE = 0
EXIT_FAILED = 1  # could not be done, nothing written
EXIT_USAGE = 2  # wrong command line
EXIT_LOOK = 3  # done, and there is something to look at
EXIT_STOPPED = 130  # Ctrl-C


class ReliefError(Exception):
    """An error that stops a command: where it is, what is wrong, and what the user can do.

    All three are in the user's language and must contain no personal data.
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}\n{remedy}")
        self.place = place
        self.problem = problem
        self.remedy = remedy


class ChangedFileError(ReliefError):
    """The register is damaged, or was changed by other means: nothing is to be written to it."""


@dataclass(frozen=True)
class Problem:
    """A fault or doubt in a spreadsheet: where it is, what it is, and what to do next.

    Neither the message nor `subject` may contain personal data: no name, no ID number, and no text
    of a private cell. `subject` identifies the question that the user can decide; None if there is
    nothing to decide. `is_unused`: the data in this place was not used. `community` is the one that
    the data belong to; None if it is not known.
    """

    code: str
    message: Message
    sheet: str = ""
    row: int | None = None
    column: str = ""
    is_unused: bool = False
    community: str | None = None
    subject: str | None = None


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Return a remedy that suggests the nearest of the known names; '' if none is near."""
    near = get_close_matches(name, list(known), 1)
    return _("Did you mean '{near}'?").format(near=near[0]) if near else ""
