"""Visits and how far they have come, for people and programs."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction

from relieftool.fieldwork import Coverage, Visit, VisitStep
from relieftool.fieldwork.coverage import DUE_SOON_DAYS, StepCoverage
from relieftool.fieldwork.visits import level_word, method_word, step_word
from relieftool.messages import _
from relieftool.output.cells import Cell
from relieftool.output.result import Column, Columns, Grid, Result, Table

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
    """Give the figures of all steps, and the households one step still waits for."""
    places = [*coverage.communities, None]
    counted = [(place, coverage.count(one, place)) for place in places for one in VisitStep]
    document = {
        "relief_result": 1,
        "command": "visits",
        "as_of": coverage.day.isoformat(),
        "every_days": coverage.every_days,
        "coverage": [
            {"community": place, **asdict(one), "share": _number(one.share)}
            for place, one in counted
        ],
        "awareness": [_awareness(coverage, place) for place in places],
        "step": step,
        "households": [asdict(one) for one in coverage.households if one.step == step],
    }
    grids = (_figures(coverage, counted), _awareness_grid(coverage), _waiting(coverage, step))
    return Result(document, grids)


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)


def _awareness(coverage: Coverage, place: str | None) -> dict[str, object]:
    found = coverage.awareness(place)
    return {"community": place, **asdict(found), "rate": _number(found.rate)}


def _figures(coverage: Coverage, counted: list[tuple[str | None, StepCoverage]]) -> Grid:
    columns: Columns = (
        Column("community", _("Community")),
        Column("step", _("Step")),
        Column("households", _("Households"), "right"),
        Column("done", _("Done"), "right"),
        Column("due", _("Due soon"), "right"),
        Column("overdue", _("Past due"), "right"),
        Column("never", _("Never"), "right"),
        Column("phone_only", _("By phone only"), "right"),
        Column("share", _("Covered"), "right"),
    )
    rows: list[list[Cell]] = [
        [
            place or _("all communities"),
            step_word(one.step),
            *(one.households, one.done, one.due, one.overdue, one.never, one.phone_only),
            percent(one.share),
        ]
        for place, one in counted
        if place in _table_places(coverage)
    ]
    notes = [
        _(
            "A visit counts for {every} days and is due again in its last {soon}; the aim is 100 %."
        ).format(every=coverage.every_days, soon=DUE_SOON_DAYS),
        _("A survey by telephone is kept and shown, but is no visit to a home and does not count."),
    ]
    title = _("Visits as of {day}").format(day=coverage.day.isoformat())
    return Grid(title, columns, rows, notes)


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


def _awareness_grid(coverage: Coverage) -> Grid:
    columns: Columns = (
        Column("community", _("Community")),
        Column("asked", _("Families asked"), "right"),
        Column("knows", _("Know the policies"), "right"),
        Column("rate", _("Policy awareness"), "right"),
    )
    rows: list[list[Cell]] = []
    for place in _table_places(coverage):
        found = coverage.awareness(place)
        name = place or _("all communities")
        rows.append([name, found.asked, found.knows, percent(found.rate)])
    return Grid(_("Who knows the policies"), columns, rows)


def _waiting(coverage: Coverage, step: VisitStep) -> Grid:
    words = {"due": _("due soon"), "overdue": _("overdue"), "never": _("never")}
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community")),
        Column("last_on", _("Last visit")),
        Column("state", _("State")),
    )
    rows: list[list[Cell]] = [
        [one.household_no, one.community, one.last_on or "", words[one.state]]
        for one in coverage.households
        if one.step == step and one.state in words
    ]
    rows.sort(key=lambda row: (list(words.values()).index(str(row[3])) * -1, str(row[1])))
    title = _("Still to be visited: {step}").format(step=step_word(step))
    return Grid(title, columns, rows)
