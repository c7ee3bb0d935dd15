"""The answer of `relief gaps` as tables and as the JSON of the contract; masked unless revealed."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from relieftool.findings import Finding
from relieftool.gaps import Gaps, Totals, assumed_in, presumed_in
from relieftool.ledger.records import CaseRecord
from relieftool.messages import _
from relieftool.output.cells import Cell, format_yuan, yuan
from relieftool.output.masking import mask_name
from relieftool.output.near_result import near_document, near_grid
from relieftool.output.pack_head import pack_document, unvalued_lines
from relieftool.output.result import Column, Grid, Result
from relieftool.output.words_of_findings import amount_cell, programme_word, why_words
from relieftool.output.words_of_packs import value_words
from relieftool.pack.models import DatedValue, Pack
from relieftool.statuses import status_word

Name = Callable[[str | None], str | None]
CaseKey = tuple[str, str | None, str]


def shown_name(*, is_revealed: bool) -> Name:
    """Give the function that writes names: masked, or in full where a reveal was asked for."""
    return (lambda name: name) if is_revealed else mask_name


def head_of(
    command: str, as_of: str, pack: Pack, unvalued: Sequence[str] = ()
) -> dict[str, object]:
    """Give the keys every JSON answer starts with."""
    return {
        "relief_result": 1,
        "command": command,
        "as_of": as_of,
        "pack": pack_document(pack, dt.date.fromisoformat(as_of)),
        "unvalued": list(unvalued),
    }


def gaps_result(
    gaps: Gaps, *, is_revealed: bool, cases: Mapping[CaseKey, CaseRecord] | None = None
) -> Result:
    """Give gaps for people and programs, each finding with the case it has."""
    known = cases or {}
    name = shown_name(is_revealed=is_revealed)
    document = {
        **head_of("gaps", gaps.as_of.isoformat(), gaps.pack, gaps.unvalued),
        "totals": {"communities": len(gaps.communities), **asdict(gaps.totals)},
        "communities": [
            {"community": community, "communities": 1, **asdict(totals)}
            for community, totals in gaps.communities.items()
        ],
        "findings": [
            {**finding_document(one, name, is_revealed=is_revealed), **_case_document(one, known)}
            for one in gaps.findings
        ],
        "uniform": [asdict(one) for one in gaps.uniform],
    }
    grid = (
        near_grid(gaps, name, is_revealed=is_revealed)
        if gaps.is_near
        else _listing(gaps, name, known)
    )
    return Result(document, (_summary(gaps), grid))


def _case_of(finding: Finding, cases: Mapping[CaseKey, CaseRecord]) -> CaseRecord | None:
    return cases.get((finding.household_no, finding.member_no, finding.programme))


def _case_document(finding: Finding, cases: Mapping[CaseKey, CaseRecord]) -> dict[str, object]:
    """Name a finding's case and say for how many days it has been open; None without one."""
    case = _case_of(finding, cases)
    return {"case": case.case if case else None, "days_open": case.days_open if case else None}


def finding_document(finding: Finding, name: Name, *, is_revealed: bool) -> dict[str, object]:
    """Give one finding with the keys of the contract."""
    document = asdict(finding)
    document["head"], document["member"] = name(finding.head), name(finding.member)
    document["criteria"] = [{"id": key, "truth": truth} for key, truth in finding.criteria]
    document["near"] = [near_document(one, is_revealed=is_revealed) for one in finding.near]
    return document


def _summary(gaps: Gaps) -> Grid:
    """Give the table per community, with the street's own line at the end."""
    rows = [_totals_row(name, totals) for name, totals in gaps.communities.items()]
    if len(rows) > 1:
        rows.append(_totals_row(_("all communities"), gaps.totals))
    return Grid(
        _("Gaps per community as of {day}, pack {pack} {version}").format(
            day=gaps.as_of.isoformat(), pack=gaps.pack.id, version=gaps.pack.version
        ),
        (
            Column("community", _("Community")),
            Column("households", _("Households"), "right"),
            Column("members", _("Members"), "right"),
            Column("unclaimed_households", _("Unclaimed"), "right"),
            Column("undetermined_households", _("Undetermined"), "right"),
            Column("review_households", _("To review"), "right"),
            Column("unclaimed_yuan_per_month", _("Yuan a month unclaimed"), "right"),
        ),
        rows,
        warnings=unvalued_lines(gaps.pack, gaps.as_of, gaps.unvalued),
    )


def _totals_row(name: str, totals: Totals) -> list[Cell]:
    return [
        name,
        totals.households,
        totals.members,
        totals.unclaimed_households,
        totals.undetermined_households,
        totals.review_households,
        yuan(totals.unclaimed_fen_per_month),
    ]


def _listing(gaps: Gaps, name: Name, cases: Mapping[CaseKey, CaseRecord]) -> Grid:
    """Give the findings, with the assumed values they rest on below.

    How long each has been open is told once there are cases.
    """
    days = [Column("days_open", _("Days open"), "right")] if cases else []
    rows = [
        [*_listing_row(gaps.pack, one, name), *([_days_open(one, cases)] if cases else [])]
        for one in gaps.findings
    ]
    title = _("Findings as of {day}").format(day=gaps.as_of.isoformat())
    return Grid(title, (*_listing_columns(), *days), rows, _footer(gaps))


def _listing_columns() -> tuple[Column, ...]:
    return (
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community"), is_minor=True),
        Column("head", _("Head")),
        Column("member_no", _("Member number"), is_for_files=True),
        Column("member", _("Member")),
        Column("programme", _("Programme")),
        Column("status", _("Status"), is_whole=True),
        Column("amount", _("Yuan"), "right"),
        Column("period", _("Per")),
        Column("why", _("Why"), is_wide=True),
        Column("department", _("Department")),
    )


def _listing_row(pack: Pack, finding: Finding, name: Name) -> list[Cell]:
    return [
        finding.household_no,
        finding.community,
        name(finding.head),
        finding.member_no or "",
        "" if finding.member_no is None else name(finding.member),
        programme_word(pack, finding.programme),
        status_word(finding.status),
        amount_cell(finding),
        period_word(finding.amount_period),
        why_words(pack, finding),
        finding.department,
    ]


def _days_open(finding: Finding, cases: Mapping[CaseKey, CaseRecord]) -> Cell:
    case = _case_of(finding, cases)
    return "" if case is None or case.days_open is None else case.days_open


def period_word(period: str | None) -> str:
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
    for parameter, count in sorted(assumed_in(gaps.findings).items()):
        value = gaps.pack.parameters[parameter].in_force(gaps.as_of)
        if value is not None:
            lines.append(_assumed_line(gaps.pack, parameter, value, count))
    lines += [
        _("Presumed, to be checked when claimed: {label} ({count} findings).").format(
            label=gaps.pack.facts[fact].labels, count=count
        )
        for fact, count in sorted(presumed_in(gaps.findings).items())
    ]
    return lines


def _assumed_line(pack: Pack, parameter: str, value: DatedValue, count: int) -> str:
    """Say which assumed value how many findings rest on, and what to ask."""
    named = pack.parameters[parameter]
    line = _("Assumed, to be confirmed: {label} = {value} ({count} findings).").format(
        label=named.labels, value=value_words(pack, parameter, value), count=count
    )
    return f"{line} {named.question}" if named.question else line


def total_line(gaps: Gaps) -> str:
    """Say the outcome in one sentence."""
    return _(
        "{unclaimed} of {households} households are owed a benefit they do not get:"
        " {yuan} yuan a month."
    ).format(
        unclaimed=gaps.totals.unclaimed_households,
        households=gaps.totals.households,
        yuan=format_yuan(gaps.totals.unclaimed_fen_per_month),
    )
