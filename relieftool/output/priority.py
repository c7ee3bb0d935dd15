"""Priority households as tables and as JSON.

Tables round a fraction; JSON has it as a rounded number and as an exact text.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from operator import attrgetter
from typing import Any

from relieftool.eligibility.findings import PriorityFinding
from relieftool.eligibility.priority import PriorityCheck, PriorityTotals
from relieftool.eligibility.question_records import OpenQuestion
from relieftool.eligibility.questions import PRIORITY_SHARE
from relieftool.messages import _
from relieftool.output.gaps import (
    build_figures_table,
    format_questions_line,
    list_household_columns,
)
from relieftool.output.result import Column, Columns, RecordTable, Result, build_document
from relieftool.output.wording import (
    build_document_head,
    format_fact,
    format_parameter_value,
    format_programme,
)
from relieftool.pack.models import Pack

_PLACES = 6


def build_priority_result(
    priority: PriorityCheck, questions: Sequence[OpenQuestion] = ()
) -> Result:
    """Return the priority households and, in a table of their own, the undecided households.

    A screen has the sure households first and the undecided households last, those of them that
    are below the line by money in a table of their own, and how many `questions` are open.
    """
    figures, columns = _figure_columns(), _finding_columns(priority.pack)
    title = _("Priority households as of {day}").format(day=priority.as_of)
    findings = RecordTable(title, columns, priority.findings, _footer(priority))
    undecided = RecordTable(_("Undecided, not counted"), columns, priority.undecided)
    answer = {
        **build_document_head("priority", priority.as_of, priority.pack, priority.unvalued),
        **_build_figures_document(figures, priority.communities, priority.totals),
        "findings": findings.documents(),
        "undecided": undecided.documents(),
        "by_money": [finding.household_no for finding in priority.by_money],
        "uniform": [asdict(criterion) for criterion in priority.uniform],
    }
    summary = priority_figures_table(priority)
    tables = (summary, undecided, findings) if priority.undecided else (summary, findings)
    short = replace(findings, footer=format_questions_line(questions))
    known = {finding.household_no for finding in priority.by_money}
    rest = [finding for finding in priority.undecided if finding.household_no not in known]
    on_screen: list[RecordTable[Any]] = [replace(summary, warnings=())]
    on_screen += [short] if priority.findings or not priority.by_money else []
    on_screen += [_build_by_money(priority)] if priority.by_money else []
    on_screen += [replace(undecided, records=rest)] if rest else []
    if on_screen[1] is not short:
        on_screen[1] = replace(on_screen[1], footer=[*on_screen[1].footer, *short.footer])
    lead = (format_priority_totals(priority, questions),)
    return Result(answer, tables, on_screen=on_screen, lead=lead)


def _build_by_money(priority: PriorityCheck) -> RecordTable[PriorityFinding]:
    """Return the households that are below the line by money alone, and what no list has."""
    columns = (
        *list_household_columns(),
        Column.number("members", _("Members")),
        _left_known_column(),
        Column.money("line", _("Line"), value="line_fen"),
    )
    line = _("No list of the street says of anybody: {facts}.")
    facts = _(", ").join(format_fact(priority.pack, name) for name in priority.unstated)
    title = _("Priority by money, not counted as sure")
    return RecordTable(title, columns, priority.by_money, [line.format(facts=facts)])


def _left_known_column(**more: Any) -> Column[PriorityFinding]:
    """Return the column of what is left by what is known."""
    return Column.money(
        "left_known",
        _("Yuan a month left, as known"),
        "left_known_fen_per_month",
        value="left_known_fen",
        is_hidden=lambda finding: finding.is_private,
        **more,
    )


def format_priority_totals(priority: PriorityCheck, questions: Sequence[OpenQuestion] = ()) -> str:
    """Return the sentence on how many households and people stay poor: surely, and at most.

    It says how many of the open `questions` decide between them.
    """
    totals = priority.totals
    undecided = {finding.household_no for finding in priority.undecided}
    narrowing = sum(
        "priority" in asked.narrows and not asked.households.isdisjoint(undecided)
        for asked in questions
    )
    sentence = _("{households} priority households with {people} members.")
    if totals.undecided_households:
        sentence = _(
            "At least {households} and at most {most} priority households, with {people} to"
            " {most_people} members."
        )
    if totals.undecided_households and narrowing:
        sentence = _(
            "At least {households} and at most {most} priority households, with {people} to"
            " {most_people} members; {count} answers decide it."
        )
    return sentence.format(
        households=totals.priority_households,
        most=totals.priority_households_at_most,
        people=totals.priority_members,
        most_people=totals.priority_members_at_most,
        count=narrowing,
    )


def priority_figures_table(priority: PriorityCheck) -> RecordTable[tuple[str, object]]:
    """Return the table of the priority households in each community, and in all together."""
    title = _("Priority per community as of {day}, pack {pack} {version}")
    return build_figures_table(title, _figure_columns(), priority)


def _figure_columns() -> tuple[Column[PriorityTotals], ...]:
    """Return the columns of a community's figures."""
    return (
        Column.number("households", _("Households")),
        *Column.json("members"),
        Column.number("priority_households", _("Priority")),
        Column.number("priority_members", _("Members")),
        Column.number("undecided_households", _("Undecided")),
        *_share_columns("h", "H"),
        *_share_columns("a", "A"),
        *_share_columns("m0", "M0"),
        Column.number("left_out_members", _("Left out of H, A, M0")),
        *Column.json("priority_households_at_most", "priority_members_at_most"),
    )


def _share_columns(key: str, label: str) -> Columns:
    """Return the columns of a share: three decimals in tables, a number and exact text in JSON."""
    return (Column.number(key, label, format=_format_share, only="table"), *_fraction_columns(key))


def _fraction_columns(key: str) -> Columns:
    """Return the columns of a fraction for JSON: as a decimal number, and exact as text."""
    fraction = attrgetter(key)
    return (
        Column(key, only="json", value=lambda record: _round_fraction(fraction(record))),
        Column(f"{key}_exact", only="json", value=lambda record: _format_exact(fraction(record))),
    )


def _round_fraction(fraction: Fraction | None) -> float | None:
    """Return a fraction as a number with up to six decimals; None stays None."""
    return None if fraction is None else round(float(fraction), _PLACES)


def _format_exact(fraction: Fraction | None) -> str | None:
    """Return a fraction as text, such as 1/3 or 1; None stays None."""
    return None if fraction is None else str(fraction)


def _format_share(fraction: Fraction | None) -> str:
    """Return a share with three decimals; '' if it is None, as nobody is counted."""
    return "" if fraction is None else f"{float(fraction):.3f}"


def _finding_columns(pack: Pack) -> tuple[Column[PriorityFinding], ...]:
    """Return the columns of a household: money left per month, score and reasons."""
    says = {indicator.id: str(indicator.says) for indicator in pack.priority.indicators}

    def reasons(finding: PriorityFinding) -> str:
        return _("; ").join(says[reason.id] for reason in finding.reasons if reason.truth)

    def fact_names(names: Sequence[str]) -> str:
        return _("; ").join(format_fact(pack, name) for name in names)

    return (
        *list_household_columns(),
        Column.number("members", _("Members")),
        *_fraction_columns("score"),
        *_fraction_columns("score_max"),
        # The money left reveals the income: hidden if that would reveal a private fact.
        Column.money(
            "left",
            _("Yuan a month left"),
            "left_fen_per_month",
            value="left_fen",
            is_hidden=lambda finding: finding.is_private,
        ),
        _left_known_column(only="json"),
        Column.money("line", _("Line"), "line_fen_per_month", value="line_fen"),
        Column.number("score", _("Score"), words=_format_score, only="table"),
        Column("reasons", _("Reasons"), is_wide=True, words=reasons, value=_list_reason_documents),
        Column("unknown", _("Still to ask"), fact_names, json_key="missing"),
        *Column.json("as_due"),
    )


def _list_reason_documents(finding: PriorityFinding) -> list[dict[str, object]]:
    """Return each indicator for JSON: whether it holds, and its weight."""
    return [
        {
            "id": reason.id,
            "truth": reason.truth,
            "weight": _round_fraction(reason.weight),
            "weight_exact": _format_exact(reason.weight),
        }
        for reason in finding.reasons
    ]


def _format_score(finding: PriorityFinding) -> str:
    """Return the score in percent; a range if unknown facts could raise it."""
    low, high = (f"{round(score * 100)}%" for score in (finding.score, finding.score_max))
    return low if finding.score == finding.score_max else f"{low}-{high}"


def _footer(priority: PriorityCheck) -> list[str]:
    """Return notes on amounts taken as due, and on the share that sets the line if assumed."""
    line = _("What is due counts, as no sheet says what is paid: {programme} ({count} households).")
    findings = (*priority.findings, *priority.undecided)
    counts = Counter(name for finding in findings for name in set(finding.as_due))
    notes = [
        line.format(programme=format_programme(priority.pack, name), count=count)
        for name, count in sorted(counts.items())
    ]
    share = priority.pack.parameters.get(PRIORITY_SHARE)
    value = share.in_force(priority.as_of) if share else None
    if share is None or value is None or value.confidence != "assumed":
        return notes
    return [
        *notes,
        _("Assumed, to be confirmed: {label} = {value}. {question}").format(
            label=share.labels,
            value=format_parameter_value(priority.pack, PRIORITY_SHARE, value),
            question=share.question or "",
        ),
    ]


def _build_figures_document(
    figures: Columns, communities: Mapping[str, object], totals: object
) -> dict[str, object]:
    """Return the figures of all communities together, and of each, for JSON."""
    return {
        "totals": {"communities": len(communities), **build_document(figures, totals)},
        "communities": [
            {"community": community, "communities": 1, **build_document(figures, counted)}
            for community, counted in communities.items()
        ],
    }
