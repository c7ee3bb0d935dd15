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
from relieftool.pack.models import Pack
from relieftool.pack.value_overrides import OfficeValue, check_office_value, find_choice_id
from relieftool.spreadsheets.form_row_keys import HOUSEHOLD, build_fact_key
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.store.import_status import record_replacements
from relieftool.store.imports import ANSWERED, list_live_answers, record_import
from relieftool.store.office_values import (
    list_office_values,
    record_office_values,
    withdraw_office_value,
)
from relieftool.store.problem_decisions import (
    NO,
    REOPEN,
    YES,
    list_decisions,
    read_answer,
    record_decision,
)
from relieftool.store.settings import read_setting
from relieftool.values.cells import ValueProblem

LAW, FACT, NO_LIST, PRESUMED, COLUMN = "law", "fact", "no-list", "presumed", "column"


@dataclass(frozen=True)
class Answer:
    """What somebody answered, with their name, the day, and where it stands, if anywhere.

    `from_` is the first day of a value of the law, where it was said.
    """

    text: str
    by: str
    on: dt.date
    source: str | None = None
    from_: dt.date | None = None


def record_answer(db: Database, pack: Pack, number: int, answer: Answer) -> None:
    """Record the answer to the question with this number; only inside `write`.

    Raises:
        ReliefError: There is no such question, or it does not take this answer.
    """
    subject = find_subject(db, number)
    sort, _colon, rest = subject.partition(":")
    if sort == LAW:
        _record_value(db, pack, rest, answer)
    elif sort == FACT:
        owner, _colon, fact = rest.rpartition(":")
        _record_fact(db, pack.facts[fact], owner, number, answer)
    elif sort in {NO_LIST, PRESUMED, COLUMN}:
        raise ReliefError(
            str(number),
            _("this question is answered by a command of its own"),
            _("`relief questions` shows it."),
        )
    else:
        record_decision(db, number, read_answer(subject, answer.text), answer.by)


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


def _record_value(db: Database, pack: Pack, parameter: str, answer: Answer) -> None:
    """Record the office's value of a parameter, from the day on that was said.

    Otherwise it is for the days on which the present value holds.
    """
    place = f"relief answer {answer.text}"
    present = pack.parameters[parameter].in_force(answer.on)
    text = find_choice_id(pack.parameters[parameter], answer.text)
    check_office_value(pack, parameter, text, place)
    value = {
        "parameter": parameter,
        "value": text,
        "from": answer.from_ or (present.from_ if present else answer.on),
        "until": present.until if present and answer.from_ is None else "open",
        "source": answer.source or answer.by,
        "confidence": "reported",
        "by": answer.by,
        "on": answer.on,
    }
    record_office_values(db, pack, [OfficeValue.model_validate(value)], answer.on)


def _write_cell(fact: Fact, text: str) -> str:
    """Return an answer as a list would have it: a choice by its word, 是 or 否 for yes or no."""
    words = {choice.id: choice.labels.zh for choice in fact.choices}
    words |= {choice.labels.en: choice.labels.zh for choice in fact.choices}
    if fact.type == "yes_no":
        words |= {YES: "是", NO: "否"}
    return words.get(text, text)


def _check_cell(fact: Fact, cell: str, number: int) -> None:
    """Raise ReliefError if an answer to a question cannot be read as a fact."""
    # imported where an answer is recorded: whatever lists questions needs none of the register
    from relieftool.register.fact_cells import parse_fact  # noqa: PLC0415

    try:
        parse_fact(fact, cell)
    except ValueProblem as problem:
        raise ReliefError(str(number), str(problem.message), _("Nothing was written.")) from None


def _record_fact(db: Database, fact: Fact, owner: str, number: int, answer: Answer) -> None:
    """Record a fact of a household or member as an import of one row."""
    from relieftool.register.form_answers import FORM_KEY, hash_member  # noqa: PLC0415 as above
    from relieftool.spreadsheets.filled_form import build_column  # noqa: PLC0415 as above

    cell = _write_cell(fact, answer.text)
    _check_cell(fact, cell, number)
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
