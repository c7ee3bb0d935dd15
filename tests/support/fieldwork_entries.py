"""A row in each table of the fieldwork."""

from datetime import date
from fractions import Fraction

from relieftool.fieldwork.entries import record_withdrawals
from relieftool.fieldwork.helpers import Helper, record_assignment, record_helper
from relieftool.fieldwork.measures import Measure, MeasureKind, record_measure
from relieftool.fieldwork.needs import StatedNeed, record_need
from relieftool.fieldwork.samples import FramedHousehold, Revisit, draw_sample, record_revisit
from relieftool.fieldwork.visits import Visit, VisitLevel, VisitMethod, VisitStep, record_visit
from relieftool.spreadsheets.form_row_keys import NeedKind
from relieftool.store.database import write

DAY = date(2024, 12, 10)


SURVEY = Visit(
    *("HK-1", "2024-12-10", VisitStep.SURVEY, VisitLevel.COMMUNITY, VisitMethod.HOME),
    *(("张三", "李四"), "情况属实"),
)


def visit(db, household_no="HK-1", on="2024-12-10", step=VisitStep.SURVEY, **changed):
    stated = {"household_no": household_no, "visited_on": on, "step": step}
    return record_visit(db, Visit(**(vars(SURVEY) | stated | changed)))


def fill_fieldwork(db):
    """Write a row into each table of the fieldwork."""

    visit(db)
    helper(db, "周华")
    record_assignment(db, "HK-1", "周华", by="王五", on=DAY)
    plan = Measure("HK-1", MeasureKind.SCHOOLING, "2024-12-01", None, 50000, None, "王五")
    record_measure(db, plan)
    frame = [FramedHousehold("HK-1", "河口下")]
    draw_sample(db, frame, rate=Fraction(1), seed="1", on=DAY)
    record_revisit(db, Revisit("HK-1", "2024-12-12", False, "住房已变", "赵六"))  # noqa: FBT003
    with write(db):
        record_need(db, StatedNeed("HK-1", "2024-12-12", NeedKind.WORDS, "想在家做活"), import_id=1)
    with write(db):
        db.execute("UPDATE imports SET undone_at = '2024-12-13' WHERE import_id = 1")
        record_withdrawals(db, DAY)
        db.execute("UPDATE imports SET undone_at = NULL WHERE import_id = 1")
        record_withdrawals(db, DAY)


def helper(db, name, *communities, helper_type="person", **changed):
    record_helper(db, Helper(name, helper_type, None, communities, **changed), DAY)
