"""`relief gaps`: who is owed a benefit and does not get it.

`relief priority`: which households stay poor even with their benefits. `relief export`: facts and
receipts for other engines. What reads and writes Parquet is imported only when it is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from relieftool.cases.case_list import list_cases
from relieftool.cases.case_status import list_findings_needing_case
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.records import CaseFinding
from relieftool.commands import options
from relieftool.commands.open_cases import follow_up_opened, open_cases_for, report_case_changes
from relieftool.commands.session import RegisterOnDay, Session, load_register_pack, state_head
from relieftool.eligibility.findings import LISTED_STATUSES, STATUS_WORDS, Status
from relieftool.eligibility.gaps import Gaps, find_gaps
from relieftool.eligibility.household import list_contacts
from relieftool.eligibility.priority import find_priority
from relieftool.eligibility.question_records import OpenQuestion
from relieftool.eligibility.questions import list_questions
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.messages import _, list_chinese_names
from relieftool.output.gaps import Cases, build_gaps_result, build_visit_list_result
from relieftool.output.priority import build_priority_result
from relieftool.output.result import Result
from relieftool.output.streams import print_data, print_message
from relieftool.store.access_log import record_access
from relieftool.store.communities import find_community
from relieftool.values.text import is_reason


def parse_status(text: str) -> str:
    """Return the id of a status by its id or Chinese name; any other text is a usage error."""
    called = list_chinese_names(STATUS_WORDS)
    word = text.strip()
    status = called.get(word, word)
    if status in STATUS_WORDS:
        return status
    raise typer.BadParameter(
        _("'{text}' is no status; there are: {names}").format(
            text=text, names=", ".join(f"{key} {name}" for name, key in called.items())
        ),
        param_hint="--status",
    )


Statuses = Annotated[
    list[str] | None,
    typer.Option(
        "--status",
        parser=parse_status,
        metavar="STATUS",
        help=f"Only findings of this status; may be given again. One of {', '.join(Status)}."
        " undetermined alone shows the visit list, with --reveal by address, with telephones.",
    ),
]


@dataclass(frozen=True)
class EngineOptions(options.RevealOptions):
    """The options of a result that another engine may have evaluated.

    With --engine, nothing is shown, and --out is a folder for the results.

    Attributes:
        engine: Let this engine evaluate the folder of --parquet, into that of --out.
        parquet (DIR): The folder that `relief export` wrote.
        results (DIR): Show what another engine evaluated.
    """

    engine: Literal["duckdb", "spark"] | None = None
    parquet: Path | None = None
    results: Path | None = None

    def __post_init__(self) -> None:
        if not self.engine:
            super().__post_init__()
        if bool(self.engine) != bool(self.parquet) or (self.engine and not self.out):
            problem = _("--engine needs --parquet DIR and --out DIR")
            raise typer.BadParameter(problem, param_hint="--engine")
        if self.reveal and (self.engine or self.results):
            raise typer.BadParameter(_("there is no name to reveal"), param_hint="--reveal")


def gaps(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    status: Statuses = None,
    near: Annotated[Fraction | None, typer.Option(parser=options.parse_share)] = None,
    showing: EngineOptions,
    open_cases: bool = False,
    dry_run: options.DryRun = False,
) -> None:
    """Find every household owed a benefit it does not get, and what is still to be asked.

    Example: relief gaps --community 河口下

    Args:
        near (10%): Only findings that would turn if a line within this share were crossed.
        open_cases: Open a case for each finding that calls for one.
    """
    statuses = _select_statuses(status, near)
    is_visits = status is not None and set(statuses) == {"undetermined"} and near is None
    if showing.engine or showing.results:
        if open_cases:
            problem = _("cases are opened from what the register itself finds")
            raise typer.BadParameter(problem, param_hint="--open-cases")
        _work_elsewhere(where, showing, community, statuses, near, is_visits=is_visits)
    with where.open() as opened:
        name = opened.community(community)
        with_questions = is_visits or showing.is_json  # only these show them
        opened.refresh_findings(is_rehearsal=dry_run, with_questions=with_questions)
        found = find_gaps(
            *(opened.db, opened.pack, opened.as_of, name, statuses, near),
            with_questions=with_questions,
        )
        _show(opened, found, name, showing, is_visits=is_visits, is_whole=status is not None)
        cases = list_findings_needing_case(found.findings, with_reviews=status is not None)
        if open_cases:
            follow_up_opened(opened, name, is_priority=False, dry_run=dry_run)
            reviews = list_findings_needing_case(found.findings, with_reviews=True)
            open_cases_for(opened, cases, dry_run=dry_run, left=len(reviews) - len(cases))
        elif status is None and near is None:
            report_case_changes(opened, name, cases)
    raise typer.Exit(EXIT_LOOK if found.findings else EXIT_DONE)


def _work_elsewhere(
    where: RegisterOnDay,
    showing: EngineOptions,
    community: str | None,
    statuses: tuple[Status, ...],
    near: Fraction | None,
    *,
    is_visits: bool,
) -> NoReturn:
    """Evaluate an export on another engine, or show what it has evaluated; then exit."""
    from relieftool.engines.engine import evaluate_export, open_results

    pack, _day = load_register_pack(where.db, where.pack, where.as_of)
    if showing.engine and showing.parquet and showing.out:
        evaluate_export(showing.engine, showing.parquet, showing.out, pack, where.as_of)
        line = _("`relief gaps --results {folder}` shows what was found.")
        print_message(line.format(folder=showing.out))
        raise typer.Exit
    with open_results(Path(showing.results or ""), pack, where.as_of) as (register, day):
        name = None if community is None else find_community(register, community)[1]
        found = find_gaps(register, pack, day, community=name, statuses=statuses, near=near)
    result = build_visit_list_result(found) if is_visits else build_gaps_result(found)
    showing.show(_describe(result, found, {}, showing, is_visits=is_visits))
    print_message(_("Results of another engine: without names, and without the cases."))
    raise typer.Exit(EXIT_LOOK if found.findings else EXIT_DONE)


def _list_questions(
    opened: Session, community: str | None, showing: options.ShowOptions
) -> list[OpenQuestion]:
    """Return the open questions, which a screen counts below a list; none for data and files."""
    if not showing.is_screen:
        return []
    return list_questions(opened.db, opened.pack, opened.as_of, community)


def export(
    *,
    where: RegisterOnDay,
    parquet: Path | None = None,
    datasette: Path | None = None,
    schema: bool = False,
    reason: str | None = None,
) -> None:
    """Write the register for other programs: for engines, for Datasette, or what JSON has.

    Example: relief export --parquet out --reason "evaluation by the city"

    Args:
        parquet (DIR): A new folder for Parquet files: facts and receipts of all households, without
            anything that names them; needs --reason.
        datasette (DIR): A new folder with a masked copy of findings, cases, visits and questions.
        schema: Print the JSON Schema of the answers in JSON.
        reason (TEXT): Why; kept in the access log.
    """
    if sum((parquet is not None, datasette is not None, schema)) != 1:
        problem = _("say which: --parquet DIR, --datasette DIR or --schema")
        raise typer.BadParameter(problem, param_hint="--parquet")
    if schema:
        _print_schema()
    elif datasette is not None:
        _copy_masked(where, datasette)
    elif parquet is not None:
        _export_facts(where, parquet, reason or "")


def _print_schema() -> None:
    """Print the JSON Schema of the answers."""
    from relieftool.api.schemas import build_schema
    from relieftool.output.files import format_json

    print_data(format_json(build_schema()))


def _copy_masked(where: RegisterOnDay, folder: Path) -> None:
    """Write a masked copy of the answers, which Datasette opens."""
    from relieftool.api.masked_copy import write_masked_copy

    with where.open() as opened:
        opened.refresh_findings(with_questions=True)
        counts = write_masked_copy(folder, opened.db, opened.pack, opened.as_of, opened.day)
    line = _("{folder}: {counts}, masked. Open it: {command}")
    print_message(
        line.format(
            folder=folder,
            counts=_(", ").join(f"{name} {count}" for name, count in counts.items()),
            command=f"datasette {folder}",
        )
    )


def _export_facts(where: RegisterOnDay, parquet: Path, reason: str) -> None:
    """Write facts and receipts as Parquet files."""
    from relieftool.engines.export import export_register

    if not is_reason(reason):
        raise typer.BadParameter(_("say why, in words"), param_hint="--reason")
    with where.open() as opened:
        record_access(opened.db, "export", reason, str(parquet.name))
        count = export_register(opened.db, opened.pack, opened.as_of, parquet)
        line = _(
            "{count} households as of {day} are in {folder}: without names, but with incomes and"
            " health. Keep it as safe as the register."
        )
        print_message(line.format(count=count, day=opened.as_of, folder=parquet))
        print_message(state_head(opened.db))


def _select_statuses(status: Sequence[str] | None, near: Fraction | None) -> tuple[Status, ...]:
    """Return the statuses to list: those of `--status` if it is set.

    Otherwise all statuses with `--near`, and without it the ones that call for action.
    """
    if status:
        return tuple(each for each in Status if each in status)
    return LISTED_STATUSES if near is None else tuple(Status)


def _show(
    opened: Session,
    found: Gaps,
    community: str | None,
    showing: EngineOptions,
    *,
    is_visits: bool,
    is_whole: bool,
) -> None:
    """Show the list of visits if `is_visits`, otherwise the findings, each with its case."""
    asked = _list_questions(opened, community, showing)
    cases: Cases = {}
    if is_visits:
        contacts = list_contacts(opened.db, opened.pack) if showing.reveal else None
        result = build_visit_list_result(found, asked, contacts)
    else:
        records = add_deadlines(list_cases(opened.db, community), opened.pack, opened.day)
        cases = {record.key: record for record in records}
        result = build_gaps_result(found, cases, asked, is_whole=is_whole)
    opened.show(_describe(result, found, cases, showing, is_visits=is_visits), showing)


def _describe(
    result: Result, found: Gaps, cases: Cases, showing: EngineOptions, *, is_visits: bool
) -> Result:
    """Return a result with what makes its JSON, if that is asked for."""
    if not showing.is_json:
        return result
    from relieftool.api.gap_answers import describe_gaps, describe_visits

    source = describe_visits(found) if is_visits else describe_gaps(found, cases)
    return replace(result, describe=source.document)


def priority(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    showing: options.RevealOptions,
    open_cases: bool = False,
    dry_run: options.DryRun = False,
) -> None:
    """Find the households that stay poor even with every benefit they receive or could claim.

    Example: relief priority --community 河口下

    Args:
        open_cases: Open a case for each finding that calls for one.
    """
    with where.open() as opened:
        name = opened.community(community)
        opened.refresh_findings(is_rehearsal=dry_run)
        found = find_priority(opened.db, opened.pack, opened.as_of, community=name)
        asked = _list_questions(opened, name, showing)
        opened.show(build_priority_result(found, asked), showing)
        if open_cases:
            follow_up_opened(opened, name, is_priority=True, dry_run=dry_run)
            cases = [
                CaseFinding(finding.household_no, None, "priority", "priority")
                for finding in found.findings
            ]
            open_cases_for(opened, cases, dry_run=dry_run)
    raise typer.Exit(EXIT_LOOK if found.findings or found.undecided else EXIT_DONE)
