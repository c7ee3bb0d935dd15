"""Gaps as tables: findings, households near a line, visits, open questions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import itemgetter
from typing import Any

from relieftool.cases.records import CaseRecord, CaseState, DepartmentDecision
from relieftool.eligibility.findings import Finding, NearLine, Status, format_status
from relieftool.eligibility.gaps import (
    Gaps,
    GapTotals,
    PlannedVisit,
    count_assumed,
    count_presumed,
    plan_visits,
)
from relieftool.eligibility.priority import PriorityCheck
from relieftool.eligibility.question_records import OpenQuestion
from relieftool.messages import _
from relieftool.output.result import (
    Column,
    Columns,
    RecordTable,
    Result,
    ShownCell,
)
from relieftool.output.result_cells import (
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
    find_says,
    format_amount,
    format_fact,
    format_missing_parameters,
    format_parameter_value,
    format_period,
    format_programme,
    format_reason,
    programme_column,
)
from relieftool.pack.facts import RECEIPT
from relieftool.pack.models import DatedValue, Pack

_FindingLine = tuple[Finding, NearLine]


def list_subject_columns() -> Columns:
    """Return the columns of the household and the member that a record is about."""
    return (
        *list_household_columns(),
        Column.optional("member_no", _("Member number"), is_for_files=True),
        Column.name("member", _("Member"), words=build_member_cell, card="lead"),
    )


def list_household_columns() -> Columns:
    """Return the columns of the household that a record is about."""
    return (
        Column("household_no", _("Household"), is_whole=True, card="title"),
        Column("community", _("Community"), is_minor=True, card="title"),
        Column.name("head", _("Head"), card="title"),
    )


def build_member_cell(subject: Any) -> ShownCell:
    """Return the member's name, to be masked; '' if the record is about the whole household."""
    return "" if subject.member_no is None else MaskedName(subject.member)


def status_column() -> Column[Any]:
    """Return the column of a finding's status."""
    return Column("status", _("Status"), format_status, is_whole=True, card="lead")


def list_amount_columns() -> tuple[Column[Finding], ...]:
    """Return the columns of a finding's amount and its period; a screen has both in one."""
    return (
        Column.money("amount", _("Yuan"), words=build_amount_cell, is_for_files=True),
        Column(*("period", _("Per"), format_period), json_key="amount_period", is_for_files=True),
        Column("due", _("Amount"), only="screen", card="lead", words=_due_words),
    )


def _due_words(finding: Finding) -> str:
    """Return a finding's amount with its period; '' if it has none."""
    if build_amount_cell(finding) == "":
        return ""
    is_known = finding.amount_fen is not None
    amount = format_amount(finding.amount_fen, finding.amount_period)
    return amount if is_known else _("amount not known")


def _build_near_table(gaps: Gaps) -> RecordTable[_FindingLine]:
    """Return the table of conditions that are near their line, one row for each."""

    def says(line: _FindingLine) -> str:
        finding, near = line
        return find_says(gaps.pack.programmes[finding.programme].criteria, near.criterion)

    whose = [column for column in list_subject_columns() if not column.is_for_files]
    columns: Columns = (
        *Column.of_part(itemgetter(0), *whose, programme_column(gaps.pack), status_column()),
        Column("criterion", _("Condition"), is_wide=True, words=says),
        *Column.of_part(itemgetter(1), *list_near_columns()),
    )
    lines = [(finding, near) for finding in gaps.findings for near in finding.near]
    return RecordTable(_("Near a line as of {day}").format(day=gaps.as_of), columns, lines)


def list_near_columns() -> tuple[Column[NearLine], ...]:
    """Return the columns of a value near a line: its side, the value, the line, the distance."""

    def is_away_private(near: NearLine) -> bool:
        return near.is_private or near.is_line_private

    return (
        Column("side", _("Side"), _side_words, value="holds"),
        _figure_column("value", _("Value"), lambda near: near.is_private),
        _figure_column("line", _("Line"), lambda near: near.is_line_private),
        _figure_column("distance", _("Away"), is_away_private),
        Column.number(
            "percent",
            _("Percent"),
            words=lambda near: f"{float(near.share * 100):.1f}%",
            is_hidden=is_away_private,
        ),
    )


def _figure_column(key: str, label: str, is_hidden: Callable[[NearLine], bool]) -> Column[NearLine]:
    """Return the column of a figure: yuan or a count."""

    def words(near: NearLine) -> ResultCell:
        figure: Fraction = getattr(near, key)
        return convert_to_yuan(round(figure)) if near.unit == "fen" else str(figure)

    return Column.number(key, label, words=words, is_hidden=is_hidden)


def _side_words(holds: bool) -> str:  # noqa: FBT001 the value of a column
    return _("met, just") if holds else _("not met, just")


FindingSubject = tuple[str, str | None, str]
Cases = Mapping[FindingSubject, CaseRecord]


def build_gaps_result(
    gaps: Gaps,
    cases: Cases | None = None,
    questions: Sequence[OpenQuestion] = (),
    *,
    is_whole: bool = False,
) -> Result:
    """Return gaps as tables, each finding with its case if it has one.

    If lines nearby were asked for, they replace the table of findings. Below it a screen has only
    what is left out of the sum, and how many of the open `questions` narrow the bounds. Unless
    `is_whole`, a screen lists no undetermined findings: the questions are about them.
    """
    columns = list_finding_columns(gaps.pack) + _case_columns(cases or {})
    summary = gap_figures_table(gaps)
    bare = replace(summary, warnings=())  # a screen has them among the questions
    # The table has the column of days open only if there are cases.
    shown = columns if cases else [column for column in columns if column.key != "days_open"]
    title = _("Findings as of {day}").format(day=gaps.as_of)
    findings = RecordTable(title, shown, gaps.findings, _footer(gaps), weigh=weigh_finding)
    tables = (summary, _build_near_table(gaps) if gaps.is_near else findings)
    short = replace(tables[-1], footer=_short_footer(gaps, questions))
    short = short if gaps.is_near or is_whole else _leave_out_undetermined(short)
    lead = (format_gap_totals(gaps, questions), *_format_work(gaps, cases or {}))
    return Result({}, tables, on_screen=(bare, short), lead=lead)


def _format_work(gaps: Gaps, cases: Cases) -> list[str]:
    """Return the sentence on claims in the sum that departments have or refused, if any."""
    claims = [each for each in gaps.findings if each.status == Status.UNCLAIMED]
    found = [cases.get((each.household_no, each.member_no, each.programme)) for each in claims]
    records = [record for record in found if record is not None]
    referred = sum(record.state == CaseState.REFERRED for record in records)
    refused = sum(record.decision == DepartmentDecision.REFUSED for record in records)
    line = _("In this sum: {referred} claims are with departments, {refused} were refused.")
    return [line.format(referred=referred, refused=refused)] if referred or refused else []


def _leave_out_undetermined(findings: RecordTable[Any]) -> RecordTable[Any]:
    """Return findings of which a screen draws those that are decided, and counts the others."""
    left_out = _("{count} findings are undetermined, and not listed here.")
    return replace(findings, is_drawn=_is_decided, left_out=left_out)


def weigh_finding(finding: Finding) -> tuple[bool, int]:
    """Return a sort key: findings that are sure come first, of these the largest sum."""
    return finding.status == Status.UNDETERMINED, -(finding.gain_fen_per_year or 0)


def _is_decided(finding: Finding) -> bool:
    return finding.status != Status.UNDETERMINED


def _short_footer(gaps: Gaps, questions: Sequence[OpenQuestion]) -> list[str]:
    """Return what a screen has below the findings: what is left out, and the open questions."""
    return [*_left_out_line(gaps), *format_questions_line(questions)]


def format_questions_line(questions: Sequence[OpenQuestion]) -> list[str]:
    """Return the line on how many questions are open, if there are any."""
    line = _("Open questions: {count}. `relief questions` lists them.")
    count = count_pressing(questions)
    return [line.format(count=count)] if count else []


def count_pressing(questions: Sequence[OpenQuestion]) -> int:
    """Return how many open questions would change something now."""
    return sum(not asked.is_idle for asked in questions)


def build_figures_table(
    title: str, figures: Sequence[Column[Any]], check: Gaps | PriorityCheck
) -> RecordTable[tuple[str, object]]:
    """Return the figures of each community; if there are several, a last row has the totals.

    `title` may contain {day}, {pack} and {version}.
    """
    places: list[tuple[str, object]] = list(check.communities.items())
    if len(places) > 1:
        places.append((_("all communities"), check.totals))
    pack = check.pack
    return RecordTable(
        title.format(day=check.as_of, pack=pack.called, version=pack.version),
        (
            Column("community", _("Community"), value=itemgetter(0)),
            *Column.of_part(itemgetter(1), *figures),
        ),
        places,
        warnings=format_missing_parameters(pack, check.as_of, check.unvalued),
        is_whole=True,
    )


def gap_figures_table(gaps: Gaps) -> RecordTable[tuple[str, object]]:
    """Return the table of the gaps in each community, and in all together."""
    title = _("Gaps per community as of {day}, pack {pack} {version}")
    return build_figures_table(title, _figure_columns(), gaps)


def _figure_columns() -> tuple[Column[GapTotals], ...]:
    """Return the columns of a community's figures."""
    return (
        Column.number("households", _("Households")),
        Column.number("members", _("Members")),
        Column.number("unclaimed_households", _("Unclaimed")),
        Column.number("undetermined_households", _("Undetermined")),
        Column.number("review_households", _("To review")),
        Column.money(
            "unclaimed_yuan_per_month", _("Yuan a month unclaimed"), "unclaimed_fen_per_month"
        ),
    )


def list_finding_columns(pack: Pack) -> tuple[Column[Finding], ...]:
    """Return the columns of a finding."""
    return (
        *list_subject_columns(),
        programme_column(pack),
        status_column(),
        *list_amount_columns(),
        why_column(lambda finding: format_reason(pack, finding)),
        Column("department", _("Department"), card="lead"),
    )


def why_column(words: Callable[[Finding], str]) -> Column[Finding]:
    """Return the column of the reason for a finding's status, for tables only."""
    return Column("why", _("Why"), is_wide=True, card="text", words=words, only="table")


def _case_columns(cases: Cases) -> tuple[Column[Finding], ...]:
    """Return the columns of a finding's case and its days open; both are None without a case."""

    def case_of(finding: Finding) -> CaseRecord | None:
        return cases.get((finding.household_no, finding.member_no, finding.programme))

    return Column.of_part(
        case_of,
        Column.number("days_open", _("Days open"), is_optional=True),
    )


def _footer(gaps: Gaps) -> list[str]:
    """Return the notes on amounts left out, on assumed values and on presumed facts."""
    lines = _left_out_line(gaps)
    for parameter, count in sorted(count_assumed(gaps.findings).items()):
        value = gaps.pack.parameters[parameter].in_force(gaps.as_of)
        if value is not None:
            lines.append(_assumed_line(gaps.pack, parameter, value, count))
    presumed = _("Presumed, to be checked when claimed: {label} ({count} findings).")
    lines += [
        presumed.format(label=gaps.pack.facts[fact].labels, count=count)
        for fact, count in sorted(count_presumed(gaps.findings).items())
    ]
    return lines


def _left_out_line(gaps: Gaps) -> list[str]:
    """Return the line on claims that are not in the sum, if there are any."""
    count = gaps.totals.unclaimed_amount_unknown
    line = _("{count} unclaimed findings have no known amount and are not in the sum.")
    return [line.format(count=count)] if count else []


def _assumed_line(pack: Pack, parameter: str, value: DatedValue, count: int) -> str:
    """Return the note on an assumed value: how many findings rest on it, and what to ask."""
    named = pack.parameters[parameter]
    line = _("Assumed, to be confirmed: {label} = {value} ({count} findings).").format(
        label=named.labels, value=format_parameter_value(pack, parameter, value), count=count
    )
    return f"{line} {named.question}" if named.question else line


def format_gap_totals(gaps: Gaps, questions: Sequence[OpenQuestion] = ()) -> str:
    """Return the sentence on how many households are owed a benefit, and the yuan per month.

    It has what is sure and what is possible, if these differ, and how many of the open `questions`
    decide between them.
    """
    totals = gaps.totals
    narrowing = sum(bool(asked.owed_fen_per_year or asked.waiting) for asked in questions)
    said = _choose_sentence(totals, narrowing).format(
        unclaimed=totals.unclaimed_households,
        most=totals.unclaimed_households_at_most,
        households=totals.households,
        yuan=format_yuan(totals.unclaimed_fen_per_month),
        most_yuan=format_yuan(totals.unclaimed_fen_per_month_as_known),
        open=totals.households_without_limit,
        count=narrowing,
    )
    numbers = [
        str(asked.number)
        for asked in questions
        if asked.number and asked.households and asked.topic.parameter in gaps.unvalued
    ]
    if numbers and totals.unclaimed_fen_per_month_at_most is None:
        line = _("{said} Values that are missing: questions {numbers}.")
        said = line.format(said=said, numbers=_(", ").join(numbers[:_MOST_NUMBERS]))
    if totals.members == totals.members_at_most:
        return said
    line = _(
        "{said} People: {sure} sure, at most {most}; who may be gone or listed twice is in doubt."
    )
    return line.format(said=said, sure=totals.members, most=totals.members_at_most)


_MOST_NUMBERS = 9


def _choose_sentence(totals: GapTotals, narrowing: int) -> str:
    """Return the sentence for figures of which some are open, and questions narrow them."""
    sentence = _(
        "{unclaimed} of {households} households are owed a benefit they do not get:"
        " {yuan} yuan a month."
    )
    if totals.unclaimed_households_at_most > totals.unclaimed_households or narrowing:
        sentence = _(
            "Of {households} households, at least {unclaimed} and at most {most} are owed a"
            " benefit they do not get: at least {yuan} and at most {most_yuan} yuan a month."
        )
    if narrowing:
        sentence = _(
            "Of {households} households, at least {unclaimed} and at most {most} are owed a"
            " benefit they do not get: at least {yuan} and at most {most_yuan} yuan a month;"
            " {count} answers decide it."
        )
    if totals.unclaimed_fen_per_month_at_most is None:
        sentence = _(
            "Of {households} households, at least {unclaimed} and at most {most} are owed a"
            " benefit they do not get: at least {yuan} yuan a month, without a known upper limit"
            " (amounts of {open} households; as far as they are known, at most {most_yuan})."
        )
    return sentence


Contacts = Mapping[str, tuple[str | None, str | None]]  # address and telephone by household


def build_visit_list_result(
    gaps: Gaps, questions: Sequence[OpenQuestion] = (), contacts: Contacts | None = None
) -> Result:
    """Return the gaps with the visits to households that have undetermined findings.

    With `contacts` it is the list of who goes there: each with its address and telephone, in the
    order of communities and addresses; what has none comes last.
    """
    visits = plan_visits(gaps.findings)
    columns = _visit_columns(_QuestionWriter(gaps.pack, _name_members(gaps)))
    if contacts is not None:
        columns = (*columns[:3], *_contact_columns(contacts), *columns[3:])
        visits.sort(key=lambda visit: _place(visit, contacts))
    title = _("Whom to visit, as of {day}").format(day=gaps.as_of)
    signs = format_stake_signs(visits)
    table = RecordTable(title, columns, visits, signs)
    short = replace(table, footer=[*signs, *_short_footer(gaps, questions)[-1:]])
    plain = build_gaps_result(gaps)
    on_screen = (plain.on_screen[0], short)
    lead = (format_gap_totals(gaps, questions),)
    return Result({}, (plain.tables[0], table), on_screen=on_screen, lead=lead)


def _contact_columns(contacts: Contacts) -> tuple[Column[PlannedVisit], ...]:
    """Return the columns of a household's address and telephone."""

    def read(place: int) -> Callable[[PlannedVisit], str | None]:
        return lambda visit: contacts.get(visit.household_no, (None, None))[place]

    return (
        Column("address", _("Address"), unit="private", value=read(0)),
        Column("phone", _("Telephone"), unit="private", value=read(1)),
    )


def _place(visit: PlannedVisit, contacts: Contacts) -> tuple[str, bool, str]:
    """Return where a household lives, to sort by."""
    address = contacts.get(visit.household_no, (None, None))[0]
    return visit.community, address is None, address or ""


def write_visit_questions(
    gaps: Gaps, visits: Iterable[PlannedVisit]
) -> Iterator[tuple[PlannedVisit, list[MaskableText]]]:
    """Yield each visit with its questions in words."""
    writer = _QuestionWriter(gaps.pack, _name_members(gaps))
    for visit in visits:
        yield visit, writer.write_all(visit)


def _name_members(gaps: Gaps) -> dict[str, str | None]:
    """Return the names of members with findings by their number."""
    return {finding.member_no: finding.member for finding in gaps.findings if finding.member_no}


def _visit_columns(questions: "_QuestionWriter") -> tuple[Column[PlannedVisit], ...]:
    """Return the columns of a planned visit."""

    def programme_names(programmes: Sequence[str]) -> str:
        return _("; ").join(format_programme(questions.pack, name) for name in programmes)

    return (
        *list_household_columns(),
        Column.money(
            "at_stake", _("Yuan a month at stake"), "at_stake_fen_per_month", words=_stake_cell
        ),
        Column(
            "ask",
            _("Ask"),
            lambda asked: join_texts(" ", asked),
            is_wide=True,
            card="text",
            value=questions.write_all,
        ),
        Column("programmes", _("Decides"), programme_names),
    )


def _stake_cell(visit: PlannedVisit) -> ResultCell:
    """Return the yuan per month at stake, with "and more" if `is_more`; None if unknown."""
    if visit.at_stake_fen_per_month is None or not visit.is_more:
        return convert_to_yuan(visit.at_stake_fen_per_month)
    return _("{yuan} and more").format(yuan=format_yuan(visit.at_stake_fen_per_month))


def format_stake_signs(visits: Sequence[PlannedVisit]) -> list[str]:
    """Return notes on the signs that occur in the column of what is at stake."""
    lines = []
    if any(visit.at_stake_fen_per_month is None for visit in visits):
        lines.append(_("A ? under at stake: no sum of money, or one that is not known yet."))
    if any(visit.at_stake_fen_per_month is not None and visit.is_more for visit in visits):
        lines.append(_('"And more": besides what is known, a benefit of unknown amount.'))
    return lines


@dataclass(frozen=True)
class _QuestionWriter:
    """Formats the questions of visits; `names` has the names of members by their number."""

    pack: Pack
    names: Mapping[str, str | None]

    def write_all(self, visit: PlannedVisit) -> list[MaskableText]:
        """Return the questions of a visit."""
        return [self.write(name) for name in visit.ask]

    def write(self, name: str) -> MaskableText:
        """Return the question for a key in `ask`, with the member it is about.

        The member's number comes before the name, as on the forms: masked names are often the same.
        """
        member_no, name = _split_member(name)
        question = format_question(self.pack, name)
        if not member_no:
            return question
        place = member_no.rpartition("-")[2]
        number = str(int(place)) if place.isdecimal() else member_no
        person = (self.names.get(member_no) or "").strip()
        member = build_sentence("{number} {name}", number=number, name=MaskedName(person))
        return build_sentence(
            _("{member}: {question}"), member=member if person else number, question=question
        )


def _split_member(name: str) -> tuple[str, str]:
    """Split a key in `ask` into the member's number ('' if it has none) and what is to be asked."""
    if name.startswith((RECEIPT, "parameter:")) or ":" not in name:
        return "", name
    member_no, _colon, fact = name.partition(":")
    return member_no, fact


def format_question(pack: Pack, named: str) -> str:
    """Return the question for a fact, for a receipt, or for anything else by its label."""
    fact = pack.facts.get(named)
    if fact is not None and fact.question is not None:
        return str(fact.question)
    if named.startswith(RECEIPT):
        programme = format_programme(pack, named.removeprefix(RECEIPT))
        return _("Is {programme} received?").format(programme=programme)
    return _("What is this: {label}?").format(label=format_fact(pack, named))
