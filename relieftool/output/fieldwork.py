"""Visits and how far they have come, for people and programs.

A sample and what its re-visits showed, for people and programs.

Helpers, who answers for whom, and measures, for people and programs.

What families say they need beside what was done, for people and programs.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction

from relieftool.fieldwork.coverage import (
    DUE_SOON_DAYS,
    Awareness,
    HouseholdCoverage,
    StepCoverage,
    VisitCoverage,
)
from relieftool.fieldwork.error_rates import ErrorRate, Interval, find_error_rates
from relieftool.fieldwork.helpers import Helper, Pairing
from relieftool.fieldwork.measures import Measure, format_measure_kind
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.fieldwork.samples import Sample, SampleResults
from relieftool.fieldwork.visits import (
    Visit,
    VisitStep,
    format_visit_level,
    format_visit_method,
    format_visit_step,
)
from relieftool.messages import _
from relieftool.output.result import (
    Columns,
    PlainTable,
    RecordTable,
    Result,
    ResultColumn,
    build_documents,
    list_json_columns,
)
from relieftool.output.result_cells import MaskableText, ResultCell, build_sentence, hide_value
from relieftool.output.survey_form import format_need
from relieftool.spreadsheets.form_row_keys import NeedKind

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
    """Return the communities, and None for all of them where there are several."""
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


def build_sample_result(results: SampleResults) -> Result:
    """Return the error rates, and the households drawn with what was found at each."""
    sample = results.sample
    rates = find_error_rates(results)
    document = {
        "relief_result": 1,
        "command": "sample",
        "sample": {key: value for key, value in asdict(sample).items() if key != "strata"},
        "rates": [_rate_document(rate) for rate in rates],
        "households": [
            {
                "household_no": number,
                "stratum": stratum.name,
                **_found(results, number),
            }
            for stratum in sample.strata
            for number in stratum.drawn
        ],
    }
    return Result(document, (_rates_grid(sample, rates), _drawn_grid(results)))


def _rate_document(rate: ErrorRate) -> dict[str, object]:
    share = None if rate.rate is None else float(rate.rate)
    return {**asdict(rate), "rate": share, "outstanding": rate.outstanding}


def _found(results: SampleResults, number: str) -> dict[str, object]:
    found = results.revisits.get(number)
    return {
        "agrees": found.agrees if found else None,
        "revisited_on": found.revisited_on if found else None,
        "by": found.by if found else None,
    }


def _rates_grid(sample: Sample, rates: list[ErrorRate]) -> PlainTable:
    columns: Columns = (
        ResultColumn("stratum", _("Stratum")),
        ResultColumn("households", _("Households"), "right"),
        ResultColumn("drawn", _("Drawn"), "right"),
        ResultColumn("revisited", _("Re-visited"), "right"),
        ResultColumn("errors", _("Errors"), "right"),
        ResultColumn("rate", _("Error rate"), "right"),
        ResultColumn("wilson", _("95 % (Wilson)")),
    )
    rows: list[list[ResultCell]] = [
        [
            rate.stratum or _("all, weighted"),
            *(rate.households, rate.drawn, rate.revisited, rate.errors),
            format_percent(rate.rate),
            _interval(rate.wilson, is_approximate=rate.is_approximate),
        ]
        for rate in rates
    ]
    title = _("Sample {number} of {day}: {rate} of each stratum, seed {seed}").format(
        number=sample.sample_id, day=sample.drawn_on, rate=_share(sample.rate), seed=sample.seed
    )
    return PlainTable(title, columns, rows, _notes(sample, rates))


def _share(rate: str) -> str:
    """Write the share that was drawn as people state it.

    >>> _share("1"), _share("1/10"), _share("1/8"), _share("1/3")
    ('100 %', '10 %', '12.5 %', '33.3333 %')
    """
    return f"{float(Fraction(rate) * 100):g} %"


def _notes(sample: Sample, rates: list[ErrorRate]) -> list[str]:
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


def _interval(interval: Interval | None, *, is_approximate: bool = False) -> str | None:
    if interval is None:
        return None
    low, high = format_percent_range(*interval)
    words = _("about {low} to {high}") if is_approximate else _("{low} to {high}")
    return words.format(low=low, high=high)


def _drawn_grid(results: SampleResults) -> PlainTable:
    columns: Columns = (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("stratum", _("Stratum")),
        ResultColumn("agrees", _("Agrees")),
        ResultColumn("revisited_on", _("Day")),
        ResultColumn("by", _("By")),
    )
    rows: list[list[ResultCell]] = []
    for stratum in results.sample.strata:
        for number in stratum.drawn:
            found = results.revisits.get(number)
            agrees: ResultCell = found.agrees if found else None
            rest = [found.revisited_on, found.by] if found else ["", ""]
            rows.append([number, stratum.name, agrees, *rest])
    return PlainTable(_("Households drawn"), columns, rows)


def build_helpers_result(command: str, helpers: Sequence[Helper]) -> Result:
    """Return helpers with the number of households each answers for."""
    table = helpers_table(helpers)
    answer = {"relief_result": 1, "command": command, "helpers": table.documents()}
    return Result(answer, (table,))


def helpers_table(helpers: Sequence[Helper]) -> RecordTable[Helper]:
    """Return the table of helpers."""
    columns: tuple[ResultColumn[Helper], ...] = (
        ResultColumn("name", _("Name")),
        ResultColumn("helper_type", _("Unit or person"), words=_type_word),
        ResultColumn("unit", _("Unit"), is_optional=True),
        ResultColumn(
            "communities",
            _("Communities"),
            words=lambda helper: _(", ").join(helper.communities) or _("all communities"),
        ),
        *list_json_columns("is_active"),
        ResultColumn("households", _("Households"), "right"),
    )
    return RecordTable(_("Helpers"), columns, helpers)


def _type_word(helper: Helper) -> str:
    return _("unit") if helper.helper_type == "unit" else _("person")


def build_pairings_result(pairings: Sequence[Pairing]) -> Result:
    """Return households with the helpers suggested or given."""
    columns: Columns = (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community")),
        ResultColumn("helper", _("Helper")),
    )
    table = RecordTable(_("Helpers of households"), columns, pairings)
    answer = {
        "relief_result": 1,
        "command": "assign",
        "assignments": table.documents(),
        "without": sum(pairing.helper is None for pairing in pairings),
    }
    return Result(answer, (table,))


def measures_table(measures: Sequence[Measure]) -> RecordTable[Measure]:
    """Return the table of measures."""
    return RecordTable(
        _("Measures"),
        (
            ResultColumn("household_no", _("Household"), is_whole=True),
            ResultColumn(
                "kind", _("Measure"), words=lambda measure: format_measure_kind(measure.kind)
            ),
            ResultColumn("planned_on", _("Planned for"), is_optional=True),
            ResultColumn("done_on", _("Done"), is_optional=True),
            ResultColumn(
                "amount", _("Yuan"), "right", unit="fen", is_optional=True, json_key="amount_fen"
            ),
            ResultColumn("result", _("Result"), is_optional=True),
            ResultColumn("by", _("By")),
            *list_json_columns("measure_id"),
        ),
        measures,
    )


def build_measures_result(measures: Sequence[Measure]) -> Result:
    """Return measures for people and programs."""
    table = measures_table(measures)
    answer = {"relief_result": 1, "command": "measure", "measures": table.documents()}
    return Result(answer, (table,))


def build_needs_result(needs: Sequence[AnsweredNeed]) -> Result:
    """Return the needs and how far each is answered."""
    table = needs_table(needs)
    answer = {"relief_result": 1, "command": "needs", "needs": table.documents()}
    return Result(answer, (table,))


def needs_table(needs: Sequence[AnsweredNeed]) -> RecordTable[AnsweredNeed]:
    """Return the table of needs; a family's own words are private."""
    return RecordTable(_("What families need"), _columns(), needs)


def _columns() -> tuple[ResultColumn[AnsweredNeed], ...]:
    states = {"open": _("still open"), "planned": _("planned"), "done": _("done")}
    return (
        ResultColumn(
            "household_no",
            _("Household"),
            is_whole=True,
            value=lambda need: need.stated.household_no,
        ),
        ResultColumn("stated_on", _("Stated on"), value=lambda need: need.stated.stated_on),
        ResultColumn("need", _("Need"), value=lambda need: need.stated.need, words=_need_words),
        ResultColumn("words", only="json", unit="private", value=lambda need: need.stated.words),
        ResultColumn("state", _("State"), words=lambda need: states[need.state]),
        ResultColumn("measure_kinds", only="json", value=lambda need: need.kinds),
        ResultColumn(
            "measures",
            _("Measures that answer it"),
            is_wide=True,
            value=lambda need: [measure.measure_id for measure in need.measures],
            words=lambda need: _(", ").join(format_measure_kind(kind) for kind in need.kinds),
        ),
    )


def _need_words(need: AnsweredNeed) -> MaskableText:
    word = format_need(need.stated.need)
    if need.stated.need is not NeedKind.WORDS:
        return word
    return build_sentence(_("{label}: {value}"), label=word, value=hide_value(need.stated.words))
