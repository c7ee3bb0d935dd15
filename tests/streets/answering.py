"""An office that knows its street: brings its files, and answers each question by the truth.

What a question is about is read off its JSON alone: its kind, the household or member, the fact,
the place in a file, the answers it takes.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relieftool.api.question_answers import describe_questions
from relieftool.eligibility.findings import Status
from relieftool.eligibility.gaps import GapTotals, find_gaps
from relieftool.eligibility.questions import list_questions
from relieftool.errors import ReliefError
from relieftool.intake.answers import Answer, record_answer
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.imports import find_newest_date
from relieftool.store.office_values import apply_office_values
from relieftool.store.problem_decisions import number_questions
from tests.streets.damages import Scene
from tests.streets.sheets import AMOUNTS, Line, Sheet, declare, write_list, write_roster
from tests.streets.truth import DEPOSIT_LIMIT, LINE, Home, Person

GRADES = {"无": "none", "一级": "grade1", "二级": "grade2", "三级": "grade3", "四级": "grade4"}
LAW = {"line": LINE, "deposit_limit": DEPOSIT_LIMIT}
HEADINGS = {
    "household_income": "家庭月收入",
    "household_income_year": "家庭月收入",
    "deposits": "家庭存款",
    "income": "个人月收入",
    "disability_grade": "残疾等级",
    "birth_date": "出生日期",
    "stated_size": "家庭人口",
    "lives_together": "是否共同生活",
}
Question = dict[str, Any]


class UnanswerableError(Exception):
    """Nothing that a question says tells what the truth is asked for."""


def key_of(question: Question) -> int:
    """Return what a question is known by."""
    return int(question["question"])


@dataclass
class Office:
    """A register of a street, and the truth it is about."""

    db: Database
    pack: Pack
    scene: Scene
    folder: Path
    brought: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)

    def bring(self, sheets: list[Sheet]) -> None:
        """Import files as `relief import FOLDER` does."""
        self.brought += 1
        self.sheets += sheets
        folder = self.folder / f"files{self.brought}"
        folder.mkdir()
        for sheet in sheets:
            sheet.save(folder)
        (folder / "import.toml").write_text(declare(sheets), "utf-8")
        read = read_paths(self.pack, [folder], refuse=lambda _error: None)
        record_files(self.db, self.pack, read)

    @property
    def day(self) -> dt.date:
        """The day that answers are about."""
        day = find_newest_date(self.db)
        assert day is not None
        return day

    def count(self) -> GapTotals:
        """Return what `relief gaps` counts."""
        pack = apply_office_values(self.db, self.pack)
        return find_gaps(self.db, pack, self.day, statuses=(), with_questions=False).totals

    def ask(self) -> tuple[GapTotals, list[Question]]:
        """Return what `relief gaps` counts and `relief questions --format json` asks."""
        pack = apply_office_values(self.db, self.pack)
        totals = self.count()
        asked = list_questions(self.db, pack, self.day)
        if new := [question.subject for question in asked if question.number is None]:
            with write(self.db):
                number_questions(self.db, new)
            numbers = dict(self.db.execute("SELECT subject, number FROM doubts").fetchall())
            asked = [replace(each, number=numbers[each.subject]) for each in asked]
        answer = describe_questions(asked, pack, self.day).answer()
        return totals, answer.model_dump(mode="json")["questions"]

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

    def answer(self, questions: list[Question]) -> dict[int, str]:
        """Answer questions by the truth, as a filled list does; return why some could not be."""
        failed, found = {}, {}
        for question in questions:
            try:
                found[key_of(question)] = self.find_answer(question)
            except (UnanswerableError, StopIteration, KeyError) as error:
                failed[key_of(question)] = repr(error)
        with write(self.db):
            for number, said in found.items():
                if isinstance(said, str):
                    try:
                        record_answer(
                            self.db,
                            self.pack,
                            number,
                            Answer(said, "王五", self.day, first_day=self.day),
                        )
                    except ReliefError as error:
                        failed[number] = repr(error)
            refresh_register(self.db, self.pack)
        if brought := [said for said in found.values() if isinstance(said, Sheet)]:
            self.bring(brought)
        for question in questions:
            said = found.get(key_of(question))
            words = said.name if isinstance(said, Sheet) else str(said)
            self.answered.append((question["text_en"], words))
        return failed

    def find_answer(self, question: Question) -> str | Sheet:
        """Return the true answer: a text, or a file that brings it."""
        decides = {
            "law-value": lambda asked: str(LAW[asked["parameter"]]),
            "no-list": self._bring_file,
            "roster-complete": self._decide_roster,
            "household": lambda _asked: "same-household",
            "community": lambda _asked: "same-community",
            "payment": self._decide_payment,
            "same-person": self._decide_payment,
            "head": self._decide_home,
            "membership": self._decide_home,
        }
        if (decide := decides.get(question["kind"])) is not None:
            return decide(question)
        if question["fact"]:
            return self._find_fact(question)
        raise UnanswerableError(question["kind"])

    def _bring_file(self, question: Question) -> Sheet:
        """Return a file that says what no list says."""
        if question["programme"]:
            return self._bring_roster(question["programme"])
        return self._bring_list(HEADINGS[question["fact"]])

    def _decide_roster(self, question: Question) -> str:
        """Return whether a roster is complete, or what is hidden belongs to it."""
        sheet = self._sheet(question["file"])
        if "yes" in question["answers"]:
            return "yes" if sheet.is_whole else "no"
        hidden = [line for line in sheet.lines if line.is_hidden]
        return "belongs" if all(line.belongs for line in hidden) else "no"

    def _bring_roster(self, programme: str) -> Sheet:
        sheet = write_roster(self.scene.homes, programme)
        sheet.name = f"补报{self.brought}{sheet.name}"
        return sheet

    def _bring_list(self, heading: str) -> Sheet:
        sheet = write_list(self.scene.homes, f"补报{self.brought}{heading}.csv")
        sheet.head = ["社区", "户编号", "姓名", "身份证号", "与户主关系", heading]
        for line in sheet.lines:
            line.cells["出生日期"] = line.person.born.isoformat()
            line.cells["是否共同生活"] = "是" if line.person.lives else "否"
        return sheet

    def _decide_payment(self, question: Question) -> str:
        """Return whom a row of a roster means, whether it is paid, or for how many months."""
        sheet, line = self._sheet(question["file"]), self._line(question)
        for settled in ("one-person", "stopped"):
            if settled in question["answers"]:
                return settled
        if question["kind"] == "same-person":
            remaining = line.home.living if sheet.programme == "dibao" else []
            numbers = map(self._number_of, (line.person, *remaining))
            return next(filter(None, numbers), "nobody")
        programme = sheet.programme or "dibao"
        if "MONTHS" in question["answers"]:
            due = AMOUNTS.get(programme, line.home.dibao)
            months = line.cells["发放金额"] // due if due else 0
            return str(months) if months else "leave"
        is_paid = line.home.dibao if programme == "dibao" else programme in line.person.paid
        return "yes" if is_paid else "no"

    def _decide_home(self, question: Question) -> str:
        """Return who is head, where somebody lives, or whether they have left."""
        line = self._line(question)
        if question["kind"] == "head":
            return self._number_of(line.home.head) or "leave"
        if "HOUSEHOLD" not in question["answers"]:
            is_nobody = line.cells.get("身份证号") not in (None, line.person.number)
            return "left" if line.person.is_gone or is_nobody else "leave"
        number = line.person.number
        home = next(
            home
            for home in self.scene.homes
            for person in home.people
            if person.number == number and person.lives
        )
        return next(known for known, its in self._homes() if its is home)

    def _find_fact(self, question: Question) -> str:
        fact, member = question["fact"], question["member_no"]
        if member:
            person = dict(self._people())[member]
            return {
                "income": str(person.income),
                "disability_grade": GRADES[person.grade],
                "birth_date": person.born.isoformat(),
                "lives_together": "yes" if person.lives else "no",
            }[fact]
        home = dict(self._homes())[question["household_nos"][0]]
        return {
            "household_income": str(home.income),
            "household_income_year": str(home.income * 12),
            "deposits": str(home.deposits),
            "stated_size": str(len(home.living)),
        }[fact]

    def _sheet(self, file: str | None) -> Sheet:
        for sheet in self.sheets:
            if sheet.name == file:
                return sheet
        raise UnanswerableError(file)

    def _line(self, question: Question) -> Line:
        row = question["row"]
        line = None if row is None else self._sheet(question["file"]).find(row)
        if line is None:
            raise UnanswerableError(question["text_en"])
        return line

    def _homes(self) -> Iterator[tuple[str, Home]]:
        """Yield the households of the register by number."""
        for (number,) in self.db.execute("SELECT household_no FROM households"):
            for home in self.scene.homes:
                if number.endswith(home.number):
                    yield number, home

    def _people(self) -> Iterator[tuple[str, Person]]:
        """Yield the people of the register by number, as whoever looks them up would know them."""
        homes, seen = dict(self._homes()), set()
        sql = "SELECT member_no, household_no, name, id_number FROM members"
        members = self.db.execute(sql).fetchall()
        for is_by_number in (True, False):
            for number, household, name, id_number in members:
                for person in homes[household].people:
                    is_same = person.number == id_number
                    is_called = name is not None and name.startswith(person.name)
                    if (is_same if is_by_number else is_called) and (household, person) not in seen:
                        seen.add((household, person))
                        yield number, person

    def _number_of(self, person: Person) -> str | None:
        """Return the number of somebody in the register."""
        return next((number for number, known in self._people() if known is person), None)
