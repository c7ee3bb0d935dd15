"""What happened in households: who died, moved or came, and which household was divided.

Events are only added; one that was a mistake is taken back by another. The register applies those
that count, in the order of their days.
"""

from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.messages import Message, NamedChoice
from relieftool.store.entries import LIFE_EVENTS, build_record
from relieftool.store.former_numbers import find_current_number


class EventType(NamedChoice):
    """What happened in a household."""

    DIED = "died", Message("died")
    MOVED_OUT = "moved_out", Message("moved out")
    MOVED_IN = "moved_in", Message("moved in")
    SPLIT = "split", Message("household divided")
    HEAD = "head", Message("new head")
    TO_COMMUNITY = "to_community", Message("moved to another community")
    DISSOLVED = "dissolved", Message("household dissolved")
    UNDONE = "undone", Message("taken back")


@dataclass(frozen=True)
class LifeEvent:
    """An event as it was written: household and member numbers are those of that time.

    `head_no` is the new head. `other_no` is the household that somebody came from, or that a part
    became; `import_id` is the import of somebody new. `closed_cases` ended with it.
    """

    household_no: str
    event_type: EventType
    happened_on: str
    members: tuple[str, ...] = ()
    head_no: str | None = None
    other_no: str | None = None
    community: str | None = None
    import_id: int | None = None
    closed_cases: tuple[str, ...] = ()
    undoes: int | None = None
    evidence_sha256: str | None = None
    note: str | None = None
    by: str | None = None
    event_id: int = 0

    @property
    def is_transfer(self) -> bool:
        """Whether somebody came out of another household."""
        return self.event_type == EventType.MOVED_IN and self.other_no is not None

    @property
    def households(self) -> set[str]:
        """Return the numbers of the households that it is about."""
        return {self.household_no, *filter(None, [self.other_no])}


def list_life_events(db: Database, until: str | None = None) -> list[LifeEvent]:
    """Return the events that count, in the order of their days; `until` includes that day."""
    rows = list(db.query(f"SELECT * FROM {LIFE_EVENTS.table} ORDER BY happened_on, event_id"))
    undone = {row["undoes"] for row in rows}
    return [
        build_record(LifeEvent, row)
        for row in rows
        if row["undoes"] is None
        and row["event_id"] not in undone
        and (until is None or row["happened_on"] <= until)
    ]


def list_household_events(db: Database, household_no: str) -> list[LifeEvent]:
    """Return the events that count of the household that has a number now."""
    return [
        event
        for event in list_life_events(db)
        if household_no in {find_current_number(db, number) for number in event.households}
    ]
