"""Measures for a household: planned, then done; a plan is completed by an entry, never edited."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from relieftool.cases.evidence import escape_surrogates
from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import check_household, check_name
from relieftool.messages import _
from relieftool.store.chain import MEASURES, add_entry
from relieftool.store.database import write_or_rehearse
from relieftool.store.former_numbers import compile_current_number


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
    by = check_name("--by", measure.by)
    if measure.planned_on is None and measure.done_on is None:
        raise ReliefError(
            "--planned-on",
            _("a measure needs the day it is planned for, or the day it was done"),
            _("Give --planned-on or --done-on."),
        )
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        number = check_household(db, measure.household_no)
        plan = _open_plan(db, number, measure) if measure.done_on else None
        kept = replace(
            measure,
            household_no=number,
            by=by,
            planned_on=measure.planned_on or (plan.planned_on if plan else None),
            result=None
            if measure.result is None
            else escape_surrogates(measure.result.strip()) or None,
        )
        _check_order(kept)
        head = add_entry(db, MEASURES, _row(kept, plan))
    return replace(kept, measure_id=head.number)


def _row(measure: Measure, plan: Measure | None) -> dict[str, str | int | None]:
    return {
        "household_no": measure.household_no,
        "measure_kind": str(measure.kind),
        "planned_on": measure.planned_on,
        "done_on": measure.done_on,
        "amount_fen": measure.amount_fen,
        "result": measure.result,
        "by": measure.by,
        "completes": plan.measure_id if plan else None,
    }


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
    return [_measure(row) for row in db.query(_MEASURES, {"household_no": household_no})]


_NOW = compile_current_number("measures.household_no")
_MEASURES = f"""
    SELECT *, {_NOW} AS household_now FROM measures
    WHERE (:household_no IS NULL OR {_NOW} = :household_no)
    AND measure_id NOT IN (SELECT completes FROM measures WHERE completes IS NOT NULL)
    ORDER BY household_now, measure_id
"""


def _measure(row: Mapping[str, Any]) -> Measure:
    return Measure(
        row["household_now"],
        MeasureKind(row["measure_kind"]),
        row["planned_on"],
        row["done_on"],
        row["amount_fen"],
        row["result"],
        row["by"],
        row["measure_id"],
    )


def format_measure_kind(kind: MeasureKind) -> str:
    """Name a kind of measure."""
    return {
        MeasureKind.PUBLIC_POST: _("public-service post"),
        MeasureKind.TEMPORARY_AID: _("temporary assistance"),
        MeasureKind.PRICE_SUPPLEMENT: _("price supplement"),
        MeasureKind.JOB_FAIR: _("job fair"),
        MeasureKind.HOME_WORK: _("work at home"),
        MeasureKind.SCHOOLING: _("help with schooling"),
        MeasureKind.DISABILITY_AID: _("help with a disability"),
        MeasureKind.CONDOLENCE: _("visit with a gift"),
        MeasureKind.COUNSELLING: _("counselling"),
        MeasureKind.OTHER: _("other measure"),
    }[kind]
