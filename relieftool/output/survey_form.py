"""The survey form as a workbook for A4 paper and for WPS or Excel: one sheet per household.

Each row has its key or kind in a hidden column, by which `relief import` recognises it. Pages are
broken so that a heading stays with its first row, and the signatures with the rows before them.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from relieftool.eligibility.findings import Finding
from relieftool.eligibility.survey_questions import FormPerson, SurveyForm, SurveyQuestion
from relieftool.messages import ProgressCallback, _, current_language, no_progress
from relieftool.output.files import replace_file
from relieftool.output.result_cells import (
    MaskedName,
    MaskedValue,
    ResultCell,
    format_plain,
    hide_value,
    reveal_or_mask,
)
from relieftool.output.wording import (
    format_amount,
    format_fact_value,
    format_need,
    format_programme,
)
from relieftool.pack.facts import Choice, Fact
from relieftool.pack.models import Pack
from relieftool.spreadsheets.filled_form import TITLES
from relieftool.spreadsheets.form_row_keys import (
    ABOUT,
    ANSWER,
    FORM_MARK,
    HOUSEHOLD,
    KNOWN,
    LEVELS,
    METHODS,
    NO,
    QUESTION,
    SEAL,
    YES,
    FormRowKey,
    NeedKind,
    VisitField,
    build_fact_key,
    build_need_key,
    build_receipt_key,
    build_visit_key,
    seal_row,
)
from relieftool.values.cells import ValueProblem
from relieftool.values.choices import parse_choice
from relieftool.values.screen_text import escape_invisible, measure_width
from relieftool.values.text import format_column_letter

UNCLEAR_WORD = "不清楚"
YES_NO = (YES, NO, UNCLEAR_WORD)
TICK = "√"
_MOST_WRITTEN, _MOST_WRITTEN_SHORT = 60, 18


def format_survey_question(pack: Pack, question: SurveyQuestion, *, is_short: bool = False) -> str:
    """Return the wording of a question; the fact's label if `is_short` or if it has no wording."""
    if question.is_receipt:
        programme = format_programme(pack, question.name)
        return _("Is {programme} received?").format(programme=programme)
    fact = pack.facts[question.name]
    is_named = is_short or (fact.looked_up is not None and question.known is None)
    return str(fact.labels if is_named else fact.question or fact.labels)


def build_known_cell(pack: Pack, question: SurveyQuestion) -> ResultCell | MaskedValue:
    """Return the known value of a fact, marked if private; None if unknown or for a receipt."""
    fact = pack.facts.get(question.name)
    known = _known_words(fact, question)
    return hide_value(known) if fact is not None and fact.is_private else known


def _known_words(fact: Fact | None, question: SurveyQuestion) -> ResultCell:
    if question.is_receipt or question.known is None or fact is None:
        return None
    if fact.type == "yes_no":
        return YES if question.known == 1 else NO
    return format_fact_value(fact, question.known)


def list_answers(pack: Pack, question: SurveyQuestion) -> Sequence[str]:
    """Return the answers to choose from; empty if the answer is written freely."""
    if question.is_receipt:
        return YES_NO
    fact = pack.facts[question.name]
    if fact.type == "yes_no":
        return YES_NO
    if fact.type == "choice":
        return (*(_choice_word(choice, fact) for choice in fact.choices), UNCLEAR_WORD)
    return ()


def _choice_word(choice: Choice, fact: Fact) -> str:
    """Return a word that import reads back as this choice, if possible its label, or its id."""
    for word in (str(choice.labels), *choice.written):
        try:
            if "," not in word and parse_choice(word, fact.choices) == choice.id:
                return word
        except ValueProblem:
            continue
    return choice.id


def format_answer_hint(pack: Pack, question: SurveyQuestion) -> str:
    """Return the form or unit of an answer, such as "yuan a month"."""
    if question.is_receipt:
        return _("choose")
    fact = pack.facts[question.name]
    if fact.type == "money":
        periods = {"month": _("yuan a month"), "year": _("yuan a year"), "once": _("yuan")}
        return periods[fact.period or "once"]
    hints = {"integer": _("a number"), "date": _("year-month-day"), "text": _("in words")}
    return hints.get(fact.type, _("choose"))


def format_choices(choices: Sequence[str], *, is_short: bool = False) -> str:
    """Return the answers to choose from as one text, for paper; '' if that is too long.

    >>> format_choices(("是", "否", "不清楚"), is_short=True)
    '是/否/不清楚'
    """
    text = "/".join(choices)
    most = _MOST_WRITTEN_SHORT if is_short else _MOST_WRITTEN
    return text if measure_width(text) <= most else ""


def format_claim(pack: Pack, claim: Finding, person: str | None) -> str:
    """Return in plain words, for a family, what it may claim, where, and with which papers."""
    programme = pack.programmes[claim.programme]
    words = [_("For {person}:").format(person=person)] if person else []
    sentence = _("{programme}: may be claimed at {department}.")
    words.append(sentence.format(programme=programme.names, department=claim.department))
    if claim.amount_fen is not None and claim.amount_period is not None:
        amount = format_amount(claim.amount_fen, claim.amount_period)
        words.append(_("In yuan: {amount}.").format(amount=amount))
    if claim.unlocked_by:
        names = _(", then ").join(format_programme(pack, name) for name in claim.unlocked_by)
        words.append(_("First claim: {names}.").format(names=names))
    if programme.claim_checklist:
        papers = _("; ").join(map(str, programme.claim_checklist))
        words.append(_("Bring: {papers}.").format(papers=papers))
    return " ".join(words)


LINE_HEIGHT = 14.0
PRINTED_LAST = 6
TITLE_ROWS = "2:3"
_A4 = 9  # the number of this size of paper
# A4 without the margins below, in points; a little less, as programs measure differently.
_PAGE_HEIGHT = 735.0
_MARGINS = {"left": 0.45, "right": 0.45, "top": 0.5, "bottom": 0.75, "header": 0.3, "footer": 0.35}
# Narrow enough for A4 at full size with letters as wide as in WPS.
_WIDTHS = {"A": 5, "B": 9, "C": 26, "D": 13, "E": 19, "F": 15}  # D has room for a telephone number
_LOST_AT_LINE_ENDS = 1, 4  # letters per line, in Chinese and in Latin text


@dataclass(frozen=True)
class PaperRow:
    """One printed row: its height in points; `is_kept`: the next row must be on the same page."""

    height: float
    is_kept: bool = False


def measure_columns(first: int, last: int) -> int:
    """Return the width in letters of these columns together (both inclusive)."""
    return sum(list(_WIDTHS.values())[first - 1 : last])


def measure_height(text: str, width: int) -> float:
    """Return the height in points of a text in a cell of `width` letters.

    A Chinese character takes the room of two letters.

    >>> measure_height("家庭住址", 8), measure_height("a long question", 9)
    (16.0, 44.0)
    """
    wide = measure_width(text)
    lost = _LOST_AT_LINE_ENDS[wide <= len(text)]  # a word is moved to the next line as a whole
    lines = 1 if wide <= width else math.ceil(wide / max(1, width - lost))
    return LINE_HEIGHT * lines + 2


def find_page_ends(rows: Sequence[PaperRow], repeated: float) -> list[int]:
    """Return the numbers, from 1, of the rows that a page break follows.

    `repeated` is the height of the rows that are repeated on every page but the first.

    >>> whole, kept = PaperRow(300), PaperRow(100, is_kept=True)
    >>> find_page_ends([whole, whole, kept, whole], 50)
    [2]
    """
    ends: list[int] = []
    start, used = 0, 0.0
    for place, row in enumerate(rows):
        used += row.height
        if used > _PAGE_HEIGHT and place > start:
            end = _last_end(rows, start, place)
            ends.append(end)
            start = end
            used = repeated + sum(later.height for later in rows[end : place + 1])
    return ends


def _last_end(rows: Sequence[PaperRow], start: int, place: int) -> int:
    """Return the number, from 1, of the last row on a page that begins after row `start`.

    It is the last row up to `place` that need not be on the same page as the next; if every row up
    to there must be, it is `place`.
    """
    allowed = [end for end in range(start + 1, place + 1) if not rows[end - 1].is_kept]
    return allowed[-1] if allowed else place


def lay_out_form(sheet: Any, rows: Sequence[PaperRow], number: str) -> None:
    """Fit a form to the width of A4, its top rows on every page and `number` in the footer.

    `rows` begin with the second row of the sheet: the first names the columns and is hidden.
    """
    from openpyxl.worksheet.pagebreak import (  # type: ignore[import-untyped]  # noqa: PLC0415
        Break,
    )

    for column, width in _WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.row_dimensions[1].hidden = True
    for place, row in enumerate(rows, start=2):
        sheet.row_dimensions[place].height = row.height
    for end in find_page_ends(rows, rows[0].height + rows[1].height):
        sheet.row_breaks.append(Break(id=end + 1))
    setup = sheet.page_setup
    setup.orientation, setup.paperSize = "portrait", _A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    setup.firstPageNumber, setup.useFirstPageNumber = 1, True  # each household's own pages
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = TITLE_ROWS
    sheet.print_area = f"A2:F{len(rows) + 1}"
    for edge, inches in _MARGINS.items():
        setattr(sheet.page_margins, edge, inches)
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = f"{number.replace('&', '&&')}    &P"


_ANSWER_COLUMN, _MARKS, _SEALS = 5, 7, 8
_FIRST_LIST = _SEALS + 1
_LONGEST_LIST = 255  # characters that WPS and Excel take in a drop-down list
_ANSWER_HEIGHT, _KNOWN_HEIGHT, _SIGNED_HEIGHT = 22.0, 16.0, 30.0  # room for a pen
_LEAST_HEIGHT, _BAND_HEIGHT, _TITLE_HEIGHT = 20.0, 18.0, 28.0
_WORDS_HEIGHT = 4 * LINE_HEIGHT
_SMALL_GAIN = 3  # so many more letters fit into the last column, as they are small
_ROWS_BY_SIGNATURES = 3
_FIRST_LIST_ROW = 2  # below the names of the columns
# First and last of the columns that are merged into one cell.
_WHOLE_WIDTH = (1, PRINTED_LAST)
_LABEL, _BESIDE_LABEL = (1, 2), (3, PRINTED_LAST)
_QUESTION, _ANSWER = (1, _ANSWER_COLUMN - 1), (_ANSWER_COLUMN, PRINTED_LAST)


CellLook = Literal["plain", "bold", "small", "answer", "band", "title"]


def write_form_workbook(  # noqa: PLR0913 what is written, and where
    forms: Sequence[SurveyForm],
    pack: Pack,
    path: Path,
    progress: ProgressCallback = no_progress,
    *,
    is_revealed: bool = False,
    head: str = "",
) -> None:
    """Write the forms to a workbook, one sheet each. Private values are masked unless revealed.

    `head` is printed at the foot of each page.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time

    workbook = Workbook(write_only=True)  # a sheet that is closed takes no memory any more
    book = _FormBook(pack)
    names: set[str] = set()
    for done, form in enumerate(forms):
        progress(_("Writing forms"), done, len(forms))
        sheet = workbook.create_sheet(_sheet_name(form.household_no, names))
        _FormWriter(sheet, form, pack, book, is_revealed=is_revealed).write()
        sheet.oddFooter.left.text = head
    with replace_file(path) as beside:
        workbook.save(beside)


def _sheet_name(number: str, taken: set[str]) -> str:
    """Return a valid sheet name for a household; it is new, and is added to `taken`."""
    name = base = re.sub(r"[\[\]:*?/\\']", " ", number)[:27]
    while name.lower() in taken:
        name = f"{base} {len(taken)}"
    taken.add(name.lower())
    return name


class _FormBook:
    """What all forms of a workbook share: the looks of cells, and the answers to choose from.

    openpyxl looks up font, border and the rest among all that the workbook has whenever one is set
    on a cell, which takes longer than all else; so they are set once, and copied as a whole.
    """

    def __init__(self, pack: Pack) -> None:
        from openpyxl.styles import (  # type: ignore[import-untyped] # noqa: PLC0415 start-up time
            Alignment,
            Border,
            Font,
            PatternFill,
            Side,
        )

        side = Side(style="thin")
        font = "宋体" if current_language() == "zh" else "Calibri"
        plain = {
            "font": Font(font, 10.5),
            "border": Border(side, side, side, side),
            "alignment": Alignment(wrap_text=True, vertical="center"),
        }
        centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
        band = {"alignment": centred, "fill": PatternFill("solid", fgColor="E7E6E6")}
        bold = plain | {"font": Font(font, 10.5, bold=True)}
        self._parts: dict[CellLook, dict[str, Any]] = {
            "plain": plain,
            "bold": bold,
            "small": plain | {"font": Font(font, 9)},
            "answer": plain | {"number_format": "@"},  # a day or a long number stays as typed
            "band": bold | band,
            "title": bold | band | {"font": Font(font, 16, bold=True)},
        }
        self._made: dict[CellLook, Any] = {}
        self._pack = pack
        self._answers: dict[tuple[str, bool], Sequence[str]] = {}

    def list_answers(self, question: SurveyQuestion) -> Sequence[str]:
        """Return the answers to choose from, which are found once for each fact."""
        key = question.name, question.is_receipt
        if key not in self._answers:
            self._answers[key] = list_answers(self._pack, question)
        return self._answers[key]

    def style(self, cell: Any, look: CellLook) -> None:
        """Style a cell in one of the looks."""
        if look not in self._made:
            for name, part in self._parts[look].items():
                setattr(cell, name, part)
            self._made[look] = copy(cell._style)  # noqa: SLF001 nothing else has it whole
        cell._style = self._made[look]  # noqa: SLF001 it is not changed any more


class _FormWriter:
    """Writes one form from top to bottom."""

    def __init__(
        self,
        sheet: Any,
        form: SurveyForm,
        pack: Pack,
        book: _FormBook,
        *,
        is_revealed: bool,
    ) -> None:
        self._book = book
        self._sheet, self._form, self._pack = sheet, form, pack
        self._cells: defaultdict[int, dict[int, Any]] = defaultdict(dict)
        self._is_revealed = is_revealed
        self._drop_downs: dict[tuple[str, ...], Any] = {}
        self._long_lists = 0
        self._paper: list[PaperRow] = []
        self._row = 0
        self._count = 0

    def write(self) -> None:
        """Write all sections and lay them out for print."""
        self._write_top()
        self._write_visit()
        self._write_questions(_("Ask first: this decides most"), self._form.decisive)
        self._write_questions(_("Ask also"), self._form.further)
        self._write_questions(_("Look up, without asking the family"), self._form.looked_up)
        self._write_claims()
        self._write_needs()
        title = _("Known so far; write only what is wrong or new (*** is on record, not shown)")
        self._write_questions(title, self._form.others, is_known=True)
        self._write_signatures()
        for column in "GH":
            self._sheet.column_dimensions[column].hidden = True
        lay_out_form(self._sheet, self._paper, self._form.household_no)
        for row in range(1, max(self._cells) + 1):
            cells = self._cells[row]
            self._sheet.append([cells.get(column) for column in range(1, max(cells) + 1)])
        self._sheet.close()

    def _cell(self, row: int, column: int) -> Any:
        """Return the cell at a place; a new one the first time."""
        from openpyxl.cell import Cell  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time

        cells = self._cells[row]
        if column not in cells:
            cells[column] = Cell(self._sheet, row, column)
        return cells[column]

    def _shown(self, value: object) -> Any:
        return reveal_or_mask(value, is_revealed=self._is_revealed)

    def _mask_name(self, name: str | None) -> str:
        return str(self._shown(MaskedName(name)) or "")

    def _format_person(self, person: FormPerson) -> str:
        """Return a member's number and name; masked names alone are often the same."""
        return f"{int(person.place)} {self._mask_name(person.name)}".strip()

    def _write_top(self) -> None:
        """Write a hidden row of column names, and below it the title and the household."""
        form = self._form
        self._write_line(["", ABOUT, QUESTION, KNOWN, ANSWER, ""], FORM_MARK)
        self._cell(self._row, _SEALS).value = SEAL
        self._paper.clear()  # the first row is hidden
        title = TITLES[0 if current_language() == "zh" else 1]
        self._write_band(title, f"{HOUSEHOLD}:{form.household_no}", height=_TITLE_HEIGHT)
        self._book.style(self._cell(self._row, 1), "title")
        community, head = _("Community"), _("Head")
        self._write_pair(_("Household"), form.household_no, community, form.community, "number")
        self._write_pair(_("People"), str(len(form.people)), head, self._mask_name(form.head))
        people = _(", ").join(map(self._format_person, form.people))
        height = max(_LEAST_HEIGHT, measure_height(people, measure_columns(*_BESIDE_LABEL)))
        self._write_line(
            [_("Members"), None, people], merged=(_LABEL, _BESIDE_LABEL), height=height
        )

    def _write_pair(
        self, label: str, text: str, other: str, words: str, mark: str = "text"
    ) -> None:
        """Write a row with two labels about the household, each with its text."""
        height = max(_LEAST_HEIGHT, measure_height(words, measure_columns(*_ANSWER)))
        self._write_line(
            [label, None, text, other, words], mark, merged=(_LABEL, _ANSWER), height=height
        )

    def _write_visit(self) -> None:
        """Write the questions about the visit itself."""
        self._write_band(_("The visit"))
        asked: list[tuple[VisitField, str, Sequence[str], str]] = [
            (VisitField.ON, _("Day of the visit"), (), _("year-month-day")),
            (VisitField.LEVEL, _("Who visits"), LEVELS, _("choose")),
            (VisitField.METHOD, _("How the family is met"), METHODS, _("choose")),
            (VisitField.FIRST, _("First surveyor"), (), _("name")),
            (VisitField.SECOND, _("Second surveyor"), (), _("name")),
        ]
        for field, words, choices, hint in asked:
            self._ask_plainly(words, build_visit_key(field), choices, hint)

    def _write_questions(
        self, title: str, questions: Iterable[SurveyQuestion], *, is_known: bool = False
    ) -> None:
        """Write a section of questions with the known answers; an empty section is left out."""
        listed = list(questions)
        if not listed:
            return
        self._write_band(title)
        heads = (_("No."), _("About"), _("Question"), _("Known"), _("Answer"), _("Unit"))
        self._write_line(heads, is_bold=True, height=_KNOWN_HEIGHT, is_kept=True)
        for question in listed:
            self._write_question(question, is_known=is_known)

    def _write_question(self, question: SurveyQuestion, *, is_known: bool) -> None:
        """Write a numbered question; if `is_known`, in fewer words and a lower row."""
        self._count += 1
        build_key = build_receipt_key if question.is_receipt else build_fact_key
        person = question.person
        unit = (person.place, person.mark) if person else ()
        choices = self._book.list_answers(question)
        hint = format_choices(choices, is_short=is_known)
        cells = [
            str(self._count),
            self._format_person(person) if person else _("household"),
            format_survey_question(self._pack, question, is_short=is_known),
            self._shown(build_known_cell(self._pack, question)),
            None,
            hint or format_answer_hint(self._pack, question),
        ]
        height = _KNOWN_HEIGHT if is_known else _ANSWER_HEIGHT
        self._ask(cells, build_key(question.name, *unit), choices, height)

    def _write_claims(self) -> None:
        """Write what the family may claim, and the question whether it knows this."""
        self._write_band(_("What the family may claim (explain it)"))
        people = {person.member_no: self._format_person(person) for person in self._form.people}
        for claim in self._form.claims:
            self._write_text(format_claim(self._pack, claim, people.get(claim.member_no or "")))
        if not self._form.claims:
            self._write_text(_("By what is known today nothing more; ask what changed."))
        words = _("Does the family know what it may claim?")
        self._ask_plainly(words, build_visit_key(VisitField.KNOWS_POLICY), YES_NO, _("choose"))

    def _write_needs(self) -> None:
        """Write the questions for difficulties, in words, and for needs, in ticks and words."""
        self._write_band(_("Difficulties and needs"))
        self._ask_words(_("Difficulties, and what was found"), build_visit_key(VisitField.FOUND))
        for need in NeedKind:
            if need is not NeedKind.WORDS:
                key = build_need_key(need)
                self._ask_plainly(format_need(need), key, (TICK,), _("tick"), _KNOWN_HEIGHT)
        self._ask_words(format_need(NeedKind.WORDS), build_need_key(NeedKind.WORDS))

    def _write_signatures(self) -> None:
        """Write rows for two surveyors and a family member to sign.

        The last rows before stay on the same page, so that nobody signs an empty page.
        """
        last = self._paper[-_ROWS_BY_SIGNATURES:]
        self._paper[-_ROWS_BY_SIGNATURES:] = [replace(row, is_kept=True) for row in last]
        self._write_band(_("Signatures"))
        for words in (_("First surveyor"), _("Second surveyor"), _("Family member")):
            cells = [words, None, None, _("Date")]
            merged = (_LABEL, _ANSWER)
            self._write_line(cells, "signature", merged=merged, height=_SIGNED_HEIGHT, is_kept=True)

    def _write_band(self, text: str, mark: str = "band", height: float = _BAND_HEIGHT) -> None:
        """Write a section title across the whole width; the next row must be on the same page."""
        self._write_line(
            [text], mark, merged=(_WHOLE_WIDTH,), is_bold=True, height=height, is_kept=True
        )
        self._book.style(self._cell(self._row, 1), "band")

    def _write_text(self, text: str) -> None:
        """Write a paragraph across the whole width, in a row high enough for it."""
        height = measure_height(text, measure_columns(*_WHOLE_WIDTH))
        self._write_line([text], merged=(_WHOLE_WIDTH,), height=height)

    def _ask_plainly(
        self,
        words: str,
        key: FormRowKey,
        choices: Sequence[str],
        hint: str,
        height: float = _ANSWER_HEIGHT,
    ) -> None:
        """Write a question about no fact or receipt, across all columns before the answer."""
        written = hint if choices == (TICK,) else format_choices(choices) or hint
        cells = [words, None, None, None, None, written]
        self._ask(cells, key, choices, height, merged=(_QUESTION,))

    def _ask_words(self, words: str, key: FormRowKey) -> None:
        """Write a question to be answered in words, with room for several lines."""
        self._ask([words], key, height=_WORDS_HEIGHT, merged=(_QUESTION, _ANSWER))

    def _ask(
        self,
        cells: Sequence[ResultCell],
        key: FormRowKey,
        choices: Sequence[str] = (),
        height: float = 0,
        merged: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Write a row with a cell to fill in and, if it has choices, a drop-down list."""
        needed = [
            measure_height(
                str(cell), measure_columns(place, place) + (place == PRINTED_LAST) * _SMALL_GAIN
            )
            for place, cell in enumerate(cells, start=1)
            if place > 1 and cell is not None
        ]
        self._write_line(cells, str(key), merged=merged, height=max(height, *needed, 0))
        self._seal(str(key))
        answer = self._cell(self._row, _ANSWER_COLUMN)
        self._book.style(answer, "answer")
        self._book.style(self._cell(self._row, PRINTED_LAST), "small")
        if choices:
            self._drop_down(tuple(choices)).add(answer)

    def _seal(self, mark: str) -> None:
        """Write a seal of the row as printed, so that import notices changes.

        The number of a question may change.
        """
        number, about, words, known = (
            self._cell(self._row, column).value for column in range(1, _ANSWER_COLUMN)
        )
        printed = [number] if about is None and words is None else [about, words]
        self._cell(self._row, _SEALS).value = str(seal_row(mark, printed, known))

    def _write_line(  # noqa: PLR0913 what a row can be
        self,
        cells: Sequence[ResultCell],
        mark: str = "text",
        *,
        merged: Sequence[tuple[int, int]] = (),
        is_bold: bool = False,
        height: float = LINE_HEIGHT,
        is_kept: bool = False,
    ) -> None:
        """Write a row with `mark`, its key or kind, in the hidden column; every text stays text."""
        self._row += 1
        row = self._row
        self._paper.append(PaperRow(height, is_kept))
        padded = [*cells, *[None] * (PRINTED_LAST - len(cells))]
        for column, cell in enumerate(padded, start=1):
            target = self._cell(row, column)
            text = "" if cell is None else escape_invisible(format_plain(cell))
            if text:
                target.value = text
                target.data_type = "s"
            self._book.style(target, "bold" if is_bold else "plain")
        self._cell(row, _MARKS).value = mark
        for first, last in merged:
            # `merge_cells` would set the borders anew, which all cells of a row have already
            self._sheet.merged_cells.add(
                f"{format_column_letter(first - 1)}{row}:{format_column_letter(last - 1)}{row}"
            )

    def _drop_down(self, choices: tuple[str, ...]) -> Any:
        """Return the drop-down list of these choices; cells with the same choices share it."""
        from openpyxl.worksheet.datavalidation import (  # type: ignore[import-untyped]  # noqa: PLC0415
            DataValidation,
        )

        if choices not in self._drop_downs:
            text = '"' + ",".join(choice.replace('"', '""') for choice in choices) + '"'
            is_short = len(text) <= _LONGEST_LIST and not any("," in choice for choice in choices)
            formula = text if is_short else self._write_long_list(choices)
            drop_down = DataValidation(type="list", formula1=formula, allow_blank=True)
            drop_down.showErrorMessage = True
            drop_down.error = _("Choose from the list.")
            self._sheet.data_validations.append(drop_down)
            self._drop_downs[choices] = drop_down
        return self._drop_downs[choices]

    def _write_long_list(self, choices: Sequence[str]) -> str:
        """Write the choices of a drop-down list into a hidden column; return their cell range."""
        column = _FIRST_LIST + self._long_lists
        letter = format_column_letter(column - 1)
        self._long_lists += 1
        for row, choice in enumerate(choices, start=_FIRST_LIST_ROW):
            cell = self._cell(row, column)
            cell.value, cell.data_type = choice, "s"
        self._sheet.column_dimensions[letter].hidden = True
        last = _FIRST_LIST_ROW + len(choices) - 1
        return f"${letter}${_FIRST_LIST_ROW}:${letter}${last}"
