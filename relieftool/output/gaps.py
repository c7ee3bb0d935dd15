"""The answer of `relief gaps` as tables and as the JSON of the contract; masked unless revealed.

The lines households stand near, as a table and as JSON.

The visit list as a table and as JSON.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction

from relieftool.cases.records import CaseRecord
from relieftool.eligibility.findings import Finding, format_status
from relieftool.eligibility.gaps import Gaps, GapTotals, count_assumed, count_presumed
from relieftool.eligibility.near_lines import NearLine
from relieftool.eligibility.visit_list import PlannedVisit, count_decided_by_rosters, plan_visits
from relieftool.messages import _
from relieftool.output.result import (
    RecordTable,
    Result,
    ResultColumn,
    ShownCell,
    build_document,
    build_documents,
    list_json_columns,
)
from relieftool.output.result_cells import (
    HiddenValue,
    MaskableText,
    MaskedName,
    ResultCell,
    build_sentence,
    convert_to_yuan,
    format_yuan,
    join_texts,
)
from relieftool.output.wording import (
    build_amount_cell,
    build_pack_document,
    format_fact,
    format_missing_parameters,
    format_parameter_value,
    format_programme,
    format_reason,
)
from relieftool.pack.models import DatedValue, Pack
from relieftool.rules.minimal_questions import RECEIPT

_NearLine = tuple[Finding, NearLine]


def list_subject_columns() -> tuple[ResultColumn[Finding], ...]:
    """Return the columns that say whom a finding is about."""
    return (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community"), is_minor=True),
        ResultColumn("head", _("Head"), unit="name"),
        ResultColumn("member_no", _("Member number"), is_for_files=True, is_optional=True),
        ResultColumn("member", _("Member"), unit="name", words=build_member_cell),
    )


def build_member_cell(finding: Finding) -> ShownCell:
    """Return the member's name; nothing where a finding is about the whole household."""
    return "" if finding.member_no is None else MaskedName(finding.member)


def list_kind_columns(pack: Pack) -> tuple[ResultColumn[Finding], ...]:
    """Return the columns that say which programme a finding is about, and its status."""
    return (
        ResultColumn(
            "programme", _("Programme"), words=lambda found: format_programme(pack, found.programme)
        ),
        ResultColumn(
            "status", _("Status"), is_whole=True, words=lambda found: format_status(found.status)
        ),
    )


def build_near_table(gaps: Gaps) -> RecordTable[_NearLine]:
    """Return the findings whose household stands near a line, one row for each line."""
    whose = [column for column in list_subject_columns() if not column.is_for_files]
    columns = (
        *(column.of(_finding) for column in (*whose, *list_kind_columns(gaps.pack))),
        ResultColumn(
            "criterion",
            _("Condition"),
            is_wide=True,
            words=lambda line: _criterion_says(gaps.pack, *line),
        ),
        *(column.of(_near) for column in list_near_columns()),
    )
    lines = [(finding, near) for finding in gaps.findings for near in finding.near]
    title = _("Near a line as of {day}").format(day=gaps.as_of.isoformat())
    return RecordTable(title, columns, lines)


def _finding(line: _NearLine) -> Finding:
    return line[0]


def _near(line: _NearLine) -> NearLine:
    return line[1]


def _criterion_says(pack: Pack, finding: Finding, near: NearLine) -> str:
    criteria = pack.programmes[finding.programme].criteria
    return next(str(criterion.says) for criterion in criteria if criterion.id == near.criterion)


def list_near_columns() -> tuple[ResultColumn[NearLine], ...]:
    """Return which side of a line a household is on, both sides, and how far away the line is.

    JSON has plain numbers, fen or a count, and null for what would tell a private fact.
    """

    def is_away_private(near: NearLine) -> bool:
        return near.is_private or near.is_line_private

    return (
        *list_json_columns("criterion"),
        ResultColumn("side", _("Side"), words=_side_words, json_key="holds"),
        *list_json_columns("unit"),
        _number("value", _("Value"), lambda near: near.value, lambda near: near.is_private),
        _number("line", _("Line"), lambda near: near.line, lambda near: near.is_line_private),
        _number("distance", _("Away"), lambda near: near.distance, is_away_private),
        _private_column(
            "percent",
            _("Percent"),
            is_away_private,
            lambda near: round(_percent(near), 2),
            lambda near: f"{_percent(near):.1f}%",
        ),
    )


def _number(
    key: str,
    label: str,
    number: Callable[[NearLine], Fraction],
    is_private: Callable[[NearLine], bool],
) -> ResultColumn[NearLine]:
    """Return a column of fen or of a count."""

    def words(near: NearLine) -> ResultCell:
        return convert_to_yuan(round(number(near))) if near.unit == "fen" else str(number(near))

    return _private_column(key, label, is_private, lambda near: round(number(near)), words)


def _private_column(
    key: str,
    label: str,
    is_private: Callable[[NearLine], bool],
    value: Callable[[NearLine], float],
    words: Callable[[NearLine], ResultCell],
) -> ResultColumn[NearLine]:
    """Return a column whose cells are private on some rows: hidden from people, null in JSON."""

    def hidden_value(near: NearLine) -> object:
        return HiddenValue(value(near), instead=None) if is_private(near) else value(near)

    def hidden_words(near: NearLine) -> ShownCell:
        return HiddenValue(words(near)) if is_private(near) else words(near)

    return ResultColumn(key, label, "right", value=hidden_value, words=hidden_words)


def _side_words(near: NearLine) -> str:
    return _("met, just") if near.holds else _("not met, just")


def _percent(near: NearLine) -> float:
    return float(near.share * 100)


FindingSubject = tuple[str, str | None, str]
Cases = Mapping[FindingSubject, CaseRecord]
_Place = tuple[str, GapTotals]  # a community, or all, and its figures


def build_document_head(
    command: str, as_of: str, pack: Pack, unvalued: Sequence[str] = ()
) -> dict[str, object]:
    """Return the keys every JSON answer starts with."""
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
    shown = columns if has_cases else [column for column in columns if column.key != "days_open"]
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


def build_visit_list_result(gaps: Gaps) -> Result:
    """Return undetermined findings as a list of visits."""
    visits = plan_visits(gaps.findings)
    names = {finding.member_no: finding.member for finding in gaps.findings if finding.member_no}
    columns = _columns(_QuestionWriter(gaps.pack, names))
    plain = build_gaps_result(gaps)
    table = RecordTable(
        _("Whom to visit, as of {day}").format(day=gaps.as_of.isoformat()),
        columns,
        visits,
        [*_roster_lines(gaps), *format_stake_signs(visits)],
    )
    return Result(
        {**plain.document, "visits": build_documents(columns, visits)}, (plain.grids[0], table)
    )


def _columns(questions: "_QuestionWriter") -> tuple[ResultColumn[PlannedVisit], ...]:
    """Return what is shown of a visit; programs get the questions one by one."""
    return (
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("community", _("Community"), is_minor=True),
        ResultColumn("head", _("Head"), unit="name"),
        ResultColumn(
            "at_stake",
            _("Yuan a month at stake"),
            "right",
            words=_stake_cell,
            json_key="at_stake_fen_per_month",
        ),
        *list_json_columns("is_more", "ask"),
        ResultColumn(
            "ask",
            _("Ask"),
            is_wide=True,
            value=questions.all_of,
            words=lambda visit: join_texts(" ", questions.all_of(visit)),
            json_key="questions",
        ),
        ResultColumn(
            "programmes",
            _("Decides"),
            words=lambda visit: _("; ").join(
                format_programme(questions.pack, programme) for programme in visit.programmes
            ),
        ),
    )


def _stake_cell(visit: PlannedVisit) -> ResultCell:
    """Write what is at stake; a sum that lacks an unknown amount says so."""
    if visit.at_stake_fen_per_month is None or not visit.is_more:
        return convert_to_yuan(visit.at_stake_fen_per_month)
    return _("{yuan} and more").format(yuan=format_yuan(visit.at_stake_fen_per_month))


def format_stake_signs(visits: Sequence[PlannedVisit]) -> list[str]:
    """Say what the signs in the column of what is at stake mean, where they stand there."""
    lines = []
    if any(visit.at_stake_fen_per_month is None for visit in visits):
        lines.append(_("A ? under at stake: no sum of money, or one that nobody knows yet."))
    if any(one.at_stake_fen_per_month is not None and one.is_more for one in visits):
        lines.append(_('"And more": besides what is known, a benefit of unknown amount.'))
    return lines


class _QuestionWriter:
    """Puts into words what is to be asked."""

    def __init__(self, pack: Pack, names: Mapping[str, str | None]) -> None:
        self.pack = pack
        self._names = names

    def all_of(self, visit: PlannedVisit) -> list[MaskableText]:
        """Return the questions of a visit."""
        return [self.one(named) for named in visit.ask]

    def one(self, named: str) -> MaskableText:
        """Return the question for one fact or receipt, with the member it is about.

        Masked names are often the same: the member's place tells them apart, as on the forms.
        """
        member_no, _colon, rest = _parted(named)
        words = format_question(self.pack, rest)
        if not member_no:
            return words
        place = member_no.rpartition("-")[2]
        number = str(int(place)) if place.isdecimal() else member_no
        name = (self._names.get(member_no) or "").strip()
        member = build_sentence("{number} {name}", number=number, name=MaskedName(name))
        return build_sentence(
            _("{member}: {question}"), member=member if name else number, question=words
        )


def _parted(named: str) -> tuple[str, str, str]:
    """Part the number of a member from what is asked of him."""
    if named.startswith((RECEIPT, "parameter:")) or ":" not in named:
        return "", "", named
    return named.partition(":")


def format_question(pack: Pack, named: str) -> str:
    """Ask for a fact in the words of the surveyor's question, for a receipt by its programme."""
    fact = pack.facts.get(named)
    if fact is not None and fact.question is not None:
        return str(fact.question)
    if named.startswith(RECEIPT):
        programme = format_programme(pack, named.removeprefix(RECEIPT))
        return _("Is {programme} received?").format(programme=programme)
    return _("What is this: {label}?").format(label=format_fact(pack, named))


def _roster_lines(gaps: Gaps) -> list[str]:
    """Say which rosters, once imported, would decide how many findings without a visit."""
    line = _(
        "The complete roster of {programme}, once imported, decides {count} of these findings."
    )
    return [
        line.format(programme=format_programme(gaps.pack, name), count=count)
        for name, count in count_decided_by_rosters(gaps.findings).most_common()
    ]
