"""Records the visits and needs stated in filled forms. The import itself records the facts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.fieldwork.needs import StatedNeed, list_needs, record_need
from relieftool.fieldwork.visits import (
    Visit,
    VisitLevel,
    VisitMethod,
    VisitStep,
    list_visits,
    record_visit,
)
from relieftool.spreadsheets.filled_form import FilledForm
from relieftool.spreadsheets.form_row_keys import NeedKind
from relieftool.store.database import write
from relieftool.store.former_numbers import find_current_number


@dataclass(frozen=True)
class RecordedCounts:
    """The numbers of visits and needs in forms that were not recorded before."""

    visits: int
    needs: int


def record_forms(db: Database, forms: Iterable[tuple[int, FilledForm]]) -> RecordedCounts:
    """Record the visits and needs of forms, each given with the import it came from.

    Forms of households that are not in the register are skipped, and nothing is recorded twice for
    one import. A visit or need that another import brought is recorded for this one too, so that it
    remains if the other is undone, but it is not counted as new.
    """
    numbers = {number for (number,) in db.execute("SELECT household_no FROM households")}
    current = [
        (import_id, replace(form, household_no=find_current_number(db, form.household_no)))
        for import_id, form in forms
    ]
    known = [(import_id, form) for import_id, form in current if form.household_no in numbers]
    visits = sum(_record_visit(db, form, import_id) for import_id, form in known)
    needs = sum(_record_needs(db, form, import_id) for import_id, form in known)
    return RecordedCounts(visits, needs)


def _record_visit(db: Database, form: FilledForm, import_id: int) -> bool:
    """Record a form's visit unless this import already brought it; return whether the visit is new.

    Visits of withdrawn imports do not count as known.
    """
    stated = form.visit
    visit = Visit(
        form.household_no,
        stated.visited_on,
        VisitStep.SURVEY,
        VisitLevel(stated.level),
        VisitMethod(stated.method),
        stated.investigators,
        stated.found,
        stated.knows_policy,
    )
    known = [earlier.identity for earlier in list_visits(db, form.household_no)]
    of_import = list_visits(db, form.household_no, import_id=import_id)
    if visit.identity not in [earlier.identity for earlier in of_import]:
        record_visit(db, visit, import_id=import_id)
    return visit.identity not in known


def _record_needs(db: Database, form: FilledForm, import_id: int) -> int:
    """Record a form's needs that this import did not bring yet; return the number of new needs.

    Needs of withdrawn imports do not count as known.
    """
    stated = [StatedNeed(form.household_no, form.visit.visited_on, need) for need in form.needs]
    if form.needs_words:
        stated.append(
            StatedNeed(form.household_no, form.visit.visited_on, NeedKind.WORDS, form.needs_words)
        )
    known = list_needs(db, form.household_no)
    of_import = list_needs(db, form.household_no, import_id=import_id)
    missing = [need for need in stated if need not in of_import]
    if missing:
        with write(db):
            for need in missing:
                record_need(db, need, import_id=import_id)
    return sum(need not in known for need in stated)
