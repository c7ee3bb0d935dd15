"""An office that knows its street: brings its files, and answers each question by the truth."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relieftool.eligibility.findings import Status
from relieftool.eligibility.gaps import GapTotals, find_gaps
from relieftool.eligibility.questions import OpenQuestion, list_questions
from relieftool.intake.answers import Answer, record_answer
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.pack.models import Pack
from relieftool.pack.value_overrides import OfficeValue  # noqa: F401
from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.imports import find_newest_date
from relieftool.store.office_values import apply_office_values
from relieftool.store.problem_decisions import number_questions
from tests.streets.damages import Scene
from tests.streets.sheets import Sheet, declare, write_list, write_roster
from tests.streets.truth import DEPOSIT_LIMIT, LINE, PROGRAMMES, Home, Person

GRADES = {"无": "none", "一级": "grade1", "二级": "grade2", "三级": "grade3", "四级": "grade4"}
LAW = {"line": LINE, "deposit_limit": DEPOSIT_LIMIT}
FACT_HEADINGS = {
    "household_income": "家庭月收入",
    "household_income_year": "家庭月收入",
    "deposits": "家庭存款",
    "income": "个人月收入",
    "disability_grade": "残疾等级",
    "birth_date": "出生日期",
    "stated_size": "家庭人口",
    "lives_together": "是否共同生活",
}
_PLACE_OF = """
    SELECT file_name, sheet, row_number, column_header, code FROM problems
    JOIN imports USING (import_id) WHERE subject = ? ORDER BY problem_id
"""


class UnanswerableError(Exception):
    """Nothing that a question says tells what the truth is asked for."""


@dataclass
class Office:
    """A register of a street, and the truth it is about."""

    db: Database
    pack: Pack
    scene: Scene
    folder: Path
    brought: int = 0
    answered: list[tuple[str, str]] = field(default_factory=list)

    def bring(self, sheets: list[Sheet]) -> None:
        """Import files as `relief import FOLDER` does."""
        self.brought += 1
        folder = self.folder / f"files{self.brought}"
        folder.mkdir()
        for sheet in sheets:
            sheet.save(folder)
        (folder / "import.toml").write_text(declare(sheets), "utf-8")
        record_files(
            self.db, self.pack, read_paths(self.pack, [folder], refuse=lambda _error: None)
        )

    @property
    def day(self) -> dt.date:
        """The day that answers are about."""
        day = find_newest_date(self.db)
        assert day is not None
        return day

    def ask(self) -> tuple[GapTotals, list[OpenQuestion]]:
        """Return what `relief gaps` counts and `relief questions` asks."""
        pack = apply_office_values(self.db, self.pack)
        totals = find_gaps(self.db, pack, self.day, statuses=()).totals
        return totals, list_questions(self.db, pack, self.day)

    def list_open(self) -> list[str]:
        """Return what is undetermined, with what is missing, and the doubts of the register."""
        found = find_gaps(self.db, self.pack, self.day, statuses=[Status.UNDETERMINED]).findings
        doubts = self.db.execute(
            "SELECT code, file_name, row_number, column_header, template FROM problems"
            " JOIN imports USING (import_id)"
        )
        return [
            *(
                f"{each.household_no} {each.member_no} {each.programme} {each.missing}"
                for each in found
            ),
            *map(str, doubts),
        ]

    def answer(self, question: OpenQuestion) -> None:
        """Answer a question by the truth.

        Raises:
            UnanswerableError: The question does not say enough.
        """
        said = self.find_answer(question)
        self.answered.append((question.subject, said if isinstance(said, str) else said.name))
        if isinstance(said, Sheet):
            self.bring([said])
            return
        with write(self.db):
            number_questions(self.db, [question.subject])
            sql = "SELECT number FROM doubts WHERE subject = ?"
            number = self.db.execute(sql, [question.subject]).fetchone()[0]
            told = Answer(said, "王五", self.day)
            record_answer(self.db, self.pack, number, told)
            refresh_register(self.db, self.pack)

    def find_answer(self, question: OpenQuestion) -> str | Sheet:
        """Return the true answer: a text, or a file that brings it."""
        sort, _colon, rest = question.subject.partition(":")
        match sort:
            case "law":
                return str(LAW[rest])
            case "no-list" if rest in PROGRAMMES:
                sheet = write_roster(self.scene.homes, rest)
                sheet.name = f"补报{self.brought}{sheet.name}"
                return sheet
            case "no-list" if rest in FACT_HEADINGS:
                return self._list_of(FACT_HEADINGS[rest])
            case "fact":
                owner, _colon, fact = rest.rpartition(":")
                return self._find_fact(owner, fact)
            case "complete":
                return "yes" if self._roster_of(question).is_whole else "no"
        return self._decide(sort, question)

    def _list_of(self, heading: str) -> Sheet:
        sheet = write_list(self.scene.homes, f"补报{self.brought}{heading}.csv")
        sheet.head = ["社区", "户编号", "姓名", "身份证号", "与户主关系", heading]
        for line in sheet.lines:
            line.cells["出生日期"] = line.person.born.isoformat()
            line.cells["是否共同生活"] = "是" if line.person.lives else "否"
        return sheet

    def _roster_of(self, question: OpenQuestion) -> Sheet:
        _sort, _bytes, _row, _sheet, programme, *_rest = question.subject.split(":")
        return next(sheet for sheet in self.scene.sheets if sheet.programme == programme)

    def _find_fact(self, owner: str, fact: str) -> str:
        people = dict(self.people())
        if owner in people:
            person = people[owner]
            return {
                "income": str(person.income),
                "disability_grade": GRADES[person.grade],
                "birth_date": person.born.isoformat(),
                "lives_together": "yes" if person.lives else "no",
            }[fact]
        home = self.home(owner)
        return {
            "household_income": str(home.income),
            "household_income_year": str(home.income * 12),
            "deposits": str(home.deposits),
            "stated_size": str(len(home.living)),
        }[fact]

    def home(self, number: str) -> Home:
        """Return the household of a number of the register."""
        return next(home for home in self.scene.homes if number.endswith(home.number))

    def people(self) -> Iterator[tuple[str, Person]]:
        """Yield the people of the register by number, as whoever looks them up would know them."""
        for number, household, name, id_number in self.db.execute(
            "SELECT member_no, household_no, name, id_number FROM members"
        ):
            of_home = self.home(household).people
            same = [person for person in of_home if person.number == id_number]
            same = same or [person for person in of_home if name and name.startswith(person.name)]
            if same:
                yield number, same[0]

    def number_of(self, person: Person) -> str | None:
        """Return the number of somebody in the register."""
        return next((number for number, known in self.people() if known is person), None)

    def _decide(self, sort: str, question: OpenQuestion) -> str:
        places = self.db.execute(_PLACE_OF, [question.subject]).fetchall()
        if not places:
            raise UnanswerableError(question.subject)
        lines = [line for file, _sheet, row, *_rest in places if (line := self._line(file, row))]
        if sort == "hidden":
            hidden = [
                line
                for sheet in self.scene.sheets
                for line in sheet.lines
                if sheet.name == places[0][0] and line.is_hidden
            ]
            return "belongs" if all(line.belongs for line in hidden) else "no"
        if sort == "community":
            return "same-community"
        if sort == "double":
            return "same-household"
        if not lines:
            raise UnanswerableError(question.subject)
        return self._decide_rows(sort, lines)

    def _decide_rows(self, sort: str, lines: list[Any]) -> str:
        first = lines[0]
        if sort == "lives":
            number = first.person.number
            homes = [
                home
                for home in self.scene.homes
                for person in home.people
                if person.number == number and person.lives
            ]
            numbers = [row[0] for row in self.db.execute("SELECT household_no FROM households")]
            return next(number for number in numbers if number.endswith(homes[0].number))
        if sort == "roster":
            return self.number_of(first.person) or "nobody"
        if sort == "gone":
            return "leave" if first.person.lives else "left"
        if sort == "heads":
            return self.number_of(first.home.head) or "leave"
        if sort == "remark":
            return "holds"
        raise UnanswerableError(sort)

    def _line(self, file: str, row: int | None) -> Any:
        for sheet in self.scene.sheets:
            if sheet.name == file and row is not None:
                return sheet.find(row)
        return None
