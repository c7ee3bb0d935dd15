"""Measures for households, planned or done.

A plan is never edited: the entry of the measure that was done refers to it.
"""

from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import Message, NamedChoice, _
from relieftool.store.chain import add_entry
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import (
    MEASURES,
    build_entry,
    build_record,
    check_household,
    list_entries,
)


class MeasureKind(NamedChoice):
    """A kind of help for a household."""

    PUBLIC_POST = "公益性岗位", Message("public-service post")
    TEMPORARY_AID = "临时救助", Message("temporary assistance")
    PRICE_SUPPLEMENT = "物价补贴", Message("price supplement")
    JOB_FAIR = "招聘会", Message("job fair")
    HOME_WORK = "居家就业", Message("work at home")
    SCHOOLING = "助学", Message("help with schooling")
    DISABILITY_AID = "助残", Message("help with a disability")
    CONDOLENCE = "慰问", Message("visit with a gift")
    COUNSELLING = "心理疏导", Message("counselling")
    OTHER = "其他", Message("other measure")


@dataclass(frozen=True)
class Measure:
    """A measure for a household, planned or done.

    `planned_on` is None if it was done without a plan, `done_on` is None if it is not done yet.
    """

    household_no: str
    kind: MeasureKind
    planned_on: str | None
    done_on: str | None
    amount_fen: int | None
    result: str | None
    by: str
    measure_id: int = 0


def record_measure(db: Database, measure: Measure, *, is_rehearsal: bool = False) -> Measure:
    """Record a measure and return it as recorded.

    A measure that is done completes the household's oldest open plan of its kind, if there is one.

    Raises:
        ReliefError: There is no such household, no day or no `by` is stated, or the measure was
            done before the day it was planned for.
    """
    if measure.planned_on is None and measure.done_on is None:
        raise ReliefError(
            "--planned-on",
            _("a measure needs the day it is planned for, or the day it was done"),
            _("Give --planned-on or --done-on."),
        )
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        number = check_household(db, measure.household_no)
        plan = _find_open_plan(db, number, measure) if measure.done_on else None
        stated = vars(measure) | {"completes": plan.measure_id if plan else None}
        del stated["measure_id"]
        stated["planned_on"] = measure.planned_on or (plan.planned_on if plan else None)
        row = build_entry(db, MEASURES, **stated)
        kept = build_record(Measure, row)
        _check_order(kept)
        head = add_entry(db, MEASURES, row)
    return replace(kept, measure_id=head.number)


def _find_open_plan(db: Database, number: str, measure: Measure) -> Measure | None:
    """Return the household's oldest open plan of the measure's kind; None if it has none."""
    plans = (plan for plan in list_measures(db, number) if plan.done_on is None)
    return next((plan for plan in plans if plan.kind == measure.kind), None)


def _check_order(measure: Measure) -> None:
    if measure.planned_on and measure.done_on and measure.planned_on > measure.done_on:
        message = _("was planned for {planned}, after {done}")
        raise ReliefError(
            "--done-on",
            message.format(planned=measure.planned_on, done=measure.done_on),
            _("Check the two days."),
        )


def list_measures(db: Database, household_no: str | None = None) -> list[Measure]:
    """Return the measures of one household or all, sorted by household and order of recording.

    Completed plans are left out.
    """
    entries = list_entries(db, MEASURES, household_no)
    completed = {entry["completes"] for entry in entries}
    listed = [
        build_record(Measure, entry) for entry in entries if entry["measure_id"] not in completed
    ]
    return sorted(listed, key=lambda measure: (measure.household_no, measure.measure_id))
