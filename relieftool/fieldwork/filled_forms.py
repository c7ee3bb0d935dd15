"""What filled forms say of visits and needs, written down once; the facts are the import's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.fieldwork.needs import (
    StatedNeed,
    list_needs,
    needs_of_form,
    record_need,
)
from relieftool.fieldwork.visits import (
    Level,
    Method,
    Visit,
    VisitStep,
    list_visits,
    record_visit,
    visit_key,
    visits_of_form,
)
from relieftool.registry.store import write
from relieftool.registry.trail import present_number
from relieftool.spreadsheets.form_marks import Need
from relieftool.spreadsheets.own_forms import FilledForm


@dataclass(frozen=True)
class Recorded:
    """How many visits and needs were written down; those known before are not among them."""

    visits: int
    needs: int


def record_forms(db: Database, forms: Iterable[tuple[int, FilledForm]]) -> Recorded:
    """Write down the visits and needs of forms for households there are, each with its import.

    A form read before adds nothing. What another form told is kept for this one too, and not
    counted: should the other be taken back, it still stands here.
    """
    numbers = {row["household_no"] for row in db.query("SELECT household_no FROM households")}
    named = (
        (number, replace(one, household_no=present_number(db, one.household_no)))
        for number, one in forms
    )
    known = [(number, one) for number, one in named if one.household_no in numbers]
    visits = sum(_record_visit(db, one, import_id) for import_id, one in known)
    needs = sum(_record_needs(db, one, import_id) for import_id, one in known)
    return Recorded(visits, needs)


def _record_visit(db: Database, form: FilledForm, import_id: int) -> bool:
    """Write the visit down unless this import told it; say whether nothing had told it before."""
    told = form.visit
    visit = Visit(
        form.household_no,
        told.visited_on,
        VisitStep.SURVEY,
        Level(told.level),
        Method(told.method),
        told.investigators,
        told.found,
        told.knows_policy,
    )
    key = visit_key(visit)
    told_here = visits_of_form(db, form.household_no, import_id)
    is_new = key not in map(visit_key, list_visits(db, form.household_no))
    if key not in map(visit_key, told_here):
        record_visit(db, visit, import_id=import_id)
    return is_new


def _record_needs(db: Database, form: FilledForm, import_id: int) -> int:
    """Write down what this import did not tell yet; give how many nobody had told of that day."""
    stated = [StatedNeed(form.household_no, form.visit.visited_on, one) for one in form.needs]
    if form.needs_words:
        words = StatedNeed(form.household_no, form.visit.visited_on, Need.WORDS, form.needs_words)
        stated.append(words)
    known = list_needs(db, form.household_no)
    told_here = needs_of_form(db, form.household_no, import_id)
    untold = [one for one in stated if one not in told_here]
    if untold:
        with write(db):
            for one in untold:
                record_need(db, one, import_id=import_id)
    return sum(one not in known for one in stated)
