"""What filled forms say of visits and needs, written down once; the facts are the import's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.fieldwork.needs import (
    StatedNeed,
    list_form_needs,
    list_needs,
    record_need,
)
from relieftool.fieldwork.visits import (
    Visit,
    VisitLevel,
    VisitMethod,
    VisitStep,
    build_visit_identity,
    list_form_visits,
    list_visits,
    record_visit,
)
from relieftool.spreadsheets.filled_form import FilledForm
from relieftool.spreadsheets.form_row_keys import NeedKind
from relieftool.store.database import write
from relieftool.store.former_numbers import find_current_number


@dataclass(frozen=True)
class RecordedCounts:
    """How many visits and needs were written down; those known before are not among them."""

    visits: int
    needs: int


def record_forms(db: Database, forms: Iterable[tuple[int, FilledForm]]) -> RecordedCounts:
    """Write down the visits and needs of forms for households there are, each with its import.

    A form read before adds nothing. What another form told is kept for this one too, and not
    counted: should the other be taken back, it still stands here.
    """
    numbers = {row["household_no"] for row in db.query("SELECT household_no FROM households")}
    named = (
        (number, replace(one, household_no=find_current_number(db, one.household_no)))
        for number, one in forms
    )
    known = [(number, one) for number, one in named if one.household_no in numbers]
    visits = sum(_record_visit(db, one, import_id) for import_id, one in known)
    needs = sum(_record_needs(db, one, import_id) for import_id, one in known)
    return RecordedCounts(visits, needs)


def _record_visit(db: Database, form: FilledForm, import_id: int) -> bool:
    """Write the visit down unless this import told it; say whether nothing had told it before."""
    told = form.visit
    visit = Visit(
        form.household_no,
        told.visited_on,
        VisitStep.SURVEY,
        VisitLevel(told.level),
        VisitMethod(told.method),
        told.investigators,
        told.found,
        told.knows_policy,
    )
    key = build_visit_identity(visit)
    told_here = list_form_visits(db, form.household_no, import_id)
    is_new = key not in map(build_visit_identity, list_visits(db, form.household_no))
    if key not in map(build_visit_identity, told_here):
        record_visit(db, visit, import_id=import_id)
    return is_new


def _record_needs(db: Database, form: FilledForm, import_id: int) -> int:
    """Write down what this import did not tell yet; return how many nobody had told of that day."""
    stated = [StatedNeed(form.household_no, form.visit.visited_on, need) for need in form.needs]
    if form.needs_words:
        words = StatedNeed(
            form.household_no, form.visit.visited_on, NeedKind.WORDS, form.needs_words
        )
        stated.append(words)
    known = list_needs(db, form.household_no)
    told_here = list_form_needs(db, form.household_no, import_id)
    untold = [one for one in stated if one not in told_here]
    if untold:
        with write(db):
            for one in untold:
                record_need(db, one, import_id=import_id)
    return sum(one not in known for one in stated)
