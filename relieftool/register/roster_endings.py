"""What a row of a roster says of an end: a death, a move, a stop, or money taken back."""

import re

from relieftool.pack.models import Programme
from relieftool.register.lines import Line
from relieftool.values.cells import ValueProblem, parse_money
from relieftool.values.text import Cell, is_blank, simplified_text

_GONE = r"死亡|去世|病故|亡故|身故|已故|过世|迁出|迁离|迁走|搬离|搬走|外迁|户口迁移"
_STOPPED = r"停发|停保|停止发放|停止|终止|注销|退保|取消|退出"
_ENDED = re.compile(rf"(?:{_GONE}|{_STOPPED}|[\d年月日.\-/\s()（）,，、:：;已因于自从起]|本人)*")


def find_row_ending(line: Line, programme: Programme) -> str | None:
    """Say by which death or move a row ends the benefit, "" by neither; None if it does not.

    It may say so in the place of the amount too.
    """
    cells = (line.cell("paid_state"), line.cell("remark"), find_paid_cell(line, programme))
    return next((ended for cell in cells if (ended := read_ending(cell)) is not None), None)


def read_ending(cell: Cell) -> str | None:
    """Say by which death or move a cell ends the benefit, "" by neither; None if it does not.

    A remark counts only where it says nothing else: 配偶死亡 is not the person's own.
    """
    text = simplified_text(cell)
    if text and _ENDED.fullmatch(text):
        if gone := re.search(_GONE, text):
            return gone[0]
        if re.search(_STOPPED, text):
            return ""
    return None


def find_paid_cell(line: Line, programme: Programme) -> Cell:
    """Give the cell that says what a row pays of a programme."""
    amount = line.cell("amount")
    return line.cell(f"receipt.{programme.id}") if is_blank(amount) else amount


def is_negative_amount(cell: Cell) -> bool:
    """Say whether a cell is an amount below 0."""
    text = simplified_text(cell).lstrip("¥ ")
    try:
        return text.startswith("-") and parse_money(text[1:]) > 0
    except ValueProblem:
        return False
