"""When those who receive a benefit must be examined again, by the intervals of the law.

An examination is a visit, or a decision written down about their case. Where neither is known, the
interval runs from the first month that a list pays them: they were examined then at the latest.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.headcounts import CountedKey, CountedOnDay, CurrentNumbers
from relieftool.messages import Message
from relieftool.pack.models import Pack, Reexamination
from relieftool.store.life_events import EventType, list_life_events


@dataclass(frozen=True)
class DueReexamination:
    """Somebody who receives a benefit and must be examined again by a day, and why."""

    programme: str
    community: str
    household_no: str
    member_no: str | None
    words: Message
    due_on: str


def list_due_reexaminations(
    db: Database, pack: Pack, snapshot: CountedOnDay, until: str
) -> list[DueReexamination]:
    """Return who of those counted must be examined again by a day (inclusive), the earliest first.

    Where the law has several intervals, the shortest counts, because which one applies is for the
    office to say; the words name all of them.
    """
    seen = _Examinations.read(db)
    found = (
        DueReexamination(key[0], counted.community, *key[1:], words, due)
        for key, counted in snapshot.counted.items()
        if key[0] in pack.programmes
        for words, due in seen.list_due(key, pack.programmes[key[0]].reexaminations)
        if due <= until
    )
    return sorted(found, key=lambda each: (each.due_on, each.programme, each.household_no))


@dataclass
class _Examinations:
    """The days on which households were examined and first paid, and on which somebody died."""

    visits: dict[str, str] = field(default_factory=lambda: defaultdict(str))
    decisions: dict[CountedKey, str] = field(default_factory=lambda: defaultdict(str))
    paid: dict[CountedKey, str] = field(default_factory=dict)
    deaths: dict[str, str] = field(default_factory=lambda: defaultdict(str))

    @classmethod
    def read(cls, db: Database) -> "_Examinations":
        """Read all that is written down, under the numbers of today."""
        seen, now = cls(), CurrentNumbers(db)
        for household, day in db.execute(_VISITS):
            seen.visits[now.find(household)] = max(day, seen.visits[now.find(household)])
        for case in list_cases(db):
            key = (case.programme, case.household_no, case.member_no)
            seen.decisions[key] = max(case.decided_on or "", seen.decisions[key])
        for programme, household, member, day in db.execute(_FIRST_PAID):
            home = now.find(household)
            for key in ((programme, home, now.find(member or "")), (programme, home, None)):
                seen.paid[key] = min(day, seen.paid.get(key, day))
        for event in list_life_events(db):
            if event.event_type == EventType.DIED:
                seen.deaths[now.find(event.household_no)] = event.happened_on
        return seen

    def list_due(
        self, key: CountedKey, intervals: Sequence[Reexamination]
    ) -> Iterator[tuple[Message, str]]:
        """Yield the words and the day of what is due of somebody: after a death, and regularly."""
        last = max(self.visits[key[1]], self.decisions[key])
        died = self.deaths[key[1]]
        regular = sorted((each for each in intervals if not each.after), key=_count_months)
        for each in intervals:
            if each.after == "died" and died > last:
                due = _add_months(died, each.months)
                params = {"day": died, "due": due, "source": each.source}
                yield Message(_AFTER_DEATH.template, params), due
        since = last or self.paid.get(key)
        if since and regular:
            days = [_describe(each, _add_months(since, each.months)) for each in regular]
            by = reduce(lambda one, two: Message("{one}; {two}", {"one": one, "two": two}), days)
            sources = ", ".join(dict.fromkeys(each.source for each in regular))
            template = (_EXAMINED if last else _NEVER_EXAMINED).template
            words = Message(template, {"day": since, "by": by, "source": sources})
            yield words, _add_months(since, regular[0].months)


def _count_months(interval: Reexamination) -> int:
    return interval.months


def _describe(interval: Reexamination, due: str) -> Message:
    """Return until when somebody must be examined again, for whom, and that it is only assumed."""
    by = Message("by {due}", {"due": due})
    if interval.of is not None:
        by = Message("by {due} for those {of}", {"due": due, "of": interval.of})
    return Message("{by} (assumed)", {"by": by}) if interval.confidence == "assumed" else by


def _add_months(day: str, months: int) -> str:
    """Return the day so many months later, or the last of its month.

    >>> _add_months("2024-08-31", 6), _add_months("2024-12-05", 12)
    ('2025-02-28', '2025-12-05')
    """
    start = dt.date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last)).isoformat()


_AFTER_DEATH = Message("Somebody died on {day}: examine again by {due}. {source}")
_EXAMINED = Message("Examined on {day}: examine again {by}. {source}")
_NEVER_EXAMINED = Message(
    "Paid since {day}, and no visit or decision is written down: examine {by}. {source}"
)
# A home survey made by telephone is none.
_VISITS = """
    SELECT household_no, visited_on FROM visits
    WHERE step = 'check' OR step = 'survey' AND method <> '电话'
"""
_FIRST_PAID = """
    SELECT programme, household_no, member_no, min(covers_from) FROM receipts
    WHERE origin = 'roster' AND says = 'yes' AND covers_from IS NOT NULL GROUP BY 1, 2, 3
"""
