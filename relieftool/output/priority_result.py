"""The answer of `relief priority` as tables and as the JSON of the contract."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from fractions import Fraction

from relieftool.messages import _
from relieftool.output.cells import Cell, yuan
from relieftool.output.gap_result import Name, head_of, shown_name
from relieftool.output.masking import HIDDEN
from relieftool.output.pack_head import unvalued_lines
from relieftool.output.result import Column, Grid, Result
from relieftool.output.words_of_findings import fact_word
from relieftool.output.words_of_packs import value_words
from relieftool.pack.models import Pack
from relieftool.priority import Priority, PriorityFinding, PriorityTotals

_PLACES = 6


def priority_result(priority: Priority, *, is_revealed: bool) -> Result:
    """Give priority households, and the undecided ones apart, for people and programs."""
    name = shown_name(is_revealed=is_revealed)
    shown = _shown(priority, is_revealed=is_revealed)
    document = {
        **head_of("priority", priority.as_of.isoformat(), priority.pack, priority.unvalued),
        "totals": {"communities": len(priority.communities), **_totals(priority.totals)},
        "communities": [
            {"community": community, "communities": 1, **_totals(totals)}
            for community, totals in priority.communities.items()
        ],
        "findings": [_document(one, name) for one in shown.findings],
        "undecided": [_document(one, name) for one in shown.undecided],
        "uniform": [asdict(one) for one in priority.uniform],
    }
    undecided = _listing(_("Undecided, not counted"), shown.undecided, priority.pack, name)
    first = _listing(
        _("Priority households as of {day}").format(day=priority.as_of.isoformat()),
        shown.findings,
        priority.pack,
        name,
        _footer(priority),
    )
    grids = (
        [_summary(priority), undecided, first]
        if priority.undecided
        else [_summary(priority), first]
    )
    return Result(document, grids)


def _totals(totals: PriorityTotals) -> dict[str, object]:
    return {
        **vars(totals),
        "h": _number(totals.h),
        "a": _number(totals.a),
        "m0": _number(totals.m0),
        "h_exact": _exact(totals.h),
        "a_exact": _exact(totals.a),
        "m0_exact": _exact(totals.m0),
    }


def _number(fraction: Fraction | None) -> float | None:
    """Write an exact fraction as a decimal number for programs."""
    return None if fraction is None else round(float(fraction), _PLACES)


def _exact(fraction: Fraction | None) -> str | None:
    """Write an exact fraction as such: 1/3, or 1."""
    return None if fraction is None else str(fraction)


def _shown(priority: Priority, *, is_revealed: bool) -> Priority:
    """Leave out what is left where the income in it would tell a private fact."""
    if is_revealed:
        return priority
    findings, undecided = (
        tuple(replace(one, left_fen=None) if one.is_private else one for one in listed)
        for listed in (priority.findings, priority.undecided)
    )
    return replace(priority, findings=findings, undecided=undecided)


def _document(finding: PriorityFinding, name: Name) -> dict[str, object]:
    return {
        "household_no": finding.household_no,
        "community": finding.community,
        "head": name(finding.head),
        "members": finding.members,
        "score": _number(finding.score),
        "score_max": _number(finding.score_max),
        "score_exact": _exact(finding.score),
        "score_max_exact": _exact(finding.score_max),
        "left_fen_per_month": finding.left_fen,
        "line_fen_per_month": finding.line_fen,
        "missing": list(finding.missing),
        "reasons": [
            {
                "id": one.id,
                "truth": one.truth,
                "weight": _number(one.weight),
                "weight_exact": _exact(one.weight),
            }
            for one in finding.reasons
        ],
    }


def _summary(priority: Priority) -> Grid:
    """Give the figures per community."""
    rows = [_row(name, totals) for name, totals in priority.communities.items()]
    if len(rows) > 1:
        rows.append(_row(_("all communities"), priority.totals))
    return Grid(
        _("Priority per community as of {day}, pack {pack} {version}").format(
            day=priority.as_of.isoformat(), pack=priority.pack.id, version=priority.pack.version
        ),
        (
            Column("community", _("Community")),
            Column("households", _("Households"), "right"),
            Column("priority_households", _("Priority"), "right"),
            Column("priority_members", _("Members"), "right"),
            Column("undecided_households", _("Undecided"), "right"),
            Column("h", "H", "right"),
            Column("a", "A", "right"),
            Column("m0", "M0", "right"),
            Column("left_out_members", _("Left out of H, A, M0"), "right"),
        ),
        rows,
        warnings=unvalued_lines(priority.pack, priority.as_of, priority.unvalued),
    )


def _row(name: str, totals: PriorityTotals) -> list[Cell]:
    return [
        name,
        totals.households,
        totals.priority_households,
        totals.priority_members,
        totals.undecided_households,
        *(_short(one) for one in (totals.h, totals.a, totals.m0)),
        totals.left_out_members,
    ]


def _short(fraction: Fraction | None) -> str:
    """Write a share with three places; nothing where nobody is counted."""
    return "" if fraction is None else f"{float(fraction):.3f}"


def _listing(
    title: str,
    findings: Sequence[PriorityFinding],
    pack: Pack,
    name: Name,
    footer: Sequence[str] = (),
) -> Grid:
    """Give households with what is left to live on, score and reasons."""
    says = {one.id: str(one.says) for one in pack.priority.indicators}
    rows = [
        [
            one.household_no,
            one.community,
            name(one.head),
            one.members,
            HIDDEN if one.is_private and one.left_fen is None else yuan(one.left_fen),
            yuan(one.line_fen),
            _scores(one),
            _("; ").join(says[reason.id] for reason in one.reasons if reason.truth),
            _("; ").join(fact_word(pack, name) for name in one.missing),
        ]
        for one in findings
    ]
    return Grid(
        title,
        (
            Column("household_no", _("Household"), is_whole=True),
            Column("community", _("Community"), is_minor=True),
            Column("head", _("Head")),
            Column("members", _("Members"), "right"),
            Column("left", _("Yuan a month left"), "right"),
            Column("line", _("Line"), "right"),
            Column("score", _("Score"), "right"),
            Column("reasons", _("Reasons"), is_wide=True),
            Column("unknown", _("Still to ask")),
        ),
        rows,
        footer,
    )


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
