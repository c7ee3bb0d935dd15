"""Needs that families stated, and the measures that answer them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures
from relieftool.spreadsheets.form_row_keys import NeedKind
from relieftool.store.entries import NEEDS, build_record, list_entries, record_entry

_ANSWERS: dict[NeedKind, tuple[MeasureKind, ...]] = {
    NeedKind.LIVING: (MeasureKind.TEMPORARY_AID, MeasureKind.PRICE_SUPPLEMENT),
    NeedKind.MEDICAL: (MeasureKind.TEMPORARY_AID,),
    NeedKind.WORK: (MeasureKind.PUBLIC_POST, MeasureKind.JOB_FAIR),
    NeedKind.HOME_WORK: (MeasureKind.HOME_WORK,),
    NeedKind.SCHOOLING: (MeasureKind.SCHOOLING,),
    NeedKind.DISABILITY: (MeasureKind.DISABILITY_AID,),
    NeedKind.CARE: (MeasureKind.DISABILITY_AID, MeasureKind.HOME_WORK),
    NeedKind.HOUSING: (MeasureKind.TEMPORARY_AID, MeasureKind.OTHER),
    NeedKind.COUNSELLING: (MeasureKind.COUNSELLING, MeasureKind.CONDOLENCE),
}


@dataclass(frozen=True)
class StatedNeed:
    """A need that a family stated; `stated_on` is None if the form had no day.

    `words` are the family's own words; only needs of the kind `NeedKind.WORDS` have them.
    """

    household_no: str
    stated_on: str | None
    need: NeedKind
    words: str | None = None


@dataclass(frozen=True)
class AnsweredNeed:
    """A need, the kinds of measures that may answer it, and the household's measures that do."""

    stated: StatedNeed
    kinds: tuple[MeasureKind, ...]
    measures: tuple[Measure, ...]

    @property
    def state(self) -> str:
        """Return "done" if any measure was done, "planned" if there are only plans, else "open"."""
        if any(measure.done_on for measure in self.measures):
            return "done"
        return "planned" if self.measures else "open"


def record_need(db: Database, stated: StatedNeed, *, import_id: int | None = None) -> None:
    """Record a need; `import_id` is the import of its form. Only inside `write`."""
    record_entry(db, NEEDS, **vars(stated), import_id=import_id)


def list_needs(
    db: Database, household_no: str | None = None, *, import_id: int | None = None
) -> list[StatedNeed]:
    """Return the needs of one household or all, from one import or all, sorted by household.

    The same need of the same day appears once. Needs from forms whose import was undone are left
    out, unless that import is `import_id`.
    """
    entries = list_entries(db, NEEDS, household_no, import_id=import_id)
    entries.sort(key=lambda entry: entry["household_no"])
    return list(dict.fromkeys(build_record(StatedNeed, entry) for entry in entries))


def list_answered_needs(db: Database, households: Iterable[str]) -> list[AnsweredNeed]:
    """Return the last recorded need of each kind of some households, with its measures."""
    selected = set(households)
    latest = {(need.household_no, need.need): need for need in list_needs(db)}
    measures = list_measures(db)
    return [
        _answer(need, measures)
        for _key, need in sorted(latest.items())
        if need.household_no in selected
    ]


def _answer(stated: StatedNeed, measures: Iterable[Measure]) -> AnsweredNeed:
    """Return a need with the measures of its kinds whose day is not before the need was stated.

    The day of a measure is the day it was done, or is planned for.
    """
    kinds = _ANSWERS.get(stated.need, (MeasureKind.OTHER,))
    since = stated.stated_on or ""
    answering = (
        measure
        for measure in measures
        if measure.household_no == stated.household_no
        and measure.kind in kinds
        and (measure.done_on or measure.planned_on or "") >= since
    )
    return AnsweredNeed(stated, kinds, tuple(answering))
