"""`relief letter`: a letter to a family, or its application form, as a Word file.

`relief notice`: a public notice of what is proposed or was granted.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from relieftool.cases.case_list import find_case, list_cases
from relieftool.cases.records import CaseRecord, CaseState, DepartmentDecision
from relieftool.commands import options
from relieftool.commands.open_cases import find_due_amounts
from relieftool.commands.session import Register, RegisterOnDay, Session, today
from relieftool.documents.letters import (
    APPLICATION,
    DECISION,
    HEARING,
    LETTER,
    NOTICE,
    WHOM_NOTICES_NAME,
    FamilyLetters,
    NoticeLetters,
    Sender,
)
from relieftool.documents.templates import TemplateKind, find_template
from relieftool.eligibility.findings import Status
from relieftool.eligibility.household import load_household_record
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.files import check_ending
from relieftool.output.show import report_written
from relieftool.output.streams import print_message
from relieftool.store.chosen_pack import find_used_pack
from relieftool.store.database import write

_CASE_NO = re.compile(r"\s*C\d{4}-\d+\s*", re.IGNORECASE)
_KEPT_DAYS = 90


@dataclass(frozen=True)
class SenderOptions(options.Revealing):
    """The options on who writes, and on whole names.

    Attributes:
        office (NAME): The office that writes.
        contact (TEXT): Whom to call, and at which number.
        on: The day that it bears; otherwise today.
        destroy_by: When a copy with whole names is to be destroyed; otherwise after 90 days.
    """

    office: str | None = None
    contact: str | None = None
    on: dt.date | None = None
    destroy_by: dt.date | None = None

    def build_sender(self) -> Sender:
        """Return who writes, and when."""
        day = self.on or today()
        until = self.destroy_by or day + dt.timedelta(days=_KEPT_DAYS)
        return Sender(self.office, self.contact, day, until)


def letter(
    named: Annotated[str, typer.Argument(autocompletion=options.complete_household)],
    *,
    out: Path,
    programme: str | None = None,
    application: bool = False,
    hearing: dt.date | None = None,
    decision: bool = False,
    where: RegisterOnDay,
    sender: SenderOptions,
) -> None:
    """Write a letter to a family: what it may claim, where, with which papers, and whom to call.

    Or its application form, or the letters that the law asks for before and after something is
    refused, cut or ended. The templates can be changed: `relief pack templates`.

    Example: relief letter HKX-001 --out 告知书.docx --reveal --reason 送达告知书

    Args:
        named (CASE-or-HOUSEHOLD): A case's number, or a household as everywhere: number, name, ID
            number, address.
        programme: Only this programme, by its id or name.
        application: The application form, filled in as far as known.
        hearing: Before something is cut or ended: what the family may say to it, until this day.
        decision: What was refused, cut or ended in a case, and why.
        out (FILE): The Word file to write; it ends in .docx.
    """
    check_ending(out, _("a letter can only be a Word file"), ".docx")
    if application + decision + (hearing is not None) > 1:
        problem = _("say one of --application, --hearing and --decision")
        raise typer.BadParameter(problem, param_hint="--application")
    with where.open() as opened:
        family = _find_family(opened, named, programme, sender)
        name = ""
        if application:
            kind, (fields, name) = APPLICATION, family.build_application()
        elif hearing is not None:
            kind, fields = HEARING, family.build_hearing(hearing)
        elif decision:
            kind, fields = DECISION, family.build_decision()
        else:
            kind, fields = LETTER, family.build_letter()
        number = str(family.household.household["household_no"])
        _fill(opened, where, (kind, fields, name), sender, (out, [number]))


def _find_family(
    opened: Session, named: str, programme: str | None, sender: SenderOptions
) -> FamilyLetters:
    """Return the letters to the household of a case, or to a household."""
    from relieftool.eligibility.explain import find_programme_id

    case = find_case(opened.db, named) if _CASE_NO.fullmatch(named) else None
    number = case.household_no if case else opened.household(named)
    return FamilyLetters(
        opened.pack,
        opened.as_of,
        load_household_record(opened.db, opened.pack, opened.as_of, number),
        sender.build_sender(),
        case,
        find_programme_id(opened.pack, programme) if programme else None,
        sender.reveal,
        [record for record in list_cases(opened.db) if record.household_no == number],
    )


def _fill(
    opened: Session,
    where: Register,
    letter: tuple[TemplateKind, Mapping[str, Any], str],
    sender: SenderOptions,
    written: tuple[Path, Sequence[str]],
) -> None:
    """Fill in the template of a letter, and say what was written; it is logged with it.

    `written` are the file, and the households that it is about.
    """
    (kind, fields, programme), (out, households) = letter, written
    template = find_template(kind, find_used_pack(where.pack, opened.db), where.db, programme)
    template.check()
    with write(opened.db):
        template.fill(fields, out)
        opened.log_reveal(sender, households, out, is_always=True)
    report_written(out)
    sender.print_hint()


def notice(
    programme: str,
    cases: list[str] | None = None,
    *,
    out: Path,
    granted: bool = False,
    community: options.Community = None,
    where: RegisterOnDay,
    sender: SenderOptions,
) -> None:
    """Write a public notice: names, people in the household and amounts, for the days of the rules.

    Nothing else is published: no reason, illness, ID number or address, and never a child. Where
    the rules want no notice, there is none. It is to be taken down after its last day.

    Example: relief notice dibao --community 河口下 --out 公示.docx --reveal --reason 张贴公示

    Args:
        programme: The programme, by its id or name.
        cases (CASE): Only these cases; otherwise all that are referred, or granted and still open.
        granted: What was granted; otherwise what the street proposes.
        out (FILE): The Word file to write; it ends in .docx.
    """
    from relieftool.eligibility.explain import find_programme_id

    check_ending(out, _("a letter can only be a Word file"), ".docx")
    with where.open() as opened:
        name = opened.community(community)
        rules = opened.pack.programmes[find_programme_id(opened.pack, programme)]
        letters = NoticeLetters(
            opened.db, rules, sender.build_sender(), is_granted=granted, is_revealed=sender.reveal
        )
        wanted = {find_case(opened.db, number).case for number in cases or ()}
        due = [
            case
            for case in list_cases(opened.db, name)
            if case.programme == rules.id and _is_due(case, is_granted=granted)
        ]
        noticed = _choose(due, wanted) if wanted else due
        found = letters.build(_add_amounts(opened, noticed, is_granted=granted), name)
        numbers = [case.household_no for case in noticed]
        _fill(opened, where, (NOTICE, found.fields, rules.id), sender, (out, numbers))
    line = _("Named: {count}. Left out as children, or of unknown age: {left_out}.")
    print_message(line.format(count=found.count, left_out=found.left_out))


def _choose(due: Sequence[CaseRecord], wanted: set[str]) -> list[CaseRecord]:
    """Return the cases that a notice was asked for; ReliefError if one of them is not due."""
    if others := sorted(wanted - {case.case for case in due}):
        raise ReliefError(
            _(", ").join(others), _("a notice must not name this"), str(WHOM_NOTICES_NAME)
        )
    return [case for case in due if case.case in wanted]


def _is_due(case: CaseRecord, *, is_granted: bool) -> bool:
    if is_granted:
        return case.is_open and case.decision == DepartmentDecision.GRANTED
    return case.state == CaseState.REFERRED and case.found not in (Status.REVIEW, Status.CONFLICT)


def _add_amounts(
    opened: Session, cases: Sequence[CaseRecord], *, is_granted: bool
) -> list[tuple[CaseRecord, int | None]]:
    """Return cases with the amount that was granted, or that is due by the rules; None: unknown."""
    if is_granted:
        return [(case, case.decided_fen) for case in cases]
    return find_due_amounts(opened, cases)
