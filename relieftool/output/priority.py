"""The answer of `relief priority` as tables and as the JSON of the contract."""

from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction

from relieftool.eligibility.priority import PriorityCheck, PriorityFinding, PriorityTotals
from relieftool.messages import _
from relieftool.output.gaps import build_document_head
from relieftool.output.result import (
    RecordTable,
    Result,
    ResultColumn,
    ShownCell,
    build_document,
    build_documents,
    list_json_columns,
)
from relieftool.output.result_cells import HiddenValue, convert_to_yuan
from relieftool.output.wording import format_fact, format_missing_parameters, format_parameter_value
from relieftool.pack.models import Pack

_PLACES = 6
_Place = tuple[str, PriorityTotals]  # a community, or all, and its figures


def build_priority_result(priority: PriorityCheck) -> Result:
    """Return priority households, and the undecided ones apart, for people and programs."""
    figures = _figure_columns()
    columns = _finding_columns(priority.pack)
    answer = {
        **build_document_head(
            "priority", priority.as_of.isoformat(), priority.pack, priority.unvalued
        ),
        "totals": {
            "communities": len(priority.communities),
            **build_document(figures, priority.totals),
        },
        "communities": [
            {"community": community, "communities": 1, **build_document(figures, totals)}
            for community, totals in priority.communities.items()
        ],
        "findings": build_documents(columns, priority.findings),
        "undecided": build_documents(columns, priority.undecided),
        "uniform": [asdict(one) for one in priority.uniform],
    }
    undecided = RecordTable(_("Undecided, not counted"), columns, priority.undecided)
    first = RecordTable(
        _("Priority households as of {day}").format(day=priority.as_of.isoformat()),
        columns,
        priority.findings,
        _footer(priority),
    )
    summary = _summary(priority)
    return Result(answer, [summary, undecided, first] if priority.undecided else [summary, first])


def _figure_columns() -> tuple[ResultColumn[PriorityTotals], ...]:
    """Return the figures of a community."""
    return (
        ResultColumn("households", _("Households"), "right"),
        *list_json_columns("members"),
        ResultColumn("priority_households", _("Priority"), "right"),
        ResultColumn("priority_members", _("Members"), "right"),
        ResultColumn("undecided_households", _("Undecided"), "right"),
        *_share_columns("h", "H", lambda totals: totals.h),
        *_share_columns("a", "A", lambda totals: totals.a),
        *_share_columns("m0", "M0", lambda totals: totals.m0),
        ResultColumn("left_out_members", _("Left out of H, A, M0"), "right"),
    )


def _share_columns(
    key: str, label: str, share: Callable[[PriorityTotals], Fraction | None]
) -> tuple[ResultColumn[PriorityTotals], ...]:
    """Return a share for people, as a number for programs, and exact for programs."""
    return (
        ResultColumn(
            key,
            label,
            "right",
            value=lambda totals: _number(share(totals)),
            words=lambda totals: _short(share(totals)),
        ),
        ResultColumn(f"{key}_exact", only="json", value=lambda totals: _exact(share(totals))),
    )


def _number(fraction: Fraction | None) -> float | None:
    """Return an exact fraction as a decimal number for programs."""
    return None if fraction is None else round(float(fraction), _PLACES)


def _exact(fraction: Fraction | None) -> str | None:
    """Return an exact fraction as such: 1/3, or 1."""
    return None if fraction is None else str(fraction)


def _short(fraction: Fraction | None) -> str:
    """Return a share with three places; nothing where nobody is counted."""
    return "" if fraction is None else f"{float(fraction):.3f}"


def _summary(priority: PriorityCheck) -> RecordTable[_Place]:
    """Return the figures per community."""
    places = list(priority.communities.items())
    if len(places) > 1:
        places.append((_("all communities"), priority.totals))
    return RecordTable(
        _("Priority per community as of {day}, pack {pack} {version}").format(
            day=priority.as_of.isoformat(), pack=priority.pack.id, version=priority.pack.version
        ),
        (
            ResultColumn("community", _("Community"), value=lambda place: place[0]),
            *(column.of(_totals_of) for column in _figure_columns()),
        ),
        places,
        warnings=format_missing_parameters(priority.pack, priority.as_of, priority.unvalued),
    )


def _totals_of(place: _Place) -> PriorityTotals:
    return place[1]


def _finding_columns(pack: Pack) -> tuple[ResultColumn[PriorityFinding], ...]:
    """Return a household with what is left to live on, score and reasons."""
    says = {indicator.id: str(indicator.says) for indicator in pack.priority.indicators}

    def reasons(finding: PriorityFinding) -> str:
        return _("; ").join(says[reason.id] for reason in finding.reasons if reason.truth)

    def unknown(finding: PriorityFinding) -> str:
        return _("; ").join(format_fact(pack, name) for name in finding.missing)

    return (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community"), is_minor=True),
        ResultColumn("head", _("Head"), unit="name"),
        ResultColumn("members", _("Members"), "right"),
        *_score_columns(),
        *_left_columns(),
        ResultColumn("score", _("Score"), "right", words=_scores, only="table"),
        ResultColumn("reasons", _("Reasons"), is_wide=True, words=reasons, value=_reasons),
        ResultColumn("unknown", _("Still to ask"), words=unknown, json_key="missing"),
    )


def _score_columns() -> tuple[ResultColumn[PriorityFinding], ...]:
    """Return the score and the most it could be, as numbers and exact, for programs."""
    return (
        ResultColumn("score", only="json", value=lambda finding: _number(finding.score)),
        ResultColumn("score_max", only="json", value=lambda finding: _number(finding.score_max)),
        ResultColumn("score_exact", only="json", value=lambda finding: _exact(finding.score)),
        ResultColumn(
            "score_max_exact", only="json", value=lambda finding: _exact(finding.score_max)
        ),
    )


def _left_columns() -> tuple[ResultColumn[PriorityFinding], ...]:
    """Return what is left to live on, hidden where its income would tell a private fact."""

    def left(finding: PriorityFinding) -> object:
        fen = finding.left_fen
        return HiddenValue(fen, instead=None) if finding.is_private else fen

    def left_words(finding: PriorityFinding) -> ShownCell:
        left = convert_to_yuan(finding.left_fen)
        return HiddenValue(left) if finding.is_private else left

    return (
        ResultColumn(
            "left",
            _("Yuan a month left"),
            "right",
            value=left,
            words=left_words,
            json_key="left_fen_per_month",
        ),
        ResultColumn(
            "line",
            _("Line"),
            "right",
            value=lambda finding: finding.line_fen,
            unit="fen",
            json_key="line_fen_per_month",
        ),
    )


def _reasons(finding: PriorityFinding) -> list[dict[str, object]]:
    """Return each indicator with its truth and weight, for programs."""
    return [
        {
            "id": reason.id,
            "truth": reason.truth,
            "weight": _number(reason.weight),
            "weight_exact": _exact(reason.weight),
        }
        for reason in finding.reasons
    ]


def _scores(finding: PriorityFinding) -> str:
    """Write the score in hundredths, and the most it could be where something is unknown."""
    low, high = (f"{round(score * 100)}%" for score in (finding.score, finding.score_max))
    return low if finding.score == finding.score_max else f"{low}-{high}"


def _footer(priority: PriorityCheck) -> list[str]:
    """Name the assumed share of the line."""
    share = priority.pack.parameters.get("priority_share")
    value = share.in_force(priority.as_of) if share else None
    if share is None or value is None or value.confidence != "assumed":
        return []
    return [
        _("Assumed, to be confirmed: {label} = {value}. {question}").format(
            label=share.labels,
            value=format_parameter_value(priority.pack, "priority_share", value),
            question=share.question or "",
        )
    ]
