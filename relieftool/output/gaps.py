"""The answer of `relief gaps` as tables and as the JSON of the contract; masked unless revealed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from relieftool.cases.records import CaseRecord
from relieftool.eligibility.findings import Finding
from relieftool.eligibility.gaps import Gaps, GapTotals, count_assumed, count_presumed
from relieftool.messages import _
from relieftool.output.near_result import (
    build_near_table,
    list_kind_columns,
    list_near_columns,
    list_subject_columns,
)
from relieftool.output.pack_head import build_pack_document, format_missing_parameters
from relieftool.output.result import (
    RecordTable,
    Result,
    ResultColumn,
    build_document,
    build_documents,
    list_json_columns,
)
from relieftool.output.result_cells import format_yuan
from relieftool.output.wording import build_amount_cell, format_reason
from relieftool.output.words_of_packs import format_parameter_value
from relieftool.pack.models import DatedValue, Pack

FindingSubject = tuple[str, str | None, str]
Cases = Mapping[FindingSubject, CaseRecord]
_Place = tuple[str, GapTotals]  # a community, or all, and its figures


def build_document_head(
    command: str, as_of: str, pack: Pack, unvalued: Sequence[str] = ()
) -> dict[str, object]:
    """Give the keys every JSON answer starts with."""
    return {
        "relief_result": 1,
        "command": command,
        "as_of": as_of,
        "pack": build_pack_document(pack, dt.date.fromisoformat(as_of)),
        "unvalued": list(unvalued),
    }


def build_gaps_result(gaps: Gaps, cases: Cases | None = None) -> Result:
    """Return gaps for people and programs, each finding with the case it has."""
    columns = list_finding_columns(gaps.pack) + _case_columns(cases or {})
    figures = _figure_columns()
    answer = {
        **build_document_head("gaps", gaps.as_of.isoformat(), gaps.pack, gaps.unvalued),
        "totals": {"communities": len(gaps.communities), **build_document(figures, gaps.totals)},
        "communities": [
            {"community": community, "communities": 1, **build_document(figures, totals)}
            for community, totals in gaps.communities.items()
        ],
        "findings": build_documents(columns, gaps.findings),
        "uniform": [asdict(one) for one in gaps.uniform],
    }
    listing = (
        build_near_table(gaps) if gaps.is_near else _listing(gaps, columns, has_cases=bool(cases))
    )
    return Result(answer, (_summary(gaps), listing))


def _figure_columns() -> tuple[ResultColumn[GapTotals], ...]:
    """Return the figures of a community."""
    return (
        ResultColumn("households", _("Households"), "right"),
        ResultColumn("members", _("Members"), "right"),
        ResultColumn("unclaimed_households", _("Unclaimed"), "right"),
        ResultColumn("undetermined_households", _("Undetermined"), "right"),
        ResultColumn("review_households", _("To review"), "right"),
        ResultColumn(
            "unclaimed_yuan_per_month",
            _("Yuan a month unclaimed"),
            "right",
            unit="fen",
            json_key="unclaimed_fen_per_month",
        ),
        *list_json_columns("unclaimed_amount_unknown"),
    )


def _summary(gaps: Gaps) -> RecordTable[_Place]:
    """Return the table per community, with the street's own line at the end."""
    places = list(gaps.communities.items())
    if len(places) > 1:
        places.append((_("all communities"), gaps.totals))
    return RecordTable(
        _("Gaps per community as of {day}, pack {pack} {version}").format(
            day=gaps.as_of.isoformat(), pack=gaps.pack.id, version=gaps.pack.version
        ),
        (
            ResultColumn("community", _("Community"), value=lambda place: place[0]),
            *(column.of(_totals_of) for column in _figure_columns()),
        ),
        places,
        warnings=format_missing_parameters(gaps.pack, gaps.as_of, gaps.unvalued),
    )


def _totals_of(place: _Place) -> GapTotals:
    return place[1]


def list_finding_columns(pack: Pack) -> tuple[ResultColumn[Finding], ...]:
    """Return what is shown of a finding, and the keys of the contract for programs."""
    return (
        *list_subject_columns(),
        *list_kind_columns(pack),
        ResultColumn("amount", _("Yuan"), "right", words=build_amount_cell, json_key="amount_fen"),
        ResultColumn(
            "period",
            _("Per"),
            words=lambda finding: format_period(finding.amount_period),
            json_key="amount_period",
        ),
        *list_json_columns("paid_fen"),
        ResultColumn("criteria", only="json", value=_truths),
        ResultColumn(
            "why", _("Why"), is_wide=True, words=lambda one: format_reason(pack, one), only="table"
        ),
        ResultColumn("department", _("Department")),
        *list_json_columns("missing", "assumed", "presumed", "unlocked_by", "alternative_to"),
        *list_json_columns("conflicts_with", "undated", "gain_fen_per_year", "cheapest"),
        *list_json_columns("cheapest_eligible", "at_stake_fen_per_month"),
        ResultColumn(
            "near", only="json", value=lambda one: build_documents(list_near_columns(), one.near)
        ),
        *list_json_columns("paid_until", "uncompared"),
    )


def _truths(finding: Finding) -> list[dict[str, object]]:
    """Return the truth of each condition, for programs."""
    return [{"id": key, "truth": truth} for key, truth in finding.criteria]


def _case_columns(cases: Cases) -> tuple[ResultColumn[Finding], ...]:
    """Return a finding's case and for how many days it has been open, None without one.

    People are shown the days only once there are cases.
    """

    def case_of(finding: Finding) -> CaseRecord | None:
        return cases.get((finding.household_no, finding.member_no, finding.programme))

    def days_open(finding: Finding) -> int | None:
        case = case_of(finding)
        return case.days_open if case else None

    def case_no(finding: Finding) -> str | None:
        case = case_of(finding)
        return case.case if case else None

    return (
        ResultColumn("case", only="json", value=case_no),
        ResultColumn("days_open", _("Days open"), "right", value=days_open, is_optional=True),
    )


def _listing(
    gaps: Gaps, columns: Sequence[ResultColumn[Finding]], *, has_cases: bool
) -> RecordTable[Finding]:
    """Return the findings, with the assumed values they rest on below."""
    shown = columns if has_cases else [one for one in columns if one.key != "days_open"]
    title = _("Findings as of {day}").format(day=gaps.as_of.isoformat())
    return RecordTable(title, shown, gaps.findings, _footer(gaps))


def format_period(period: str | None) -> str:
    """Name the period of an amount."""
    words = {"month": _("month"), "year": _("year"), "once": _("once")}
    return words[period] if period else ""


def _footer(gaps: Gaps) -> list[str]:
    """Say what the figures leave open, and which assumed values findings rest on."""
    lines = []
    if unknown := gaps.totals.unclaimed_amount_unknown:
        lines.append(
            _("{count} unclaimed findings have no known amount and are not in the sum.").format(
                count=unknown
            )
        )
    for parameter, count in sorted(count_assumed(gaps.findings).items()):
        value = gaps.pack.parameters[parameter].in_force(gaps.as_of)
        if value is not None:
            lines.append(_assumed_line(gaps.pack, parameter, value, count))
    lines += [
        _("Presumed, to be checked when claimed: {label} ({count} findings).").format(
            label=gaps.pack.facts[fact].labels, count=count
        )
        for fact, count in sorted(count_presumed(gaps.findings).items())
    ]
    return lines


def _assumed_line(pack: Pack, parameter: str, value: DatedValue, count: int) -> str:
    """Say which assumed value how many findings rest on, and what to ask."""
    named = pack.parameters[parameter]
    line = _("Assumed, to be confirmed: {label} = {value} ({count} findings).").format(
        label=named.labels, value=format_parameter_value(pack, parameter, value), count=count
    )
    return f"{line} {named.question}" if named.question else line


def format_gap_totals(gaps: Gaps) -> str:
    """Say the outcome in one sentence."""
    return _(
        "{unclaimed} of {households} households are owed a benefit they do not get:"
        " {yuan} yuan a month."
    ).format(
        unclaimed=gaps.totals.unclaimed_households,
        households=gaps.totals.households,
        yuan=format_yuan(gaps.totals.unclaimed_fen_per_month),
    )
