"""Visits, samples, helpers, measures and needs as tables and as JSON."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from operator import attrgetter, itemgetter
from typing import Any

from relieftool.fieldwork.coverage import (
    DUE_SOON_DAYS,
    HouseholdCoverage,
    StepCoverage,
    VisitCoverage,
)
from relieftool.fieldwork.error_rates import ErrorRate, find_error_rates
from relieftool.fieldwork.helpers import Helper, Pairing
from relieftool.fieldwork.measures import Measure
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.fieldwork.samples import Revisit, Sample, SampleResults
from relieftool.fieldwork.visits import (
    Visit,
    VisitStep,
)
from relieftool.messages import _, format_choice
from relieftool.output.result import Column, Columns, RecordTable, Result, build_documents
from relieftool.output.result_cells import MaskableText, build_sentence, hide_value
from relieftool.output.wording import format_need
from relieftool.spreadsheets.form_row_keys import NeedKind

_PERCENT = 100
_NOISE = 1e-7  # 0.05 as a float is a little more than 5 %; it must not become 5.1 %


def build_visit_result(visit: Visit) -> Result:
    """Return one recorded visit as a table and as JSON."""
    table = visits_table([visit])
    (written,) = table.documents()
    return Result({"relief_result": 1, "command": "visit", "visit": written}, (table,))


def visits_table(visits: Sequence[Visit]) -> RecordTable[Visit]:
    """Return the table of visits; what was found is private."""
    columns: tuple[Column[Visit], ...] = (
        Column("household_no", _("Household"), is_whole=True),
        Column("visited_on", _("Day")),
        Column("step", _("Step"), format_choice),
        Column("level", _("Level"), format_choice),
        Column("method", _("Method"), format_choice),
        Column("investigators", _("Investigators"), lambda names: _(", ").join(names)),
        Column("knows_policy", _("Knows the policies")),
        Column("found", _("Found"), unit="private"),
    )
    return RecordTable(_("Visits"), columns, visits)


def build_coverage_result(coverage: VisitCoverage, step: VisitStep) -> Result:
    """Return the figures of all steps, the policy awareness, and the household states in `step`.

    JSON lists all households, the table only those still to be visited.
    """
    places: list[str | None] = [*coverage.communities, None]
    counted = _count_steps(coverage, places)
    asked = [(place, coverage.awareness(place)) for place in places]
    columns = _household_columns()
    households = [household for household in coverage.households if household.step == step]
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
    known = [row for row in asked if row[0] in _list_places(coverage)]
    awareness = RecordTable(
        _("Who knows the policies"), _awareness_columns(), known, weigh=_weigh_place
    )
    tables = (coverage_table(coverage), awareness, _waiting_table(households, step))
    is_asked = any(counted.asked for _place, counted in known)
    return Result(answer, tables, on_screen=tables if is_asked else (tables[0], tables[2]))


_StepRow = tuple[str | None, StepCoverage]


def coverage_table(coverage: VisitCoverage) -> RecordTable[_StepRow]:
    """Return the table of how many households each step of visits has reached, by community."""
    notes = [
        _(
            "A visit counts for {every} days and is due again in its last {soon}; the aim is 100 %."
        ).format(every=coverage.every_days, soon=DUE_SOON_DAYS),
        _("A survey by telephone is kept and shown, but is no visit to a home and does not count."),
    ]
    title = _("Visits as of {day}").format(day=coverage.day)
    counted = _count_steps(coverage, _list_places(coverage))
    return RecordTable(title, _figure_columns(), counted, notes, weigh=_weigh_place)


def _weigh_place(row: tuple[str | None, object]) -> bool:
    """Whether a row of figures comes late on a screen: all those of single communities."""
    return row[0] is not None


def _list_places(coverage: VisitCoverage) -> list[str | None]:
    """Return the communities, and None for all together unless there is only one."""
    return [*coverage.communities, *([] if len(coverage.communities) == 1 else [None])]


def _count_steps(coverage: VisitCoverage, places: Sequence[str | None]) -> list[_StepRow]:
    return [(place, coverage.count(step, place)) for place in places for step in VisitStep]


def _community_column() -> Column[Any]:
    """Return the column of the community; None is shown as all communities."""
    return Column(
        "community",
        _("Community"),
        lambda community: community or _("all communities"),
        value=itemgetter(0),
    )


def _figure_columns() -> Columns:
    figures = Column.of_part(
        itemgetter(1),
        Column("step", _("Step"), format_choice, card="lead"),
        Column.number("households", _("Households")),
        Column.number("done", _("Done")),
        Column.number("due", _("Due soon")),
        Column.number("overdue", _("Past due")),
        Column.number("never", _("Never")),
        Column.number("phone_only", _("By phone only")),
        _share_column("share", _("Covered")),
    )
    return (_community_column(), *figures)


def _awareness_columns() -> Columns:
    figures = Column.of_part(
        itemgetter(1),
        Column.number("asked", _("Families asked")),
        Column.number("knows", _("Know the policies")),
        _share_column("rate", _("Policy awareness")),
    )
    return (_community_column(), *figures)


def _share_column(key: str, label: str) -> Column[Any]:
    """Return the column of a share: a percentage in tables, a decimal number in JSON."""
    share = attrgetter(key)

    def number(record: object) -> float | None:
        return None if share(record) is None else float(share(record))

    return Column.number(
        key, label, value=number, words=lambda record: format_percent(share(record))
    )


def format_percent(share: Fraction | None) -> str | None:
    """Return a share as a percentage with one decimal; None stays None.

    A share below 1 is at most "99.9 %".

    >>> format_percent(Fraction(1, 6)), format_percent(Fraction(1, 2000))
    ('16.7 %', '0.1 %')
    >>> format_percent(Fraction(9999, 10000)), format_percent(Fraction(1)), format_percent(None)
    ('99.9 %', '100.0 %', None)
    """
    if share is None:
        return None
    tenths = math.floor(share * _PERCENT * 10 + Fraction(1, 2))
    return _format_tenths(tenths if share >= 1 else min(tenths, _PERCENT * 10 - 1))


def format_percent_range(low: float, high: float) -> tuple[str, str]:
    """Return the ends of an interval in percent, the lower rounded down, the upper rounded up.

    >>> format_percent_range(0.0089, 0.23612), format_percent_range(0.05, 0.1)
    (('0.8 %', '23.7 %'), ('5.0 %', '10.0 %'))
    >>> format_percent_range(1 / 3, 1 / 3)
    ('33.3 %', '33.4 %')
    """
    scale = _PERCENT * 10
    return _format_tenths(math.floor(low * scale + _NOISE)), _format_tenths(
        math.ceil(high * scale - _NOISE)
    )


def _format_tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10} %"


def _state_words() -> dict[str, str]:
    """Return the words for the states of households still to be visited, least urgent first."""
    return {"due": _("due soon"), "overdue": _("overdue"), "never": _("never")}


def _household_columns() -> tuple[Column[HouseholdCoverage], ...]:
    words = _state_words()
    return (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community")),
        *Column.json("step"),
        Column.optional("last_on", _("Last visit")),
        Column("state", _("State"), words.get),
        *Column.json("phoned_on"),
    )


def _waiting_table(
    households: Sequence[HouseholdCoverage], step: VisitStep
) -> RecordTable[HouseholdCoverage]:
    """Return the table of the households still to be visited, the most urgent first."""
    urgency = list(_state_words())
    waiting = sorted(
        (household for household in households if household.state in urgency),
        key=lambda household: (-urgency.index(household.state), household.community),
    )
    title = _("Still to be visited: {step}").format(step=format_choice(step))
    return RecordTable(title, _household_columns(), waiting)


_Drawn = tuple[str, str, Revisit | None]  # household number, stratum, re-visit if there is one


def build_sample_result(results: SampleResults) -> Result:
    """Return the error rates, and the households drawn with their re-visits."""
    sample = results.sample
    rates = find_error_rates(results)
    drawn = [
        (number, stratum.name, results.revisits.get(number))
        for stratum in sample.strata
        for number in stratum.drawn
    ]
    households = RecordTable(_("Households drawn"), _drawn_columns(), drawn)
    document = {
        "relief_result": 1,
        "command": "sample",
        "sample": {key: value for key, value in asdict(sample).items() if key != "strata"},
        "rates": [_rate_document(rate) for rate in rates],
        "households": households.documents(),
    }
    title = _("Sample {number} of {day}: {rate} of each stratum, seed {seed}").format(
        number=sample.sample_id,
        day=sample.drawn_on,
        rate=_format_share(sample.rate),
        seed=sample.seed,
    )
    return Result(
        document,
        (RecordTable(title, _rate_columns(), rates, _list_notes(sample, rates)), households),
    )


def _rate_document(rate: ErrorRate) -> dict[str, object]:
    share = None if rate.rate is None else float(rate.rate)
    return {**asdict(rate), "rate": share, "outstanding": rate.outstanding}


def _rate_columns() -> tuple[Column[ErrorRate], ...]:
    return (
        Column("stratum", _("Stratum"), lambda stratum: stratum or _("all, weighted")),
        Column.number("households", _("Households")),
        Column.number("drawn", _("Drawn")),
        Column.number("revisited", _("Re-visited")),
        Column.number("errors", _("Errors")),
        Column.number("rate", _("Error rate"), format=format_percent),
        Column("wilson", _("95 % (Wilson)"), words=_format_interval),
    )


def _drawn_columns() -> Columns:
    return (
        Column("household_no", _("Household"), is_whole=True, value=itemgetter(0)),
        Column("stratum", _("Stratum"), value=itemgetter(1)),
        *Column.of_part(
            itemgetter(2),
            Column("agrees", _("Agrees")),
            Column.optional("revisited_on", _("Day")),
            Column.optional("by", _("By")),
        ),
    )


def _format_share(rate: str) -> str:
    """Return the share that was drawn, such as "1/8", in percent.

    >>> _format_share("1"), _format_share("1/10"), _format_share("1/8"), _format_share("1/3")
    ('100 %', '10 %', '12.5 %', '33.3333 %')
    """
    return f"{float(Fraction(rate) * 100):g} %"


def _list_notes(sample: Sample, rates: list[ErrorRate]) -> list[str]:
    lines = [
        _("The list it was drawn from has the SHA-256 {sha256}.").format(sha256=sample.frame_sha256)
    ]
    outstanding = rates[-1].outstanding
    if outstanding:
        lines.append(_("Still to be re-visited: {count}.").format(count=outstanding))
    if rates[-1].rate is None:
        lines.append(_("The rate over all is known once every stratum has a re-visit."))
    if rates[-1].is_approximate:
        lines.append(
            _(
                "Over all strata the interval is approximate: it weighs the strata and counts the"
                " sample as the number of cases that it is worth."
            )
        )
    return lines


def _format_interval(rate: ErrorRate) -> str | None:
    if rate.wilson is None:
        return None
    low, high = format_percent_range(*rate.wilson)
    words = _("about {low} to {high}") if rate.is_approximate else _("{low} to {high}")
    return words.format(low=low, high=high)


def build_helpers_result(command: str, helpers: Sequence[Helper]) -> Result:
    """Return helpers with the number of households each is responsible for."""
    return helpers_table(helpers).result(command, "helpers")


def helpers_table(helpers: Sequence[Helper]) -> RecordTable[Helper]:
    """Return the table of helpers."""

    def communities(names: Sequence[str]) -> str:
        return _(", ").join(names) or _("all communities")

    columns: tuple[Column[Helper], ...] = (
        Column("name", _("Name")),
        Column(
            "helper_type",
            _("Unit or person"),
            lambda sort: _("unit") if sort == "unit" else _("person"),
        ),
        Column.optional("unit", _("Unit")),
        Column("communities", _("Communities"), communities),
        *Column.json("is_active"),
        Column.number("households", _("Households")),
    )
    return RecordTable(_("Helpers"), columns, helpers)


def build_pairings_result(pairings: Sequence[Pairing]) -> Result:
    """Return households with their suggested or assigned helpers; JSON counts those without one."""
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community")),
        Column("helper", _("Helper")),
    )
    table = RecordTable(_("Helpers of households"), columns, pairings)
    without = sum(pairing.helper is None for pairing in pairings)
    return table.result("assign", "assignments", without=without)


def measures_table(measures: Sequence[Measure]) -> RecordTable[Measure]:
    """Return the table of measures."""
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("kind", _("Measure"), format_choice),
        Column.optional("planned_on", _("Planned for")),
        Column.optional("done_on", _("Done")),
        Column.money("amount", _("Yuan"), is_optional=True),
        Column.optional("result", _("Result")),
        Column("by", _("By")),
        *Column.json("measure_id"),
    )
    return RecordTable(_("Measures"), columns, measures)


def build_measures_result(measures: Sequence[Measure]) -> Result:
    """Return measures as a table and as JSON."""
    return measures_table(measures).result("measure", "measures")


def build_needs_result(needs: Sequence[AnsweredNeed]) -> Result:
    """Return needs as a table and as JSON, each with the measures that answer it."""
    return needs_table(needs).result("needs", "needs")


def needs_table(needs: Sequence[AnsweredNeed]) -> RecordTable[AnsweredNeed]:
    """Return the table of needs; a family's own words are private."""
    states = {"open": _("still open"), "planned": _("planned"), "done": _("done")}
    columns: tuple[Column[AnsweredNeed], ...] = (
        Column("household_no", _("Household"), is_whole=True, value="stated.household_no"),
        Column("stated_on", _("Stated on"), value="stated.stated_on"),
        Column("need", _("Need"), words=_need_words, value="stated.need"),
        Column("words", only="json", unit="private", value="stated.words"),
        Column("state", _("State"), states.get),
        Column("measure_kinds", only="json", value="kinds"),
        Column(
            "measures",
            _("Measures that answer it"),
            is_wide=True,
            value=lambda need: [measure.measure_id for measure in need.measures],
            words=lambda need: _(", ").join(format_choice(kind) for kind in need.kinds),
        ),
    )
    return RecordTable(_("What families need"), columns, needs)


def _need_words(need: AnsweredNeed) -> MaskableText:
    word = format_need(need.stated.need)
    if need.stated.need is not NeedKind.WORDS:
        return word
    return build_sentence(_("{label}: {value}"), label=word, value=hide_value(need.stated.words))
