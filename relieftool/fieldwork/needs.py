"""What families say they need, and which measures answer it; said once, never edited."""

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
    """A need as a family stated it; `stated_on` is None where the form bore no day."""

    household_no: str
    stated_on: str | None
    need: NeedKind
    words: str | None = None


@dataclass(frozen=True)
class AnsweredNeed:
    """A need beside what answers it: the kinds of measures that may, and those there are."""

    stated: StatedNeed
    kinds: tuple[MeasureKind, ...]
    measures: tuple[Measure, ...]

    @property
    def state(self) -> str:
        """Say how far it is answered: open, planned or done."""
        if any(measure.done_on for measure in self.measures):
            return "done"
        return "planned" if self.measures else "open"


def list_answering_kinds(need: NeedKind) -> tuple[MeasureKind, ...]:
    """Name the kinds of measures that answer a need; words and others may take any.

    >>> [str(one) for one in list_answering_kinds(NeedKind.HOME_WORK)]
    ['居家就业']
    """
    return _ANSWERS.get(need, (MeasureKind.OTHER,))


def record_need(db: Database, stated: StatedNeed, *, import_id: int | None = None) -> None:
    """Write down a need, with the import of the form it came from.

    Only inside a transaction that writes.
    """
    record_entry(db, NEEDS, **vars(stated), import_id=import_id)


def list_needs(db: Database, household_no: str | None = None) -> list[StatedNeed]:
    """List needs in the order they were written, each once: of all, or of one household.

    Left out are those of a form whose import was taken back.
    """
    entries = list_entries(db, NEEDS, household_no)
    entries.sort(key=lambda entry: entry["household_no"])
    return list(dict.fromkeys(build_record(StatedNeed, entry) for entry in entries))


def list_form_needs(db: Database, household_no: str, import_id: int) -> list[StatedNeed]:
    """List the needs that the forms of one import brought for a household."""
    entries = list_entries(db, NEEDS, household_no, import_id=import_id)
    return [build_record(StatedNeed, entry) for entry in entries]


def list_answered_needs(db: Database, households: Iterable[str]) -> list[AnsweredNeed]:
    """Set each household's latest statement of every need beside the measures since that day."""
    wanted = set(households)
    latest = {(need.household_no, need.need): need for need in list_needs(db)}
    measures = list_measures(db)
    return [
        AnsweredNeed(
            one,
            list_answering_kinds(one.need),
            tuple(_answering(one, list_answering_kinds(one.need), measures)),
        )
        for key, one in sorted(latest.items())
        if key[0] in wanted
    ]


def _answering(
    stated: StatedNeed, kinds: tuple[MeasureKind, ...], measures: Iterable[Measure]
) -> Iterable[Measure]:
    """Return the household's measures of these kinds, planned or done since the need was stated."""
    for measure in measures:
        day = measure.done_on or measure.planned_on or ""
        is_since = stated.stated_on is None or day >= stated.stated_on
        if measure.household_no == stated.household_no and measure.kind in kinds and is_since:
            yield measure
