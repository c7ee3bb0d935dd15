"""`relief` alone: where the office stands today, what is due, and what to do next."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from relieftool.cases.case_list import list_cases
from relieftool.cases.case_status import list_findings_needing_case
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.records import CaseRecord
from relieftool.commands.imports import format_minute
from relieftool.commands.session import Session, open_session
from relieftool.eligibility.changes import CHANGE_WORDS, load_counts
from relieftool.eligibility.gaps import Gaps, find_gaps
from relieftool.eligibility.question_records import OpenQuestion
from relieftool.eligibility.questions import list_questions
from relieftool.fieldwork.coverage import A_YEAR, VisitCoverage, find_coverage
from relieftool.fieldwork.visits import VisitStep
from relieftool.intake.undo import ImportContents, list_import_contents
from relieftool.messages import _
from relieftool.output.gaps import count_pressing, format_gap_totals
from relieftool.output.result import OutputFormat, Result
from relieftool.output.result_cells import format_yuan
from relieftool.output.show import show_result
from relieftool.values.screen_text import measure_width

_A_WEEK = dt.timedelta(days=7)
_MOST_QUESTIONS = 3
_MOST_STEPS = 3
_Step = tuple[str, str]  # a command, and what it does


def show_office(path: Path) -> None:
    """Show where the office stands; without a register, how to begin: no file is made."""
    lines = _begin(path)
    if path.exists():
        with open_session(path, None, None) as opened:
            opened.refresh_findings()
            lines = list(_look(path, opened).lines())
    show_result(Result({}, (), lines), OutputFormat.TABLE)


def _begin(path: Path) -> list[str]:
    """Return what to do where there is no register."""
    steps = [
        (_("relief import FOLDER"), _("bring the office's spreadsheets into a register")),
        ("relief demo", _("try everything on an invented street")),
        ("relief --help", _("all commands")),
    ]
    return [
        _("There is no register here yet ({file}).").format(file=path.name),
        *_list_steps(steps),
    ]


def _list_steps(steps: Sequence[_Step]) -> list[str]:
    """Return commands with what they do, side by side."""
    width = max((measure_width(command) for command, _words in steps), default=0)
    return [_("Next:"), *(f"  {command:{width}}  {words}" for command, words in steps)]


def _look(path: Path, opened: Session) -> "_Office":
    """Return what the page is about; findings that are kept are only read."""
    subject = (opened.db, opened.pack, opened.as_of)
    return _Office(
        path,
        opened,
        find_gaps(*subject, with_questions=False),
        list_questions(*subject),
        [each for each in list_import_contents(opened.db) if each.record.state == "live"],
        add_deadlines(list_cases(opened.db), opened.pack, opened.day),
        find_coverage(opened.db, opened.day, A_YEAR),
    )


@dataclass(frozen=True)
class _Office:
    """What the page says, paragraph by paragraph."""

    path: Path
    opened: Session
    gaps: Gaps
    asked: list[OpenQuestion]
    imports: list[ImportContents]
    cases: list[CaseRecord]
    coverage: VisitCoverage

    def lines(self) -> Iterator[str]:
        """Yield the lines of the page."""
        yield from self._register()
        yield from self._imports()
        if self.gaps.totals.households:
            yield ""
            yield format_gap_totals(self.gaps, self.asked)
            yield from self._questions()
            yield from self._week()
        yield ""
        yield from _list_steps(list(self._steps())[:_MOST_STEPS])

    def _register(self) -> Iterator[str]:
        """Yield which register this is, and for which day it speaks."""
        line = _("{file}: {households:,} households, {members:,} people, as of {day}.")
        yield line.format(
            file=self.path.name,
            households=self.gaps.totals.households,
            members=self.gaps.totals.members,
            day=self.gaps.as_of,
        )

    def _imports(self) -> Iterator[str]:
        """Yield the files and months in the register, and what the last import changed."""
        if not self.imports:
            return
        months = sorted({month for each in self.imports for month in each.months})
        span = sorted({*months[:1], *months[-1:]})
        line = _("Files imported: {count}, for {months}; the last on {minute}.")
        yield line.format(
            count=len(self.imports),
            months=" – ".join(span) or _("no known month"),
            minute=format_minute(self.imports[-1].record.imported_at),
        )
        if counts := load_counts(self.opened.db):
            changed = [f"{CHANGE_WORDS[sort]} {count}" for sort, count in counts.items() if count]
            line = _("It changed: {changes}.")
            yield line.format(changes=_("; ").join(changed) or _("nothing"))

    def _questions(self) -> Iterator[str]:
        """Yield how many questions are open, and those with the most at stake."""
        if not self.asked:
            return
        yield ""
        yield _("Open questions: {count}. Most depends on:").format(
            count=count_pressing(self.asked)
        )
        for asked in self.asked[:_MOST_QUESTIONS]:
            number = "" if asked.number is None else f"{asked.number}  "
            stake = asked.at_stake_fen_per_month
            line = _("{question} ({yuan} yuan a month)") if stake else "{question}"
            yield "  " + number + line.format(question=asked.words, yuan=format_yuan(stake))

    def _week(self) -> Iterator[str]:
        """Yield what is due within a week: decisions on cases, and visits."""
        until = self.opened.day + _A_WEEK
        yield ""
        yield _("Until {day}:").format(day=until)
        line = _("cases: {open} open, {due} to be decided by then, {overdue} overdue")
        running = [record for record in self.cases if record.is_open]
        overdue = sum(record.is_overdue for record in running)
        due = sum(record.due_on is not None and record.due_on <= str(until) for record in running)
        yield "  " + line.format(open=len(running), due=due - overdue, overdue=overdue)
        line = _("home surveys: {due} to be made again by then, {never} never made")
        ending = self.coverage.count_ending(VisitStep.SURVEY, until)
        never = self.coverage.count(VisitStep.SURVEY).never
        yield "  " + line.format(due=ending, never=never)

    def _steps(self) -> Iterator[_Step]:
        """Yield the commands that are worth most now, and what each does."""
        if not self.gaps.totals.households:
            yield _("relief import FOLDER"), _("bring the office's spreadsheets into a register")
        if any(record.is_overdue for record in self.cases):
            yield "relief cases --overdue", _("whom to ask for a decision that is late")
        if any(asked.at_stake_fen_per_month for asked in self.asked):
            yield "relief questions", _("what to find out, the most yuan first")
        if new := self._count_new():
            line = _("open a case for each of {count} new findings")
            yield "relief gaps --open-cases", line.format(count=new)
        if self.gaps.totals.undetermined_households:
            yield "relief gaps --status undetermined", _("whom to visit, and what to ask")
        yield "relief gaps", _("who is owed what")
        yield "relief priority", _("who stays poor even so")
        yield "relief --help", _("all commands")

    def _count_new(self) -> int:
        """Return how many findings call for a case and never had one."""
        known = {record.key for record in self.cases}
        needing = list_findings_needing_case(self.gaps.findings)
        return sum(finding.key not in known for finding in needing)
