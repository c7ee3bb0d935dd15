"""A register as other programs read it.

It gives the same answers as the commands, from the same models; nothing of it is changed but what
relief itself keeps so as not to find it twice.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from relieftool.api.answers import AnswerModel, AnswerSource
from relieftool.api.explanation_answers import ExplainAnswer, describe_explanation
from relieftool.api.gap_answers import GapsAnswer, describe_gaps
from relieftool.api.question_answers import QuestionsAnswer, describe_questions
from relieftool.cases.case_list import list_cases
from relieftool.cases.deadlines import add_deadlines
from relieftool.eligibility.explain import explain_findings
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.questions import list_questions
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register, show_register_on
from relieftool.store import database
from relieftool.store.access_log import find_numbers, record_access
from relieftool.store.chosen_pack import load_chosen_pack
from relieftool.store.entries import find_household
from relieftool.store.imports import find_newest_date
from relieftool.store.office_values import apply_office_values
from relieftool.values.id_numbers import read_id_number
from relieftool.values.text import is_reason


@dataclass(frozen=True)
class ReadRegister:
    """A register that is there, and the pack's folder (None: the one chosen for it).

    Answers are for `as_of`; if that is None, for the newest day that the sheets are about. Private
    values are masked, unless there is a `reason` to reveal them: it is kept in the access log.
    """

    path: Path
    pack: Path | None = None
    reason: str | None = None

    def findings(self, as_of: dt.date | None = None) -> GapsAnswer:
        """Return what `relief gaps --format json` prints: figures, and the findings to act on.

        Raises:
            ReliefError: The file is no register, or cannot be read.
        """
        with self._open(as_of) as (db, pack, day):
            records = add_deadlines(list_cases(db), pack, as_of or _today())
            cases = {record.key: record for record in records}
            return self._answer(db, describe_gaps(find_gaps(db, pack, day), cases))

    def questions(self, as_of: dt.date | None = None) -> QuestionsAnswer:
        """Return what `relief questions --format json` prints: the most yuan at stake first.

        Raises:
            ReliefError: The file is no register, or cannot be read.
        """
        with self._open(as_of) as (db, pack, day):
            asked = list_questions(db, pack, day)
            return self._answer(db, describe_questions(asked, pack, day))

    def explain(
        self, household: str, programme: str | None = None, *, as_of: dt.date | None = None
    ) -> ExplainAnswer:
        """Return what `relief explain --format json` prints for a household, and a programme.

        `household` is a number, a member's name or ID number, or the start of an address.

        Raises:
            ReliefError: There is no such household or programme, or several fit.
        """
        with self._open(as_of) as (db, pack, day):
            found = find_household(db, household)
            if read_id_number(household).number:
                record_access(db, "search-by-id", households=[found] if found else [])
            number = found or household
            explained = explain_findings(db, pack, day, number, programme=programme)
            return self._answer(db, describe_explanation(explained))

    @contextmanager
    def _open(self, as_of: dt.date | None) -> Iterator[tuple[Database, Pack, dt.date]]:
        """Open the register, and bring it up to date for a day."""
        with database.open_register(self.path) as db:
            pack = load_chosen_pack(self.pack, db)
            refresh_register(db, pack)
            if as_of is not None:
                show_register_on(db, pack, as_of)
            day = as_of or find_newest_date(db) or _today()
            yield db, apply_office_values(db, pack), day

    def _answer(self, db: Database, source: AnswerSource[AnswerModel]) -> AnswerModel:
        """Return an answer; if it is revealed, that is logged with the households in it."""
        answer = source.answer(is_revealed=bool(self.reason))
        if self.reason:
            shown = find_numbers(answer.model_dump())
            record_access(db, "api", self.reason, households=set(shown))
        return answer


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()


def read_register(
    path: str | Path, *, pack: str | Path | None = None, reason: str | None = None
) -> ReadRegister:
    """Return a register to be read; it is opened by each question that is asked of it.

    Args:
        path: The register's file.
        pack: The folder of a rule pack; the one chosen for the register if left out.
        reason: Why names are to be whole, in words; they are masked if left out.

    Raises:
        ReliefError: What is given for a reason is none.
    """
    if reason is not None and not is_reason(reason):
        raise ReliefError(
            "reason", _("say why, in words"), _("Names stay masked where no reason is given.")
        )
    return ReadRegister(Path(path), None if pack is None else Path(pack), reason)
