"""Cases and events as tables and JSON: the list, a history, the printed register, a referral.

The only people named in the list and the history are officials; what people wrote is private.
Departments fill in a referral, and `relief decide --file` reads its headings in either language.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relieftool.cases.case_list import replay_cases
from relieftool.cases.deadlines import list_calendar_years
from relieftool.cases.history import CaseEntry
from relieftool.cases.records import (
    BenefitChange,
    CaseRecord,
    RecordedEvent,
    format_closing_outcome,
    format_decision,
)
from relieftool.cases.reexaminations import DueReexamination
from relieftool.cases.referrals import Referral
from relieftool.eligibility.findings import Finding, format_status
from relieftool.fieldwork.helpers import Helper, list_assigned_helpers, list_helpers
from relieftool.fieldwork.measures import Measure, list_measures
from relieftool.messages import _, format_choice
from relieftool.output.result import (
    Column,
    Columns,
    RecordTable,
    Result,
    ShownCell,
    build_documents,
)
from relieftool.output.result_cells import (
    MaskableText,
    MaskedName,
    format_yuan,
    hide_value,
    when_hidden,
)
from relieftool.output.wording import (
    build_amount_cell,
    format_period,
    format_programme,
    format_reason,
    programme_column,
)
from relieftool.pack.models import Pack
from relieftool.store.life_events import LifeEvent
from relieftool.values.screen_text import escape_invisible


def build_cases_result(command: str, records: Sequence[CaseRecord], pack: Pack) -> Result:
    """Return cases as a table and as JSON; the reason that somebody wrote is private."""
    return cases_table(records, pack).result(command, "cases")


DueCase = tuple[CaseRecord, Sequence[str]]  # a case, and who helps its household


def build_due_result(
    cases: Sequence[DueCase], again: Sequence[DueReexamination], pack: Pack, until: str
) -> Result:
    """Return what is due by a day: cases, each with who helps its household, and who is examined.

    A table of whom to examine again is left out where there is nobody.
    """
    helpers = Column[DueCase](
        *("helpers", _("Helper"), _(", ").join),
        value=itemgetter(1),
        card="lead",
    )
    columns = (helpers, *Column.of_part(itemgetter(0), *_case_columns(pack)))
    title = _("Cases due until {day}, by helper").format(day=until)
    notes = _cases_footer([case for case, _helpers in cases])
    examined = RecordTable(
        _("To be examined again until {day}").format(day=until),
        (
            Column("due_on", _("Due")),
            programme_column(pack),
            Column("community", _("Community")),
            Column("household_no", _("Household"), is_whole=True),
            Column.optional("member_no", _("Member"), is_whole=True),
            Column("words", _("What to do"), value=lambda each: str(each.words), is_wide=True),
        ),
        again,
    )
    result = RecordTable(title, columns, cases, notes).result(
        "cases", "cases", examinations=examined.documents()
    )
    return replace(result, tables=(*result.tables, examined)) if again else result


def build_case_documents(records: Sequence[CaseRecord], pack: Pack) -> list[dict[str, object]]:
    """Return each case as a JSON object with the keys of the contract."""
    return build_documents(_case_columns(pack), records)


def cases_table(records: Sequence[CaseRecord], pack: Pack) -> RecordTable[CaseRecord]:
    """Return the table of cases, with their number and notes on due days below it."""
    return RecordTable(_("Cases"), _case_columns(pack), records, _cases_footer(records))


def _case_columns(pack: Pack) -> tuple[Column[CaseRecord], ...]:
    """Return the columns of a case, for tables and for JSON."""
    return (
        Column("case", _("Case"), is_whole=True, card="title"),
        Column("household_no", _("Household"), is_whole=True, card="title"),
        Column.optional("member_no", _("Member"), is_whole=True),
        Column("community", _("Community"), card="title"),
        programme_column(pack),
        Column("state", _("State"), words=format_case_state_in_full, card="lead"),
        Column("opened_on", _("Opened")),
        Column.number("days_open", _("Days open"), is_optional=True),
        Column("due_on", _("Due"), words=format_due_day),
        Column("is_overdue", _("Overdue"), _overdue_word, is_minor=True),
        Column.optional("referred_on", _("Referred"), is_minor=True),
        *Column.json("department"),
        _proxy_column(),
        *_decision_columns("decided_fen", "decided_on"),
        Column.optional("closed_on", _("Closed"), is_minor=True),
        *_outcome_columns(),
        *_signature_columns(),
        *Column.json("reopened_on", "last_on", "due_counts"),
        Column("reason", only="json", unit="private"),
        *Column.json("evidence_sha256", "found", "found_on", "paid_until"),
    )


def _decision_columns(amount_key: str, *json_keys: str) -> Columns:
    """Return the columns of the decision and the amount granted; JSON also has `json_keys`.

    `amount_key` is the key of the amount in JSON.
    """
    return (
        Column("decision", _("Decision"), format_decision, is_minor=True),
        *Column.json(*json_keys),
        Column.money("amount", _("Yuan granted"), amount_key, is_minor=True, is_optional=True),
        Column.optional("heard_on", _("Heard"), is_minor=True),
        Column.optional("told_on", _("Told"), is_minor=True),
    )


def _proxy_column(value: str = "") -> Column[Any]:
    """Return the column of who applied for the family."""
    return Column.name("proxy", _("Proxy"), value=value, is_minor=True, is_optional=True)


def _outcome_columns() -> Columns:
    """Return the columns of a closing: its outcome, and whether that is verified."""
    return (
        Column("outcome", _("Outcome"), format_closing_outcome, is_minor=True),
        Column.optional("verified", _("Verified"), is_minor=True),
    )


def _signature_columns() -> Columns:
    """Return the columns with the names of the people who made and who checked an entry."""
    return (
        Column.optional("by", _("By"), is_minor=True),
        Column.optional("checked_by", _("Checked by"), is_minor=True),
    )


def _overdue_word(is_overdue: bool) -> str:  # noqa: FBT001 the value of a column
    return _("overdue") if is_overdue else ""


def _cases_footer(records: Sequence[CaseRecord]) -> list[str]:
    open_count = sum(record.is_open for record in records)
    lines = [_("{count} cases, {open} of them open.").format(count=len(records), open=open_count)]
    overdue = sum(record.is_overdue for record in records)
    if overdue:
        lines.append(_("Overdue: {count}; they stand first.").format(count=overdue))
    if any(record.due_counts == "weekends" for record in records):
        sentence = _(
            "*: the calendar knows the public holidays of {first} to {last}; beyond, every"
            " Monday to Friday was counted. The true day may be later."
        )
        first, last = list_calendar_years()
        lines.append(sentence.format(first=first, last=last))
    return lines


def format_due_day(record: CaseRecord | CaseEntry) -> str:
    """Return the due day; '' if there is none. A star: some public holidays are not known."""
    mark = "*" if record.due_counts == "weekends" else ""
    return f"{record.due_on}{mark}" if record.due_on else ""


def format_case_state_in_full(record: CaseRecord) -> str:
    """Return the state of a case in words; a closed case may also be unverified or unchecked."""
    words = [format_choice(record.state)]
    if not record.is_open:
        words += [_("unverified")] if record.verified is False else []
        words += [_("unchecked")] if record.checked_by is None else []
    return _(", ").join(words)


def build_history_result(record: CaseRecord, steps: Sequence[CaseEntry], pack: Pack) -> Result:
    """Return a case in its current state, with its entries in the given order."""
    (case,) = build_case_documents([record], pack)
    columns = _entry_columns()
    answer = {
        "relief_result": 1,
        "command": "case",
        "case": case,
        "entries": build_documents(columns, steps),
    }
    footer: list[MaskableText] = [_state_sentence(record)]
    if any(step.reason for step in steps):
        footer.append(when_hidden(_("***: what people wrote; --reveal with --reason shows it.")))
    title = _("History of {case}: {subject}, {programme}").format(
        case=record.case,
        subject=record.member_no or record.household_no,
        programme=format_programme(pack, record.programme),
    )
    return Result(answer, (RecordTable(title, columns, steps, footer),))


def _state_sentence(record: CaseRecord) -> str:
    """Return the sentence on a case's state and due day."""
    state = format_case_state_in_full(record)
    if record.due_on is None:
        return _("It stands at: {state}.").format(state=state)
    sentence = (
        _("It stands at: {state}; overdue since {day}.")
        if record.is_overdue
        else _("It stands at: {state}; due on {day}.")
    )
    return sentence.format(state=state, day=format_due_day(record))


def _entry_columns() -> tuple[Column[CaseEntry], ...]:
    """Return the columns of an entry, for tables and for JSON."""
    return (
        Column.number("entry", _("No.")),
        Column("on", _("Day"), is_whole=True),
        Column("step", _("Step"), format_entry_kind),
        Column("state", _("State"), format_choice),
        Column("due_on", _("Due"), is_whole=True, is_minor=True, words=format_due_day),
        *Column.json("due_counts"),
        Column.optional("department", _("Department"), is_minor=True),
        _proxy_column(),
        *_decision_columns("amount_fen"),
        *_outcome_columns(),
        *_signature_columns(),
        *Column.json("status"),
        Column(
            "reason",
            _("Finding, reason or evidence"),
            is_wide=True,
            words=_build_why_cell,
            unit="private",
        ),
        Column.optional("evidence_sha256", _("SHA-256 of the file"), is_minor=True),
        Column("hash", _("Hash of the entry"), is_for_files=True),
    )


def _build_why_cell(step: CaseEntry) -> ShownCell:
    """Return the finding's status if the entry has one, otherwise its reason, marked as private."""
    if step.status == "priority":
        return _("priority household")
    if step.status:
        return format_status(step.status)
    return hide_value(step.reason) or ""


def format_entry_kind(step: str) -> str:
    """Return a kind of entry in words; a kind without words is returned unchanged."""
    return {
        "opened": _("opened"),
        "referred": _("referred"),
        "decided": _("decided"),
        "receipt_seen": _("receipt seen"),
        "closed": _("closed"),
        "verified": _("verified by a roster"),
        "checked": _("checked"),
        "reopened": _("reopened"),
        "found_again": _("came back"),
    }.get(step, step)


def format_case_progress(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the steps of a case in words: referrals, decisions, past closings and reopenings."""
    reopenings = [
        place
        for place, entry in enumerate(entries)
        if entry["entry_type"] in ("reopened", "found_again")
    ]
    last_reopening = reopenings[-1] if reopenings else -1
    words = (
        _progress_words(entry, is_past=place <= last_reopening)
        for place, entry in enumerate(entries)
    )
    return [text for text in words if text]


def _progress_words(entry: Mapping[str, Any], *, is_past: bool) -> str | None:
    """Return an entry in words; None if the progress in the printed register leaves it out.

    That includes a closing, unless `is_past`: the case was reopened after it.
    """
    day = entry["entered_on"]
    match entry["entry_type"]:
        case "referred":
            return _("referred {day} to {department}").format(
                day=day, department=entry["department"]
            )
        case "decided":
            amount = _yuan_words(entry["amount_fen"])
            return " ".join(filter(None, (format_decision(entry["outcome"]), day, amount)))
        case "closed" if is_past:
            outcome = format_closing_outcome(entry["outcome"])
            return _("closed {day}: {outcome}").format(day=day, outcome=outcome)
        case "reopened" | "found_again" as step:
            return f"{format_entry_kind(step)} {day}"
    return None


def _yuan_words(fen: int | None) -> str | None:
    return None if fen is None else _("{yuan} yuan").format(yuan=format_yuan(fen))


@dataclass(frozen=True)
class _Entry:
    """A line of the printed register: a case and what is recorded about its household."""

    place: int
    record: CaseRecord
    household: Mapping[str, Any]
    helpers: Sequence[Helper]
    measures: Sequence[Measure]
    steps: Sequence[str]


def register_table(db: Database, pack: Pack, records: Sequence[CaseRecord]) -> RecordTable[_Entry]:
    """Return the cases with the columns of the offices' own register (销号管理工作台账).

    The name of the head and the cause of hardship are private.
    """
    entries = _collect_entries(db, records, has_cause="hardship_cause" in pack.facts)
    title = _("Register of help given and cases closed")
    return RecordTable(title, _register_columns(pack), entries)


def _register_columns(pack: Pack) -> tuple[Column[_Entry], ...]:
    def kinds(measures: Sequence[Measure]) -> str:
        return _("; ").join(format_choice(measure.kind) for measure in measures)

    def progress(entry: _Entry) -> str:
        return _("; ").join([*entry.steps, *map(_format_measure, entry.measures)])

    return (
        Column("place", _("No.")),
        Column("case", _("Case"), is_whole=True, value="record.case"),
        Column("community", _("Community"), value="record.community"),
        *Column.of_part(
            attrgetter("household"),
            Column.name("head", _("Head")),
            Column.number("members", _("People")),
            Column("cause", _("Cause of hardship"), unit="private"),
        ),
        programme_column(pack, "record.programme"),
        Column("unit", _("Helping unit"), words=_format_units),
        Column("helper", _("Responsible person"), words=_format_people),
        Column("measures", _("Measures"), kinds),
        Column("progress", _("Carried out"), words=progress),
        Column("effect", _("Effect"), _format_effect, value="record"),
        Column.optional("closed_on", _("Closed on"), value="record.closed_on"),
        Column.optional("checked_by", _("Checked by"), value="record.checked_by"),
    )


def _format_units(entry: _Entry) -> str:
    """Return the helping units and the units of the helping people, each once."""
    units = (
        helper.name if helper.helper_type == "unit" else helper.unit or ""
        for helper in entry.helpers
    )
    return _(", ").join(filter(None, dict.fromkeys(units)))


def _format_people(entry: _Entry) -> str:
    people = (helper.name for helper in entry.helpers if helper.helper_type == "person")
    return _(", ").join(people)


def _collect_entries(
    db: Database, records: Sequence[CaseRecord], *, has_cause: bool
) -> list[_Entry]:
    """Return a line of the printed register for each case.

    `has_cause`: the pack has the fact `hardship_cause`, so households have this column.
    """
    cause = "households.hardship_cause" if has_cause else "NULL"
    households = {
        row["household_no"]: row
        for row in db.query(f"""
            SELECT households.household_no, households.listed_members AS members,
                members.name AS head, {cause} AS cause
            FROM households LEFT JOIN members ON members.member_no = households.head_member_no
        """)
    }
    by_name = {helper.name: helper for helper in list_helpers(db)}
    helpers = {
        number: [by_name[name] for name in names]
        for number, names in list_assigned_helpers(db).items()
    }
    measures: dict[str, list[Measure]] = defaultdict(list)
    for measure in list_measures(db):
        measures[measure.household_no].append(measure)
    steps = {
        record.case: format_case_progress(entries) for record, entries in replay_cases(db, records)
    }
    unlisted = dict.fromkeys(("head", "members", "cause"))  # a household no longer in the register
    return [
        _Entry(
            place,
            record,
            households.get(record.household_no, unlisted),
            helpers.get(record.household_no, []),
            measures.get(record.household_no, []),
            steps[record.case],
        )
        for place, record in enumerate(records, start=1)
    ]


def _format_measure(measure: Measure) -> str:
    """Return a measure in words: its kind, the day done or planned, the amount and the result."""
    day = (
        _("done {day}").format(day=measure.done_on)
        if measure.done_on
        else _("planned {day}").format(day=measure.planned_on)
    )
    words = (format_choice(measure.kind), day, _yuan_words(measure.amount_fen))
    return " ".join(filter(None, (*words, measure.result)))


def _format_effect(record: CaseRecord) -> str:
    return _(", ").join(
        filter(None, (format_closing_outcome(record.outcome), format_case_state_in_full(record)))
    )


_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def build_referral_result(referrals: Sequence[Referral], pack: Pack, day: str) -> Result:
    """Return one department's referrals as a table with empty columns for its decisions."""
    department = referrals[0].department
    title = _("Referral to {department}, {day}").format(department=department, day=day)
    answer = {"relief_result": 1, "command": "refer", "department": department}
    takes_away = any(each.finding and each.finding.status == "review" for each in referrals)
    fill_in = _columns_to_fill_in(pack, takes_away=takes_away)
    proxies = (
        [_proxy_column("record.proxy")] if any(each.record.proxy for each in referrals) else []
    )
    columns = (*_known_columns(pack), *proxies, *fill_in)
    return Result(answer, (RecordTable(title, columns, referrals, _list_advice(len(fill_in))),))


def _known_columns(pack: Pack) -> tuple[Column[Referral], ...]:
    """Return the columns that are filled in before a referral is sent."""
    return (
        Column("case", _("Case"), is_whole=True, value="record.case"),
        Column("household_no", _("Household"), is_whole=True, value="record.household_no"),
        Column("community", _("Community"), value="record.community"),
        Column.name("head", _("Head")),
        Column("member", _("Member"), words=_member),
        Column("id_number", _("ID number"), unit="id_number"),
        programme_column(pack, "record.programme"),
        Column(
            "why",
            _("Grounds"),
            is_wide=True,
            words=lambda referral: _format_grounds(pack, referral),
        ),
        Column.number("amount", _("Yuan due"), format=_amount, value="finding"),
        Column("period", _("Per"), format_period, value="finding.amount_period"),
        Column("due_on", _("Due"), format_due_day, value="record"),
    )


def _amount(finding: Finding | None) -> ShownCell:
    return build_amount_cell(finding) if finding else None


def _columns_to_fill_in(pack: Pack, *, takes_away: bool) -> Columns:
    """Return the empty columns for the department's decision.

    Where it may be to cut or end something, it has these outcomes too, and the days on which the
    family was heard and told if the pack asks for them.
    """
    ways = (_("reduced"), _("ended")) if takes_away else ()
    days: Columns = ()
    if takes_away and pack.hearing is not None:
        days = (
            Column("heard", _("Heard"), words=_leave_empty),
            Column("told", _("Told"), words=_leave_empty),
        )
    return (
        Column(
            "decision",
            _("Decision"),
            choices=(_("granted"), _("not granted"), *ways),
            words=_leave_empty,
        ),
        Column("reason", _("Reason"), words=_leave_empty),
        Column.number("granted", _("Amount"), words=_leave_empty),
        Column("day", _("Day"), words=_leave_empty),
        *days,
    )


def _leave_empty(_referral: Referral) -> str:
    return ""


def _member(referral: Referral) -> ShownCell:
    return "" if referral.record.member_no is None else MaskedName(referral.member)


def _format_grounds(pack: Pack, referral: Referral) -> str:
    finding = referral.finding
    if finding is None or finding.status not in ("unclaimed", "underpaid"):
        return ""
    return format_reason(pack, finding)


def _list_advice(columns: int) -> list[str]:
    return [
        _("Please fill in the last {count} columns and send this file back:").format(count=columns),
        _("Decision: granted or refused; a refusal with its reason; the amount in yuan; the day."),
    ]


def name_department_file(out: Path, department: str, *, is_only: bool) -> Path:
    """Return `out`, with the department's name added to the file name unless `is_only`.

    >>> name_department_file(Path("转办单.xlsx"), "区民政局", is_only=False).name
    '转办单-区民政局.xlsx'
    """
    if is_only:
        return out
    plain = _NOT_IN_FILE_NAMES.sub("、", escape_invisible(department))
    return out.with_name(f"{out.stem}-{plain}{out.suffix}")


def build_event_result(recorded: RecordedEvent, pack: Pack) -> Result:
    """Return an event, the cases that it closed or opened again, and the changed benefits."""
    cases = cases_table(recorded.cases, pack)
    answer = {
        "relief_result": 1,
        "command": "event",
        "event": asdict(recorded.event),
        "cases": cases.documents(),
        "benefits": [asdict(change) for change in recorded.benefits],
    }
    happened, benefits = _event_table(recorded.event), _benefits_table(recorded.benefits, pack)
    return Result(answer, (happened, cases, benefits) if recorded.cases else (happened, benefits))


def _event_table(event: LifeEvent) -> RecordTable[LifeEvent]:
    columns: tuple[Column[LifeEvent], ...] = (
        Column.number("event_id", _("No.")),
        Column("household_no", _("Household"), is_whole=True),
        Column("event_type", _("What happened"), format_choice),
        Column("happened_on", _("Day")),
        Column("members", _("Members"), lambda numbers: _(", ").join(numbers)),
        Column.optional("head_no", _("New head"), is_whole=True),
        Column.optional("other_no", _("Other household"), is_whole=True),
        Column.optional("community", _("Community")),
    )
    return RecordTable(_("Event"), columns, [event])


def _benefits_table(changes: Sequence[BenefitChange], pack: Pack) -> RecordTable[BenefitChange]:
    columns: tuple[Column[BenefitChange], ...] = (
        Column("household_no", _("Household"), is_whole=True),
        Column.optional("member_no", _("Member"), is_whole=True),
        programme_column(pack),
        Column.optional("before", _("Before"), format=format_status),
        Column.money("before", _("Yuan a month before"), "before_fen_per_month", is_optional=True),
        Column.optional("after", _("Now"), format=format_status),
        Column.money("after", _("Yuan a month now"), "after_fen_per_month", is_optional=True),
    )
    notes = [] if changes else [_("No benefit changes.")]
    return RecordTable(_("What it does to each benefit"), columns, changes, notes)
