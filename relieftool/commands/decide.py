"""`relief decide`: record what a department decided, on one case or on a whole list."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from relieftool.cases.case_list import list_cases
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.decision_lists import DecisionList, read_decisions
from relieftool.cases.department_decisions import StatedDecision, record_case_decisions
from relieftool.cases.records import CaseRecord, DepartmentDecision
from relieftool.commands import options
from relieftool.commands.open_cases import find_due_amounts
from relieftool.commands.session import Recording, Session, choose_written_day, today
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.messages import _
from relieftool.output.cases import build_case_documents, cases_table
from relieftool.output.imports import problems_table
from relieftool.output.result import Result
from relieftool.output.result_cells import format_yuan
from relieftool.output.streams import print_message
from relieftool.store.imports import RecordedProblem
from relieftool.values.cells import ValueProblem, parse_money

_MUCH = 2  # so many times what is due is probably a slip of the pen


@dataclass(frozen=True)
class SaidDecision:
    """The options of a decision on one case.

    Attributes:
        granted: What was decided on the one case.
        reduced: What is received was cut; --amount is what is left.
        ended: What was received has been ended.
        heard: When the family was heard, before anything was cut or ended.
        told: When they were told in writing, with the reasons.
        reason (TEXT): The reason given; a refusal needs one.
        amount (YUAN): What was granted, in yuan.
    """

    granted: Annotated[bool | None, typer.Option("--granted/--refused")] = None
    reduced: bool = False
    ended: bool = False
    heard: dt.date | None = None
    told: dt.date | None = None
    reason: str | None = None
    amount: str | None = None

    def on(self, case: str, day: dt.date) -> StatedDecision:
        """Return the decision on a case; a usage error if the line has none, or several."""
        said = {
            DepartmentDecision.GRANTED: self.granted is True,
            DepartmentDecision.REFUSED: self.granted is False,
            DepartmentDecision.REDUCED: self.reduced,
            DepartmentDecision.ENDED: self.ended,
        }
        chosen = [decision for decision, is_said in said.items() if is_said]
        if len(chosen) != 1:
            problem = _("say one of --granted, --refused, --reduced and --ended")
            raise typer.BadParameter(problem, param_hint="--granted")
        fen, days = parse_yuan_option(self.amount), map(_not_ahead, (self.heard, self.told))
        return StatedDecision(case, chosen[0], day, self.reason, fen, None, *days)


def decide(
    case: str | None = None,
    *,
    said: SaidDecision,
    file: Path | None = None,
    by: options.By,
    on: options.On = None,
    where: Recording,
) -> None:
    """Record what a department decided: on one case, or on the cases of its list.

    A row that cannot be used is reported with its place, and the other rows are recorded. A
    decision that is already recorded is not recorded again. From 2026-07-01 nothing is cut or ended
    without --heard and --told.

    Example: relief decide C2024-0001 --granted --amount 635 --by 王五

    Args:
        case: The case's number: C2024-0001.
        file: A list of decisions: 条目号, 户编号, 救助项目, 结果, 理由, 金额, 日期, 听取意见日期,
            告知日期.
    """
    _check_line(case, file)
    with where.open() as opened:
        day = choose_written_day(on)
        if file is not None:
            found = read_decisions(opened.db, file, opened.pack, on, today=today())
        else:
            found = DecisionList([said.on(str(case), day)], [])
        unlikely = _find_unlikely(opened, found, is_rehearsal=where.dry_run)
        decided = record_case_decisions(
            *(opened.db, found.stated),
            by=by,
            hearing=opened.pack.hearing,
            listed_in=file,
            is_rehearsal=where.dry_run,
        )
        listed = add_deadlines(decided, opened.pack, day)
        where.show(_result(opened, listed, found, file))
    print_message(
        "\n".join([_format_decided(len(decided), found, is_rehearsal=where.dry_run), *unlikely])
    )
    raise typer.Exit(EXIT_LOOK if found.problems or unlikely else EXIT_DONE)


def _find_unlikely(opened: Session, found: DecisionList, *, is_rehearsal: bool) -> list[str]:
    """Return a line on each recorded amount that is more than twice that of the rules."""
    stated = {each.case: each.amount_fen for each in found.stated if each.amount_fen}
    records = [record for record in list_cases(opened.db) if record.case in stated]
    if records:
        opened.refresh_findings(is_rehearsal=is_rehearsal)
    due = find_due_amounts(opened, records)
    line = _(
        "{case}: {amount} yuan is more than twice the {due} yuan that the rules give; check the"
        " letter, and if it is wrong, `relief decide` again with the right amount."
    )
    return [
        line.format(case=record.case, amount=format_yuan(fen), due=format_yuan(due_fen))
        for record, due_fen in due
        if due_fen is not None and (fen := stated[record.case] or 0) > _MUCH * due_fen
    ]


def _check_line(case: str | None, file: Path | None) -> None:
    """Raise a usage error unless the line has either a case with its decision, or a list."""
    if (case is None) == (file is None):
        raise typer.BadParameter(_("name one case, or a list with --file"), param_hint="CASE")


def _not_ahead(day: dt.date | None) -> dt.date | None:
    """Return a day, or None; a day that has not come yet is a usage error."""
    return None if day is None else choose_written_day(day)


def parse_yuan_option(amount: str | None) -> int | None:
    """Return an amount of yuan as fen; None stays None. Other texts are usage errors."""
    if amount is None:
        return None
    try:
        return parse_money(amount)
    except ValueProblem as problem:
        raise typer.BadParameter(str(problem.message), param_hint="--amount") from None


def _result(
    opened: Session, listed: list[CaseRecord], found: DecisionList, file: Path | None
) -> Result:
    """Return the decided cases and, before them, the rows that could not be used."""
    problems = [RecordedProblem(file.name if file else "", problem) for problem in found.problems]
    table = problems_table(problems)
    document = {
        "relief_result": 1,
        "command": "decide",
        "cases": build_case_documents(listed, opened.pack),
        "problems": table.documents(),
    }
    tables = [table] if problems else []
    return Result(document, (*tables, cases_table(listed, opened.pack)))


def _format_decided(decided: int, found: DecisionList, *, is_rehearsal: bool) -> str:
    sentence = (
        _("{count} cases would stand decided; {problems} rows could not be used. Nothing written.")
        if is_rehearsal
        else _("{count} cases stand decided; {problems} rows could not be used.")
    )
    line = sentence.format(count=decided, problems=len(found.problems))
    if not found.unused:
        return line
    names = _("; ").join(found.unused)
    return line + "\n" + _("Columns that were not used: {names}.").format(names=names)
