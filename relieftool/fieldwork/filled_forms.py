"""What filled forms say of visits and needs, written down once; the facts are the import's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.fieldwork.needs import StatedNeed, list_needs, record_need
from relieftool.fieldwork.visits import (
    Level,
    Method,
    Visit,
    VisitStep,
    list_visits,
    record_visit,
)
from relieftool.ledger.steps import writing
from relieftool.registry.trail import present_number
from relieftool.spreadsheets.form_marks import Need
from relieftool.spreadsheets.own_forms import FilledForm


@dataclass(frozen=True)
class Recorded:
    """How many visits and needs were written down; those known before are not among them."""

    visits: int
    needs: int


def record_forms(db: Database, forms: Iterable[FilledForm]) -> Recorded:
    """Write down the visits and needs of forms for households there are.

    A form read before adds nothing.
    """
    numbers = {row["household_no"] for row in db.query("SELECT household_no FROM households")}
    named = (replace(one, household_no=present_number(db, one.household_no)) for one in forms)
    known = [one for one in named if one.household_no in numbers]
    visits = sum(_record_visit(db, one) for one in known)
    needs = sum(_record_needs(db, one) for one in known)
    return Recorded(visits, needs)


def _record_visit(db: Database, form: FilledForm) -> bool:
    """Write the visit down unless it stands there; say whether it was new."""
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
    if any(_is_same(visit, one) for one in list_visits(db, form.household_no)):
        return False
    record_visit(db, visit)
    return True


def _is_same(one: Visit, other: Visit) -> bool:
    """Say whether two visits are one: of a day, a step and the same people."""
    return (one.visited_on, one.step, set(one.investigators)) == (
        other.visited_on,
        other.step,
        set(other.investigators),
    )


def _record_needs(db: Database, form: FilledForm) -> int:
    """Write down what was not said on that day before; give how many."""
    stated = [StatedNeed(form.household_no, form.visit.visited_on, one) for one in form.needs]
    if form.needs_words:
        words = StatedNeed(form.household_no, form.visit.visited_on, Need.WORDS, form.needs_words)
        stated.append(words)
    known = list_needs(db, form.household_no)
    new = [one for one in stated if one not in known]
    if new:
        with writing(db, is_rehearsal=False):
            for one in new:
                record_need(db, one)
    return len(new)
