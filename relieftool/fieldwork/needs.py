"""What families say they need, and which measures answer it; said once, never edited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.cases.evidence import escape_surrogates
from relieftool.fieldwork.entries import IS_COUNTED
from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures
from relieftool.spreadsheets.form_row_keys import NeedKind
from relieftool.store.chain import NEEDS, add_entry
from relieftool.store.former_numbers import compile_current_number

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
    row = {
        "household_no": stated.household_no,
        "stated_on": stated.stated_on,
        "need": str(stated.need),
        "words": None if stated.words is None else escape_surrogates(stated.words),
        "import_id": import_id,
    }
    add_entry(db, NEEDS, row)


def list_needs(db: Database, household_no: str | None = None) -> list[StatedNeed]:
    """List needs in the order they were written, each once: of all, or of one household.

    Left out are those of a form whose import was taken back.
    """
    rows = db.query(_NEEDS, {"household_no": household_no})
    return list(dict.fromkeys(map(_need, rows)))


_NOW = compile_current_number("needs.household_no")
_NEEDS = f"""
    SELECT *, {_NOW} AS household_now FROM needs
    WHERE (:household_no IS NULL OR {_NOW} = :household_no)
    AND {IS_COUNTED} ORDER BY household_now, need_id
"""


def list_form_needs(db: Database, household_no: str, import_id: int) -> list[StatedNeed]:
    """List the needs that the forms of one import brought for a household."""
    rows = db.query(_OF_FORM, {"household_no": household_no, "import_id": import_id})
    return [_need(row) for row in rows]


_OF_FORM = f"""
    SELECT *, {_NOW} AS household_now FROM needs
    WHERE {_NOW} = :household_no AND import_id = :import_id
"""


def _need(row: Mapping[str, Any]) -> StatedNeed:
    return StatedNeed(row["household_now"], row["stated_on"], NeedKind(row["need"]), row["words"])


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
