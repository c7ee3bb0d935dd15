"""Visits and how far they have come, for people and programs."""

import math
from collections.abc import Sequence
from fractions import Fraction

from relieftool.fieldwork import Visit, VisitCoverage, VisitStep
from relieftool.fieldwork.coverage import (
    DUE_SOON_DAYS,
    Awareness,
    HouseholdCoverage,
    StepCoverage,
)
from relieftool.fieldwork.visits import format_visit_level, format_visit_method, format_visit_step
from relieftool.messages import _
from relieftool.output.result import (
    Columns,
    RecordTable,
    Result,
    ResultColumn,
    build_documents,
    list_json_columns,
)

_Counted = tuple[str | None, StepCoverage]  # a community, None for all, and its figures
_Asked = tuple[str | None, Awareness]
_PERCENT = 100
_NOISE = 1e-7  # of figures in binary: 0.05 is a little more than 5 %


def build_visit_result(visit: Visit) -> Result:
    """Return one visit as it was written down."""
    table = visits_table([visit])
    (written,) = table.documents()
    return Result({"relief_result": 1, "command": "visit", "visit": written}, (table,))


def visits_table(visits: Sequence[Visit]) -> RecordTable[Visit]:
    """Return the table of visits; what was found is private."""
    columns: tuple[ResultColumn[Visit], ...] = (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("visited_on", _("Day")),
        ResultColumn("step", _("Step"), words=lambda visit: format_visit_step(visit.step)),
        ResultColumn("level", _("Level"), words=lambda visit: format_visit_level(visit.level)),
        ResultColumn("method", _("Method"), words=lambda visit: format_visit_method(visit.method)),
        ResultColumn(
            "investigators",
            _("Investigators"),
            words=lambda visit: _(", ").join(visit.investigators),
        ),
        ResultColumn("knows_policy", _("Knows the policies")),
        ResultColumn("found", _("Found"), unit="private"),
    )
    return RecordTable(_("Visits"), columns, visits)


def build_coverage_result(coverage: VisitCoverage, step: VisitStep) -> Result:
    """Return the figures of all steps, and the households one step still waits for."""
    places: list[str | None] = [*coverage.communities, None]
    counted = [(place, coverage.count(each, place)) for place in places for each in VisitStep]
    asked = [(place, coverage.awareness(place)) for place in places]
    columns = _household_columns()
    households = [one for one in coverage.households if one.step == step]
    answer = {
        "relief_result": 1,
        "command": "visits",
        "as_of": coverage.day.isoformat(),
        "every_days": coverage.every_days,
        "coverage": build_documents(_figure_columns(), counted),
        "awareness": build_documents(_awareness_columns(), asked),
        "step": step,
        "households": build_documents(columns, households),
    }
    shown = _table_places(coverage)
    figures = _figures(coverage, [one for one in counted if one[0] in shown])
    known = [one for one in asked if one[0] in shown]
    awareness = RecordTable(_("Who knows the policies"), _awareness_columns(), known)
    return Result(answer, (figures, awareness, _waiting(households, step)))


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)


def _community(place: tuple[str | None, object]) -> str:
    return place[0] or _("all communities")


def _figure_columns() -> tuple[ResultColumn[_Counted], ...]:
    figures: Columns = (
        ResultColumn("step", _("Step"), words=lambda count: format_visit_step(count.step)),
        ResultColumn("households", _("Households"), "right"),
        ResultColumn("done", _("Done"), "right"),
        ResultColumn("due", _("Due soon"), "right"),
        ResultColumn("overdue", _("Past due"), "right"),
        ResultColumn("never", _("Never"), "right"),
        ResultColumn("phone_only", _("By phone only"), "right"),
        ResultColumn(
            "share",
            _("Covered"),
            "right",
            value=lambda count: _number(count.share),
            words=lambda count: format_percent(count.share),
        ),
    )
    return (
        ResultColumn(
            "community", _("Community"), value=lambda counted: counted[0], words=_community
        ),
        *(column.of(lambda counted: counted[1]) for column in figures),
    )


def _figures(coverage: VisitCoverage, counted: list[_Counted]) -> RecordTable[_Counted]:
    notes = [
        _(
            "A visit counts for {every} days and is due again in its last {soon}; the aim is 100 %."
        ).format(every=coverage.every_days, soon=DUE_SOON_DAYS),
        _("A survey by telephone is kept and shown, but is no visit to a home and does not count."),
    ]
    title = _("Visits as of {day}").format(day=coverage.day.isoformat())
    return RecordTable(title, _figure_columns(), counted, notes)


def format_percent(share: Fraction | None) -> str | None:
    """Write a share in hundredths, half a tenth rounded up; 100 % still means all.

    >>> format_percent(Fraction(1, 6)), format_percent(Fraction(2, 3)), format_percent(Fraction(1, 2000))
    ('16.7 %', '66.7 %', '0.1 %')
    >>> format_percent(Fraction(9999, 10000)), format_percent(Fraction(1)), format_percent(None)
    ('99.9 %', '100.0 %', None)
    """
    if share is None:
        return None
    tenths = math.floor(share * _PERCENT * 10 + Fraction(1, 2))
    return _tenths(tenths if share >= 1 else min(tenths, _PERCENT * 10 - 1))


def format_percent_range(low: float, high: float) -> tuple[str, str]:
    """Write the ends of an interval in hundredths, each rounded outward: it never grows narrower.

    >>> format_percent_range(0.0089, 0.23612), format_percent_range(0.05, 0.1), format_percent_range(1 / 3, 1 / 3)
    (('0.8 %', '23.7 %'), ('5.0 %', '10.0 %'), ('33.3 %', '33.4 %'))
    """
    scale = _PERCENT * 10
    return _tenths(math.floor(low * scale + _NOISE)), _tenths(math.ceil(high * scale - _NOISE))


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10} %"


def _table_places(coverage: VisitCoverage) -> list[str | None]:
    """Give the communities, and None for all of them where there are several."""
    places = coverage.communities
    return [*places] if len(places) == 1 else [*places, None]


def _awareness_columns() -> tuple[ResultColumn[_Asked], ...]:
    figures: Columns = (
        ResultColumn("asked", _("Families asked"), "right"),
        ResultColumn("knows", _("Know the policies"), "right"),
        ResultColumn(
            "rate",
            _("Policy awareness"),
            "right",
            value=lambda found: _number(found.rate),
            words=lambda found: format_percent(found.rate),
        ),
    )
    return (
        ResultColumn("community", _("Community"), value=lambda asked: asked[0], words=_community),
        *(column.of(lambda asked: asked[1]) for column in figures),
    )


def _state_words() -> dict[str, str]:
    """Return the states of a household that is still to be visited, the least urgent first."""
    return {"due": _("due soon"), "overdue": _("overdue"), "never": _("never")}


def _household_columns() -> tuple[ResultColumn[HouseholdCoverage], ...]:
    words = _state_words()
    return (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community")),
        *list_json_columns("step"),
        ResultColumn("last_on", _("Last visit"), is_optional=True),
        ResultColumn("state", _("State"), words=lambda one: words[one.state]),
        *list_json_columns("phoned_on"),
    )


def _waiting(
    households: Sequence[HouseholdCoverage], step: VisitStep
) -> RecordTable[HouseholdCoverage]:
    """Return the households that are still to be visited, the most urgent first."""
    urgency = list(_state_words())
    waiting = sorted(
        (household for household in households if household.state in urgency),
        key=lambda household: (-urgency.index(household.state), household.community),
    )
    title = _("Still to be visited: {step}").format(step=format_visit_step(step))
    return RecordTable(title, _household_columns(), waiting)
