"""Answers questions about members and households by writing down what happened to them."""

import datetime as dt
import json
from collections.abc import Mapping

from sqlite_utils import Database

from relieftool.cases.life_events import StatedEvent, record_life_event, withdraw_event
from relieftool.errors import ReliefError
from relieftool.intake.answers import Answer, Understood, find_subject
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.store.life_events import EventType, list_life_events
from relieftool.store.problem_decisions import (
    DIED,
    DOUBTS,
    EVENT_CHOICES,
    MISTAKEN,
    format_answer,
    list_choices,
    list_decisions,
    read_answer,
    record_decision,
    record_event_decision,
)
from relieftool.values.cells import ValueProblem, parse_date

_EVENTS = {choice: EventType(choice.replace("-", "_")) for choice in EVENT_CHOICES}


def record_event_answer(
    db: Database, pack: Pack, as_of: dt.date, number: int, answer: Answer
) -> Understood | None:
    """Record the event that answers a question, such as `died:2024-12-01`; only inside `write`.

    A new head may follow: `died:2024-12-01:02`. Returns what was understood; None if the answer is
    no event.

    Raises:
        ReliefError: There is no such question, it does not take this answer, or it cannot have
            happened so.
    """
    subject = find_subject(db, number)
    if subject.partition(":")[0] not in DOUBTS:
        return None
    choice, _colon, said = read_answer(subject, answer.text).partition(":")
    if choice not in (*EVENT_CHOICES, MISTAKEN) or choice not in list_choices(subject):
        return None
    refresh_register(db, pack)
    told = db.execute(_TOLD, [subject]).fetchone()
    if told is None:
        raise ReliefError(
            str(number),
            _("this question is closed by now, or has changed"),
            _("`relief questions` lists what is open."),
        )
    if choice == MISTAKEN:
        events = {event.event_id: event for event in list_life_events(db)}
        event = events[json.loads(told[0])["event"]]
        stated = StatedEvent(event.household_no, EventType.UNDONE, answer.on, answer.by)
        withdraw_event(db, pack, as_of, event, stated)
        record_decision(db, number, MISTAKEN, answer.by)
        return Understood(subject, MISTAKEN)
    day, _colon, head = said.partition(":")
    on = _read_day(number, choice, day, answer)
    stated = _state_event(db, choice, json.loads(told[0]), on, head or None, answer)
    recorded = record_life_event(db, pack, as_of, stated)
    record_event_decision(db, number, choice, recorded.event.event_id, answer.by)
    parts = filter(None, (choice, recorded.event.happened_on, recorded.event.head_no))
    return Understood(subject, ":".join(parts))


def _read_day(number: int, choice: str, day: str, answer: Answer) -> dt.date:
    """Return the day of an event in an answer; ReliefError if it cannot be read."""
    try:
        return dt.date.fromisoformat(parse_date(day))
    except ValueProblem as problem:
        raise ReliefError(
            str(number),
            _("of which day? {problem}").format(problem=problem.message),
            _("Nothing was written. For example: {choice}:{day}.").format(
                choice=format_answer(choice), day=answer.on
            ),
        ) from None


def _state_event(  # noqa: PLR0913, PLR0917 a question, and all that its answer says
    db: Database,
    choice: str,
    told: Mapping[str, str],
    on: dt.date,
    head: str | None,
    answer: Answer,
) -> StatedEvent:
    """Return the event that an answer means; `told` says whom the question is about."""
    people = tuple(told.get("members", "").split())
    household, other, into = told.get("household"), None, told.get("other")
    match _EVENTS[choice]:
        case EventType.MOVED_IN if other is None and into is None and "event" in told:
            pass  # they had left this household, and are back
        case EventType.MOVED_IN:
            household, other, into = told["other"], told["household"], None
        case EventType.TO_COMMUNITY:
            people, other, into = (), told["community"], into or household
        case EventType.SPLIT:
            pass
        case _:
            household, people = _find_people(db, told)
            if choice == DIED and len(people) > 1:
                raise ReliefError(
                    household,
                    _("several people live here"),
                    _(
                        "Nothing was written. Say who died: `relief event {household} --died …`."
                    ).format(household=household),
                )
    return StatedEvent(
        *(household or "", _EVENTS[choice], on, answer.by, people, head, None, other),
        evidence=answer.source,
        into=into,
    )


def _find_people(db: Database, told: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return a household and its members, or the household of one member and that member."""
    called = told.get("who"), None if "who" in told else told["household"]
    rows = db.execute(_PEOPLE, called).fetchall()
    household = rows[0][0] if rows else next(filter(None, called))
    return household, tuple(number for _household, number in rows)


def take_back_event_answer(  # noqa: PLR0913, PLR0917 a question, who takes its answer back and when
    db: Database, pack: Pack, as_of: dt.date, number: int, by: str, on: dt.date
) -> bool:
    """Take back the event that answered a question; False if none did. Only inside `write`.

    Raises:
        ReliefError: There is no such question, or a later event rests on this one.
    """
    subject = find_subject(db, number)
    for decision in list_decisions(db):
        if decision.subject == subject and decision.choice in EVENT_CHOICES:
            events = {str(event.event_id): event for event in list_life_events(db)}
            event = events[decision.written or ""]
            stated = StatedEvent(event.household_no, EventType.UNDONE, on, by)
            withdraw_event(db, pack, as_of, event, stated)
            return True
    return False


_TOLD = "SELECT params FROM problems WHERE subject = ? AND stage = 'register' LIMIT 1"
_PEOPLE = """
    SELECT household_no, member_no FROM members WHERE member_no = ? OR household_no = ?
    ORDER BY place
"""
