"""Households that may be one: a person decides whether a household without number is another.

That is in doubt where both heads have one name in one community and no two ID numbers tell them
apart. Nothing is joined by the name alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from relieftool.messages import Message
from relieftool.register.lines import ProblemLog
from relieftool.register.people import GatheredHouseholds, RegisterHousehold
from relieftool.register.person_mentions import Mention
from relieftool.store.problem_decisions import DIFFERENT, DUPLICATE, SAME, ProblemDecisions
from relieftool.values.periods import strip_dates


@dataclass(frozen=True)
class _Candidate:
    """A household as its head tells it: `key` names it in a later month too."""

    household: RegisterHousehold
    head: Mention
    number: str | None
    key: str


def join_duplicates(
    gathered: GatheredHouseholds, decisions: ProblemDecisions, findings: ProblemLog
) -> None:
    """Join the households that were decided to be one; tell those about which nobody decided."""
    by_head: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
    for home in _homes(gathered):
        if home.head.name:
            by_head[home.household.community, home.head.name].append(home)
    for (community, name), homes in by_head.items():
        if any(one.household.is_provisional for one in homes[1:]):
            _DuplicateJoiner(gathered, decisions, findings, (community, name)).settle(homes)


@dataclass
class _DuplicateJoiner:
    """Settles households of one community whose heads bear one name."""

    gathered: GatheredHouseholds
    decisions: ProblemDecisions
    findings: ProblemLog
    where: tuple[str, str]
    joined: dict[str, _Candidate] = field(default_factory=dict)

    def settle(self, homes: list[_Candidate]) -> None:
        """Compare each household without number with those before it; one doubt is told at most."""
        for place, home in enumerate(homes):
            if not home.household.is_provisional:
                continue
            for other in homes[:place]:
                if None not in (home.number, other.number) and home.number != other.number:
                    continue
                if self._is_settled(home, other):
                    break

    def _is_settled(self, home: _Candidate, other: _Candidate) -> bool:
        """Join two households, or tell the doubt; False where they were decided to be two."""
        subject = self.decisions.subjects.name(DUPLICATE, *self.where, home.key, other.key)
        decided = self.decisions.of(subject)
        if decided and decided.choice == DIFFERENT:
            return False
        if decided and decided.choice == SAME:
            into = self.joined.get(other.household.household_no, other)
            self.joined[home.household.household_no] = into
            self.gathered.join(home.household, home.head, into.household, into.head)
            return True
        line, elsewhere = home.head.line, other.head.line
        told = {**elsewhere.place_params, "household": other.household.household_no}
        target = "name" if home.head.line.has("name", home.head.place) else "head_name"
        self.findings.add(line, "household-doubled", _doubled(told), target, subject=subject)
        return True


def _homes(gathered: GatheredHouseholds) -> Iterator[_Candidate]:
    """Return all households that have somebody; those with a number first, then as they stand."""
    if not any(one.is_provisional for one in gathered.households.values()):
        return
    counted: Counter[tuple[str | None, ...]] = Counter()
    for household in sorted(gathered.households.values(), key=_order):
        seen = gathered.sightings[household.household_no]
        head = next((one for one in seen if one.is_head), next(iter(seen), None))
        if head is None:
            continue
        alike = (one.id.number for one in seen if one.name == head.name)
        number = next(filter(None, alike), None)
        key = number or household.household_no
        if household.is_provisional and number is None:
            # its number hangs on file, sheet and row, which are others in a later month
            table = head.line.table
            among = table.file_name, table.sheet, household.community, head.name
            key = f"{strip_dates(PurePath(table.file_name).stem)}|{strip_dates(table.sheet)}|{counted[among]}"
            counted[among] += 1
        yield _Candidate(household, head, number, key)


def _order(one: RegisterHousehold) -> tuple[bool, tuple[str, str, int], str]:
    return one.is_provisional, one.lines[0].order, one.household_no


def _doubled(told: Mapping[str, str | int]) -> Message:
    return Message(
        "this household has no number, and its head is called like that of household {household}"
        " ({file}, {sheet}, row {row}) in the same community; decide whether they are one",
        told,
    )
