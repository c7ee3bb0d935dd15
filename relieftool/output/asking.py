"""Asking about columns on a terminal: what is certain is shown, what is not is asked."""

from collections.abc import Iterable
from typing import TextIO

from relieftool.intake.column_mapping import ColumnDoubt
from relieftool.messages import _
from relieftool.output.clean import escape_invisible
from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.values.text import squeeze_heading

_YES = ("", "y", "yes", "是", "确认", "好")


def ask_about_columns(
    doubts: Iterable[ColumnDoubt], known: Catalogue, pack: Pack, asked: TextIO, answered: TextIO
) -> dict[str, dict[str, str]]:
    """Ask about each table's doubtful columns; give the answers by the table's fingerprint.

    A table of the same headings is asked about once. Without an answer nothing is decided.
    """
    answers: dict[str, dict[str, str]] = {}
    for doubt in doubts:
        if doubt.fingerprint not in answers:
            one = _Interview(doubt, known, pack, asked, answered)
            answers[doubt.fingerprint] = one.hold()
    return {key: said for key, said in answers.items() if said}


class _Interview:
    """The questions about one table."""

    def __init__(
        self, doubt: ColumnDoubt, known: Catalogue, pack: Pack, asked: TextIO, answered: TextIO
    ) -> None:
        self._doubt = doubt
        self._known = known
        self._pack = pack
        self._asked = asked
        self._answered = answered

    def hold(self) -> dict[str, str]:
        """Show what is certain, ask about the rest, and ask whether it is to be so."""
        place = f"{self._doubt.file_name} / {self._doubt.sheet}"
        self._say(_("{place}: these columns are read as").format(place=place))
        for header, target in self._doubt.certain:
            self._say(f"  {header} = {format_column_meaning(target, self._known, self._pack)}")
        said: dict[str, str] = {}
        for header, near in self._doubt.unsure:
            answer = self._ask(header, near)
            if answer is None:
                return {}
            if answer:
                said[squeeze_heading(header)] = answer
        if said and self._read(_("Read these columns so, now and in later files? [Y/n] ")) in _YES:
            return said
        return {}

    def _ask(self, header: str, near: tuple[str, ...]) -> str | None:
        """Ask about one column: a target, '' to leave it open, None where nobody answers."""
        self._say(_("The column '{header}' is not known.").format(header=header))
        for number, name in enumerate(near, start=1):
            self._say(f"  {number} = {name}")
        question = _("Its number, another heading, - to leave it out, or Enter to decide later: ")
        while True:
            answer = self._read(question)
            if answer is None or answer in {"", "-"}:
                return answer
            if answer.isdecimal() and 0 < int(answer) <= len(near):
                return near[int(answer) - 1]
            if self._known.target(answer) or answer in self._pack.facts:
                return answer
            self._say(
                _("'{name}' is neither a fact nor a heading that is known").format(name=answer)
            )
        return None

    def _say(self, line: str) -> None:
        self._asked.write(escape_invisible(line) + "\n")

    def _read(self, question: str) -> str | None:
        self._asked.write(question)
        self._asked.flush()
        line = self._answered.readline()
        return line.strip() if line else None


def format_column_meaning(target: str, known: Catalogue, pack: Pack) -> str:
    """Give in words what a column was mapped to."""
    if target in pack.facts:
        return str(pack.facts[target].labels)
    if target.startswith("receipt."):
        return str(pack.programmes[target.removeprefix("receipt.")].names)
    return next((text for text in known.shown if known.target(text) == target), target)
