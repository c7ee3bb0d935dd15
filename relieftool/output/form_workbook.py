"""The survey form as a workbook: one sheet a household, for A4 paper and for WPS or Excel.

Each row carries its mark in a hidden column, by which `relief import` knows it again.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from relieftool.messages import _, language
from relieftool.output.cells import Cell, format_plain
from relieftool.output.clean import clean
from relieftool.output.files import put_in_place
from relieftool.output.form_words import (
    YES_NO,
    answers_to,
    claim_words,
    hint_of,
    known_cell,
    need_word,
    question_of,
)
from relieftool.output.gap_result import Name
from relieftool.pack.models import Pack
from relieftool.spreadsheets.form_marks import (
    ABOUT,
    ANSWER,
    FORM_MARK,
    HOUSEHOLD,
    KNOWN,
    LEVELS,
    METHODS,
    QUESTION,
    Need,
    VisitField,
    fact_mark,
    need_mark,
    receipt_mark,
    visit_mark,
)
from relieftool.spreadsheets.own_forms import TITLES
from relieftool.survey_form import Question, SurveyForm

_WIDTHS = {"A": 5, "B": 11, "C": 38, "D": 16, "E": 18, "F": 12}
_LAST, _MARKS, _ANSWER_COLUMN = 6, 7, 5
_LONGEST_LIST = 255  # what WPS and Excel take in a drop-down written out
_PER_LINE, _LINE_HEIGHT = 44, 15
_MARGINS = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.6}


def write_form_workbook(
    forms: Sequence[SurveyForm], pack: Pack, path: Path, name: Name, *, is_revealed: bool
) -> None:
    """Write the forms, one sheet each."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time

    workbook = Workbook()
    workbook.remove(workbook.active)
    taken: set[str] = set()
    for form in forms:
        sheet = workbook.create_sheet(_sheet_name(form.household_no, taken))
        _Sheet(sheet, form, pack, name, is_revealed=is_revealed).write()
    with put_in_place(path) as beside:
        workbook.save(beside)


def _sheet_name(number: str, taken: set[str]) -> str:
    """Name a sheet by its household, within what a workbook takes."""
    name = base = re.sub(r"[\[\]:*?/\\']", " ", number)[:27]
    while name.lower() in taken:
        name = f"{base} {len(taken)}"
    taken.add(name.lower())
    return name


class _Sheet:
    """Writes one form from top to bottom."""

    def __init__(
        self, sheet: Any, form: SurveyForm, pack: Pack, name: Name, *, is_revealed: bool
    ) -> None:
        from openpyxl.styles import (  # type: ignore[import-untyped] # noqa: PLC0415 start-up time
            Alignment,
            Border,
            Font,
            PatternFill,
            Side,
        )

        side = Side(style="thin")
        self._border = Border(side, side, side, side)
        self._wrapped = Alignment(wrap_text=True, vertical="center")
        self._centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
        self._bold, self._large = Font(bold=True), Font(bold=True, size=16)
        self._grey = PatternFill("solid", fgColor="E7E6E6")
        self._sheet, self._form, self._pack, self._name = sheet, form, pack, name
        self._is_revealed = is_revealed
        self._lists: dict[tuple[str, ...], Any] = {}
        self._row = 0
        self._count = 0

    def write(self) -> None:
        """Write all sections, and how they are printed."""
        self._top()
        self._visit()
        self._questions(_("Ask first: this decides most"), self._form.decisive)
        self._questions(_("Ask also"), self._form.further)
        self._claims()
        self._needs()
        self._questions(_("Known so far; write only what is wrong or new"), self._form.others)
        self._signatures()
        self._set_out()

    def _top(self) -> None:
        """Write the hidden first row, which names the columns, the title, and whose form it is."""
        form = self._form
        self._line(["", ABOUT, QUESTION, KNOWN, ANSWER, ""], FORM_MARK)
        self._band(TITLES[0 if language() == "zh" else 1], f"{HOUSEHOLD}:{form.household_no}")
        self._sheet.cell(self._row, 1).font = self._large
        self._sheet.row_dimensions[self._row].height = 28
        words = [_("Household"), "", form.household_no, _("Community"), form.community, ""]
        self._line(words, "number")
        people = _(", ").join(self._name(one.name) or one.member_no for one in form.people)
        self._line([_("Members"), "", people, _("Head"), self._name(form.head), ""])

    def _visit(self) -> None:
        """Write what is asked about the visit itself."""
        self._band(_("The visit"))
        asked: list[tuple[VisitField, str, Sequence[str], str]] = [
            (VisitField.ON, _("Day of the visit"), (), _("year-month-day")),
            (VisitField.LEVEL, _("Who visits"), LEVELS, _("choose")),
            (VisitField.METHOD, _("How the family is met"), METHODS, _("choose")),
            (VisitField.FIRST, _("First surveyor"), (), _("name")),
            (VisitField.SECOND, _("Second surveyor"), (), _("name")),
        ]
        for field, words, choices, hint in asked:
            self._ask(["", "", words, None, None, hint], str(visit_mark(field)), choices)

    def _questions(self, title: str, questions: Iterable[Question]) -> None:
        """Write a section of questions, each with what is known of it."""
        listed = list(questions)
        if not listed:
            return
        self._band(title)
        heads = (_("No."), _("About"), _("Question"), _("Known"), _("Answer"), _("Unit"))
        self._line(heads, is_bold=True)
        for one in listed:
            self._count += 1
            make = receipt_mark if one.is_receipt else fact_mark
            unit = (one.person.place, one.person.mark) if one.person else ()
            about = self._about(one)
            known = known_cell(self._pack, one, is_revealed=self._is_revealed)
            words = [str(self._count), about, question_of(self._pack, one), known, None]
            mark = str(make(one.name, *unit))
            hint = hint_of(self._pack, one)
            self._ask([*words, hint], mark, answers_to(self._pack, one))

    def _about(self, question: Question) -> str:
        person = question.person
        if person is None:
            return _("household")
        return f"{int(person.place)} {self._name(person.name) or ''}".strip()

    def _claims(self) -> None:
        """Tell the family what it may claim, and ask whether it knows."""
        self._band(_("What the family may claim (explain it)"))
        names = {one.member_no: one.name for one in self._form.people}
        for claim in self._form.claims:
            person = self._name(names.get(claim.member_no or ""))
            self._text(claim_words(self._pack, claim, person))
        if not self._form.claims:
            self._text(_("By what is known today nothing more; ask what changed."))
        words = _("Does the family know what it may claim?")
        mark = str(visit_mark(VisitField.KNOWS_POLICY))
        self._ask(["", "", words, None, None, _("choose")], mark, YES_NO)

    def _needs(self) -> None:
        """Ask for difficulties in words, and for needs by ticks and in words."""
        self._band(_("Difficulties and needs"))
        words = _("Difficulties, and what was found")
        mark = str(visit_mark(VisitField.FOUND))
        self._ask(["", "", words, None, None, _("in words")], mark, height=3)
        for need in Need:
            if need is not Need.WORDS:
                self._ask(
                    ["", "", need_word(need), None, None, _("tick")],
                    str(need_mark(need)),
                    ("√",),
                )
        text = ["", "", need_word(Need.WORDS), None, None, _("in words")]
        self._ask(text, str(need_mark(Need.WORDS)), height=3)

    def _signatures(self) -> None:
        """Leave room for two surveyors and a family member to sign."""
        self._band(_("Signatures"))
        for words in (_("First surveyor"), _("Second surveyor"), _("Family member")):
            self._line(["", "", words, None, _("Date"), None], "signature")
            self._sheet.row_dimensions[self._row].height = 26

    # ---- rows ----

    def _band(self, text: str, mark: str = "") -> None:
        """Write the title of a section over the whole width."""
        self._line([text, *[None] * (_LAST - 1)], mark or "band", is_bold=True)
        self._sheet.merge_cells(
            start_row=self._row, end_row=self._row, start_column=1, end_column=_LAST
        )
        self._sheet.cell(self._row, 1).alignment = self._centred
        self._sheet.cell(self._row, 1).fill = self._grey

    def _text(self, text: str) -> None:
        """Write a paragraph over the whole width, as high as it needs."""
        self._line([text, *[None] * (_LAST - 1)], "text")
        self._sheet.merge_cells(
            start_row=self._row, end_row=self._row, start_column=1, end_column=_LAST
        )
        self._sheet.row_dimensions[self._row].height = _height(text, 2 * _PER_LINE)

    def _ask(
        self, cells: Sequence[Cell], mark: str, choices: Sequence[str] = (), height: int = 1
    ) -> None:
        """Write a row with a cell to fill in, and its drop-down."""
        self._line(cells, mark)
        answer = self._sheet.cell(self._row, _ANSWER_COLUMN)
        answer.number_format = "@"  # a day or a long number stays as it is typed
        if choices and len(",".join(choices)) <= _LONGEST_LIST:
            self._drop_down(tuple(choices)).add(answer)
        text = str(cells[2] or "")
        needed = max(_height(text, _PER_LINE - 8), height * _LINE_HEIGHT + 3)
        self._sheet.row_dimensions[self._row].height = needed

    def _line(self, cells: Sequence[Cell], mark: str = "text", *, is_bold: bool = False) -> None:
        """Write a row with its mark; every text stays text."""
        self._row += 1
        for column, cell in enumerate(cells, start=1):
            target = self._sheet.cell(self._row, column)
            text = "" if cell is None else clean(format_plain(cell))
            if text:
                target.value = text
                target.data_type = "s"
            target.border, target.alignment = self._border, self._wrapped
            if is_bold:
                target.font = self._bold
        self._sheet.cell(self._row, _MARKS).value = mark

    def _drop_down(self, choices: tuple[str, ...]) -> Any:
        """Give the drop-down of a list, one for all cells of the sheet that share it."""
        from openpyxl.worksheet.datavalidation import (  # type: ignore[import-untyped]  # noqa: PLC0415
            DataValidation,
        )

        if choices not in self._lists:
            text = '"' + ",".join(one.replace('"', '""') for one in choices) + '"'
            found = DataValidation(type="list", formula1=text, allow_blank=True)
            found.showErrorMessage = True
            found.error = _("Choose from the list.")
            self._sheet.add_data_validation(found)
            self._lists[choices] = found
        return self._lists[choices]

    def _set_out(self) -> None:
        """Fit the form to the width of A4, its top rows on every page; hide the marks."""
        sheet = self._sheet
        for column, width in _WIDTHS.items():
            sheet.column_dimensions[column].width = width
        sheet.column_dimensions["G"].hidden = True
        sheet.row_dimensions[1].hidden = True
        sheet.page_setup.orientation = "portrait"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "2:3"
        sheet.print_area = f"A2:F{self._row}"
        for edge, inches in _MARGINS.items():
            setattr(sheet.page_margins, edge, inches)
        sheet.print_options.horizontalCentered = True
        number = self._form.household_no.replace("&", "&&")
        sheet.oddFooter.center.text = f"{number}    &P / &N"


def _height(text: str, per_line: int) -> int:
    """Give the height of a text in points; a Chinese character takes the room of two letters."""
    wide = sum(1 if char.isascii() else 2 for char in text)
    return _LINE_HEIGHT * (1 + wide // per_line) + 3
