"""Visits to households: who went, from which level, how, what was found; written down once.

A survey takes two investigators, a check somebody of another level than the survey's.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import find_shared_names
from relieftool.messages import Message, _
from relieftool.store.chain import add_entry
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import VISITS, build_entry, build_record, list_entries
from relieftool.values.text import fold_name

_INVESTIGATORS_OF_A_SURVEY = 2


class VisitStep(StrEnum):
    """Which of the three steps of verification a visit is."""

    SCREENING = "screening"
    SURVEY = "survey"
    CHECK = "check"


STEP_WORDS = {
    VisitStep.SCREENING: Message("screening"),
    VisitStep.SURVEY: Message("home survey"),
    VisitStep.CHECK: Message("organised check"),
}


class VisitLevel(StrEnum):
    """Where the investigators come from."""

    COMMUNITY = "社区"
    STREET = "街道"
    UNIT = "帮扶单位"


LEVEL_WORDS = {
    VisitLevel.COMMUNITY: Message("community"),
    VisitLevel.STREET: Message("street"),
    VisitLevel.UNIT: Message("helping unit"),
}


class VisitMethod(StrEnum):
    """How the household was met."""

    HOME = "上门"
    SITE = "现场"
    PHONE = "电话"


METHOD_WORDS = {
    VisitMethod.HOME: Message("at home"),
    VisitMethod.SITE: Message("on site"),
    VisitMethod.PHONE: Message("by phone"),
}


@dataclass(frozen=True)
class Visit:
    """One visit; `knows_policy` is None where the family was not asked."""

    household_no: str
    visited_on: str
    step: VisitStep
    level: VisitLevel
    method: VisitMethod
    investigators: tuple[str, ...]
    found: str
    knows_policy: bool | None = None

    @property
    def counts(self) -> bool:
        """Return whether it counts for its step: a call by telephone is no survey of a home."""
        return self.step != VisitStep.SURVEY or self.method != VisitMethod.PHONE


def record_visit(
    db: Database, visit: Visit, *, import_id: int | None = None, is_rehearsal: bool = False
) -> Visit:
    """Write down a visit, and give it as it was kept; with the import of the form it came from.

    Raises:
        ReliefError: no such household, too few investigators, or a check by the surveyors' level.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        row = build_entry(db, VISITS, **vars(visit), import_id=import_id)
        kept = build_record(Visit, row)
        if kept.step == VisitStep.SURVEY and len(kept.investigators) < _INVESTIGATORS_OF_A_SURVEY:
            raise ReliefError(
                "--by",
                _("a survey takes at least two investigators"),
                _("Name both: --by NAME --by NAME."),
            )
        if kept.step == VisitStep.CHECK:
            _check_independence(db, kept)
        add_entry(db, VISITS, row)
    return kept


def _check_independence(db: Database, visit: Visit) -> None:
    """Refuse a check without a survey before it, or by those who made the survey."""
    number = visit.household_no
    surveys = [
        one
        for one in list_visits(db, number)
        if one.step == VisitStep.SURVEY and one.visited_on <= visit.visited_on
    ]
    if not surveys:
        raise ReliefError(
            number,
            _("no survey of this household was written down that could be checked"),
            _("Write the survey down first: `relief visit {number} --step survey`.").format(
                number=number
            ),
        )
    survey = surveys[-1]
    if survey.level == visit.level:
        raise ReliefError(
            number,
            _("a check needs somebody of another level than the survey's"),
            _("The survey of {day} was made at the level {level}.").format(
                day=survey.visited_on, level=format_visit_level(survey.level)
            ),
        )
    if shared := find_shared_names(visit.investigators, survey.investigators):
        raise ReliefError(
            number,
            _("a check needs somebody else than those who made the survey"),
            _("The survey of {day} was made by: {names}.").format(
                day=survey.visited_on, names=_(", ").join(sorted(shared))
            ),
        )


def list_visits(db: Database, household_no: str | None = None) -> list[Visit]:
    """List visits by day, and those of one day as they were written; of all, or one household.

    Left out are those of a form whose import was taken back, or that another entry tells already.
    """
    listed: list[Visit] = []
    told = set()
    entries = list_entries(db, VISITS, household_no)
    for entry in sorted(entries, key=lambda entry: (entry["visited_on"], entry["visit_id"])):
        visit = build_record(Visit, entry)
        key = build_visit_identity(visit)
        if entry["import_id"] is None or key not in told:
            listed.append(visit)
        told.add(key)
    return listed


def build_visit_identity(visit: Visit) -> tuple[str, str, VisitStep, frozenset[str]]:
    """Return what makes two entries one visit: household, day, step and the same people."""
    names = frozenset(map(fold_name, visit.investigators))
    return visit.household_no, visit.visited_on, visit.step, names


def list_form_visits(db: Database, household_no: str, import_id: int) -> list[Visit]:
    """List the visits that the forms of one import brought for a household."""
    entries = list_entries(db, VISITS, household_no, import_id=import_id)
    return [build_record(Visit, entry) for entry in entries]


def format_visit_step(step: VisitStep) -> str:
    """Name a step of verification."""
    return str(STEP_WORDS[step])


def format_visit_level(level: VisitLevel) -> str:
    """Name a level."""
    return str(LEVEL_WORDS[level])


def format_visit_method(method: VisitMethod) -> str:
    """Name a way of meeting."""
    return str(METHOD_WORDS[method])
