"""Visits to households: who went, from which level, how, what was found; written down once.

A survey takes two investigators, a check somebody of another level than the survey's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import (
    IS_COUNTED,
    check_household,
    check_names,
    check_text,
    find_shared_names,
)
from relieftool.messages import _
from relieftool.store.chain import VISITS, add_entry
from relieftool.store.database import write_or_rehearse
from relieftool.store.former_numbers import compile_current_number
from relieftool.values.text import fold_name

_INVESTIGATORS_OF_A_SURVEY = 2


class VisitStep(StrEnum):
    """Which of the three steps of verification a visit is."""

    SCREENING = "screening"
    SURVEY = "survey"
    CHECK = "check"


class VisitLevel(StrEnum):
    """Where the investigators come from."""

    COMMUNITY = "社区"
    STREET = "街道"
    UNIT = "帮扶单位"


class VisitMethod(StrEnum):
    """How the household was met."""

    HOME = "上门"
    SITE = "现场"
    PHONE = "电话"


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
        number = check_household(db, visit.household_no)
        names = check_names("--by", visit.investigators)
        found = check_text("--found", visit.found, _("Say in a few words what was found."))
        if visit.step == VisitStep.SURVEY and len(names) < _INVESTIGATORS_OF_A_SURVEY:
            raise ReliefError(
                "--by",
                _("a survey takes at least two investigators"),
                _("Name both: --by NAME --by NAME."),
            )
        if visit.step == VisitStep.CHECK:
            _check_independence(db, number, visit, names)
        row = {
            "household_no": number,
            "visited_on": visit.visited_on,
            "step": str(visit.step),
            "level": str(visit.level),
            "method": str(visit.method),
            "investigators": json.dumps(names, ensure_ascii=False),
            "found": found,
            "knows_policy": None if visit.knows_policy is None else int(visit.knows_policy),
            "import_id": import_id,
        }
        add_entry(db, VISITS, row)
    return _visit(row)


def _check_independence(db: Database, number: str, visit: Visit, names: Sequence[str]) -> None:
    """Refuse a check without a survey before it, or by those who made the survey."""
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
    if shared := find_shared_names(names, survey.investigators):
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
    for row in db.query(_VISITS, {"household_no": household_no}):
        visit = _visit(row | {"household_no": row["household_now"]})
        key = build_visit_identity(visit)
        if row["import_id"] is None or key not in told:
            listed.append(visit)
        told.add(key)
    return listed


_NOW = compile_current_number("visits.household_no")
_VISITS = f"""
    SELECT *, {_NOW} AS household_now FROM visits
    WHERE (:household_no IS NULL OR {_NOW} = :household_no) AND {IS_COUNTED}
    ORDER BY visited_on, visit_id
"""


def build_visit_identity(visit: Visit) -> tuple[str, str, VisitStep, frozenset[str]]:
    """Return what makes two entries one visit: household, day, step and the same people."""
    names = frozenset(map(fold_name, visit.investigators))
    return visit.household_no, visit.visited_on, visit.step, names


def list_form_visits(db: Database, household_no: str, import_id: int) -> list[Visit]:
    """List the visits that the forms of one import brought for a household."""
    rows = db.query(_OF_FORM, {"household_no": household_no, "import_id": import_id})
    return [_visit(row | {"household_no": row["household_now"]}) for row in rows]


_OF_FORM = f"""
    SELECT *, {_NOW} AS household_now FROM visits
    WHERE {_NOW} = :household_no AND import_id = :import_id
"""


def _visit(row: Mapping[str, Any]) -> Visit:
    knows = row["knows_policy"]
    return Visit(
        row["household_no"],
        row["visited_on"],
        VisitStep(row["step"]),
        VisitLevel(row["level"]),
        VisitMethod(row["method"]),
        tuple(json.loads(row["investigators"])),
        row["found"],
        None if knows is None else knows == 1,
    )


def format_visit_step(step: VisitStep) -> str:
    """Name a step of verification."""
    return {
        VisitStep.SCREENING: _("screening"),
        VisitStep.SURVEY: _("home survey"),
        VisitStep.CHECK: _("organised check"),
    }[step]


def format_visit_level(level: VisitLevel) -> str:
    """Name a level."""
    return {
        VisitLevel.COMMUNITY: _("community"),
        VisitLevel.STREET: _("street"),
        VisitLevel.UNIT: _("helping unit"),
    }[level]


def format_visit_method(method: VisitMethod) -> str:
    """Name a way of meeting."""
    return {
        VisitMethod.HOME: _("at home"),
        VisitMethod.SITE: _("on site"),
        VisitMethod.PHONE: _("by phone"),
    }[method]
