"""Draws a damaged street, brings its files, answers its questions, and judges the bounds."""

import shutil
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from relieftool.eligibility.gaps import GapTotals
from relieftool.pack.models import Pack
from relieftool.rules.statement import load_checked_pack
from relieftool.store.database import open_database
from tests.streets.answering import Office, Question, key_of
from tests.streets.damages import DAMAGES, WEIGHTS, NoHomeError, Scene
from tests.streets.sheets import write_office
from tests.streets.truth import DAY, HOUSEHOLDS, Drawing, Figures, count
from tests.support.registers import empty_register

PACK = Path(__file__).parent / "pack"
KINDS_OF_DAMAGE = range(1, 7)  # in each street
FEW = 3  # damages: of 4, 5 and 6 the median width is 26, 32 and 41 %
SINGLY = 10  # of so many streets, the questions of one are answered one after the other


@cache
def lake_pack() -> Pack:
    """Return the pack of the street."""
    return load_checked_pack(PACK)


def draw(
    seed: object,
    number: int,
    kinds: tuple[str, ...] | None = None,
    households: int = HOUSEHOLDS,
    *,
    is_whole: bool = False,
) -> tuple[Scene, list[str]]:
    """Return a damaged street and the names of its damages; the same number draws the same.

    Only `kinds` of damages are done, where they are named. With `is_whole`, the files are those
    that the office should have had: nobody is on them who is gone, and nothing is damaged.
    """
    random = Random(f"{seed}/{number}")  # noqa: S311 drawn streets
    scene = Scene(random, Drawing(random).street(households))
    begun = []
    for name in choose(random) if kinds is None else kinds:
        made = DAMAGES[name](scene)
        with suppress(NoHomeError):
            next(made)
            begun.append((name, made))
    scene.sheets = write_office(scene.homes, random)
    if is_whole:
        scene.main.lines = [line for line in scene.main.lines if not line.person.is_gone]
        for line in scene.main.lines:
            line.cells["家庭人口"] = len(line.home.living)
            if line.home.head.is_gone and line.person is line.home.living[0]:
                line.cells["与户主关系"] = "户主"
        for line in (line for sheet in scene.sheets[1:] for line in sheet.lines):
            if line.person.is_gone and line.home.living:
                heir = line.home.living[0]
                line.cells |= {"姓名": heir.name, "身份证号": heir.number}
        return scene, []
    return scene, [name for name, made in begun if next(made, None) is None]


def choose(random: Random) -> list[str]:
    """Return the names of damages, each at most once, in the order they stand in."""
    drawn: set[str] = set()
    wanted = random.choice(KINDS_OF_DAMAGE)
    while len(drawn) < wanted:
        drawn.update(random.choices(list(DAMAGES), [WEIGHTS[name] for name in DAMAGES]))
    return [name for name in DAMAGES if name in drawn]


def narrows(question: Question) -> bool:
    """Whether an answer may narrow the bounds: not of what is checked when it is claimed."""
    is_presumed = question["kind"] in ("no-list", "fact") and "Presumed" in question["text_en"]
    return not is_presumed and question["kind"] != "column"


@dataclass
class Verdict:
    """What became of a street: its bounds before any answer, and what is wrong."""

    truth: Figures
    damages: list[str]
    first: GapTotals | None = None
    last: GapTotals | None = None
    faults: list[str] = field(default_factory=list)
    asked: int = 0
    left: list[str] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def width(self) -> float:
        """What is open of the most that may be owed."""
        assert self.first is not None
        most = self.first.unclaimed_fen_per_month_at_most
        return (most - self.first.unclaimed_fen_per_month) / most if most else 0.0


def is_within(truth: Figures, totals: GapTotals) -> list[str]:
    """Return what of the truth lies outside the bounds."""
    bounds = bounds_of(totals)
    return [
        f"{name} {least} > {getattr(truth, name)}"
        if least > getattr(truth, name)
        else f"{name} {most} < {getattr(truth, name)}"
        for name, (least, most) in bounds.items()
        if not least <= getattr(truth, name) <= most
    ]


def bounds_of(totals: GapTotals) -> dict[str, tuple[int, int]]:
    """Return the least and most of each figure."""
    return {
        "households": (totals.unclaimed_households, totals.unclaimed_households_at_most),
        "fen": (totals.unclaimed_fen_per_month, totals.unclaimed_fen_per_month_at_most),
        "members": (totals.members, totals.members_at_most),
    }


def judge(
    folder: Path,
    seed: object,
    number: int,
    kinds: tuple[str, ...] | None = None,
    *,
    singly: bool | None = None,
) -> Verdict:
    """Judge one street, in an empty folder."""
    scene, damages = draw(seed, number, kinds)
    is_single = number % SINGLY == 0 if singly is None else singly
    folder.mkdir()
    try:
        with closing(open_database(empty_register(folder / "relief.db"))) as db:
            office = Office(db, lake_pack(), scene, folder)
            office.bring(scene.sheets)
            return Judge(office, Verdict(count(scene.homes), damages), singly=is_single).judge()
    finally:
        shutil.rmtree(folder)


@dataclass
class Judge:
    """Asks, answers, and notes every fault; `singly`: asks again after each answer."""

    office: Office
    verdict: Verdict
    singly: bool = True

    def judge(self) -> Verdict:
        """Answer round after round, until nothing is left that can be answered."""
        verdict, office = self.verdict, self.office
        if office.day != DAY:
            verdict.faults.append(f"the day is {office.day}")
        totals, questions = office.ask()
        verdict.first = totals
        self._check(totals, "at first")
        tried: set[int] = set()
        while asked := [
            question
            for question in questions
            if narrows(question) and key_of(question) not in tried
        ]:
            batch = asked[:1] if self.singly else asked
            tried.update(map(key_of, batch))
            verdict.asked += len(batch)
            verdict.kinds.update(question["kind"] for question in batch)
            failed = office.answer(batch)
            before = totals
            totals, questions = office.ask()
            self._check(totals, "after answers")
            # an answer of the same batch may have closed a question that could not be answered
            still_open = [
                question for question in questions if key_of(question) in map(key_of, batch)
            ]
            is_same = bounds_of(totals) == bounds_of(before)
            verdict.faults += [
                f"{failed.get(key_of(question)) or 'stays open'}:"
                f" {question['kind']} {question['text_en']}"
                for question in still_open
                if is_same or key_of(question) in failed
            ]
            answered = [question for question in batch if key_of(question) not in failed]
            self._check_narrower(before, totals, answered)
        return self._finish(totals)

    def _check(self, totals: GapTotals, when: str) -> None:
        """Note what of the truth lies outside the bounds."""
        self.verdict.faults += [
            f"outside {when}: {fault}" for fault in is_within(self.verdict.truth, totals)
        ]

    def _check_narrower(
        self, before: GapTotals, after: GapTotals, answered: list[Question]
    ) -> None:
        """Note bounds that an answer has widened."""
        now = bounds_of(after)
        for name, (least, most) in bounds_of(before).items():
            if now[name][0] < least or now[name][1] > most:
                kinds = [f"{question['kind']} {question['text_en']}" for question in answered][:3]
                self.verdict.faults.append(f"wider: {name} {least}-{most} to {now[name]} {kinds}")

    def _finish(self, totals: GapTotals) -> Verdict:
        """Note what is still open after all answers."""
        self.verdict.last = totals
        self.verdict.answered = self.office.answered
        for name, (least, most) in bounds_of(totals).items():
            if least != most:
                self.verdict.faults.append(f"open at last: {name} {least}-{most}")
        if any(least != most for least, most in bounds_of(totals).values()):
            self.verdict.left = self.office.list_open()
        return self.verdict
