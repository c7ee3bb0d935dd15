"""Workbooks of an office's own, with invented people."""

from openpyxl import Workbook

from relieftool.values.id_numbers import compute_check_digit


def id_number(body):
    return body + compute_check_digit(body)


ZHAO = id_number("36030219700305123")


QIAN = id_number("36030219751111456")


SUN = id_number("36030219441203789")


def write_workbook(path, rows):
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Sheet1"
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path
