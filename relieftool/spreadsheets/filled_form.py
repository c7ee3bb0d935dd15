"""Relief's own form, filled in: its answers as source rows, and what it says of the visit.

Only a form whose visit is whole is used, and of it only a row whose mark and wording still belong
together; everything else is kept and told.

What may be wrong with a filled form: each told with its place and what to do next.

A marked row of relief's own form, and whether it is still what was printed.
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


def build_form_problem(
    code: str, sheet: str, row: int, message: Message, column: str = ""
) -> Problem:
    """Tell what is wrong at a row of a form, and whether something is not used because of it."""
    is_lost = code.startswith(("form-marks", "form-version", "form-altered", "form-household"))
    is_lost |= code.startswith(("form-undated", "form-ahead", "form-visit"))
    is_lost |= code in {
        *("form-question-differs", "form-person-differs", "form-row-altered", "form-known-changed"),
        *("form-mark-unknown", "form-row-added", "form-needs-empty"),
    }
    return Problem(code, message, sheet, row, column, is_unused=is_lost)


MARKS_GONE = Message(
    "this was a form of relief, but its hidden marks are gone; print it anew with `relief form`"
    " and copy the answers over"
)
OTHER_VERSION = Message(
    "this form is of another version of relief; print it anew with `relief form` and copy the"
    " answers over"
)
COLUMNS_GONE = Message(
    "a column of this form was taken out or its hidden first row changed; print it anew with"
    " `relief form` and copy the answers over"
)
NO_NUMBER = Message(
    "the hidden mark of the household is missing or stands twice; print the form anew with"
    " `relief form` and copy the answers over"
)
NUMBER_DIFFERS = Message(
    "the household number was changed by hand: the form was printed for another household; print"
    " one for this household with `relief form`"
)
MARK_UNKNOWN = Message("the hidden mark of this row was changed; its answer is not used")
ROW_ADDED = Message(
    "this row was added by hand, so nobody knows what it answers; write it as words under needs"
)
QUESTION_DIFFERS = Message(
    "the question of this row is not the one the form was printed with; its answer is not used:"
    " print the form anew with `relief form`"
)
NO_DAY = Message(
    "nothing of this form is used yet: write the day of the visit, and import it again with"
    " --replace"
)
DAY_AHEAD = Message(
    "nothing of this form is used, as the day of its visit has not come yet: correct the day, and"
    " import it again with --replace"
)
NO_LEVEL = Message(
    "nothing of this form is used yet: say whether 社区, 街道 or 帮扶单位 made the visit, and"
    " import it again with --replace"
)
NO_METHOD = Message(
    "nothing of this form is used yet: say whether the visit was 上门, 现场 or 电话, and import it"
    " again with --replace"
)
TWO_NAMES = Message(
    "nothing of this form is used yet: it takes the names of two surveyors; add them, and import"
    " it again with --replace"
)
ROW_ALTERED = Message(
    "the words or the hidden marks of this row are not those it was printed with; its answer is not"
    " used: print the form anew with `relief form` and copy the answer over"
)
PERSON_DIFFERS = Message(
    "this row names another person than it was printed for; its answer is not used: print the form"
    " anew with `relief form` and copy the answer over"
)
KNOWN_CHANGED = Message(
    "what is known was changed by hand, and the change is not used: a correction belongs in the"
    " answer beside it; write it there, and import the form again with --replace"
)
NO_WORDS = Message(
    "nothing of this form is used yet: what is written here says nothing; say in words what was"
    " found, and import it again with --replace"
)
NO_NEEDS = Message(
    "what is written as the family's own words says nothing and is not used; say it in words, and"
    " import the form again with --replace"
)


ColumnPlaces = Mapping[str, int]


@dataclass(frozen=True)
class FormRow:
    """A row of a form that carries a mark."""

    number: int
    mark: FormRowKey
    question: str
    answer: Cell
    cells: list[Cell]


def find_cell(cells: Sequence[Cell], place: int) -> Cell:
    """Return the cell at a place; a short row has none there."""
    return cells[place] if place < len(cells) else None


def has_own_person(row: FormRow, columns: ColumnPlaces) -> bool:
    """Return whether a row is about the household, or the member at the place that its mark says."""
    if not row.mark.is_of_register:
        return True
    about = plain_text(find_cell(row.cells, columns[ABOUT])).split()[:1]
    place = int(about[0]) if about and about[0].isdecimal() else None
    return place == (int(row.mark.unit) if row.mark.unit.isdecimal() else None)


def has_printed_words(row: FormRow, columns: ColumnPlaces) -> bool:
    """Return whether mark and words are those printed together; forms without seals cannot say."""
    if SEAL not in columns:
        return True
    seal = parse_seal(find_cell(row.cells, columns[SEAL]))
    return seal is not None and seal.words == _rebuild_seal(row, columns).words


def is_known_changed(row: FormRow, columns: ColumnPlaces) -> bool:
    """Return whether what was known was written over in a row that is otherwise as printed."""
    if not (row.mark.is_of_register and {SEAL, KNOWN} <= columns.keys()):
        return False
    if not (has_own_person(row, columns) and has_printed_words(row, columns)):
        return False
    return parse_seal(find_cell(row.cells, columns[SEAL])) != _rebuild_seal(row, columns)


def _rebuild_seal(row: FormRow, columns: ColumnPlaces) -> FormRowSeal:
    """Seal a row by the words it has now."""
    about, question = columns[ABOUT], columns[QUESTION]
    places = (about, question) if row.mark.is_of_register else (about - 1,)
    words = [find_cell(row.cells, place) for place in places]
    return seal_row(str(row.mark), words, find_cell(row.cells, columns.get(KNOWN, len(row.cells))))


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
    """One filled form: whose it is, its visit, and the needs."""

    sheet: str
    household_no: str
    visit: FormVisit
    needs: tuple[NeedKind, ...]
    needs_words: str | None


@dataclass
class FormSheets:
    """What the forms of a file gave, and the sheets that are none."""

    forms: list[FilledForm] = field(default_factory=list)
    tables: list[SourceTable] = field(default_factory=list)
    others: list[Sheet] = field(default_factory=list)


def split_forms(sheets: Iterable[Sheet], pack: Pack, today: dt.date | None = None) -> FormSheets:
    """Take the forms out of a file's sheets; a form that lost its marks is kept and told.

    One of a visit after `today` is not used; where that is None, any day may have been.
    """
    found = FormSheets()
    for sheet in sheets:
        if _marks_column(sheet) is not None:
            form, tables = _FormReader(sheet, pack, today).read()
            found.tables += tables
            found.forms += [form] if form else []
        elif _is_titled(sheet):
            found.tables.append(
                _kept(sheet, [build_form_problem("form-marks-gone", sheet.name, 1, MARKS_GONE)])
            )
        else:
            found.others.append(sheet)
    return found


def has_answers(sheet: Sheet) -> bool:
    """Return whether anybody filled something in; of a sheet that is no form nobody can say no."""
    place = _marks_column(sheet)
    if place is None:
        return True
    top = next(row for row in sheet.rows if plain_text(find_cell(row, place)).startswith(FORM))
    answers = [column for column, cell in enumerate(top) if plain_text(cell) == ANSWER]
    marked = [row for row in sheet.rows if parse_row_key(plain_text(find_cell(row, place)))]
    return not answers or any(not is_blank(find_cell(row, answers[0])) for row in marked)


def _marks_column(sheet: Sheet) -> int | None:
    """Find the hidden column: the one that the form's own mark stands in."""
    for row in sheet.rows[:3]:
        for place, cell in enumerate(row):
            if plain_text(cell).split(":")[0] == FORM:
                return place
    return None


def _is_titled(sheet: Sheet) -> bool:
    cells = (plain_text(cell) for row in sheet.rows[:6] for cell in row)
    return any(cell in {plain_text(title) for title in TITLES} for cell in cells)


class _FormReader:
    """Reads one sheet."""

    def __init__(self, sheet: Sheet, pack: Pack, today: dt.date | None) -> None:
        self._sheet = sheet
        self._today = today
        self._pack = pack
        self._problems: list[Problem] = []
        self._marks = _marks_column(sheet) or 0
        top = next(
            row for row in sheet.rows if plain_text(find_cell(row, self._marks)).startswith(FORM)
        )
        self._version = plain_text(find_cell(top, self._marks))
        self._columns = {
            plain_text(cell): place for place, cell in enumerate(top) if plain_text(cell)
        }

    def read(self) -> tuple[FilledForm | None, list[SourceTable]]:
        """Return the form and its source tables: one for each answer, one for all other rows."""
        number = self._household_no()
        if number is None:
            return None, [_kept(self._sheet, self._problems)]
        rows = list(self._rows())
        self._tell_known_changed(rows)
        answered = (one for one in rows if not is_blank(one.answer) and not _is_unclear(one.answer))
        said = [row for row in answered if self._is_as_printed(row)]
        answers = [row for row in said if row.mark.is_of_register]
        visit = self._visit(number, said) if said else None
        if visit is None:
            return None, [_kept(self._sheet, self._problems)]
        tables = [self._table(number, visit.visited_on, row) for row in answers]
        kept = _kept(self._sheet, self._problems, {row.number for row in answers})
        return self._form(number, visit, said), [kept, *tables]

    def _household_no(self) -> str | None:
        """Return whose form this is; None, and told, where the form cannot be read."""
        hidden = [plain_text(find_cell(row, self._marks)) for row in self._sheet.rows]
        numbers = [one.partition(":")[2] for one in hidden if one.startswith(f"{HOUSEHOLD}:")]
        if self._version != FORM_MARK:
            self._tell("form-version", 1, OTHER_VERSION)
        elif not {QUESTION, ANSWER, ABOUT} <= self._columns.keys():
            self._tell("form-altered", 1, COLUMNS_GONE)
        elif len(numbers) != 1:
            self._tell("form-altered", 2, NO_NUMBER)
        elif self._shown_number() != numbers[0]:
            self._tell("form-household-differs", 3, NUMBER_DIFFERS)
        else:
            return numbers[0]
        return None

    def _shown_number(self) -> str | None:
        """Return the household number as people see it on the form."""
        for row in self._sheet.rows:
            if plain_text(find_cell(row, self._marks)) == "number":
                return plain_text(find_cell(row, self._columns[QUESTION]))
        return None

    def _rows(self) -> Iterator[FormRow]:
        """Return the rows that carry a mark; a mark nobody knows is told where it has an answer."""
        question, answer = self._columns[QUESTION], self._columns[ANSWER]
        for number, cells in enumerate(self._sheet.rows, start=1):
            text = plain_text(find_cell(cells, self._marks))
            mark = parse_row_key(text) if text else None
            if mark is not None:
                yield FormRow(
                    number,
                    mark,
                    plain_text(find_cell(cells, question)),
                    find_cell(cells, answer),
                    cells,
                )
            elif text.partition(":")[0] in {"fact", "receipt", "visit", "need"}:
                self._tell("form-mark-unknown", number, MARK_UNKNOWN)
            elif not text and not is_blank(find_cell(cells, answer)):
                self._tell("form-row-added", number, ROW_ADDED)

    def _is_as_printed(self, row: FormRow) -> bool:
        """Return whether mark, person and question still belong together; tell where they do not."""
        if not has_own_person(row, self._columns):
            self._tell("form-person-differs", row.number, PERSON_DIFFERS)
        elif not has_printed_words(row, self._columns):
            self._tell("form-row-altered", row.number, ROW_ALTERED)
        else:
            return not row.mark.is_of_register or self._asks_what_is_marked(row)
        return False

    def _tell_known_changed(self, rows: Sequence[FormRow]) -> None:
        """Tell each row whose known value was written over: the correction would be lost."""
        for row in rows:
            known, answer = (
                find_cell(row.cells, self._columns.get(one, -1)) for one in (KNOWN, ANSWER)
            )
            is_answered = plain_text(known) == plain_text(answer)  # then nothing is lost
            if not is_answered and is_known_changed(row, self._columns):
                column = format_column_letter(self._columns[KNOWN])
                self._tell("form-known-changed", row.number, KNOWN_CHANGED, column)

    def _asks_what_is_marked(self, row: FormRow) -> bool:
        """Return whether the question is still the one its mark names; tell it where it is not."""
        if row.mark.asked == "receipt":
            programme = self._pack.programmes.get(row.mark.name)
            words = [] if programme is None else [programme.names.zh, programme.names.en]
            is_same = any(plain_text(word) in row.question for word in words)
        else:
            fact = self._pack.facts.get(row.mark.name)
            texts = [] if fact is None else [one for one in (fact.labels, fact.question) if one]
            is_same = row.question in {
                plain_text(one) for text in texts for one in (text.zh, text.en)
            }
        if not is_same:
            self._tell("form-question-differs", row.number, QUESTION_DIFFERS)
        return is_same

    def _day(self, said: Sequence[FormRow]) -> str | None:
        """Return the day of the visit; None, and told, where it is missing or has not come yet."""
        cell = _answer(said, VisitField.ON)
        row = self._row_of(VisitField.ON)
        try:
            day = parse_date(cell)
        except ValueProblem as problem:
            self._tell("form-undated", row, problem.message)
            return None
        if day is None:
            self._tell("form-undated", row, NO_DAY)
        elif self._today is not None and day > self._today.isoformat():
            self._tell("form-ahead", row, DAY_AHEAD)
            return None
        return day

    def _form(self, number: str, visit: FormVisit, said: Sequence[FormRow]) -> FilledForm:
        needs = {NeedKind(row.mark.name): row.answer for row in said if row.mark.asked == "need"}
        words = _words(needs.pop(NeedKind.WORDS, None))
        if words and not has_letter_or_digit(words):
            self._tell("form-needs-empty", self._row_of(NeedKind.WORDS), NO_NEEDS)
            words = ""
        return FilledForm(
            self._sheet.name,
            number,
            visit,
            tuple(need for need, answer in needs.items() if read_yes_or_no(answer)),
            words or None,
        )

    def _visit(self, number: str, said: Sequence[FormRow]) -> FormVisit | None:
        """Return the visit; None, and told, where it lacks what a survey must say."""
        day = self._day(said)
        fields = (VisitField.FIRST, VisitField.SECOND)
        names = tuple(
            plain_text(cell) for one in fields if (cell := _answer(said, one)) is not None
        )
        level = plain_text(_answer(said, VisitField.LEVEL))
        method = plain_text(_answer(said, VisitField.METHOD))
        found = _words(_answer(said, VisitField.FOUND))
        wrong = [
            (VisitField.LEVEL, level not in LEVELS, NO_LEVEL),
            (VisitField.METHOD, method not in METHODS, NO_METHOD),
            (VisitField.SECOND, len(_people(names)) < len(fields), TWO_NAMES),
            (VisitField.FOUND, bool(found) and not has_letter_or_digit(found), NO_WORDS),
        ]
        told = [(place, message) for place, is_wrong, message in wrong if is_wrong]
        for place, message in told:
            self._tell("form-visit-incomplete", self._row_of(place), message)
        if told or day is None:
            return None
        knows = _answer(said, VisitField.KNOWS_POLICY)
        found = found or f"{number} / {self._sheet.name}"
        return FormVisit(
            day,
            level,
            method,
            names,
            found,
            None if knows is None else read_yes_or_no(knows) is True,
        )

    def _row_of(self, place: VisitField | NeedKind) -> int:
        """Return the row that a question about the visit or a need stands in."""
        rows = (row.number for row in self._rows() if row.mark.name == str(place))
        return next(rows, 1)

    def _table(self, number: str, day: str, row: FormRow) -> SourceTable:
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
            columns=[_column(*column) for column in columns],
            rows=[SourceRow(row.number, "first", None, row.cells)],
        )

    def _tell(self, code: str, row: int, message: Message, column: str = "") -> None:
        problem = build_form_problem(code, self._sheet.name, row, message, column)
        if problem not in self._problems:
            self._problems.append(problem)


def _column(position: int, target: str, header: str, household: str | None) -> dict[str, object]:
    """Return the record of a column; that of the marks also says whose form it is."""
    own: dict[str, object] = {"position": position, "sheet_column": position, "header": header}
    own |= {"target": target, "place": None, "scale": None}
    return own | ({} if household is None else {"header": household})


def _answer(said: Sequence[FormRow], place: VisitField) -> Cell:
    rows = (row.answer for row in said if row.mark.asked == "visit" and row.mark.name == str(place))
    return next(rows, None)


def _people(names: Iterable[str]) -> set[str]:
    """Tell people apart by their names; what names nobody is none."""
    return {fold_name(name) for name in names if has_letter_or_digit(name)}


def _words(cell: Cell) -> str:
    """Return what people wrote as they wrote it, their punctuation too."""
    return (
        plain_text(cell)
        if cell is None or not isinstance(cell, str)
        else drop_invisible(cell).strip()
    )


def _is_unclear(cell: Cell) -> bool:
    return plain_text(cell).lower() in UNCLEAR


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
