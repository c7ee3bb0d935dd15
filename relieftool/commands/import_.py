"""`relief import`: import an office's spreadsheets into the register."""

import datetime as dt
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Database

from relieftool.commands import options
from relieftool.commands.open_cases import report_confirmed_closings
from relieftool.commands.pack_choice import choose_first_pack
from relieftool.commands.questions import ask_and_tell, is_terminal
from relieftool.commands.session import (
    Register,
    Session,
    back_up_before,
    choose_written_day,
    find_programme,
    today,
)
from relieftool.eligibility.changes import (
    RegisterChanges,
    copy_register,
    find_changes,
    is_evaluated_at_once,
    save_counts,
)
from relieftool.eligibility.questions import list_roster_questions
from relieftool.errors import EXIT_LOOK, ReliefError
from relieftool.fieldwork.entries import record_withdrawals
from relieftool.fieldwork.form_entries import RecordedCounts, record_forms
from relieftool.intake.column_mapping import StatedMappings
from relieftool.intake.import_toml import is_folder
from relieftool.intake.imports import (
    FileReport,
    build_report,
    drop_unusable_corrections,
    record_files,
)
from relieftool.intake.remapping import remap_import
from relieftool.intake.source_files import ReadFile, read_paths
from relieftool.messages import ProgressCallback, _
from relieftool.output.imports import (
    ask_about_columns,
    build_import_result,
    format_unusable,
    format_withdrawals,
    list_import_news,
)
from relieftool.output.questions import format_unsure_rosters
from relieftool.output.streams import print_message
from relieftool.output.terminal import show_progress
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.register.origins import list_import_households
from relieftool.spreadsheets.columns import build_pack_catalogue
from relieftool.store.access_log import record_access
from relieftool.store.chosen_pack import choose_pack, find_chosen_pack, load_chosen_pack
from relieftool.store.database import (
    create_register,
    keep_temporary_in_memory,
    open_register,
    rehearse,
    write,
)
from relieftool.store.imports import find_newest_date, load_mappings
from relieftool.store.office_values import apply_office_values


def import_files(
    paths: list[Path] | None = None,
    *,
    where: Register,
    showing: options.ShowOptions,
    replace: bool = False,
    roster: str | None = None,
    complete: bool = False,
    area: str | None = None,
    month: Annotated[str | None, typer.Option(parser=options.parse_month)] = None,
    again: int | None = None,
    columns: Annotated[list[str] | None, typer.Option("--map")] = None,
    sheets: Annotated[list[str] | None, typer.Option("--sheet")] = None,
    on: Annotated[dt.date | None, typer.Option("--on", "--as-of")] = None,
    dry_run: options.DryRun = False,
) -> None:
    """Bring household lists and benefit rosters into the register, and say what changed.

    What was imported before changes nothing. Files that cannot be used are named and left out.

    Example: relief import sample_data

    Args:
        paths (PATH): Spreadsheet files, folders or .zip archives of them.
        replace: Earlier imports of files of the same name no longer count.
        roster (PROGRAMME): The named files are rosters of this programme.
        complete: Nobody who receives it is missing from the named rosters.
        area (NAME): The community the named files speak for.
        month (YYYY-MM): The month the named files speak for.
        again (IMPORT): Read the kept rows of this import by a new --map.
        columns (COLUMN=FACT): Read a column as this fact or known heading, or as two, FACT+FACT; -
            leaves it out. Remembered.
        sheets (NAME): Read this sheet too, although it is hidden.
        on: The day of what is written of cases, as that a closing is verified; otherwise today.
    """
    day = choose_written_day(on)
    _check_line(paths, again, columns)
    folder = (chosen := where.pack or find_chosen_pack(where.db)) or choose_first_pack()
    rules, known = load_chosen_pack(folder), load_mappings(where.db)
    stated = _stated(rules, paths or [], roster, area, month, sheets, is_complete=complete)
    said = StatedMappings(options.parse_map(columns or []), known, {}, stated, today())
    read, unusable = _read(rules, paths or [], said)
    with (
        _register(where.db, is_new=again is None, is_rehearsal=dry_run) as register,
        show_progress(sys.stderr, _("Writing")) as progress,
    ):
        keeping = _Keeping(rules, said, read, unusable, again, progress, is_replacing=replace)
        kept, lines = keeping.keep_and_follow(register, day, None if chosen else folder)
    showing.show(build_import_result(*kept, unusable))
    news = list_import_news(kept[0], unusable, is_replacing=replace)
    _follow_up([*lines, *news], where, kept[0], is_rehearsal=dry_run)
    if news or any(report.doubts for report in kept[0]):
        raise typer.Exit(EXIT_LOOK)


def _follow_up(
    lines: list[str], where: Register, reports: list[FileReport], *, is_rehearsal: bool
) -> None:
    """Print the lines on cases and forms, and ask on a terminal whether new rosters are complete.

    Elsewhere print that nobody has said so, and of a rehearsal that nothing was written.
    """
    for line in lines:
        print_message(line)
    if is_rehearsal:
        sentence = _("This was a rehearsal: nothing was written to {file}.")
        print_message(sentence.format(file=where.db.name))
        return
    new = [report.import_no for report in reports if report.is_new]
    with where.open() as opened:
        if is_evaluated_at_once(opened.db, opened.pack, opened.as_of):
            opened.number_questions()
        asked = list_roster_questions(opened.db, opened.pack, new)
        if asked and is_terminal():
            ask_and_tell(opened, where.pack, asked)
        elif asked:
            print_message(format_unsure_rosters(asked))


@dataclass(frozen=True)
class _Keeping:
    """An import to record: files that were read, or kept rows under another mapping.

    The errors for files that turn out not to be usable are added to `unusable`.
    """

    rules: Pack
    said: StatedMappings
    read: list[ReadFile]
    unusable: list[ReliefError]
    again: int | None
    progress: ProgressCallback
    is_replacing: bool

    def keep_and_follow(
        self, db: Database, day: dt.date, first: Path | None
    ) -> tuple[tuple[list[FileReport], RegisterChanges | None], list[str]]:
        """Record the import and what follows for cases and fieldwork, all or nothing.

        The pack in the folder `first` is kept as the register's; None: it has one.
        """
        keep_temporary_in_memory(db)
        with write(db):
            if first is not None:
                choose_pack(db, first)
            usable = drop_unusable_corrections(db, self.read, self.unusable.append)
            _require_usable(usable, self.unusable)
            kept = self.keep(db, usable)
            return kept, _follow(db, self.rules, usable, kept[0], day)

    def keep(
        self, db: Database, read: list[ReadFile]
    ) -> tuple[list[FileReport], RegisterChanges | None]:
        """Record the import; return the report on each file, and the changes in the register.

        The changes are None if nothing had been imported before.
        """
        before = copy_register(db, self.rules, today())
        if self.again is None:
            reports = record_files(
                db, self.rules, read, self.progress, replace_namesakes=self.is_replacing
            )
        else:
            reports = [_map_again(db, self.rules, self.again, self.said.stated)]
        if new := [report.import_no for report in reports if report.is_new]:
            households = list_import_households(db, new)
            record_access(db, "import", detail=" ".join(map(str, new)), households=households)
        if before is None:
            return reports, None
        changes = find_changes(db, before, today(), self.progress)
        if any(report.is_new for report in reports):
            save_counts(db, changes)
        return reports, changes


def _read(
    rules: Pack, paths: list[Path], said: StatedMappings
) -> tuple[list[ReadFile], list[ReliefError]]:
    """Read the files; on a terminal, ask about doubtful columns and read again with the answers.

    The errors are those for the files that cannot be used. If that is all of them, they are raised.
    """
    unusable: list[ReliefError] = []
    if not paths:
        return [], unusable
    with show_progress(sys.stderr, _("Reading")) as progress:
        read = read_paths(rules, paths, progress, print_message, said, unusable.append)
    _require_usable(read, unusable)
    doubts = [doubt for file in read for doubt in file.doubts]
    if not doubts or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return read, unusable
    answers = ask_about_columns(doubts, build_pack_catalogue(rules), rules, sys.stderr, sys.stdin)
    if not answers:
        return read, unusable
    unusable.clear()
    answered = said.add_answers(answers)
    return read_paths(rules, paths, said=answered, refuse=unusable.append), unusable


def _require_usable(read: list[ReadFile], unusable: list[ReliefError]) -> None:
    """Raise ReliefError if no file can be used; of several, it names each."""
    if unusable and not read:
        if len(unusable) == 1:
            raise unusable[0]
        raise ReliefError(
            _("{count} files").format(count=len(unusable)),
            _("none of them can be used"),
            "\n".join(map(format_unusable, unusable)),
        )


@contextmanager
def _register(path: Path, *, is_new: bool, is_rehearsal: bool) -> Iterator[Database]:
    """Open the register; if `is_new`, create it if it is absent.

    For a rehearsal, open a temporary copy, or an empty temporary register if there is no file.
    """
    if is_rehearsal:
        opening = rehearse(path)
    elif is_new and not path.exists():
        opening = create_register(path)
    else:
        opening = open_register(path, create=is_new)
    with opening as register:
        back_up_before(register, "import", is_rehearsal=is_rehearsal)
        yield register


def _check_line(paths: list[Path] | None, again: int | None, columns: list[str] | None) -> None:
    """Raise a usage error unless the command line has either files, or `--again` with `--map`."""
    if bool(paths) == (again is not None):
        raise typer.BadParameter(_("name files, or one import after --again"), param_hint="PATH")
    if again is not None and not columns:
        raise typer.BadParameter(_("--again needs a --map to read by"), param_hint="--again")


def _stated(  # noqa: PLR0917 an option each
    pack: Pack,
    paths: list[Path],
    roster: str | None,
    area: str | None,
    month: str | None,
    sheets: list[str] | None,
    *,
    is_complete: bool,
) -> dict[str, object]:
    """Return the options about the named files. But for --complete, a folder is a usage error."""
    said: dict[str, object] = {"area": area, "date": month, "complete": is_complete or None}
    said["sheets"] = sheets or None
    if roster is not None:
        said |= {"kind": "roster", "programme": find_programme(pack, roster)}
    said = {name: value for name, value in said.items() if value is not None}
    for path in paths if said.keys() - {"complete"} else ():
        if is_folder(path):
            raise typer.BadParameter(
                _("{path} is a folder; name the files themselves").format(path=path),
                param_hint="PATH",
            )
    return said


def _map_again(db: Database, pack: Pack, number: int, columns: Mapping[str, str]) -> FileReport:
    """Read an import's kept rows again with a corrected mapping, and return the report."""
    with write(db):
        new = remap_import(db, pack, number, columns)
        refresh_register(db, pack)
        (name,) = db.execute("SELECT file_name FROM imports WHERE import_id = ?", [new]).fetchone()
    return build_report(db, new, name, is_new=True, replaced=1, beside=0)


def _follow(
    db: Database, rules: Pack, read: list[ReadFile], reports: list[FileReport], day: dt.date
) -> list[str]:
    """Record what follows from an import for cases and fieldwork; return sentences on both."""
    lines = report_confirmed_closings(
        Session(db, apply_office_values(db, rules), find_newest_date(db) or today(), day)
    )
    lines += format_withdrawals(record_withdrawals(db, day))
    forms = [
        (report.import_no, form)
        for file, report in zip(read, reports, strict=False)  # --again reads no file
        for form in file.forms
    ]
    recorded = record_forms(db, forms)
    return [*lines, _format_form_counts(len(forms), recorded)] if forms else lines


def _format_form_counts(forms: int, recorded: RecordedCounts) -> str:
    """Return the sentence on the visits and needs that the forms added."""
    return _("Forms: {forms}. Written down: visits {visits}, needs {needs}.").format(
        forms=forms, visits=recorded.visits, needs=recorded.needs
    )
