"""Each way in which sheets are understood is needed: without it, drawn files are read worse.

A mechanism is switched off wherever it is used, and files of the kinds that it is for are drawn
until one is read worse than with it.
"""

import json
import re
import sys
from functools import cache
from importlib import import_module
from typing import NamedTuple

import pytest

from relieftool.spreadsheets import reader, reader_child
from relieftool.values.names import StatedName
from relieftool.values.payments import Remark
from relieftool.values.text import plain_text
from tests.layouts.drawing_files import RIGHT, draw, judge

SEED = "mechanisms"
MOST_DRAWN = 4000
MOST_READ = 30
NOTHING = re.compile("(?!)")
# What the process that parses files does; it has to be done in this one to be switched off.
OF_THE_CHILD = {"blank_covered_cells", "_list_tries"}


class Mechanism(NamedTuple):
    """A function, method or pattern, what stands for it when it is off, and the kinds it is for."""

    module: str
    name: str
    off: object
    kinds: tuple[str, ...]

    def __str__(self):
        """Return the name of the test."""
        return f"{self.module.rpartition('.')[2]}.{self.name}"


def unchanged(first, *_others, **_named):
    return first


def second(_first, other, *_others, **_named):
    return other


def nothing(*_given, **_named):
    return None


def false(*_given, **_named):
    return False


def empty(*_given, **_named):
    return ()


def one_list(_grid, header):
    return [(header, range(10**6))]


def drop_assumed(_table, found, _catalogue):
    return [None if match and match.is_assumed else match for match in found]


def same_rows(table, columns, _pack):
    return table, columns, []


def unknown_role(owner):
    return "unknown" if owner else "plain"


def strict_only(start, only, **_named):
    return [(only or "gb18030", "strict")] if start else []


def read_no_remark(_cell, _covers):
    return Remark()


def whole_text(text):
    return iter([text])


def whole_name(cell):
    return StatedName(plain_text(cell) or None)


MECHANISMS = [
    Mechanism(*row)
    for row in (
        # headings: whose column, in which time, with which limits
        ("values.headings", "find_role", unknown_role, ("owner:", "child:")),
        ("spreadsheets.columns", "_decide_by_cells", drop_assumed, ("unseen owner:",)),
        ("spreadsheets.columns", "_assign_blocks", second, ("other person:", "payee:")),
        ("spreadsheets.columns", "_find_head_marks", second, ("is head: 户主",)),
        ("values.headings", "_LIMITING", NOTHING, ("limit:",)),
        ("spreadsheets.column_names", "_AMOUNT", NOTHING, ("amount heading: 发放标准",)),
        ("spreadsheets.column_names", "Catalogue.find_choice", nothing, ("kind and grade",)),
        ("spreadsheets.columns", "_choose_person", second, ("somebody beside",)),
        # what one household is
        ("register.people", "_find_known_home", nothing, ("list: people of households",)),
        ("spreadsheets.household_rows", "divide_households", same_rows, ("list: relation",)),
        ("spreadsheets.household_rows", "_Divider._list_merged", empty, ("list: merged dwelling",)),
        (
            "spreadsheets.household_rows",
            "_Divider._list_unknown_keys",
            empty,
            ("hidden meaning of key",),
        ),
        ("spreadsheets.household_rows", "_Divider._is_head", false, ("list: is head",)),
        ("values.vocabulary", "is_head_word", lambda cell: cell == "户主", ("head: 本人",)),
        ("values.communities", "strip_areas", unchanged, ("community cells: several",)),
        # what is not seen, and what is beside
        ("spreadsheets.header_rows", "split_side_by_side", one_list, ("gap:",)),
        ("spreadsheets.grid", "are_column_signs", false, ("column signs:",)),
        ("spreadsheets.grid", "blank_covered_cells", unchanged, ("left below merges",)),
        ("spreadsheets.text_files", "_list_tries", strict_only, ("format: bad byte",)),
        ("spreadsheets.tables", "_find_hidden_rows", empty, ("hidden rows",)),
        ("spreadsheets.tables", "_find_hidden_columns", empty, ("hidden column",)),
        ("spreadsheets.header_rows", "_find_lone_heading", empty, ("list: numbers alone",)),
        # cells
        ("values.coded_words", "list_words_in", whole_text, ("relation codes",)),
        ("values.names", "read_name", whole_name, ("mark:",)),
        ("values.vocabulary", "is_ditto", false, ("community cells: ditto",)),
        ("values.coded_words", "find_ticked", nothing, ("illness: ☑",)),
        ("values.amounts", "_add_parts", nothing, ("amount in words",)),
        ("register.fact_cells", "split_fact_pair", nothing, ("disability: grade in kind",)),
        ("values.remarks", "read_claims", empty, ("remark:",)),
        # payments
        ("values.payments", "read_state", nothing, ("state:",)),
        ("values.periods", "find_months", nothing, ("months:",)),
        ("register.rosters", "divide_by_months", unchanged, ("months:",)),
        ("values.payments", "read_payment_remark", read_no_remark, ("arrears:",)),
        # days of a benefit, and an amount beside the one that a row names
        ("values.benefit_days", "read_run", nothing, ("days:",)),
        ("values.benefit_days", "strip_day_words", empty, ("days: named",)),
        ("spreadsheets.columns", "give_days", second, ("sheet receipt: amount and days and",)),
        ("register.sheet_receipts", "SheetReceipts._find_joined", nothing, ("amount beside",)),
        ("register.lines", "SheetTable.only_benefit", None, ("sheet receipt: yes and plain",)),
    )
]


def switch_off(patch, mechanism):
    """Replace a mechanism in its module and in each that has imported it."""
    module = import_module(f"relieftool.{mechanism.module}")
    if "." in mechanism.name:
        owner, _dot, method = mechanism.name.partition(".")
        patch.setattr(getattr(module, owner), method, mechanism.off)
        return
    original = getattr(module, mechanism.name)
    for name, other in list(sys.modules.items()):
        if name.startswith("relieftool") and getattr(other, mechanism.name, None) is original:
            patch.setattr(other, mechanism.name, mechanism.off)


def forget():
    """Empty the caches of functions, which hold what was read with the mechanism on or off."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("relieftool.values", "relieftool.spreadsheets", "relieftool.register")):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear is not None:
                    clear()


def ask_here(path, **request):
    """Answer a request about a file in this process, where a mechanism can be switched off."""
    for answer in reader_child.answer_request(reader_child.ReadRequest(str(path), **request)):
        if "refused" in answer:
            raise reader.ReaderRefusedError(answer["refused"])
        if "done" not in answer:
            yield json.loads(json.dumps(answer))


@cache
def numbers_of(kinds):
    """Return the numbers of the first files of these kinds."""
    found = (
        number
        for number in range(MOST_DRAWN)
        if any(kind.startswith(kinds) for kind in kinds_of(number))
    )
    return [number for number, _place in zip(found, range(MOST_READ), strict=False)]


@cache
def kinds_of(number):
    return draw(SEED, number).kinds


def is_worse(verdict, other):
    """Whether something is wrong that was not, or less is decided."""
    return (
        len(verdict.faults) > len(other.faults) or verdict.counts()[RIGHT] < other.counts()[RIGHT]
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("mechanism", MECHANISMS, ids=str)
def test_without_it_drawn_files_are_read_worse(tmp_path, monkeypatch, mechanism):
    numbers = numbers_of(mechanism.kinds)
    assert numbers

    if mechanism.name in OF_THE_CHILD:
        monkeypatch.setattr(reader, "ask_reader", ask_here)
    for number in numbers:
        _drawn, _got, whole = judge(tmp_path, SEED, number)
        with monkeypatch.context() as patch:
            switch_off(patch, mechanism)
            forget()
            _drawn, _got, without = judge(tmp_path, SEED, number)
        forget()
        if is_worse(without, whole):
            return
    pytest.fail(f"{len(numbers)} files are read as well without it")
