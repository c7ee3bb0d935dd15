"""Visits and how far they have come, for people and programs."""

import math
from collections.abc import Sequence
from fractions import Fraction

from relieftool.fieldwork import Coverage, Visit, VisitStep
from relieftool.fieldwork.coverage import (
    DUE_SOON_DAYS,
    Awareness,
    HouseholdCoverage,
    StepCoverage,
)
from relieftool.fieldwork.visits import level_word, method_word, step_word
from relieftool.messages import _
from relieftool.output.result import Column, Columns, Result, Table, documents, in_json

_Counted = tuple[str | None, StepCoverage]  # a community, None for all, and its figures
_Asked = tuple[str | None, Awareness]
_PERCENT = 100
_NOISE = 1e-7  # of figures in binary: 0.05 is a little more than 5 %


def visit_result(visit: Visit) -> Result:
    """Return one visit as it was written down."""
    table = visits_table([visit])
    (written,) = table.documents()
    return Result({"relief_result": 1, "command": "visit", "visit": written}, (table,))


def visits_table(visits: Sequence[Visit]) -> Table[Visit]:
    """Return the table of visits; what was found is private."""
    columns: tuple[Column[Visit], ...] = (
        Column("household_no", _("Household"), is_whole=True),
        Column("visited_on", _("Day")),
        Column("step", _("Step"), words=lambda visit: step_word(visit.step)),
        Column("level", _("Level"), words=lambda visit: level_word(visit.level)),
        Column("method", _("Method"), words=lambda visit: method_word(visit.method)),
        Column(
            "investigators",
            _("Investigators"),
            words=lambda visit: _(", ").join(visit.investigators),
        ),
        Column("knows_policy", _("Knows the policies")),
        Column("found", _("Found"), unit="private"),
    )
    return Table(_("Visits"), columns, visits)


def coverage_result(coverage: Coverage, step: VisitStep) -> Result:
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
        "coverage": documents(_figure_columns(), counted),
        "awareness": documents(_awareness_columns(), asked),
        "step": step,
        "households": documents(columns, households),
    }
    shown = _table_places(coverage)
    figures = _figures(coverage, [one for one in counted if one[0] in shown])
    known = [one for one in asked if one[0] in shown]
    awareness = Table(_("Who knows the policies"), _awareness_columns(), known)
    return Result(answer, (figures, awareness, _waiting(households, step)))


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)


def _community(place: tuple[str | None, object]) -> str:
    return place[0] or _("all communities")


def _figure_columns() -> tuple[Column[_Counted], ...]:
    figures: Columns = (
        Column("step", _("Step"), words=lambda count: step_word(count.step)),
        Column("households", _("Households"), "right"),
        Column("done", _("Done"), "right"),
        Column("due", _("Due soon"), "right"),
        Column("overdue", _("Past due"), "right"),
        Column("never", _("Never"), "right"),
        Column("phone_only", _("By phone only"), "right"),
        Column(
            "share",
            _("Covered"),
            "right",
            value=lambda count: _number(count.share),
            words=lambda count: percent(count.share),
        ),
    )
    return (
        Column("community", _("Community"), value=lambda counted: counted[0], words=_community),
        *(column.of(lambda counted: counted[1]) for column in figures),
    )


def _figures(coverage: Coverage, counted: list[_Counted]) -> Table[_Counted]:
    notes = [
        _(
            "A visit counts for {every} days and is due again in its last {soon}; the aim is 100 %."
        ).format(every=coverage.every_days, soon=DUE_SOON_DAYS),
        _("A survey by telephone is kept and shown, but is no visit to a home and does not count."),
    ]
    title = _("Visits as of {day}").format(day=coverage.day.isoformat())
    return Table(title, _figure_columns(), counted, notes)


def percent(share: Fraction | None) -> str | None:
    """Write a share in hundredths, half a tenth rounded up; 100 % still means all.

    >>> percent(Fraction(1, 6)), percent(Fraction(2, 3)), percent(Fraction(1, 2000))
    ('16.7 %', '66.7 %', '0.1 %')
    >>> percent(Fraction(9999, 10000)), percent(Fraction(1)), percent(None)
    ('99.9 %', '100.0 %', None)
    """
    if share is None:
        return None
    tenths = math.floor(share * _PERCENT * 10 + Fraction(1, 2))
    return _tenths(tenths if share >= 1 else min(tenths, _PERCENT * 10 - 1))


def percent_range(low: float, high: float) -> tuple[str, str]:
    """Write the ends of an interval in hundredths, each rounded outward: it never grows narrower.

    >>> percent_range(0.0089, 0.23612), percent_range(0.05, 0.1), percent_range(1 / 3, 1 / 3)
    (('0.8 %', '23.7 %'), ('5.0 %', '10.0 %'), ('33.3 %', '33.4 %'))
    """
    scale = _PERCENT * 10
    return _tenths(math.floor(low * scale + _NOISE)), _tenths(math.ceil(high * scale - _NOISE))


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10} %"


def _table_places(coverage: Coverage) -> list[str | None]:
    """Give the communities, and None for all of them where there are several."""
    places = coverage.communities
    return [*places] if len(places) == 1 else [*places, None]


def _awareness_columns() -> tuple[Column[_Asked], ...]:
    figures: Columns = (
        Column("asked", _("Families asked"), "right"),
        Column("knows", _("Know the policies"), "right"),
        Column(
            "rate",
            _("Policy awareness"),
            "right",
            value=lambda found: _number(found.rate),
            words=lambda found: percent(found.rate),
        ),
    )
    return (
        Column("community", _("Community"), value=lambda asked: asked[0], words=_community),
        *(column.of(lambda asked: asked[1]) for column in figures),
    )


def _state_words() -> dict[str, str]:
    """Return the states of a household that is still to be visited, the least urgent first."""
    return {"due": _("due soon"), "overdue": _("overdue"), "never": _("never")}


def _household_columns() -> tuple[Column[HouseholdCoverage], ...]:
    words = _state_words()
    return (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community")),
        *in_json("step"),
        Column("last_on", _("Last visit"), is_optional=True),
        Column("state", _("State"), words=lambda one: words[one.state]),
        *in_json("phoned_on"),
    )


def _waiting(households: Sequence[HouseholdCoverage], step: VisitStep) -> Table[HouseholdCoverage]:
    """Return the households that are still to be visited, the most urgent first."""
    urgency = list(_state_words())
    waiting = sorted(
        (household for household in households if household.state in urgency),
        key=lambda household: (-urgency.index(household.state), household.community),
    )
    title = _("Still to be visited: {step}").format(step=step_word(step))
    return Table(title, _household_columns(), waiting)
