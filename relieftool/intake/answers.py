"""Records the answer to an open question: a decision, a value of the law, or a fact of a family.

An answer about a fact is an import of its own, with one row: it can be undone like any other, and
`explain` names it as the source.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.intake.undo import undo_import
from relieftool.messages import _
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack, Parameter
from relieftool.pack.value_overrides import OfficeValue, check_office_value, find_choice_id
from relieftool.spreadsheets.form_row_keys import FORM_KEY, HOUSEHOLD, build_fact_key
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.store.import_status import record_replacements
from relieftool.store.imports import ANSWERED, list_live_answers, record_import
from relieftool.store.office_values import (
    list_office_values,
    record_office_values,
    withdraw_office_value,
)
from relieftool.store.problem_decisions import (
    COLUMN,
    FACT,
    LAW,
    NO,
    NO_LIST,
    PRESUMED,
    REOPEN,
    YES,
    list_decisions,
    read_answer,
    record_decision,
)
from relieftool.store.settings import read_setting
from relieftool.values.cells import ValueProblem
from relieftool.values.stored_values import StoredValue


@dataclass(frozen=True)
class Answer:
    """What somebody answered, with their name, the day, and where it stands, if anywhere.

    `first_day` is that of a value of the law, where it was said.
    """

    text: str
    by: str
    on: dt.date
    source: str | None = None
    first_day: dt.date | None = None


@dataclass(frozen=True)
class Understood:
    """What an answer was understood as: a fact's or parameter's value, or a choice.

    `about` is the fact or parameter; None for a decision about rows.
    """

    subject: str
    value: StoredValue | OfficeValue
    about: Fact | Parameter | None = None


def record_answer(db: Database, pack: Pack, number: int, answer: Answer) -> Understood:
    """Record the answer to the question with this number, and return what was understood.

    Only inside `write`.

    Raises:
        ReliefError: There is no such question, or it does not take this answer.
    """
    subject = find_subject(db, number)
    sort, _colon, rest = subject.partition(":")
    if sort == LAW:
        return Understood(subject, _record_value(db, pack, rest, answer), pack.parameters[rest])
    if sort == FACT:
        owner, _colon, name = rest.rpartition(":")
        fact = pack.facts[name]
        return Understood(subject, _record_fact(db, fact, owner, number, answer), fact)
    if sort in {NO_LIST, PRESUMED, COLUMN}:
        raise ReliefError(
            str(number),
            _("this question is answered by a command of its own"),
            _("`relief questions` shows it."),
        )
    choice = read_answer(subject, answer.text)
    record_decision(db, number, choice, answer.by)
    return Understood(subject, choice)


def take_back_answer(db: Database, pack: Pack, number: int, by: str, on: dt.date) -> None:
    """Take back what was answered to the question with this number; only inside `write`.

    A decision is open again, a value of the law withdrawn, and the import of a fact undone.

    Raises:
        ReliefError: There is no such question, or it has no answer.
    """
    subject = find_subject(db, number)
    sort, _colon, rest = subject.partition(":")
    if sort == LAW:
        days = [each.from_ for each in list_office_values(db, pack) if each.parameter == rest]
        if days:
            withdraw_office_value(db, pack, (rest, max(days)), by, on)
            return
    elif sort == FACT:
        earlier = list_live_answers(db, number)
        while answers := list_live_answers(db, number):  # an undone one brings back the one before
            undo_import(db, max(answers))
        if earlier:
            return
    elif any(decision.subject == subject for decision in list_decisions(db)):
        record_decision(db, number, REOPEN, by)
        return
    raise ReliefError(
        str(number),
        _("this question has no answer to take back"),
        _("`relief questions --closed` lists what was answered."),
    )


def find_subject(db: Database, number: int) -> str:
    """Return the subject of the question with this number; ReliefError if there is none."""
    found = db.execute("SELECT subject FROM doubts WHERE number = ?", [number]).fetchone()
    if found is None:
        raise ReliefError(
            str(number), _("no question has this number"), _("`relief questions` lists them.")
        )
    return str(found[0])


def _record_value(db: Database, pack: Pack, parameter: str, answer: Answer) -> OfficeValue:
    """Record the office's value of a parameter, from the day on that was said; return it.

    Raises:
        ReliefError: It is no value of the parameter, or nobody said since which day it is in force.
    """
    place = f"relief answer {answer.text}"
    text = find_choice_id(pack.parameters[parameter], answer.text)
    check_office_value(pack, parameter, text, place)
    if answer.first_day is None:
        present = pack.parameters[parameter].in_force(answer.on)
        remedy = _("Nothing was written. Add the first day of the value: `--on YYYY-MM-DD`.")
        if present is not None:
            remedy = _(
                "Nothing was written. Add the first day of the value: `--on YYYY-MM-DD`. What the"
                " pack has now holds since {day}."
            ).format(day=present.from_)
        raise ReliefError(place, _("it is not said since which day this is in force"), remedy)
    present = pack.parameters[parameter].in_force(answer.first_day)
    stated = {
        "parameter": parameter,
        "value": text,
        "from": answer.first_day,
        "until": present.until if present else "open",
        "source": answer.source or answer.by,
        "confidence": "reported",
        "by": answer.by,
        "on": answer.on,
    }
    value = OfficeValue.model_validate(stated)
    record_office_values(db, pack, [value], answer.on)
    return value


def _write_cell(fact: Fact, text: str) -> str:
    """Return an answer as a list would have it: a choice by its word, 是 or 否 for yes or no."""
    words = {choice.id: choice.labels.zh for choice in fact.choices}
    words |= {choice.labels.en: choice.labels.zh for choice in fact.choices}
    if fact.type == "yes_no":
        words |= {YES: "是", NO: "否"}
    return words.get(text, text)


def _read_cell(fact: Fact, cell: str, number: int) -> StoredValue:
    """Return an answer to a question as a fact; ReliefError if it cannot be read."""
    # imported where an answer is recorded: whatever lists questions needs none of the register
    from relieftool.register.fact_cells import parse_fact  # noqa: PLC0415

    try:
        return parse_fact(fact, cell)
    except ValueProblem as problem:
        raise ReliefError(str(number), str(problem.message), _("Nothing was written.")) from None


def _record_fact(db: Database, fact: Fact, owner: str, number: int, answer: Answer) -> StoredValue:
    """Record a fact of a household or member as an import of one row; return its value."""
    from relieftool.register.form_answers import hash_member  # noqa: PLC0415 as above
    from relieftool.spreadsheets.filled_form import build_column  # noqa: PLC0415 as above

    cell = _write_cell(fact, answer.text)
    value = _read_cell(fact, cell, number)
    household, unit, mark = owner, HOUSEHOLD, ""
    if fact.owner == "member":
        household, _dash, unit = owner.rpartition("-")
        row = db.execute("SELECT id_number, name FROM members WHERE member_no = ?", [owner])
        mark = hash_member(read_setting(db, "secret") or "", *(row.fetchone() or (None, None)))
    names = [(FORM_KEY, f"{HOUSEHOLD}:{household}"), (fact.id, str(fact.labels))]
    columns = [build_column(place, target, name) for place, (target, name) in enumerate(names)]
    cells = [str(build_fact_key(fact.id, unit, mark)), cell]
    table = SourceTable(
        sheet=str(number),
        title=_("Answer to a question"),
        first_header_row=1,
        last_header_row=1,
        kind="households",
        covers=answer.on.isoformat(),
        columns=columns,
        rows=[SourceRow(1, "first", None, cells)],
    )
    text = json.dumps([household, *cells, answer.on.isoformat(), answer.by], ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = _("answer to question {number}").format(number=number)
    said = {ANSWERED: number, "by": answer.by, "source": answer.source}
    earlier = list_live_answers(db, number)
    if digest not in earlier.values():
        record_replacements(db, record_import(db, name, digest, said, [table]), list(earlier))
    return value
