"""Doubtful rows written to a workbook, corrected and imported again."""

from openpyxl import load_workbook

from relieftool.values.id_numbers import compute_check_digit

LI = "36030219700305123" + compute_check_digit("36030219700305123")


def sheet_of(path="fix.xlsx"):
    workbook = load_workbook(path)
    return workbook, workbook.worksheets[0]


def correct(heading, row, value):
    workbook, sheet = sheet_of()
    headings = [cell.value for cell in sheet[2]]
    sheet.cell(row, headings.index(heading) + 1).value = value
    workbook.save("fix.xlsx")
