"""Visits to households: their step, level, method and investigators, and what was found.

A survey needs at least two investigators. A check needs a survey on the same day or before it, and
is made by other people from another level.
"""

from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import find_shared_names
from relieftool.messages import Message, NamedChoice, _
from relieftool.store.chain import add_entry
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import VISITS, build_entry, build_record, list_entries
from relieftool.values.text import fold_name

_INVESTIGATORS_OF_A_SURVEY = 2


class VisitStep(NamedChoice):
    """The three steps of verification."""

    SCREENING = "screening", Message("screening")
    SURVEY = "survey", Message("home survey")
    CHECK = "check", Message("organised check")


class VisitLevel(NamedChoice):
    """The levels that investigators come from."""

    COMMUNITY = "社区", Message("community")
    STREET = "街道", Message("street")
    UNIT = "帮扶单位", Message("helping unit")


class VisitMethod(NamedChoice):
    """The ways to meet a household."""

    HOME = "上门", Message("at home")
    SITE = "现场", Message("on site")
    PHONE = "电话", Message("by phone")


@dataclass(frozen=True)
class Visit:
    """A visit to a household; `knows_policy` is None if the family was not asked."""

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
        """Whether the visit counts for its step; a home survey made by telephone does not."""
        return self.step != VisitStep.SURVEY or self.method != VisitMethod.PHONE

    @property
    def identity(self) -> tuple[str, str, VisitStep, frozenset[str]]:
        """Return household, day, step and investigators, by which repeated forms are recognised."""
        names = frozenset(map(fold_name, self.investigators))
        return self.household_no, self.visited_on, self.step, names


def record_visit(
    db: Database, visit: Visit, *, import_id: int | None = None, is_rehearsal: bool = False
) -> Visit:
    """Record a visit and return it as recorded; `import_id` is the import of its form, if any.

    Raises:
        ReliefError: There is no such household, a required text is missing, a survey has fewer than
            two investigators, a check has no survey before it, or it shares the level or an
            investigator with the last survey.
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
    """Raise ReliefError if a check has no survey before it, or is not independent of the last one.

    It is independent if the level and all investigators differ. A survey on the day of the check
    counts as before it.
    """
    number = visit.household_no
    surveys = [
        earlier
        for earlier in list_visits(db, number)
        if earlier.step == VisitStep.SURVEY and earlier.visited_on <= visit.visited_on
    ]
    if not surveys:
        raise ReliefError(
            number,
            _("no survey of this household is recorded that could be checked"),
            _("Record the survey first: `relief visit {number} --step survey`.").format(
                number=number
            ),
        )
    survey = surveys[-1]
    if survey.level == visit.level:
        raise ReliefError(
            number,
            _("a check needs somebody of another level than the survey's"),
            _("The survey of {day} was made at the level {level}.").format(
                day=survey.visited_on, level=str(survey.level.word)
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


def list_visits(
    db: Database, household_no: str | None = None, *, import_id: int | None = None
) -> list[Visit]:
    """Return the visits of one household or of all, in order of days and then of entry.

    Without `import_id`, visits from forms whose import was undone are left out. With it, only the
    visits from that import are returned, even if it was undone. Of the visits considered, one from
    a form is left out if an earlier one in this order has the same `identity`.
    """
    listed: list[Visit] = []
    seen = set()
    entries = list_entries(db, VISITS, household_no, import_id=import_id)
    for entry in sorted(entries, key=lambda entry: (entry["visited_on"], entry["visit_id"])):
        visit = build_record(Visit, entry)
        if entry["import_id"] is None or visit.identity not in seen:
            listed.append(visit)
        seen.add(visit.identity)
    return listed
