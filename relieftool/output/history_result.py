"""One case with every entry of its history, for people and programs; reasons only when revealed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relieftool.cases.history import CaseEntry
from relieftool.cases.records import (
    CaseRecord,
    format_case_state,
    format_closing_outcome,
    format_decision,
)
from relieftool.eligibility.statuses import format_status
from relieftool.messages import _
from relieftool.output.cases import build_case_documents, format_case_state_in_full, format_due_day
from relieftool.output.masking import MaskableText, hide_value, when_hidden
from relieftool.output.result import (
    RecordTable,
    Result,
    ResultColumn,
    ShownCell,
    build_documents,
    list_json_columns,
)
from relieftool.output.result_cells import format_yuan
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack


def build_history_result(record: CaseRecord, steps: Sequence[CaseEntry], pack: Pack) -> Result:
    """Return every entry of a case from the first on, and how it stands."""
    (case,) = build_case_documents([record], pack)
    columns = _entry_columns()
    answer = {
        "relief_result": 1,
        "command": "case",
        "case": case,
        "entries": build_documents(columns, steps),
    }
    footer: list[MaskableText] = [_standing(record)]
    if any(step.reason for step in steps):
        footer.append(when_hidden(_("***: what people wrote; --reveal with --reason shows it.")))
    return Result(answer, (RecordTable(_title(record, pack), columns, steps, footer),))


def _title(record: CaseRecord, pack: Pack) -> str:
    return _("History of {case}: {subject}, {programme}").format(
        case=record.case,
        subject=record.member_no or record.household_no,
        programme=format_programme(pack, record.programme),
    )


def _standing(record: CaseRecord) -> str:
    """Say how the case stands, and what is due."""
    state = format_case_state_in_full(record)
    if record.due_on is None:
        return _("It stands at: {state}.").format(state=state)
    sentence = (
        _("It stands at: {state}; overdue since {day}.")
        if record.is_overdue
        else _("It stands at: {state}; due on {day}.")
    )
    return sentence.format(state=state, day=format_due_day(record))


def _entry_columns() -> tuple[ResultColumn[CaseEntry], ...]:
    """Return what is shown of an entry, and the keys of the contract for programs."""
    return (
        ResultColumn("entry", _("No."), "right"),
        ResultColumn("on", _("Day"), is_whole=True),
        ResultColumn("step", _("Step"), words=lambda step: format_entry_kind(step.step)),
        ResultColumn("state", _("State"), words=lambda step: format_case_state(step.state)),
        ResultColumn("due_on", _("Due"), is_whole=True, is_minor=True, words=format_due_day),
        *list_json_columns("due_counts"),
        *_entry_outcome_columns(),
        ResultColumn("by", _("By"), is_minor=True, is_optional=True),
        ResultColumn("checked_by", _("Checked by"), is_minor=True, is_optional=True),
        *list_json_columns("status"),
        ResultColumn(
            "reason",
            _("Finding, reason or evidence"),
            is_wide=True,
            words=_why,
            unit="private",
        ),
        ResultColumn("evidence_sha256", _("SHA-256 of the file"), is_minor=True, is_optional=True),
        ResultColumn("hash", _("Hash of the entry"), is_for_files=True),
    )


def _entry_outcome_columns() -> tuple[ResultColumn[CaseEntry], ...]:
    """Return what an entry says of a decision or a closing."""
    return (
        ResultColumn("department", _("Department"), is_minor=True, is_optional=True),
        ResultColumn(
            "decision",
            _("Decision"),
            is_minor=True,
            words=lambda step: format_decision(step.decision),
        ),
        ResultColumn(
            "amount",
            _("Yuan granted"),
            "right",
            is_minor=True,
            unit="fen",
            is_optional=True,
            json_key="amount_fen",
        ),
        ResultColumn(
            "outcome",
            _("Outcome"),
            is_minor=True,
            words=lambda step: format_closing_outcome(step.outcome),
        ),
        ResultColumn("verified", _("Verified"), is_minor=True, is_optional=True),
    )


def _why(step: CaseEntry) -> ShownCell:
    """Return what the program saw, or what somebody wrote, which is private."""
    if step.status == "priority":
        return _("priority household")
    if step.status:
        return format_status(step.status)
    return hide_value(step.reason) or ""


def format_entry_kind(step: str) -> str:
    """Name a kind of entry; one that nobody knows as it is."""
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
    """Say in short what departments were asked and decided, and what came before a reopening."""
    anew = [place for place, one in enumerate(entries) if one["entry_type"] in _AFTER_REOPENING]
    past = anew[-1] if anew else -1
    return [
        words
        for place, one in enumerate(entries)
        for words in _progress_words(one, is_past=place <= past)
    ]


_AFTER_REOPENING = ("reopened", "found_again")


def _progress_words(entry: Mapping[str, Any], *, is_past: bool) -> Iterator[str]:
    day, amount = entry["entered_on"], entry["amount_fen"]
    match entry["entry_type"]:
        case "referred":
            yield _("referred {day} to {department}").format(
                day=day, department=entry["department"]
            )
        case "decided":
            yuan_words = (
                None if amount is None else _("{yuan} yuan").format(yuan=format_yuan(amount))
            )
            yield " ".join(filter(None, (format_decision(entry["outcome"]), day, yuan_words)))
        case "closed" if is_past:
            yield _("closed {day}: {outcome}").format(
                day=day, outcome=format_closing_outcome(entry["outcome"])
            )
        case "reopened" | "found_again" as step:
            yield f"{format_entry_kind(step)} {day}"
