"""Relief's own form, filled in: its answers as source rows, and what it says of the visit.

Only a row whose mark and wording still belong together is used; everything else is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from relieftool.messages import Message
from relieftool.pack.models import Pack
from relieftool.problems import Problem
from relieftool.registry.imports import SourceRow, SourceTable
from relieftool.spreadsheets.form_marks import (
    ABOUT,
    ANSWER,
    FORM,
    FORM_MARK,
    HOUSEHOLD,
    LEVELS,
    METHODS,
    QUESTION,
    UNCLEAR,
    Mark,
    Need,
    VisitField,
    read_mark,
)
from relieftool.spreadsheets.sheets import Cell, Sheet
from relieftool.values import ValueProblem, is_blank, parse_date, parse_yes_no, plain

TITLES = ("一户一表（入户调查）", "One household, one form (home survey)")
_FORM_KEY = "form_key"


@dataclass(frozen=True)
class FormVisit:
    """The visit a form was filled in on, whole enough to be written down."""

    visited_on: str
    level: str
    method: str
    investigators: tuple[str, ...]
    found: str
    knows_policy: bool | None


@dataclass(frozen=True)
class FilledForm:
    """One filled form: whose it is, its visit (None where it lacks something), and the needs."""

    sheet: str
    household_no: str
    visited_on: str | None
    visit: FormVisit | None
    needs: tuple[Need, ...]
    needs_words: str | None


@dataclass
class FormSheets:
    """What the forms of a file gave, and the sheets that are none."""

    forms: list[FilledForm] = field(default_factory=list)
    tables: list[SourceTable] = field(default_factory=list)
    others: list[Sheet] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    """A marked row of a form."""

    number: int
    mark: Mark
    question: str
    answer: Cell
    cells: list[Cell]


def part_forms(sheets: Iterable[Sheet], pack: Pack) -> FormSheets:
    """Take the forms out of a file's sheets; a form that lost its marks is kept and told."""
    found = FormSheets()
    for sheet in sheets:
        if _marks_column(sheet) is not None:
            form, tables = _FormReader(sheet, pack).read()
            found.tables += tables
            found.forms += [form] if form else []
        elif _is_titled(sheet):
            found.tables.append(_kept(sheet, [_problem("form-marks-gone", sheet, 1, _MARKS_GONE)]))
        else:
            found.others.append(sheet)
    return found


def _marks_column(sheet: Sheet) -> int | None:
    """Find the hidden column: the one that the form's own mark stands in."""
    for row in sheet.rows[:3]:
        for place, cell in enumerate(row):
            if plain(cell).split(":")[0] == FORM:
                return place
    return None


def _is_titled(sheet: Sheet) -> bool:
    cells = (plain(cell) for row in sheet.rows[:6] for cell in row)
    return any(cell in {plain(title) for title in TITLES} for cell in cells)


class _FormReader:
    """Reads one sheet."""

    def __init__(self, sheet: Sheet, pack: Pack) -> None:
        self._sheet = sheet
        self._pack = pack
        self._problems: list[Problem] = []
        self._marks = _marks_column(sheet) or 0
        top = next(row for row in sheet.rows if plain(_at(row, self._marks)).startswith(FORM))
        self._version = plain(_at(top, self._marks))
        self._columns = {plain(cell): place for place, cell in enumerate(top) if plain(cell)}

    def read(self) -> tuple[FilledForm | None, list[SourceTable]]:
        """Give the form and its source tables: one for each answer, one for all other rows."""
        number = self._household_no()
        if number is None:
            return None, [_kept(self._sheet, self._problems)]
        rows = list(self._rows())
        said = [row for row in rows if not is_blank(row.answer) and not _is_unclear(row.answer)]
        day = self._day(said)
        answers = [row for row in said if row.mark.is_of_register and self._is_as_printed(row)]
        form = self._form(number, day, said)
        tables = [self._table(number, day, row) for row in answers]
        kept = _kept(self._sheet, self._problems, {row.number for row in answers})
        return form, [kept, *tables]

    def _household_no(self) -> str | None:
        """Give whose form this is; None, and told, where the form cannot be read."""
        hidden = [plain(_at(row, self._marks)) for row in self._sheet.rows]
        numbers = [one.partition(":")[2] for one in hidden if one.startswith(f"{HOUSEHOLD}:")]
        if self._version != FORM_MARK:
            self._tell("form-version", 1, _VERSION)
        elif not {QUESTION, ANSWER, ABOUT} <= self._columns.keys():
            self._tell("form-altered", 1, _COLUMNS_GONE)
        elif len(numbers) != 1:
            self._tell("form-altered", 2, _NO_NUMBER)
        elif self._shown_number() != numbers[0]:
            self._tell("form-household-differs", 3, _NUMBER_DIFFERS)
        else:
            return numbers[0]
        return None

    def _shown_number(self) -> str | None:
        """Give the household number as people see it on the form."""
        for row in self._sheet.rows:
            if plain(_at(row, self._marks)) == "number":
                return plain(_at(row, self._columns[QUESTION]))
        return None

    def _rows(self) -> Iterator[_Row]:
        """Give the rows that carry a mark; a mark nobody knows is told where it has an answer."""
        question, answer = self._columns[QUESTION], self._columns[ANSWER]
        for number, cells in enumerate(self._sheet.rows, start=1):
            text = plain(_at(cells, self._marks))
            mark = read_mark(text) if text else None
            if mark is not None:
                yield _Row(number, mark, plain(_at(cells, question)), _at(cells, answer), cells)
            elif text.partition(":")[0] in {"fact", "receipt", "visit", "need"}:
                self._tell("form-mark-unknown", number, _MARK_UNKNOWN)
            elif not text and not is_blank(_at(cells, answer)):
                self._tell("form-row-added", number, _ROW_ADDED)

    def _is_as_printed(self, row: _Row) -> bool:
        """Say whether the question is still the one its mark names; tell it where it is not."""
        if row.mark.asked == "receipt":
            programme = self._pack.programmes.get(row.mark.name)
            words = [] if programme is None else [programme.names.zh, programme.names.en]
            is_same = any(plain(word) in row.question for word in words)
        else:
            fact = self._pack.facts.get(row.mark.name)
            texts = [] if fact is None else [one for one in (fact.labels, fact.question) if one]
            is_same = row.question in {plain(one) for text in texts for one in (text.zh, text.en)}
        if not is_same:
            self._tell("form-question-differs", row.number, _QUESTION_DIFFERS)
        return is_same

    def _day(self, said: Sequence[_Row]) -> str | None:
        """Give the day of the visit; without one the answers have no date, which is told."""
        cell = _answer(said, VisitField.ON)
        if not said:
            return None
        try:
            return parse_date(cell)
        except ValueProblem as problem:
            message = _NO_DAY if is_blank(cell) else problem.message
            self._tell("form-undated", self._row_of(VisitField.ON), message)
            return None

    def _form(self, number: str, day: str | None, said: Sequence[_Row]) -> FilledForm:
        needs = {Need(row.mark.name): row.answer for row in said if row.mark.asked == "need"}
        words = needs.pop(Need.WORDS, None)
        return FilledForm(
            self._sheet.name,
            number,
            day,
            self._visit(number, day, said) if said else None,
            tuple(need for need, answer in needs.items() if _is_yes(answer)),
            plain(words) or None,
        )

    def _visit(self, number: str, day: str | None, said: Sequence[_Row]) -> FormVisit | None:
        """Give the visit; None, and told, where it lacks what a survey must say."""
        fields = (VisitField.FIRST, VisitField.SECOND)
        names = tuple(plain(cell) for one in fields if (cell := _answer(said, one)) is not None)
        level = plain(_answer(said, VisitField.LEVEL))
        method = plain(_answer(said, VisitField.METHOD))
        wrong = [
            (VisitField.LEVEL, level not in LEVELS, _NO_LEVEL),
            (VisitField.METHOD, method not in METHODS, _NO_METHOD),
            (VisitField.SECOND, len(set(names)) < len(fields), _TWO_NAMES),
        ]
        told = [(place, message) for place, is_wrong, message in wrong if is_wrong]
        for place, message in told:
            self._tell("form-visit-incomplete", self._row_of(place), message)
        if told or day is None:
            return None
        knows = _answer(said, VisitField.KNOWS_POLICY)
        found = plain(_answer(said, VisitField.FOUND)) or f"{number} / {self._sheet.name}"
        return FormVisit(
            day, level, method, names, found, None if knows is None else _is_yes(knows)
        )

    def _row_of(self, place: VisitField) -> int:
        """Give the row that a question about the visit stands in."""
        rows = (row.number for row in self._rows() if row.mark.name == str(place))
        return next(rows, 1)

    def _table(self, number: str, day: str | None, row: _Row) -> SourceTable:
        """Make the source table of one answer: one row, word for word, and what its cells mean."""
        columns = [
            (self._marks, _FORM_KEY, "", f"{HOUSEHOLD}:{number}"),
            (self._columns[ANSWER], row.mark.target, row.question, None),
        ]
        if row.mark.unit != HOUSEHOLD:
            columns.append((self._columns[ABOUT], "name", "", None))
        return SourceTable(
            sheet=self._sheet.name,
            title=TITLES[0],
            first_header_row=row.number,
            last_header_row=row.number,
            kind="households",
            programme=None,
            community=None,
            covers=day,
            is_complete=None,
            columns=[_column(*one) for one in columns],
            rows=[SourceRow(row.number, "first", None, row.cells)],
        )

    def _tell(self, code: str, row: int, message: Message) -> None:
        problem = _problem(code, self._sheet, row, message)
        if problem not in self._problems:
            self._problems.append(problem)


def _column(position: int, target: str, header: str, household: str | None) -> dict[str, object]:
    """Give the record of a column; that of the marks also says whose form it is."""
    own: dict[str, object] = {"position": position, "sheet_column": position, "header": header}
    own |= {"target": target, "place": None, "scale": None}
    return own | ({} if household is None else {"header": household})


def _answer(said: Sequence[_Row], place: VisitField) -> Cell:
    rows = (row.answer for row in said if row.mark.asked == "visit" and row.mark.name == str(place))
    return next(rows, None)


def _at(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else None


def _is_unclear(cell: Cell) -> bool:
    return plain(cell).lower() in UNCLEAR


def _is_yes(cell: Cell) -> bool:
    try:
        return parse_yes_no(cell) == 1
    except ValueProblem:
        return False


def _kept(sheet: Sheet, problems: list[Problem], used: Iterable[int] = ()) -> SourceTable:
    """Keep the rows of a form that are no answers."""
    rows = [
        SourceRow(number, "note", None, cells)
        for number, cells in enumerate(sheet.rows, start=1)
        if number not in set(used) and any(cell is not None for cell in cells)
    ]
    return SourceTable(
        *(sheet.name, TITLES[0], 1, 1, "households", None, None, None, None, [], rows, problems)
    )


def _problem(code: str, sheet: Sheet, row: int, message: Message) -> Problem:
    is_lost = code.startswith(("form-marks", "form-version", "form-altered", "form-household"))
    is_lost |= code in {"form-question-differs", "form-mark-unknown", "form-row-added"}
    return Problem(code, message, sheet.name, row, is_unused=is_lost)


_MARKS_GONE = Message(
    "this was a form of relief, but its hidden marks are gone; print it anew with `relief form`"
    " and copy the answers over"
)
_VERSION = Message(
    "this form is of another version of relief; print it anew with `relief form` and copy the"
    " answers over"
)
_COLUMNS_GONE = Message(
    "a column of this form was taken out or its hidden first row changed; print it anew with"
    " `relief form` and copy the answers over"
)
_NO_NUMBER = Message(
    "the hidden mark of the household is missing or stands twice; print the form anew with"
    " `relief form` and copy the answers over"
)
_NUMBER_DIFFERS = Message(
    "the household number was changed by hand: the form was printed for another household; print"
    " one for this household with `relief form`"
)
_MARK_UNKNOWN = Message("the hidden mark of this row was changed; its answer is not used")
_ROW_ADDED = Message(
    "this row was added by hand, so nobody knows what it answers; write it as words under needs"
)
_QUESTION_DIFFERS = Message(
    "the question of this row is not the one the form was printed with; its answer is not used:"
    " print the form anew with `relief form`"
)
_NO_DAY = Message(
    "the day of the visit is missing, so the answers count as undated and the visit is not"
    " written down; write the day"
)
_NO_LEVEL = Message("the visit is not written down: say whether 社区, 街道 or 帮扶单位 made it")
_NO_METHOD = Message("the visit is not written down: say whether it was 上门, 现场 or 电话")
_TWO_NAMES = Message("the visit is not written down: it takes the names of two surveyors")
