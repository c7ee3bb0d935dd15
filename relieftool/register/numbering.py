"""Household numbers that may be one: alike but for zeros in front, which figures lose."""

from dataclasses import dataclass, field

from relieftool.messages import Message
from relieftool.register.lines import Line, ProblemLog
from relieftool.values.id_numbers import read_id_number


def strip_leading_zeros(number: str) -> str:
    """Give a household number as a figure would keep it.

    >>> strip_leading_zeros("0012"), strip_leading_zeros("12"), strip_leading_zeros("0"), strip_leading_zeros("H01")
    ('12', '12', '0', 'H01')
    """
    return number.lstrip("0") or number[:1]


@dataclass
class SimilarNumbers:
    """The numbers that the lists of each community use, by what they are as figures."""

    _seen: dict[tuple[str, str], dict[str, Line]] = field(default_factory=dict)

    def add(self, number: str, community: str, line: Line) -> None:
        """Note a number and the first row that states it."""
        key = community, strip_leading_zeros(number)
        self._seen.setdefault(key, {}).setdefault(number, line)

    def tell(self, findings: ProblemLog) -> None:
        """Tell numbers of one community that differ only by zeros in front; they stay apart."""
        for numbers in self._seen.values():
            (first, *others), lines = sorted(numbers, key=len), numbers
            for number in others:
                told = {"other": first, **lines[first].place_params}
                findings.add(lines[number], "household-no-similar", _similar(told), "household_no")

    def find_in_any_community(self, number: str) -> str | None:
        """Give the one number like this on lists with communities; None if none or several."""
        key = strip_leading_zeros(number)
        found = {
            one for (_place, figure), some in self._seen.items() if figure == key for one in some
        }
        return found.pop() if len(found) == 1 and not read_id_number(number).number else None


def _similar(told: dict[str, str | int]) -> Message:
    return Message(
        "a list also has the household number {other} ({file}, {sheet}, row {row}), the same but"
        " for zeros in front; they count as two households. If it is one, write both alike, as"
        " text",
        told,
    )
