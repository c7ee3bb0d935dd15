"""The answer of `relief priority` as tables and as the JSON of the contract."""

from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction

from relieftool.messages import _
from relieftool.output.cells import yuan
from relieftool.output.gap_result import head_of
from relieftool.output.masking import Private
from relieftool.output.pack_head import unvalued_lines
from relieftool.output.result import Column, Result, Shown, Table, document, documents, in_json
from relieftool.output.words_of_findings import fact_word
from relieftool.output.words_of_packs import value_words
from relieftool.pack.models import Pack
from relieftool.priority import Priority, PriorityFinding, PriorityTotals

_PLACES = 6
_Place = tuple[str, PriorityTotals]  # a community, or all, and its figures


def priority_result(priority: Priority) -> Result:
    """Return priority households, and the undecided ones apart, for people and programs."""
    figures = _figure_columns()
    columns = _finding_columns(priority.pack)
    answer = {
        **head_of("priority", priority.as_of.isoformat(), priority.pack, priority.unvalued),
        "totals": {"communities": len(priority.communities), **document(figures, priority.totals)},
        "communities": [
            {"community": community, "communities": 1, **document(figures, totals)}
            for community, totals in priority.communities.items()
        ],
        "findings": documents(columns, priority.findings),
        "undecided": documents(columns, priority.undecided),
        "uniform": [asdict(one) for one in priority.uniform],
    }
    undecided = Table(_("Undecided, not counted"), columns, priority.undecided)
    first = Table(
        _("Priority households as of {day}").format(day=priority.as_of.isoformat()),
        columns,
        priority.findings,
        _footer(priority),
    )
    summary = _summary(priority)
    return Result(answer, [summary, undecided, first] if priority.undecided else [summary, first])


def _figure_columns() -> tuple[Column[PriorityTotals], ...]:
    """Return the figures of a community."""
    return (
        Column("households", _("Households"), "right"),
        *in_json("members"),
        Column("priority_households", _("Priority"), "right"),
        Column("priority_members", _("Members"), "right"),
        Column("undecided_households", _("Undecided"), "right"),
        *_share_columns("h", "H", lambda totals: totals.h),
        *_share_columns("a", "A", lambda totals: totals.a),
        *_share_columns("m0", "M0", lambda totals: totals.m0),
        Column("left_out_members", _("Left out of H, A, M0"), "right"),
    )


def _share_columns(
    key: str, label: str, share: Callable[[PriorityTotals], Fraction | None]
) -> tuple[Column[PriorityTotals], ...]:
    """Return a share for people, as a number for programs, and exact for programs."""
    return (
        Column(
            key,
            label,
            "right",
            value=lambda totals: _number(share(totals)),
            words=lambda totals: _short(share(totals)),
        ),
        Column(f"{key}_exact", only="json", value=lambda totals: _exact(share(totals))),
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


def _summary(priority: Priority) -> Table[_Place]:
    """Return the figures per community."""
    places = list(priority.communities.items())
    if len(places) > 1:
        places.append((_("all communities"), priority.totals))
    return Table(
        _("Priority per community as of {day}, pack {pack} {version}").format(
            day=priority.as_of.isoformat(), pack=priority.pack.id, version=priority.pack.version
        ),
        (
            Column("community", _("Community"), value=lambda place: place[0]),
            *(column.of(_totals_of) for column in _figure_columns()),
        ),
        places,
        warnings=unvalued_lines(priority.pack, priority.as_of, priority.unvalued),
    )


def _totals_of(place: _Place) -> PriorityTotals:
    return place[1]


def _finding_columns(pack: Pack) -> tuple[Column[PriorityFinding], ...]:
    """Return a household with what is left to live on, score and reasons."""
    says = {indicator.id: str(indicator.says) for indicator in pack.priority.indicators}

    def reasons(finding: PriorityFinding) -> str:
        return _("; ").join(says[reason.id] for reason in finding.reasons if reason.truth)

    def unknown(finding: PriorityFinding) -> str:
        return _("; ").join(fact_word(pack, name) for name in finding.missing)

    return (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community"), is_minor=True),
        Column("head", _("Head"), unit="name"),
        Column("members", _("Members"), "right"),
        *_score_columns(),
        *_left_columns(),
        Column("score", _("Score"), "right", words=_scores, only="table"),
        Column("reasons", _("Reasons"), is_wide=True, words=reasons, value=_reasons),
        Column("unknown", _("Still to ask"), words=unknown, json_key="missing"),
    )


def _score_columns() -> tuple[Column[PriorityFinding], ...]:
    """Return the score and the most it could be, as numbers and exact, for programs."""
    return (
        Column("score", only="json", value=lambda finding: _number(finding.score)),
        Column("score_max", only="json", value=lambda finding: _number(finding.score_max)),
        Column("score_exact", only="json", value=lambda finding: _exact(finding.score)),
        Column("score_max_exact", only="json", value=lambda finding: _exact(finding.score_max)),
    )


def _left_columns() -> tuple[Column[PriorityFinding], ...]:
    """Return what is left to live on, hidden where its income would tell a private fact."""

    def left(finding: PriorityFinding) -> object:
        fen = finding.left_fen
        return Private(fen, instead=None) if finding.is_private else fen

    def left_words(finding: PriorityFinding) -> Shown:
        left = yuan(finding.left_fen)
        return Private(left) if finding.is_private else left

    return (
        Column(
            "left",
            _("Yuan a month left"),
            "right",
            value=left,
            words=left_words,
            json_key="left_fen_per_month",
        ),
        Column(
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


def _footer(priority: Priority) -> list[str]:
    """Name the assumed share of the line."""
    share = priority.pack.parameters.get("priority_share")
    value = share.in_force(priority.as_of) if share else None
    if share is None or value is None or value.confidence != "assumed":
        return []
    return [
        _("Assumed, to be confirmed: {label} = {value}. {question}").format(
            label=share.labels,
            value=value_words(priority.pack, "priority_share", value),
            question=share.question or "",
        )
    ]
