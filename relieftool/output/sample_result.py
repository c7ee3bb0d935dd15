"""A sample and what its re-visits showed, for people and programs."""

from dataclasses import asdict
from fractions import Fraction

from relieftool.fieldwork.error_rates import ErrorRate, Interval, find_error_rates
from relieftool.fieldwork.samples import Sample, SampleResults
from relieftool.messages import _
from relieftool.output.fieldwork import format_percent, format_percent_range
from relieftool.output.result import Columns, PlainTable, Result, ResultColumn
from relieftool.output.result_cells import ResultCell


def build_sample_result(results: SampleResults) -> Result:
    """Give the error rates, and the households drawn with what was found at each."""
    sample = results.sample
    rates = find_error_rates(results)
    document = {
        "relief_result": 1,
        "command": "sample",
        "sample": {key: value for key, value in asdict(sample).items() if key != "strata"},
        "rates": [_rate_document(one) for one in rates],
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
            one.stratum or _("all, weighted"),
            *(one.households, one.drawn, one.revisited, one.errors),
            format_percent(one.rate),
            _interval(one.wilson, is_approximate=one.is_approximate),
        ]
        for one in rates
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
