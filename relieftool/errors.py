"""What can go wrong and stop a command; imports nothing but the message catalogue.

What is wrong with somebody's data, as values with a place; imports only the messages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from relieftool.messages import Message, _


class ReliefError(Exception):
    """Something the user can put right: where it is, what is wrong, what to do next.

    All three are sentences already in the reader's language and hold no personal data.
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}\n{remedy}")
        self.place = place
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class Problem:
    """One thing to look at in a spreadsheet: where it is, what it is, what to do next.

    The message never holds a name, a number of a person or the text of a private cell. `subject`
    names, without personal data, what a person may decide about; None where there is nothing to.
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
