"""Saves drawn files, reads them into a register, and judges what became of them.

Each thing a file says is judged alone: right, in doubt (unknown in the register, and told), silent
(unknown, and nothing told) or wrong.
"""

from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import normalize

import openpyxl

from relieftool.errors import ReliefError
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from relieftool.store.imports import list_problems
from tests.layouts import drawing_words as words
from tests.layouts import files
from tests.layouts.drawing import Artist, Drawn, Fact, Home, Paper, Payment, Person
from tests.layouts.drawing_lists import draw_list
from tests.layouts.drawing_receipts import draw_receipts
from tests.layouts.drawing_rosters import (
    draw_births,
    draw_children,
    draw_numbers,
    draw_people,
    draw_roster,
    draw_sheets,
    draw_side_by_side,
    draw_two_tables,
)
from tests.support.registers import empty_register, shipped_pack

DRAWERS = [*[draw_list] * 10, *[draw_roster] * 6, draw_receipts, draw_children, draw_side_by_side]
DRAWERS += [draw_sheets, draw_numbers, draw_births, draw_two_tables, draw_people]
_HOUSEHOLDS = """
    SELECT households.*, communities.name AS place FROM households
    JOIN communities USING (community_id)
"""
RIGHT, DOUBT, SILENT, WRONG = "right", "doubt", "silent", "wrong"


def draw(seed: object, number: int) -> Drawn:
    """Return the file of a number; the same number and seed draw the same file."""
    artist = Artist(Random(f"{seed}/{number}"))  # noqa: S311 drawn files
    return artist.pick(DRAWERS)(artist)


def save(folder: Path, paper: Paper) -> Path:
    """Save a file in its format."""
    path = folder / paper.name
    sheets = {page.name: page.rows for page in paper.pages}
    merges = paper.pages[0].merges
    if paper.style in ("csv", "bad byte"):
        files.save_csv(path, sheets, encoding="gb18030")
        if paper.style == "bad byte":  # the euro sign of a Chinese Windows
            lines = path.read_bytes().split(b"\r\n")
            lines[-2] += b",\x80500"
            path.write_bytes(b"\r\n".join(lines))
        return path
    if paper.style == "xls":
        return files.save_xls(path, sheets, merges)
    if paper.style == "ods":
        return files.save_ods(path, sheets, merges)
    save_workbook(path, paper)
    return path


def save_workbook(path: Path, paper: Paper) -> None:
    """Save a workbook with what is hidden, and with values left below what is merged."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in paper.pages:
        sheet = book.create_sheet(page.name)
        for row in page.rows:
            sheet.append(row)
        for top, left, bottom, right in page.merges:
            corner = openpyxl.utils.get_column_letter(left + 1)
            other = openpyxl.utils.get_column_letter(right + 1)
            sheet.merged_cells.add(f"{corner}{top + 1}:{other}{bottom + 1}")
        for row in page.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for column in page.hidden_columns:
            letter = openpyxl.utils.get_column_letter(column + 1)
            sheet.column_dimensions[letter].hidden = True
        sheet.sheet_state = "hidden" if page.is_hidden else "visible"
    book.save(path)


@dataclass
class Read:
    """What a register holds, as far as it is judged."""

    people: list[dict[str, Any]]
    homes: dict[str, dict[str, Any]]
    receipts: list[dict[str, Any]]
    problems: list[tuple[str, str, int | None, str, str]]  # file, sheet, row, column, code
    sheets: list[str]
    refusal: str = ""


def read_paths_into(folder: Path, paths: list[Path]) -> Read:
    """Read files into a new register in a folder."""
    pack = shipped_pack()
    with closing(open_database(empty_register(folder / "relief.db"))) as db:
        try:
            record_files(db, pack, read_paths(pack, paths))
        except ReliefError as error:
            return Read([], {}, [], [], [], str(error))
        return Read(
            [dict(row) for row in db.query("SELECT * FROM members")],
            {row["household_no"]: dict(row) for row in db.query(_HOUSEHOLDS)},
            [dict(row) for row in db.query("SELECT * FROM receipts")],
            [
                (kept.file_name, found.sheet, found.row, found.column, found.code)
                for kept in list_problems(db)
                for found in [kept.problem]
            ],
            [row["sheet"] for row in db.query("SELECT sheet FROM source_tables ORDER BY table_id")],
        )


@dataclass
class Verdict:
    """What became of each thing that a file says: (judgement, kind of thing, what, where)."""

    found: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, judged: str, thing: str, what: str) -> None:
        """Add one thing judged."""
        self.found.append((judged, thing, what))

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """Return what is silent or wrong."""
        return [seen for seen in self.found if seen[0] in (SILENT, WRONG)]

    def counts(self) -> Counter[str]:
        """Count the judgements."""
        return Counter(judged for judged, _thing, _what in self.found)


class Judge:
    """Judges what was read of a drawn file."""

    def __init__(self, drawn: Drawn, got: Read) -> None:
        self.drawn = drawn
        self.got = got
        self.verdict = Verdict()
        self.by_number = {one["id_number"]: one for one in got.people if one["id_number"]}
        self.by_name = {one["name"]: one for one in got.people}
        self.met: dict[Person, dict[str, Any]] = {}

    def judge(self) -> Verdict:
        """Judge everything that the files say, and everything that they do not say."""
        if self.got.refusal:
            self.verdict.add(WRONG, "file", self.got.refusal)
            return self.verdict
        for home in self.drawn.homes:
            for person in home.people:
                self._judge_person(home, person)
        for home in self.drawn.homes:
            self._judge_home(home)
        self._judge_strangers()
        self._judge_payments()
        for place in self.drawn.told:
            length = 3 if place[2] else 2
            is_told = any(seen[:length] == place[:length] for seen in self.got.problems)
            self.verdict.add(RIGHT if is_told else SILENT, "hidden", f"{place}")
        return self.verdict

    def is_told(self, place: tuple[str, str, int], *headings: str) -> bool:
        """Whether a problem names a row, or one of its columns as a whole, or the whole sheet."""
        file, sheet, row = place
        return any(
            problem_file == file
            and problem_sheet in ("", sheet)
            and (
                (at == row and (not headings or not column or is_heading(column, headings)))
                or (bool(headings) and is_heading(column, headings))
                or (at is None and not column)
                or code in ("table-unknown", "sheet-without-table")
            )
            for problem_file, problem_sheet, at, column, code in self.got.problems
        )

    def _add(
        self, *, is_right: bool, is_unknown: bool, is_told: bool, thing: str, what: str
    ) -> None:
        judged = RIGHT if is_right else WRONG
        if not is_right and is_unknown:
            judged = DOUBT if is_told else SILENT
        self.verdict.add(judged, thing, what)

    def _judge_person(self, home: Home, person: Person) -> None:
        """Judge name and number of a person, and the facts."""
        named = self.by_name.get(person.name)
        found = self.by_number.get(person.number) if person.number else named
        told = self.is_told(person.place)
        if found is None and named is not None:
            self._add(
                is_right=False,
                is_unknown=named["id_number"] is None,
                is_told=told,
                thing="number",
                what=f"{person.name}: {named['id_number']}",
            )
            found = named
        elif found is None:
            self._add(
                is_right=False,
                is_unknown=True,
                is_told=told,
                thing="person",
                what=f"{person.name} is missing",
            )
            return
        else:
            self._add(
                is_right=found["name"] == (person.name or None),
                is_unknown=found["name"] is None,
                is_told=told,
                thing="name",
                what=f"{person.name}: {found['name']}",
            )
        self.met[person] = found
        place = self.got.homes[found["household_no"]]["place"]
        self._add(
            is_right=place == home.place,
            is_unknown=home.place_is_misspelt,
            is_told=told or self.is_told(person.place, home.place_column),
            thing="community",
            what=f"{person.name}: {place}, not {home.place}",
        )
        if person.relation_is_shown:
            read = found["relation"]
            is_right = read is not None and (
                person.relation in read or (person.relation == "户主" and "本人" in read)
            )
            self._add(
                is_right=is_right,
                is_unknown=read is None,
                is_told=told,
                thing="relation",
                what=f"{person.name}: {read}, not {person.relation}",
            )
        if person.is_gone:
            self._add(
                is_right=told,
                is_unknown=True,
                is_told=False,
                thing="gone",
                what=f"{person.name} is gone",
            )
        kinship: tuple[str | None, ...] = (None, "head") if person is home.head else (None,)
        if person.relation_is_shown:
            kinship = (words.KINSHIP[person.relation],)
        facts = {**person.facts, "kinship": Fact(kinship, "关系")}
        self._judge_facts(facts, found, person.place, person.name)

    def _judge_facts(
        self, facts: dict[str, Fact], found: dict[str, Any], place: tuple[str, str, int], who: str
    ) -> None:
        """Judge the facts that a file states, and find those that it does not state."""
        owner = "member" if "member_no" in found else "household"
        for fact in shipped_pack().facts.values():
            is_known = fact.owner == owner and found[fact.id] is not None
            is_of_number = found.get("id_number") and fact.id in ("sex", "birth_date")
            if is_known and fact.id not in facts and not is_of_number:
                self.verdict.add(WRONG, "unsaid", f"{who}: {fact.id} {found[fact.id]}")
        for name, fact in facts.items():
            if name not in found:
                self.verdict.add(WRONG, name, "no such fact")
                continue
            value = found[name]
            told = self.is_told(place, fact.column)
            if not fact.allowed:
                self._add(
                    is_right=value is None and told,
                    is_unknown=value is None,
                    is_told=told,
                    thing=name,
                    what=f"{who}: {value}, cannot be known",
                )
            else:
                self._add(
                    is_right=value in fact.allowed,
                    is_unknown=value is None,
                    is_told=told,
                    thing=name,
                    what=f"{who}: {value}, not {fact.allowed}",
                )

    def _judge_home(self, home: Home) -> None:
        """Judge who is in a household, and its facts."""
        mine = [person for person in home.people if person in self.met]
        if not mine:
            return
        numbers = Counter(self.met[person]["household_no"] for person in mine)
        own = self.met[mine[0]]["household_no"]
        strangers = [
            other.name
            for other, found in self.met.items()
            if found["household_no"] in numbers and other not in home.people
        ]
        apart = [person for person in mine if self.met[person]["household_no"] != own]
        told = all(self.is_told(person.place) for person in apart)
        what = f"{[person.name for person in mine]} in {len(numbers)} with {strangers}"
        self._add(
            is_right=not strangers and not apart,
            is_unknown=not strangers,
            is_told=told,
            thing="household",
            what=what,
        )
        found = self.got.homes[own]
        self._judge_facts(home.facts, found, home.head.place, home.head.name)
        if home.head_is_shown and len(home.people) > 1 and home.head in self.met and not apart:
            head = self.met[home.head]["member_no"]
            self._add(
                is_right=found["head_member_no"] == head,
                is_unknown=found["head_member_no"] is None,
                is_told=self.is_told(home.head.place),
                thing="head",
                what=f"head {home.head.name}",
            )

    def _judge_strangers(self) -> None:
        known = {id(found) for found in self.met.values()}
        for one in self.got.people:
            if id(one) not in known:
                # somebody without name and number stands for a row that is in doubt
                is_doubt = one["name"] is None and one["id_number"] is None and self.got.problems
                self.verdict.add(
                    DOUBT if is_doubt else WRONG, "stranger", f"{one['name']} {one['id_number']}"
                )

    def _judge_payments(self) -> None:
        """Judge what each file says is paid, and find what none says."""
        left = [receipt for receipt in self.got.receipts if receipt["says"] == "yes"]
        for payment in self.drawn.payments:
            mine = [one for one in self.got.receipts if self._is_of(payment, one)]
            left = [one for one in left if one not in mine]
            if payment.home.head in self.met and (payment.person or payment.home.head) in self.met:
                self._judge_payment(payment, mine)
        for one in left:
            self.verdict.add(WRONG, "receipt", f"nobody says {one['programme']}: {one}")

    def _is_of(self, payment: Payment, receipt: dict[str, Any]) -> bool:
        if receipt["programme"] != payment.programme:
            return False
        if payment.person is None:
            found = self.met.get(payment.home.head)
            return found is not None and receipt["household_no"] == found["household_no"]
        found = self.met.get(payment.person)
        return found is not None and (
            receipt["member_no"] == found["member_no"]
            or (receipt["member_no"] is None and receipt["household_no"] == found["household_no"])
        )

    def _judge_payment(self, payment: Payment, mine: list[dict[str, Any]]) -> None:
        paid = [one for one in mine if one["says"] == "yes"]
        told = self.is_told(payment.place, *payment.columns) or self.is_told(payment.place)
        name = (payment.person or payment.home.head).name
        seen = [
            (
                one["says"],
                one["amount_fen"],
                one["amount_period"],
                one["covers_from"],
                one["covers_until"],
            )
            for one in mine
        ]
        what = f"{name} {payment.programme} {payment.says} {payment.fen} {payment.months}: {seen}"
        if payment.says == "yes":
            self._add(
                is_right=bool(paid),
                is_unknown=all(one["says"] == "maybe" for one in mine),
                is_told=told,
                thing="receipt",
                what=what,
            )
            for one in added_up(paid) if payment.person is None else paid:
                self._judge_amount(payment, one, told=told, what=what)
        elif payment.says == "no":
            is_no = bool(mine) and all(one["says"] == "no" for one in mine)
            self._add(
                is_right=is_no, is_unknown=not paid, is_told=told, thing="receipt ended", what=what
            )
        elif payment.says == "arrears":
            whole = [one for one in paid if one["amount_fen"] == payment.fen]
            self._add(
                is_right=not whole,
                is_unknown=True,
                is_told=told,
                thing="arrears",
                what=what,
            )
        elif payment.says == "zero":
            self._add(
                is_right=not paid, is_unknown=False, is_told=told, thing="nothing paid", what=what
            )
        else:
            self._add(
                is_right=not paid and told,
                is_unknown=not paid,
                is_told=False,
                thing="receipt in doubt",
                what=what,
            )

    def _judge_amount(
        self, payment: Payment, one: dict[str, Any], *, told: bool, what: str
    ) -> None:
        span = (one["covers_from"], one["covers_until"])
        is_unknown = span == (None, None)
        self._add(
            is_right=span == (payment.months or (None, None)),
            is_unknown=is_unknown,
            is_told=told,
            thing="months",
            what=what,
        )
        fen, count = one["amount_fen"], months_between(payment.months)
        whole = (payment.fen or 0) * count
        is_right = fen == payment.fen or (
            fen == whole and one["amount_period"] not in (None, "month")
        )
        self._add(
            is_right=is_right, is_unknown=fen is None, is_told=told, thing="amount", what=what
        )


def added_up(paid: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a household gets for each time, its rows together; None if one is unknown."""
    found: dict[tuple[Any, ...], list[int | None]] = defaultdict(list)
    for one in paid:
        found[one["covers_from"], one["covers_until"], one["amount_period"]].append(
            one["amount_fen"]
        )
    return [
        {
            "covers_from": first,
            "covers_until": last,
            "amount_period": period,
            "amount_fen": None if None in fen else sum(amount or 0 for amount in fen),
        }
        for (first, last, period), fen in found.items()
    ]


def months_between(span: tuple[str, str] | None) -> int:
    """Return the number of months from the first to the last."""
    return 1 if span is None else int(span[1][5:7]) - int(span[0][5:7]) + 1


def is_heading(column: str, headings: tuple[str, ...]) -> bool:
    """Whether the column of a problem is one of these, as it is written or below another."""
    plain = plain_heading(column)
    return bool(plain) and any(plain.endswith(plain_heading(one)) for one in headings)


def plain_heading(heading: str) -> str:
    """Return a heading without blanks and stars, and with narrow signs only."""
    return "".join(normalize("NFKC", heading).split()).removesuffix("*")


def judge(folder: Path, seed: object, number: int) -> tuple[Drawn, Read, Verdict]:
    """Draw a file, read it and judge it, in an empty folder."""
    for old in folder.iterdir():
        old.unlink()
    drawn = draw(seed, number)
    got = read_paths_into(folder, [save(folder, paper) for paper in drawn.papers])
    return drawn, got, Judge(drawn, got).judge()


def decided(total: Counter[str]) -> float:
    """Return the share of what was decided of what could be."""
    return total[RIGHT] / max(sum(total.values()), 1)


def kinds_failing(verdicts: dict[str, list[bool]]) -> dict[str, float]:
    """Return the share of files of each kind that fail, worst first."""
    shares = {kind: sum(failed) / len(failed) for kind, failed in verdicts.items()}
    return {kind: share for kind, share in sorted(shares.items(), key=by_share) if share}


def by_share(pair: tuple[str, float]) -> tuple[float, str]:
    """Return the key that puts the largest share first."""
    return -pair[1], pair[0]


def by_kind(judged: list[tuple[Drawn, Verdict]]) -> dict[str, list[bool]]:
    """Return for each kind whether each of its files fails."""
    found: dict[str, list[bool]] = defaultdict(list)
    for drawn, verdict in judged:
        for kind in drawn.kinds:
            found[kind].append(bool(verdict.faults))
    return found
