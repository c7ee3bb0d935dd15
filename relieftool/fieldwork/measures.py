"""Measures for a household: planned, then done; a plan is completed by an entry, never edited."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.store.chain import add_entry
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import (
    MEASURES,
    build_entry,
    build_record,
    check_household,
    list_entries,
)


class MeasureKind(StrEnum):
    """What is done for a household."""

    PUBLIC_POST = "公益性岗位"
    TEMPORARY_AID = "临时救助"
    PRICE_SUPPLEMENT = "物价补贴"
    JOB_FAIR = "招聘会"
    HOME_WORK = "居家就业"
    SCHOOLING = "助学"
    DISABILITY_AID = "助残"
    CONDOLENCE = "慰问"
    COUNSELLING = "心理疏导"
    OTHER = "其他"


KIND_WORDS = {
    MeasureKind.PUBLIC_POST: Message("public-service post"),
    MeasureKind.TEMPORARY_AID: Message("temporary assistance"),
    MeasureKind.PRICE_SUPPLEMENT: Message("price supplement"),
    MeasureKind.JOB_FAIR: Message("job fair"),
    MeasureKind.HOME_WORK: Message("work at home"),
    MeasureKind.SCHOOLING: Message("help with schooling"),
    MeasureKind.DISABILITY_AID: Message("help with a disability"),
    MeasureKind.CONDOLENCE: Message("visit with a gift"),
    MeasureKind.COUNSELLING: Message("counselling"),
    MeasureKind.OTHER: Message("other measure"),
}


@dataclass(frozen=True)
class Measure:
    """One measure as it stands: planned, or done; None where it is not known or not yet so."""

    household_no: str
    kind: MeasureKind
    planned_on: str | None
    done_on: str | None
    amount_fen: int | None
    result: str | None
    by: str
    measure_id: int = 0


def record_measure(db: Database, measure: Measure, *, is_rehearsal: bool = False) -> Measure:
    """Write down a measure; done, it completes the oldest open plan of its kind for the household.

    Raises:
        ReliefError: no such household, neither day is given, or done before planned.
    """
    if measure.planned_on is None and measure.done_on is None:
        raise ReliefError(
            "--planned-on",
            _("a measure needs the day it is planned for, or the day it was done"),
            _("Give --planned-on or --done-on."),
        )
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        number = check_household(db, measure.household_no)
        plan = _open_plan(db, number, measure) if measure.done_on else None
        stated = vars(measure) | {"completes": plan.measure_id if plan else None}
        del stated["measure_id"]
        stated["planned_on"] = measure.planned_on or (plan.planned_on if plan else None)
        row = build_entry(db, MEASURES, **stated)
        kept = build_record(Measure, row)
        _check_order(kept)
        head = add_entry(db, MEASURES, row)
    return replace(kept, measure_id=head.number)


def _open_plan(db: Database, number: str, measure: Measure) -> Measure | None:
    """Find the oldest plan of this kind that was not done yet."""
    plans = [
        one for one in list_measures(db, number) if one.kind == measure.kind and one.done_on is None
    ]
    return plans[0] if plans else None


def _check_order(measure: Measure) -> None:
    if measure.planned_on and measure.done_on and measure.planned_on > measure.done_on:
        message = _("was planned for {planned}, after {done}")
        raise ReliefError(
            "--done-on",
            message.format(planned=measure.planned_on, done=measure.done_on),
            _("Check the two days."),
        )


def list_measures(db: Database, household_no: str | None = None) -> list[Measure]:
    """List measures as they stand, in the order they were written: of all, or of one household."""
    entries = list_entries(db, MEASURES, household_no)
    completed = {entry["completes"] for entry in entries}
    listed = [
        build_record(Measure, entry) for entry in entries if entry["measure_id"] not in completed
    ]
    return sorted(listed, key=lambda measure: (measure.household_no, measure.measure_id))


def format_measure_kind(kind: MeasureKind) -> str:
    """Name a kind of measure."""
    return str(KIND_WORDS[kind])
