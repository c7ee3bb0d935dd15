"""One case with every entry of its history, for people and programs; reasons only when revealed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relieftool.ledger.history import CaseStep
from relieftool.ledger.records import CaseRecord, decision_word, outcome_word, state_word
from relieftool.messages import _
from relieftool.output.case_result import (
    case_documents,
    due_words,
    state_words,
)
from relieftool.output.cells import format_yuan
from relieftool.output.masking import Words, private, when_hidden
from relieftool.output.result import Column, Result, Shown, Table, documents, in_json
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack
from relieftool.statuses import status_word


def history_result(record: CaseRecord, steps: Sequence[CaseStep], pack: Pack) -> Result:
    """Return every entry of a case from the first on, and how it stands."""
    (case,) = case_documents([record], pack)
    columns = _columns()
    answer = {
        "relief_result": 1,
        "command": "case",
        "case": case,
        "entries": documents(columns, steps),
    }
    footer: list[Words] = [_standing(record)]
    if any(step.reason for step in steps):
        footer.append(when_hidden(_("***: what people wrote; --reveal with --reason shows it.")))
    return Result(answer, (Table(_title(record, pack), columns, steps, footer),))


def _title(record: CaseRecord, pack: Pack) -> str:
    return _("History of {case}: {subject}, {programme}").format(
        case=record.case,
        subject=record.member_no or record.household_no,
        programme=programme_word(pack, record.programme),
    )


def _standing(record: CaseRecord) -> str:
    """Say how the case stands, and what is due."""
    state = state_words(record)
    if record.due_on is None:
        return _("It stands at: {state}.").format(state=state)
    sentence = (
        _("It stands at: {state}; overdue since {day}.")
        if record.is_overdue
        else _("It stands at: {state}; due on {day}.")
    )
    return sentence.format(state=state, day=due_words(record))


def _columns() -> tuple[Column[CaseStep], ...]:
    """Return what is shown of an entry, and the keys of the contract for programs."""
    return (
        Column("entry", _("No."), "right"),
        Column("on", _("Day"), is_whole=True),
        Column("step", _("Step"), words=lambda step: step_word(step.step)),
        Column("state", _("State"), words=lambda step: state_word(step.state)),
        Column("due_on", _("Due"), is_whole=True, is_minor=True, words=due_words),
        *in_json("due_counts"),
        *_outcome_columns(),
        Column("by", _("By"), is_minor=True, is_optional=True),
        Column("checked_by", _("Checked by"), is_minor=True, is_optional=True),
        *in_json("status"),
        Column(
            "reason",
            _("Finding, reason or evidence"),
            is_wide=True,
            words=_why,
            unit="private",
        ),
        Column("evidence_sha256", _("SHA-256 of the file"), is_minor=True, is_optional=True),
        Column("hash", _("Hash of the entry"), is_for_files=True),
    )


def _outcome_columns() -> tuple[Column[CaseStep], ...]:
    """Return what an entry says of a decision or a closing."""
    return (
        Column("department", _("Department"), is_minor=True, is_optional=True),
        Column(
            "decision",
            _("Decision"),
            is_minor=True,
            words=lambda step: decision_word(step.decision),
        ),
        Column(
            "amount",
            _("Yuan granted"),
            "right",
            is_minor=True,
            unit="fen",
            is_optional=True,
            json_key="amount_fen",
        ),
        Column(
            "outcome", _("Outcome"), is_minor=True, words=lambda step: outcome_word(step.outcome)
        ),
        Column("verified", _("Verified"), is_minor=True, is_optional=True),
    )


def _why(step: CaseStep) -> Shown:
    """Return what the program saw, or what somebody wrote, which is private."""
    if step.status == "priority":
        return _("priority household")
    if step.status:
        return status_word(step.status)
    return private(step.reason) or ""


def step_word(step: str) -> str:
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


def progress_words(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say in short what departments were asked and decided, and what came before a reopening."""
    anew = [place for place, one in enumerate(entries) if one["entry_type"] in _ANEW]
    past = anew[-1] if anew else -1
    return [
        words
        for place, one in enumerate(entries)
        for words in _progress_words(one, is_past=place <= past)
    ]


_ANEW = ("reopened", "found_again")


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
            yield " ".join(filter(None, (decision_word(entry["outcome"]), day, yuan_words)))
        case "closed" if is_past:
            yield _("closed {day}: {outcome}").format(
                day=day, outcome=outcome_word(entry["outcome"])
            )
        case "reopened" | "found_again" as step:
            yield f"{step_word(step)} {day}"
