"""Reads relief's own form after it was filled in: its answers, the visit, and the family's needs.

A form is used only if its visit is complete, and a row only if its hidden key still belongs to the
words beside it. All rows except the used answers about the register are stored as notes.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.pack.models import Pack
from relieftool.spreadsheets.form_row_keys import (
    ABOUT,
    ANSWER,
    FORM,
    FORM_KEY,
    FORM_MARK,
    HOUSEHOLD,
    KNOWN,
    LEVELS,
    METHODS,
    QUESTION,
    SEAL,
    UNCLEAR,
    FormRowKey,
    FormRowSeal,
    NeedKind,
    VisitField,
    parse_row_key,
    parse_seal,
    seal_row,
)
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.values.cells import ValueProblem, parse_date, read_yes_or_no
from relieftool.values.text import (
    Cell,
    drop_invisible,
    fold_name,
    format_column_letter,
    has_letter_or_digit,
    is_blank,
    plain_text,
)

TITLES = ("一户一表（入户调查）", "One household, one form (home survey)")
_ColumnPlaces = Mapping[str, int]


@dataclass(frozen=True)
class FormVisit:
    """The visit during which a form was filled in, with everything that must be recorded of it.

    `found` is what was found, in words; if nothing was written, the household number and the name
    of the sheet. `knows_policy` is None if the question was not answered.
    """

    visited_on: str
    level: str
    method: str
    investigators: tuple[str, ...]
    found: str
    knows_policy: bool | None


@dataclass(frozen=True)
class FilledForm:
    """A filled form: its household, its visit, and the needs the family named.

    `needs_words` are the needs in the family's own words; None if there are none.
    """

    sheet: str
    household_no: str
    visit: FormVisit
    needs: tuple[NeedKind, ...]
    needs_words: str | None


@dataclass
class FormSheets:
    """The usable forms of a file, the source tables of all forms, and the other sheets."""

    forms: list[FilledForm] = field(default_factory=list)
    tables: list[SourceTable] = field(default_factory=list)
    others: list[Sheet] = field(default_factory=list)


def split_forms(sheets: Iterable[Sheet], pack: Pack, today: dt.date | None = None) -> FormSheets:
    """Read the forms among the sheets of a file, and return the other sheets unread.

    A form that lost its hidden column is stored as notes, with a problem. A form whose visit is
    after `today` is not used; if `today` is None, any day is accepted.
    """
    found = FormSheets()
    for sheet in sheets:
        if _find_key_column(sheet) is not None:
            form, tables = _FormReader(sheet, pack, today).read()
            found.tables += tables
            found.forms += [form] if form else []
        elif _has_form_title(sheet):
            problem = _build_problem("form-marks-gone", sheet.name, 1, _MARKS_GONE)
            found.tables.append(_build_notes_table(sheet, [problem]))
        else:
            found.others.append(sheet)
    return found


def has_answers(sheet: Sheet) -> bool:
    """Whether a form has an answer filled in.

    True also for a sheet that is not a form, or that lost its column of answers.
    """
    key_column = _find_key_column(sheet)
    if key_column is None:
        return True
    top = _find_top_row(sheet, key_column)
    answers = [column for column, cell in enumerate(top) if plain_text(cell) == ANSWER]
    keyed = [row for row in sheet.rows if parse_row_key(plain_text(_cell_at(row, key_column)))]
    return not answers or any(not is_blank(_cell_at(row, answers[0])) for row in keyed)


def _find_key_column(sheet: Sheet) -> int | None:
    """Return the position of the hidden column of keys; None if the sheet has no such column."""
    for row in sheet.rows[:3]:
        for position, cell in enumerate(row):
            if plain_text(cell).split(":")[0] == FORM:
                return position
    return None


def _find_top_row(sheet: Sheet, key_column: int) -> list[Cell]:
    """Return the hidden row with the names of the columns."""
    return next(row for row in sheet.rows if plain_text(_cell_at(row, key_column)).startswith(FORM))


def _has_form_title(sheet: Sheet) -> bool:
    cells = (plain_text(cell) for row in sheet.rows[:6] for cell in row)
    return any(cell in {plain_text(title) for title in TITLES} for cell in cells)


def _cell_at(cells: Sequence[Cell], place: int) -> Cell:
    """Return the cell at a position; None if the row is too short."""
    return cells[place] if place < len(cells) else None


_MARKS_GONE = Message(
    "this form was printed by relief, but its hidden marks are gone; print it again with"
    " `relief form` and copy the answers over"
)
_OTHER_VERSION = Message(
    "this form was printed by another version of relief; print it again with `relief form` and"
    " copy the answers over"
)
_COLUMNS_GONE = Message(
    "a column of this form was removed or its hidden first row was changed; print it again with"
    " `relief form` and copy the answers over"
)
_NO_NUMBER = Message(
    "the hidden mark of the household is missing or occurs twice; print the form again with"
    " `relief form` and copy the answers over"
)
_NUMBER_DIFFERS = Message(
    "the household number was changed by hand: the form was printed for another household; print"
    " one for this household with `relief form`"
)
_KEY_UNKNOWN = Message("the hidden mark of this row was changed; its answer is not used")
_ROW_ADDED = Message(
    "this row was added by hand, so what it answers is not known; write it in words under needs"
)
_QUESTION_DIFFERS = Message(
    "the question in this row is not the one that was printed, so its answer is not used; print"
    " the form again with `relief form`"
)
_NO_DAY = Message(
    "nothing on this form is used yet: write the day of the visit, and import it again with"
    " --replace"
)
_DAY_AHEAD = Message(
    "nothing on this form is used: the day of its visit is in the future; correct the day, and"
    " import it again with --replace"
)
_NO_LEVEL = Message(
    "nothing on this form is used yet: write whether 社区, 街道 or 帮扶单位 made the visit, and"
    " import it again with --replace"
)
_NO_METHOD = Message(
    "nothing on this form is used yet: write whether the visit was 上门, 现场 or 电话, and import"
    " it again with --replace"
)
_TWO_NAMES = Message(
    "nothing on this form is used yet: two surveyors must be named; add their names, and import it"
    " again with --replace"
)
_ROW_ALTERED = Message(
    "the words or the hidden marks of this row were changed after printing, so its answer is not"
    " used; print the form again with `relief form` and copy the answer over"
)
_PERSON_DIFFERS = Message(
    "this row names another person than it was printed for, so its answer is not used; print the"
    " form again with `relief form` and copy the answer over"
)
_KNOWN_CHANGED = Message(
    "the printed value was changed by hand, and the change is not used; write the correction in"
    " the answer beside it, and import the form again with --replace"
)
_NO_WORDS = Message(
    "nothing on this form is used yet: this answer has no words in it; write what was found, and"
    " import it again with --replace"
)
_NO_NEEDS = Message(
    "the family's own words are not used, as there is no word in them; write them out, and import"
    " the form again with --replace"
)


@dataclass(frozen=True)
class _FormRow:
    """A row of a form that has a key; `number` counts from 1."""

    number: int
    key: FormRowKey
    question: str
    answer: Cell
    cells: list[Cell]


class _FormReader:
    """Reads the form on one sheet."""

    def __init__(self, sheet: Sheet, pack: Pack, today: dt.date | None) -> None:
        self._sheet = sheet
        self._today = today
        self._pack = pack
        self._problems: list[Problem] = []
        self._key_column = _find_key_column(sheet) or 0
        top = _find_top_row(sheet, self._key_column)
        self._version = plain_text(_cell_at(top, self._key_column))
        self._columns = {
            plain_text(cell): place for place, cell in enumerate(top) if plain_text(cell)
        }

    def read(self) -> tuple[FilledForm | None, list[SourceTable]]:
        """Return the form and its source tables; the form is None if it cannot be used.

        There is a table for each answer about the register, and a table of notes for the rest.
        """
        number = self._read_household_no()
        if number is None:
            return None, [_build_notes_table(self._sheet, self._problems)]
        rows = list(self._list_rows())
        self._report_known_changed(rows)
        answered = (row for row in rows if not is_blank(row.answer) and not _is_unclear(row.answer))
        answers = [row for row in answered if self._is_as_printed(row)]
        visit = self._read_visit(number, answers) if answers else None
        if visit is None:
            return None, [_build_notes_table(self._sheet, self._problems)]
        of_register = [row for row in answers if row.key.is_of_register]
        tables = [self._build_table(number, visit.visited_on, row) for row in of_register]
        notes = _build_notes_table(self._sheet, self._problems, {row.number for row in of_register})
        return self._build_form(number, visit, answers), [notes, *tables]

    def _read_household_no(self) -> str | None:
        """Return the household number; if the form cannot be used, report why and return None."""
        keys = [plain_text(_cell_at(row, self._key_column)) for row in self._sheet.rows]
        numbers = [key.partition(":")[2] for key in keys if key.startswith(f"{HOUSEHOLD}:")]
        if self._version != FORM_MARK:
            self._report("form-version", 1, _OTHER_VERSION)
        elif not {QUESTION, ANSWER, ABOUT} <= self._columns.keys():
            self._report("form-altered", 1, _COLUMNS_GONE)
        elif len(numbers) != 1:
            self._report("form-altered", 2, _NO_NUMBER)
        elif self._read_shown_number() != numbers[0]:
            self._report("form-household-differs", 3, _NUMBER_DIFFERS)
        else:
            return numbers[0]
        return None

    def _read_shown_number(self) -> str | None:
        """Return the household number that is visible on the form; None if its row is gone."""
        for row in self._sheet.rows:
            if plain_text(_cell_at(row, self._key_column)) == "number":
                return plain_text(_cell_at(row, self._columns[QUESTION]))
        return None

    def _list_rows(self) -> Iterator[_FormRow]:
        """Return the rows with a valid key.

        Report each row whose key was changed, and each answer in a row without a key.
        """
        question, answer = self._columns[QUESTION], self._columns[ANSWER]
        for number, cells in enumerate(self._sheet.rows, start=1):
            text = plain_text(_cell_at(cells, self._key_column))
            key = parse_row_key(text) if text else None
            if key is not None:
                asked = plain_text(_cell_at(cells, question))
                yield _FormRow(number, key, asked, _cell_at(cells, answer), cells)
            elif text.partition(":")[0] in {"fact", "receipt", "visit", "need"}:
                self._report("form-mark-unknown", number, _KEY_UNKNOWN)
            elif not text and not is_blank(_cell_at(cells, answer)):
                self._report("form-row-added", number, _ROW_ADDED)

    def _report_known_changed(self, rows: Sequence[_FormRow]) -> None:
        """Report each row whose printed value was overwritten, as that correction is not used."""
        for row in rows:
            known, answer = (
                _cell_at(row.cells, self._columns.get(name, -1)) for name in (KNOWN, ANSWER)
            )
            # If the answer has the same value, the correction is used from there.
            is_answered = plain_text(known) == plain_text(answer)
            if not is_answered and _is_known_changed(row, self._columns):
                column = format_column_letter(self._columns[KNOWN])
                self._report("form-known-changed", row.number, _KNOWN_CHANGED, column)

    def _is_as_printed(self, row: _FormRow) -> bool:
        """Whether the person and question of a row still fit its key; report it if they do not."""
        if not _has_own_person(row, self._columns):
            self._report("form-person-differs", row.number, _PERSON_DIFFERS)
        elif not _has_printed_words(row, self._columns):
            self._report("form-row-altered", row.number, _ROW_ALTERED)
        else:
            return not row.key.is_of_register or self._has_question_of_key(row)
        return False

    def _has_question_of_key(self, row: _FormRow) -> bool:
        """Whether a row has the question that its key names in this pack; report it if not."""
        if row.key.asked == "receipt":
            programme = self._pack.programmes.get(row.key.name)
            words = [] if programme is None else [programme.names.zh, programme.names.en]
            is_same = any(plain_text(word) in row.question for word in words)
        else:
            fact = self._pack.facts.get(row.key.name)
            texts = [] if fact is None else [text for text in (fact.labels, fact.question) if text]
            is_same = row.question in {
                plain_text(wording) for text in texts for wording in (text.zh, text.en)
            }
        if not is_same:
            self._report("form-question-differs", row.number, _QUESTION_DIFFERS)
        return is_same

    def _read_visit(self, number: str, answers: Sequence[_FormRow]) -> FormVisit | None:
        """Return the visit; if anything required is missing, report it and return None."""
        day = self._read_visit_day(answers)
        fields = (VisitField.FIRST, VisitField.SECOND)
        cells = (_find_visit_answer(answers, name) for name in fields)
        names = tuple(plain_text(cell) for cell in cells if cell is not None)
        level = plain_text(_find_visit_answer(answers, VisitField.LEVEL))
        method = plain_text(_find_visit_answer(answers, VisitField.METHOD))
        found = _read_words(_find_visit_answer(answers, VisitField.FOUND))
        checks = [
            (VisitField.LEVEL, level in LEVELS, _NO_LEVEL),
            (VisitField.METHOD, method in METHODS, _NO_METHOD),
            (VisitField.SECOND, len(_list_people(names)) >= len(fields), _TWO_NAMES),
            (VisitField.FOUND, not found or has_letter_or_digit(found), _NO_WORDS),
        ]
        missing = [(asked, message) for asked, is_stated, message in checks if not is_stated]
        for asked, message in missing:
            self._report("form-visit-incomplete", self._find_row_number(asked), message)
        if missing or day is None:
            return None
        knows = _find_visit_answer(answers, VisitField.KNOWS_POLICY)
        found = found or f"{number} / {self._sheet.name}"
        knows_policy = None if knows is None else read_yes_or_no(knows) is True
        return FormVisit(day, level, method, names, found, knows_policy)

    def _read_visit_day(self, answers: Sequence[_FormRow]) -> str | None:
        """Return the day of the visit as ISO text.

        If it is missing, not a day or in the future, report that and return None.
        """
        cell = _find_visit_answer(answers, VisitField.ON)
        row = self._find_row_number(VisitField.ON)
        if cell is None:
            self._report("form-undated", row, _NO_DAY)
            return None
        try:
            day = parse_date(cell)
        except ValueProblem as problem:
            self._report("form-undated", row, problem.message)
            return None
        if self._today is not None and day > self._today.isoformat():
            self._report("form-ahead", row, _DAY_AHEAD)
            return None
        return day

    def _build_form(self, number: str, visit: FormVisit, answers: Sequence[_FormRow]) -> FilledForm:
        needs = {NeedKind(row.key.name): row.answer for row in answers if row.key.asked == "need"}
        words = _read_words(needs.pop(NeedKind.WORDS, None))
        if words and not has_letter_or_digit(words):
            self._report("form-needs-empty", self._find_row_number(NeedKind.WORDS), _NO_NEEDS)
            words = ""
        ticked = tuple(need for need, answer in needs.items() if read_yes_or_no(answer))
        return FilledForm(self._sheet.name, number, visit, ticked, words or None)

    def _find_row_number(self, asked: VisitField | NeedKind) -> int:
        """Return the number of the row with this question; 1 if there is no such row."""
        rows = (row.number for row in self._list_rows() if row.key.name == str(asked))
        return next(rows, 1)

    def _build_table(self, number: str, day: str, row: _FormRow) -> SourceTable:
        """Return the source table of an answer: its row, and the meaning of its cells."""
        columns = [
            (self._key_column, FORM_KEY, f"{HOUSEHOLD}:{number}"),
            (self._columns[ANSWER], row.key.target, row.question),
        ]
        if row.key.unit != HOUSEHOLD:
            columns.append((self._columns[ABOUT], "name", ""))
        return SourceTable(
            sheet=self._sheet.name,
            title=TITLES[0],
            first_header_row=row.number,
            last_header_row=row.number,
            kind="households",
            covers=day,
            columns=[build_column(*column) for column in columns],
            rows=[SourceRow(row.number, "first", None, row.cells)],
        )

    def _report(self, code: str, row: int, message: Message, column: str = "") -> None:
        """Record a problem, unless it is there already: the rows are read several times."""
        problem = _build_problem(code, self._sheet.name, row, message, column)
        if problem not in self._problems:
            self._problems.append(problem)


def _build_problem(code: str, sheet: str, row: int, message: Message, column: str = "") -> Problem:
    """Return a problem at a row of a form, marked to say that the data there was not used."""
    return Problem(code, message, sheet, row, column, is_unused=True)


def _has_own_person(row: _FormRow, columns: _ColumnPlaces) -> bool:
    """Whether a row about the register still names the member of its key.

    The cell beside the question must begin with the member's number, or without a number if the row
    is about the household. True for rows about the visit or a need.
    """
    if not row.key.is_of_register:
        return True
    about = plain_text(_cell_at(row.cells, columns[ABOUT])).split()[:1]
    place = int(about[0]) if about and about[0].isdecimal() else None
    return place == (int(row.key.unit) if row.key.unit.isdecimal() else None)


def _has_printed_words(row: _FormRow, columns: _ColumnPlaces) -> bool:
    """Whether a row still has the words printed with its key; True for a form without seals."""
    if SEAL not in columns:
        return True
    seal = parse_seal(_cell_at(row.cells, columns[SEAL]))
    return seal is not None and seal.words == _seal_again(row, columns).words


def _is_known_changed(row: _FormRow, columns: _ColumnPlaces) -> bool:
    """Whether the printed value was overwritten in a row that is otherwise as printed."""
    if not (row.key.is_of_register and {SEAL, KNOWN} <= columns.keys()):
        return False
    if not (_has_own_person(row, columns) and _has_printed_words(row, columns)):
        return False
    return parse_seal(_cell_at(row.cells, columns[SEAL])) != _seal_again(row, columns)


def _seal_again(row: _FormRow, columns: _ColumnPlaces) -> FormRowSeal:
    """Return the seal that fits a row as it is now."""
    about, question = columns[ABOUT], columns[QUESTION]
    places = (about, question) if row.key.is_of_register else (about - 1,)
    words = [_cell_at(row.cells, place) for place in places]
    return seal_row(str(row.key), words, _cell_at(row.cells, columns.get(KNOWN, len(row.cells))))


def _find_visit_answer(answers: Sequence[_FormRow], asked: VisitField) -> Cell:
    """Return the answer to a question about the visit; None if it was not answered."""
    cells = (
        row.answer for row in answers if row.key.asked == "visit" and row.key.name == str(asked)
    )
    return next(cells, None)


def _list_people(names: Iterable[str]) -> set[str]:
    """Return the different names, folded; a text such as a dash is not a name."""
    return {fold_name(name) for name in names if has_letter_or_digit(name)}


def _read_words(cell: Cell) -> str:
    """Return the words of a cell as they were written; full-width punctuation stays as it is."""
    return drop_invisible(cell).strip() if isinstance(cell, str) else plain_text(cell)


def _is_unclear(cell: Cell) -> bool:
    return plain_text(cell).lower() in UNCLEAR


def build_column(position: int, target: str, header: str) -> dict[str, object]:
    """Return the record of a column; for the key column, `header` is the household's key."""
    return {
        "position": position,
        "sheet_column": position,
        "header": header,
        "target": target,
        "place": None,
        "scale": None,
    }


def _build_notes_table(
    sheet: Sheet, problems: list[Problem], used: Iterable[int] = ()
) -> SourceTable:
    """Return a table with the rows of a form as notes, except the rows with a number in `used`."""
    rows = [
        SourceRow(number, "note", None, cells)
        for number, cells in enumerate(sheet.rows, start=1)
        if number not in set(used) and any(cell is not None for cell in cells)
    ]
    return SourceTable(sheet.name, TITLES[0], 1, 1, "households", rows=rows, problems=problems)
