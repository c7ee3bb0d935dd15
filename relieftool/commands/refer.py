"""`relief refer`: send cases to the departments that decide them, one workbook each."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import typer

from relieftool.cases.case_list import find_case, list_cases
from relieftool.cases.case_status import find_subject_statuses
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.department_decisions import record_referral
from relieftool.cases.records import CaseRecord
from relieftool.cases.referrals import Referrals, build_stated_referrals, find_referrals
from relieftool.commands import options
from relieftool.commands.form import check_unfilled, is_undecided_list
from relieftool.commands.session import Recording, Session, add_head, choose_written_day
from relieftool.eligibility.kept_findings import keep_apart
from relieftool.messages import _
from relieftool.output.cases import (
    build_case_documents,
    build_referral_result,
    cases_table,
    name_department_file,
)
from relieftool.output.files import check_out_file, write_result
from relieftool.output.result import Result
from relieftool.output.streams import print_message
from relieftool.store.database import write_or_rehearse


def refer(
    cases: list[str] | None = None,
    *,
    by: options.By,
    on: options.On = None,
    community: options.Community = None,
    department: list[str] | None = None,
    again: bool = False,
    proxy: str | None = None,
    out: Path | None = None,
    overwrite: bool = False,
    where: Recording,
    revealing: options.Revealing,
) -> None:
    """Send cases to the departments that decide them: one workbook for each department.

    The workbook holds only what the department needs, names masked unless revealed, and room for
    its decisions: `relief decide --file` takes it back. A case named again is a reminder.

    Example: relief refer --department 民政局 --by 王五

    Args:
        cases (CASE): Only these cases; otherwise all that wait.
        department (NAME): Only this department; may be repeated.
        again: Ask anew about a named case that is decided; its decision counts no more.
        proxy (NAME): Who applies for the family of the named cases, with its authority in writing.
        out (FILE): Name of the workbook; with several departments each name is added. Otherwise it
            is named by the day.
        overwrite: Write over a workbook that holds answers already.
    """
    check_out_file(out)
    if proxy is not None and not cases:
        raise typer.BadParameter(_("name the cases that they apply for"), param_hint="--proxy")
    with where.open() as opened:
        if where.dry_run:
            keep_apart(opened.db)
        day = choose_written_day(on)
        referrals = _choose(opened, cases or (), community, department or ())
        paths = _paths(referrals, day, out)
        for path in paths.values():
            check_unfilled(path, is_undecided_list, is_overwriting=overwrite or where.dry_run)
        record = partial(record_referral, opened.db, by=by, on=day, is_anew=again, proxy=proxy)
        marked = _send(opened, referrals, (day, record, paths), revealing, dry_run=where.dry_run)
        where.show(_result(opened, add_deadlines(marked, opened.pack, day), paths.values()))
    print_message(_format_referred(referrals, paths.values(), is_rehearsal=where.dry_run))
    if referrals.chosen and not where.dry_run:
        revealing.print_hint()


def _choose(
    opened: Session, cases: Sequence[str], community: str | None, departments: Sequence[str]
) -> Referrals:
    """Return the referrals of the named cases; if none are named, of the cases that wait.

    `community` and `departments` limit the cases that wait.
    """
    if cases:
        named = {find_case(opened.db, number).household_no for number in cases}
        statuses = find_subject_statuses(opened.db, opened.pack, opened.as_of, households=named)
        return build_stated_referrals(opened.db, opened.pack, statuses, cases)
    statuses = find_subject_statuses(opened.db, opened.pack, opened.as_of)
    records = list_cases(opened.db, opened.community(community))
    return find_referrals(opened.db, opened.pack, statuses, records, departments)


def _paths(referrals: Referrals, day: dt.date, out: Path | None) -> dict[str, Path]:
    """Return the path of each department's workbook."""
    base = out or Path(_("referral") + f"-{day.isoformat()}.xlsx")
    is_only = out is not None and len(referrals.departments) == 1
    return {
        name: name_department_file(base, name, is_only=is_only) for name in referrals.departments
    }


def _send(
    opened: Session,
    referrals: Referrals,
    stated: tuple[dt.date, Callable[[str, str], CaseRecord], dict[str, Path]],
    revealing: options.Revealing,
    *,
    dry_run: bool,
) -> list[CaseRecord]:
    """Record the referrals, write the workbooks and return the cases.

    If a workbook cannot be written, nothing is recorded. A rehearsal writes nothing.
    """
    day, record_case, paths = stated
    marked: list[CaseRecord] = []
    with write_or_rehearse(opened.db, is_rehearsal=dry_run):
        for name, asked in referrals.departments.items():
            records = [record_case(asking.record.case, name) for asking in asked]
            dated = {record.case: record for record in add_deadlines(records, opened.pack, day)}
            rows = [asking.marked(dated[asking.record.case]) for asking in asked]
            if not dry_run:
                result = build_referral_result(rows, opened.pack, day.isoformat())
                result = add_head(opened.db, result)
                write_result(result, paths[name], is_revealed=revealing.reveal)
                sent = [record.household_no for record in records]
                opened.log_reveal(revealing, sent, paths[name], is_always=True)
            marked += records
    return marked


def _result(opened: Session, listed: list[CaseRecord], files: Iterable[Path]) -> Result:
    """Return the cases that were sent, and the names of the files."""
    document = {
        "relief_result": 1,
        "command": "refer",
        "files": [str(file) for file in files],
        "cases": build_case_documents(listed, opened.pack),
    }
    return Result(document, (cases_table(listed, opened.pack),))


def _format_referred(referrals: Referrals, files: Iterable[Path], *, is_rehearsal: bool) -> str:
    """Return lines on what was sent, and on what was left out and why."""
    count = len(referrals.chosen)
    if not count:
        lines = [_("No case waits to be referred: `relief cases` says where each stands.")]
    elif is_rehearsal:
        lines = [_("{count} cases would be referred. Nothing was written.").format(count=count)]
    else:
        lines = [_("{count} cases are referred.").format(count=count)]
        lines += [_("Written: {file}").format(file=file) for file in files]
        lines.append(_("`relief decide --file FILE` takes the list back with its decisions."))
    if referrals.left_out:
        lines.append(
            _(
                "Left out, because the finding is no longer there: {cases}."
                " `relief gaps --open-cases` follows them up."
            ).format(cases=", ".join(referrals.left_out))
        )
    return "\n".join(lines)
